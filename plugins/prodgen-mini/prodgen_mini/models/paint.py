"""Draws ellipses and rings on sheets that fit together at their edges, as fine as is asked for."""

from __future__ import annotations

import torch
from torch import Tensor


def ellipses(
    size: int, centre: Tensor, long: Tensor, short: Tensor, angle: Tensor | None = None, *, hole: float = 0.0
) -> Tensor:
    """Cover [size, size] in [0, 1] of ellipses, with edges a pixel wide; where some overlap, the most of theirs.

    Args:
        centre: [n, 2], down and across, in sheets; what crosses an edge comes in again at the opposite one.
        long, short: [n], half axes in sheets.
        angle: [n] of the long axis, from across to down; not needed for discs.
        hole: the share of each, from its middle, that is left open.
    """
    sheet = torch.zeros(size * size)
    if not len(centre):
        return sheet.view(size, size)
    middle = centre * size
    reach = int(float(torch.maximum(long, short).max()) * size) + 2
    pixels = middle.floor().long()[..., None] + torch.arange(-reach, reach + 1)
    away = (pixels + 0.5 - middle[..., None]) / size
    cover = inside(away[:, 1, None, :], away[:, 0, :, None], *_wide(long, short, angle), size, hole)
    rows, columns = (pixels % size).unbind(1)
    places = rows[:, :, None] * size + columns[:, None, :]
    return sheet.scatter_reduce_(0, places.flatten(), cover.flatten(), "amax").view(size, size)


def inside(
    across: Tensor, down: Tensor, long: Tensor, short: Tensor, angle: Tensor | None, sharp: float, hole: float = 0.0
) -> Tensor:
    """How much of pixels lies in ellipses, in [0, 1], of how far they are from the middle; all shapes broadcast.

    Args:
        sharp: pixels in the unit of the lengths.
    """
    if angle is not None:
        cos, sin = angle.cos(), angle.sin()
        across, down = across * cos + down * sin, down * cos - across * sin
    share = torch.hypot(across / long, down / short)
    pixels = torch.minimum(long, short) * sharp
    cover = ((1 - share) * pixels + 0.5).clamp(0, 1)
    return cover * (1 - ((hole - share) * pixels + 0.5).clamp(0, 1)) if hole else cover


def bare(sheets: int, size: int) -> Tensor:
    """Sheets [sheets, size, size] of nothing but ground."""
    found = torch.zeros(sheets, size, size)
    found[0] = 1
    return found


def lay(sheets: Tensor, ink: int, cover: Tensor) -> None:
    """Lays an ink with a cover [h, h] over sheets [SHEETS, h, h] of shares."""
    sheets *= 1 - cover
    sheets[ink] += cover


def _wide(long: Tensor, short: Tensor, angle: Tensor | None) -> tuple[Tensor, Tensor, Tensor | None]:
    return long[:, None, None], short[:, None, None], None if angle is None else angle[:, None, None]
