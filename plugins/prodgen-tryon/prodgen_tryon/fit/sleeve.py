"""Where a sleeve goes: a ribbon that is laid on the arm's own ribbon."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.body.measures import Measured
from prodgen_tryon.body.places import HAND
from prodgen_tryon.body.silhouette import Limb, smooth
from prodgen_tryon.body.skeleton import Skeleton
from prodgen_tryon.body.sleeves import folded
from prodgen_tryon.filters import Contour
from prodgen_tryon.fit.folded import fold
from prodgen_tryon.fit.parts import Ease, Part, segment
from prodgen_tryon.fit.scales import ARM_LENGTH, Scales
from prodgen_tryon.fit.shoulders import Shoulder, rounded
from prodgen_tryon.fit.sizes import Size
from prodgen_tryon.garment.contour import distances, resample
from prodgen_tryon.garment.keypoints import TopShape
from prodgen_tryon.sides import SIGN, Side

WIDEST_SLEEVE = 1.6  # relative to the arm
LOOSEST = 1.4  # how much wider still a sleeve of much cloth may be
DRAPED = 0.3  # share of a sleeve's width beyond the arm's that is seen; the rest hangs in folds
RESTING = 0.25  # what is left of that share on the shoulder, on which cloth lies
HIGHEST = 0.2  # how far above the joint the tip of a shoulder may lie, and at least below the shoulders an armpit, in shoulder widths
POINTS = 9  # control points of each edge of a sleeve
CAP = 4  # stations of a sleeve that are its round cap
SEAMED = 0.06  # least length of the seam on a sleeve's inside, in shoulder widths
ALIKE = 0.2  # relative difference of width below which two sleeves are alike
ARM, SEAM = 0.29, 0.03  # shoulder joint to wrist, and shoulder seam to joint, in heights of the person
UPPER_ARM = 0.15  # half of its width, in shoulder widths
NARROWEST = 0.36  # least distance of an armpit from the body's axis, in shoulder widths
OVERLAP = 0.07  # how far a sleeve may lie before the torso at the armpit, in shoulder widths: a print goes on there
BESIDE = 0.15  # how far beside the crease of a sleeve nothing belongs to it, for the garment's width
OPENING = 0.25  # how fast a sleeve may widen towards the torso below the armpit, for its length


def sleeve_end(
    shape: TopShape, body: Measured, side: Side, tip: Contour, scale: float, size: Size | None
) -> tuple[float, float]:
    """Where a sleeve ends on the arm: pixels below the joint, at most at the wrist, and as in `TopFit.sleeve_ends`."""
    limb, w = body.arms[side], body.frame.width
    total = distances(limb.centre)
    if size is not None and "sleeve" in size.lengths:
        # A share of the arm, not pixels: an arm that is bent or points at the camera looks shorter than it is.
        share = float(np.clip((size.lengths["sleeve"] / size.stature - SEAM) / ARM, 0.08, 1.12))
        stop = min(share, 1.0) * float(np.interp(2.0, limb.t, total))
        end = 2.0 * share if share > 1 else float(np.interp(stop, total, limb.t))
    elif shape.long_sleeved:
        if body.sleeves[side] < 1.5:
            return float(np.interp(_hand_begins(body, side), limb.t, total)), HAND
        end = max(2.0, min(body.sleeves[side], 2.25))
        stop = float(np.interp(min(end, 2.0), limb.t, total))
    else:
        share = float(np.clip(shape.sleeve * shape.width * scale / (ARM_LENGTH * w), 0.15, 0.97))
        # It begins at the shoulder's tip, which lies above the joint.
        above = float(np.clip((limb.centre[0] - tip) @ _direction(limb), 0.0, HIGHEST * w))
        stop = share * (float(np.interp(2.0, limb.t, total)) + above) - above
        end = float(np.interp(stop, total, limb.t))
    return stop, end


def _hand_begins(body: Measured, side: Side) -> float:
    """The parameter of an arm's ribbon, which reaches beyond the wrist, at which the hand begins."""
    _, elbow, wrist = body.frame.arm(side)
    begin = wrist + (HAND - 2) * (body.frame.hand(side) - wrist)
    bone = body.arms[side].centre[-1] - elbow
    return float(np.clip(1 + (begin - elbow) @ bone / max(float(bone @ bone), 1e-6), 1.5, 2.0))


