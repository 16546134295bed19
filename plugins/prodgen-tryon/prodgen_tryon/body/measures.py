"""What clothes are fitted to, and how it is measured: a person's limbs and outline, and the ends of what is worn."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image
from prodgen_tryon.body.hips import hips_of, old_hem
from prodgen_tryon.body.parsing import old_sleeves
from prodgen_tryon.body.silhouette import Limb, arm, bare_arm_seen, bare_half, cast, casts, smooth, torso_edges
from prodgen_tryon.body.skeleton import Skeleton
from prodgen_tryon.body.sleeves import along_path, arm_path
from prodgen_tryon.filters import Contour, Float
from prodgen_tryon.sides import SIDES, SIGN, Side

OUTLINE = np.array([0.25, 0.32, 0.4, 0.47, 0.53])  # stations of a shoulder, in shoulder widths beside the axis
CAP = np.array(
    [-15.0, 0.0, 15.0, 30.0, 45.0, 60.0]
)  # directions out of a shoulder joint in which the round of the shoulder is looked at
SLOPE = np.array([(0.17, -0.16), (0.26, -0.08), (0.33, 0.0), (0.4, 0.08)])
"""The highest that the slope from neck to shoulder lies: across and along, in shoulder widths from the foot of the neck."""
BESIDE_NECK = np.linspace(0.17, 0.33, 6)  # where it is looked at, in shoulder widths beside the axis
LONGEST_LEG = 2.45  # a foot that is farther away, or points at the camera, looks short: cloth falls onto it
CAP_SLEEVE = (0.1, 0.7)  # where on an arm the shortest sleeves end, in bones
SLANT = 0.45  # how much of a slant of the shoulders the foot of the neck shares


@dataclass(frozen=True)
class Measured:
    """What a fit needs of a person: pose, limbs, torso edges (as a function of the height), old hem and sleeves.

    Args:
        arms: side -> the arm as it is seen, sleeve included.
        heights: [n] pixels below the shoulders.
        edges: side -> [n] distance of the body's side from the axis.
        hem: height of the old top's hem below the shoulders, or None.
        open: whether the old top hangs lower at the sides than in the middle: a jacket that is worn open.
        end: height at which the photo ends.
        waist: height at which the lower clothes are first seen, or None.
        tucked: whether the old top ends in the waistband all around.
        hips: as `edges`, of the lower clothes alone.
        sleeves: side -> end of the old sleeve (0 bare, 2 wrist).
        tips: side -> the tip of the shoulder: the point of the outline above and outside of its joint [2].
        rise: height of the foot of the neck above the shoulder joints, pixels.
        leg_ends: side -> how far the lower clothes reach down the leg (1 knee, 2 ankle), at most a little beyond the ankle.
        outline: side -> how far above the shoulders the top of the body is seen at `OUTLINE` shoulder widths beside the axis.
        caps: side -> how far from the shoulder joint the body is seen to reach at `CAP` degrees above the level, pixels.
        slopes: side -> how far above the shoulders the bare slope from neck to shoulder is seen at `BESIDE_NECK`, at most as high as
            `SLOPE`.
        bare: side -> half the width of the arm itself at the stations of `arms`; empty where what is worn must stay covered.
        turn: sine of the angle by which the body is turned; above 0 where side b is farther away.
    """

    frame: Skeleton
    arms: dict[Side, Limb]
    heights: NDArray[np.float64]
    edges: dict[Side, NDArray[np.float64]]
    hem: float | None
    waist: float | None
    tucked: bool
    hips: dict[Side, NDArray[np.float64]]
    sleeves: dict[Side, float]
    tips: dict[Side, Contour]
    rise: float
    open: bool = False
    end: float = float("inf")
    leg_ends: dict[Side, float] = field(default_factory=dict)
    outline: dict[Side, NDArray[np.float64]] = field(default_factory=dict)
    caps: dict[Side, NDArray[np.float64]] = field(default_factory=dict)
    slopes: dict[Side, NDArray[np.float64]] = field(default_factory=dict)
    bare: dict[Side, NDArray[np.float64]] = field(default_factory=dict)
    turn: float = 0.0


def measure(image: Image, parts: dict[str, Float], frame: Skeleton) -> Measured:
    """Limbs, torso edges, old hem and sleeves, shoulder line."""
    person, w = parts["person"], frame.width
    sleeves = {side: sleeve.end for side, sleeve in old_sleeves(image, person, frame).items()}
    sleeves = {side: end or _cap_sleeve(parts["upper"], frame, side) for side, end in sleeves.items()}
    arms = {side: bare_arm_seen(arm(person, frame, side), parts["skin"], sleeves[side], w) for side in SIDES}
    heights = np.linspace(0.05 * w, 1.6 * frame.torso, 40)
    # Hands hang beside the hips and are no part of them.
    edges = torso_edges(person * (1 - parts["hands"]), frame, arms, heights)
    edges = beside_bare_arms(edges, parts, frame, heights)
    body = np.maximum.reduce([parts["upper"], parts["neck"], parts["skin"]])
    tips = {side: _tip(body, frame, side) for side in SIDES}
    rise = _rise(body, parts["hair"], frame, tips)
    hem, waist, tucked, hangs_open = old_hem(parts, frame)
    hips = hips_of(parts, frame, heights, edges)
    ends = {side: _leg_end(parts["lower"], frame, side) for side in SIDES}
    outline = {side: _outline(body, parts["hair"], frame, side) for side in SIDES}
    bare = {side: bare_half(arms[side], sleeves[side], w) for side in SIDES}
    slopes = {side: _slope(np.maximum(parts["neck"], parts["skin"]), frame, side, rise) for side in SIDES}
    caps = {side: _cap(body, frame, side) for side in SIDES}
    end = float(frame.local(np.array([[frame.hips[0], image.shape[0]]]))[0, 1])
    return Measured(
        frame,
        arms,
        heights,
        edges,
        hem,
        waist,
        tucked,
        hips,
        sleeves,
        tips,
        rise,
        hangs_open,
        end,
        ends,
        outline,
        caps,
        slopes,
        bare,
    )


def _cap_sleeve(upper: Float, frame: Skeleton, side: Side) -> float:
    """Where a sleeve ends that is too short for the colours along the arm to tell, by where cloth was found; 0 without one."""
    t = np.arange(*CAP_SLEEVE, 0.02)
    x, y = np.round(along_path(arm_path(frame, side), t)).astype(int).T
    worn = upper[y.clip(0, upper.shape[0] - 1), x.clip(0, upper.shape[1] - 1)] > 0.5
    end = float(t[(~worn).argmax()]) if not worn.all() else 0.0
    return end if end > 2 * CAP_SLEEVE[0] else 0.0


def beside_bare_arms(
    edges: dict[Side, NDArray[np.float64]], parts: dict[str, Float], frame: Skeleton, heights: NDArray[np.float64]
) -> dict[Side, NDArray[np.float64]]:
    """The torso's edges, where a bare arm lies beside the clothes: there their outline is seen, though no scene is."""
    w = frame.width
    cloth = np.maximum(parts["upper"], parts["lower"])
    bare = np.maximum(parts["skin"], parts["hands"])
    spine = frame.shoulders + frame.down * heights[:, None]
    result: dict[Side, NDArray[np.float64]] = {}
    for side in SIDES:
        outward = frame.outward(side)
        seen = casts(cloth, spine + outward * 0.25 * w, outward[None], 0.6 * w) + 0.25 * w
        x, y = np.round(spine + outward * (seen + 0.03 * w)[:, None]).astype(int).T
        inside = (x >= 0) & (y >= 0) & (x < bare.shape[1]) & (y < bare.shape[0])
        beside = inside & (bare[y.clip(0, bare.shape[0] - 1), x.clip(0, bare.shape[1] - 1)] > 0.5)
        usable = beside & (seen > 0.7 * edges[side]) & (seen < 1.3 * edges[side])
        result[side] = smooth(np.where(usable, seen, edges[side])) if usable.any() else edges[side]
    return result


