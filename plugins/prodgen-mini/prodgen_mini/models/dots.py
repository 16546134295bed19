"""Dots, drawn as a printer would: discs or rings on a lattice, of one size or of two that take turns.

A network says which lattice, how large, which inks and whether there is a hole, over many dots of which each is a little wrong; its
dots taken together say it well.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from prodgen_mini.models.lattice import Lattice, found, motifs, offsets
from prodgen_mini.models.paint import bare, ellipses, lay

_LATTICES = (*(Lattice(n, False) for n in range(2, 6)), *(Lattice(n, True) for n in (2, 4, 6)))
_SURE = 0.78
"""From which what is found is a lattice: true designs that have one get .83 and more, confetti at most .74."""
_BEGIN = 0.25
"""Where the first dot lies, in steps from the corner, as in the designs that were learnt from."""
_RADII = (0.15, 0.38)
"""From which to which share of a step the radius goes."""
_HOLE, _SMALLER = 0.55, 0.55
"""The hole of a ring, as a share of it; the smaller of two sizes, as a share of the larger."""
_ONE_SIZE, _NO_DOT = 0.8, 0.25
"""Ratio of two radii from which they are one, and below which the smaller is none: half-way and a half from `_SMALLER`."""
_PIXELS = 24
"""Edge of the square about a dot that is looked at."""


@dataclass(frozen=True)
class Dot:
    """One of the two that take turns: its ink, its radius in steps, and the share of it that is open."""

    ink: int
    radius: float
    hole: float


def dotted(shares: Tensor, finer: int = 1) -> Tensor | None:
    """Clean dots [SHEETS, h finer, h finer] of shares [SHEETS, h, h]; None where these stand on no lattice."""
    lattice, first, sure = found(1 - shares[0], _LATTICES)
    if sure < _SURE:
        return None
    size = shares.shape[-1] * finer
    sheets = bare(len(shares), size)
    points, turns = lattice.points() + _BEGIN * lattice.step, lattice.turns()
    for dot, mine in zip(_pair(shares, lattice, first), (~turns, turns), strict=True):
        radius = torch.full((int(mine.sum()),), dot.radius * lattice.step)
        if dot.radius:
            lay(sheets, dot.ink, ellipses(size, points[mine], radius, radius, hole=dot.hole))
    return sheets


def _pair(shares: Tensor, lattice: Lattice, first: Tensor) -> tuple[Dot, Dot]:
    """The two dots that take turns, alike in most designs."""
    cover = (1 - motifs(shares, lattice, first, 1, _PIXELS)[:, 0]).sum(0)
    middle = torch.stack([cover.sum(1) @ offsets(_PIXELS), cover.sum(0) @ offsets(_PIXELS)]) / cover.sum()
    ways = [motifs(shares, lattice, start, 1, _PIXELS) for start in lattice.beginnings(first + middle * lattice.step)]
    areas = torch.stack([1 - way[:, 0].mean((1, 2)) for way in ways])
    uneven = int((areas.amin(1) / areas.amax(1)).argmin())
    way, radii = ways[uneven], (areas[uneven] / math.pi).sqrt()
    ratio = float(radii.min() / radii.max())
    if ratio > _ONE_SIZE:
        way, radii = way.mean(0, keepdim=True).expand_as(way), radii.mean().expand(2)
    inks = (1 + way[:, 1:].sum((2, 3)).argmax(1)).tolist()
    large = int(radii.argmax())
    radius = float(radii[large])
    hole = _HOLE if ratio > _ONE_SIZE and _is_open(1 - way[large, 0], radius) else 0.0
    radius = min(max(radius / math.sqrt(1 - hole**2), _RADII[0]), _RADII[1])
    small = radius if ratio > _ONE_SIZE else _SMALLER * radius if ratio > _NO_DOT else 0.0
    dots = [Dot(ink, radius if turn == large else small, hole) for turn, ink in enumerate(inks)]
    return dots[0], dots[1]


def _is_open(cover: Tensor, radius: float) -> bool:
    """Whether the ground shows in the middle of a dot, whose cover [n, n] is that of a disc of a radius in steps."""
    away = torch.hypot(offsets(_PIXELS)[:, None], offsets(_PIXELS))
    middle = cover[away < max(0.3 * radius, 1 / _PIXELS)]
    around = cover[(away > 0.6 * radius) & (away < 1.2 * radius)]
    return bool(middle.mean() < 0.6 * around.mean())
