"""How the families of text-to-image models are trained: their conditions, their noise, and what their denoiser predicts.

A family is chosen by the pipeline's class. Latents and conditions are computed once; only the denoiser is needed after that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prodgen_diffusers.pipelines.precision import upcast
from prodgen_sdk.errors import ConfigError

if TYPE_CHECKING:
    import torch

    Tensors = dict[str, torch.Tensor]


@dataclass(frozen=True)
class Family:
    """One family.

    Attributes:
        flow: whether it learns a flow (rectified flow, Liu et al., 2022) or noise (Ho et al., 2020).
        encode: (pipe, caption, size) -> conditions, each with a first dimension of 1.
        predict: (denoiser, noisy latents [n, c, h, w], time [n], conditions) -> prediction of the same shape. Time is in
            steps of the scheduler.
        layers: the argument of `save_lora_weights` that takes the denoiser's layers.
    """

    flow: bool
    encode: Callable[[Any, str, int], Tensors]
    predict: Callable[[Any, torch.Tensor, torch.Tensor, Mapping[str, torch.Tensor]], torch.Tensor]
    layers: str


def family_of(pipe: Any) -> Family:
    """The family of a pipeline; raises ConfigError where it is not one of those that can be trained."""
    name = type(pipe).__name__
    families = {
        "StableDiffusionPipeline": Family(False, _encode_sd, _predict_sd, "unet_lora_layers"),
        "StableDiffusionXLPipeline": Family(False, _encode_sdxl, _predict_sdxl, "unet_lora_layers"),
        "StableDiffusion3Pipeline": Family(True, _encode_sd3, _predict_sd3, "transformer_lora_layers"),
        "FluxPipeline": Family(True, _encode_flux, _predict_flux, "transformer_lora_layers"),
    }
    if name not in families:
        raise ConfigError(
            f"LoRA training knows no {name}.",
            hint=f"It trains {', '.join(families)}; other models have their own scripts.",
        )
    return families[name]


def encode_picture(vae: Any, picture: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Latents [1, c, h, w] of a picture [1, 3, H, W] in -1 to 1, as the denoiser sees them."""
    import torch

    with torch.no_grad(), upcast(vae):
        found = vae.encode(picture.to(vae.device, vae.dtype)).latent_dist.sample(generator)
    shift = getattr(vae.config, "shift_factor", None) or 0.0
    latents: torch.Tensor = ((found - shift) * vae.config.scaling_factor).float().cpu()
    return latents


def _encode_sd(pipe: Any, caption: str, size: int) -> Tensors:
    words, _ = pipe.encode_prompt(caption, pipe.device, 1, False)
    return {"encoder_hidden_states": words}


def _predict_sd(unet: Any, noisy: torch.Tensor, time: torch.Tensor, given: Mapping[str, torch.Tensor]) -> torch.Tensor:
    found: torch.Tensor = unet(noisy, time, given["encoder_hidden_states"], return_dict=False)[0]
    return found


def _encode_sdxl(pipe: Any, caption: str, size: int) -> Tensors:
    import torch

    words, _, pooled, _ = pipe.encode_prompt(caption, device=pipe.device, do_classifier_free_guidance=False)
    # Original size, crop and target size: a whole picture at the model's own size.
    sizes = torch.tensor([[size, size, 0, 0, size, size]], dtype=words.dtype, device=words.device)
    return {"encoder_hidden_states": words, "text_embeds": pooled, "time_ids": sizes}


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
        caption, caption, caption, device=pipe.device, do_classifier_free_guidance=False
    )
    return {"encoder_hidden_states": words, "pooled_projections": pooled}


def _predict_sd3(dit: Any, noisy: torch.Tensor, time: torch.Tensor, given: Mapping[str, torch.Tensor]) -> torch.Tensor:
    found: torch.Tensor = dit(hidden_states=noisy, timestep=time, **given, return_dict=False)[0]
    return found


def _encode_flux(pipe: Any, caption: str, size: int) -> Tensors:
    words, pooled, _ = pipe.encode_prompt(caption, caption, device=pipe.device)
    return {"encoder_hidden_states": words, "pooled_projections": pooled}


def _predict_flux(dit: Any, noisy: torch.Tensor, time: torch.Tensor, given: Mapping[str, torch.Tensor]) -> torch.Tensor:
    import torch
    from diffusers import FluxPipeline

    count, channels, height, width = noisy.shape
    guidance = torch.ones(count, device=noisy.device, dtype=noisy.dtype) if dit.config.guidance_embeds else None
    words = given["encoder_hidden_states"]
    packed: torch.Tensor = dit(
        hidden_states=FluxPipeline._pack_latents(noisy, count, channels, height, width),
        timestep=time / 1000,
        guidance=guidance,
        pooled_projections=given["pooled_projections"],
        encoder_hidden_states=words,
        txt_ids=torch.zeros(words.shape[1], 3, device=noisy.device, dtype=noisy.dtype),
        img_ids=FluxPipeline._prepare_latent_image_ids(count, height // 2, width // 2, noisy.device, noisy.dtype),
        return_dict=False,
    )[0]
    cells = packed.reshape(count, height // 2, width // 2, channels, 2, 2)
    return cells.permute(0, 3, 1, 4, 2, 5).reshape(count, channels, height, width)
