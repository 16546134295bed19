"""Where a sleeve goes: a ribbon that is laid on the arm's own ribbon."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.body.measures import Measured
from prodgen_tryon.body.silhouette import Limb, smooth
from prodgen_tryon.body.skeleton import Skeleton
from prodgen_tryon.filters import Contour
from prodgen_tryon.fit.parts import Ease, Part, segment
from prodgen_tryon.fit.sizes import Size
from prodgen_tryon.garment.contour import resample
from prodgen_tryon.garment.keypoints import TopShape
from prodgen_tryon.sides import SIGN, Side

WIDEST_SLEEVE = 1.6  # relative to the arm
LOOSEST = 1.4  # how much wider still a sleeve of much cloth may be
DRAPED = 0.3  # share of a sleeve's width beyond the arm's that is seen; the rest hangs in folds
RESTING = 0.25  # what is left of that share on the shoulder, on which cloth lies
HIGHEST = 0.2  # how far above the joint the tip of a shoulder may lie, and at least below the shoulders an armpit, in shoulder widths
CAP = 4  # stations of a sleeve that are its round cap
SEAMED = 0.06  # least length of the seam on a sleeve's inside, in shoulder widths
ALIKE = 0.2  # relative difference of width below which two sleeves are alike
ARM, SEAM = 0.29, 0.03  # shoulder joint to wrist, and shoulder seam to joint, in heights of the person
CUFF = 2.14  # where long sleeves end on an arm: a little beyond the wrist
ARM_LENGTH = 1.6  # shoulder to wrist, in shoulder widths
UPPER_ARM = 0.15  # half of its width, in shoulder widths
NARROWEST = 0.36  # least distance of an armpit from the body's axis, in shoulder widths
OVERLAP = 0.07  # how far a sleeve may lie before the torso at the armpit, in shoulder widths: a print goes on there
BESIDE = 0.15  # how far beside the crease of a sleeve nothing belongs to it, for the garment's width
OPENING = 0.25  # how fast a sleeve may widen towards the torso below the armpit, for its length


def long_sleeved(shape: TopShape) -> bool:
    """Whether the sleeves reach the wrists."""
    tall = (
        shape.points["hem_a"][1] + shape.points["hem_b"][1] - shape.points["neck_a"][1] - shape.points["neck_b"][1]
    ) / 2
    return bool(shape.sleeve * shape.width > 0.68 * max(tall, 1.0))


def sleeve_end(
    shape: TopShape, body: Measured, side: Side, tip: Contour, scale: float, size: Size | None
) -> tuple[float, float]:
    """Where a sleeve ends on the arm: pixels below the joint, at most at the wrist, and as in `TopFit.sleeve_ends`."""
    limb, w = body.arms[side], body.frame.width
    total = _along(limb)
    if size is not None and "sleeve" in size.lengths:
        # A share of the arm, not pixels: an arm that is bent or points at the camera looks shorter than it is.
        share = float(np.clip((size.lengths["sleeve"] / size.stature - SEAM) / ARM, 0.08, 1.12))
        stop = min(share, 1.0) * float(np.interp(2.0, limb.t, total))
        end = 2.0 * share if share > 1 else float(np.interp(stop, total, limb.t))
    elif long_sleeved(shape):
        end = max(2.0, min(body.sleeves[side], 2.25)) if body.sleeves[side] > 1.5 else CUFF
        stop = float(np.interp(min(end, 2.0), limb.t, total))
    else:
        share = float(np.clip(shape.sleeve * shape.width * scale / (ARM_LENGTH * w), 0.15, 0.97))
        # It begins at the shoulder's tip, which lies above the joint.
        above = float(np.clip((limb.centre[0] - tip) @ _direction(limb), 0.0, HIGHEST * w))
        stop = share * (float(np.interp(2.0, limb.t, total)) + above) - above
        end = float(np.interp(stop, total, limb.t))
    return stop, end


def armpit_height(body: Measured, side: Side, stop: float, usual: float) -> float:
    """How far below the shoulders a sleeve that ends `stop` pixels down the arm leaves the body: `usual`, or above its own end."""
    limb, w = body.arms[side], body.frame.width
    end = np.array([np.interp(stop, _along(limb), limb.centre[:, i]) for i in (0, 1)])
    return float(np.clip(body.frame.local(end[None])[0, 1] - SEAMED * w, HIGHEST * w, usual))


def _along(limb: Limb) -> NDArray[np.float64]:
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(limb.centre, axis=0).T))])


def fit_sleeve(
    shape: TopShape,
    body: Measured,
    side: Side,
    tip: Contour,
    armpit: Contour,
    scale: float,
    ease: Ease,
    size: Size | None,
) -> tuple[Part, float]:
    limb, w = body.arms[side], body.frame.width
    low, high = ease.low, min(ease.high, WIDEST_SLEEVE)
    total = _along(limb)
    stop, end = sleeve_end(shape, body, side, tip, scale, size)
    n = 9
    outer_source = resample(shape.arcs[f"outer_{side}"], n)
    inner_source = resample(shape.arcs[f"inner_{side}"][::-1], n)
    flat = scale * np.hypot(*(outer_source - inner_source).T) / 2 * ease.factor
    start_outer = 0.07 * w
    armpit = _crease(limb, armpit, body.frame, side)
    # The inner edge leaves the armpit where the arm passes it.
    passing = float(total[int(((limb.centre - armpit) ** 2).sum(1).argmin())])
    start_inner = min(passing + 0.03 * w, 0.75 * stop)
    stop = max(stop, start_inner + 0.1 * w)
    covered = body.sleeves[side]

    def edge(begin: float, sign: float, widths: NDArray[Any]) -> Contour:
        places = np.linspace(min(begin, 0.75 * stop), stop, n - 1)
        t = np.interp(places, total, limb.t)
        centre = np.stack([np.interp(places, total, limb.centre[:, i]) for i in (0, 1)], 1)
        normal = np.stack([np.interp(places, total, limb.normal[:, i]) for i in (0, 1)], 1)
        old = np.interp(places, total, widths)
        bare = t > covered
        own = (
            old
            if side not in body.bare
            else np.where(bare, old, np.minimum(np.interp(t, limb.t, body.bare[side]), old))
        )
        room = np.maximum(flat[1:] - own, 0)
        draped = DRAPED * np.clip(t, RESTING, 1) if sign > 0 else DRAPED
        target = np.clip(own + draped * room, low * own + np.where(bare, 0.02, 0.008) * w, LOOSEST * high * own)
        # Where the old sleeve is about as wide, its outline is kept: it has the folds of cloth on this arm.
        alike = ~bare & (np.abs(target / np.maximum(old, 1e-6) - 1) < ALIKE) & (ease.low == 1.0)
        target = smooth(np.where(alike, old + 0.008 * w, target), 3)
        if sign < 0:
            target = np.minimum(target, _room(centre, normal, places - passing, armpit, body.frame, side))
        curve: Contour = centre + normal * (sign * target)[:, None]
        return curve

    outer = rounded_cap(np.vstack([tip[None], edge(start_outer, 1.0, limb.outer)]), limb.normal[0])
    inner = np.vstack([armpit[None], edge(start_inner, -1.0, limb.inner)])
    if end > 2.0:  # reach over an old cuff that sits on the hand
        wrist, hand = body.frame[f"wrist_{side}"], body.frame.hand(side)
        push = (hand - wrist) * (end - 2.0) + 0.0
        outer[-1] += push
        inner[-1] += push
    cuff_source = resample(shape.arcs[f"cuff_{side}"], 5)
    cuff_target = segment(outer[-1], inner[-1], 5)
    hole_source, hole_target = segment(outer_source[0], inner_source[0]), segment(tip, armpit)
    # The middle keeps the sleeve from folding where the arm bends.
    source = np.vstack(
        [outer_source, inner_source, cuff_source[1:-1], hole_source[1:-1], ((outer_source + inner_source) / 2)[1:-1]]
    )
    target = np.vstack([outer, inner, cuff_target[1:-1], hole_target[1:-1], ((outer + inner) / 2)[1:-1]])
    piece = np.vstack([outer_source, cuff_source[1:-1], inner_source[::-1]])
    shape_on_body = np.vstack([outer, cuff_target[1:-1], inner[::-1]])
    crease, beside = shape.arcs.get(f"crease_{side}"), None
    if crease is not None:
        inwards = np.array([-SIGN[side] * BESIDE * shape.width, 0.0])
        beside = np.vstack([crease, crease[::-1] + inwards])
    return Part(f"sleeve_{side}", source, target, piece, shape_on_body, beside), end


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
