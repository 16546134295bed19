"""The levers: each one is refused where it does not fit, before weights load, and does what it says where it does."""

import pytest

pytest.importorskip("diffusers")

import numpy as np
from prodgen_diffusers.config import Pipeline
from prodgen_diffusers.pipelines.loading import load_pipeline, task_class, wanted_class
from prodgen_diffusers.pipelines.options import check
from prodgen_diffusers.pipelines.running import Job, run

from prodgen_sdk.checkpoints.pipelines import read_index
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, MissingDependency


@pytest.fixture(scope="module")
def flux(tiny, tmp_path_factory):
    return tiny.flux(tmp_path_factory.mktemp("flux"))


def checked(folder, device="cpu", task="text", dtype="auto", **options):
    config = Pipeline.model_validate({"model": str(folder), **options})
    index = read_index(folder)
    check(config, index, wanted_class(index, task, None, "x"), device, dtype, component="x", folder=folder)


REFUSED = [
    ("sd15", {"arguments": {"true_cfg_scale": 2.0}}, "no argument 'true_cfg_scale'"),
    ("sd15", {"arguments": {"prompt": "x"}}, "not one of `arguments`"),
    ("sd15", {"scheduler": "NoScheduler"}, "no scheduler"),
    ("sd15", {"scheduler": "euler"}, "Did you mean EulerAncestralDiscreteScheduler or EulerDiscreteScheduler"),
    ("sd15", {"scheduler": "DPMSolver"}, "or DPMSolverMultistepScheduler"),
    ("sd15", {"scheduler": "UNet2DConditionModel"}, "no scheduler"),
    ("sd15", {"scheduler": "FlowMatchEulerDiscreteScheduler"}, "does not fit"),
    ("flux", {"scheduler": "DDIMScheduler"}, "does not fit"),
    ("sd15", {"scheduler": "DPMSolverSDEScheduler"}, "no request's seed"),
    ("sd15", {"scheduler": "LCMScheduler", "scheduler_options": {"x": 1}}, "no option 'x'"),
    ("sd15", {"scheduler_options": {"timestep_spacing": "trailling"}}, "is 'trailling'. Did you mean 'trailing'"),
    ("sd15", {"scheduler": "TCDScheduler", "scheduler_options": {"timestep_spacing": "even"}}, "one of 'linspace', 'l"),
    ("sd15", {"scheduler_options": {"num_train_timesteps": "x"}}, "DDIMScheduler is 'x'. Give a value of the type int"),
    ("flux", {"scheduler_options": {"shift": "3"}}, "is '3'. Give a value of the type float"),
    ("sd15", {"cache": {"kind": "first_block"}}, "has no caches"),
    ("flux", {"cache": {"kind": "first_block", "options": {"x": 1}}}, "no option 'x'"),
    ("flux", {"attention": "quick"}, "no attention backend 'quick'"),
    ("flux", {"attention": "flash_hub"}, "downloads compiled code"),
    ("flux", {"attention": "flash"}, "needs a CUDA device"),
    ("flux", {"attention": "_native_efficient"}, "needs a CUDA device"),
    ("sd15", {"attention": "flash"}, "has no backends"),
    ("sd15", {"offload": "model"}, "no GPU"),
    ("flux", {"compile": "regional", "offload": "sequential"}, "do not go together"),
]


@pytest.mark.parametrize(("name", "options", "said"), REFUSED, ids=lambda value: str(value)[:40])
def test_an_option_that_does_not_fit_is_refused(name, options, said, request):
    with pytest.raises(ConfigError, match=said) as caught:
        checked(request.getfixturevalue(name), **options)
    assert caught.value.message.startswith("x: ")