def armpit_height(body: Measured, side: Side, stop: float, usual: float) -> float:
    """How far below the shoulders a sleeve that ends `stop` pixels down the arm leaves the body: `usual`, or above its own end."""
    limb, w = body.arms[side], body.frame.width
    end = np.array([np.interp(stop, distances(limb.centre), limb.centre[:, i]) for i in (0, 1)])
    return float(np.clip(body.frame.local(end[None])[0, 1] - SEAMED * w, HIGHEST * w, usual))


def fit_sleeve(
    shape: TopShape, body: Measured, side: Side, shoulder: Shoulder, scales: Scales
) -> tuple[tuple[Part, ...], float, Shoulder]:
    """A sleeve from the shoulder's tip and the armpit down the arm, in two pieces where that is folded, where it ends as in `TopFit.sleeve_ends`, and the shoulder, rounded."""
    stop, end = sleeve_end(shape, body, side, shoulder.tip, scales.sleeve, scales.size)
    outer_source = resample(shape.arcs[f"outer_{side}"], POINTS)
    inner_source = resample(shape.arcs[f"inner_{side}"][::-1], POINTS)
    flat = (scales.sleeve * np.hypot(*(outer_source - inner_source).T) / 2 * scales.ease.factor)[1:]
    outer, inner = _edges(body, side, shoulder, stop, flat, scales.ease)
    line, outer = rounded(shoulder.line, outer, body, side)
    if end > 2.0 and stop >= distances(body.arms[side].centre)[-1]:  # reach over an old cuff that sits on the hand
        push = (body.frame.hand(side) - body.frame[f"wrist_{side}"]) * (end - 2.0)
        outer[-1] += push
        inner[-1] += push
    cuff_source = resample(shape.arcs[f"cuff_{side}"], 5)[1:-1]
    cuff_target = segment(outer[-1], inner[-1], 5)[1:-1]
    hole_source, hole_target = (
        segment(*ends)[1:-1] for ends in ((outer_source[0], inner_source[0]), (outer[0], inner[0]))
    )
    # The middle keeps the sleeve from folding where the arm bends.
    middle_source, middle_target = ((outer_source + inner_source) / 2)[1:-1], ((outer + inner) / 2)[1:-1]
    part = Part(
        f"sleeve_{side}",
        np.vstack([outer_source, inner_source, cuff_source, hole_source, middle_source]),
        np.vstack([outer, inner, cuff_target, hole_target, middle_target]),
        np.vstack([outer_source, cuff_source, inner_source[::-1]]),
        np.vstack([outer, cuff_target, inner[::-1]]),
        _beside_crease(shape, side),
    )
    bent = folded(body.frame.arm(side))
    parts = fold(part, POINTS, body, side, stop, scales.sleeve * scales.ease.factor) if bent else (part,)
    return parts, end, shoulder._replace(line=line, tip=line[-1])


def _edges(
    body: Measured, side: Side, shoulder: Shoulder, stop: float, flat: NDArray[np.float64], ease: Ease
) -> tuple[Contour, Contour]:
    """A sleeve's outer edge on the arm, from the shoulder's tip, and its inner one, from the armpit [POINTS, 2] each.

    Args:
        stop: where it ends, in pixels below the joint.
        flat: half its width laid flat [POINTS - 1].
    """
    limb, w = body.arms[side], body.frame.width
    armpit = _crease(limb, shoulder.armpit, body.frame, side)
    # The inner edge leaves the armpit where the arm passes it.
    passing = float(distances(limb.centre)[int(((limb.centre - armpit) ** 2).sum(1).argmin())])
    start = min(passing + 0.03 * w, 0.75 * stop)
    stop = max(stop, start + 0.1 * w)
    above, below = _stations(limb, limb.outer, 0.07 * w, stop), _stations(limb, limb.inner, start, stop)
    half = _half_widths(body, side, above, flat, ease, DRAPED * np.clip(above.t, RESTING, 1))
    outer = rounded_cap(np.vstack([shoulder.tip[None], above.centre + above.normal * half[:, None]]), limb.normal[0])
    half = _half_widths(body, side, below, flat, ease, DRAPED)
    half = np.minimum(half, _room(below.centre, below.normal, below.places - passing, armpit, body.frame, side))
    return outer, np.vstack([armpit[None], below.centre - below.normal * half[:, None]])


