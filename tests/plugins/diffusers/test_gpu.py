"""On a real GPU: every path in half precision, and what only a device can show."""

import threading

import numpy as np
import pytest

pytest.importorskip("diffusers")

import torch
from prodgen_diffusers.benchmarks import gpu as benchmark
from prodgen_diffusers.benchmarks.measuring import request_of
from prodgen_diffusers.config import Config, Pipeline
from prodgen_diffusers.pipelines.loading import load_pipeline
from prodgen_diffusers.pipelines.running import Job, run
from prodgen_diffusers.text import TextGenerator
from prodgen_diffusers.tiny.qwen_edit import small_pictures
from prodgen_diffusers.tiny.sections import section

from prodgen_sdk.benchmarks.batching import at_once
from prodgen_sdk.config import Config as SdkConfig
from prodgen_sdk.context import Context
from prodgen_sdk.errors import Cancelled
from prodgen_sdk.host import Host, load_dotted
from prodgen_sdk.types import NAMED_VIEWS, GenerationRequest, Product

DEVICE = "cuda:0"
pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")]
MEAN = {"float32": 0.5, "float16": 2.0, "bfloat16": 8.0}  # of 255: kernels differ with the batch, and each dtype rounds
JOBS = [Job(f"mug {place}", seed=10 + place, negative="blurry") for place in range(6)]


def context(dtype="bfloat16", **given):
    return Context(device=DEVICE, dtype=dtype, **given)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tiny")


@pytest.fixture(scope="module")
def host():
    import prodgen_render.plugin

    host = Host(SdkConfig(), strict=True)
    host.register(prodgen_render.plugin, "render")
    return host


def difference(first, second):
    return max(np.abs(a.image.astype(int) - b.image).max() for a, b in zip(first, second, strict=True))


def mean_difference(first, second):
    return max(np.abs(a.image.astype(int) - b.image).mean() for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("dtype", MEAN)
@pytest.mark.parametrize("name", benchmark.PATHS)
def test_every_path_repeats_a_seed_alone_and_in_company(name, dtype, folder, host):
    ctx = context(dtype, find=host.get)
    generator = load_dotted(benchmark.PATHS[name])(Config.model_validate({name: section(name, folder)}), ctx)
    requests = [request_of(name, 64, seed) for seed in range(3)]
    with small_pictures():
        (first,) = generator.generate(requests[:1], ctx)
        (again,) = generator.generate(requests[:1], ctx)
        together = generator.generate(requests, ctx)
    assert difference(first, again) == 0
    assert mean_difference(first, together[0]) <= MEAN[dtype]
    assert any(difference(one, first) > 0 for one in together[1:])


@pytest.mark.parametrize(
    "options",
    [
        {"offload": "model"},
        {"offload": "sequential"},
        {"offload": "group"},
        {"vae_slicing": True, "vae_tiling": True},
        {"scheduler": "LCMScheduler"},
        {"scheduler": "DPMSolverMultistepScheduler", "scheduler_options": {"algorithm_type": "sde-dpmsolver++"}},
        {"scheduler": "EulerAncestralDiscreteScheduler"},
        {"compile": "regional"},
        {"compile": "full"},
        {"compile": "regional", "offload": "model"},
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore")  # of torch's compiler
def test_levers(options, sdxl):
    ctx = context("float32")

    def painted(config):
        loaded = load_pipeline(config, ctx, component="x", task="text")
        return [run(loaded, JOBS, ctx, config, size=64) for _ in range(2)]

    plain = Pipeline(model=str(sdxl), steps=2, batch=4)
    first, again = painted(plain.model_copy(update=options))
    # Once a compiled block has seen two sizes of batch, it is compiled for any, and rounds otherwise than before.
    assert difference(first, again) <= (1 if "compile" in options else 0)
    if "scheduler" not in options:
        assert mean_difference(first, painted(plain)[0]) <= MEAN["float32"]


def test_a_checkpoint_in_full_precision_runs_in_half_and_back(sdxl):
    for dtype in ("bfloat16", "float16", "float32"):
        config = Pipeline(model=str(sdxl), steps=2, dtype=dtype)
        loaded = load_pipeline(config, context(), component="x", task="text")
        assert loaded.denoiser.dtype == getattr(torch, dtype)
        assert loaded.denoiser.device == torch.device(DEVICE)
        assert len(run(loaded, JOBS, context(), config, size=64)) == len(JOBS)


def test_memory_that_runs_out_halves_the_batch_and_the_pictures_stay(sdxl):
    config = Pipeline(model=str(sdxl), steps=2, batch=16, dtype="float32")
    ctx = context()
    loaded = load_pipeline(config, ctx, component="x", task="text")
    jobs = [Job(f"mug {place}", seed=place) for place in range(16)]
    run(loaded, jobs[:1], ctx, config, size=256)
    before = torch.cuda.memory_allocated(DEVICE)
    torch.cuda.reset_peak_memory_stats(DEVICE)
    alone = run(loaded, jobs[:4], ctx, config.model_copy(update={"batch": 4}), size=256)
    of_four = torch.cuda.max_memory_allocated(DEVICE) - before
    torch.cuda.empty_cache()
    most = torch.cuda.memory_reserved(DEVICE) + 1.5 * of_four
    torch.cuda.set_per_process_memory_fraction(most / torch.cuda.get_device_properties(DEVICE).total_memory, DEVICE)
    try:
        made = run(loaded, jobs, ctx, config, size=256)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0, DEVICE)
    assert loaded.fits[256] in (4, 2, 1)
    assert len(made) == 16
    assert difference(made[:4], alone) <= 1


def test_a_call_that_is_cancelled_half_way_leaves_a_pipeline_that_works(sdxl):
    steps = []
    config = Pipeline(model=str(sdxl), steps=20, offload="model")
    loaded = load_pipeline(config, context(), component="x", task="text")
    whole = run(loaded, JOBS[:1], context(), config, size=64)
    stopping = context(cancelled=lambda: len(steps) >= 3, progress=lambda done, total, what: steps.append(done))
    with pytest.raises(Cancelled):
        run(loaded, JOBS[:1], stopping, config, size=64)
    assert difference(run(loaded, JOBS[:1], context(), config, size=64), whole) == 0


def test_requests_of_sixteen_threads_are_answered_together(sdxl):
    from prodgen_diffusers import plugin

    config = SdkConfig(plugins={"diffusers": {"text": {"model": str(sdxl), "steps": 2, "batch": 16}}})
    host = Host(config, strict=True)
    host.register(plugin, "diffusers")
    requests = [
        GenerationRequest(product=Product(sku=f"mug-{n}", title="Mug", category="home/mug"), views=(NAMED_VIEWS["front"],), size=64, seed=n)
        for n in range(16)
    ]  # fmt: skip
    generator = host.get("generator", "diffusers/text")
    assert generator.generate(requests[:1])
    seconds, pictures, sizes = at_once(generator, requests)
    assert len(pictures) == 16
    assert max(sizes) > 1
    assert sum(sizes) == 16
    assert seconds > 0


def test_threads_share_a_generator(sdxl):
    ctx = context()
    generator = TextGenerator(Config.model_validate({"text": {"model": str(sdxl), "steps": 2}}), ctx)
    requests = [request_of("text", 64, seed) for seed in range(4)]
    expected = [generator.generate([request], ctx)[0] for request in requests]
    found = [None] * 4

    def work(place):
        found[place] = generator.generate([requests[place]], ctx)[0]

    threads = [threading.Thread(target=work, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [difference(a, b) for a, b in zip(found, expected, strict=True)] == [0] * 4