def _outline(body: Float, hair: Float, frame: Skeleton, side: Side) -> NDArray[np.float64]:
    """Where the top of a shoulder is seen, pixels above the shoulders at `OUTLINE`; far below them where hair or an arm is in front."""
    w, sign, deep = frame.width, SIGN[side], 0.08 * frame.width
    if frame.local(frame[f"wrist_{side}"][None])[0, 1] < 0.3 * w:
        return np.full(len(OUTLINE), -w)
    feet = np.array([frame.at(sign * a * w, deep) for a in OUTLINE])
    reach = casts(body, feet, -frame.down[None], 0.5 * w)
    x, y = np.round(feet - np.outer(reach + 0.03 * w, frame.down)).astype(int).T
    hidden = hair[y.clip(0, hair.shape[0] - 1), x.clip(0, hair.shape[1] - 1)] > 0.4
    return np.where(hidden, -w, reach - deep)


def _cap(body: Float, frame: Skeleton, side: Side) -> NDArray[np.float64]:
    """How far from the shoulder joint the round of the shoulder is seen at `CAP` degrees above the level."""
    angles = np.deg2rad(CAP)
    directions = np.outer(np.cos(angles), frame.outward(side)) - np.outer(np.sin(angles), frame.down)
    return casts(body, np.repeat(frame[f"shoulder_{side}"][None], len(CAP), 0), directions, 0.4 * frame.width)


