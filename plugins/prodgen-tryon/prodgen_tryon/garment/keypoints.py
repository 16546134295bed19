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
