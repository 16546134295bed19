"""Views of products from a StableDiffusionXLPipeline with a MultiViewAdapter: all views of a product in one batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from prodgen_diffusers.mv_adapter.adapter import MultiViewAdapter
from prodgen_diffusers.mv_adapter.attention import Across, MultiView
from prodgen_diffusers.pipelines.precision import upcast


@dataclass(frozen=True)
class Settings:
    """How views are sampled.

    Args:
        size: edge of a view in pixels, a multiple of the adapter's downscale factor times 2 (32 for SDXL).
        guidance: classifier-free guidance; 1 or less leaves it out.
        rescale: of the guided prediction, against over-exposure (Lin et al., arXiv:2305.08891, section 3.4).
        camera_scale, view_scale, reference_scale: weights of the camera maps and of the two new kinds of attention.
    """

    size: int = 768
    steps: int = 50
    guidance: float = 3.0
    rescale: float = 0.0
    camera_scale: float = 1.0
    view_scale: float = 1.0
    reference_scale: float = 1.0
    across: Across = "row"


@dataclass(frozen=True)
class Products:
    """What is painted, n products.

    Args:
        prompts, negatives: n texts.
        generators: n generators on the CPU, for the first noise and that of stochastic schedulers.
        references: n pictures [n, 3, size, size] in [0, 1]; None where the adapter has no layers for them.
    """

    prompts: Sequence[str]
    negatives: Sequence[str]
    generators: Sequence[torch.Generator]
    references: Tensor | None = None


@dataclass(frozen=True)
class _Conditions:
    """What the UNet is told at every step.

    Args:
        guided: whether the batch holds each picture twice: first by its negative prompt, then by its prompt.
        text: of the prompts [pictures, tokens, width], `added` what SDXL is told beside it.
        cameras: the encoder's features of the camera maps, one for each block that takes one.
        multi_view: what the layers of the adapter share.
        guidance: the embedded guidance scale, for UNets that were distilled to be told it.
    """

    guided: bool
    text: Tensor
    added: dict[str, Tensor]
    cameras: list[Tensor]
    multi_view: MultiView
    guidance: Tensor | None


@torch.no_grad()
def sample_views(
    pipe: Any,
    adapter: MultiViewAdapter,
    products: Products,
    rays: Tensor,
    settings: Settings,
    before_step: Callable[[int, int], None] | None = None,
) -> Tensor:
    """Views of products, one set each.

    A product's views depend on its own prompt, reference and generator, never on the rest of the batch.

    Args:
        pipe: a StableDiffusionXLPipeline whose UNet holds the adapter; its scheduler is used.
        rays: camera maps [views, 6, size, size] in [0, 1], the same for all products; [views, 6, 1, 1] where they are constant.
        before_step: called with (step, steps) before each; may raise to stop.

    Returns:
        float32 [n, views, 3, size, size] in [0, 1] on the pipeline's device; NaN where the model made NaN.
    """
    views, scheduler = len(rays), pipe.scheduler
    conditions = _conditions(pipe, adapter, products, rays, settings)
    scheduler.set_timesteps(settings.steps, device=pipe._execution_device)
    noise = _noise(pipe, products.generators, views, settings.size).to(pipe._execution_device, pipe.unet.dtype)
    latents = noise * scheduler.init_noise_sigma
    extra = pipe.prepare_extra_step_kwargs([each for each in products.generators for _ in range(views)], 0.0)
    for step, timestep in enumerate(scheduler.timesteps):
        if before_step is not None:
            before_step(step, len(scheduler.timesteps))
        predicted = _predicted(pipe, latents, timestep, conditions, settings)
        latents = scheduler.step(predicted, timestep, latents, **extra, return_dict=False)[0].to(pipe.unet.dtype)
    decoded = torch.cat([decode(pipe, one[None]) for one in latents])
    return decoded.view(-1, views, *decoded.shape[1:])


def _conditions(
    pipe: Any, adapter: MultiViewAdapter, products: Products, rays: Tensor, settings: Settings
) -> _Conditions:
    views, size = len(rays), settings.size
    guided = settings.guidance > 1 and pipe.unet.config.time_cond_proj_dim is None
    text, added = _text(pipe, products.prompts, products.negatives, views, guided, size)
    maps = rays.to(pipe._execution_device, pipe.unet.dtype).expand(-1, -1, size, size)
    features = adapter.encoder.to(pipe._execution_device)(maps)
    copies = len(products.prompts) * (2 if guided else 1)
    multi_view = MultiView(views, settings.across, settings.view_scale, reference_scale=settings.reference_scale)
    if products.references is not None:
        recorded = _record(pipe, products.references, text, added, views, guided)
        if guided:  # without the prompt there is no reference either
            recorded = {name: torch.cat([torch.zeros_like(x), x]) for name, x in recorded.items()}
        multi_view.reference = recorded
    return _Conditions(
        guided,
        text,
        added,
        [feature.repeat(copies, 1, 1, 1) * settings.camera_scale for feature in features],
        multi_view,
        _guidance_condition(pipe, settings.guidance, len(products.prompts) * views),
    )


def _predicted(pipe: Any, latents: Tensor, timestep: Tensor, conditions: _Conditions, settings: Settings) -> Tensor:
    """What the UNet predicts for noisy latents [pictures, 4, h, w], guided where that is asked for."""
    doubled = torch.cat([latents, latents]) if conditions.guided else latents
    predicted: Tensor = pipe.unet(
        pipe.scheduler.scale_model_input(doubled, timestep),
        timestep,
        encoder_hidden_states=conditions.text,
        timestep_cond=conditions.guidance,
        cross_attention_kwargs={"multi_view": conditions.multi_view},
        down_intrablock_additional_residuals=list(conditions.cameras),  # the UNet takes them out of its list
        added_cond_kwargs=conditions.added,
        return_dict=False,
    )[0]
    if not conditions.guided:
        return predicted
    without, having = predicted.chunk(2)
    predicted = without + settings.guidance * (having - without)
    return _rescaled(predicted, having, settings.rescale) if settings.rescale else predicted


def _text(
    pipe: Any, prompts: Sequence[str], negatives: Sequence[str], views: int, guided: bool, size: int
) -> tuple[Tensor, dict[str, Tensor]]:
    embedded, negative, pooled, negative_pooled = pipe.encode_prompt(
        prompt=list(prompts),
        device=pipe._execution_device,
        num_images_per_prompt=views,
        do_classifier_free_guidance=guided,
        negative_prompt=list(negatives) if guided else None,
    )
    ids = torch.tensor([[size, size, 0, 0, size, size]], dtype=embedded.dtype, device=embedded.device)
    if guided:
        embedded, pooled = torch.cat([negative, embedded]), torch.cat([negative_pooled, pooled])
    return embedded, {"text_embeds": pooled, "time_ids": ids.repeat(len(pooled), 1)}


def _noise(pipe: Any, generators: Sequence[torch.Generator], views: int, size: int) -> Tensor:
    edge = size // pipe.vae_scale_factor
    shape = (views, pipe.unet.config.in_channels, edge, edge)
    return torch.cat([torch.randn(shape, generator=generator) for generator in generators])


def _record(
    pipe: Any, references: Tensor, text: Tensor, added: dict[str, Tensor], views: int, guided: bool
) -> dict[str, Tensor]:
    """Runs the noise-free reference pictures through the UNet once and returns what its self-attention layers were given."""
    first = slice(len(text) // 2 if guided else 0, None, views)  # the prompted rows, one a product
    recorded: dict[str, Tensor] = {}
    pipe.unet(
        encode(pipe, references),
        torch.zeros((), dtype=torch.long, device=text.device),
        encoder_hidden_states=text[first],
        added_cond_kwargs={name: value[first] for name, value in added.items()},
        cross_attention_kwargs={"multi_view": MultiView(1, record=recorded)},
        return_dict=False,
    )
    return recorded


def _guidance_condition(pipe: Any, guidance: float, pictures: int) -> Tensor | None:
    """For UNets that were distilled to be told the guidance scale (LCM-SDXL): its embedding."""
    width = pipe.unet.config.time_cond_proj_dim
    if width is None:
        return None
    scale = torch.full((pictures,), guidance - 1)
    embedding: Tensor = pipe.get_guidance_scale_embedding(scale, embedding_dim=width)
    return embedding.to(pipe._execution_device, pipe.unet.dtype)


def _rescaled(predicted: Tensor, having: Tensor, share: float) -> Tensor:
    axes = (1, 2, 3)
    matched = predicted * (having.std(axes, keepdim=True) / predicted.std(axes, keepdim=True))
    return share * matched + (1 - share) * predicted


def encode(pipe: Any, pictures: Tensor) -> Tensor:
    """Pictures [n, 3, size, size] in [0, 1] to scaled latents: the mean of the VAE's posterior, so that no noise is drawn."""
    vae = pipe.vae
    with upcast(vae):
        pictures = pictures.to(pipe._execution_device, vae.dtype)
        latents = torch.cat([vae.encode(one[None] * 2 - 1).latent_dist.mode() for one in pictures])
    mean, std = _statistics(vae, latents)
    scaled: Tensor = (latents - mean) / std * vae.config.scaling_factor
    return scaled.to(pipe.unet.dtype)


def decode(pipe: Any, latents: Tensor) -> Tensor:
    """Scaled latents to pictures [n, 3, size, size], float32 in [0, 1]."""
    vae = pipe.vae
    with upcast(vae):
        mean, std = _statistics(vae, latents)
        out: Tensor = vae.decode((latents / vae.config.scaling_factor * std + mean).to(vae.dtype), return_dict=False)[0]
    return (out.float() / 2 + 0.5).clamp(0, 1)


def _statistics(vae: Any, like: Tensor) -> tuple[Tensor, Tensor]:
    mean, std = getattr(vae.config, "latents_mean", None), getattr(vae.config, "latents_std", None)
    if mean is None or std is None:
        return like.new_zeros(()), like.new_ones(())
    return like.new_tensor(mean).view(1, -1, 1, 1), like.new_tensor(std).view(1, -1, 1, 1)