@pytest.mark.parametrize("backend", ["flash", "_sage_qk_int8_pv_fp16_cuda", "_native_cudnn"])
def test_a_backend_of_half_precision_is_refused_in_float32(flux, backend, monkeypatch):
    monkeypatch.setattr("prodgen_diffusers.pipelines.options._installed", lambda *_: None)
    with pytest.raises(ConfigError, match="half precision alone"):
        checked(flux, device="cuda", dtype="float32", attention=backend)
    checked(flux, device="cuda", dtype="bfloat16", attention=backend)


@pytest.mark.parametrize(
    ("options", "package"),
    [
        ({"attention": "sage"}, "sageattention"),
        ({"quantisation": {"kind": "torchao", "type": "int8wo"}}, "torchao"),
        ({"quantisation": {"kind": "bitsandbytes", "type": "4bit"}}, "bitsandbytes"),
        ({"quantisation": {"kind": "gguf", "file": "x.gguf"}}, "gguf"),
    ],
)
def test_a_package_that_is_missing_is_named(flux, options, package, monkeypatch):
    monkeypatch.setattr("prodgen_diffusers.pipelines.options.find_spec", lambda name: None)
    with pytest.raises(MissingDependency, match=package) as caught:
        checked(flux, "cuda:0", **options)
    assert f"pip install {package}" in caught.value.hint


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"kind": "torchao", "type": "3bit"}, "no type '3bit'"),
        ({"kind": "torchao", "type": "int8wo", "components": ["nose"]}, "no part 'nose'"),
        ({"kind": "gguf", "file": "missing.gguf"}, "no GGUF file"),
        ({"kind": "gguf", "file": "x.gguf", "components": ["vae"]}, "only take the place"),
    ],
)
def test_quantisation_that_does_not_fit(flux, wanted, said, monkeypatch):
    monkeypatch.setattr("prodgen_diffusers.pipelines.options.find_spec", lambda name: object())
    with pytest.raises(ConfigError, match=said):
        checked(flux, "cuda:0", quantisation=wanted)


def test_what_fits_is_accepted(sd15, flux):
    checked(sd15, scheduler="LCMScheduler", steps=4, guidance=1.0, vae_slicing=True, compile="regional")
    checked(sd15, "cuda:0", offload="group")
    checked(flux, cache={"kind": "taylorseer", "options": {"cache_interval": 3}}, arguments={"true_cfg_scale": 2.0})
    checked(flux, scheduler="DPMSolverMultistepScheduler", scheduler_options={"use_flow_sigmas": True})


def test_a_scheduler_s_settings_say_what_it_is_for(tiny, sd15, tmp_path):
    """SANA's checkpoints flow by a DPM-Solver: its name alone would take it for one of noise."""
    import diffusers

    folder = tiny.flux(tmp_path / "flux")
    solver = diffusers.DPMSolverMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True)
    solver.save_pretrained(folder / "scheduler")
    index = folder / "model_index.json"
    index.write_text(index.read_text().replace("FlowMatchEulerDiscreteScheduler", "DPMSolverMultistepScheduler"))
    checked(folder, scheduler="FlowMatchEulerDiscreteScheduler")
    checked(folder, scheduler="UniPCMultistepScheduler")  # takes the settings over
    checked(folder, scheduler_options={"flow_shift": 3.0})
    with pytest.raises(ConfigError, match="trained for flow matching"):
        checked(folder, scheduler="EulerDiscreteScheduler")
    with pytest.raises(ConfigError, match="trained for noise prediction"):
        checked(sd15, scheduler="UniPCMultistepScheduler", scheduler_options={"use_flow_sigmas": True})
    (folder / "scheduler" / "scheduler_config.json").write_text("{")
    with pytest.raises(ConfigError, match="does not fit"):
        checked(folder, scheduler="FlowMatchEulerDiscreteScheduler")


