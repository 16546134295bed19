"""Samples from a rectified flow whose network predicts the clean design."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor

    from prodgen_mini.models.dit import Dit


def sample(
    dit: Dit,
    condition: Tensor,
    noise: torch.Generator | list[torch.Generator],
    *,
    steps: int = 6,
    guidance: float = 1.5,
    guided: tuple[float, float] = (0.0, 1.0),
    negative: Tensor | None = None,
    start: Tensor | None = None,
    strength: float = 1.0,
    temperature: float = 1.0,
    narrow: Callable[[Tensor], Tensor] | None = None,
    check: Callable[[int], None] = lambda step: None,
) -> Tensor:
    """Codes of designs for conditions, by Euler steps from noise at time 0 to time 1.

    Args:
        condition: [n, condition].
        noise: one CPU generator for all, or one each.
        steps: evaluations of the network, or pairs of them where there is guidance.
        guidance: how far to go beyond what is thought without the condition (Ho and Salimans 2022); 1 turns it off.
        guided: from which time on, and before which, there is guidance: what it does early takes from variety, late from truth
            (Kynkäänniemi et al., Applying Guidance in a Limited Interval, NeurIPS 2024).
        negative: [n, condition]: what to go away from, instead of no condition; all the way, whatever `guided` says.
        start: codes [n, code] to vary; `strength` in (0, 1] says how much of it is forgotten.
        temperature: scale of the noise.
        narrow: called once, after half of the steps, with the codes [n, code] that are expected by then; gives the indices of the
            rows that go on. A row does not depend on the others, so that those go where they would have gone.
        check: called with the number of each step.

    Returns:
        [n, code], or [m, code] of the rows that went on, as the autoencoder has them.
    """
    n, device = len(condition), condition.device
    code = temperature * _noise(n, (dit.code,), noise).to(device)
    first = 0.0
    if start is not None and strength < 1:
        first = 1.0 - strength
        code = code + first * ((start - dit.mean) / dit.scale - code)
    times = torch.linspace(first, 1, steps + 1).tolist()
    yes = torch.ones(n, dtype=torch.bool, device=device)
    for number, (now, then) in enumerate(itertools.pairwise(times)):
        check(number)
        time = torch.full((len(code),), now, device=device)
        if negative is None and (guidance == 1 or not guided[0] <= now < guided[1]):
            clean = dit(code, time, condition, yes)
        else:
            other = condition if negative is None else negative
            told = torch.cat([yes, torch.full_like(yes, negative is not None)])
            both = dit(torch.cat([code, code]), torch.cat([time, time]), torch.cat([condition, other]), told)
            clean, bare = both.chunk(2)
            clean = bare + guidance * (clean - bare)
        code = code + (then - now) / (1 - now) * (clean - code)
        if narrow is not None and number == (steps - 1) // 2:
            kept = narrow(clean * dit.scale + dit.mean)
            code, condition, yes = code[kept], condition[kept], yes[kept]
            negative = None if negative is None else negative[kept]
    return code * dit.scale + dit.mean


def _noise(n: int, shape: tuple[int, ...], noise: torch.Generator | list[torch.Generator]) -> Tensor:
    if isinstance(noise, torch.Generator):
        return torch.randn(n, *shape, generator=noise)
    return torch.stack([torch.randn(shape, generator=one) for one in noise])
