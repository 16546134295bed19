"""Calls of pipelines: batches, seeds, cancellation, memory that runs out, numbers that are not finite, progress."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("diffusers")

import torch
from prodgen_diffusers.config import Pipeline
from prodgen_diffusers.pipelines.calls import accepted
from prodgen_diffusers.pipelines.loading import load_pipeline
from prodgen_diffusers.pipelines.running import Job, native_size, run, to_images

from prodgen_sdk.context import Context
from prodgen_sdk.errors import Cancelled, NotFinite, OutOfMemory

JOBS = [Job(f"mug {place}", seed=10 + place, negative="blurry") for place in range(5)]


@pytest.fixture(scope="module")
def config(sd15):
    return Pipeline(model=str(sd15), steps=3, batch=4)


@pytest.fixture(scope="module")
def shared(config):
    return load_pipeline(config, Context(), component="x", task="text")


@pytest.fixture
def loaded(shared):
    shared.fits.clear()
    return shared


class Watched:
    """Stands for a pipeline in `Loaded.pipe`: counts calls, and breaks those that it is told to."""

    def __init__(self, pipe, breaks):
        self.pipe, self.breaks, self.batches = pipe, breaks, []

    def __getattr__(self, name):
        return getattr(self.pipe, name)

    def __call__(self, prompt, negative_prompt=None, generator=None, height=None, width=None, num_inference_steps=50,
                 output_type="pil", callback_on_step_end=None):  # fmt: skip
        self.batches.append(len(prompt))
        output = self.breaks(self, len(prompt))
        if output is not None:
            return output
        return self.pipe(
            prompt=prompt, negative_prompt=negative_prompt, generator=generator, height=height, width=width,
            num_inference_steps=num_inference_steps, output_type=output_type, callback_on_step_end=callback_on_step_end,
        )  # fmt: skip


def watched(loaded, breaks):
    pipe = Watched(loaded.pipe, breaks)
    return replace(loaded, pipe=pipe), pipe


def pixels(results):
    return np.stack([result.image for result in results]).astype(int)


def test_a_picture_does_not_depend_on_its_place(loaded, config):
    together = pixels(run(loaded, JOBS, Context(), config, size=32))
    backwards = pixels(run(loaded, JOBS[::-1], Context(), config, size=32))[::-1]
    alone = pixels([run(loaded, [job], Context(), config, size=32)[0] for job in JOBS])
    assert np.abs(together - backwards).max() <= 1
    assert np.abs(together - alone).max() <= 1
    assert np.abs(together[0] - together[1]).max() > 1, "other prompts and seeds make other pictures"


def test_seeds_alone_make_a_difference(loaded, config):
    first, second, again = run(loaded, [Job("mug", 1), Job("mug", 2), Job("mug", 1)], Context(), config, size=32)
    assert np.abs(first.image.astype(int) - second.image).max() > 1
    assert np.abs(first.image.astype(int) - again.image).max() <= 1


def test_memory_that_runs_out_halves_the_batch(loaded, config):
    def too_many(pipe, count):
        if count > 1:
            raise torch.OutOfMemoryError("CUDA out of memory")

    broken, pipe = watched(loaded, too_many)
    expected = pixels(run(loaded, JOBS, Context(), config, size=32))
    assert np.abs(pixels(run(broken, JOBS, Context(), config, size=32)) - expected).max() <= 1
    assert pipe.batches == [4, 2, 1, 1, 1, 1, 1]
    run(broken, JOBS[:2], Context(), config, size=32)
    assert pipe.batches[7:] == [1, 1], "what fits is remembered"


def test_a_single_picture_that_does_not_fit_is_an_error_with_advice(loaded, config):
    def never(pipe, count):
        raise RuntimeError("[enforce fail at alloc_cpu.cpp:75] DefaultCPUAllocator: can't allocate memory")

    with pytest.raises(OutOfMemory, match="one image of 32 pixels") as caught:
        run(watched(loaded, never)[0], JOBS, Context(), config, size=32)
    assert "offload" in caught.value.hint


def test_other_errors_are_not_taken_for_it(loaded, config):
    def wrong(pipe, count):
        raise RuntimeError("shapes do not match")

    with pytest.raises(RuntimeError, match="shapes"):
        run(watched(loaded, wrong)[0], JOBS, Context(), config, size=32)


def test_cancelled_between_steps(loaded, config):
    told = []
    ctx = Context(cancelled=lambda: len(told) > 1, progress=lambda done, total, what: told.append((done, total, what)))
    with pytest.raises(Cancelled):
        run(loaded, JOBS, ctx, config, size=32)
    assert told == [(1, 5, "images"), (2, 5, "images")], "after the second step of three"
    assert len(run(loaded, JOBS[:1], Context(), config, size=32)) == 1, "the pipeline still works"


def test_progress_counts_pictures(loaded, config):
    told = []
    run(loaded, JOBS, Context(progress=lambda done, total, what: told.append(done)), config, size=32)
    assert told == sorted(told)
    assert told[-1] == 5
    assert 0 < told[0] < 4


def test_nan_in_full_precision_goes_to_the_host(loaded, config):
    from types import SimpleNamespace

    def nan(pipe, count):
        return SimpleNamespace(images=torch.full((count, 3, 32, 32), float("nan")))

    with pytest.raises(NotFinite):
        run(watched(loaded, nan)[0], JOBS[:1], Context(), config, size=32)


def test_nan_of_a_vae_in_half_precision_is_mended(sd15):
    from types import SimpleNamespace

    config = Pipeline(model=str(sd15), steps=1)
    loaded = load_pipeline(config, Context(), component="x", task="text")
    loaded.pipe.vae.to(torch.float16)

    def nan_in_half(pipe, count):
        if pipe.vae.dtype == torch.float16:
            return SimpleNamespace(images=torch.full((count, 3, 32, 32), float("inf")))

    broken, pipe = watched(loaded, nan_in_half)
    (result,) = run(broken, JOBS[:1], Context(), config, size=32)
    assert result.facts["retried"].startswith("NaN")
    assert pipe.batches == [1, 1]
    assert pipe.vae.dtype == torch.float32


def test_an_inherited_safety_checker_is_heard(loaded, config):
    from types import SimpleNamespace

    def flagged(pipe, count):
        return SimpleNamespace(images=torch.zeros(count, 3, 32, 32), nsfw_content_detected=[True, False])

    first, second = run(watched(loaded, flagged)[0], JOBS[:2], Context(), config, size=32)
    assert "safety checker" in first.warnings[0]
    assert second.warnings == ()


def test_what_a_pipeline_returns():
    from PIL import Image

    values = torch.tensor([0.0, 0.5, 1.0]).view(1, 3, 1, 1).expand(2, 3, 4, 4)
    expected = np.broadcast_to(np.array([0, 128, 255], np.uint8), (4, 4, 3))
    as_array = values.permute(0, 2, 3, 1).numpy()
    as_pictures = [Image.fromarray(expected)] * 2
    for output in (values, as_array, as_pictures, [values[:1], values[:1]]):
        found = to_images(output, "float32")
        assert len(found) == 2
        assert found[0].dtype == np.uint8
        assert found[0].flags["C_CONTIGUOUS"]
        assert np.abs(found[0].astype(int) - expected).max() <= 1


@pytest.mark.parametrize(
    ("dtype", "advice"), [("float16", "bfloat16"), ("bfloat16", "float32"), ("float32", "fetch the weights again")]
)
def test_numbers_that_are_not_finite(dtype, advice):
    for output in (np.full((1, 2, 2, 3), np.inf), torch.full((1, 3, 2, 2), float("nan"))):
        with pytest.raises(NotFinite) as caught:
            to_images(output, dtype)
        assert advice in caught.value.hint


def test_the_size_that_a_model_was_made_for(loaded, config):
    assert native_size(loaded.pipe, config) == 32
    assert native_size(loaded.pipe, config.model_copy(update={"size": 64})) == 64
    assert "prompt" in accepted(loaded.pipe)
