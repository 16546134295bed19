"""Finds the points of a garment that decide how it hangs: shoulders, armpits, cuffs, hem, neckline; waist, crotch, ankles.

Side `a` is the picture's left. Everything works on the mask; only the neckline looks at the cloth.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image
from prodgen_tryon.filters import Contour, largest
from prodgen_tryon.garment.neckline import neckline_curve

Point = NDArray[np.float64]


class Shapeless(ValueError):
    """An outline that is no garment's."""


@dataclass(frozen=True)
class TopShape:
    """The outline of a top, dress or coat, in pixels of its picture.

    Args:
        points: neck_a/b (highest points beside the opening), shoulder_a/b, armpit_a/b, hem_a/b, and where there are
            sleeves cuff_outer_a/b, cuff_inner_a/b.
        arcs: outline pieces [n, 2]: shoulder_a (neck to shoulder), outer_a (shoulder to cuff), inner_a (cuff to armpit),
            side_a (armpit to hem), hem (a to b); the same for b.
        neckline: the front edge of the opening from neck_a to neck_b [n, 2].
        sleeve: length of the sleeves relative to the width at the armpits; 0 where there are none.
        confidence: 0 to 1.
    """

    points: dict[str, Point]
    arcs: dict[str, Contour]
    neckline: Contour
    sleeve: float
    confidence: float
    warnings: tuple[str, ...] = field(default=())

    @property
    def width(self) -> float:
        """Distance of the armpits."""
        return float(np.hypot(*(self.points["armpit_b"] - self.points["armpit_a"])))


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


