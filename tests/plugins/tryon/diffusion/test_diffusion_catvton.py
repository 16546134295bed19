"""The numbers of CatVTON's scheme against naive references, and its weights' layout."""

import numpy as np
import pytest
import torch
from prodgen_tryon.diffusion import attention
from prodgen_tryon.diffusion.catvton import CatVtonCompositor
from prodgen_tryon.diffusion.pipeline import CatVtonPipeline, condition_of

from prodgen_sdk.errors import ConfigError
from prodgen_sdk.types import TryOn, TryOnRequest


@pytest.fixture
def pipe(tiny):
    model = tiny.unet()
    attention.skip_cross_attention(model)
    pipe = CatVtonPipeline(tiny.vae(), model, tiny.ddim())
    pipe.set_progress_bar_config(disable=True)
    return pipe


def test_self_attention_of_stable_diffusion_1_5_has_49574080_parameters():
    from diffusers import UNet2DConditionModel

    with torch.device("meta"):
        unet = UNet2DConditionModel(in_channels=9, cross_attention_dim=768, sample_size=64)
    assert tuple(unet.config.block_out_channels) == attention.SD15_CHANNELS
    assert len(attention.self_attentions(unet)) == 16
    assert attention.count_parameters(unet) == attention.PARAMETERS == 49_574_080
    channels = [module.to_q.in_features for module in attention.self_attentions(unet)]
    assert channels == [320, 320, 640, 640, 1280, 1280, 1280, 1280, 1280, 640, 640, 640, 320, 320, 320, 1280], (
        "down, up, mid"
    )


def test_weights_go_where_they_were_saved_from(tiny, tmp_path):
    source, target = tiny.unet(seed=9), tiny.unet()
    tensors = tiny.attention_tensors(source)
    assert {int(key.split(".")[0]) for key in tensors} == {0, 7, 14, 21}, (
        "numbered with their children, as in the public file"
    )
    attention.load_attention(target, tensors, tmp_path, component="test")
    wanted, other = source.state_dict(), tiny.unet().state_dict()
    for name, value in target.state_dict().items():
        assert torch.equal(value, wanted[name] if ".attn1." in name else other[name]), name


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.pop("7.to_k.weight"), "parameters instead of"),
        (lambda t: [t.pop(key) for key in list(t) if key.startswith("21.")], "3 blocks and the UNet 4"),
        (lambda t: t.update({"7.to_q.bias": torch.zeros(16)}), "'7.to_q.bias'"),
        (lambda t: t.update({"7.to_q.weight": torch.zeros(8, 32)}), "(8, 32), and self-attention 1"),
    ],
)  # fmt: skip
def test_weights_that_do_not_fit_are_refused(tiny, tmp_path, change, words):
    tensors = tiny.attention_tensors(tiny.unet(seed=9))
    change(tensors)
    model = tiny.unet()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with pytest.raises(ConfigError, match="self-attention weights") as caught:
        attention.load_attention(model, tensors, tmp_path, component="test")
    assert words in str(caught.value)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items()), (
        "nothing is loaded by halves"
    )


def test_skipped_cross_attention_is_a_block_that_adds_its_normalised_input(tiny):
    """Against the transformer block written out: self-attention, then what attn2 was given, then the feed-forward net."""
    model = tiny.unet()
    attention.skip_cross_attention(model)
    block = model.mid_block.attentions[0].transformer_blocks[0]
    x = torch.randn(2, 12, 32, generator=torch.Generator().manual_seed(4))

    def naive(x):
        weights, heads = block.attn1, block.attn1.heads
        normed = block.norm1(x)
        q, k, v = (
            layer(normed).unflatten(-1, (heads, -1)).transpose(1, 2)
            for layer in (weights.to_q, weights.to_k, weights.to_v)
        )
        shares = torch.softmax(q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5, -1)
        x = x + weights.to_out[0]((shares @ v).transpose(1, 2).flatten(2))
        x = x + block.norm2(x)
        return x + block.ff(block.norm3(x))

    with torch.no_grad():
        wanted = naive(x)
        for words in (None, torch.randn(2, 7, 32)):
            assert torch.allclose(block(x, encoder_hidden_states=words), wanted, atol=1e-5)


def test_condition_is_mask_then_latents_with_the_garment_below():
    generator = torch.Generator().manual_seed(1)
    hidden, garment = torch.randn(2, 4, 6, 5, generator=generator), torch.randn(2, 4, 6, 5, generator=generator)
    mask = (torch.rand(2, 1, 12, 10, generator=generator) > 0.5).float()
    condition = condition_of(hidden, garment, mask)
    assert condition.shape == (2, 5, 12, 5)
    for n in range(2):
        for y in range(12):
            for x in range(5):
                upper = y < 6
                assert condition[n, 0, y, x] == (mask[n, 0, 2 * y, 2 * x] if upper else 0)
                assert torch.equal(condition[n, 1:, y, x], hidden[n, :, y, x] if upper else garment[n, :, y - 6, x])


