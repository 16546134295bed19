"""What a denoiser is trained for: the noise, the velocity, or the flow from pictures to noise."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

Predict = Callable[["torch.Tensor", "torch.Tensor"], "torch.Tensor"]
"""(noisy latents, time) -> prediction."""


def flow_loss(
    predict: Predict, latents: torch.Tensor, noise: torch.Tensor, uniform: torch.Tensor, trained: int
) -> torch.Tensor:
    """Rectified flow: x_t = (1 - t) x + t e, of which the model learns e - x; t is logit-normal (Esser et al., 2024, eq. 19).

    Args:
        noise: of the latents' shape.
        uniform: [n] in 0 to 1 exclusive, from which the times are drawn.
        trained: steps of the scheduler's training.
    """
    import torch

    time = torch.sigmoid(torch.special.ndtri(uniform.clamp(1e-4, 1 - 1e-4)))
    at = time.view(-1, 1, 1, 1)
    found = predict((1 - at) * latents + at * noise, time * trained)
    return torch.nn.functional.mse_loss(found.float(), noise - latents)


def noise_loss(
    predict: Predict, latents: torch.Tensor, noise: torch.Tensor, uniform: torch.Tensor, scheduler: Any, min_snr: float
) -> torch.Tensor:
    """Noise or velocity prediction at uniform steps, weighted by min(SNR, gamma) / SNR (Hang et al., 2023; / (SNR + 1) for v).

    Args:
        scheduler: a `DDPMScheduler` with the checkpoint's schedule.
        min_snr: gamma; 0 weighs all steps alike.
    """
    import torch

    steps = (uniform * scheduler.config.num_train_timesteps).long().clamp_max(scheduler.config.num_train_timesteps - 1)
    noisy = scheduler.add_noise(latents, noise, steps)
    velocity = scheduler.config.prediction_type == "v_prediction"
    target = scheduler.get_velocity(latents, noise, steps) if velocity else noise
    each: torch.Tensor = (predict(noisy, steps).float() - target).square().mean(dim=(1, 2, 3))
    if min_snr <= 0:
        return each.mean()
    kept = scheduler.alphas_cumprod.to(latents.device)[steps]
    snr = kept / (1 - kept)
    weight = torch.minimum(snr, torch.full_like(snr, min_snr)) / (snr + 1 if velocity else snr)
    weighed: torch.Tensor = weight * each
    return weighed.mean()
