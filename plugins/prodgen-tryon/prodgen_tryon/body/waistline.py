"""Finds where the trousers begin below a top, column by column, where the two differ in colour."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image
from prodgen_tryon.body.skeleton import Skeleton
from prodgen_tryon.filters import Float, to_lab

HIGHEST, LOWEST = 0.3, 0.08  # how far above and below the labels' border the line is looked for, in shoulder widths
BESIDE = 0.35  # how far beside the axis
SAMPLE = 0.15  # rows on either side that say what the colours are, in shoulder widths
APART, FITTING = 22.0, 0.45  # least difference of both colours in CIELAB, and the most that is left of it on average
STEADY = 0.1  # columns that must agree, in shoulder widths


def straighten_waist(labels: dict[str, Float], image: Image, frame: Skeleton) -> None:
    """Moves the border of upper and lower clothes to where the colour changes, in place: a waistband is no part of the top.

    In each column the rows are split in two so that what is above is most like the top and what is below most like the trousers.

    Args:
        labels: masks [h, w] by name.
        image: uint8 RGB [h, w, 3].
    """
    w, lower, upper = frame.width, labels["lower"], labels["upper"]
    cloth = lower + upper > 0.5
    lab = cv2.blur(to_lab(image), (3, 3))
    middle, reach = float(frame.hips[0]), BESIDE * w
    columns = np.arange(max(int(middle - reach), 0), min(int(middle + reach) + 1, image.shape[1]))
    borders = np.array([_border(lower[:, x], upper[:, x], float(frame.hips[1]), w) for x in columns])
    splits = np.array([_split(lab[:, x], y, w) if y >= 0 else -1 for x, y in zip(columns, borders, strict=True)])
    for x, before, after in zip(columns, borders, _steady(splits, max(round(STEADY * w), 3)), strict=True):
        if after < 0 or after == before:
            continue
        rows = slice(min(before, after), max(before, after))
        to, other = (lower, upper) if after < before else (upper, lower)
        moved = cloth[rows, x]
        to[rows, x][moved] = np.maximum(lower, upper)[rows, x][moved]
        other[rows, x][moved] = 0


def _border(lower: Float, upper: Float, hips: float, w: float) -> int:
    """The first row of trousers below a top in a column [h]; -1 without one near the hips."""
    low, high = max(int(hips - 0.7 * w), 0), min(int(hips + 0.6 * w), len(lower))
    below = lower[low:high] > 0.5
    if not below.any():
        return -1
    row = low + int(below.argmax())
    return row if row > low and (upper[max(row - 3, 0) : row] > 0.3).any() else -1


def _split(colours: Float, border: int, w: float) -> int:
    """The row at which a column of CIELAB [h, 3] changes from the top's colour to the trousers'; -1 where it does not."""
    first, last = border - round(HIGHEST * w), border + round(LOWEST * w)
    sample = round(SAMPLE * w)
    if first - sample < 0 or last + sample > len(colours):
        return -1
    above, below = (
        np.median(rows, axis=0) for rows in (colours[first - sample : first], colours[last : last + sample])
    )
    apart = float(np.linalg.norm(above - below))
    if apart < APART:
        return -1
    here = colours[first:last]
    far_above, far_below = (np.linalg.norm(here - colour, axis=1) for colour in (above, below))
    costs = np.concatenate([[0], far_above.cumsum()]) + np.concatenate([far_below[::-1].cumsum()[::-1], [0]])
    best = int(costs.argmin())
    fits = costs[best] / len(here) < FITTING * apart
    return first + best if fits and 0 < best < len(here) else -1


def _steady(splits: NDArray[np.int64], window: int) -> NDArray[np.int64]:
    """The median of neighbouring columns, where most of them have a split and agree with it; else -1."""
    result = np.full(len(splits), -1)
    for i in range(len(splits)):
        near = splits[max(i - window // 2, 0) : i + window // 2 + 1]
        known = near[near >= 0]
        if len(known) > 0.6 * len(near):
            row = int(np.median(known))
            if np.abs(known - row).mean() < 0.5 * window:
                result[i] = row
    return result
