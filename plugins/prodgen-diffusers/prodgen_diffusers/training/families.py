"""How the families of text-to-image models are trained: their conditions, their noise, and what their denoiser predicts.

A family is chosen by the pipeline's class. Latents and conditions are computed once; only the denoiser is needed after that.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prodgen_diffusers.pipelines.precision import upcast
from prodgen_sdk.errors import ConfigError

if TYPE_CHECKING:
    import torch

    Tensors = dict[str, torch.Tensor]


def encode_picture(vae: Any, picture: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Latents [1, c, h, w] of a picture [1, 3, H, W] in -1 to 1, as the denoiser sees them."""
    shift = getattr(vae.config, "shift_factor", None) or 0.0
    found: torch.Tensor = (_encoded(vae, picture).sample(generator) - shift) * vae.config.scaling_factor
    return found.float().cpu()


def _encoded(vae: Any, picture: torch.Tensor) -> Any:
    """The VAE's distribution of latents."""
    import torch

    with torch.no_grad(), upcast(vae):
        return vae.encode(picture.to(vae.device, vae.dtype)).latent_dist


@dataclass(frozen=True)
class Family:
    """One family.

    Attributes:
        flow: whether it learns a flow (rectified flow, Liu et al., 2022) or noise (Ho et al., 2020).
        encode: (pipe, caption, size) -> conditions, each [1, n, ...]; where n follows from the caption there is a `mask` [1, n] among them.
        predict: (denoiser, noisy latents [n, c, h, w], time [n], conditions) -> prediction of the same shape. Time is in
            steps of the scheduler.
        layers: the argument of `save_lora_weights` that takes the denoiser's layers.
        latents: as `encode_picture`.
        cropped: (conditions, window, size) -> conditions of a copy that shows this `Augmented.windows` [3] of its picture.
    """

    flow: bool
    encode: Callable[[Any, str, int], Tensors]
    predict: Callable[[Any, torch.Tensor, torch.Tensor, Mapping[str, torch.Tensor]], torch.Tensor]
    layers: str = "transformer_lora_layers"
    latents: Callable[[Any, torch.Tensor, torch.Generator], torch.Tensor] = encode_picture
    cropped: Callable[[Tensors, Sequence[float], int], Tensors] = lambda given, window, size: given


def family_of(pipe: Any) -> Family:
    """The family of a pipeline; raises ConfigError where it is not one of those that can be trained."""
    name = type(pipe).__name__
    families = {
        "StableDiffusionPipeline": Family(False, _encode_sd, _predict_sd, "unet_lora_layers"),
        "StableDiffusionXLPipeline": Family(
            False, _encode_sdxl, _predict_sdxl, "unet_lora_layers", cropped=_cropped_sdxl
        ),
        "StableDiffusion3Pipeline": Family(True, _encode_sd3, _predict_sd3),
        "FluxPipeline": Family(True, _encode_flux, _predict_flux),
        "Flux2Pipeline": Family(True, _encode_flux2, _predict_flux2, latents=_flux2_latents),
        "Flux2KleinPipeline": Family(True, _encode_flux2, _predict_flux2, latents=_flux2_latents),
        "QwenImagePipeline": Family(True, _encode_qwen, _predict_qwen, latents=_qwen_latents),
        "ZImagePipeline": Family(True, _encode_z, _predict_z),
        "SanaPipeline": Family(True, _encode_sana, _predict_sana, latents=_sana_latents),
    }
    if name not in families:
        raise ConfigError(
            f"LoRA training knows no {name}.",
            hint=f"It trains {', '.join(families)}; other models have their own scripts.",
        )
    return families[name]


def _encode_sd(pipe: Any, caption: str, size: int) -> Tensors:
    words, _ = pipe.encode_prompt(caption, pipe._execution_device, 1, False)
    return {"encoder_hidden_states": words}


def _predict_sd(unet: Any, noisy: torch.Tensor, time: torch.Tensor, given: Mapping[str, torch.Tensor]) -> torch.Tensor:
    found: torch.Tensor = unet(noisy, time, given["encoder_hidden_states"], return_dict=False)[0]
    return found


