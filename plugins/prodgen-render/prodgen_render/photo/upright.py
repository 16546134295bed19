"""Photos that were taken with a tilted camera: by how much, as the middle of an outline tells, and the same cut-out held upright."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from prodgen_render.model import Floats, Ints
from prodgen_render.photo.cutout import Cutout
from prodgen_sdk.types import Mask

_LEAST, _MOST = 1.5, 12.0
"""Degrees between which a camera was tilted by mistake: less is not told for certain, and what leans by more is meant to."""
_BETWEEN = (0.2, 0.8)
"""Shares of an outline's height between which its sides are looked at: its ends are round, or corners of a box."""
_WIDTH, _STRAIGHT = 0.01, 0.5
"""The middle between an outline's sides lies in a strip as wide as the first share of its size, in at least the second share of its rows."""
_TURNS, _SETTLED = 4, 0.3
"""How often an outline is turned and looked at again, and by how many degrees it leans at most in the end."""


def roll_of(mask: Mask) -> float:
    """Degrees by which what has an upright axis, or upright sides, leans to the right; 0 where it hardly does or nothing is clear.

    Halfway between the two sides of an outline lies a straight line, for turned bodies as for boxes, whatever their profile. Rows with a
    handle that sticks to them are the fewer ones.

    >>> y, x = np.mgrid[0:200, 0:200] - 100.0
    >>> round(roll_of((abs(x + 0.07 * y) < 40) & (abs(y - 0.07 * x) < 70)))
    4
    >>> roll_of((abs(x) < 40) & (abs(y) < 70))
    0.0
    """
    roll = more = 0.0
    for _ in range(_TURNS):
        found = _leaning(_mask_held(mask, roll) if roll else mask)
        if found is None:
            return 0.0
        roll, more = roll + found, found
    return roll if abs(more) < _SETTLED and _LEAST < abs(roll) < _MOST else 0.0


def held_upright(cutout: Cutout, roll: float) -> Cutout:
    """A cut-out turned about the product's middle, so that what leaned by these degrees stands upright."""
    colour = np.stack([_held(channel, cutout.mask, roll) for channel in np.moveaxis(cutout.colour, 2, 0)], -1)
    return replace(cutout, mask=_mask_held(cutout.mask, roll), colour=colour)


def _leaning(mask: Mask) -> float | None:
    """Degrees that the middle between an outline's sides leans by; None where it is no line."""
    rows = np.flatnonzero(mask.any(1))
    if len(rows) < 16:
        return None
    first, last = (rows[0] + round(share * len(rows)) for share in _BETWEEN)
    rows = rows[(rows >= first) & (rows < last)]
    middle = np.array([_middle(mask[row]) for row in rows])
    near = _on_a_line(rows, middle, max(1.0, _WIDTH * max(int(mask.any(axis).sum()) for axis in (0, 1))))
    if near.sum() < _STRAIGHT * len(rows):
        return None
    return -math.degrees(math.atan(np.polyfit(rows[near], middle[near], 1)[0]))


def _middle(row: Mask) -> float:
    """The middle of the longest run of a row: of a mug's body, where one looks through its handle."""
    ends = np.flatnonzero(np.diff(np.pad(row, 1).astype(np.int8))).reshape(-1, 2)
    return float(ends[np.ptp(ends, axis=1).argmax()].mean())


def _on_a_line(rows: Ints, middle: Floats, width: float) -> Mask:
    """Which points lie within the strip, of this width and not far from upright, that holds the most of them."""
    best = np.zeros(len(rows), bool)
    for degrees in sorted(np.arange(-_MOST, _MOST + 0.1, 0.25), key=abs):
        off = middle - math.tan(math.radians(degrees)) * rows
        ordered = np.sort(off)
        held = np.searchsorted(ordered, ordered + width, "right") - np.arange(len(ordered))
        if held.max() > best.sum():
            start = ordered[held.argmax()]
            best = (off >= start) & (off <= start + width)
    return best


def _mask_held(mask: Mask, roll: float) -> Mask:
    return np.asarray(_held(mask.astype(np.float32), mask, roll) > 0.5)


def _held(values: Floats, mask: Mask, roll: float) -> Floats:
    """Values [h, w] turned to the left by degrees, about the middle of a mask."""
    from scipy import ndimage

    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    middle = np.array([rows[0] + rows[-1], columns[0] + columns[-1]]) / 2
    cosine, sine = math.cos(math.radians(roll)), math.sin(math.radians(roll))
    back = np.array([[cosine, sine], [-sine, cosine]])
    return np.asarray(ndimage.affine_transform(values, back, middle - back @ middle, order=1, mode="nearest"))
