"""What a design is in other units: shares as normal scores, colours as numbers and as codes, artwork as differences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_EDGE = 0.02
"""Proportions are kept this far from 0 and 1, where normal scores have no end."""


def normal_scores(shares: Floats) -> Floats:
    """Shares in [0, 1] as quantiles of the standard normal, so that what is uniform becomes normal."""
    import torch

    kept = torch.from_numpy(np.clip(np.asarray(shares, np.float32), _EDGE, 1 - _EDGE))
    scores: Floats = torch.special.ndtri(kept).numpy()
    return scores


def from_scores(scores: Floats) -> Floats:
    """The inverse of `normal_scores`."""
    import torch

    shares: Floats = torch.special.ndtr(torch.from_numpy(np.asarray(scores, np.float32))).numpy()
    return shares


def art_of(artwork: NDArray[np.uint8], colours: NDArray[np.uint8]) -> Floats:
    """float32 [n, 4, 128, 128] of artwork uint8 [n, 128, 128, 4] on main colours uint8 [n, 3]: differences in [-1, 1], and cover."""
    values = artwork.astype(np.float32) / 255
    values[..., :3] -= colours[:, None, None].astype(np.float32) / 255
    return np.ascontiguousarray(values.transpose(0, 3, 1, 2))


def artwork_of(art: Floats, colour: Floats) -> NDArray[np.uint8]:
    """uint8 [128, 128, 4] of one map [4, 128, 128] on a main colour [3] in [0, 1]; the inverse of `art_of`."""
    values = art.transpose(1, 2, 0).copy()
    values[..., :3] += colour
    return np.asarray((values * 255).round().clip(0, 255), np.uint8)


def rgb_of(code: str | None) -> tuple[float, float, float]:
    """`#rrggbb` in [0, 1]; a middle grey for None."""
    if code is None:
        return 0.5, 0.5, 0.5
    r, g, b = (int(code[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return r, g, b


def code_of(rgb: Floats) -> str:
    """`#rrggbb` of a colour in [0, 1].

    >>> code_of(np.array([1.0, 0.5, 0.0], np.float32))
    '#ff8000'
    """
    return "#{:02x}{:02x}{:02x}".format(*(round(255 * min(1.0, max(0.0, float(v)))) for v in rgb))


def scaled(rgb: Floats) -> Floats:
    """Colours in [0, 1] as the space has them: of mean 0, and of variance 1 where they are uniform."""
    return np.asarray((rgb - 0.5) * math.sqrt(12), np.float32)


def unscaled(values: Floats) -> Floats:
    """The inverse of `scaled`, clipped."""
    return np.asarray(values / math.sqrt(12) + 0.5, np.float32).clip(0, 1)
