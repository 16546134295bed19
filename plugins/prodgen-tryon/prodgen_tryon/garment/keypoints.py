"""Finds the points of a top, coat or dress that decide how it hangs: shoulders, armpits, cuffs, hem, neckline.

Side `a` is the picture's left. Everything works on the mask; only the neckline looks at the cloth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image
from prodgen_tryon.filters import Contour, Point
from prodgen_tryon.garment.contour import between, length, outline, resample, without_notches
from prodgen_tryon.garment.gaps import Gap, find_gaps, middle_of, raised
from prodgen_tryon.garment.neckline import neckline_curve
from prodgen_tryon.garment.seams import sleeve_edge
from prodgen_tryon.sides import SIDES, SIGN, Side

NARROW = 0.15  # share of the picture's garment that a body between its gaps has at least


class Shapeless(ValueError):
    """An outline that is no garment's."""


@dataclass(frozen=True)
class TopShape:
    """The outline of a top, dress or coat, in pixels of its picture.

    Args:
        points: neck_a/b (highest points beside the opening), shoulder_a/b, armpit_a/b, hem_a/b, and where there are
            sleeves cuff_outer_a/b, cuff_inner_a/b.
        arcs: outline pieces [n, 2]: shoulder_a (neck to shoulder), outer_a (shoulder to cuff), inner_a (cuff to armpit),
            side_a (armpit to hem), hem (a to b); the same for b. crease_a is the piece of inner_a that no outline shows.
        neckline: the front edge of the opening from neck_a to neck_b [n, 2].
        sleeve: length of the sleeves relative to the width at the armpits; 0 where there are none.
        confidence: 0 to 1.
    """

    points: dict[str, Point]
    arcs: dict[str, Contour]
    neckline: Contour
    sleeve: float
    confidence: float
    warnings: tuple[str, ...] = ()

    @property
    def width(self) -> float:
        """Distance of the armpits."""
        return float(np.hypot(*(self.points["armpit_b"] - self.points["armpit_a"])))

    @property
    def long_sleeved(self) -> bool:
        """Whether the sleeves reach the wrists."""
        points = self.points
        tall = (points["hem_a"][1] + points["hem_b"][1] - points["neck_a"][1] - points["neck_b"][1]) / 2
        return bool(self.sleeve * self.width > 0.68 * max(tall, 1.0))


class _Tracing(NamedTuple):
    """What is the same for both sides of a top whose points are sought.

    Args:
        points: the garment's outline [n, 2], clockwise.
        middle: x of its own axis.
        width: distance of the gaps beside its body, in pixels.
        given: points that the caller knows, by name; they replace those that are found.
    """

    points: Contour
    middle: float
    width: float
    given: Mapping[str, tuple[float, float]]

    def known(self, name: str, found: Point) -> Point:
        return _known(self.given, name, found)


class _Half(NamedTuple):
    """One side of a top: points and arcs by the first word of their name, and the length of its sleeve in pixels."""

    points: dict[str, Point]
    arcs: dict[str, Contour]
    sleeve: float


def top_shape(
    mask: NDArray[np.bool_], image: Image | None = None, given: Mapping[str, tuple[float, float]] | None = None
) -> TopShape:
    """Keypoints of a top that is shown upright.

    Args:
        mask: bool [h, w].
        image: RGB [h, w, 3], for the neckline; without it the opening is taken from the outline alone.
        given: points that the caller knows; they replace those that are found.

    Raises:
        Shapeless: the outline has no shoulders.
    """
    points, middle = outline(mask), middle_of(mask)
    found, confidence, warnings = find_gaps(mask, points, middle)
    given = given or {}
    gaps = {side: gap._replace(point=_known(given, f"armpit_{side}", gap.point)) for side, gap in found.items()}
    width = gaps["b"].point[0] - gaps["a"].point[0]
    tracing = _Tracing(points, middle, width, given)
    armpits = _armpits(tracing, gaps)
    if width < NARROW * np.ptp(points[:, 0]):
        confidence *= 0.3
        tracing = tracing._replace(width=max(width, 1.0))
    lower = between(points, gaps["b"].point, gaps["a"].point)
    halves = {side: _half(tracing, side, gaps[side], armpits[side], lower, image) for side in SIDES}
    named = {f"{name}_{side}": point for side in SIDES for name, point in halves[side].points.items()}
    arcs = {f"{name}_{side}": arc for side in SIDES for name, arc in halves[side].arcs.items()}
    arcs["hem"] = between(points, named["hem_b"], named["hem_a"])[::-1]
    width = max(float(tracing.width), 1.0)
    neckline = neckline_curve(image, mask, named["neck_a"], named["neck_b"], width)
    sleeve = float(np.mean([halves[side].sleeve for side in SIDES])) / width
    return TopShape(named, arcs, neckline, sleeve, confidence, warnings)