def _beside_crease(shape: TopShape, side: Side) -> Contour | None:
    """The ring on the garment's picture inside of the crease that no outline shows, where there is one."""
    crease = shape.arcs.get(f"crease_{side}")
    if crease is None:
        return None
    return np.vstack([crease, crease[::-1] + np.array([-SIGN[side] * BESIDE * shape.width, 0.0])])


class _Stations(NamedTuple):
    """Stations of one edge of a sleeve along the arm: pixels below the joint, parameter, centre and normal of the arm there, and the
    half width that is seen on this side.
    """

    places: NDArray[np.float64]
    t: NDArray[np.float64]
    centre: Contour
    normal: Contour
    seen: NDArray[np.float64]


def _stations(limb: Limb, widths: NDArray[np.float64], begin: float, stop: float) -> _Stations:
    along = distances(limb.centre)
    places = np.linspace(min(begin, 0.75 * stop), stop, POINTS - 1)
    centre, normal = (
        np.stack([np.interp(places, along, line[:, i]) for i in (0, 1)], 1) for line in (limb.centre, limb.normal)
    )
    return _Stations(places, np.interp(places, along, limb.t), centre, normal, np.interp(places, along, widths))


def _half_widths(
    body: Measured, side: Side, at: _Stations, flat: NDArray[np.float64], ease: Ease, draped: Any
) -> NDArray[np.float64]:
    """Half the width of a sleeve on one side of the arm, in pixels [n].

    Args:
        flat: half its width laid flat [n].
        draped: share of the width beyond the arm's own that is seen [n], or of all.
    """
    w, old, bare = body.frame.width, at.seen, at.t > body.sleeves[side]
    own = old
    if side in body.bare:
        own = np.where(bare, old, np.minimum(np.interp(at.t, body.arms[side].t, body.bare[side]), old))
    widest = LOOSEST * min(ease.high, WIDEST_SLEEVE) * own
    target = np.clip(own + draped * np.maximum(flat - own, 0), ease.low * own + np.where(bare, 0.02, 0.008) * w, widest)
    # Where the old sleeve is about as wide, its outline is kept: it has the folds of cloth on this arm.
    alike = ~bare & (np.abs(target / np.maximum(old, 1e-6) - 1) < ALIKE) & (ease.low == 1.0)
    return smooth(np.where(alike, old + 0.008 * w, target), 3)


def rounded_cap(outer: Contour, outwards: Contour) -> Contour:
    """A sleeve's outer edge [n, 2] that does not bend inwards below the shoulder's tip, its first point."""
    end = min(CAP, len(outer) - 1)
    chord = outer[end] - outer[0]
    across = np.array([chord[1], -chord[0]]) / max(float(np.hypot(*chord)), 1e-6)
    across = across if float(across @ outwards) > 0 else -across
    inside = np.minimum((outer - outer[0]) @ across, 0.0)
    inside[end:] = 0
    result: Contour = outer - np.outer(inside, across)
    return result


def _direction(limb: Limb) -> Contour:
    """Of the upper arm, a unit vector."""
    down = np.asarray(limb.centre[len(limb.centre) // 4] - limb.centre[0])
    return down / max(float(np.hypot(*down)), 1e-6)


def _crease(limb: Limb, armpit: Contour, frame: Skeleton, side: Side) -> Contour:
    """Where the inside of the sleeve meets the torso: at the armpit of the cloth, or farther in where the arm lies before it."""
    w, sign = frame.width, SIGN[side]
    across, height = frame.local(armpit[None])[0]
    nearest = int(((limb.centre - armpit) ** 2).sum(1).argmin())
    inner = limb.centre[nearest] - limb.normal[nearest] * min(float(limb.inner[nearest]), UPPER_ARM * w)
    reach = max(sign * float(frame.local(inner[None])[0, 0]), NARROWEST * w, sign * float(across) - OVERLAP * w)
    return frame.at(sign * min(sign * float(across), reach), float(height))


def _room(places: Contour, normal: Contour, away: NDArray[Any], crease: Contour, frame: Skeleton, side: Side) -> Any:
    """How far a sleeve may reach inwards from the arm's middle `places` [n], `away` pixels beyond the armpit.

    At the armpit the cloth of sleeve and torso is one; farther down the sleeve may lie before the torso.
    """
    sign = SIGN[side]
    beside = sign * (frame.local(places)[:, 0] - frame.local(crease[None])[0, 0])
    slant = np.maximum(np.abs(normal @ frame.right), 0.3)
    return np.maximum(beside / slant, 0.0) + OPENING * np.maximum(away, 0.0)