def _encode_sdxl(pipe: Any, caption: str, size: int) -> Tensors:
    import torch

    words, _, pooled, _ = pipe.encode_prompt(caption, device=pipe._execution_device, do_classifier_free_guidance=False)
    # Original size, crop and target size: a whole picture at the model's own size.
    sizes = torch.tensor([[size, size, 0, 0, size, size]], dtype=words.dtype, device=words.device)
    return {"encoder_hidden_states": words, "text_embeds": pooled, "time_ids": sizes}


def _cropped_sdxl(given: Tensors, window: Sequence[float], size: int) -> Tensors:
    """Tells the model of a crop, so that it does not paint cropped products of itself (Podell et al., 2023, section 2.2)."""
    left, top, edge = window
    sizes = given["time_ids"].clone()
    sizes[:, 2] = round(top * size / edge)
    sizes[:, 3] = round(left * size / edge)
    return {**given, "time_ids": sizes}


def _predict_sdxl(
    unet: Any, noisy: torch.Tensor, time: torch.Tensor, given: Mapping[str, torch.Tensor]
) -> torch.Tensor:
    added = {"text_embeds": given["text_embeds"], "time_ids": given["time_ids"]}
    found: torch.Tensor = unet(noisy, time, given["encoder_hidden_states"], added_cond_kwargs=added, return_dict=False)[
        0
    ]
    return found


def _encode_sd3(pipe: Any, caption: str, size: int) -> Tensors:
    words, _, pooled, _ = pipe.encode_prompt(
        caption, caption, caption, device=pipe._execution_device, do_classifier_free_guidance=False
    )
    return {"encoder_hidden_states": words, "pooled_projections": pooled}


def _predict_sd3(dit: Any, noisy: torch.Tensor, time: torch.Tensor, given: Mapping[str, torch.Tensor]) -> torch.Tensor:
    found: torch.Tensor = dit(hidden_states=noisy, timestep=time, **given, return_dict=False)[0]
    return found


def _encode_flux(pipe: Any, caption: str, size: int) -> Tensors:
    words, pooled, _ = pipe.encode_prompt(caption, caption, device=pipe._execution_device)
    return {"encoder_hidden_states": words, "pooled_projections": pooled}


