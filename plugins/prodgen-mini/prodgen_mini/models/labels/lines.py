"""Lines along the edge of a label: a network draws them in dashes, and what it means is the line that they cover best."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

from prodgen_mini.models.labels.panels import ASPECTS, Panel

_INSET = 0.035
"""From the edge to the line, in heights of the label."""
_WIDTH = 0.014
"""Width of the line, in heights of the label: the wider of two that were learnt from, which stays whole at any size."""
SHAPES = ("panel", "oval", "arch")
_WHOLE, _SIDE = 0.4, 0.2
"""Share of a line from which it is there, where each of its sides has `_SIDE`."""


@dataclass(frozen=True)
class Lines:
    """Lines to compare with.

    Args:
        panels: [n], what each runs along.
        sides: [n, 3, size ** 2], what belongs to their top, bottom and flanks; each adds up to 1.
        beside: [n, size ** 2], what lies close to them and is none of them; adds up to 1.
        near: bool [n, size, size], them and what is close.
    """

    panels: tuple[Panel, ...]
    sides: Tensor
    beside: Tensor
    near: Tensor


@dataclass(frozen=True)
class Line:
    """A line along a panel in an ink; `near` bool [h, h] is where a network drew it."""

    panel: Panel
    ink: int
    near: Tensor

    def cover(self, size: int) -> Tensor:
        """Cover [size, size] in [0, 1]."""
        return _cover(self.panel, size)


def line_of(shares: Tensor, panel: Panel, ground: int) -> Line | None:
    """The line on shares [SHEETS, h, h] of a label with this panel, or None where a side of it is missing."""
    if panel.shape == "split":
        return None
    lines = line_bank(shares.shape[-1], panel.shape if panel.shape in SHAPES else "panel")
    widest = functional.max_pool2d(shares, 3, 1, 1).flatten(1)
    covered = lines.sides @ widest.T
    clear = covered.mean(1) - lines.beside @ shares.flatten(1).T
    clear[:, ground] = -torch.inf
    number, ink = divmod(int(clear.argmax()), len(shares))
    if float(clear[number, ink]) < _WHOLE or float(covered[number, :, ink].min()) < _SIDE:
        return None
    return Line(lines.panels[number], ink, lines.near[number])


@cache
def line_bank(size: int, shape: str) -> Lines:
    """The lines along panels of a shape, for sheets of a size, made once a process."""
    panels = tuple(Panel(shape, aspect) for aspect in ASPECTS)
    each = torch.stack([_cover(panel, size) for panel in panels])
    down, across = torch.arange(size)[:, None] / size, torch.arange(size) / size
    middle = (across - 0.5).abs() < 0.35
    sides = (middle & (down < 0.12), middle & (down > 0.88), (down - 0.5).abs() <= 0.38)
    parts = torch.stack([each * side for side in sides], 1)
    close, near = (functional.max_pool2d(each, wide, 1, wide // 2) for wide in (5, 9))
    beside = (near - close).clamp(min=0)
    shares, beside = ((value / value.sum((-2, -1), keepdim=True)).flatten(-2) for value in (parts, beside))
    return Lines(panels, shares, beside, near > 0.05)


def _cover(panel: Panel, size: int) -> Tensor:
    return panel.cover(size, _INSET) * (1 - panel.cover(size, _INSET + _WIDTH))
