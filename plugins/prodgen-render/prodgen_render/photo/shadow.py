"""A product's shadow on the floor: what it tells of how far the camera looked down."""

from __future__ import annotations

import math

import numpy as np

from prodgen_render.model import Floats
from prodgen_render.photo.frame import AWAY, framed_by_contract
from prodgen_sdk.types import Mask

_FAINT = 0.012
_DARK = 0.05
"""All that is darker than this counts alike: where it is darkest a shadow tells how near the product is, not where it lies."""
_LIGHTER = 0.02
"""By what all but this share of a background is lighter at most it is darker by noise, too."""
_PIXELS, _GRAIN = 1.5, 0.003
"""How far noise is evened out before a shadow's extent is measured: at least so many pixels, or such a share of the photo's size."""
_FLAT, _TALLER = 0.057, 1.176
"""Sine of the angle under which a floor is seen whose shadow has no height, and by how much it grows with that of the shadow as a share
of its width and the product's: fitted to 290 renders of 73 textured meshes at 0, 8, 15 and 25 degrees. Of 71 others the elevations so told
are off by 1.8, 3.3, 3.7 and 6.6 degrees (root of the mean square)."""
_STRAY = 0.005
"""Share of a shadow at each of its ends that may be something else."""
_LEAST, _MOST = 5.0, 35.0
_ODD = 0.6
"""A patch that is nearly as high as wide is no shadow on a floor that is seen from the side."""


def elevation_from_shadow(darker: Floats, mask: Mask) -> float | None:
    """Degrees that the camera looked down by; None where no shadow is seen, 0 where it is about level.

    A shadow on the floor that is about as deep as wide looks flatter by the sine of the angle under which the floor is seen. That
    angle is the camera's elevation and what the floor lies below the photo's middle.

    Args:
        darker: by how much the photo is darker than its background [h, w, 3], of 1, signed.
        mask: where the product is.

    >>> floor = np.zeros((200, 200, 3), np.float32)
    >>> y, x = np.mgrid[0:200, 0:200]
    >>> floor[((x - 100) / 80) ** 2 + ((y - 150) / 22) ** 2 < 1] = 0.2
    >>> product = (abs(x - 100) < 40) & (abs(y - 110) < 40)
    >>> 5 < elevation_from_shadow(floor, product) < 25
    True
    """
    from scipy import ndimage

    beside = ~ndimage.binary_dilation(mask, iterations=max(2, round(0.008 * max(mask.shape))))
    # What has the product below it is no floor in front of it or beside it, but pale parts of it that the mask misses.
    above = np.maximum.accumulate(mask[::-1], axis=0)[::-1]
    # Noise and the fringes of compression are darker here and lighter there, shadows are darker all over.
    blur = max(_PIXELS, _GRAIN * max(mask.shape))
    known = np.maximum(ndimage.gaussian_filter(beside.astype(np.float32), blur), 1e-3)
    channels = [ndimage.gaussian_filter(np.where(beside, one, 0), blur) / known for one in np.moveaxis(darker, 2, 0)]
    even, own = np.min(channels, axis=0), darker.min(2)
    faint = max(_FAINT, -float(np.quantile(even[beside], _LIGHTER))) if beside.any() else _FAINT
    weight = np.where(beside & ~above & (even > faint) & (own > _FAINT), np.minimum(own, _DARK), 0)
    if (weight > 0).sum() < 2e-4 * mask.size:
        return None
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    (top, bottom), (left, right) = (_extent(weight.sum(axis)) for axis in (1, 0))
    ratio = (bottom - top) / (max(right, columns[-1] + 1) - min(left, columns[0]))
    if ratio > _ODD:
        return None
    frame = framed_by_contract(mask)
    if frame is None:
        below = len(rows) / math.hypot(len(rows), len(columns)) / AWAY
    else:
        below = (rows[-1] + 1 - frame.y) / frame.focal
    found = math.degrees(math.asin(_FLAT + _TALLER * ratio) - math.atan(below))
    return 0.0 if found < _LEAST else min(found, _MOST)


def _extent(weight: Floats) -> tuple[int, int]:
    """Where weights [n] begin and end, but for a few stray ones."""
    share = np.cumsum(weight) / weight.sum()
    return int(np.searchsorted(share, _STRAY)), int(np.searchsorted(share, 1 - _STRAY)) + 1
