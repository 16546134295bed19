"""Keypoints of trousers, shorts and skirts, from the mask alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.filters import Point
from prodgen_tryon.garment.contour import defects, outline

STATIONS = 24  # from the waist to the hem


@dataclass(frozen=True)
class LegShape:
    """The outline of trousers, shorts or a skirt, in pixels of its picture.

    Args:
        points: waist_a/b, crotch (None for a skirt), and for each leg outer_a/b and inner_a/b at the ankle; a skirt has
            hem_a/b in outer_a/b.
        rows: y of stations from the waist to the hem.
        edges: station -> left and right edge of the leg at side a and side b: [n, 4] (a outer, a inner, b inner, b outer).
            Above the crotch, and for a skirt, both inner edges are the middle.
        inseam: length below the crotch relative to the width of the waist; 0 for a skirt.
    """

    points: dict[str, Point]
    rows: NDArray[np.float64]
    edges: NDArray[np.float64]
    inseam: float
    confidence: float

    @property
    def waist(self) -> float:
        return float(self.points["waist_b"][0] - self.points["waist_a"][0])


def leg_shape(mask: NDArray[np.bool_], skirt: bool = False) -> LegShape:
    """Keypoints by runs of rows: where one run becomes two is the crotch."""
    rows = np.flatnonzero(mask.any(1))
    top, bottom = int(rows[0]), int(rows[-1])
    height = max(bottom - top, 1)
    crotch = None if skirt else crotch_of(mask)
    # Waist corners: the first row that is nearly as wide as those a little below.
    widths = np.array(
        [
            np.ptp(np.flatnonzero(mask[y])) if mask[y].any() else 0
            for y in range(top, min(top + max(round(0.1 * height), 3), bottom))
        ]
    )
    start = top + int(np.flatnonzero(widths >= 0.9 * widths.max())[0])
    columns = np.flatnonzero(mask[start])
    waist_a, waist_b = np.array([columns[0], start], float), np.array([columns[-1], start], float)
    ys = np.linspace(start, bottom - 0.012 * height, STATIONS)
    edges = _edges(mask, ys, crotch, float((waist_a[0] + waist_b[0]) / 2))
    points = {
        "waist_a": waist_a,
        "waist_b": waist_b,
        "outer_a": np.array([edges[-1, 0], ys[-1]]),
        "outer_b": np.array([edges[-1, 3], ys[-1]]),
    }
    confidence = 1.0
    inseam = 0.0
    if crotch is not None:
        points |= {
            "crotch": crotch,
            "inner_a": np.array([edges[-1, 1], ys[-1]]),
            "inner_b": np.array([edges[-1, 2], ys[-1]]),
        }
        inseam = float(bottom - crotch[1]) / max(float(waist_b[0] - waist_a[0]), 1.0)
    elif not skirt:
        confidence = 0.3
    return LegShape(points, ys, edges, inseam, confidence)


def _edges(
    mask: NDArray[np.bool_], ys: NDArray[np.float64], crotch: Point | None, middle: float
) -> NDArray[np.float64]:
    """The edges of both legs at the rows `ys`, as `LegShape.edges`; a skirt, without a crotch, is parted at `middle`."""
    edges = np.zeros((len(ys), 4))
    for i, y in enumerate(ys):
        line = np.flatnonzero(mask[round(y)])
        if not len(line):
            edges[i] = edges[i - 1]
            continue
        if crotch is None or y <= crotch[1]:
            inner = middle if crotch is None else crotch[0]
            edges[i] = line[0], inner, inner, line[-1]
            continue
        left, right = line[line < crotch[0]], line[line > crotch[0]]
        previous = edges[i - 1]
        a = (left[0], left[-1]) if len(left) else (previous[0], previous[1])
        b = (right[0], right[-1]) if len(right) else (previous[2], previous[3])
        edges[i] = *a, *b
    return edges


def crotch_of(mask: NDArray[np.bool_]) -> Point | None:
    """The deepest notch that opens downwards near the middle."""
    points = outline(mask)
    left, right = points[:, 0].min(), points[:, 0].max()
    top, bottom = points[:, 1].min(), points[:, 1].max()
    for start, end, far, depth in defects(points):
        deep, p, q = points[int(far)], points[int(start)], points[int(end)]
        central = left + 0.25 * (right - left) < deep[0] < right - 0.25 * (right - left)
        opens_down = min(p[1], q[1]) > deep[1] and min(p[1], q[1]) > top + 0.6 * (bottom - top)
        if central and opens_down and depth > 0.08 * (bottom - top):
            notch: Point = deep
            return notch
    return None
