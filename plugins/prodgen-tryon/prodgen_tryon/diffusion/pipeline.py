"""CatVTON's sampling: garment below person in one latent, denoised together, of which the upper half is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from diffusers import DiffusionPipeline

CONDITION_AXIS = -2
"""Latents are [n, channels, height, width]; the garment is appended on the height."""


class CatVtonPipeline(DiffusionPipeline):  # type: ignore[misc]
    """A VAE, a UNet of 9 channels whose cross-attention is skipped, and DDIM."""

    model_cpu_offload_seq = "unet->vae"

    def __init__(self, vae: Any, unet: Any, scheduler: Any) -> None:
        super().__init__()
        self.register_modules(vae=vae, unet=unet, scheduler=scheduler)

    @torch.no_grad()
    def __call__(
        self,
        person: torch.Tensor,
        mask: torch.Tensor,
        garment: torch.Tensor,
        generators: Sequence[torch.Generator],
        *,
        steps: int = 50,
        guidance: float = 2.5,
        eta: float = 1.0,
        at_step: Callable[[int, int], None] | None = None,
    ) -> torch.Tensor:
        """The persons dressed, float32 [n, 3, h, w] in [0, 1] on the CPU.

        Args:
            person, garment: float32 [n, 3, h, w] in [0, 1].
            mask: float32 [n, 1, h, w], 1 where the model paints.
            generators: one a picture, on the CPU; all noise is drawn from it, so that a picture does not depend on its batch.
            guidance: 1 or less leaves out the pass without a garment.
            at_step: called with (done, steps).
        """
        device, dtype, noise = self._execution_device, self.unet.dtype, list(generators)
        hidden = (person * 2 - 1) * (mask < 0.5)
        hidden_latent = self._encode(hidden, noise, device)
        garment_latent = self._encode(garment * 2 - 1, noise, device)
        condition = condition_of(hidden_latent, garment_latent, mask.to(device, dtype))
        if guidance > 1:
            without = condition_of(hidden_latent, torch.zeros_like(garment_latent), mask.to(device, dtype))
            condition = torch.cat([without, condition])
        self.scheduler.set_timesteps(steps, device=device)
        both = torch.cat([hidden_latent, garment_latent], CONDITION_AXIS)
        latents = _randn(both, noise).to(device, dtype) * self.scheduler.init_noise_sigma
        for place, time in enumerate(self.scheduler.timesteps):
            given = torch.cat([latents, latents]) if guidance > 1 else latents
            given = self.scheduler.scale_model_input(given, time)
            predicted = self.unet(
                torch.cat([given, condition], 1), time, encoder_hidden_states=None, return_dict=False
            )[0]
            if guidance > 1:
                without, with_garment = predicted.chunk(2)
                predicted = without + guidance * (with_garment - without)
            latents = self.scheduler.step(predicted, time, latents, eta=eta, generator=noise, return_dict=False)[0]
            if at_step is not None:
                at_step(place + 1, steps)
        kept = latents.chunk(2, CONDITION_AXIS)[0] / self.vae.config.scaling_factor
        decoded = self.vae.decode(kept.to(self.vae.dtype), return_dict=False)[0]
        self.maybe_free_model_hooks()
        pictures: torch.Tensor = (decoded.float() / 2 + 0.5).clamp(0, 1).cpu()
        return pictures

    def _encode(self, pictures: torch.Tensor, generators: list[torch.Generator], device: Any) -> torch.Tensor:
        """Latents sampled from the VAE's posterior and scaled, in the UNet's dtype."""
        posterior = self.vae.encode(pictures.to(device, self.vae.dtype)).latent_dist
        noise = _randn(posterior.mean, generators)
        sample = posterior.mean + posterior.std * noise.to(device, posterior.mean.dtype)
        latent: torch.Tensor = (sample * self.vae.config.scaling_factor).to(self.unet.dtype)
        return latent


def condition_of(hidden: torch.Tensor, garment: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """What the UNet sees besides the noise: mask and latents, [n, 1 + 4, 2 h, w]; nothing of the garment's half is masked.

    Args:
        hidden: latents of the person without the masked pixels [n, 4, h, w].
        garment: latents of the garment [n, 4, h, w].
        mask: of the picture, [n, 1, H, W].
    """
    small = torch.nn.functional.interpolate(mask, size=hidden.shape[-2:], mode="nearest")
    masks = torch.cat([small, torch.zeros_like(small)], CONDITION_AXIS)
    return torch.cat([masks, torch.cat([hidden, garment], CONDITION_AXIS)], 1)


def _randn(like: torch.Tensor, generators: Sequence[torch.Generator]) -> torch.Tensor:
    """Normal noise in float32 on the CPU, a generator per picture."""
    return torch.cat([torch.randn((1, *like.shape[1:]), generator=one) for one in generators])