def _predict_flux(dit: Any, noisy: torch.Tensor, time: torch.Tensor, given: Mapping[str, torch.Tensor]) -> torch.Tensor:
    import torch
    from diffusers import FluxPipeline

    count, channels, height, width = noisy.shape
    words = given["encoder_hidden_states"]
    packed: torch.Tensor = dit(
        hidden_states=FluxPipeline._pack_latents(noisy, count, channels, height, width),
        timestep=time / 1000,
        guidance=_unguided(dit, noisy),
        pooled_projections=given["pooled_projections"],
        encoder_hidden_states=words,
        txt_ids=torch.zeros(words.shape[1], 3, device=noisy.device, dtype=noisy.dtype),
        img_ids=FluxPipeline._prepare_latent_image_ids(count, height // 2, width // 2, noisy.device, noisy.dtype),
        return_dict=False,
    )[0]
    return _unpacked(packed, noisy)


def _unguided(dit: Any, noisy: torch.Tensor) -> torch.Tensor | None:
    """A guidance of 1 for a denoiser that was distilled with guidance as an input."""
    import torch

    return torch.ones(len(noisy), device=noisy.device, dtype=noisy.dtype) if dit.config.guidance_embeds else None


def _unpacked(packed: torch.Tensor, noisy: torch.Tensor) -> torch.Tensor:
    """Cells of 2 x 2 latents [n, h/2 * w/2, c * 4] as latents [n, c, h, w]."""
    count, channels, height, width = noisy.shape
    cells = packed.reshape(count, height // 2, width // 2, channels, 2, 2)
    return cells.permute(0, 3, 1, 4, 2, 5).reshape(count, channels, height, width)


def _flux2_latents(vae: Any, picture: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Cells of 2 x 2 latents as channels [1, c * 4, h/2, w/2], normalised as in a batch."""
    import torch
    from diffusers import Flux2Pipeline

    cells = Flux2Pipeline._patchify_latents(_encoded(vae, picture).sample(generator)).float()
    mean, variance = (value.view(1, -1, 1, 1).float() for value in (vae.bn.running_mean, vae.bn.running_var))
    found: torch.Tensor = (cells - mean) / torch.sqrt(variance + vae.config.batch_norm_eps)
    return found.cpu()


def _encode_flux2(pipe: Any, caption: str, size: int) -> Tensors:
    words, _ = pipe.encode_prompt(caption, device=pipe._execution_device)
    return {"encoder_hidden_states": words}


def _predict_flux2(
    dit: Any, noisy: torch.Tensor, time: torch.Tensor, given: Mapping[str, torch.Tensor]
) -> torch.Tensor:
    from diffusers import Flux2Pipeline

    words = given["encoder_hidden_states"]
    found: torch.Tensor = dit(
        hidden_states=noisy.flatten(2).transpose(1, 2),
        timestep=time / 1000,
        guidance=_unguided(dit, noisy),
        encoder_hidden_states=words,
        txt_ids=Flux2Pipeline._prepare_text_ids(words).to(noisy.device),
        img_ids=Flux2Pipeline._prepare_latent_ids(noisy).to(noisy.device),
        return_dict=False,
    )[0]
    return found.transpose(1, 2).reshape(noisy.shape)


def _qwen_latents(vae: Any, picture: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Those of a video of one frame."""
    import torch

    found: torch.Tensor = _encoded(vae, picture.unsqueeze(2)).sample(generator)[:, :, 0].float().cpu()
    mean, deviation = (
        torch.tensor(value).view(1, -1, 1, 1) for value in (vae.config.latents_mean, vae.config.latents_std)
    )
    return (found - mean) / deviation


def _encode_qwen(pipe: Any, caption: str, size: int) -> Tensors:
    words, _ = pipe.encode_prompt(caption, device=pipe._execution_device)
    return {"encoder_hidden_states": words, "mask": _all_of(words)}


def _all_of(words: torch.Tensor) -> torch.Tensor:
    """The mask [1, n] of a caption's words [1, n, d], none of which is padding."""
    import torch

    return torch.ones(words.shape[:2], dtype=torch.bool, device=words.device)


def _predict_qwen(dit: Any, noisy: torch.Tensor, time: torch.Tensor, given: Mapping[str, torch.Tensor]) -> torch.Tensor:
    from diffusers import QwenImagePipeline

    count, channels, height, width = noisy.shape
    mask = given["mask"]
    packed: torch.Tensor = dit(
        hidden_states=QwenImagePipeline._pack_latents(noisy, count, channels, height, width),
        timestep=time / 1000,
        guidance=_unguided(dit, noisy),
        encoder_hidden_states=given["encoder_hidden_states"],
        encoder_hidden_states_mask=None if bool(mask.all()) else mask,
        img_shapes=[[(1, height // 2, width // 2)]] * count,
        return_dict=False,
    )[0]
    return _unpacked(packed, noisy)


def _encode_z(pipe: Any, caption: str, size: int) -> Tensors:
    (words,), _ = pipe.encode_prompt(caption, device=pipe._execution_device, do_classifier_free_guidance=False)
    return {"encoder_hidden_states": words[None], "mask": _all_of(words[None])}


def _predict_z(dit: Any, noisy: torch.Tensor, time: torch.Tensor, given: Mapping[str, torch.Tensor]) -> torch.Tensor:
    """Its time runs from noise to picture, and so does what it predicts."""
    import torch

    frames = list(noisy.unsqueeze(2))
    words = [item[kept] for item, kept in zip(given["encoder_hidden_states"], given["mask"], strict=True)]
    return -torch.stack(dit(frames, 1 - time / 1000, words, return_dict=False)[0]).squeeze(2)


def _sana_latents(vae: Any, picture: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """An autoencoder's latents are not drawn."""
    import torch

    with torch.no_grad():
        found: torch.Tensor = vae.encode(picture.to(vae.device, vae.dtype)).latent * vae.config.scaling_factor
    return found.float().cpu()


def _encode_sana(pipe: Any, caption: str, size: int) -> Tensors:
    instruction = inspect.signature(pipe.__call__).parameters["complex_human_instruction"].default
    words, mask, _, _ = pipe.encode_prompt(
        caption, do_classifier_free_guidance=False, device=pipe._execution_device, complex_human_instruction=instruction
    )
    return {"encoder_hidden_states": words, "encoder_attention_mask": mask}


def _predict_sana(dit: Any, noisy: torch.Tensor, time: torch.Tensor, given: Mapping[str, torch.Tensor]) -> torch.Tensor:
    found: torch.Tensor = dit(noisy, timestep=time * dit.config.timestep_scale, **given, return_dict=False)[0]
    return found
