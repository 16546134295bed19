"""Flowers, drawn as a printer would: of the flowers that prints have, the one that comes nearest to what a network drew.

A network puts flowers in rows and gives their inks, but no petal comes out of a code of 192 numbers. What it drew at all points of the
lattice, taken together, is compared with daisies, blossoms, tulips and sprigs in several sizes and turns by normalised correlation,
as in template matching (Lewis, 1995). Two flowers of one kind take turns.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

from prodgen_mini.models.lattice import WIDTH, Lattice, found, motifs, offsets
from prodgen_mini.models.paint import bare, ellipses, inside, lay

_LATTICES = tuple(Lattice(rows, True) for rows in (2, 3, 4))
_WIDTH, _PIXELS = 1.5, 30
"""How many steps wide the square about a flower is that is compared, so that its leaves are in it; and its edge in pixels."""
_GRID = offsets(_PIXELS) * _WIDTH
_TURNS, _SIZES = 16, (0.28, 0.33, 0.38)
"""How many directions, and which sizes in steps are tried."""
KINDS = (*(("daisy", petals) for petals in (5, 6, 7, 8)), ("blossom", 5), ("tulip", 3), ("sprig", 1))
_LEAF, _PETAL, _HEART, _WHOLE = range(4)
"""Parts of a flower; petals without a heart are compared as a whole, since what a network leaves open in the middle is little."""
_SEEN = 0.06
"""Share of what is printed from which an ink is used; what is less is a network's noise."""

_BARE = 1e-3
"""What covers less is not there."""

Part = tuple[int, float, float, float, float, float]
"""An ellipse of a flower: leaf, petal or heart; how far across and down it is, its half axes, its angle."""


@dataclass(frozen=True)
class Bank:
    """Flowers to compare with.

    Args:
        parts: those of each; kinds: int [n], place in `KINDS`.
        patterns: [n, 4, pixels ** 2], where its leaves, petals, heart and both are seen, each of mean 0; power: [n, 4], their squares.
    """

    parts: tuple[tuple[Part, ...], ...]
    kinds: Tensor
    patterns: Tensor
    power: Tensor


@dataclass(frozen=True)
class Found:
    """Two flowers, by their places in the bank, their petals' inks, and the inks of leaves and hearts; 0 where there are none."""

    likeness: float
    flowers: tuple[int, int]
    petals: tuple[int, int]
    leaf: int
    heart: int


def flowered(shares: Tensor, finer: int = 1) -> Tensor:
    """Clean flowers [SHEETS, h finer, h finer] of shares [SHEETS, h, h].

    Leaves that a network gave no ink lie on the last sheet, if nothing else does.
    """
    lattice, first, _ = found(1 - shares[0], _LATTICES)
    size, bank, inks = shares.shape[-1] * finer, flower_bank(), _inks(shares)
    if not inks:
        return bare(len(shares), size)
    each = [motifs(shares, lattice, start, _WIDTH, _PIXELS) for start in lattice.beginnings(first)]
    best = max((_nearest(bank, one[:, inks].flatten(2), inks) for one in each), key=lambda one: one.likeness)
    sheets, points, turns = bare(len(shares), size), lattice.points(), lattice.turns()
    last = len(shares) - 1
    leaf = best.leaf or (0 if last in (*best.petals, best.heart) else last)
    for role in (_LEAF, _PETAL, _HEART):
        for number, petal, mine in zip(best.flowers, best.petals, (~turns, turns), strict=True):
            parts = [part for part in bank.parts[number] if part[0] == role]
            ink = (leaf, petal, best.heart)[role]
            if parts and (ink or role == _HEART):
                lay(sheets, ink, printed(parts, points[mine], lattice.step, size))
    return sheets


def _inks(shares: Tensor) -> list[int]:
    """The inks that are used."""
    covers = shares[1:].mean((1, 2))
    return [k + 1 for k, cover in enumerate(covers.tolist()) if cover > max(_SEEN * float(covers.sum()), _BARE)]


def _nearest(bank: Bank, seen: Tensor, inks: list[int]) -> Found:
    """What comes nearest to two motifs, seen [2, inks, pixels ** 2].

    Leaves and hearts are of one ink in both, or not there; petals have another one.
    """
    count = len(inks)
    like = torch.einsum("nrp,qip->qnri", bank.patterns, seen)
    either = torch.cat([torch.zeros(*like.shape[:3], 1), like], -1)  # without leaves or heart first
    there = torch.cat([torch.zeros(1), torch.ones(count)])
    petal = torch.cat([like[:, :, _WHOLE, None], like[:, :, _PETAL, None].expand(-1, -1, count, -1)], 2)
    sums = either[:, :, _LEAF, :, None, None] + either[:, :, _HEART, None, :, None] + petal[:, :, None]
    same = torch.eye(count + 1, dtype=torch.bool)[:, 1:]
    sums = sums.masked_fill(same[:, None] | same[None], -torch.inf)
    sums, petals = sums.max(-1)
    power = bank.power.T[..., None]
    petal_power = torch.cat([power[_WHOLE], power[_PETAL].expand(-1, count)], 1)
    likeness = (
        sums / (power[_LEAF, :, :, None] * there[:, None] + (power[_HEART] * there + petal_power)[:, None]).sqrt()
    )
    kinds = torch.stack([likeness[:, bank.kinds == kind].amax(1).sum(0) for kind in range(len(KINDS))])
    best = int(kinds.argmax())
    kind, leaf_at, heart_at = best // (count + 1) ** 2, best // (count + 1) % (count + 1), best % (count + 1)
    chosen = likeness[:, :, leaf_at, heart_at].masked_fill(bank.kinds != kind, -torch.inf).argmax(1).tolist()
    own = [inks[int(petals[turn, number, leaf_at, heart_at])] for turn, number in enumerate(chosen)]
    names = [0, *inks]
    return Found(float(kinds.max()), (chosen[0], chosen[1]), (own[0], own[1]), names[leaf_at], names[heart_at])


