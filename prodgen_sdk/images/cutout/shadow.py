"""A product's shadow on the floor or a wall: which of what differs from the background is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodgen_sdk.images.cutout.ground import Floats

if TYPE_CHECKING:
    from prodgen_sdk.types import Mask

_STEP = 0.016
"""Soft shadows change by less than this from pixel to pixel (of 1, at about 512 pixels)."""
_SOFT_RIM, _RIM, _HIGH = 0.6, 3, 0.4
"""Shadows that end higher than this share of the height lie far away and end the softer, within so many pixels: a pale shade does not."""
_CRISP = 0.006
"""They change from pixel to pixel about as much as they do over several; the edge of a pale product by this much more."""
_STEEP, _COLOURFUL = 3.0, 0.6
"""Beside a product of which this share is in colour, shadows may have edges that are so much steeper."""
_THICK = 0.012
"""Half of how thick such a shadow is at least, as a share of the photo's size."""
_ENCLOSED = 0.55
_FADES = 0.05
"""Where a shadow ends it differs by less than this from the background."""


def shadow_in(rgb: Floats, under: Floats, found: Mask, size: int) -> Mask:
    """Which of the pixels that differ from the background are its shadow.

    Grey ones, darker than the background, that one meets coming from it along a row, or a column from below, before any edge. The
    straight way matters: through one gap in the faint outline of a white product a flood would fill all of it.

    Args:
        rgb: the photo, sRGB [h, w, 3] in [0, 1].
        under: its background, alike.
        found: what differs.
        size: the photo's longer side, of which all this may be a part.
    """
    from scipy import ndimage

    ratio = rgb / np.maximum(under, 0.05)
    neutral = (np.ptp(ratio, axis=2) < 0.06) & (ratio.mean(2) > 0.3) & (ratio.mean(2) < 1.02)
    # The noise of a photo is that of its pixels, however many it has.
    unit = max(1.0, size / 512)
    step = np.max(
        [
            ndimage.gaussian_gradient_magnitude(ndimage.gaussian_filter(c, 0.7 * unit), 0.8 * unit)
            for c in np.moveaxis(rgb, 2, 0)
        ],
        axis=0,
    )
    grey = rgb.mean(2)
    crisp = ndimage.gaussian_gradient_magnitude(grey, unit) - ndimage.gaussian_gradient_magnitude(grey, 4 * unit)
    soft = (step < _STEP * 512 / size) & (crisp < _CRISP * 512 / size)
    # Shadows lie on the floor: below the upper quarter.
    rows, line = np.flatnonzero(found.any(1)), np.arange(len(found))[:, None]
    low = line > rows[0] + 0.25 * (rows[-1] - rows[0])
    rim = ndimage.binary_dilation(~found, iterations=round(_RIM * unit))
    rim &= line < rows[-1] - _HIGH * (rows[-1] - rows[0])
    soft &= ~(rim & (step > _SOFT_RIM * _STEP * 512 / size))
    shadow = _met(found, neutral & soft & low) & found
    coloured = found & (np.ptp(ratio, axis=2) > 0.14)
    if float(coloured.sum()) > _COLOURFUL * float(found.sum()):
        # Beside what has colours of its own a harder shadow can be told as well, and one on a wall, but for thin grey edges. Light comes
        # from above: what is above all colours, such as a white bobble, is no shadow.
        below = np.arange(len(found))[:, None] > np.flatnonzero(coloured.any(1))[0]
        harder = _met(found, neutral & below & (step < _STEEP * _STEP * 512 / size)) & found
        shadow |= ndimage.binary_opening(harder, iterations=max(3, round(_THICK * size)))
    if size > 200:
        shadow = ndimage.binary_opening(shadow | ~found, np.ones((3, 3))) & found
    reach = max(2, round(0.02 * size))
    deep = ndimage.binary_erosion(found & ~shadow, iterations=reach)
    if not shadow.any() or not deep.any():
        return np.asarray(ndimage.binary_dilation(shadow, iterations=2) & found & neutral)
    greyish = found & low & (np.ptp(ratio, axis=2) < 0.10) & (ratio.mean(2) > 0.15)
    # Where the product stands the shadow is darkest and has an edge: there its greyness tells it from a product in colour.
    grey = greyish & _unlike(deep, ratio)
    shadow = ndimage.binary_dilation(shadow, iterations=reach, mask=shadow | grey) | (
        ndimage.binary_dilation(shadow, iterations=1) & neutral & found
    )
    sure = ndimage.binary_erosion(found & ~shadow & ~greyish, iterations=max(1, reach // 3))
    if sure.any():
        patches = greyish & ~shadow & _unlike(sure, ratio)
        shadow |= _between_feet(found & ~shadow, patches, np.where(shadow, 0, np.abs(rgb - under).max(2)))
    return np.asarray(shadow & ~_above_an_edge(found & ~shadow, reach))


def _above_an_edge(kept: Mask, reach: int) -> Mask:
    """The gaps between a product and a thin line below it: that is the lower edge of a pale product, whose foot is in its own shade."""
    from scipy import ndimage

    gap = round(1.5 * reach) + 1

    def closed(mask: Mask) -> Mask:
        return np.asarray(ndimage.binary_closing(np.pad(mask, gap), np.ones((gap, 1)))[gap:-gap, gap:-gap])

    return closed(kept) & ~closed(ndimage.binary_opening(kept, np.ones((reach, 1))))


def _unlike(places: Mask, ratio: Floats) -> Mask:
    """Where a picture is of another colour or brightness than at the nearest of some places."""
    from scipy import ndimage

    nearest = tuple(ndimage.distance_transform_edt(~places, return_distances=False, return_indices=True))
    inner = ndimage.uniform_filter(ratio, (5, 5, 0))[nearest]
    return np.asarray((np.ptp(inner, axis=2) > 0.14) | (np.abs(inner.mean(2) - ratio.mean(2)) > 0.25))


def _met(found: Mask, passable: Mask) -> Mask:
    """What is met from the background along rows, and along columns from below, before anything impassable.

    Through a hole, such as a handle's, the floor is met from above as well.
    """
    from scipy import ndimage

    open_, blocked = ~found, found & ~passable
    holes = ndimage.binary_fill_holes(found) & open_
    open_holes = _scanned(holes.T, blocked.T).T
    out = open_ | open_holes | _scanned(open_, blocked) | _scanned(open_[:, ::-1], blocked[:, ::-1])[:, ::-1]
    return np.asarray(out | _scanned(open_[::-1].T, blocked[::-1].T).T[::-1])


def _scanned(open_: Mask, blocked: Mask) -> Mask:
    """Where, going along rows, something open was met after the last thing that blocks."""
    place = np.arange(1, open_.shape[1] + 1)
    return np.asarray(np.maximum.accumulate(place * open_, 1) > np.maximum.accumulate(place * blocked, 1))


def _between_feet(found: Mask, grey: Mask, differs: Floats) -> Mask:
    """Grey patches under the product, between what it stands on, that fade towards the viewer: the floor seen between its feet."""
    from scipy import ndimage

    body = found & ~grey
    enclosed = np.maximum.accumulate(body, 1) & np.maximum.accumulate(body[:, ::-1], 1)[:, ::-1]
    below = np.maximum.accumulate(body, 0) & ~np.maximum.accumulate(body[::-1], 0)[::-1]
    patches, _ = ndimage.label(found & grey & below)
    rows = np.flatnonzero(found.any(1))
    floor = rows[0] + 0.5 * len(rows)
    out = np.zeros_like(found)
    for number, box in enumerate(ndimage.find_objects(patches), 1):
        patch = patches[box] == number
        on_floor = box[0].start > floor and patch.shape[1] > max(8, 1.3 * patch.shape[0])
        if not on_floor or enclosed[box][patch].mean() < _ENCLOSED:
            continue
        columns = np.flatnonzero(patch.any(0))
        ends = box[0].start + patch.shape[0] - patch[::-1, columns].argmax(0)
        under_them = differs[np.minimum(ends, len(differs) - 1), columns + box[1].start]
        last = differs[ends - 1, columns + box[1].start]
        if float(np.median(under_them)) < _FADES and np.median(last) < 0.6 * np.quantile(differs[box][patch], 0.9):
            out[box] |= patch
    return out


def between(kept: Mask) -> Mask:
    """What has something of a product above and below it: no floor is seen there."""
    return np.asarray(np.maximum.accumulate(kept, 0) & np.maximum.accumulate(kept[::-1], 0)[::-1] & ~kept)


def stands_alone(kept: Mask, shadow: Mask, differs: Floats) -> bool:
    """Whether what is left beside a large shadow is a whole product: the shadow, where it ends, fades into the background."""
    from scipy import ndimage

    if not kept.any():
        return False
    rows, floor = np.flatnonzero(kept.any(1)), np.flatnonzero(shadow.any(1))
    ends = shadow & ndimage.binary_dilation(~(kept | shadow), iterations=1)
    fades = not ends.any() or float(np.median(differs[ends])) < _FADES
    return bool(fades and np.ptp(rows) > 0.7 * (max(rows[-1], floor[-1]) - min(rows[0], floor[0])))
