"""How far the sides of a relief go back at each place, and what of an outline is its top, seen from above.

Seen from above, an upright side shows its upper face as a strip of the outline: what is left below that strip is the front.
Thin parts, such as stems and handles, go back less far than the rest.
"""

from __future__ import annotations

import numpy as np

from prodgen_render.model import Floats
from prodgen_render.photo.frame import PhotoCamera
from prodgen_sdk.types import Mask

_SLENDER = 0.3
"""Parts that are thinner than this share of the thickest one are less deep than it, in proportion."""
_STOUT = 1.5
"""No part of what is upright has sides more than so many times as deep as it is thick in the photo, but for the foot: what lies has."""
_ROUNDED = 1.8
"""Over how many times its radius a disc tells how thick a part is."""
_SHARES = (1.0, 0.8, 0.6, 0.4, 0.2, 0.0)
"""Shares of the depth of its sides that a part may have, the largest that its outline has room for."""
_CELLS, _SLIVER = 256, 1
"""Cells along a photo that tops are told on, and half the width of what is too thin to count."""
_BESIDE = 2
"""Cells within which what is too thin to count goes back as far as the front beside it."""
_WAY = np.linspace(0, 1, 12)
"""Places on a side's way back that are looked at, as shares of it."""
_FOOT = 0.1
"""Share of the height, from below, that may be deep however thin: what a product stands on."""
_CALM = 2.0
"""Cells over which the depth of one part passes into that of the next."""
_EDGE = 0.8
"""Cells over which a front passes into its top, for the edge between them to be without steps."""
_COARSE, _LEVELS = 96, 10
_LEVEL = 1.0
"""Degrees below which a camera sees no tops."""


def walls(mask: Mask, wall: float, pixel: float) -> Floats:
    """Half the depth of the side at each pixel [h, w], in radii: `wall`, but less where the outline is thin.

    Args:
        pixel: its edge, in radii.
    """
    if wall <= 0:
        return np.zeros(mask.shape, np.float32)
    radius = local_radius(mask)
    rows = np.flatnonzero(mask.any(1))
    foot = np.arange(len(mask))[:, None] > rows[-1] - _FOOT * len(rows)
    share = np.minimum(radius / max(_SLENDER * float(radius.max()), 1e-6), 1)
    if len(rows) > np.count_nonzero(mask.any(0)):
        share = np.minimum(share, _STOUT * radius * pixel / wall)
    return (wall * np.where(foot, 1.0, share)).astype(np.float32)


def front_of(mask: Mask, camera: PhotoCamera, wall: Floats) -> tuple[Mask, Floats]:
    """The mask without the tops that a camera sees which looks down, and how far the sides then go back, in radii [h, w].

    A pixel is of the front where its side, on its way back, stays within the outline as the camera sees it. What so deep a front
    and its tops leave over, such as parts that are lower than the rest, is less deep: as deep as the outline has room for.

    Args:
        wall: half the depth of the side at each pixel.
    """
    from scipy import ndimage

    if camera.elevation < _LEVEL or not wall.any():
        return mask, wall
    step = max(1, max(mask.shape) // _CELLS)
    middles = np.s_[step // 2 :: step, step // 2 :: step]
    seen, wall = mask[middles], wall[middles]
    front, depth, left = np.zeros_like(seen), np.zeros_like(wall), seen
    camera = camera.but(focal=camera.focal / step, x=camera.x / step, y=camera.y / step)
    rows, columns = np.mgrid[0 : seen.shape[0], 0 : seen.shape[1]] + 0.5
    rays, position = camera.rays(columns, rows), camera.axes[0]
    for share in _SHARES:
        # Where each pixel's side begins.
        places = position - rays * ((wall * share + position[1]) / rays[..., 1])[..., None]
        fits = left & np.all([_picked(seen, camera, places, 2 * (wall * share) * back) for back in _WAY], axis=0)
        covered = np.any([_picked(fits, camera, places, 2 * (wall * share) * -back) for back in _WAY], axis=0)
        front, depth = front | fits, np.where(fits, wall * share, depth)
        left = ndimage.binary_opening(left & ~covered, iterations=_SLIVER)
    top = ndimage.binary_opening(seen & ~front, iterations=_SLIVER)
    kept = seen & ~top
    # Slivers of tops that are too thin to be told as such have no sides: they would stand out behind as hairs.
    beside = ndimage.binary_dilation(front, iterations=_BESIDE, mask=kept)
    depth = _calmed(np.where(beside, carried(depth, front), 0), kept)
    rows, columns = (
        np.minimum(np.arange(size) // step, cells - 1) for size, cells in zip(mask.shape, seen.shape, strict=True)
    )
    # The edge of a top follows no cells: their steps would stand out as spikes and hairs.
    places = (np.indices(mask.shape) - step // 2) / step
    kept = mask & (ndimage.map_coordinates(_calmed(top, seen, _EDGE), places, order=1, mode="nearest") < 0.5)
    return kept, depth[rows][:, columns].astype(np.float32)


def _picked(mask: Mask, camera: PhotoCamera, places: Floats, back: Floats) -> Mask:
    """What a mask has where each of these places [h, w, 3] is seen once it has gone back by so much [h, w]."""
    x, y, _ = camera.project(np.stack([places[..., 0], places[..., 1] + back, places[..., 2]], -1))
    column, row = np.floor(x).astype(int), np.floor(y).astype(int)
    inside = (row >= 0) & (row < mask.shape[0]) & (column >= 0) & (column < mask.shape[1])
    return np.asarray(inside & mask[np.where(inside, row, 0), np.where(inside, column, 0)])


def _calmed(values: Floats, mask: Mask, cells: float = _CALM) -> Floats:
    """Values that pass softly, over so many cells, from one of a mask's parts to the next, carried on beyond it."""
    from scipy import ndimage

    weight = ndimage.gaussian_filter(mask.astype(float), cells)
    smooth = ndimage.gaussian_filter(np.where(mask, values, 0.0), cells) / np.maximum(weight, 1e-6)
    return carried(smooth, mask)


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


def carried(values: Floats, mask: Mask) -> Floats:
    """Values of a mask's pixels, carried on beyond it: vertices on its outline lie on either side."""
    from scipy import ndimage

    nearest = ndimage.distance_transform_edt(~mask, return_distances=False, return_indices=True)
    return np.asarray(values[tuple(nearest)])
