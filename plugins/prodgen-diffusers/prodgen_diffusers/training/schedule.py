"""What follows from the seed and the number of a step: the learning rate, which examples it sees, its random numbers."""

from __future__ import annotations

from prodgen_diffusers.training.options import LoraOptions
from prodgen_sdk.runtime import canonical_digest


def rate_of(step: int, options: LoraOptions) -> float:
    """Warm-up along a line, then half a cosine to zero."""
    import math

    if step < options.warmup:
        return (step + 1) / options.warmup
    return 0.5 * (1 + math.cos(math.pi * (step - options.warmup) / max(1, options.steps - options.warmup)))


def place_of(count: int, total: int, seed: int) -> int:
    """The example at place `count` of an endless sequence that shows each once, in a new order, before any a second time."""
    import torch

    epoch, place = divmod(count, total)
    generator = torch.Generator().manual_seed(number_of(seed, "epoch", epoch))
    return int(torch.randperm(total, generator=generator)[place])


def number_of(*parts: int | str) -> int:
    """A seed that follows from what it is for."""
    return int(canonical_digest(list(parts))[:15], 16)
