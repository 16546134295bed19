"""How far the sides of a relief go back at each place, and what of an outline is its top, seen from above.

Seen from above, an upright side shows its upper face as a strip of the outline: what is left below that strip is the front.
Thin parts, such as stems and handles, go back less far than the rest.
"""

from __future__ import annotations

import numpy as np

from prodgen_render.model import Floats
from prodgen_render.photo.frame import AWAY, PhotoCamera
from prodgen_sdk.types import Mask

_SLENDER = 0.3
"""Parts that are thinner than this share of the thickest one are less deep than it, in proportion."""
_ROUNDED = 1.8
"""Over how many times its radius a disc tells how thick a part is."""
_SEEN = 0.6
"""The most of a part's height in the photo that may be its top."""
_FOOT = 0.1
"""Share of the height, from below, that may be deep however thin: what a product stands on."""
_CALM = 0.015
"""Over what share of the photo's height the depth of a top passes from one of its columns to the next."""
_COARSE, _LEVELS = 96, 10
_LEVEL = 1.0
"""Degrees below which a camera sees no tops."""


def walls(mask: Mask, wall: float) -> Floats:
    """Half the depth of the side at each pixel [h, w], in radii: `wall`, but less where the outline is thin."""
    if wall <= 0:
        return np.zeros(mask.shape, np.float32)
    radius = local_radius(mask)
    rows = np.flatnonzero(mask.any(1))
    foot = np.arange(len(mask))[:, None] > rows[-1] - _FOOT * len(rows)
    share = np.minimum(radius / max(_SLENDER * float(radius.max()), 1e-6), 1)
    return (wall * np.where(foot, 1.0, share)).astype(np.float32)


def front_of(mask: Mask, camera: PhotoCamera, wall: Floats) -> tuple[Mask, Floats]:
    """The mask without the tops that a camera sees which looks down, and how far the sides then go back, in radii [h, w].

    Args:
        wall: half the depth of the side at each pixel.
    """
    from scipy import ndimage

    if camera.elevation < _LEVEL or not wall.any():
        return mask, wall
    # How many pixels the back stands above the front, for a wall of depth 1 radius on each side.
    rise = 2 * np.sin(np.radians(min(camera.elevation, 60.0))) * camera.focal / AWAY
    top, length = _columns(mask)
    strip = np.where(mask, np.minimum(rise * wall, _SEEN * length), 0)
    # Of one upright piece the top is as deep everywhere along it, whatever is beside it.
    strip = np.where(mask, _along(strip, mask), 0)
    calm = max(2.0, _CALM * len(mask))
    smooth = ndimage.gaussian_filter1d(strip, calm, axis=1) / np.maximum(
        ndimage.gaussian_filter1d(mask.astype(float), calm, axis=1), 1e-6
    )
    strip = np.where(mask, np.minimum(smooth, _SEEN * length), 0)
    kept = mask & (np.arange(len(mask))[:, None] + 0.5 - top >= strip)
    return kept, (strip / rise).astype(np.float32)


def _along(values: Floats, mask: Mask) -> Floats:
    """The mean of values over each vertical piece of the mask."""
    starts = mask & ~np.pad(mask, ((1, 0), (0, 0)))[:-1]
    number = np.cumsum(starts.T.reshape(-1)).reshape(mask.shape[::-1]).T
    flat = np.where(mask, number, 0).reshape(-1)
    total, count = np.bincount(flat, values.reshape(-1)), np.bincount(flat)
    return np.asarray((total / np.maximum(count, 1))[flat].reshape(mask.shape))


def _columns(mask: Mask) -> tuple[Floats, Floats]:
    """For each pixel of the mask the first row of its vertical piece, and that piece's length in pixels."""
    rows = np.arange(len(mask))[:, None]
    above = np.maximum.accumulate(np.where(mask, -1, rows), axis=0)
    below = np.minimum.accumulate(np.where(mask, len(mask), rows)[::-1], axis=0)[::-1]
    return (above + 1).astype(float), (below - above - 1).astype(float)


def local_radius(mask: Mask) -> Floats:
    """The radius in pixels of the largest disc inside the mask that covers each pixel (Hildebrand and Rüegsegger 1997).

    Discs reach a little beyond themselves, so that a corner is as thick as what it is a corner of.
    """
    from scipy import ndimage

    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    step = max(1, max(len(rows), len(columns)) // _COARSE)
    inner = np.asarray(ndimage.distance_transform_edt(np.pad(mask, step)))[step:-step, step:-step][::step, ::step]
    out = inner.copy()
    # Between levels discs grow by a fixed share: what is told is right to within it.
    for radius in np.geomspace(max(1.0, 0.5 * step), max(float(inner.max()), 1.0), _LEVELS):
        centres = inner >= radius
        if centres.any():
            reached = ndimage.distance_transform_edt(~centres) * step < _ROUNDED * radius
            out = np.where(reached, np.maximum(out, radius), out)
    across = np.minimum(np.arange(mask.shape[1]) // step, out.shape[1] - 1)
    down = np.minimum(np.arange(mask.shape[0]) // step, out.shape[0] - 1)
    return np.asarray(np.where(mask, out[down][:, across], 0))
