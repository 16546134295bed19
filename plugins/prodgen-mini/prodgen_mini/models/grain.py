"""Speckles, drawn anew: where each of a hundred spots lies is chance, which no code of a design can hold.

A network gives the inks, and how much there is of one for the others; the spots are laid out by random numbers, as film grain is in
video codecs (Norkin and Birkbeck, Film Grain Synthesis for AV1 Video Codec, DCC 2018). Without it they came out as blots, as mist or not
at all.
"""

from __future__ import annotations

import torch
from torch import Tensor

from prodgen_mini.models.paint import ellipses

_SPOTS = (60, 150)
_LARGEST = (0.010, 0.026)
_SMALLEST = 0.3
"""How many spots there are on a sheet, the radius of the largest as a share of its edge, and that of the smallest as a share of the
largest: as in the designs that were learnt from."""
_SEEN = 0.3
"""Share of what the commonest ink covers from which an ink has spots of its own; what is less is a network's noise."""


def speckled(shares: Tensor, noise: torch.Generator, finer: int = 1) -> Tensor:
    """Spots that fit together at the edges, [SHEETS, h finer, h finer], in the inks of shares [SHEETS, h, h].

    The same noise gives the same spots, however fine they are drawn.
    """
    size = shares.shape[-1] * finer
    covers = shares[1:].mean((1, 2)).cpu()
    covers = covers * (covers >= _SEEN * covers.max()) + 1e-9
    count = int(torch.randint(_SPOTS[0], _SPOTS[1], (), generator=noise))
    largest = _LARGEST[0] + (_LARGEST[1] - _LARGEST[0]) * torch.rand((), generator=noise)
    radius = largest * (_SMALLEST + (1 - _SMALLEST) * torch.rand(count, generator=noise))
    ink = torch.multinomial(covers, count, replacement=True, generator=noise)
    centre = torch.rand(count, 2, generator=noise)
    each = [ink == k for k in range(len(covers))]
    sheets = torch.stack([ellipses(size, centre[one], radius[one], radius[one]) for one in each])
    sheets = sheets / sheets.sum(0).clamp(min=1)
    return torch.cat([1 - sheets.sum(0, keepdim=True), sheets]).to(shares.device)
