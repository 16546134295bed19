"""Random checkpoints of SDXL's true size, by their shapes alone; measured through tiny ones in their place."""

import pytest

pytest.importorskip("diffusers")

import torch
from prodgen_diffusers import full_size
from prodgen_diffusers.benchmark import GpuBenchmark
from prodgen_diffusers.config import Config, ImageToImage, Pipeline
from prodgen_diffusers.plainly import comparable
from prodgen_diffusers.tiny import sdxl as tiny

from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError


def test_the_denoiser_has_as_many_parameters_as_the_published_one():
    with torch.device("meta"):
        network = full_size.unet()
    assert sum(weight.numel() for weight in network.parameters()) == 2_567_463_684


def test_weights_are_drawn_in_the_dtype_and_nothing_is_left_changed():
    before = torch.get_default_dtype()
    with full_size._created_on("cpu", "bfloat16"):
        layer = torch.nn.Linear(2, 2)
    assert layer.weight.dtype == torch.bfloat16
    assert torch.get_default_dtype() == before
    assert torch.nn.Linear(2, 2).weight.dtype == before


@pytest.mark.slow
def test_the_benchmark_keeps_its_checkpoints_and_compares_with_diffusers_alone(tmp_path, monkeypatch):
    built = []

    def build(folder):
        built.append(folder.name)
        return tiny.sdxl(folder)

    monkeypatch.setattr(full_size, "sdxl", build)
    options = {"full": "1", "plain": "1", "only": "text,angles", "folder": str(tmp_path / "w"), "n": 1, "requests": 1, "size": 64, "steps": "2"}  # fmt: skip
    for _ in range(2):
        figures = GpuBenchmark(None, Context()).run(options, Context())
    assert built == ["sdxl"]
    assert figures["text_plain_request_s"] > 0
    difference = 100 * (figures["text_request_s"] / figures["text_plain_request_s"] - 1)
    assert figures["text_over_plain_pct"] == pytest.approx(difference, abs=1)
    assert "Stable Diffusion XL alone" in figures["angles_skipped"]
    assert "text_memory_over_plain_pct" not in figures, "memory of a CPU is not measured"


def test_options_replace_what_is_configured_and_are_checked():
    config = Config.model_validate({"text": {"model": "/nowhere"}})
    figures = GpuBenchmark(config, Context()).run({"only": "text", "steps": "many"}, Context())
    assert "options of prodgen bench gpu: steps" in figures["text_skipped"]
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
