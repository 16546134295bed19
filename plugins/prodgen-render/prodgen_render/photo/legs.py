"""Tables, chairs, stools: legs seen one by one, and where their feet stand.

Where each foot meets the floor tells how far away it stands: the lower in the picture, the nearer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prodgen_render.model import Floats
from prodgen_render.photo.frame import PhotoCamera
from prodgen_sdk.types import Mask

_THIN, _FEET = 0.05, 0.35
"""Half the width of the widest leg, and how high from below feet are counted, as shares of the product's extent."""
_LEAST_LENGTH = 0.25
"""Of a leg, as a share of the product's height."""
_RUNGS = 0.4
"""What is wide and lies lower than this share of the height is a rung, or the floor, and no top."""
_ALIKE = 0.04
"""How far a foot may be from the mirror image of its partner, as a share of the extent."""
_COVERED = 0.75
"""Share of an outline that legs and top make up at least; the rest are rungs."""


@dataclass(frozen=True, eq=False)
class Leg:
    """One leg in the photo, from its foot upwards: rows, the middle column and half the width of each."""

    row: Floats
    middle: Floats
    half: Floats


@dataclass(frozen=True, eq=False)
class Legged:
    """The legs of a product, and the mask of what stands on them."""

    legs: tuple[Leg, ...]
    top: Mask


def legged(mask: Mask) -> Legged | None:
    """The legs of an outline; None where it does not stand on two to six thin ones."""
    from scipy import ndimage

    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    height, extent = len(rows), max(len(rows), len(columns))
    bottom, thin = int(rows[-1]), max(2, round(_THIN * extent))
    padded = np.pad(mask, 2 * thin)
    core = ndimage.binary_opening(ndimage.binary_opening(padded, np.ones((1, 2 * thin + 1))), np.ones((3, 1)))
    labels_core, pieces = ndimage.label(core[2 * thin : -2 * thin, 2 * thin : -2 * thin])
    if not pieces:
        return None
    areas = np.bincount(labels_core.reshape(-1))[1:]
    # Rungs are wide too: the top is what has nothing above it.
    tops = [
        n
        for n in range(1, pieces + 1)
        if areas[n - 1] > 0.04 * mask.sum() and not _hangs(labels_core == n, bottom, height)
    ]
    if not tops:
        return None
    core_mask = np.isin(labels_core, tops)
    legs = []
    for row, column in _ends(mask, bottom - round(_FEET * height)):
        leg = _followed(mask, row, column, core_mask, 2 * thin)
        if leg is not None and leg.row[0] - leg.row[-1] > _LEAST_LENGTH * height:
            legs.append(leg)
    if not 1 <= len(legs) <= 6:
        return None
    columns = np.flatnonzero(core_mask.any(0))
    legs = _paired(legs, float(columns[0] + columns[-1] + 1) / 2, _ALIKE * extent)
    if not 2 <= len(legs) <= 6:
        return None
    lowest_top = min(float(leg.row[-1]) for leg in legs)
    above = np.arange(len(mask))[:, None] <= max(float(leg.row[-1]) for leg in legs)
    top = (
        mask & above & (ndimage.binary_dilation(core_mask, iterations=3) | (np.arange(len(mask))[:, None] < lowest_top))
    )
    covered = (top | _picture(legs, mask.shape)) & mask
    stands = top.sum() > 0.05 * mask.sum() and covered.sum() > _COVERED * mask.sum()
    return Legged(tuple(legs), np.asarray(top)) if stands else None


def _picture(legs: list[Leg], shape: tuple[int, ...]) -> Mask:
    """Where legs are in the photo, with a pixel around them, bool [h, w]."""
    out = np.zeros(shape, bool)
    columns = np.arange(shape[1]) + 0.5
    for leg in legs:
        rows = np.clip(leg.row.astype(int), 0, shape[0] - 1)
        out[rows] |= np.abs(columns - leg.middle[:, None]) <= leg.half[:, None] + 1
    return out


def _hangs(piece: Mask, bottom: int, height: int) -> bool:
    """Whether a wide piece lies between the legs."""
    return bool(np.nonzero(piece)[0].mean() > bottom - _RUNGS * height)


def _paired(legs: list[Leg], axis: float, near: float) -> list[Leg]:
    """The legs, and the mirror image of each that has no partner at the other side."""
    out = list(legs)
    for leg in legs:
        foot = np.array([2 * axis - leg.middle[0], leg.row[0]])
        if all(abs(other.middle[0] - foot[0]) > near or abs(other.row[0] - foot[1]) > near for other in legs):
            out.append(Leg(leg.row, 2 * axis - leg.middle, leg.half))
    return out