def printed(parts: list[Part], points: Tensor, step: float, size: int) -> Tensor:
    """Cover [size, size] of parts of a flower that stands at points [n, 2]."""
    _, across, down, long, short, angle = torch.tensor(parts).T
    centre = (points[:, None] + step * torch.stack([down, across], 1)).flatten(0, 1)
    long, short, angle = (value.repeat(len(points)) for value in (step * long, step * short, angle))
    return ellipses(size, centre, long, short, angle)


@cache
def flower_bank() -> Bank:
    """The flowers, made once a process."""
    specs = [(kind, size, turn) for kind in range(len(KINDS)) for size in _SIZES for turn in range(_TURNS)]
    parts = tuple(_flower(*KINDS[kind], size, 2 * math.pi * turn / _TURNS) for kind, size, turn in specs)
    most = max(len(one) for one in parts)
    nowhere: Part = (_LEAF, 9.0, 9.0, 0.1, 0.1, 0.0)
    table = torch.tensor([[*one, *[nowhere] * (most - len(one))] for one in parts])
    seen = _seen(table)
    seen = _seen(table, _middles(seen[:, :_WHOLE].sum(1)))
    seen = (seen - seen.mean((2, 3), keepdim=True)).flatten(2)
    return Bank(parts, torch.tensor([kind for kind, _, _ in specs]), seen, seen.square().sum(2))


def _seen(table: Tensor, middles: Tensor | None = None) -> Tensor:
    """Where leaves, petals, hearts and both are seen, [n, 4, pixels, pixels], of parts [n, most, 6] about middles [n, 2]."""
    role, across, down, long, short, angle = table[..., None, None].unbind(2)
    if middles is not None:
        down, across = (
            value - middle[:, None, None, None] for value, middle in zip((down, across), middles.T, strict=True)
        )
    cover = inside(_GRID - across, _GRID[:, None] - down, long, short, angle, _PIXELS / _WIDTH)
    leaf, petal, heart = ((cover * (role == one)).amax(1) for one in range(3))
    return torch.stack([leaf * (1 - petal) * (1 - heart), petal * (1 - heart), heart, torch.maximum(petal, heart)], 1)


def _middles(cover: Tensor) -> Tensor:
    """Where a lattice of each flower is found to stand, [n, 2] down and across in steps, of their covers [n, pixels, pixels].

    The mode of the cover seen through the window of `lattice.found`, by mean shift (Fukunaga and Hostetler, 1975): tulips and sprigs
    stand beside their points.
    """
    middles = torch.zeros(len(cover), 2)
    for _ in range(10):
        down, across = (torch.exp(-((_GRID - middle[:, None]) ** 2) / (2 * WIDTH**2)) for middle in middles.T)
        near = cover * down[:, :, None] * across[:, None]
        middles = torch.stack([near.sum(2) @ _GRID, near.sum(1) @ _GRID], 1) / near.sum((1, 2))[:, None]
    return middles


def _flower(kind: str, petals: int, size: float, turn: float) -> tuple[Part, ...]:
    """The parts of a flower about its middle, with the proportions of those that were learnt from."""

    def part(role: int, angle: float, away: float, long: float, short: float, along: float = 0.0) -> Part:
        across, down = (along * turned(turn) + away * turned(angle) for turned in (math.cos, math.sin))
        return role, size * across, size * down, size * long, size * short, angle

    if kind == "sprig":
        pairs = [(along, side) for along in (-0.84, -0.42, 0.0, 0.42, 0.84) for side in (-0.9, 0.9)]
        leaves = [part(_LEAF, turn + side, 0.3, 0.34, 0.13, along) for along, side in pairs]
        return (*leaves, part(_PETAL, turn, 1.1, 0.24, 0.24))
    leaves = [part(_LEAF, turn + side, 1.1, 0.55, 0.22) for side in ((2.2,) if kind == "daisy" else (2.2, 4.2))]
    if kind == "tulip":
        return (*leaves, *(part(_PETAL, turn + side, 0.3, 0.62, 0.28) for side in (-0.5, 0.0, 0.5)))
    wide = 0.17 if kind == "daisy" else 0.34
    around = [part(_PETAL, turn + 2 * math.pi * k / petals, 0.55, 0.5, wide) for k in range(petals)]
    return (*leaves, *around, part(_HEART, 0.0, 0.0, 0.27, 0.27))
