"""The noise schedule of MV-Adapter: more noise at the start, so that the views agree on the whole before details are drawn."""

from __future__ import annotations

from typing import Any


def shift_snr(scheduler: Any, scale: float = 8.0, into: type[Any] | None = None) -> Any:
    """A scheduler whose signal-to-noise ratio is divided by up to `scale`.

    The division grows with the timestep, by interpolation in the logarithm: log snr'(t) = log snr(t) - t / (T - 1) log scale
    (MV-Adapter, appendix; the released weights were trained with scale 8).

    Args:
        scheduler: one with `alphas_cumprod` (DDPM, DDIM, Euler, DPM-Solver, LCM ...).
        into: class of the scheduler to return, such as `LCMScheduler`; None keeps the class.
    """
    import torch

    steps = scheduler.config.num_train_timesteps
    alphas = scheduler.alphas_cumprod.double().cpu()
    snr = (
        alphas
        / (1 - alphas)
        * torch.exp(-torch.linspace(0, 1, steps, dtype=torch.float64) * torch.log(torch.tensor(scale)))
    )
    shifted = snr / (1 + snr)
    betas = 1 - shifted / torch.cat([torch.ones(1, dtype=torch.float64), shifted[:-1]])
    return (into or type(scheduler)).from_config(scheduler.config, trained_betas=betas.tolist())
