"""Labels put right: one ink where the words go, and a border that is closed and of one width.

A network draws the line of a border in dashes. Lines as labels have them, round a panel, an oval or an arch, are laid over what it drew:
the one that is covered best is drawn whole, where all of its sides are there, or else what there is of it is taken away.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

from prodgen_mini.models.paint import lay

_WORDS = (0.42, 0.84)
"""From which to which share of the height the words go, as in the designs that were learnt from; nothing else lies there."""
_AROUND = 0.14
"""Share of the width at either side that a border may take."""
_QUIET = 0.9
"""Share of one ink where the words go, from which what else is there is a network's noise."""
_INSET = 0.035
"""From the edge to the line, in heights of the label."""
_WIDTH = 0.014
"""Width of the line, in heights of the label: the wider of two that were learnt from, which stays whole at any size."""
_SHAPES = ("panel", "oval", "arch")
_ASPECTS = tuple(0.35 * 1.13**k for k in range(16))
"""Widths of labels in heights that are tried, .35 to 2.2: lines lie nearer to the edge the wider the label is."""
_WHOLE, _SIDE, _ORNAMENT = 0.4, 0.2, 0.75
"""Share of a line from which it is drawn, where each of its sides has `_SIDE`; a side with more than `_ORNAMENT`, alone, is a bar."""
_TRACE = 0.12
"""Share of a line below which there is none."""


@dataclass(frozen=True)
class Lines:
    """Lines of borders, by shape and aspect.

    Args:
        names: [n], shape and aspect.
        sides: [n, 3, size ** 2], what belongs to their top, bottom and flanks; each adds up to 1.
        beside: [n, size ** 2], what lies close to them and is none of them; adds up to 1.
        near: bool [n, size, size], them and what is close.
    """

    names: tuple[tuple[str, float], ...]
    sides: Tensor
    beside: Tensor
    near: Tensor


def bordered(shares: Tensor) -> Tensor:
    """A label [SHEETS, h, h] with a whole border or none, and nothing but its ground behind the words."""
    size = shares.shape[-1]
    sheets = shares.clone()
    top, bottom, side = (round(share * size) for share in (*_WORDS, _AROUND))
    words = sheets[:, top:bottom, side : size - side]
    covers = words.mean((1, 2))
    ground = int(covers.argmax())
    if float(covers[ground]) > _QUIET:
        words.zero_()
        words[ground] = 1
    lines, widest = lines_of(size), functional.max_pool2d(shares, 3, 1, 1).flatten(1)
    covered = lines.sides @ widest.T
    clear = covered.mean(1) - lines.beside @ shares.flatten(1).T
    clear[:, ground] = -torch.inf
    number, ink = divmod(int(clear.argmax()), len(shares))
    found, likely = covered[number, :, ink], float(clear[number, ink])
    whole = likely >= _WHOLE and float(found.min()) >= _SIDE
    if likely < _TRACE or (not whole and float(found.max()) > _ORNAMENT):
        return sheets
    dashes = sheets[ink] * (lines.near[number] & ~_icon(size))
    sheets[ink] -= dashes
    sheets[ground] += dashes
    if whole:
        lay(sheets, ink, _line(*lines.names[number], size))
    return sheets


@cache
def lines_of(size: int) -> Lines:
    """The lines for sheets of a size, made once a process."""
    names = tuple((shape, aspect) for shape in _SHAPES for aspect in _ASPECTS)
    each = torch.stack([_line(*name, size) for name in names])
    down, across = torch.arange(size)[:, None] / size, torch.arange(size) / size
    middle = (across - 0.5).abs() < 0.35
    sides = (middle & (down < 0.12), middle & (down > 0.88), (down - 0.5).abs() <= 0.38)
    parts = torch.stack([each * side for side in sides], 1)
    close, near = (functional.max_pool2d(each, wide, 1, wide // 2) for wide in (5, 9))
    beside = (near - close).clamp(min=0)
    shares, beside = ((value / value.sum((-2, -1), keepdim=True)).flatten(-2) for value in (parts, beside))
    return Lines(names, shares, beside, near > 0.05)


def _line(shape: str, aspect: float, size: int) -> Tensor:
    """Cover [size, size] of a line."""
    return _panel(shape, aspect, _INSET, size) * (1 - _panel(shape, aspect, _INSET + _WIDTH, size))


def _panel(shape: str, aspect: float, inset: float, size: int) -> Tensor:
    """Cover [size, size] of a panel, `inset` heights from the edge of a label that is `aspect` heights wide."""
    middles = torch.arange(size) + 0.5
    across, down = (middles - size / 2).abs(), middles[:, None]
    wide, high = size * (0.5 - inset / aspect), size * (0.5 - inset)
    if shape == "arch":
        top = min(aspect / 2 - inset, 0.45) * size
        rise = (inset * size + top - down).clamp(min=0)
        apart = 1 - torch.hypot(across / wide, rise / top)
        rounded = (apart * min(wide, top) + 0.5).clamp(0, 1)
        return rounded * ((size / 2 + high - down) + 0.5).clamp(0, 1)
    radius = size * (0.42 * min(aspect, 1 / aspect) if shape == "oval" else 0.03)
    beside, above = across - wide + radius, (down - size / 2).abs() - high + radius
    distance = torch.hypot(beside.clamp(min=0), above.clamp(min=0)) + torch.maximum(beside, above).clamp(max=0) - radius
    cover: Tensor = (0.5 - distance).clamp(0, 1)
    return cover


def _icon(size: int) -> Tensor:
    """Bool [size, size]: where the small picture is."""
    middles = (torch.arange(size) + 0.5) / size
    return torch.hypot((middles - 0.5) / 0.34, (middles[:, None] - 0.22) / 0.17) < 1
