"""Outlines of masks, and what is read off them."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.filters import Contour, Point, largest

NOTCH = 0.03  # half the height of a notch in a side, and its least depth, for the side's height


def outline(mask: NDArray[np.bool_]) -> Contour:
    """The outer contour of the largest piece [n, 2], clockwise as seen, beginning at its topmost middle."""
    contours, _ = cv2.findContours(largest(mask).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        raise ValueError("an empty mask has no outline")
    points: Contour = max(contours, key=len).reshape(-1, 2).astype(float)
    twice_area = float((points[:, 0] * np.roll(points[:, 1], -1) - np.roll(points[:, 0], -1) * points[:, 1]).sum())
    if twice_area < 0:  # in picture coordinates (y down) a positive area runs clockwise on the screen
        points = points[::-1]
    middle = (points[:, 0].min() + points[:, 0].max()) / 2
    height = np.ptp(points[:, 1])
    upper = points[:, 1] < points[:, 1].min() + 0.5 * height
    start = int(np.argmin(np.where(upper, np.abs(points[:, 0] - middle) + 0.02 * points[:, 1], np.inf)))
    return np.roll(points, -start, axis=0)


def distances(curve: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each point of a polyline [n, 2] lies along it from its first [n]."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))])


def resample(curve: NDArray[Any], count: int) -> Contour:
    """`count` points at equal distances along a polyline [n, 2], both ends included."""
    curve = np.asarray(curve, float)
    if len(curve) < 2:
        return np.repeat(curve[:1], count, axis=0)
    along = distances(curve)
    wanted = np.linspace(0, along[-1], count)
    return np.stack([np.interp(wanted, along, curve[:, i]) for i in (0, 1)], 1)


def length(curve: NDArray[Any]) -> float:
    """Length of a polyline [n, 2]."""
    return float(np.hypot(*np.diff(np.asarray(curve, float), axis=0).T).sum())


def defects(points: Contour) -> NDArray[np.float64]:
    """Convexity defects of a closed contour: rows of start, end, farthest index and depth in pixels, deepest first."""
    integers = np.round(points).astype(np.int32).reshape(-1, 1, 2)
    hull = cv2.convexHull(integers, returnPoints=False)
    hull = np.sort(hull.ravel()).reshape(-1, 1)
    if len(hull) < 4:
        return np.zeros((0, 4))
    try:
        found = cv2.convexityDefects(integers, hull)
    except cv2.error:  # a contour that touches itself
        return np.zeros((0, 4))
    if found is None:
        return np.zeros((0, 4))
    # OpenCV 4 answers [n, 1, 4] and OpenCV 5 [n, 4]: the same numbers.
    table = found.reshape(-1, 4).astype(float)
    table[:, 3] /= 256
    deepest_first: NDArray[np.float64] = table[np.argsort(-table[:, 3], kind="stable")]
    return deepest_first


def between(points: Contour, start: Point, end: Point) -> Contour:
    """The piece of a clockwise contour from the point nearest to `start` on to the point nearest to `end`."""
    i = int(((points - start) ** 2).sum(1).argmin())
    j = int(((points - end) ** 2).sum(1).argmin())
    if i <= j:
        return points[i : j + 1]
    return np.vstack([points[i:], points[: j + 1]])


def without_notches(points: Contour, sign: float) -> Contour:
    """A side [n, 2] from top to bottom; where it has a notch that is low for the side's height, the outermost point of each row."""
    order = np.lexsort((-sign * points[:, 0], points[:, 1]))
    ranked = points[order]
    rows, first = np.unique(ranked[:, 1], return_index=True)
    out = (sign * ranked[first, :1]).astype(np.float32)
    window = np.ones((2 * round(NOTCH * len(rows)) + 1, 1), np.uint8)
    bridged = cv2.morphologyEx(out, cv2.MORPH_CLOSE, window, borderType=cv2.BORDER_REPLICATE)
    deepest = max(
        float((bridged - out).max()), float(np.ptp(points[:, 0] * sign - np.interp(points[:, 1], rows, out[:, 0])))
    )
    if deepest < NOTCH * len(rows):
        return points
    return np.stack([sign * bridged[:, 0].astype(float), rows], 1)
