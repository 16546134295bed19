"""`prodgen bench gpu` on tiny checkpoints, on the CPU."""

import time
from collections.abc import Mapping
from typing import Any

import prodgen_render.plugin
import pytest
from prodgen_diffusers import plugin
from prodgen_diffusers.benchmarks.gpu import PATHS, GpuBenchmark
from prodgen_diffusers.config import Config

from prodgen_sdk.checkpoints.measuring import watch
from prodgen_sdk.config import Config as SdkConfig
from prodgen_sdk.context import Context
from prodgen_sdk.errors import Cancelled, ConfigError
from prodgen_sdk.host import Host
from prodgen_sdk.testing.contracts import BenchmarkContract
from prodgen_sdk.testing.fakes import FakePlugin

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # diffusers and numpy 2
SMALL = {"tiny": "1", "n": 1, "requests": 2, "size": 64}


@pytest.mark.slow
class TestGpu(BenchmarkContract):
    plugin = plugin
    id = "diffusers/gpu"

    @pytest.fixture
    def options(self) -> Mapping[str, Any]:
        return SMALL | {"only": "text"}


@pytest.fixture(scope="module")
def figures():
    host = Host(SdkConfig(), strict=True)
    host.register(prodgen_render.plugin, "render")
    host.register(FakePlugin(), "fake")
    return GpuBenchmark(None, Context()).run(SMALL, Context(device="cpu", find=host.get, known=host.registry.ids))


@pytest.mark.slow
def test_every_path_is_measured(figures):
    assert figures["tiny_checkpoints"] is True
    assert "no CUDA device" in figures["gpu_skipped"]  # the context is the CPU's, whatever the machine has
    for path in PATHS:
        assert f"{path}_skipped" not in figures, figures[f"{path}_skipped"]
        assert figures[f"{path}_images_per_s"] > 0
        assert figures[f"{path}_step_ms"] > 0
        assert figures[f"{path}_requests"] == 2
        inside = figures[f"{path}_request_s"] - figures[f"{path}_host_overhead_ms"] / 1000
        assert 0 < inside <= figures[f"{path}_request_s"]
        ratio = figures[f"{path}_sequential_s"] / figures[f"{path}_batched_s"]
        assert figures[f"{path}_batch_speedup"] == pytest.approx(ratio, rel=0.01)
    assert figures["lora_step_ms"] > 0
    assert figures["control_geometry_ms"] > 0


@pytest.mark.slow
def test_components_that_do_not_need_torch_are_left_out(figures):
    told = {key: value for key, value in figures.items() if key.startswith("fake_")}
    assert told
    assert all(key.endswith("_skipped") and "by design" in value for key, value in told.items())


def test_what_cannot_run_says_why():
    figures = GpuBenchmark(None, Context()).run({}, Context())
    for path in (*PATHS, "lora"):
        section = "text" if path == "lora" else path
        assert figures[f"{path}_skipped"] == f"no checkpoint: plugins.diffusers.{section}.model is not set"
    broken = Config.model_validate({"text": {"model": "/nowhere/at/all"}})
    figures = GpuBenchmark(broken, Context()).run({"only": "text"}, Context())
    assert figures["text_skipped"].startswith("ConfigError: diffusers/text: There is no file or folder")
    assert "image_skipped" not in figures


@pytest.mark.parametrize(
    ("options", "said"),
    [({"only": "texts"}, "only"), ({"n": "many"}, "n must be a whole number"), ({"ful": "sdxl"}, "ful is not known")],
)
def test_options_are_checked(options, said):
    with pytest.raises(ConfigError, match=f"options of prodgen bench gpu: {said}"):
        GpuBenchmark(None, Context()).run(options, Context())


def test_a_cancelled_run_ends_at_once(sdxl):
    cancelled = Context(cancelled=lambda: True)
    config = Config.model_validate({"text": {"model": str(sdxl)}, "image": {"model": str(sdxl)}})
    with pytest.raises(Cancelled):
        GpuBenchmark(config, Context()).run({"only": "text,image"}, cancelled)


def test_only_the_time_inside_is_counted_and_all_is_put_back():
    class Scheduler:
        def step(self, x):
            return x

    class Pipe:
        def __init__(self):
            self.scheduler = Scheduler()

        def __call__(self, steps: int = 3) -> int:
            time.sleep(0.02)
            for step in range(steps):
                self.scheduler.step(step)
            return steps

    class Kin(Pipe):
        """Inherits its call."""

    for cls in (Pipe, Kin):
        pipe, before = cls(), cls.__call__
        started = time.perf_counter()
        with watch(cls, "__call__", pipe, "cpu") as inside:
            time.sleep(0.05)
            assert pipe(steps=4) == 4
        whole = time.perf_counter() - started
        assert 0.02 <= inside.seconds <= whole - 0.05
        assert (inside.steps, inside.peak) == (4, 0)
        assert cls.__call__ is before
        assert "step" not in vars(pipe.scheduler)
    assert "__call__" not in vars(Kin)
