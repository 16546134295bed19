"""Half precision beside a VAE in float32: what is left where a VAE overflows."""

import numpy as np
import pytest

pytest.importorskip("diffusers")

import torch
from prodgen_diffusers.config import Pipeline
from prodgen_diffusers.pipelines.loading import load_pipeline
from prodgen_diffusers.pipelines.precision import in_float32
from prodgen_diffusers.pipelines.running import Job, run

from prodgen_sdk.context import Context
from prodgen_sdk.testing.samples import sample_photo

PATHS = [
    ("sd15", "text"), ("sd15", "inpaint"), ("sdxl", "image"), ("flux", "image"), ("qwen_image", "image"),
    ("sana_sprint", "text"),
]  # fmt: skip


@pytest.mark.parametrize(("family", "task"), PATHS)
def test_a_vae_in_float32_works_with_a_pipeline_in_half_precision(family, task, tiny, tmp_path):
    config = Pipeline(model=str(getattr(tiny, family)(tmp_path)), steps=2, size=32)
    ctx = Context(dtype="float16")
    loaded = load_pipeline(config, ctx, component="x", task=task)
    photo = sample_photo((200, 20, 20), size=32)
    job = Job(
        "a mug",
        1,
        image=None if task == "text" else photo,
        mask=photo[..., 1] > 100 if task == "inpaint" else None,
    )
    shared = {} if task == "text" else {"strength": 0.8}
    (half,) = run(loaded, [job], ctx, config, size=32, **shared)
    in_float32(loaded.pipe.vae)
    (whole,) = run(loaded, [job], ctx, config, size=32, **shared)
    assert loaded.denoiser.dtype == torch.float16
    assert np.abs(half.image.astype(int) - whole.image).mean() <= 2


def test_pictures_to_train_on_are_encoded_where_half_precision_overflows(tiny):
    from prodgen_diffusers.training.families import encode_picture

    vae = tiny.vae()
    picture = torch.linspace(-1, 1, 3 * 32 * 32).view(1, 3, 32, 32)
    with torch.no_grad():
        weight = vae.encoder.conv_in.weight
        weight.mul_(6e4 / weight.abs().max())  # each fits into float16, their sums do not; norms take it out again
    wanted = encode_picture(vae, picture, torch.Generator().manual_seed(0))
    vae.half()
    with torch.no_grad():
        assert not vae.encode(picture.half()).latent_dist.mode().isfinite().all()
    found = encode_picture(vae, picture, torch.Generator().manual_seed(0))
    assert torch.allclose(found, wanted, atol=0.02)
    assert vae.dtype == torch.float16


def test_latents_keep_the_precision_of_the_pipeline(tiny):
    vae = tiny.vae().to(torch.bfloat16)
    in_float32(vae)
    for output in (vae.encode(torch.zeros(1, 3, 32, 32)), vae.encode(torch.zeros(1, 3, 32, 32), return_dict=False)):
        assert output[0].mode().dtype == torch.bfloat16
    assert vae.decode(output[0].mode()).sample.dtype == torch.float32
