"""`prodgen bench tryon-gpu` on tiny weights, on the CPU, and the true size of the random ones."""

from collections.abc import Mapping
from typing import Any

import pytest
import torch
from prodgen_tryon import plugin
from prodgen_tryon.diffusion import full_size
from prodgen_tryon.diffusion.attention import PARAMETERS, count_parameters
from prodgen_tryon.diffusion.benchmark import PATHS, GpuBenchmark

from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, InputError
from prodgen_sdk.testing.contracts import BenchmarkContract

SMALL = {"tiny": "1", "n": 1, "requests": 2, "batch": "2", "steps": "4"}


class TestGpu(BenchmarkContract):
    plugin = plugin
    id = "tryon/gpu"

    @pytest.fixture
    def options(self) -> Mapping[str, Any]:
        return SMALL | {"only": "hybrid"}


@pytest.mark.slow
def test_every_path_with_tiny_weights_is_measured():
    figures = GpuBenchmark(None, Context()).run(SMALL, Context())
    assert figures["fashn_skipped"] == "its package has no tiny weights"
    for path in PATHS:
        if path == "fashn":
            continue
        assert f"{path}_skipped" not in figures, figures[f"{path}_skipped"]
        assert figures[f"{path}_request_s"] > 0
        if path not in ("segformer", "vitpose"):
            assert (figures[f"{path}_requests"], figures[f"{path}_batch"]) == (2, 2)
            ratio = figures[f"{path}_sequential_s"] / figures[f"{path}_batched_s"]
            assert figures[f"{path}_batch_speedup"] == pytest.approx(ratio, rel=0.01)


def test_what_cannot_run_says_why():
    figures = GpuBenchmark(None, Context()).run({}, Context())
    assert figures["catvton_skipped"] == "no weights: [plugins.tryon.catvton] is not set"
    figures = GpuBenchmark(None, Context()).run({"full": "1", "only": "fashn"}, Context())
    assert figures["fashn_skipped"] == "there are no random weights of full size for it"
    with pytest.raises(InputError, match=r"only\.0 must be 'catvton'"):
        GpuBenchmark(None, Context()).run({"only": "cat"}, Context())
    with pytest.raises(InputError, match="not both"):
        GpuBenchmark(None, Context()).run({"tiny": "1", "full": "1"}, Context())
    with pytest.raises(InputError, match="tinny is not known"):
        GpuBenchmark(None, Context()).run({"tinny": "1"}, Context())


@pytest.mark.slow
def test_every_path_with_random_weights_of_full_size_is_measured(tmp_path, monkeypatch, tiny):
    """With tiny parts in the place of the large ones."""
    from prodgen_sdk.checkpoints import published

    for owner, name, build in (
        (full_size, "unet", tiny.unet),
        (published, "autoencoder", lambda **given: tiny.vae()),
        (published, "flux_autoencoder", lambda: tiny.vae(shift=0.1)),
        (published, "clip_text", tiny.clip_text),
        (published, "t5_xxl", tiny.t5_encoder),
        (published, "flux_transformer", lambda channels: tiny.flux_fill_transformer(1)),
    ):
        monkeypatch.setattr(owner, name, build)
    options = {"full": "1", "n": 1, "requests": 2, "steps": "4", "width": "32", "height": "48", "folder": str(tmp_path / "w")}  # fmt: skip
    figures = GpuBenchmark(None, Context()).run(options, Context())
    assert figures["full_size_random_weights"] is True
    for path in set(PATHS) - {"fashn"}:
        assert f"{path}_skipped" not in figures, figures[f"{path}_skipped"]
        assert figures[f"{path}_request_s"] > 0
    assert {"t5-xxl-float32", "sd15-inpaint-float32"} <= {path.name for path in (tmp_path / "w").iterdir()}


def test_the_random_network_is_of_the_true_size():
    with torch.device("meta"):
        network = full_size.unet()
    assert sum(weight.numel() for weight in network.parameters()) == 859_535_364
    assert count_parameters(network) == PARAMETERS


def test_a_strength_that_leaves_no_step_is_refused(configured):
    with pytest.raises((ConfigError, ValueError), match=r"2 steps at a strength of 0\.3 leave none"):
        configured("hybrid", steps=2, strength=0.3)
