"""Where the upper edge of a top goes: shoulders, collar and the front of the opening."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from prodgen_tryon.body.measures import BESIDE_NECK, CAP, OUTLINE, SLANT, Measured
from prodgen_tryon.body.skeleton import Skeleton, chin
from prodgen_tryon.filters import Contour, Point
from prodgen_tryon.fit.scales import NATURAL, Scales, collar_height, junction
from prodgen_tryon.garment.contour import distances, resample
from prodgen_tryon.garment.keypoints import TopShape
from prodgen_tryon.sides import SIGN, Side

ARMPIT = 0.42  # height of the armpits of cloth, in shoulder widths below the shoulders
LEVEL = 0.8  # share of a neckline's depth that is not seen near its ends
COLLARBONE = 0.16  # how far down that goes, in shoulder widths
BARE = 0.14  # how far above the usual line a shoulder that is seen bare may lie, in shoulder widths
WORN = 0.06  # how far above that line one that is seen under cloth may lie, in shoulder widths
BARE_SLEEVE = 0.15  # end of the old sleeve below which a shoulder is bare
SUNK = 0.05  # how far below that line any may lie, in shoulder widths
STANDING = 0.06  # how far above that line the foot of a standing collar may lie, in shoulder widths
CLOTH = 0.012  # thickness of the cloth on it
ROUND = 0.07  # how far on both sides of its tip a shoulder is round, in shoulder widths
PADDED = 0.02  # how much of what is worn may stand out beyond that, in shoulder widths
LIFTED = 0.03  # how far it bulges beside the neck above the line from the neck's foot to its tip, in shoulder widths


class Shoulder(NamedTuple):
    """Where the upper edge of one side goes, from the opening to the shoulder's tip: `seam` [n, 2] on the garment, `line` on the body."""

    seam: Contour
    line: Contour
    tip: Point
    armpit: Point


def shoulder_of(shape: TopShape, body: Measured, side: Side, scales: Scales) -> Shoulder:
    frame, w, neck = body.frame, body.frame.width, scales.neck
    sign = SIGN[side]
    middle = (shape.points["neck_a"][0] + shape.points["neck_b"][0]) / 2
    half = (shape.points["neck_b"][0] - shape.points["neck_a"][0]) / 2
    tip = frame.local(body.tips[side][None])[0]
    reach = float(np.interp(ARMPIT * w, body.heights, body.edges[side]))
    arc = shape.arcs[f"shoulder_{side}"]
    corner = junction(arc)
    tip_across, across_scale = abs(tip[0]), scales.across
    if f"cuff_outer_{side}" in shape.points:
        across_scale = min(scales.across, tip_across / max(abs(float(arc[-1, 0]) - middle), 1.0))
    else:  # a strap ends on the shoulder, not at its tip
        strap = abs(float(arc[-1, 0]) - middle) * neck
        tip_across = float(np.clip(strap, float(np.clip(half * neck, 0.19 * w, 0.36 * w)) + 0.06 * w, tip_across))
    natural = NATURAL * scales.across * shape.width / 2 * scales.ease.factor
    armpit = frame.at(sign * float(np.clip(natural, scales.ease.low * reach, scales.ease.high * reach)), ARMPIT * w)
    farthest = min(0.4 * w, tip_across - 0.05 * w)
    base = float(np.clip(abs(arc[corner, 0] - middle) * across_scale, 0.17 * w, farthest))
    seam = resample(arc[corner:], 6)
    across = base + (tip_across - base) * np.abs(seam[:, 0] - seam[0, 0]) / max(abs(seam[-1, 0] - seam[0, 0]), 1e-6)
    heights = np.array([shoulder_height(float(x), tip, body, side) for x in across])
    if corner > 0 and side in body.slopes:  # a collar stands on the slope beside the neck, whose skin it hides
        skin = np.interp(across / w, BESIDE_NECK, body.slopes[side], right=-w)
        heights -= np.clip(skin + CLOTH * w + heights, 0, STANDING * w)
    line = np.array([frame.at(sign * x, float(y)) for x, y in zip(across, heights, strict=True)])
    if corner > 0:
        rising = resample(arc[: corner + 1], 4)[:-1]
        lean = np.clip(np.abs(rising[:, 0] - middle) * neck, 0.16 * w, base + 0.1 * w)
        lift = (arc[corner, 1] - rising[:, 1]) * neck * pressed(shape, body, scales)
        collar = line[0] + np.outer(lean - base, frame.right * sign) - np.outer(lift, frame.down)
        seam, line = np.vstack([rising, seam]), np.vstack([collar, line])
    return Shoulder(seam, line, frame.at(sign * tip_across, shoulder_height(tip_across, tip, body, side)), armpit)


