"""What LoRA training asks a denoiser is what the pipeline of its family asks it, so that what is learnt counts when pictures are made."""

import pytest
import torch
from prodgen_diffusers.training import families
from prodgen_diffusers.training.families import family_of
from prodgen_diffusers.training.objective import joined

from prodgen_sdk.checkpoints.messages import quiet
from prodgen_sdk.errors import ConfigError

CAPTION = "a ball"
CALL = {"num_inference_steps": 1, "height": 32, "width": 32, "output_type": "latent"}
CALLS = {
    "sd3": {"guidance_scale": 1.0},
    "flux": {"guidance_scale": 1.0},
    "flux2_klein": {"guidance_scale": 1.0},
    "qwen_image": {"true_cfg_scale": 1.0},
    "z_image": {"guidance_scale": 0.0},
    "sana": {"guidance_scale": 1.0, "use_resolution_binning": False},
}


def pipeline(tiny, family, folder):
    import diffusers

    given = {"layers": 28} if family == "flux2_klein" else {}
    pipe = diffusers.DiffusionPipeline.from_pretrained(getattr(tiny, family)(folder, **given))
    pipe.set_progress_bar_config(disable=True)
    return pipe


def unpacked(value, family):
    """What a denoiser takes or gives for pictures of 32 pixels, as latents [n, c, h, w]."""
    if family == "z_image":
        return torch.stack(list(value)).squeeze(2)
    if family in ("flux", "qwen_image"):
        count, cells, channels = value.shape
        edge = int(cells**0.5)
        parts = value.reshape(count, edge, edge, channels // 4, 2, 2)
        return parts.permute(0, 3, 1, 4, 2, 5).reshape(count, channels // 4, 2 * edge, 2 * edge)
    if family == "flux2_klein":
        edge = int(value.shape[1] ** 0.5)
        return value.transpose(1, 2).reshape(len(value), -1, edge, edge)
    return value


@pytest.mark.parametrize("family", list(CALLS))
def test_a_denoiser_is_asked_as_by_its_pipeline(family, tiny, tmp_path):
    pipe = pipeline(tiny, family, tmp_path)
    seen = []

    def note(module, args, kwargs, output):
        seen.append((args[0] if args else kwargs["hidden_states"], output[0]))

    hook = pipe.transformer.register_forward_hook(note, with_kwargs=True)
    times = []
    step = pipe.scheduler.step

    def noted(output, time, *args, **kwargs):
        times.append(time)
        return step(output, time, *args, **kwargs)

    pipe.scheduler.step = noted
    with quiet():
        pipe(prompt=CAPTION, generator=torch.Generator().manual_seed(1), **CALL, **CALLS[family])
    hook.remove()
    ((taken, gave),) = seen
    noisy, wanted = unpacked(taken, family), unpacked(gave, family)
    known = family_of(pipe)
    with torch.no_grad():
        given = known.encode(pipe, CAPTION, 32)
        found = known.predict(pipe.transformer, noisy, torch.as_tensor(times[0]).float().reshape(1), given)
    sign = -1 if family == "z_image" else 1
    assert found.shape == noisy.shape
    torch.testing.assert_close(found, sign * wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("family", ["qwen_image", "z_image"])
def test_captions_of_several_lengths_do_not_see_each_other(family, tiny, tmp_path):
    pipe = pipeline(tiny, family, tmp_path)
    known = family_of(pipe)
    with torch.no_grad():
        given = [known.encode(pipe, caption, 32) for caption in ("a", "a blue ball on a table")]
        noisy = torch.randn(2, 4, 16, 16, generator=torch.Generator().manual_seed(0))
        time = torch.tensor([300.0, 700.0])
        both = {name: joined([one[name] for one in given]) for name in given[0]}
        together = known.predict(pipe.transformer, noisy, time, both)
        apart = [known.predict(pipe.transformer, noisy[i : i + 1], time[i : i + 1], one) for i, one in enumerate(given)]
    torch.testing.assert_close(together, torch.cat(apart), rtol=1e-3, atol=1e-4)


def seeded():
    return torch.Generator().manual_seed(3)


def test_latents_are_normalised_as_the_editing_pipelines_do(tiny, tmp_path, monkeypatch):
    import diffusers

    picture = torch.rand(1, 3, 32, 32, generator=seeded()) * 2 - 1
    qwen = pipeline(tiny, "qwen_image", tmp_path / "qwen")
    editing = diffusers.QwenImageImg2ImgPipeline(**qwen.components)
    with torch.no_grad():
        found = family_of(qwen).latents(qwen.vae, picture, seeded())
        wanted = editing._encode_vae_image(picture.unsqueeze(2), seeded())
    torch.testing.assert_close(found, wanted.reshape(found.shape))
    klein = pipeline(tiny, "flux2_klein", tmp_path / "klein")
    klein.vae.bn.running_mean.normal_()
    klein.vae.bn.running_var.uniform_(0.5, 2)
    true = families._encoded

    def certain(vae, picture):  # editing takes the middle of what training draws from
        distribution = true(vae, picture)
        distribution.sample = lambda generator: distribution.mode()
        return distribution

    monkeypatch.setattr(families, "_encoded", certain)
    with torch.no_grad():
        found = family_of(klein).latents(klein.vae, picture, seeded())
        torch.testing.assert_close(found, klein._encode_vae_image(picture, seeded()))


def test_what_cannot_be_trained_is_told(tiny, tmp_path):
    with pytest.raises(ConfigError, match=r"knows no SanaSprintPipeline\. It trains .*ZImagePipeline, SanaPipeline"):
        family_of(pipeline(tiny, "sana_sprint", tmp_path))
