"""Random checkpoints of published sizes, by their shapes alone; built and measured with tiny parts in the place of large ones."""

import shutil

import pytest

pytest.importorskip("diffusers")

from prodgen_diffusers.benchmarks.baseline import comparable
from prodgen_diffusers.benchmarks.gpu import GpuBenchmark
from prodgen_diffusers.config import Config, ImageToImage, Pipeline
from prodgen_diffusers.full_size import sdxl, sections, transformers
from prodgen_diffusers.tiny import clip, qwen_edit
from prodgen_diffusers.tiny import sdxl as tiny_sdxl

from prodgen_sdk.checkpoints import published
from prodgen_sdk.checkpoints.random_weights import on_meta
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError

PUBLISHED = {
    sdxl.unet: 2_567_463_684,
    published.t5_xxl: 4_762_310_656,
    published.flux_transformer: 11_901_408_320,
    transformers.qwen_transformer: 20_430_401_088,
    lambda: transformers.qwen_vl(qwen_edit.tokenizer()): 8_292_166_656,
    transformers.sd35_transformer: 2_243_171_520,
    transformers.z_image_transformer: 6_154_908_736,
    transformers.flux2_transformer: 3_875_544_576,
    lambda: transformers.qwen3(causal=True): 4_022_468_096,
}


@pytest.mark.parametrize(("build", "count"), PUBLISHED.items())
def test_networks_have_as_many_parameters_as_published_ones(build, count):
    assert sum(weight.numel() for weight in on_meta(build).parameters()) == count


@pytest.fixture
def small(tiny, monkeypatch):
    """Every large part becomes its tiny kin."""
    monkeypatch.setattr(sections.shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(0, 0, 10**12))
    for owner, name, build in (
        (published, "clip_text", lambda **given: clip.text_tower(projection=given.get("projection", False))),
        (published, "clip_big_g", lambda: clip.text_tower(projection=True, seed=1)),
        (published, "t5_xxl", lambda: tiny.t5()[0]),
        (
            published,
            "autoencoder",
            lambda channels=4, shift=None, **given: (
                tiny.vae(latent=16, shift=shift) if channels == 16 else tiny_sdxl.vae()
            ),
        ),
        (published, "flux_autoencoder", lambda: tiny.vae(shift=0.1)),
        (published, "flux_transformer", tiny.flux_transformer),
        (transformers, "sd35_transformer", tiny.sd3_transformer),
        (transformers, "qwen_transformer", qwen_edit.transformer),
        (transformers, "qwen_autoencoder", qwen_edit.vae),
        (transformers, "qwen_vl", qwen_edit.vision_language),
        (transformers, "z_image_transformer", tiny.z_image_transformer),
        (transformers, "flux2_transformer", tiny.flux2_transformer),
        (transformers, "flux2_autoencoder", tiny.flux2_vae),
        (transformers, "qwen3", lambda *, causal: tiny.qwen3(causal=causal, layers=28)[0]),
        (sdxl, "unet", tiny_sdxl.unet),
    ):
        monkeypatch.setattr(owner, name, build)


@pytest.mark.slow
@pytest.mark.parametrize("family", sections.FAMILIES)
def test_every_family_is_built_loaded_and_compared_with_diffusers_alone(family, small, tmp_path):
    options = {"full": family, "plain": "1", "only": "text", "folder": str(tmp_path / "w"), "n": 1, "requests": 2, "size": 32, "steps": "2"}  # fmt: skip
    figures = GpuBenchmark(None, Context()).run(options, Context())
    assert "text_skipped" not in figures, figures["text_skipped"]
    assert figures["full_size_random_checkpoints"] == family
    assert figures["text_plain_request_s"] > 0
    difference = 100 * (figures["text_request_s"] / figures["text_plain_request_s"] - 1)
    assert figures["text_over_plain_pct"] == pytest.approx(difference, rel=0.02, abs=1)  # of rounded times
    assert "text_memory_over_plain_pct" not in figures, "memory of a CPU is not measured"


@pytest.mark.slow
def test_angles_are_painted_by_the_editing_checkpoint_and_nothing_is_built_twice(small, tmp_path):
    options = {"full": "flux-schnell", "only": "angles,control", "folder": str(tmp_path / "w"), "n": 1, "requests": 1, "size": 64, "steps": "1"}  # fmt: skip
    with qwen_edit.small_pictures():
        figures = GpuBenchmark(None, Context()).run(options, Context())
        assert "angles_skipped" not in figures, figures["angles_skipped"]
        assert figures["angles_request_s"] > 0
        assert "take -o full=sdxl" in figures["control_skipped"]
        weights = sorted((tmp_path / "w").rglob("*.safetensors"))
        times = [path.stat().st_mtime_ns for path in weights]
        GpuBenchmark(None, Context()).run(options, Context())
    assert [path.stat().st_mtime_ns for path in weights] == times


@pytest.mark.slow
def test_a_path_whose_time_is_used_up_has_the_figures_that_it_took(tmp_path, sdxl):
    config = Config.model_validate({"text": {"model": str(sdxl), "steps": 1, "size": 64}})
    options = {"only": "text", "n": 50, "requests": 4, "size": 64, "seconds": "0.001"}
    figures = GpuBenchmark(config, Context()).run(options, Context())
    assert figures["text_calls"] == 1
    assert figures["text_request_s"] > 0
    assert figures["text_left_out"].startswith("batches")
    assert "text_batch_speedup" not in figures


def test_a_disk_that_is_too_small_is_told_of_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(sections.shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(0, 0, 20 * 10**9))
    options = {"full": "flux-schnell", "only": "text", "folder": str(tmp_path / "w")}
    assert "flux-schnell takes 68 GB" in GpuBenchmark(None, Context()).run(options, Context())["text_skipped"]
    assert not list((tmp_path / "w").iterdir())


def test_families_and_levers_are_checked():
    with pytest.raises(InputError, match="no checkpoints of full size of 'flux-3'"):
        GpuBenchmark(None, Context()).run({"full": "flux-3"}, Context())
    config = Config.model_validate({"text": {"model": "/nowhere"}})
    options = {"only": "text", "quantisation": "bits:4", "cache": "first_block"}
    figures = GpuBenchmark(config, Context()).run(options, Context())
    assert figures["quantisation"] == "bits:4"
    assert figures["cache"] == "first_block"
    assert "options of prodgen bench gpu: text.quantisation.kind" in figures["text_skipped"]


def test_options_replace_what_is_configured_and_are_checked():
    config = Config.model_validate({"text": {"model": "/nowhere"}})
    figures = GpuBenchmark(config, Context()).run({"only": "text", "steps": 0}, Context())
    assert "options of prodgen bench gpu: text.steps" in figures["text_skipped"]
    with pytest.raises(InputError, match="not both"):
        GpuBenchmark(None, Context()).run({"tiny": "1", "full": "1"}, Context())


def test_only_a_plain_checkpoint_is_compared(tmp_path):
    assert comparable(Pipeline(model=str(tmp_path), steps=4, guidance=0))
    assert not comparable(Pipeline(model=str(tmp_path), compile="regional"))
    assert not comparable(Pipeline(model="owner/name", revision="v1"))
    assert not comparable(ImageToImage(model=str(tmp_path)))


def test_a_strength_that_leaves_no_step_is_refused():
    with pytest.raises(ValueError, match=r"1 steps at a strength of 0\.6 leave none"):
        ImageToImage(model="x", steps=1)
    assert ImageToImage(model="x", steps=2).strength == 0.6
