"""What lies below the words of a label, or at their sides: bars, waves, hills, dots."""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor

ASPECTS = (0.45, 0.65, 0.95, 1.4, 2.0, 2.9)
"""Widths of labels in heights that are tried for what is round."""
_PHASES = 8
_STEP, _RADIUS, _SPREAD = 0.09, 0.018, 0.8
"""From dot to dot and a dot's radius, in heights of the label; the most that a row takes, in widths of it."""
_REPEATED = ("wave", "hills")
_SEEN, _LIKE = 0.002, 0.3
"""Share of the place of ornaments from which an ink is taken to be used there, and likeness from which it is one."""


class Ornament(NamedTuple):
    """A kind of ornament; how many waves, hills or dots, from which phase, on labels of which aspect."""

    kind: str
    repeats: int = 1
    phase: float = 0.0
    aspect: float = 1.0

    def on(self, aspect: float) -> Ornament:
        """The same on a label of another width, in heights of it: on a wide one waves and hills would be drawn out flat."""
        more = max(1.0, aspect) if self.kind in _REPEATED else 1.0
        return self._replace(repeats=round(self.repeats * more), aspect=aspect)

    def cover(self, size: int) -> Tensor:
        """Cover [size, size] in [0, 1]."""
        across = (torch.arange(size) + 0.5) / size
        down = across[:, None]

        def between(place: Tensor, low: Tensor | float, high: float) -> Tensor:
            return ((place - low) * size + 0.5).clamp(0, 1) * ((high - place) * size + 0.5).clamp(0, 1)

        if self.kind == "bar":
            return between(down, 0.90, 0.935) * between(across, 0.06, 0.94)
        if self.kind == "bars":
            rows = torch.stack([between(down, start, start + 0.024) for start in (0.87, 0.912, 0.954)])
            return rows.sum(0) * between(across, 0.1, 0.9)
        if self.kind == "sides":
            return (between(across, 0.025, 0.055) + between(across, 0.945, 0.975)) * between(down, 0.03, 0.97)
        if self.kind == "wave":
            return between(down, 0.90 + 0.025 * torch.sin(2 * math.pi * (self.repeats * across + self.phase)), 1.1)
        if self.kind == "hills":
            return between(down, 0.88 + 0.05 * torch.sin(math.pi * (self.repeats * across + self.phase)).abs(), 1.1)
        places = 0.5 + (torch.arange(self.repeats) - (self.repeats - 1) / 2) * _STEP / self.aspect
        away = torch.hypot((across - places[:, None, None]) * self.aspect, down - 0.915).amin(0)
        return ((_RADIUS - away) * size * min(1.0, self.aspect) + 0.5).clamp(0, 1)


def ornament_of(shares: Tensor, ground: int) -> tuple[Ornament, int] | None:
    """The ornament on shares [SHEETS, h, h] that is most like what is there, and its ink; None where nothing is."""
    seen = _place(shares)
    ornaments, bank = ornament_bank(shares.shape[-1])
    centred = seen - seen.mean(1, keepdim=True)
    like = bank @ (centred / centred.norm(dim=1, keepdim=True).clamp(min=1e-3)).T
    like[:, seen.mean(1) < _SEEN] = -1
    like[:, ground] = -1
    number, ink = divmod(int(like.argmax()), len(shares))
    return (ornaments[number], ink) if float(like[number, ink]) > _LIKE else None


@cache
def ornament_bank(size: int) -> tuple[tuple[Ornament, ...], Tensor]:
    """All ornaments, and [n, pixels], where each lies, of mean 0 and length 1; made once a process."""
    ornaments = (
        *(Ornament(kind) for kind in ("bar", "bars", "sides")),
        *(Ornament("wave", count, phase / _PHASES) for count in (2, 3, 4) for phase in range(_PHASES)),
        *(Ornament("hills", count, phase / _PHASES) for count in (2, 3) for phase in range(_PHASES)),
        *(Ornament("dots", n, 0, aspect) for n in range(3, 8) for aspect in ASPECTS if n * _STEP < _SPREAD * aspect),
    )
    found = _place(torch.stack([ornament.cover(size) for ornament in ornaments]))
    found = found - found.mean(1, keepdim=True)
    return ornaments, found / found.norm(dim=1, keepdim=True)


def _place(sheets: Tensor) -> Tensor:
    """Of sheets [n, h, h] what lies below the words and at the sides, [n, pixels]."""
    at = (torch.arange(sheets.shape[-1]) + 0.5) / sheets.shape[-1]
    return sheets[:, (at[:, None] > 0.85) | (((at - 0.5).abs() > 0.44) & (at[:, None] > 0.1))]
