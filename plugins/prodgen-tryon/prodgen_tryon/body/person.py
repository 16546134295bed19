"""A photo analysed once, in the crop and at the resolution in which it is dressed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Body, Image
from prodgen_tryon.body.hips import within_hips
from prodgen_tryon.body.measures import CAP, OUTLINE, SLANT, Measured
from prodgen_tryon.body.parsing import old_sleeves, parse_parts
from prodgen_tryon.body.silhouette import Limb, arm, bare_arm_seen, bare_half, cast, casts, leg, smooth, torso_edges
from prodgen_tryon.body.skeleton import Skeleton, skeleton
from prodgen_tryon.filters import Box, Float, to_lab
from prodgen_tryon.sides import SIDES, SIGN, Side


@dataclass(frozen=True)
class Person:
    """Everything about a photo that does not depend on the garment.

    Args:
        image: the working crop, uint8 RGB [h, w, 3].
        origin: (x, y) of the crop in the photo.
        size: (width, height) of the crop in the photo.
        scale: working pixels for one photo pixel, at most 1.
        parts: soft masks of the working crop (see `parsing.PARTS`).
        cache: what `per_person` keeps, such as the scene behind the old clothes.
    """

    image: Image
    origin: tuple[int, int]
    size: tuple[int, int]
    scale: float
    frame: Skeleton
    parts: dict[str, Float]
    body: Body
    measured: Measured
    legs: dict[Side, Limb]
    cache: dict[Any, Any] = field(default_factory=dict)

    @property
    def width(self) -> float:
        return self.frame.width

    @cached_property
    def lab(self) -> Float:
        """The crop in CIE L*a*b*, float32 [h, w, 3]."""
        return to_lab(self.image)

    @cached_property
    def along(self) -> Float:
        """How far each pixel lies below the shoulders, along the body, float32 [h, w]."""
        return self.frame.along(self.image.shape).astype(np.float32)


P = ParamSpec("P")
R = TypeVar("R")


def per_person(function: Callable[Concatenate[Person, P], R]) -> Callable[Concatenate[Person, P], R]:
    """A function of a person, and of hashable arguments, that is worked out once and kept in `person.cache` under its name."""

    @wraps(function)
    def kept(person: Person, /, *args: P.args, **kwargs: P.kwargs) -> R:
        key = (function.__name__, *args, *kwargs.items()) if args or kwargs else function.__name__
        if key not in person.cache:
            person.cache[key] = function(person, *args, **kwargs)
        value: R = person.cache[key]
        return value

    return kept


OPEN = 0.2  # how much lower an open jacket hangs at the sides than in the middle, in shoulder widths
LONGEST_LEG = 2.45  # a foot that is farther away, or points at the camera, looks short: cloth falls onto it
Adjust = Callable[[Image, dict[str, Float]], dict[str, Float]]


def analyse(
    photo: Image, body: Body, working_height: int, *, box: Box | None = None, adjust: Adjust | None = None
) -> Person:
    """Crops the photo around the person, scales it down where it is large, and measures.

    Args:
        photo: uint8 RGB [h, w, 3].
        body: pose and person mask of the photo (part masks are not needed).
        box: the crop; without one the person with a margin.
        adjust: takes the crop and its part masks, and gives the masks to go on with (for clips).
    """
    frame = skeleton(body.landmarks)
    x0, y0, x1, y1 = box = box or crop_box(body, photo.shape)
    image, scale = working_crop(photo, box, working_height)
    soft, _ = working_crop(body.person, box, working_height)
    local = frame.in_crop((x0, y0), scale)
    parts = within_hips(parse_parts(image, soft, local), local, image)
    if adjust is not None:
        parts = adjust(image, parts)
    measured = replace(measure(image, parts, local), turn=body.turn)
    legs = {side: leg(parts["person"] * (1 - parts["hands"]) * (1 - parts["upper"]), local, side) for side in SIDES}
    return Person(image, (x0, y0), (x1 - x0, y1 - y0), scale, local, parts, body, measured, legs)


def working_crop(picture: NDArray[Any], box: Box, working_height: int) -> tuple[NDArray[Any], float]:
    """A copy of what a box of a picture [h, w, ...] shows, no higher than `working_height`, and its scale, at most 1."""
    x0, y0, x1, y1 = box
    crop = picture[y0:y1, x0:x1]
    scale = min(1.0, working_height / (y1 - y0))
    if scale == 1:
        return crop.copy(), scale
    size = (max(round((x1 - x0) * scale), 16), max(round((y1 - y0) * scale), 16))
    return cv2.resize(crop, size, interpolation=cv2.INTER_AREA), scale


def crop_box(body: Body, shape: tuple[int, ...]) -> Box:
    """The box of a person in a photo of `shape`, with a margin."""
    margin = 0.35 * skeleton(body.landmarks).width
    ys, xs = np.nonzero(body.person > 0.3)
    if not len(xs):
        return 0, 0, shape[1], shape[0]
    x0, x1 = max(int(xs.min() - margin), 0), min(int(xs.max() + margin) + 1, shape[1])
    return x0, max(int(ys.min() - margin), 0), x1, min(int(ys.max() + margin) + 1, shape[0])


def measure(image: Image, parts: dict[str, Float], frame: Skeleton) -> Measured:
    """Limbs, torso edges, old hem and sleeves, shoulder line."""
    person, w = parts["person"], frame.width
    sleeves = {side: sleeve.end for side, sleeve in old_sleeves(image, person, frame).items()}
    arms = {side: bare_arm_seen(arm(person, frame, side), parts["skin"], sleeves[side], w) for side in SIDES}
    heights = np.linspace(0.05 * w, 1.6 * frame.torso, 40)
    # Hands hang beside the hips and are no part of them.
    edges = torso_edges(person * (1 - parts["hands"]), frame, arms, heights)
    edges = beside_bare_arms(edges, parts, frame, heights)
    body = np.maximum.reduce([parts["upper"], parts["neck"], parts["skin"]])
    tips = {side: _tip(body, frame, side) for side in SIDES}
    rise = _rise(body, parts["hair"], frame, tips)
    hem, waist, tucked, hangs_open = _old_hem(parts, frame)
    hips = _hips(parts, frame, heights, edges)
    ends = {side: _leg_end(parts["lower"], frame, side) for side in SIDES}
    outline = {side: _outline(body, parts["hair"], frame, side) for side in SIDES}
    bare = {side: bare_half(arms[side], sleeves[side], w) for side in SIDES}
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
        bare,
    )


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


def _old_hem(parts: dict[str, Float], frame: Skeleton) -> tuple[float | None, float | None, bool, bool]:
    """Heights below the shoulders at which the old top ends, and at which the lower clothes are first seen; whether it is tucked in,
    and whether it hangs open.
    """
    height, width = parts["lower"].shape
    bare = np.maximum(parts["skin"], parts["hands"])
    along = np.arange(0.6 * frame.torso, 1.9 * frame.torso, max(0.01 * frame.width, 1))
    found: list[float] = []
    behind_arm: list[float] = []
    for across in np.linspace(-0.3, 0.3, 9) * frame.width:
        x, y = np.round(frame.at(float(across), 0.0)[:, None] + frame.down[:, None] * along).astype(int)
        inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
        ends = ~inside | (parts["lower"][y.clip(0, height - 1), x.clip(0, width - 1)] > 0.5)
        end = int(ends.argmax())
        if not (ends[end] and inside[end]):
            continue
        above = along[end] - along < 0.06 * frame.width
        crossed = bare[y[:end].clip(0, height - 1), x[:end].clip(0, width - 1)][above[:end]] > 0.5
        (behind_arm if crossed.any() else found).append(float(along[end]))
    hidden = len(found) < 4  # an arm lies before the waist: the top ends somewhere behind it
    if hidden:
        found += behind_arm
    if len(found) < 4:
        return None, None, False, False
    hem, first, last = (float(np.quantile(found, share)) for share in (0.5, 0.1, 0.9))
    tucked = hem < 0.85 * frame.torso and (hidden or last - first < 0.15 * frame.width)
    return hem, first, tucked, last - hem > OPEN * frame.width


def _hips(
    parts: dict[str, Float], frame: Skeleton, heights: NDArray[np.float64], edges: dict[Side, NDArray[np.float64]]
) -> dict[Side, NDArray[np.float64]]:
    """How far the lower clothes reach beside the axis; under a top that hides them, a little less than where they are first seen."""
    w, lower = frame.width, parts["person"] * (1 - parts["hands"]) * (1 - parts["upper"])
    result: dict[Side, NDArray[np.float64]] = {}
    for side in SIDES:
        outward = frame.outward(side)
        spine = frame.shoulders + frame.down * heights[:, None]
        seen = _across_hands(lower, parts["hands"], spine + outward * 0.2 * w, outward, w) + 0.2 * w
        # Where a top hangs over them from the side, their own edge is hidden.
        x, y = np.round(spine + outward * (seen + 0.03 * w)[:, None]).astype(int).T
        x, y = x.clip(0, lower.shape[1] - 1), y.clip(0, lower.shape[0] - 1)
        valid = (seen > 0.36 * w) & (seen < 0.95 * w) & (heights > 0.6 * frame.torso) & (parts["upper"][y, x] < 0.5)
        if valid.sum() < 3:
            result[side] = edges[side] * 0.97
            continue
        first = int(np.flatnonzero(valid)[0])
        width = np.interp(heights, heights[valid], seen[valid])
        width[:first] = np.minimum(seen[first], 0.6 * w) * np.interp(
            heights[:first], [0.6 * frame.torso, max(float(heights[first]), frame.torso)], [0.88, 1.0]
        )
        result[side] = smooth(width)
    return result


def _across_hands(
    lower: Float, hands: Float, origins: NDArray[np.float64], outward: NDArray[np.float64], reach: float
) -> NDArray[np.float64]:
    """How far the lower clothes go on from `origins` [n, 2], also behind a hand that lies on them."""
    bare = casts(lower, origins, outward[None], reach)
    through = casts(np.maximum(lower, hands), origins, outward[None], reach)
    result = bare.copy()
    for i in np.flatnonzero(through > bare + 1):
        steps = np.arange(through[i], bare[i], -1.0)
        x, y = np.round(origins[i][:, None] + outward[:, None] * steps).astype(int)
        x, y = x.clip(0, lower.shape[1] - 1), y.clip(0, lower.shape[0] - 1)
        seen = np.flatnonzero(lower[y, x] > 0.5)
        if len(seen):
            result[i] = steps[seen[0]]
    return result
