"""What a label stands on: the bare surface, a panel, an oval, an arch, or paper under a bare top."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor

WORDS = (0.42, 0.84)
"""From which to which share of the height the words go, as in the designs that were learnt from; nothing else lies there."""
ASPECTS = tuple(0.35 * 1.13**k for k in range(16))
"""Widths of labels in heights that are tried, .35 to 2.2: corners, and lines along the edge, look the wider the narrower the label is."""
_BESIDE_WORDS = 0.14
"""Share of the width at either side that is no place for words."""
_SPLIT = WORDS[0] - 0.02
"""Where the paper begins under a bare top."""
_RADIUS, _ROUND, _RISE = 0.03, 0.42, 0.45
"""Radius of a panel's corners and of an oval's, and the most that an arch rises, in heights of the label."""


class Panel(NamedTuple):
    """A shape, `panel`, `oval`, `arch`, `split` or `whole`, on a label that is `aspect` heights wide."""

    shape: str
    aspect: float = 1.0

    def cover(self, size: int, inset: float = 0.0) -> Tensor:
        """Cover [size, size] in [0, 1] of the panel, or of what lies `inset` heights within it."""
        middles = torch.arange(size) + 0.5
        across, down = (middles - size / 2).abs(), middles[:, None]
        if self.shape == "whole":
            return torch.ones(size, size)
        if self.shape == "split":
            return (down - _SPLIT * size + 0.5).clamp(0, 1).expand(size, size)
        wide, high = size * (0.5 - inset / self.aspect), size * (0.5 - inset)
        if self.shape == "arch":
            top = min(self.aspect / 2 - inset, _RISE) * size
            rise = (inset * size + top - down).clamp(min=0)
            apart = 1 - torch.hypot(across / wide, rise / top)
            rounded = (apart * min(wide, top) + 0.5).clamp(0, 1)
            return rounded * ((size / 2 + high - down) + 0.5).clamp(0, 1)
        radius = size * (_ROUND * min(self.aspect, 1 / self.aspect) if self.shape == "oval" else _RADIUS)
        beside, above = across - wide + radius, (down - size / 2).abs() - high + radius
        outside = torch.hypot(beside.clamp(min=0), above.clamp(min=0)) - radius
        return (0.5 - outside - torch.maximum(beside, above).clamp(max=0)).clamp(0, 1)


def ground_of(shares: Tensor) -> int:
    """The ink of shares [SHEETS, h, h] that the words stand on."""
    size = shares.shape[-1]
    top, bottom, side = (round(share * size) for share in (*WORDS, _BESIDE_WORDS))
    return int(shares[:, top:bottom, side : size - side].mean((1, 2)).argmax())


def panel_of(shares: Tensor, ground: int) -> tuple[Panel, int]:
    """The panel in the ink of the ground that explains most of shares [SHEETS, h, h], and the ink that it stands on."""
    panels, inner, outer = panel_bank(shares.shape[-1])
    flat = shares.flatten(1)
    explained = (inner @ flat[ground])[:, None] + outer @ flat.T
    explained[:, ground] = explained[0, ground]  # all in one ink: the whole
    number, outside = divmod(int(explained.argmax()), len(shares))
    return (panels[0], ground) if outside == ground else (panels[number], outside)


@cache
def panel_bank(size: int) -> tuple[tuple[Panel, ...], Tensor, Tensor]:
    """The panels, what is theirs and what lies around each, both [n, size ** 2], but for the places of pictures and ornaments."""
    shapes = ("panel", "oval", "arch")
    panels = (Panel("whole"), Panel("split"), *(Panel(shape, aspect) for shape in shapes for aspect in ASPECTS))
    covers = torch.stack([panel.cover(size) for panel in panels])
    at = (torch.arange(size) + 0.5) / size
    picture = torch.hypot((at - 0.5) / 0.4, (at[:, None] - 0.21) / 0.2) < 1
    ornament = (at[:, None] > 0.85) & ((at - 0.5).abs() < 0.45)
    told = ~(picture | ornament)
    return panels, (covers * told).flatten(1), ((1 - covers) * told).flatten(1)
