"""Points of garments that are trousers and a top in one: dungarees with a bib and straps, and jumpsuits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image
from prodgen_tryon.garment.keypoints import TopShape, top_shape
from prodgen_tryon.garment.legs import LegShape, crotch_of, leg_shape
from prodgen_tryon.sides import SIDES, SIGN, Side


@dataclass(frozen=True)
class Bib:
    """The upper part of dungarees, in pixels of their picture.

    Args:
        rows: y of stations from the bib's upper edge to the waist [n].
        edges: left and right edge of the bib at each station [n, 2].
        straps: side -> outer and inner edge of the strap, from its upper end down to the bib [m, 2, 2]; none where it has none.
    """

    rows: NDArray[np.float64]
    edges: NDArray[np.float64]
    straps: dict[Side, NDArray[np.float64]]


@dataclass(frozen=True)
class OverallShape:
    """Dungarees have a `bib`, a jumpsuit has a `top`; both have legs."""

    legs: LegShape
    bib: Bib | None
    top: TopShape | None
    confidence: float
    warnings: tuple[str, ...] = ()


def overall_shape(mask: NDArray[np.bool_], image: Image | None = None) -> OverallShape:
    """Finds the waist, and what is above and below it.

    Args:
        mask: bool [h, w].
        image: RGB [h, w, 3], for the neckline of a jumpsuit.
    """
    crotch = crotch_of(mask)
    if crotch is None:
        return OverallShape(leg_shape(mask), None, None, 0.1)
    rows = np.flatnonzero(mask.any(1))
    top, bottom = int(rows[0]), round(float(crotch[1]))
    runs = np.array([_run(mask[y], float(crotch[0])) for y in range(top, bottom)], float).reshape(-1, 2)
    spans = runs[:, 1] - runs[:, 0]
    hips = float(spans[int(0.75 * len(spans)) :].max()) if len(spans) else 1.0
    filled = np.flatnonzero(spans < 0.4 * hips)  # the bib's upper edge, or a jumpsuit's neck
    first = int(filled[-1]) + 1 if len(filled) else 0
    # Between straps there is nothing, at a neck there is cloth.
    gap = (runs[:first, 0] == runs[:first, 1]).mean() > 0.5 if first > 0.03 * len(spans) else False
    dungarees = bool(gap) and spans[first : first + max(len(spans) // 20, 1)].max() < 0.85 * hips
    body = spans[first:]
    if dungarees:
        waist = top + first + _bend(body)
    else:
        low, high = round(len(spans) - 1.0 * hips), round(len(spans) - 0.3 * hips)
        low = max(low, first + len(body) // 4)
        waist = top + (low + int(spans[low:high].argmin()) if high > low + 3 else round(len(spans) - 0.6 * hips))
    lower = mask.copy()
    lower[:waist] = False
    legs = leg_shape(lower)
    if dungarees:
        stations = np.linspace(top + first, waist, 9)
        edges = np.array([runs[min(int(y) - top, len(runs) - 1)] for y in stations])
        straps = {side: _strap(mask, top, top + first, float(crotch[0]), side, hips) for side in SIDES}
        found = {side: strap for side, strap in straps.items() if strap is not None}
        return OverallShape(
            legs, Bib(stations, edges, found), None, legs.confidence * (1.0 if len(found) == 2 else 0.7)
        )
    upper = mask.copy()
    for y in range(waist + 1, mask.shape[0]):  # sleeves may hang beside the legs
        if y < bottom:
            left, right = runs[y - top]
            upper[y, int(left) : int(right) + 1] = False
        else:
            upper[y] = False
    shape = top_shape(upper, image)
    return OverallShape(legs, None, shape, min(legs.confidence, shape.confidence), shape.warnings)


def _run(line: NDArray[np.bool_], x: float) -> tuple[int, int]:
    """First and last column of the run that holds column `x`, or (x, x) where there is none."""
    at = round(x)
    if not (0 <= at < len(line) and line[at]):
        return at, at
    left = np.flatnonzero(~line[:at])
    right = np.flatnonzero(~line[at:])
    return (int(left[-1]) + 1 if len(left) else 0), (at + int(right[0]) - 1 if len(right) else len(line) - 1)


def _bend(spans: NDArray[np.float64]) -> int:
    """Where widths that grow quickly begin to grow slowly: the best break of two straight lines."""
    best, best_error = len(spans) // 2, np.inf
    y = np.arange(len(spans), dtype=float)
    for cut in range(int(0.2 * len(spans)), int(0.9 * len(spans)), max(len(spans) // 80, 1)):
        error = 0.0
        for part in (slice(None, cut), slice(cut, None)):
            if len(y[part]) > 2:
                line = np.polyfit(y[part], spans[part], 1)
                error += float(((np.polyval(line, y[part]) - spans[part]) ** 2).sum())
        if error < best_error:
            best, best_error = cut, error
    return best


def _strap(
    mask: NDArray[np.bool_], top: int, bottom: int, middle: float, side: Side, hips: float
) -> NDArray[np.float64] | None:
    """Outer and inner edge of a strap [m, 2, 2] from its upper end down: the outermost run of each row above the bib."""
    found = []
    for y in range(top, bottom):
        columns = np.flatnonzero(mask[y])
        columns = columns[columns < middle] if side == "a" else columns[columns > middle]
        if not len(columns):
            continue
        outer = int(columns[0] if side == "a" else columns[-1])
        left, right = _run(mask[y], outer)
        found.append((y, outer, right if side == "a" else left))
    if len(found) < 0.3 * (bottom - top) or len(found) < 4:
        return None
    table = np.array(found, float)
    widths = np.abs(table[:, 2] - table[:, 1])
    usual = float(np.median(widths))
    if usual > 0.35 * hips:  # no strap
        return None
    # The strap's other end, or its loop, merges with it in places.
    inward = -SIGN[side]
    table[:, 2] = table[:, 1] + inward * np.minimum(widths, 1.15 * usual)
    # Straps are straight: rows in which something else lies outermost are left out.
    keep = widths > 0.5 * usual
    for _ in range(3):
        if keep.sum() < 4:
            return None
        line = np.polyfit(table[keep, 0], table[keep, 1], 1)
        away = np.abs(np.polyval(line, table[:, 0]) - table[:, 1])
        keep = (widths > 0.5 * usual) & (away < max(0.4 * usual, 1.5))
    if keep.sum() < 4:
        return None
    table = table[keep]
    picked = table[np.linspace(0, len(table) - 1, 8).round().astype(int)]
    outer_edge, inner_edge = picked[:, [1, 0]], picked[:, [2, 0]]
    return np.stack([outer_edge, inner_edge], 1)