def test_tasks_of_pipelines():
    import diffusers

    assert task_class(diffusers.StableDiffusionPipeline, "image") is diffusers.StableDiffusionImg2ImgPipeline
    assert task_class(diffusers.StableDiffusionInpaintPipeline, "text") is diffusers.StableDiffusionPipeline
    assert task_class(diffusers.FluxFillPipeline, "inpaint") is diffusers.FluxFillPipeline
    assert task_class(diffusers.FluxFillPipeline, "image") is None
    assert task_class(diffusers.Flux2KleinPipeline, "image") is diffusers.Flux2KleinPipeline
    assert task_class(diffusers.SanaPipeline, "inpaint") is None
    assert task_class(diffusers.Flux2KleinPipeline, "text") is diffusers.Flux2KleinPipeline
    assert task_class(diffusers.ZImagePipeline, "image") is diffusers.ZImageImg2ImgPipeline
    # AutoPipeline does not list these.
    assert task_class(diffusers.SanaSprintPipeline, "image") is diffusers.SanaSprintImg2ImgPipeline
    assert task_class(diffusers.Flux2KleinPipeline, "inpaint") is diffusers.Flux2KleinInpaintPipeline
    assert task_class(diffusers.ChromaPipeline, "image") is diffusers.ChromaImg2ImgPipeline


@pytest.mark.parametrize(
    "name", ["FluxFillPipeline", "QwenImageEditPipeline", "QwenImageEditPlusPipeline", "QwenImageLayeredPipeline"]
)
def test_what_needs_a_picture_makes_none_from_words(name):
    import diffusers

    assert task_class(getattr(diffusers, name), "text") is None


def test_a_checkpoint_that_cannot_do_the_task_is_refused(tiny, tmp_path):
    folder = tiny.z_image(tmp_path)
    index = read_index(folder) | {"_class_name": "SanaPipeline"}
    with pytest.raises(ConfigError, match="cannot paint a part"):
        wanted_class(index, "inpaint", None, "x")


@pytest.mark.parametrize("task", ["text", "image"])
def test_a_checkpoint_for_inpainting_is_refused_where_there_is_no_mask(tiny, tmp_path, task):
    config = Pipeline(model=str(tiny.sd15(tmp_path / "inpainting", in_channels=9)))
    with pytest.raises(ConfigError, match="one for inpainting"):
        load_pipeline(config, Context(), component="x", task=task)
    assert (
        type(load_pipeline(config, Context(), component="x", task="inpaint").pipe).__name__
        == "StableDiffusionInpaintPipeline"
    )


def picture(folder, seed=3, paint=32, **options):
    config = Pipeline.model_validate({"model": str(folder), "size": 32, "steps": 4, **options})
    loaded = load_pipeline(config, Context(), component="x", task="text")
    (result,) = run(loaded, [Job("a red mug", seed)], Context(), config, size=paint)
    return result.image.astype(int), loaded


def test_a_scheduler_that_cannot_be_made_of_the_checkpoint_s_settings(sdxl, sd15):
    with pytest.raises(ConfigError, match="x: EDMEulerScheduler refuses the settings of EulerDiscreteScheduler"):
        picture(sdxl, scheduler="EDMEulerScheduler")
    with pytest.raises(ConfigError, match=r"DDIMScheduler refuses .*number of steps must be non-negative"):
        picture(sd15, scheduler_options={"num_train_timesteps": -4})


def test_what_a_pipeline_refuses_is_the_configuration_s_fault(sd15, flux):
    with pytest.raises(ConfigError, match=r"x: StableDiffusionPipeline refuses .*divisible by 8 but are 36"):
        picture(sd15, paint=36)
    with pytest.raises(ConfigError, match=r"FluxPipeline refuses .*set_timesteps"):
        picture(flux, scheduler="FlowMatchHeunDiscreteScheduler")


def test_scheduler_and_slicing(sd15):
    plain, _ = picture(sd15)
    other, loaded = picture(
        sd15, scheduler="EulerDiscreteScheduler", scheduler_options={"timestep_spacing": "trailing"}
    )
    assert type(loaded.pipe.scheduler).__name__ == "EulerDiscreteScheduler"
    assert loaded.pipe.scheduler.config.timestep_spacing == "trailing"
    assert loaded.pipe.scheduler.config.beta_schedule == "scaled_linear", "the rest stays the checkpoint's"
    assert np.abs(plain - other).max() > 2
    sliced, loaded = picture(sd15, vae_slicing=True, vae_tiling=True)
    assert loaded.pipe.vae.use_slicing
    assert np.abs(plain - sliced).max() <= 1