def resample(curve: NDArray[Any], count: int) -> Contour:
    """`count` points at equal distances along a polyline [n, 2], both ends included."""
    curve = np.asarray(curve, float)
    if len(curve) < 2:
        return np.repeat(curve[:1], count, axis=0)
    steps = np.hypot(*np.diff(curve, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
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


def _half(mask: NDArray[np.bool_], middle: float, mirrored: bool) -> NDArray[np.bool_]:
    """The half of a mask at side a, or side b mirrored onto it, cut at `middle`."""
    half = mask.copy()
    if mirrored:
        half[:, : round(middle)] = False
        return half[:, ::-1]
    half[:, round(middle) :] = False
    return half


def _armpit(half: NDArray[np.bool_], top: float, bottom: float) -> tuple[Point | None, bool, Point | None]:
    """Armpit of the half at the picture's left, whether there is a sleeve, and the outermost point of the cuff's gap."""
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
    if best is None:
        return None, False, None
    return best[1], best[2], best[3]


def _between(points: Contour, start: Point, end: Point) -> Contour:
    """The piece of a clockwise contour from the point nearest to `start` on to the point nearest to `end`."""
    i = int(((points - start) ** 2).sum(1).argmin())
    j = int(((points - end) ** 2).sum(1).argmin())
    if i <= j:
        return points[i : j + 1]
    return np.vstack([points[i:], points[: j + 1]])


def top_shape(
    mask: NDArray[np.bool_], image: Image | None = None, given: dict[str, tuple[float, float]] | None = None
) -> TopShape:
    """Keypoints of a top that is shown upright.

    Args:
        mask: bool [h, w].
        image: RGB [h, w, 3], for the neckline; without it the opening is taken from the outline alone.
        given: points that the caller knows; they replace those that are found.
    """
    given = given or {}
    points = outline(mask)
    top, bottom = points[:, 1].min(), points[:, 1].max()
    left, right = points[:, 0].min(), points[:, 0].max()
    height = bottom - top
    middle = _middle(mask)
    warnings: list[str] = []
    armpits: dict[str, Point] = {}
    sleeved: dict[str, bool] = {}
    cuff_hint: dict[str, Point | None] = {}
    for side in ("a", "b"):
        half = _half(mask, middle, side == "b")
        armpit, has_sleeve, hint = _armpit(half, top, bottom)
        if armpit is not None:
            armpit = _unmirror(armpit, side, mask.shape[1])
            hint = None if hint is None else _unmirror(hint, side, mask.shape[1])
            armpits[side], sleeved[side], cuff_hint[side] = armpit, has_sleeve, hint
    confidence = 1.0
    if len(armpits) == 1 or (len(armpits) == 2 and sleeved["a"] != sleeved["b"]):
        # Garments are symmetric: trust the side with a sleeve.
        known = max(armpits, key=lambda side: sleeved[side])
        other = "b" if known == "a" else "a"
        armpits[other] = np.array([2 * middle - armpits[known][0], armpits[known][1]])
        sleeved[other] = sleeved[known]
        hint = cuff_hint[known]
        cuff_hint[other] = None if hint is None else np.array([2 * middle - hint[0], hint[1]])
        confidence *= 0.7
    elif not armpits:
        widest = right - left
        ratio = height / max(widest, 1)
        touching = 0.75 < ratio < 1.9
        inset = 0.14 * widest if touching and ratio < 1.25 else 0.02 * widest
        armpits = {
            "a": np.array([left + inset, top + 0.3 * height]),
            "b": np.array([right - inset, top + 0.3 * height]),
        }
        sleeved = {"a": inset > 0.1 * widest, "b": inset > 0.1 * widest}
        cuff_hint = {"a": None, "b": None}
        if sleeved["a"]:
            confidence *= 0.4
            warnings.append("The sleeves could not be told from the body of the garment.")
        else:  # a long outline without notches has no sleeves
            confidence *= 0.75
    for side in ("a", "b"):
        if f"armpit_{side}" in given:
            armpits[side] = np.array(given[f"armpit_{side}"], float)
    width = armpits["b"][0] - armpits["a"][0]
    gaps = dict(armpits)
    if all(sleeved.values()):
        armpits = {
            side: _raised(points, gap, middle, width, top) if f"armpit_{side}" not in given else gap
            for side, gap in gaps.items()
        }
    if width < 0.15 * (right - left):
        confidence *= 0.3
        width = max(width, 1.0)
    found: dict[str, Point] = {}
    arcs: dict[str, Contour] = {}
    lower = _between(points, gaps["b"], gaps["a"])
    sleeve_lengths = []
    for side in ("a", "b"):
        sign = -1.0 if side == "a" else 1.0
        neck = _neck_peak(points, middle, width, sign, top, height)
        found[f"neck_{side}"] = np.array(given.get(f"neck_{side}", neck), float)
        armpit = armpits[side]
        found[f"armpit_{side}"] = armpit
        hem = _hem_corner(lower, middle, sign)
        found[f"hem_{side}"] = np.array(given.get(f"hem_{side}", hem), float)
        # Side b lies clockwise after the neck, side a before it.
        if side == "b":
            upper = _between(points, found["neck_b"], gaps[side])
            arcs["side_b"] = _between(points, gaps[side], found["hem_b"])
        else:
            upper = _between(points, gaps[side], found["neck_a"])[::-1]
            arcs["side_a"] = _between(points, found["hem_a"], gaps[side])[::-1]
        if len(upper) < 8:
            raise Shapeless("there is no shoulder between neck and armpit")
        arcs[f"side_{side}"] = np.vstack([armpit[None], arcs[f"side_{side}"]])
        if not sleeved[side]:
            shoulder, arm = _strap(upper, armpit, found[f"neck_{side}"], sign)
            arcs[f"shoulder_{side}"], arcs[f"outer_{side}"] = shoulder, arm
            found[f"shoulder_{side}"] = shoulder[-1]
            sleeve_lengths.append(0.0)
            continue
        outer, inner = _cuff(upper, gaps[side], cuff_hint[side], sign)
        found[f"cuff_outer_{side}"] = np.array(given.get(f"cuff_outer_{side}", upper[outer]), float)
        found[f"cuff_inner_{side}"] = np.array(given.get(f"cuff_inner_{side}", upper[inner]), float)
        neck_half = abs(found[f"neck_{side}"][0] - middle)
        tip = _shoulder_tip(upper[: outer + 1], armpit, middle, neck_half, sign)
        if f"shoulder_{side}" in given:
            tip = int(((upper[: outer + 1] - np.array(given[f"shoulder_{side}"])) ** 2).sum(1).argmin())
        found[f"shoulder_{side}"] = upper[tip]
        arcs[f"shoulder_{side}"], arcs[f"outer_{side}"] = upper[: tip + 1], upper[tip : outer + 1]
        # A sleeve that lies against the body down to its cuff has no outline there.
        beside = upper[inner:] if gaps[side][1] < upper[inner][1] else upper[inner : inner + 1]
        arcs[f"cuff_{side}"], arcs[f"inner_{side}"] = upper[outer : inner + 1], np.vstack([beside, armpit[None]])
        middle_line = (resample(arcs[f"outer_{side}"], 12) + resample(arcs[f"inner_{side}"][::-1], 12)) / 2
        sleeve_lengths.append(length(middle_line))
    arcs["hem"] = _between(points, found["hem_b"], found["hem_a"])[::-1]
    neckline = neckline_curve(image, mask, found["neck_a"], found["neck_b"], max(float(width), 1.0))
    sleeve = float(np.mean(sleeve_lengths)) / max(width, 1.0)
    return TopShape(found, arcs, neckline, sleeve, confidence, tuple(warnings))


def _raised(points: Contour, gap: Point, middle: float, width: float, top: float) -> Point:
    """The armpit above a gap: where a sleeve lies against the body, the gap between the two begins far below it."""
    sign = -1.0 if gap[0] < middle else 1.0
    above = (np.abs(points[:, 0] - (gap[0] - sign * 0.02 * width)) < 0.02 * width) & (points[:, 1] < gap[1])
    shoulder = float(points[above, 1].min()) if above.any() else top
    if gap[1] - shoulder < (0.62 if gap[1] - shoulder > 0.4 * (points[:, 1].max() - shoulder) else 0.85) * width:
        return gap
    return np.array([gap[0], shoulder + 0.46 * width])


def _unmirror(point: Point, side: str, width: int) -> Point:
    return point if side == "a" else np.array([width - 1 - point[0], point[1]])


def _middle(mask: NDArray[np.bool_]) -> float:
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


def _neck_peak(points: Contour, middle: float, width: float, sign: float, top: float, height: float) -> Point:
    """The highest point beside the neck opening."""
    offset = (points[:, 0] - middle) * sign
    near = (offset > 0.06 * width) & (offset < 0.55 * width) & (points[:, 1] < top + 0.35 * height)
    if not near.any():
        near = (offset >= 0) & (points[:, 1] < top + 0.5 * height)
    candidates = points[near]
    # A little outward pull: on a flat collar the end of the edge is wanted, not its middle.
    cost = candidates[:, 1] - 0.12 * (candidates[:, 0] - middle) * sign
    chosen: Point = candidates[int(cost.argmin())]
    return chosen


def _hem_corner(lower: Contour, middle: float, sign: float) -> Point:
    """The corner between side and hem on the outline that runs below the armpits."""
    bottom, top = lower[:, 1].max(), lower[:, 1].min()
    beside = ((lower[:, 0] - middle) * sign > 0) & (lower[:, 1] > bottom - 0.65 * (bottom - top))
    candidates = lower[beside] if beside.any() else lower
    score = candidates[:, 1] + 0.8 * (candidates[:, 0] - middle) * sign
    chosen: Point = candidates[int(score.argmax())]
    return chosen


def _cuff(upper: Contour, armpit: Point, hint: Point | None, sign: float) -> tuple[int, int]:
    """Indices of the outer and inner corner of the cuff on the arc from the neck to the armpit."""
    root = armpit
    distance = np.hypot(*(upper - root).T)
    tail = np.arange(len(upper)) > 0.3 * len(upper)
    tip_index = int(np.where(tail, distance, -1).argmax())
    if hint is not None:
        near = np.hypot(*(upper - hint).T)
        hint_index = int(near.argmin())
        tip = (upper[tip_index] + upper[hint_index]) / 2
    else:
        tip = upper[tip_index]
    # The direction of the last part of the sleeve: from its middle line some way up to its end.
    before = upper[max(int(0.72 * tip_index), 0)]
    across = np.hypot(*(tip - before))
    inner_end = len(upper) - 1
    after = upper[min(tip_index + int(0.5 * (inner_end - tip_index)), inner_end)]
    axis = tip - (before + after) / 2 if across > 1 else tip - root
    axis = axis / max(float(np.hypot(*axis)), 1e-6)
    normal = np.array([axis[1], -axis[0]])  # turned towards the outer edge
    sideways = abs(float(normal[0])) > 0.2
    if normal[0] * sign < 0 if sideways else normal[1] > 0:
        normal = -normal
    along, out = upper @ axis, upper @ normal
    outer = int(np.where(tail, along + 0.75 * out, -np.inf).argmax())
    # Between the outer corner and the armpit, the inner corner lies farthest from the straight line.
    chord = upper[-1] - upper[outer]
    rest = upper[outer:] - upper[outer]
    away = np.abs(rest[:, 0] * chord[1] - rest[:, 1] * chord[0])
    inner = outer + int(away.argmax())
    if away.max() < 0.1 * (chord @ chord):  # the gap lies on the line of the cuff, or almost
        inner = outer + int((along - 0.75 * out)[outer:].argmax())
    return outer, max(inner, outer + 1 if outer + 1 < len(upper) else outer)


def _shoulder_tip(arc: Contour, armpit: Point, middle: float, neck_half: float, sign: float) -> int:
    """Index on the arc from the neck to the cuff that lies above the armpit.

    On a form the sleeves hang in front of the sides and the gap lies too far inside: shoulders are at least twice as wide as
    the neck opening.
    """
    reach = abs(float(arc[-1, 0]) - middle)
    wanted = min(max(0.99 * abs(armpit[0] - middle), 2.0 * neck_half), 0.8 * reach)
    passed = np.flatnonzero((arc[:, 0] - middle) * sign >= wanted)
    return int(passed[0]) if len(passed) else len(arc) // 2


def _strap(upper: Contour, armpit: Point, neck: Point, sign: float) -> tuple[Contour, Contour]:
    """Splits the arc of a sleeveless top into the shoulder seam and the armhole."""
    near = np.hypot(*(upper - neck).T)
    spread = max(abs(armpit[0] - neck[0]), 1.0)
    top = upper[:, 1] < neck[1] + 0.35 * max(armpit[1] - neck[1], 1.0)
    score = np.where(top, (upper[:, 0] - neck[0]) * sign - 0.9 * np.abs(upper[:, 1] - neck[1]) - 0.0 * near, -np.inf)
    index = int(score.argmax())
    if (upper[index, 0] - neck[0]) * sign < 0.04 * spread:
        index = min(max(int(0.05 * len(upper)), 1), len(upper) - 2)
    return upper[: index + 1], upper[index:]