def _slope(bare: Float, frame: Skeleton, side: Side, rise: float) -> NDArray[np.float64]:
    """How far above the shoulders bare skin is seen at `BESIDE_NECK`; below them where none is."""
    w = frame.width
    top = np.interp(BESIDE_NECK, *SLOPE.T) * w - rise
    along = top[:, None] + np.arange(0.2 * w)
    x, y = np.moveaxis(
        frame.shoulders
        + np.multiply.outer(along, frame.down)
        + (SIGN[side] * BESIDE_NECK * w)[:, None, None] * frame.right,
        -1,
        0,
    )
    x, y = (np.round(values).astype(int).clip(0, most - 1) for values, most in ((x, bare.shape[1]), (y, bare.shape[0])))
    seen = bare[y, x] > 0.5
    return np.where(seen.any(1), -top - seen.argmax(1), -0.1 * w)


def _leg_end(lower: Float, frame: Skeleton, side: Side) -> float:
    """How far lower clothes reach down a leg, from the knee on: 1 for less than that, 2 at the ankle, at most `LONGEST_LEG`."""
    _, knee, ankle = frame.leg(side)
    t = np.arange(1.0, LONGEST_LEG, 0.01)
    x, y = np.round(knee[:, None] + (ankle - knee)[:, None] * (t - 1)).astype(int)
    inside = (x >= 0) & (y >= 0) & (x < lower.shape[1]) & (y < lower.shape[0])
    worn = np.zeros(len(t), bool)
    worn[inside] = lower[y[inside], x[inside]] > 0.5
    return float(t[worn][-1]) if worn.any() else 1.0


def _rise(body: Float, hair: Float, frame: Skeleton, tips: dict[Side, NDArray[np.float64]]) -> float:
    """How far the foot of the neck lies above the shoulder joints; hair that falls over a shoulder says nothing of it."""
    w, found = frame.width, []
    heights = {side: float(frame.local(tip[None])[0, 1]) for side, tip in tips.items()}
    level = float(np.mean(list(heights.values())))
    for side in SIDES:
        foot = frame.at(SIGN[side] * 0.27 * w, 0.05 * w)
        reach = cast(body, foot, -frame.down, 0.5 * w)
        end = foot - frame.down * (reach + 0.03 * w)
        x, y = np.round(end).astype(int).clip(0, [hair.shape[1] - 1, hair.shape[0] - 1])
        if hair[y, x] < 0.4:
            found.append(reach - 0.05 * w + SLANT * (heights[side] - level))
    usual = 0.12 * w - level
    return float(np.clip(min(found, default=usual), 0.13 * w, 0.25 * w))


def _tip(body: Float, frame: Skeleton, side: Side) -> NDArray[np.float64]:
    """The point of the outline above and outside of the shoulder joint."""
    outward = frame.outward(side)
    direction = 0.55 * outward - 0.83 * frame.down
    direction = direction / np.hypot(*direction)
    reach = float(
        np.clip(
            cast(body, frame[f"shoulder_{side}"], direction, 0.4 * frame.width), 0.1 * frame.width, 0.18 * frame.width
        )
    )
    point: NDArray[np.float64] = frame[f"shoulder_{side}"] + direction * reach
    return point