@pytest.mark.parametrize(
    "cache",
    [
        {"kind": "first_block", "options": {"threshold": 10.0}},
        {"kind": "taylorseer", "options": {"cache_interval": 2, "disable_cache_before_step": 1}},
        {"kind": "pyramid", "options": {"spatial_attention_timestep_skip_range": [0, 1000]}},
        {"kind": "faster", "options": {"spatial_attention_timestep_skip_range": [0, 1000]}},
    ],
    ids=lambda cache: cache["kind"],
)
def test_caches_change_little_and_forget_between_calls(flux, cache):
    plain, _ = picture(flux)
    cached, loaded = picture(flux, cache=cache)
    assert loaded.denoiser.is_cache_enabled
    assert np.abs(plain - cached).mean() < 40
    config = Pipeline(model=str(flux), size=32, steps=4)
    (again,) = run(loaded, [Job("a red mug", 3)], Context(), config, size=32)
    assert np.abs(again.image - cached).max() == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"attention": "_native_npu"}, "install `torch_npu`"),
        ({"cache": {"kind": "mag"}}, "`mag_ratios` must be provided"),
    ],
)
def test_what_diffusers_refuses_is_one_line(flux, options, said):
    with pytest.raises(ConfigError, match=said) as caught:
        picture(flux, **options)
    assert len(str(caught.value).splitlines()) == 1


def test_an_attention_backend_is_this_model_s_alone(flux):
    from diffusers.models.attention_dispatch import _AttentionBackendRegistry

    before = _AttentionBackendRegistry.get_active_backend()
    _, loaded = picture(flux, attention="_native_math")
    assert _AttentionBackendRegistry.get_active_backend() == before
    assert loaded.denoiser.transformer_blocks[0].attn.processor._attention_backend == "_native_math"


def test_what_a_quantiser_asks_for_is_not_blamed_on_the_folder(sdxl, monkeypatch):
    from prodgen_diffusers.pipelines import applying, loading, options

    def refused(*args, **options):
        raise ConfigError("the checkpoint could not be loaded: Requires mslk >= 1.0.0.", hint="whole")

    monkeypatch.setattr(options, "check", lambda *args, **given: None)
    monkeypatch.setattr(applying, "quantised", lambda *args: {})
    monkeypatch.setattr(loading, "load_pretrained", refused)
    config = Pipeline(model=str(sdxl), quantisation={"kind": "torchao", "type": "int4wo"})
    with pytest.raises(ConfigError, match="Requires mslk") as caught:
        loading.load_pipeline(config, Context(), component="x", task="text")
    assert "torchao int4wo may need more" in caught.value.hint


def test_weights_of_a_lora_that_have_no_place_are_told(sd15, tmp_path, monkeypatch):
    import torch
    from safetensors.torch import save_file

    layer = "unet.{}.attentions.0.transformer_blocks.0.attn1.to_q.lora_{}.weight"
    shapes = {"A": (2, 32), "B": (32, 2)}
    named = {layer.format(block, side): shapes[side] for block in ("down_blocks.1", "down_blocks.7") for side in "AB"}
    save_file({name: torch.ones(shape) for name, shape in named.items()}, tmp_path / "lora.safetensors")
    ctx, told = Context(), []
    monkeypatch.setattr(ctx.logger, "warning", lambda text, *values: told.append(text % values))
    config = Pipeline(model=str(sd15), loras=[{"model": str(tmp_path / "lora.safetensors")}])
    load_pipeline(config, ctx, component="x", task="text")
    assert len(told) == 1
    assert "down_blocks.7" in told[0]
