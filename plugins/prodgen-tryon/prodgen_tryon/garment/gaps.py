"""Where the sides of a top meet its sleeves."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.filters import Contour, Point
from prodgen_tryon.garment.contour import defects, outline
from prodgen_tryon.sides import OTHER, SIDES, Side


class Gap(NamedTuple):
    """What parts a sleeve from the side of a top, or where the armhole ends.

    Args:
        point: its innermost point.
        sleeved: whether there is a sleeve.
        cuff: the outermost point of the gap between sleeve and body, where one is open.
    """

    point: Point
    sleeved: bool
    cuff: Point | None


class Gaps(NamedTuple):
    """Of both sides, and how far that is to be believed, 0 to 1."""

    sides: dict[Side, Gap]
    confidence: float
    warnings: tuple[str, ...] = ()


def find_gaps(mask: NDArray[np.bool_], points: Contour, middle: float) -> Gaps:
    """The gaps of a top with outline `points` about its axis `middle`.

    Garments are symmetric: where the sides disagree, the one with a sleeve is trusted. Where neither shows a notch, both are guessed.
    """
    top, bottom = points[:, 1].min(), points[:, 1].max()
    found: dict[Side, Gap] = {}
    for side in SIDES:
        gap = _gap(_half(mask, middle, side == "b"), top, bottom)
        if gap is not None:
            found[side] = gap if side == "a" else _mirrored(gap, (mask.shape[1] - 1) / 2)
    if not found:
        return _guessed(points)
    if len(found) == 2 and found["a"].sleeved == found["b"].sleeved:
        return Gaps(found, 1.0)
    known: Side = max(found, key=lambda side: found[side].sleeved)
    other = OTHER[known]
    return Gaps({known: found[known], other: _mirrored(found[known], middle)}, 0.7)


def _guessed(points: Contour) -> Gaps:
    """For an outline without notches."""
    top, bottom = points[:, 1].min(), points[:, 1].max()
    left, right = points[:, 0].min(), points[:, 0].max()
    widest, height = right - left, bottom - top
    # About as wide as long: the sleeves lie against the body. A long outline without notches has none.
    sleeved = bool(0.75 < height / max(widest, 1) < 1.25)
    inset, below = (0.14 if sleeved else 0.02) * widest, top + 0.3 * height
    sides: dict[Side, Gap] = {
        "a": Gap(np.array([left + inset, below]), sleeved, None),
        "b": Gap(np.array([right - inset, below]), sleeved, None),
    }
    if sleeved:
        return Gaps(sides, 0.4, ("The sleeves could not be told from the body of the garment.",))
    return Gaps(sides, 0.75)


def _mirrored(gap: Gap, axis: float) -> Gap:
    def over(point: Point) -> Point:
        return np.array([2 * axis - point[0], point[1]])

    return Gap(over(gap.point), gap.sleeved, None if gap.cuff is None else over(gap.cuff))


def _half(mask: NDArray[np.bool_], middle: float, mirrored: bool) -> NDArray[np.bool_]:
    """The half of a mask at side a, or side b mirrored onto it, cut at `middle`."""
    half = mask.copy()
    if mirrored:
        half[:, : round(middle)] = False
        return half[:, ::-1]
    half[:, round(middle) :] = False
    return half


def _gap(half: NDArray[np.bool_], top: float, bottom: float) -> Gap | None:
    """The gap of a half at the picture's left."""
    points = outline(half)
    height, best = bottom - top, None
    width = np.ptp(points[:, 0])
    for start, end, far, depth in defects(points):
        p, q, deep = points[int(start)], points[int(end)], points[int(far)]
        upper, lower = (p, q) if p[1] < q[1] else (q, p)
        low = deep[1] > top + 0.72 * height  # between a long sleeve and the hem, or only a wave of the hem
        if depth < (0.12 if low else 0.035) * max(width, 1):
            continue
        opens_down = min(p[0], q[0]) < deep[0] and deep[1] < max(p[1], q[1])
        outer = p if p[0] < q[0] else q
        inner = q if p[0] < q[0] else p
        if (
            opens_down
            and inner[1] > deep[1] + 0.02 * height
            and outer[0] < deep[0] - 0.01 * width
            and outer[1] > top + 0.12 * height
        ):
            score = depth
            if best is None or score > best[0]:
                best = (score, deep, True, outer)
        elif best is None and upper[0] > lower[0] and lower[1] < top + 0.6 * height and deep[0] > lower[0]:
            best = (depth * 0.3, lower, False, None)
    return None if best is None else Gap(*best[1:])


def raised(points: Contour, gap: Point, middle: float, width: float, top: float) -> Point:
    """The armpit above a gap: where a sleeve lies against the body, the gap between the two begins far below it."""
    sign = -1.0 if gap[0] < middle else 1.0
    above = (np.abs(points[:, 0] - (gap[0] - sign * 0.02 * width)) < 0.02 * width) & (points[:, 1] < gap[1])
    shoulder = float(points[above, 1].min()) if above.any() else top
    if gap[1] - shoulder < (0.62 if gap[1] - shoulder > 0.4 * (points[:, 1].max() - shoulder) else 0.85) * width:
        return gap
    return np.array([gap[0], shoulder + 0.46 * width])


def middle_of(mask: NDArray[np.bool_]) -> float:
    """The x of the garment's own axis: the column about which the mask is most symmetric."""
    columns = np.flatnonzero(mask.any(0))
    guess = (columns[0] + columns[-1]) / 2
    reach = (columns[-1] - columns[0]) / 2
    best, best_score = guess, -1.0
    small = cv2.resize(mask.astype(np.uint8), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA).astype(bool)
    for shift in np.linspace(-0.12, 0.12, 25):
        centre = (guess + shift * reach) / 4
        half = round(1.15 * reach / 4)
        matrix = np.array([[1.0, 0, half - centre], [0, 1, 0]])
        piece = cv2.warpAffine(small.astype(np.uint8), matrix, (2 * half + 1, small.shape[0])).astype(bool)
        score = float((piece & piece[:, ::-1]).sum() / max((piece | piece[:, ::-1]).sum(), 1)) - 0.02 * abs(shift)
        if score > best_score:
            best, best_score = centre * 4, score
    return float(best)
