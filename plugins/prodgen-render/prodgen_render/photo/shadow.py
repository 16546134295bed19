"""What a product's shadow on the floor tells: how far the camera looked down."""

from __future__ import annotations

import math

import numpy as np

from prodgen_render.model import Floats
from prodgen_render.photo.frame import AWAY
from prodgen_sdk.types import Mask

_FAINT = 0.012
_ROUNDNESS = 0.68
"""Depth as a share of width of a soft shadow on the floor, as it spreads beside a product: the median of made-up products."""
_LEAST, _MOST = 3.0, 35.0
_ODD = 0.5
"""A patch that is nearly as high as wide is no shadow on a floor that is seen from the side."""


def elevation_from_shadow(darker: Floats, mask: Mask) -> float | None:
    """Degrees that the camera looked down by; None where no shadow is seen, 0 where it is about level.

    A patch on the floor that is about as deep as wide looks flatter by the sine of the angle under which the floor is seen. That
    angle is the camera's elevation and what the floor lies below the product's middle.

    Args:
        darker: by how much the photo is darker than its background [h, w], of 1.
        mask: where the product is.

    >>> floor = np.zeros((200, 200), np.float32)
    >>> y, x = np.mgrid[0:200, 0:200]
    >>> floor[((x - 100) / 80) ** 2 + ((y - 150) / 22) ** 2 < 1] = 0.2
    >>> product = (abs(x - 100) < 40) & (abs(y - 110) < 40)
    >>> 5 < elevation_from_shadow(floor, product) < 25
    True
    """
    from scipy import ndimage

    beside = ~ndimage.binary_dilation(mask, iterations=max(2, round(0.008 * max(mask.shape))))
    weight = np.where(beside & (darker > _FAINT), darker, 0)
    if (weight > 0).sum() < 2e-4 * mask.size:
        return None
    y, x = (np.arange(size, dtype=np.float64) for size in mask.shape)
    high, wide = (_spread(axis, weight.sum(other)) for axis, other in ((y, 1), (x, 0)))
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    below = len(rows) / math.hypot(len(rows), len(columns))
    ratio = high / max(wide, 1e-6)
    if ratio > _ODD:
        return None
    found = math.degrees(math.asin(min(1.0, ratio / _ROUNDNESS))) - math.degrees(math.atan(below / AWAY))
    return 0.0 if found < _LEAST else min(found, _MOST)


def _spread(places: Floats, weight: Floats) -> float:
    share = weight / weight.sum()
    return float(np.sqrt((share * (places - (share * places).sum()) ** 2).sum()))
