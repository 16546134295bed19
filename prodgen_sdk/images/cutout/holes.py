"""Holes in a product's outline: what a handle, a strap or legs enclose is background, and what print encloses is not."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from prodgen_sdk.images.cutout.ground import Floats

if TYPE_CHECKING:
    from prodgen_sdk.types import Mask


def filled_but_holes(found: Mask, closed: Mask, off: Floats, size: int) -> Mask:
    """Fills what the outline encloses where it is as pale as the background; a hole shows the background exactly.

    A handle's hole is exactly as the background, but for noise; the middle of a white product nearly so. An enclosed area is a hole
    where its middle does not differ, and what is around it is no soft passage.

    Args:
        found: what differs from the background.
        closed: the same with its gaps closed.
        off: by how much a photo differs from its background [h, w, 3], signed.
        size: the photo's longer side, of which all this may be a part.
    """
    from scipy import ndimage

    reach, unit = min(max(_FINEST, round(size * _FRINGE)), _BLOCK), max(1.0, size / 512)
    step = ndimage.gaussian_gradient_magnitude(np.abs(off).max(2), unit) * unit
    edge = ndimage.maximum_filter(step, 2 * reach + 1)
    closed = found | (closed & ~_gaps(found, closed, off, edge))
    holes, count = ndimage.label(~closed)
    if count == 0:
        return found
    border = np.unique(np.concatenate([holes[0], holes[-1], holes[:, 0], holes[:, -1]]))
    out = closed.copy()
    for number, place in enumerate(ndimage.find_objects(holes), 1):
        if number in border:
            continue
        # What is enclosed has pixels of the outline on all sides.
        box = tuple(slice(max(side.start - 3, 0), side.stop + 3) for side in place)
        area = holes[box] == number
        inner = ndimage.binary_erosion(area, iterations=2)
        level = np.abs(np.median(off[box][inner if inner.any() else area], axis=0)).max()
        ring = ndimage.binary_dilation(area, iterations=3) & ~area
        # Pale all around as well: the same white surface. A sharp step to exactly the background: a hole.
        if level > _SAME or np.median(edge[box][ring]) < _STEP:
            out[box] |= area
    return np.asarray(out)


_SAME, _STEP = 0.006, 0.03
"""What differs by less than the first is as the background is; beside what changes by more than the second from pixel to pixel (of 1, at
512 pixels) it is background."""
_FRINGE, _FINEST, _BLOCK = 1 / 64, 3, 8
"""How far from a hole its edge may be, for compression leaves a pale fringe along it: a share of the photo's size, and the least and the
most pixels; the most is a block of JPEG."""


TINTED, _LIGHT, _SHADE, _NEUTRAL = 0.05, 0.9, (0.72, 1.01), 0.03
"""A background whose channels differ by more than the first, and that is darker than the second, is in colour; its shade keeps so much
of it, in all channels alike. In a paler one white things have its colour where they turn from the light."""
_SOFT = 0.012
"""Shade changes by less than this from pixel to pixel (of 1, at 512 pixels)."""
_WIDE = 0.006
"""Half of how wide a hole is at least, as a share of the photo's size."""


def shaded_holes(kept: Mask, rgb: Floats, under: Floats, size: int) -> Mask:
    """Holes in whose shade the background is darker: only where it is in colour, for of a grey one nothing tells it from grey print.

    What has the background's very colour, changes softly and is enclosed by what has another is no part of a product.
    """
    from scipy import ndimage

    ratio = rgb / np.maximum(under, 0.05)
    level = ratio.mean(2)
    tinted = (np.ptp(under, axis=2) > TINTED) & (under.mean(2) < _LIGHT)
    alike = kept & tinted & (np.ptp(ratio, axis=2) < _NEUTRAL) & (level > _SHADE[0]) & (level < _SHADE[1])
    unit = max(1.0, size / 512)
    alike &= ndimage.gaussian_gradient_magnitude(level, unit) * unit < _SOFT
    width = max(2, round(_WIDE * size))
    alike = ndimage.binary_opening(alike, iterations=width)
    labels, count = ndimage.label(alike)
    outside = np.unique(labels[ndimage.binary_dilation(~kept, iterations=2 * width)])
    holes = alike & ~np.isin(labels, outside)
    return np.asarray(ndimage.binary_dilation(holes, iterations=width) & kept) if count else alike


def _gaps(found: Mask, closed: Mask, off: Floats, edge: Floats) -> Mask:
    """Of what closing an outline adds, that which is as the background is beside what clearly differs: gaps between legs."""
    from scipy import ndimage

    added = closed & ~found
    labels, count = ndimage.label(added)
    if count == 0:
        return added
    numbers, places = np.arange(1, count + 1), labels[added]
    level = np.max(
        [np.abs(ndimage.median(channel[added], places, numbers)) for channel in np.moveaxis(off, 2, 0)], axis=0
    )
    beside = np.where(found, ndimage.grey_dilation(labels, (5, 5)), 0)
    steps = ndimage.median(edge[beside > 0], beside[beside > 0], numbers)
    return np.asarray(np.isin(labels, numbers[(level < _SAME) & (np.nan_to_num(steps) > _STEP)]))


_ALIGNED = 0.08
"""By how much, as a share of their width, the sides of one thing's pieces differ at most."""


def joined(mask: Mask) -> Mask:
    """The mask and the bands that part a package where it is as white as the background.

    Pieces above one another that have the same sides, no farther apart than either is high, are of one thing.
    """
    from scipy import ndimage

    labels, count = ndimage.label(mask, np.ones((3, 3)))
    pieces = sorted(
        zip(ndimage.find_objects(labels), range(1, count + 1), strict=True), key=lambda one: one[0][0].start
    )
    out = mask
    for ((rows, columns), upper), ((below, across), lower) in itertools.pairwise(pieces):
        off = max(abs(columns.start - across.start), abs(columns.stop - across.stop))
        gap = below.start - rows.stop
        if off > _ALIGNED * (columns.stop - columns.start) or gap > min(
            rows.stop - rows.start, below.stop - below.start
        ):
            continue
        both = (labels == upper).any(0) & (labels == lower).any(0)
        start = len(mask) - 1 - (labels == upper)[::-1].argmax(0)
        row = np.arange(len(mask))[:, None]
        out = out | (both & (row > start) & (row < (labels == lower).argmax(0)))
    return np.asarray(out)