def _known(given: Mapping[str, tuple[float, float]], name: str, found: Point) -> Point:
    return np.array(given.get(name, found), float)


def _armpits(tracing: _Tracing, gaps: Mapping[Side, Gap]) -> dict[Side, Point]:
    """The armpits of both sides: above the gap where a sleeve lies against the body."""
    armpits = {side: gap.point for side, gap in gaps.items()}
    if not all(gap.sleeved for gap in gaps.values()):
        return armpits
    top = tracing.points[:, 1].min()
    return {
        side: point
        if f"armpit_{side}" in tracing.given
        else raised(tracing.points, point, tracing.middle, tracing.width, top)
        for side, point in armpits.items()
    }


def _half(tracing: _Tracing, side: Side, gap: Gap, armpit: Point, lower: Contour, image: Image | None) -> _Half:
    """The points and arcs of one side; `lower` is the outline that runs below the gaps."""
    points, sign = tracing.points, SIGN[side]
    neck = tracing.known(f"neck_{side}", _neck_peak(points, tracing.middle, tracing.width, sign))
    hem = tracing.known(f"hem_{side}", _hem_corner(lower, tracing.middle, sign))
    # Side b lies clockwise after the neck, side a before it.
    if side == "b":
        upper, beside = between(points, neck, gap.point), between(points, gap.point, hem)
    else:
        upper, beside = between(points, gap.point, neck)[::-1], between(points, hem, gap.point)[::-1]
    if len(upper) < 8:
        raise Shapeless("there is no shoulder between neck and armpit")
    sleeve = 0.0
    if gap.sleeved:
        joints, arcs = _sleeve(tracing, side, upper, gap, armpit, neck)
        sleeve = length((resample(arcs["outer"], 12) + resample(arcs["inner"][::-1], 12)) / 2)
        if image is not None:
            arcs = _with_crease(arcs, image, armpit, tracing.width)
    else:
        arcs = dict(zip(("shoulder", "outer"), _strap(upper, armpit, neck, sign), strict=True))
        joints = {"shoulder": arcs["shoulder"][-1]}
    return _Half(
        {"neck": neck, "hem": hem, "armpit": armpit, **joints},
        {"side": np.vstack([armpit[None], without_notches(beside, sign)]), **arcs},
        sleeve,
    )


def _with_crease(arcs: dict[str, Contour], image: Image, armpit: Point, width: float) -> dict[str, Contour]:
    """The arcs of a sleeve whose inner one follows the crease between sleeve and body, where the cloth shows one."""
    beside = arcs["inner"][:-1]
    crease = sleeve_edge(image, beside[-1], armpit, width)
    if crease is None:
        return arcs
    return arcs | {"inner": np.vstack([beside, crease[1:]]), "crease": crease}


def _sleeve(
    tracing: _Tracing, side: Side, upper: Contour, gap: Gap, armpit: Point, neck: Point
) -> tuple[dict[str, Point], dict[str, Contour]]:
    """Shoulder and corners of the cuff, and the pieces of the outline between them; `upper` runs from the neck to the gap."""
    sign = SIGN[side]
    outer, inner = _cuff(upper, gap.point, gap.cuff, sign)
    arc = upper[: outer + 1]
    if (name := f"shoulder_{side}") in tracing.given:
        tip = int(((arc - np.array(tracing.given[name])) ** 2).sum(1).argmin())
    else:
        tip = _shoulder_tip(arc, armpit, tracing.middle, abs(neck[0] - tracing.middle), sign)
    # A sleeve that lies against the body down to its cuff has no outline there.
    beside = upper[inner:] if gap.point[1] < upper[inner][1] else upper[inner : inner + 1]
    joints = {
        "shoulder": upper[tip],
        "cuff_outer": tracing.known(f"cuff_outer_{side}", upper[outer]),
        "cuff_inner": tracing.known(f"cuff_inner_{side}", upper[inner]),
    }
    arcs = {
        "shoulder": upper[: tip + 1],
        "outer": upper[tip : outer + 1],
        "cuff": upper[outer : inner + 1],
        "inner": np.vstack([beside, armpit[None]]),
    }
    return joints, arcs


def _neck_peak(points: Contour, middle: float, width: float, sign: float) -> Point:
    """The highest point beside the neck opening."""
    top, height = points[:, 1].min(), np.ptp(points[:, 1])
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
    spread = max(abs(armpit[0] - neck[0]), 1.0)
    top = upper[:, 1] < neck[1] + 0.35 * max(armpit[1] - neck[1], 1.0)
    score = np.where(top, (upper[:, 0] - neck[0]) * sign - 0.9 * np.abs(upper[:, 1] - neck[1]), -np.inf)
    index = int(score.argmax())
    if (upper[index, 0] - neck[0]) * sign < 0.04 * spread:
        index = min(max(int(0.05 * len(upper)), 1), len(upper) - 2)
    return upper[: index + 1], upper[index:]