def rounded(line: Contour, outer: Contour, body: Measured, side: Side) -> tuple[Contour, Contour]:
    """A shoulder's line [n, 2] and the sleeve's outer edge [m, 2] from its end on, with a round corner where they meet.

    A quadratic Bezier curve takes the corner's place, but for what the body itself fills of it.
    """
    edge = np.vstack([line, outer[1:]])
    places, corner = distances(edge), len(line) - 1
    tip = float(places[corner])
    reach = min(ROUND * body.frame.width, tip, float(places[-1]) - tip)
    if reach <= 0:
        return line, outer
    begin, end = (np.array([np.interp(at, places, edge[:, i]) for i in (0, 1)]) for at in (tip - reach, tip + reach))
    near = np.abs(places - tip) < reach
    u = (places[near, None] - tip) / (2 * reach) + 0.5
    curve = (1 - u) ** 2 * begin + 2 * u * (1 - u) * edge[corner] + u**2 * end
    edge[near] = _around_cap(curve, body, side)
    return edge[: corner + 1], edge[corner:]


def _around_cap(curve: Contour, body: Measured, side: Side) -> Contour:
    """A curve around a shoulder [n, 2], moved outwards to where the body is seen; a padded shoulder is lower in other clothes."""
    if side not in body.caps:
        return curve
    frame, w, joint = body.frame, body.frame.width, body.frame[f"shoulder_{side}"]
    away = curve - joint
    radius = np.maximum(np.hypot(*away.T), 1e-6)
    angle = np.rad2deg(np.arctan2(-away @ frame.down, away @ frame.outward(side)))
    seen = np.interp(angle, CAP, body.caps[side]) + CLOTH * w
    most = (BARE if body.sleeves[side] < BARE_SLEEVE else PADDED) * w
    grown = radius + np.where((angle >= CAP[0]) & (angle <= CAP[-1]), np.clip(seen - radius, 0, most), 0)
    result: Contour = joint + away * (grown / radius)[:, None]
    return result


def pressed(shape: TopShape, body: Measured, scales: Scales) -> float:
    """What is left of a collar's height between the foot of the neck and the chin."""
    room = -body.rise - float(body.frame.local(chin(body.frame)[None])[0, 1])
    return float(np.clip(room / max(collar_height(shape) * scales.neck, 1e-6), 0.35, 1.0))


def shoulder_height(across: float, tip: Contour, body: Measured, side: Side) -> float:
    """Height (negative is up) of the shoulder's upper line at a distance from the axis: from the neck's foot to the tip, or on the bare skin that is seen above it."""
    w = body.frame.width
    base, outer = 0.25 * w, abs(float(tip[0]))
    level = float(np.mean([body.frame.local(point[None])[0, 1] for point in body.tips.values()]))
    foot = -body.rise + SLANT * (float(tip[1]) - level)
    line = float(np.interp(across, [0.14 * w, base, outer], [foot - 0.05 * w, foot, float(tip[1])]))
    if side not in body.outline:
        return line
    fading = float(np.interp(across, [base, outer], [1.0, 0.5]))
    line -= LIFTED * w * fading
    bare = body.sleeves[side] < BARE_SLEEVE
    free = body.outline[side] > -0.5 * w  # elsewhere something is in front of it
    if bare and free.any():  # hair hangs over a shoulder that goes on below it
        seen = float(np.interp(across / w, OUTLINE[free], body.outline[side][free]))
    else:
        seen = float(np.interp(across / w, OUTLINE, body.outline[side]))
    if seen < -0.5 * w:
        return line
    if bare:
        return line - float(
            np.clip(seen + line, -SUNK * w * fading, w * float(np.interp(across / w, OUTLINE[:2], [0.0, BARE])))
        )
    # The new cloth lies where the old one lay, but for a collar beside the neck and cloth that is thick.
    most = WORN * w * float(np.interp(across, [base, 0.32 * w], [0.5, 1.0]))
    return line - float(np.clip(seen + line, -SUNK * w * fading, most))


def neckline_target(
    shape: TopShape, peaks: dict[Side, Point], scale: float, stand: float, pressed: float, frame: Skeleton
) -> Contour:
    """The opening's front edge on the body; `pressed` of a collar's height `stand` is left below the chin."""
    curve = shape.neckline
    across = curve[-1] - curve[0]
    share = (curve - curve[0]) @ across / max(float(across @ across), 1e-6)
    chord = curve[0] + np.outer(share, across)
    depth = (curve - chord)[:, 1] * scale
    depth = np.minimum(depth - (1 - pressed) * np.clip(depth, 0, stand), 0.9 * frame.width)
    # Seen from the front the cloth beside the neck is foreshortened: it lies on the shoulders, nearly level.
    lying = np.maximum(depth - stand * pressed, 0) / (COLLARBONE * frame.width)
    depth = depth - LEVEL * COLLARBONE * frame.width * (1 - np.exp(-lying))
    line = peaks["a"] + np.outer(share, peaks["b"] - peaks["a"])
    result: Contour = line + np.outer(depth, frame.down)
    return result