@pytest.mark.parametrize("guidance", [1.0, 2.5])
def test_sampling_against_a_naive_loop(pipe, guidance):
    """DDIM by its formula (Song et al. 2021, equation 12), both branches of the guidance run apart, one picture at a time."""
    steps, eta, size = 4, 1.0, (32, 24)
    source = torch.Generator().manual_seed(8)
    person, garment = (torch.rand(1, 3, *size, generator=source) for _ in range(2))
    mask = (torch.rand(1, 1, *size, generator=source) > 0.5).float()
    made = pipe(person, mask, garment, [torch.Generator().manual_seed(3)], steps=steps, guidance=guidance, eta=eta)

    noise = torch.Generator().manual_seed(3)
    scale = pipe.vae.config.scaling_factor
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2
    alphas = torch.cumprod(1 - betas, 0)

    def encode(picture):
        posterior = pipe.vae.encode(picture).latent_dist
        return scale * (posterior.mean + posterior.std * torch.randn(posterior.mean.shape, generator=noise))

    with torch.no_grad():
        hidden = encode(torch.where(mask.bool(), torch.zeros(()), person * 2 - 1))
        cloth = encode(garment * 2 - 1)
        height = hidden.shape[2]
        small = torch.zeros(1, 1, 2 * height, hidden.shape[3])
        small[:, :, :height] = mask[:, :, ::2, ::2]
        x = torch.randn((1, 4, 2 * height, hidden.shape[3]), generator=noise)
        for t in range(1 + 1000 // steps * (steps - 1), 0, -1000 // steps):

            def predict(below, x=x, t=t):
                return pipe.unet(
                    torch.cat([x, small, torch.cat([hidden, below], 2)], 1), t, encoder_hidden_states=None
                ).sample

            error = predict(cloth)
            if guidance > 1:
                without = predict(torch.zeros_like(cloth))
                error = without + guidance * (error - without)
            now, then = alphas[t], alphas[t - 250] if t > 250 else alphas[0]
            clean = (x - (1 - now).sqrt() * error) / now.sqrt()
            sigma = eta * ((1 - then) / (1 - now) * (1 - now / then)).sqrt()
            fresh = torch.randn(x.shape, generator=noise)
            x = then.sqrt() * clean + (1 - then - sigma**2).sqrt() * error + sigma * fresh
        wanted = (pipe.vae.decode(x[:, :, :height] / scale).sample / 2 + 0.5).clamp(0, 1)
    assert torch.allclose(made, wanted, atol=2e-4), (made - wanted).abs().max()


def test_a_picture_depends_on_seed_and_garment_not_on_its_batch(pipe):
    source = torch.Generator().manual_seed(8)
    person, garment = (torch.rand(3, 3, 32, 24, generator=source) for _ in range(2))
    mask = torch.ones(3, 1, 32, 24)

    def seeds(*numbers):
        return [torch.Generator().manual_seed(number) for number in numbers]

    together = pipe(person, mask, garment, seeds(1, 2, 3), steps=2)
    alone = torch.cat([pipe(person[n : n + 1], mask[:1], garment[n : n + 1], seeds(n + 1), steps=2) for n in range(3)])
    assert torch.allclose(together, alone, atol=1e-4)
    assert not torch.allclose(together[:1], pipe(person[:1], mask[:1], garment[1:2], seeds(1), steps=2), atol=1e-3)
    assert not torch.allclose(together[:1], pipe(person[:1], mask[:1], garment[:1], seeds(7), steps=2), atol=1e-3)
    hidden = pipe(1 - person[:1], mask[:1], garment[:1], seeds(1), steps=2)
    assert torch.allclose(together[:1], hidden, atol=1e-4), "the model sees nothing of what the mask covers"


@pytest.mark.parametrize(
    ("dtype", "levers"), [("float32", {}), ("bfloat16", {"vae_slicing": True, "vae_tiling": True, "batch": 2})]
)
def test_from_a_folder_to_a_picture(configured, ctx, drawn, dtype, levers):
    compositor = CatVtonCompositor(configured("catvton", dtype=dtype, **levers), ctx)
    photo = drawn.photo()
    request = TryOnRequest(person=photo, garments=(drawn.top(),), seed=5)
    first, second = compositor.compose([request, request.model_copy(update={"seed": 6})], ctx)
    assert isinstance(first, TryOn)
    assert first.image.dtype == np.uint8
    assert (first.image[first.edit_mask] != photo.image[first.edit_mask]).any()
    assert (first.image[~first.edit_mask] == photo.image[~first.edit_mask]).all()
    assert (first.image != second.image).any()
    assert first.facts["licences"] == ["CC BY-NC-SA 4.0"]
