"""Negative words: passed on where they count, said where they do not, and no part of what stands beside a picture in a batch."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("diffusers")

from prodgen_diffusers.config import Pipeline
from prodgen_diffusers.pipelines import negatives
from prodgen_diffusers.pipelines.calls import accepted
from prodgen_diffusers.pipelines.loading import load_pipeline
from prodgen_diffusers.pipelines.running import Job, call_arguments, run

from prodgen_sdk.context import Context

NAMED = [Job("mug", seed=1, negative="blurry"), Job("mug", seed=2)]


def given(folder, jobs=NAMED, **options):
    """The negative words that a call of the checkpoint is given."""
    config = Pipeline.model_validate({"model": str(folder), "size": 32, "steps": 1, **options})
    loaded = load_pipeline(config, Context(), component="x", task="text")
    return call_arguments(loaded, jobs, Context(), config, 32, {}).get("negative_prompt")


@pytest.mark.parametrize(
    ("family", "options", "expected"),
    [
        ("sd15", {}, ["blurry", ""]),
        ("sd15", {"guidance": 0.0}, None),
        ("sd15", {"arguments": {"negative_prompt": "text"}}, ["blurry", "text"]),
        ("flux", {}, None),
        ("flux", {"arguments": {"true_cfg_scale": 3.0}}, ["blurry", " "]),
        ("qwen_image", {}, ["blurry", " "]),
        ("qwen_image", {"arguments": {"true_cfg_scale": 1.0}}, None),
        ("qwen_image", {"guidance": 1.0}, None),
        ("z_image", {"guidance": 1.0}, ["blurry", ""]),
        ("z_image", {"guidance": 0.0}, None),
        ("flux2_klein", {"arguments": {"text_encoder_out_layers": (1,)}}, None),
    ],
)
def test_words_go_where_they_count(family, options, expected, tiny, tmp_path):
    assert given(getattr(tiny, family)(tmp_path), **options) == expected


def test_qwen_is_guided_without_negative_words_too(tiny, tmp_path):
    folder = tiny.qwen_image(tmp_path)
    assert given(folder, [Job("mug", seed=1)]) == [" "]
    config = Pipeline(model=str(folder), size=32, steps=2)
    loaded = load_pipeline(config, Context(), component="x", task="text")
    off = config.model_copy(update={"arguments": {"true_cfg_scale": 1.0}})
    plain = Job("mug", seed=2)
    (guided,), (bare,) = (run(loaded, [plain], Context(), one, size=32) for one in (config, off))
    assert (guided.image != bare.image).any()
    _, beside = run(loaded, [replace(plain, negative="blurry"), plain], Context(), config, size=32)
    assert np.abs(beside.image.astype(int) - guided.image).max() <= 1


def test_what_does_not_count_is_said(sd15):
    config = Pipeline(model=str(sd15), steps=1, guidance=1.0)
    loaded = load_pipeline(config, Context(), component="x", task="text")
    named, plain = run(loaded, NAMED, Context(), config, size=32)
    assert named.facts == {"notes": [negatives.UNHEARD]}
    assert plain.facts == {}


@pytest.mark.parametrize(
    ("family", "guidance", "wanted"),
    [
        ("Krea2Pipeline", 0.5, True),
        ("Krea2Pipeline", 0.0, False),
        ("ChromaInpaintPipeline", 7.0, True),
        ("ChromaInpaintPipeline", 1.0, False),
    ],
)
def test_families_with_rules_of_their_own(family, guidance, wanted):
    import diffusers

    cls = getattr(diffusers, family, None)
    if cls is None:
        pytest.skip(f"diffusers {diffusers.__version__} has no {family}")
    pipe = object.__new__(cls)
    assert negatives.counts(pipe, accepted(pipe), {"guidance_scale": guidance}) is wanted
    words = negatives.words(pipe, accepted(pipe), {"guidance_scale": guidance}, ["blurry", ""])
    assert words == (["blurry", ""] if wanted else None)


def test_a_unet_that_is_told_its_guidance_has_no_negatives():
    import diffusers

    unet = type("Unet", (), {"config": type("Settings", (), {"time_cond_proj_dim": 256})})
    takes = accepted(object.__new__(diffusers.StableDiffusionXLPipeline))
    for wanted, network in ((False, unet), (True, None)):
        pipe = type("StableDiffusionXLPipeline", (), {"unet": network})()
        assert negatives.counts(pipe, takes, {"guidance_scale": 7.0}) is wanted
