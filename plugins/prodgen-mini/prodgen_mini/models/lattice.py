"""Which lattice a printed repeat stands on, and what stands at its points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

WIDTH = 0.22
"""Standard deviation of what is looked for at a point, as a share of the distance of rows: a motif that fills a good half of it."""


@dataclass(frozen=True)
class Lattice:
    """As many rows as columns; where it is staggered, every other row lies half a step further."""

    count: int
    staggered: bool

    @property
    def step(self) -> float:
        """From row to row, in sheets."""
        return 1 / self.count

    def points(self) -> Tensor:
        """[count ** 2, 2], down and across, in sheets, from the corner on."""
        row, column = self._grid()
        return torch.stack([row, column + 0.5 * (row % 2) * self.staggered], 1) / self.count

    def turns(self) -> Tensor:
        """Bool [count ** 2]: which points have the second of two motifs that take turns."""
        row, column = self._grid()
        return (row + column) % 2 == 1

    def beginnings(self, first: Tensor) -> Iterator[Tensor]:
        """Where the first point may lie, of one point [2], so that motifs take turns in all ways that there are."""
        yield first
        if self.staggered:
            yield first + torch.tensor((1, 0.5)) * self.step

    def _grid(self) -> tuple[Tensor, Tensor]:
        row, column = torch.meshgrid(torch.arange(self.count), torch.arange(self.count), indexing="ij")
        return row.flatten(), column.flatten()


def found(cover: Tensor, lattices: tuple[Lattice, ...]) -> tuple[Lattice, Tensor, float]:
    """The lattice that a cover [h, h] stands on, one of its points [2] in sheets, and how surely it does.

    A matched filter: the mean over the points for all places of the first at once, by the spectrum, as a multiple of what the mean
    of so many random pixels deviates by.
    """
    size = len(cover)
    means = torch.fft.irfft2(torch.fft.rfft2(cover) * _combs(lattices, size).conj(), s=(size, size)).flatten(1)
    most, at = means.max(1)
    counts = torch.tensor([float(one.count) for one in lattices])
    sure = most * counts / cover.std().clamp(min=1e-6)
    best = int(sure.argmax())
    return lattices[best], torch.stack([at[best] // size, at[best] % size]) / size, float(sure[best])


def motifs(sheets: Tensor, lattice: Lattice, first: Tensor, width: float, pixels: int) -> Tensor:
    """The means [2, SHEETS, pixels, pixels] of what stands at the points of either turn, in squares `width` steps wide.

    Args:
        sheets: [SHEETS, h, h].
        first: [2], where the first point lies.
    """
    size = sheets.shape[-1]
    steps = offsets(pixels) * width * lattice.step
    places = ((lattice.points() + first)[..., None] + steps) * size
    rows, columns = (places.floor().long() % size).unbind(1)
    each = sheets[:, rows[:, :, None], columns[:, None, :]]
    turns = lattice.turns()
    return torch.stack([each[:, ~turns].mean(1), each[:, turns].mean(1)])


def offsets(pixels: int) -> Tensor:
    """Middles of pixels [pixels] across a square, from -.5 to .5."""
    return (torch.arange(pixels) + 0.5) / pixels - 0.5


@cache
def _combs(lattices: tuple[Lattice, ...], size: int) -> Tensor:
    """Spectra [n, size, size // 2 + 1] of points that are a little wide; the mean counts for nothing."""
    down, across = torch.fft.fftfreq(size, 1 / size)[:, None], torch.arange(size // 2 + 1)
    combs = []
    for one in lattices:
        turns = one.points()[:, :, None, None]
        comb = torch.exp(-2j * torch.pi * (turns[:, 0] * down + turns[:, 1] * across)).mean(0)
        combs.append(comb * torch.exp(-2 * (torch.pi * WIDTH * one.step) ** 2 * (down**2 + across**2)))
    found = torch.stack(combs)
    found[:, 0, 0] = 0
    return found