def _ends(mask: Mask, least: int) -> list[tuple[int, int]]:
    """Row and column of what ends downwards, below a row."""
    from scipy import ndimage

    ends = []
    for row in range(least, len(mask)):
        below = mask[row + 1] if row + 1 < len(mask) else np.zeros_like(mask[row])
        runs, count = ndimage.label(mask[row])
        for number in range(1, count + 1):
            places = np.flatnonzero(runs == number)
            if not below[max(0, places[0] - 1) : places[-1] + 2].any():
                ends.append((row, int(places[len(places) // 2])))
    return ends


def _followed(mask: Mask, row: int, column: int, core: Mask, widest: int) -> Leg | None:
    """A leg from its foot up to the top; where something joins it, it goes on straight."""
    middle, half = column + 0.5, 1.0
    found: list[tuple[int, float, float]] = []
    while row > 0:
        at = int(np.clip(middle, 0, mask.shape[1] - 1))
        if core[row, at] or not mask[row, at]:
            break
        line = mask[row]
        left, right = at, at
        while left > 0 and line[left - 1] and at - left <= 2 * widest:
            left -= 1
        while right < len(line) - 1 and line[right + 1] and right - at <= 2 * widest:
            right += 1
        width = right + 1 - left
        if width <= widest and (len(found) < 8 or width < 1.6 * 2 * half + 1):
            middle = (left + right + 1) / 2
            half = width / 2 if len(found) < 8 else 0.9 * half + 0.1 * width / 2
            found.append((row, middle, half))
        elif len(found) > 8:
            (r0, m0, _), (r1, m1, _) = found[max(0, len(found) - 40)], found[-1]
            middle = m1 + (row - 1 - r1) * (m1 - m0) / min(-1, r1 - r0)
        else:
            return None
        row -= 1
    if len(found) < 4:
        return None
    rows, middles, halves = (np.array(values, np.float64) for values in zip(*found, strict=True))
    calm = np.polyval(np.polyfit(rows, middles, 2 if len(rows) > 12 else 1), rows)
    return Leg(np.append(rows, row + 1.0), np.append(calm, calm[-1]), np.append(halves, halves[-1]))


def stood(legs: tuple[Leg, ...], camera: PhotoCamera, centre: float = 0.0) -> tuple[float, Floats]:
    """Height of the floor, and the place in depth of each foot, in radii, from where feet are in the photo.

    Args:
        centre: the place half-way between the nearest and the farthest foot.

    >>> from prodgen_render.photo.frame import PhotoCamera
    >>> camera = PhotoCamera(900.0, 256.0, 256.0, elevation=10.0)
    >>> places = np.array([[-0.5, -0.4, -0.7], [0.5, -0.4, -0.7], [-0.5, 0.4, -0.7]])
    >>> x, y, _ = camera.project(places)
    >>> legs = tuple(Leg(np.array([row]), np.array([middle]), np.array([3.0])) for row, middle in zip(y, x, strict=True))
    >>> floor, depth = stood(legs, camera)
    >>> bool(np.allclose(depth, [-0.4, -0.4, 0.4], atol=0.02)), round(floor, 1)
    (True, -0.7)
    """
    position = camera.axes[0]
    rays = camera.rays(np.array([leg.middle[0] for leg in legs]), np.array([leg.row[0] for leg in legs]))

    def depths(floor: float) -> Floats:
        down = np.minimum(rays[:, 2], -1e-3)
        return np.asarray(position[1] + rays[:, 1] * (floor - position[2]) / down)

    low, high = -1.6, min(0.5, float(position[2]) - 0.05)
    for _ in range(40):
        middle = (low + high) / 2
        away = depths(middle)
        if (away.min() + away.max()) / 2 > centre:
            low = middle
        else:
            high = middle
    return middle, depths(middle)


def seen_from(legs: tuple[Leg, ...], camera: PhotoCamera, depth: float) -> PhotoCamera:
    """The camera at the elevation from which the feet stand so far apart in depth, measured between their middles."""

    def apart(elevation: float) -> float:
        return float(np.ptp(stood(legs, camera.but(elevation=elevation))[1]))

    low, high = 0.0, 40.0
    if apart(low) < depth:
        return camera.but(elevation=low)
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if apart(middle) > depth else (low, middle)
    return camera.but(elevation=low)
