"""How weights move: the optimiser of a network, and the average that is kept of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodgen_sdk.training.recipe import Recipe

if TYPE_CHECKING:
    import torch
    from torch import nn


def optimiser_of(network: nn.Module, recipe: Recipe) -> torch.optim.AdamW:
    """AdamW; vectors (biases, scales, embeddings of one number) do not decay."""
    import torch

    factors = getattr(network, "rate_factors", {})
    groups: dict[tuple[float, float], list[torch.nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        factor = next((value for prefix, value in factors.items() if name.startswith(prefix)), 1.0)
        groups.setdefault((recipe.decay if parameter.ndim > 1 else 0.0, factor), []).append(parameter)
    settings = [
        {"params": members, "weight_decay": decay, "factor": factor} for (decay, factor), members in groups.items()
    ]
    on_gpu = next(network.parameters()).is_cuda
    return torch.optim.AdamW(settings, recipe.learning_rate, betas=recipe.betas, foreach=on_gpu)


def average(kept: nn.Module, network: nn.Module, share: float) -> None:
    """Moves kept weights towards those of the network: share * kept + (1 - share) * new."""
    import torch

    pairs = list(zip(kept.state_dict().values(), network.state_dict().values(), strict=True))
    moving = [pair for pair in pairs if pair[0].is_floating_point()]
    with torch.no_grad():
        # All at once: on a GPU the calls cost more than what they do.
        torch._foreach_lerp_([old for old, _ in moving], [new for _, new in moving], 1 - share)
        for old, new in pairs:
            if not old.is_floating_point():
                old.copy_(new)
