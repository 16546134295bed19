"""Which small picture comes nearest to what a network drew above the words of a label, on what and in which inks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby, product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor
from torch.nn import functional

from prodgen_mini.models.labels.motifs import foods, motifs
from prodgen_mini.models.labels.ornaments import ASPECTS
from prodgen_sdk.images.pictograms.outlines import Motif, in_one_ink

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Points = NDArray[np.float64]

_ROWS, _EDGE = (0.045, 0.39), 0.06
"""From which to which share of the height pictures are compared, and what is left out at either side."""
_ALONE, _ON_BACK = (0.22, 0.16), (0.21, 0.13)
"""How far down a picture stands and its size, in heights of the label: alone, and on a disc or a square."""
_WIDEST = 0.42
"""The most of a picture's size, in widths of the label."""
_TURN = np.linspace(0, 2 * np.pi, 96, endpoint=False)
_BACKS = {
    "": np.empty((0, 2)),
    "disc": 0.195 * np.stack([np.cos(_TURN), np.sin(_TURN)], 1),
    "square": 0.19 * np.array([(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]),
}
"""Outlines [n, 2] of what a picture is on, in heights of the label."""
_PIXELS, _FINE = 64, 4
"""Edge of the sheets that are compared, and how much finer outlines are filled."""
_SEEN = 0.004
"""Share of the place of pictures from which an ink is taken to be used there."""
_GROUND, _BACK, _FIRST, _SECOND = range(4)


class Kind(NamedTuple):
    """A motif on a `disc`, on a `square` or, where `back` is empty, alone; on labels that are `aspect` heights wide."""

    motif: Motif
    back: str
    aspect: float

    def covers(self, size: int) -> Iterator[tuple[int, Tensor]]:
        """What is laid, in this order: role (back, first or second ink), cover [size, size]."""
        at, reach = _ON_BACK if self.back else _ALONE
        scale, middle = np.array([size / self.aspect, size]), np.array([size / 2, at * size])
        if self.back:
            yield _BACK, _filled([_BACKS[self.back] * scale + middle], size)
        scale = scale * min(reach, _WIDEST * self.aspect)
        for ink, run in groupby(self.motif, key=lambda outline: outline.ink):
            yield _FIRST + ink, _filled([outline.points * scale + middle for outline in run], size)


class Picture(NamedTuple):
    """A kind of picture in inks: of ground, back, first and second."""

    kind: Kind
    inks: tuple[int, ...]

    @classmethod
    def alone(cls, ground: int) -> Picture:
        """A picture of nothing, in the usual place, on an ink."""
        return cls(Kind((), "", 1.0), (ground,) * 4)

    def covers(self, size: int) -> Iterator[tuple[int, Tensor]]:
        """What is laid, in this order: ink, cover [size, size]."""
        for role, cover in self.kind.covers(size):
            yield self.inks[role], cover

    def showing(self, motif: Motif, inks: tuple[int, int] | None = None) -> Picture:
        """Another motif in its place, in two inks of its own or else in these; where there is but one ink, details are cut out of it."""
        if inks is not None:
            return Picture(self.kind._replace(motif=motif), (self.inks[_GROUND], self.inks[_BACK], *inks))
        ground, back, first, second = self.inks
        if second in (first, back):
            second, motif = back, in_one_ink(motif)
        return Picture(self.kind._replace(motif=motif), (ground, back, first, second))

    def on(self, aspect: float) -> Picture:
        """The same on a label of another width, in heights of it."""
        return self._replace(kind=self.kind._replace(aspect=aspect))


@dataclass(frozen=True)
class Bank:
    """Pictures to compare with.

    Args:
        on_back: bool [n]; food: bool [n].
        patterns: [n, 4, pixels], where ground, back, first and second ink are seen, each of mean 0.
        products: [n, 4, 4], their inner products.
    """

    kinds: tuple[Kind, ...]
    on_back: Tensor
    food: Tensor
    patterns: Tensor
    products: Tensor


def picture_of(shares: Tensor, ground: int, inedible: bool = False) -> Picture | None:
    """The picture on shares [SHEETS, h, h] that is most like what is there, of what is no food if that is wanted; None where nothing is.

    By normalised correlation of all inks at once, over every kind and every choice of inks. An ink may serve twice, as a network has often
    one where a picture has two; a back differs from what it lies on, and what lies on it.
    """
    seen = _place(functional.adaptive_avg_pool2d(shares, _PIXELS))
    inks = [k for k, cover in enumerate(seen.mean(1).tolist()) if k == ground or cover > _SEEN]
    if len(inks) == 1:
        return None
    bank, at = picture_bank(), inks.index(ground)
    centred = seen[inks] - seen[inks].mean(1, keepdim=True)
    like = torch.einsum("nrp,kp->nrk", bank.patterns, centred)
    # A picture without a back is one whose back has the ink of the ground.
    roles = torch.tensor([(at, *each) for each in product(range(len(inks)), repeat=3) if each[0] != each[1]])
    sums = like.gather(2, roles.T[None].expand(len(like), -1, -1)).sum(1)
    same = (roles[:, :, None] == roles[:, None]).float()
    squares = torch.einsum("nrs,ars->na", bank.products, same).clamp(min=1e-6)
    alone = roles[:, _BACK] == at
    odd = (bank.on_back[:, None] == alone) | (alone & (roles[:, _SECOND] == at)) | (bank.food[:, None] & inedible)
    number, chosen = divmod(int((sums / squares.sqrt()).masked_fill(odd, -torch.inf).argmax()), len(roles))
    return Picture(bank.kinds[number], tuple(inks[role] for role in roles[chosen].tolist()))


@cache
def picture_bank() -> Bank:
    """The pictures, made once a process."""
    kinds = tuple(Kind(*each) for each in product(motifs(), _BACKS, ASPECTS))
    patterns = []
    for kind in kinds:
        sheets = torch.zeros(4, _PIXELS, _PIXELS)
        sheets[_GROUND] = 1
        for role, cover in kind.covers(_PIXELS):
            sheets *= 1 - cover
            sheets[role] += cover
        patterns.append(_place(sheets))
    found = torch.stack(patterns)
    found -= found.mean(2, keepdim=True)
    on_back = torch.tensor([bool(kind.back) for kind in kinds])
    food = torch.tensor(foods()).repeat_interleave(len(_BACKS) * len(ASPECTS))
    return Bank(kinds, on_back, food, found, found @ found.transpose(1, 2))


def _place(sheets: Tensor) -> Tensor:
    """What is compared, [n, pixels], of sheets [n, 64, 64]: neither words nor what runs along the edges."""
    top, bottom, side = (round(share * _PIXELS) for share in (*_ROWS, _EDGE))
    return sheets[:, top:bottom, side : _PIXELS - side].flatten(1)


def _filled(outlines: Sequence[Points], size: int) -> Tensor:
    """Cover [size, size] in [0, 1] of outlines [n, 2], across and down in pixels; what lies outside of the sheet is cut off."""
    corners = np.concatenate(outlines)
    left, top = np.floor(corners.min(0)).clip(0, size - 1).astype(int)
    right, bottom = np.ceil(corners.max(0)).clip(1, size).astype(int)
    part = Image.new("L", ((right - left) * _FINE, (bottom - top) * _FINE))
    draw = ImageDraw.Draw(part)
    for points in outlines:
        draw.polygon(((points - (left, top)) * _FINE - 0.5).ravel().tolist(), fill=255)
    cover = torch.zeros(size, size)
    cover[top:bottom, left:right] = torch.from_numpy(np.asarray(part.reduce(_FINE), np.float32) / 255)
    return cover
