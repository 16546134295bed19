"""MV-Adapter in SDXL's UNet: layout of the weights, numerics against plain SDXL, batches, determinism."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from prodgen_diffusers.mv_adapter.adapter import MultiViewAdapter
from prodgen_diffusers.mv_adapter.attention import MultiView
from prodgen_diffusers.mv_adapter.cameras import ray_maps
from prodgen_diffusers.mv_adapter.sampling import Products, Settings, decode, encode, sample_views
from prodgen_diffusers.mv_adapter.schedule import shift_snr
from prodgen_diffusers.tiny import sdxl

from prodgen_sdk.errors import ConfigError
from prodgen_sdk.types import View

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # diffusers and numpy 2

VIEWS = [View(azimuth=azimuth) for azimuth in (0, 90, 180)]
SETTINGS = Settings(size=64, steps=2, guidance=3.0)
ONE_STEP = Settings(size=64, steps=1, guidance=3.0)


@pytest.fixture(scope="module")
def pipe():
    made = sdxl.pipeline()
    made.set_progress_bar_config(disable=True)
    return made


@pytest.fixture(scope="module")
def adapter(pipe):
    torch.manual_seed(3)
    return MultiViewAdapter(pipe.unet, reference=True).attach(pipe.unet)


@pytest.fixture(scope="module")
def rays():
    return torch.from_numpy(ray_maps(VIEWS, 64))


def photos(*seeds):
    return torch.stack([torch.rand(3, 64, 64, generator=torch.Generator().manual_seed(seed)) for seed in seeds])


def seeds(*numbers):
    return [torch.Generator().manual_seed(number) for number in numbers]


def test_layout_of_the_released_weights():
    """SDXL has 70 self-attention layers; names as `unet.state_dict()` gives them, which is what the files hold."""
    from diffusers import UNet2DConditionModel

    with torch.device("meta"):
        unet = UNet2DConditionModel(
            block_out_channels=(320, 640, 1280), layers_per_block=2, sample_size=128,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
            transformer_layers_per_block=(1, 2, 10), attention_head_dim=(5, 10, 20), use_linear_projection=True,
            addition_embed_type="text_time", addition_time_embed_dim=256, projection_class_embeddings_input_dim=2816,
            cross_attention_dim=2048,
        )  # fmt: skip
        adapters = {kind: MultiViewAdapter(unet, reference=kind == "i2mv") for kind in ("t2mv", "i2mv")}
    layouts = {kind: adapter.layout() for kind, adapter in adapters.items()}
    adapters["i2mv"].attach(unet)
    shapes = {name: tuple(value.shape) for name, value in layouts["i2mv"].items()}
    attention = {name for name in shapes if not name.startswith("adapter.")}
    assert len(attention) == 70 * 2 * 5
    assert {name for name in layouts["t2mv"] if not name.startswith("adapter.")} == {n for n in attention if "_mv" in n}
    first = "down_blocks.1.attentions.0.transformer_blocks.0.attn1.processor"
    assert shapes[f"{first}.to_q_mv.weight"] == (640, 640)
    assert shapes[f"{first}.to_out_ref.0.bias"] == (640,)
    assert shapes["mid_block.attentions.0.transformer_blocks.9.attn1.processor.to_v_ref.weight"] == (1280, 1280)
    assert shapes["adapter.conv_in.weight"] == (320, 6 * 16 * 16, 3, 3)
    assert shapes["adapter.body.1.in_conv.weight"] == (640, 320, 1, 1)
    assert shapes["adapter.body.2.resnets.1.block1.weight"] == (1280, 1280, 3, 3)
    gigabytes = sum(4 * value.numel() for value in layouts["i2mv"].values()) / 2**30
    assert 3.3 < gigabytes < 3.5  # the published file has 3.4 GB, in float32
    # The UNet itself holds the layers under the same names.
    assert attention <= set(unet.state_dict())


def test_weights_are_taken_over_whole_or_not_at_all(pipe, adapter):
    state = {name: torch.full_like(value, 0.25) for name, value in adapter.layout().items()}
    other = MultiViewAdapter(sdxl.unet(), reference=True)
    assert other.load(state | {"step": torch.zeros(1)}) == ["step"], "what is no layer's is left out, and told"
    assert all(bool((value == 0.25).all()) for value in other.layout().values())
    name = next(iter(state))
    for broken, said in (
        ({key: value for key, value in state.items() if key != name}, f"{name} is missing"),
        (state | {f"a{name}": torch.zeros(1)}, f"a{name} is not known"),
        (state | {name: torch.zeros(2, 2)}, r"is \(2, 2\) instead of \(16, 16\)"),
    ):
        with pytest.raises(ConfigError, match=said):
            other.load(broken)
    with pytest.raises(ConfigError, match=r"text to views .* and \d+ more"):
        MultiViewAdapter(sdxl.unet(), reference=False).load(state)


def test_a_silent_adapter_gives_plain_sdxl(pipe, adapter, rays):
    """With its outputs at zero, as training starts, the views are the pictures of StableDiffusionXLPipeline, bit for bit."""
    kept = {name: value.clone() for name, value in adapter.layout().items()}
    adapter.load({name: torch.zeros_like(value) for name, value in kept.items()})
    views = sample_views(pipe, adapter, Products(["a red mug"], ["blurry"], seeds(5), photos(1)), rays, SETTINGS)
    adapter.load(kept)
    plain = sdxl.pipeline()
    plain.set_progress_bar_config(disable=True)
    noise = torch.randn(3, 4, 8, 8, generator=torch.Generator().manual_seed(5))
    pictures = plain(
        ["a red mug"] * 3, negative_prompt=["blurry"] * 3, latents=noise, num_inference_steps=2, guidance_scale=3.0,
        height=64, width=64, output_type="pt",
    ).images  # fmt: skip
    torch.testing.assert_close(views[0], pictures, rtol=0, atol=1e-5)
    assert views[0].std() > 0.01


def test_each_part_of_the_adapter_counts(pipe, adapter, rays):
    def views(settings=ONE_STEP, maps=rays, photo=1):
        return sample_views(pipe, adapter, Products(["a mug"], [""], seeds(5), photos(photo)), maps, settings)

    whole = views()
    for other in (
        views(Settings(size=64, steps=1, guidance=3.0, view_scale=0)),
        views(Settings(size=64, steps=1, guidance=3.0, reference_scale=0)),
        views(Settings(size=64, steps=1, guidance=3.0, camera_scale=0)),
        views(Settings(size=64, steps=1, guidance=3.0, across="full")),
        views(Settings(size=64, steps=1, guidance=3.0, rescale=0.7)),
        views(Settings(size=64, steps=1, guidance=1.0)),
        views(maps=rays.flip(0)),
        views(photo=2),
    ):
        assert (other - whole).abs().max() > 1e-4
    torch.testing.assert_close(views(), whole, rtol=0, atol=0)  # and nothing was kept of the other runs


def test_a_product_does_not_depend_on_its_batch(pipe, adapter, rays):
    prompts = ["a mug", "a blue jacket, photo"]
    for scheduler in (None, "DDPMScheduler", "LCMScheduler"):  # the last two draw noise at every step
        import diffusers

        before = pipe.scheduler
        if scheduler:
            pipe.scheduler = shift_snr(before, into=getattr(diffusers, scheduler))
        together = sample_views(pipe, adapter, Products(prompts, ["", "x"], seeds(1, 2), photos(1, 2)), rays, SETTINGS)
        alone = [
            sample_views(pipe, adapter, Products([prompt], [negative], seeds(n), photos(n)), rays, SETTINGS)
            for n, prompt, negative in zip((1, 2), prompts, ("", "x"), strict=True)
        ]
        pipe.scheduler = before
        assert together.shape == (2, 3, 3, 64, 64)
        torch.testing.assert_close(together, torch.cat(alone), rtol=0, atol=0.5 / 255)
        assert (together[0] - together[1]).abs().max() > 0.01


def test_views_without_a_reference(pipe, rays):
    plain = sdxl.pipeline()
    torch.manual_seed(4)
    adapter = MultiViewAdapter(plain.unet, reference=False).attach(plain.unet)
    views = sample_views(plain, adapter, Products(["a mug"], [""], seeds(5)), rays, SETTINGS)
    assert views.shape == (1, 3, 3, 64, 64)
    assert bool(torch.isfinite(views).all())


def test_text_layers_are_diffusers_own(pipe, adapter):
    """Without `multi_view` the UNet with the adapter is the UNet without it."""
    plain = sdxl.unet()
    inputs = {
        "sample": torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(1)),
        "timestep": torch.tensor(500),
        "encoder_hidden_states": torch.randn(2, 77, 64, generator=torch.Generator().manual_seed(2)),
        "added_cond_kwargs": {"text_embeds": torch.zeros(2, 32), "time_ids": torch.zeros(2, 6)},
    }
    with torch.no_grad():
        torch.testing.assert_close(pipe.unet(**inputs).sample, plain(**inputs).sample, rtol=0, atol=0)
        recorded = {}
        pipe.unet(**inputs, cross_attention_kwargs={"multi_view": MultiView(1, record=recorded)})
    assert set(recorded) == set(adapter.processors)


def test_the_callback_sees_each_step_and_can_stop(pipe, adapter, rays):
    seen = []

    def stop(step, steps):
        seen.append((step, steps))
        if step == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sample_views(pipe, adapter, Products(["a"], [""], seeds(1), photos(1)), rays, SETTINGS, stop)
    assert seen == [(0, 2), (1, 2)]


def test_latents_are_those_of_the_vae(pipe):
    picture = photos(3)
    with torch.no_grad():
        latents = encode(pipe, picture)
        expected = pipe.vae.encode(picture * 2 - 1).latent_dist.mean * pipe.vae.config.scaling_factor
        torch.testing.assert_close(latents, expected)
        back = pipe.image_processor.postprocess(pipe.vae.decode(expected / pipe.vae.config.scaling_factor).sample, "pt")
        torch.testing.assert_close(decode(pipe, latents), back)


@pytest.mark.parametrize("scale", [1.0, 8.0])
def test_the_schedule_is_shifted_in_the_logarithm_of_the_ratio(scale):
    from diffusers import DDPMScheduler, EulerDiscreteScheduler

    base = EulerDiscreteScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
    shifted = shift_snr(base, scale, into=DDPMScheduler)
    assert type(shifted) is DDPMScheduler
    before = base.alphas_cumprod.double().numpy()
    after = shifted.alphas_cumprod.double().numpy()
    fall = np.log(before / (1 - before)) - np.log(after / (1 - after))
    np.testing.assert_allclose(fall, np.linspace(0, np.log(scale), 1000), atol=2e-3)
    assert bool((np.diff(after) < 0).all())
