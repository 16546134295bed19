"""What a denoiser is trained for: the noise, the velocity, or the flow from pictures to noise."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

Predict = Callable[["torch.Tensor", "torch.Tensor"], "torch.Tensor"]
"""(noisy latents, time) -> prediction."""


def flow_loss(
    predict: Predict,
    latents: torch.Tensor,
    noise: torch.Tensor,
    uniform: torch.Tensor,
    trained: int,
    shift: float = 1.0,
) -> torch.Tensor:
    """Rectified flow: x_t = (1 - t) x + t e, of which the model learns e - x; t is logit-normal (Esser et al., 2024, eq. 19).

    Args:
        noise: of the latents' shape.
        uniform: [n] in 0 to 1 exclusive, from which the times are drawn.
        trained: steps of the scheduler's training.
        shift: of the times towards noise (eq. 23), as `shift_of` finds it; 1 leaves them.
    """
    import torch

    time = torch.sigmoid(torch.special.ndtri(uniform.clamp(1e-4, 1 - 1e-4)))
    time = shift * time / (1 + (shift - 1) * time)
    at = time.view(-1, 1, 1, 1)
    found = predict((1 - at) * latents + at * noise, time * trained)
    return torch.nn.functional.mse_loss(found.float(), noise - latents)


def shift_of(settings: Mapping[str, Any], tokens: int) -> float:
    """How far a checkpoint's times are shifted towards noise, which large pictures need more of: as its pipeline does when it paints.

    Args:
        settings: of its scheduler.
        tokens: of a picture, cells of 2 x 2 latents.

    >>> shift_of({"shift": 3.0}, 4096)
    3.0
    >>> round(shift_of({"use_dynamic_shifting": True}, 4096), 3)
    3.158
    """
    if not settings.get("use_dynamic_shifting"):
        return float(settings.get("flow_shift") or settings.get("shift") or 1.0)
    least, most = settings.get("base_image_seq_len", 256), settings.get("max_image_seq_len", 4096)
    low, high = settings.get("base_shift", 0.5), settings.get("max_shift", 1.15)
    value = low + (high - low) * (tokens - least) / (most - least)
    return float(value if settings.get("time_shift_type") == "linear" else math.exp(value))


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
