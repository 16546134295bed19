"""Skin that clothes hid: the tone of skin that is seen carried on, the roundness of limbs, and real skin's grain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.body.head import head_shape
from prodgen_tryon.body.person import Person
from prodgen_tryon.body.silhouette import Limb, cast, smooth, usual_arm
from prodgen_tryon.body.skeleton import SIDES, Side, chin
from prodgen_tryon.body.sleeves import along_path, arm_path
from prodgen_tryon.filters import (
    Float,
    blur,
    blur_inside,
    box_of,
    colour_distance,
    dilate,
    ellipse_kernel,
    polygon,
    times,
    to_lab,
    tube,
)
from prodgen_tryon.picture.fill import spread

Curve = NDArray[np.float64]
STATIONS = 96  # along a limb
UNLIKE = 20.0  # distance of colours from which on one is not of the same skin
LONG = 1.6  # where a sleeve ends that leaves no forearm to measure
FLARE, WIDEST_HAND = (
    0.3,
    1.7,
)  # over how much of the forearm (in bones) a wrist widens to the hand that is seen, and by how much at most
BINS, CARRIED = (
    12,
    0.5,
)  # places across an arm, and how far up (in bones) what is seen there is carried into what a sleeve hid


def skin_colour(person: Person, side: Side | None = None) -> NDArray[np.float64]:
    """Typical RGB of the person's skin: of one arm's hand where it is seen, else of the face."""
    key = f"tone {side}"
    if key not in person.cache:
        person.cache[key] = _skin_colour(person, side)
    colour: NDArray[np.float64] = person.cache[key]
    return colour


def _skin_colour(person: Person, side: Side | None) -> NDArray[np.float64]:
    parts, frame, w = person.parts, person.frame, person.width
    face = head_shape(frame, person.image.shape, 0.62) & (parts["face"] > 0.6)
    base = _lit(person.image[face])
    if base is None:
        base = np.array([200.0, 160, 140])
    if side is None:
        return base
    near = tube(person.image.shape, np.vstack([frame.arm(side), frame.hand(side)]), np.full(4, 0.15 * w))
    colour = _lit(person.image[near & (parts["skin"] > 0.7)])
    return colour if colour is not None and np.abs(colour - base).max() < 90 else base


def _lit(samples: NDArray[np.uint8]) -> NDArray[np.float64] | None:
    """The median of the lighter half: beard, eyes and gaps between fingers are no skin tone."""
    if len(samples) < 20:
        return None
    level = samples.astype(float).mean(1)
    low, high = np.quantile(level, (0.4, 0.9))
    result: NDArray[np.float64] = np.median(samples[(level >= low) & (level <= high)], axis=0).astype(float)
    return result


def body_tone(person: Person) -> NDArray[np.float64]:
    """Typical RGB of the skin below the face: the neck's, where enough of it is seen; a face is often redder, or made up."""
    if "body tone" not in person.cache:
        face = skin_colour(person)
        seen = seen_skin(person) > 0.5
        neck = _lit(person.image[seen]) if seen.sum() > 0.015 * person.width**2 else None
        person.cache["body tone"] = face if neck is None else 0.75 * neck + 0.25 * face
    colour: NDArray[np.float64] = person.cache["body tone"]
    return colour


def grain(person: Person) -> Float:
    """A factor around 1 [h, w] that gives smooth skin the unevenness of the skin that is seen, and the photo's noise."""
    if "grain" not in person.cache:
        seen = (person.parts["face"] > 0.8) & head_shape(person.frame, person.image.shape, 0.8)
        seen |= person.parts["skin"] > 0.9
        light = np.ascontiguousarray(person.lab[..., 0])
        fine, coarse = 1.0, max(0.035 * person.width, 2.0)
        rng = np.random.default_rng(5)
        total = np.zeros(light.shape, np.float32)
        for narrow, wide, most in ((0.0, fine, 0.9), (fine, coarse / 2, 0.45), (coarse / 2, coarse, 0.35)):
            band = (light if narrow == 0 else blur(light, narrow)) - blur(light, wide)
            amount = 1.0
            if seen.sum() > 100:  # robust: lashes and lips are no grain
                amount = 1.4826 * float(np.median(np.abs(band[seen] - np.median(band[seen]))))
            noise = rng.normal(0, 1, light.shape).astype(np.float32)
            noise = (noise if narrow == 0 else blur(noise, narrow)) - blur(noise, wide)
            total += noise / max(float(noise.std()), 1e-6) * min(0.7 * amount, most)
        person.cache["grain"] = (1 + total / 60).astype(np.float32)
    field: Float = person.cache["grain"]
    return field


def light_side(person: Person) -> float:
    """Where the light comes from, by the face: -1 from the picture's left to 1 from its right."""
    frame = person.frame
    face = head_shape(frame, person.image.shape, 0.8) & (person.parts["face"] > 0.6)
    if face.sum() < 50 or frame.facing != "front":
        return 0.0
    ys, xs = np.nonzero(face)
    across = (xs - frame["nose"][0]) * frame.right[0] + (ys - frame["nose"][1]) * frame.right[1]
    level = person.lab[ys, xs, 0]
    left, right = level[across < 0], level[across > 0]
    if min(len(left), len(right)) < 20:
        return 0.0
    a, b = float(np.median(left)), float(np.median(right))
    return float(np.clip(4 * (b - a) / max(a + b, 1.0), -1, 1))


@dataclass(frozen=True)
class Ribbon:
    """A bare limb: where it is [h, w], and for the pixels (ys, xs) around it the place along (parameter) and across it (-1 to 1)."""

    alpha: Float
    ys: NDArray[np.int64]
    xs: NDArray[np.int64]
    along: NDArray[np.float64]
    across: NDArray[np.float64]


def ribbon(shape: tuple[int, ...], centre: Curve, normal: Curve, t: Curve, outer: Curve, inner: Curve) -> Ribbon:
    """Draws a limb of smoothly changing width, its edge anti-aliased."""
    fine = np.linspace(t[0], t[-1], STATIONS)

    def at(values: Curve) -> Curve:
        return np.asarray(np.interp(fine, t, values))

    centre = np.stack([smooth(at(centre[:, i]), 9) for i in (0, 1)], 1)
    normal = np.stack([smooth(at(normal[:, i]), 9) for i in (0, 1)], 1)
    normal /= np.maximum(np.hypot(*normal.T), 1e-6)[:, None]
    outer, inner = smooth(at(outer), 15), smooth(at(inner), 15)
    ring = np.vstack([centre + normal * outer[:, None], (centre - normal * inner[:, None])[::-1]])
    canvas = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(canvas, [np.round(ring * 16).astype(np.int32).reshape(-1, 1, 2)], 255, cv2.LINE_AA, 4)
    alpha = blur((canvas / np.float32(255)).astype(np.float32), 0.7)
    ys, xs = np.nonzero(dilate(canvas > 0, 3))
    points = np.stack([xs, ys], 1).astype(np.float32)
    spine = centre.astype(np.float32)
    distance = (points**2).sum(1)[:, None] - 2 * points @ spine.T + (spine**2).sum(1)[None]
    nearest = distance.argmin(1)
    offset = ((points - centre[nearest]) * normal[nearest]).sum(1)
    half = np.maximum(np.where(offset > 0, outer[nearest], inner[nearest]), 1)
    return Ribbon(alpha, ys, xs, fine[nearest], offset / half)


def rounded(across: NDArray[np.float64], light: float, depth: float = 0.26) -> NDArray[np.float64]:
    """Shading of a cylinder at places across it, lit from the front and `light` (-1 to 1) towards positive `across`."""
    shifted = np.clip(across - 0.3 * light, -1.35, 1.35)
    shade: NDArray[np.float64] = 1.05 - depth * np.abs(shifted) ** 2.2
    return shade


def met(made: Float, image: Float, known: Float, area: Float, reach: float) -> Float:
    """Made-up colours shifted so that they meet those that are known; the shift fades out over `reach` pixels."""
    rim = known * (cv2.dilate(area * (1 - known), np.ones((7, 7), np.uint8)) > 0.3)
    if rim.sum() < 12:
        return made
    shift = np.clip(blur_inside(image - made, rim.astype(np.float32), max(0.3 * reach, 1.0)), -60, 60)
    near = cv2.distanceTransform((rim < 0.5).astype(np.uint8), cv2.DIST_L2, 3)
    result: Float = made + shift * np.exp(-near / reach).astype(np.float32)[..., None]
    return result


def unlike_skin(person: Person, side: Side) -> Float:
    """Larger patches that cannot be this arm's skin, such as cloth where the pose is wrong [h, w]; watches and tattoos are small."""
    kernel = ellipse_kernel(max(0.035 * person.width, 1))
    patches = cv2.morphologyEx((_unlike(person, side) > UNLIKE).astype(np.uint8), cv2.MORPH_OPEN, kernel)
    return blur(patches.astype(np.float32), 1.0)


def _unlike(person: Person, side: Side) -> Float:
    """How far every colour is from the tones of this arm's hand and of the face, mostly in hue [h, w]."""
    tones = [skin_colour(person, side), skin_colour(person)]
    nearest: Float = np.minimum.reduce(
        [
            colour_distance(person.lab, to_lab(tone.round().astype(np.uint8).reshape(1, 1, 3))[0, 0], (0.4, 1.3, 1.3))
            for tone in tones
        ]
    )
    return nearest


def arm_half(person: Person, side: Side, t: Curve) -> tuple[Curve, Curve]:
    """How far a bare arm reaches outwards and inwards of its centre line at places along it, in pixels.

    Where the arm comes out of the sleeve it lies and is as wide as what is seen of it there, so that the two meet.
    """
    covered = person.measured.sleeves[side]
    shift, ratio, at_end = seen_arm(person, side)
    near = np.clip(t / max(covered, 0.3), 0, 1) ** 2
    meeting = np.clip((t - covered) / FLARE + 1, 0, 1) ** 2
    half = usual_half(person, t) * (1 + (ratio - 1) * np.maximum(near, 0.5) + (at_end - ratio) * meeting)
    return half + shift * near, half - shift * near


def usual_half(person: Person, t: Curve) -> Curve:
    """Half the usual width of a bare arm in pixels at places along it."""
    return usual_arm(t) * person.width


def seen_arm(person: Person, side: Side) -> tuple[float, float, float]:
    """How far outwards of the pose's line an arm lies below its sleeve, in pixels, and its width relative to the usual one: as a whole, and at the sleeve's end, where a hand may be all that is seen."""
    limb, covered = person.measured.arms[side], person.measured.sleeves[side]
    w, skin = person.width, person.parts["skin"]
    steps = np.arange(-0.24, 0.24, 0.01) * w
    shifts, ratios = [], []
    if covered > LONG:  # the hand is all that is seen
        skin = np.maximum(skin, person.parts["hands"])
        path = arm_path(person.frame, side)
        t = np.linspace(max(covered, 2.0) + 0.06, max(covered, 2.0) + 0.3, 5)
        stations = [(place, limb.normal[-1], 2.0) for place in along_path(path, t)]
    else:
        near_cuff = np.linspace(covered + 0.06, min(covered + 0.24, 1.95), 6)
        centres, normals = (
            np.stack([np.interp(near_cuff, limb.t, line[:, i]) for i in (0, 1)], 1)
            for line in (limb.centre, limb.normal)
        )
        stations = list(zip(centres, normals, near_cuff, strict=True))
    for centre, normal, t_here in stations:
        places = centre + np.outer(steps, normal)
        x, y = np.round(places).astype(int).T
        inside = (x >= 0) & (y >= 0) & (x < skin.shape[1]) & (y < skin.shape[0])
        seen = np.zeros(len(steps), bool)
        seen[inside] = skin[y[inside], x[inside]] > 0.5
        if not seen.any():
            continue
        near = int(np.flatnonzero(seen)[np.abs(steps[seen]).argmin()])
        low, high = near, near
        while low > 0 and seen[low - 1]:
            low -= 1
        while high < len(steps) - 1 and seen[high + 1]:
            high += 1
        shifts.append((steps[low] + steps[high]) / 2)
        ratios.append((steps[high] - steps[low] + 0.01 * w) / 2 / float(usual_half(person, np.array([t_here]))[0]))
    if len(ratios) < 3:
        return 0.0, 1.0, 1.0
    most = 1.05 if covered > LONG else 1.45  # a hand is wider than its wrist
    wide = float(np.median(ratios))
    whole = float(np.clip(wide, 0.6, most))
    return float(np.median(shifts)), whole, float(np.clip(wide, 0.6, WIDEST_HAND)) if covered > LONG else whole


def bare_arm(person: Person, side: Side) -> tuple[Float, Float]:
    """A bare arm, colours and alpha: the real one where it is bare, a rounded one in the hand's tone where a sleeve hid it."""
    shape, frame, w = person.image.shape, person.frame, person.width
    limb, covered = person.measured.arms[side], person.measured.sleeves[side]
    path = arm_path(frame, side)
    real = person.parts["skin"] * tube(shape, path, np.full(4, 0.26 * w))
    image = person.image.astype(np.float32)
    real = (real * (1 - unlike_skin(person, side))).astype(np.float32)
    if covered < 0.15:
        return image, real
    # Pixels at the old cuff are half cloth.
    real = (real * (1 - blur(dilate((person.parts["upper"] > 0.35).astype(np.float32), 0.018 * w), 1.0))).astype(
        np.float32
    )
    end = min(covered + 0.2, 2.5)  # where the real arm goes on
    t = np.append(limb.t[limb.t < min(end, 2.0)], end if end <= 2 else np.linspace(2.0, end, 4))
    centre = np.stack([np.interp(t, limb.t, limb.centre[:, i]) for i in (0, 1)], 1)
    beyond_wrist = t > 2.0
    if beyond_wrist.any():
        centre[beyond_wrist] = along_path(path, t[beyond_wrist]) + (limb.centre[-1] - path[2]) * 0.5
    normal = np.stack([np.interp(t, limb.t, limb.normal[:, i]) for i in (0, 1)], 1)
    outer, inner = arm_half(person, side, t)
    sleeved = t < covered
    outer = np.where(sleeved, np.minimum(outer, np.interp(t, limb.t, limb.outer) * 0.97), outer)
    inner = np.where(sleeved, np.minimum(inner, np.interp(t, limb.t, limb.inner) * 0.97), inner)
    # The round of the shoulder above the joint.
    rise = np.array([0.98, 0.85, 0.55])
    up = centre[0] - centre[1]
    up = up / max(float(np.hypot(*up)), 1e-6) * 0.5 * (outer[0] + inner[0])
    t = np.concatenate([-0.2 * rise, t])
    centre, normal = (
        np.vstack([centre[0] + np.outer(rise, up), centre]),
        np.vstack([np.repeat(normal[:1], 3, 0), normal]),
    )
    outer, inner = (np.concatenate([np.sqrt(1 - rise**2) * width[0], width]) for width in (outer, inner))
    drawn = ribbon(shape, centre, normal, t, outer, inner)
    hand, face = skin_colour(person, side), body_tone(person)
    toward = np.clip(drawn.along / 2, 0, 1)[:, None]
    upper = face * (hand.mean() / max(face.mean(), 1)) ** 0.5
    tint = hand * (0.4 + 0.6 * toward) + upper * (0.6 - 0.6 * toward)
    # `across` grows outwards, the light's side with the picture's x.
    light = light_side(person) * (-1 if side == "a" else 1)
    shade = rounded(drawn.across, light)
    shade = shade - 0.07 * np.exp(-(((drawn.along - 1.02) / 0.05) ** 2)) * np.clip(0.4 - drawn.across, 0, 1)  # elbow
    shade = shade + 0.03 * np.exp(-(((drawn.along - 0.5) / 0.25) ** 2))
    sleeve = ((person.parts["upper"] > 0.6) & (drawn.alpha > 0.5)).astype(np.float32)
    if sleeve.sum() > 50:  # the light that fell on the sleeve falls on the arm
        level = blur_inside(person.lab[..., 0], sleeve, 0.1 * w)
        middle = max(float(np.median(level[sleeve > 0])), 8.0)
        shade = shade * np.clip(level[drawn.ys, drawn.xs] / middle, 0.85, 1.12) ** 0.5
    # Below the sleeve there is an arm only where the photo has one; its rim at the cuff is mixed with cloth.
    free = drawn.along > covered + 0.03
    known = (drawn.ys[free], drawn.xs[free])
    seen = np.maximum(person.parts["skin"], person.parts["hands"]) > 0.5
    here = np.clip(2 * person.parts["person"], 0, 1) * blur(dilate(seen, 0.03 * w).astype(np.float32), 1.0)
    ending = np.clip((end - drawn.along[free]) / max(end - covered - 0.03, 1e-3), 0, 1)
    drawn.alpha[known] *= here[known] * ending.astype(np.float32)
    made = image.copy()
    sure = (real > 0.8) & (_unlike(person, side) < UNLIKE)  # not the scene between arm and body
    tones = tint * shade[:, None]
    seen_across = across_the_arm(drawn, image, sure, covered)
    if seen_across is not None:
        near = np.exp(-np.clip(covered - drawn.along, 0, None) / CARRIED)[:, None]
        tones = tones + (seen_across(drawn.across) - tones) * near
    made[drawn.ys, drawn.xs] = tones * grain(person)[drawn.ys, drawn.xs][:, None]
    made = met(made, image, sure.astype(np.float32), drawn.alpha, 0.25 * w).clip(0, 255)
    mixed = made * (1 - real[..., None]) + image * real[..., None]
    return mixed.astype(np.float32), np.maximum(drawn.alpha, real)


def across_the_arm(
    drawn: Ribbon, image: Float, sure: NDArray[np.bool_], covered: float
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]] | None:
    """RGB [n, 3] at places across an arm (-1 to 1) as it is seen just below its sleeve; None where too little of it is seen."""
    here = (drawn.along > covered) & (np.abs(drawn.across) < 1) & sure[drawn.ys, drawn.xs]
    bins = np.clip(((drawn.across[here] + 1) * BINS / 2).astype(int), 0, BINS - 1)
    counts = np.bincount(bins, minlength=BINS)
    filled = counts >= 4
    if filled.sum() < 0.7 * BINS:
        return None
    places = (np.arange(BINS) + 0.5) * 2 / BINS - 1
    colours = image[drawn.ys[here], drawn.xs[here]].astype(float)
    rows = [
        np.interp(places, places[filled], np.bincount(bins, colours[:, i], BINS)[filled] / counts[filled])
        for i in range(3)
    ]
    smoothed = [smooth(row, 3) for row in rows]
    return lambda across: np.stack([np.interp(across, places, row) for row in smoothed], -1)


def bare_leg(person: Person, limb: Limb) -> tuple[Float, Float]:
    """A leg without cloth from the hip to below the ankle: colours and alpha."""
    image, w = person.image.astype(np.float32), person.width
    typical = np.interp(
        limb.t, [0, 0.5, 0.95, 1.05, 1.35, 1.7, 2], np.array([0.27, 0.23, 0.165, 0.155, 0.165, 0.12, 0.095]) * w
    )
    outer, inner = np.minimum(typical, limb.outer * 0.96), np.minimum(typical, limb.inner * 0.96)
    # Shoes begin below the ankle.
    below = np.array([0.07, 0.14, 0.21])
    down = limb.centre[-1] - limb.centre[-3]
    down = down / max(float(np.hypot(*down)), 1e-6) * w
    centre = np.vstack([limb.centre, limb.centre[-1] + np.outer(below, down)])
    normal, t = np.vstack([limb.normal, np.repeat(limb.normal[-1:], 3, 0)]), np.concatenate([limb.t, 2 + below])
    outer, inner = (np.concatenate([width, np.full(3, width[-1])]) for width in (outer, inner))
    drawn = ribbon(person.image.shape, centre, normal, t, outer, inner)
    knee = np.exp(-(((drawn.along - 1) / 0.1) ** 2)) * np.exp(-((drawn.across / 0.6) ** 2))
    shin = np.exp(-(((drawn.along - 1.45) / 0.3) ** 2)) * np.exp(-((drawn.across / 0.3) ** 2))
    shade = rounded(drawn.across, 0.6 * light_side(person), 0.24) - 0.05 * knee + 0.02 * shin
    colours = image.copy()
    texture = grain(person)[drawn.ys, drawn.xs]
    colours[drawn.ys, drawn.xs] = np.clip(body_tone(person) * (shade * texture)[:, None], 0, 255)
    return colours.astype(np.float32), drawn.alpha


def neck_sides(person: Person, seen: Float) -> tuple[float, float]:
    """How far the neck reaches to its left and right of the line from jaw to shoulders, in pixels, where its skin is seen."""
    frame, w = person.frame, person.width
    jaw, foot = chin(frame), frame.at(0.0, -person.measured.rise)
    found = []
    for share in np.linspace(0.25, 0.9, 8):
        place = jaw + (foot - jaw) * share
        sides = [cast(seen, place, frame.right * sign, 0.3 * w) for sign in (-1.0, 1.0)]
        if min(sides) > 0.06 * w:
            found.append(sides)
    if len(found) < 3:
        return 0.165 * w, 0.165 * w
    left, right = np.clip(np.median(found, axis=0), 0.1 * w, 0.21 * w)
    return float(left), float(right)


def seen_skin(person: Person) -> Float:
    """Skin of neck and chest that is really skin [h, w], 0 or 1: of the skin's tone, and away from cloth and its shadow."""
    parts, w = person.parts, person.width
    seen = (np.maximum(parts["neck"], parts["skin"]) > 0.7) & (parts["upper"] < 0.2)
    seen &= ~dilate(parts["upper"] > 0.4, 0.022 * w)
    tone = to_lab(skin_colour(person).round().astype(np.uint8).reshape(1, 1, 3))[0, 0]
    # A high collar that was taken for a neck is no sample of skin.
    seen &= colour_distance(person.lab, tone, (0.4, 1.4, 1.4)) < 20
    # Nor are a few stitches of its colour: skin goes on from the face, or there is more of it.
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(seen.astype(np.uint8), connectivity=8)
    kept = stats[:, cv2.CC_STAT_AREA] > 0.04 * w * w
    kept[np.unique(pieces[dilate(parts["face"] > 0.5, 0.05 * w)])] = True
    kept[0] = False
    result: Float = kept[pieces].astype(np.float32) if count > 1 else seen.astype(np.float32)
    return result


def bare_neck(person: Person) -> tuple[Float, Float, Float]:
    """Neck, shoulders and upper chest: colours, alpha, and the part of what looked like a neck that is none."""
    shape, frame, w = person.image.shape, person.frame, person.width
    parts, rise = person.parts, person.measured.rise
    jaw = chin(frame)
    seen = seen_skin(person)
    left, right = neck_sides(person, seen)
    # What looks like neck beside it is a hood or a collar, however narrow.
    column = np.array(
        [
            jaw - frame.right * 1.15 * left,
            frame.at(-1.45 * left, -rise),
            frame.at(1.45 * right, -rise),
            jaw + frame.right * 1.15 * right,
        ]
    )
    beside = (person.along > float(frame.local(jaw[None])[0, 1])) & (person.along < -rise) & ~polygon(shape, column)
    seen[beside] = 0
    shoulder = {}
    for side in SIDES:
        outward = frame.right * (-1 if side == "a" else 1)
        tip = person.measured.tips[side] + (frame.down - outward) * 0.03 * w
        limb = person.measured.arms[side]
        shoulder[side] = [tip, *(limb.centre[int(np.searchsorted(limb.t, t))] for t in (0.12, 0.3, 0.45))]
    top = jaw - frame.down * 0.2 * w
    ring = np.array([
        top - frame.right * left, frame.at(-1.02 * left, -rise - 0.1 * w), frame.at(-1.25 * left, -rise - 0.03 * w), frame.at(-0.28 * w, -rise + 0.02 * w),
        *shoulder["a"], frame.at(-0.2 * w, 0.8 * w), frame.at(0, 0.85 * w), frame.at(0.2 * w, 0.8 * w), *shoulder["b"][::-1],
        frame.at(0.28 * w, -rise + 0.02 * w), frame.at(1.25 * right, -rise - 0.03 * w), frame.at(1.02 * right, -rise - 0.1 * w), top + frame.right * right])  # fmt: skip
    canvas = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(canvas, [np.round(ring * 16).astype(np.int32).reshape(-1, 1, 2)], 255, cv2.LINE_AA, 4)
    area = blur((canvas / np.float32(255)).astype(np.float32), 0.8)
    if any(person.measured.sleeves[side] < 0.15 for side in SIDES):  # a strap lies on skin
        strap = (parts["person"] > 0.5) & (parts["upper"] > 0.1) & dilate(seen > 0.5, 0.07 * w)
        strap &= (np.arange(shape[0])[:, None] < frame.shoulders[1] + 0.3 * w) & (area < 0.5)
        area = np.maximum(area, blur(strap.astype(np.float32), 1.0))
    # The neck of the photo is the neck: nothing is added beside it.
    area = area * np.maximum(np.clip((person.along + rise - 0.03 * w) / (0.03 * w), 0, 1), parts["person"])
    alpha, colours = np.maximum(area, seen).astype(np.float32), person.image.astype(np.float32)
    box = box_of(alpha, round(0.4 * w))
    if box is not None:
        colours[box] = _neck_colours(person, seen, box)
    unlike = ((parts["neck"] > 0.4) & (seen < 0.5)).astype(np.uint8)
    # A collar is broad; a narrow rim is the shaded side of the neck.
    collar = cv2.morphologyEx(unlike, cv2.MORPH_OPEN, ellipse_kernel(max(0.05 * w, 1)))
    false = np.maximum(dilate(collar, 0.06 * w), beside) * unlike * parts["neck"]
    return colours, alpha, false.astype(np.float32)


def _neck_colours(person: Person, seen: Float, box: tuple[slice, slice]) -> Float:
    """The skin of neck and chest in a box: what is seen of it, carried on, and rounded where nothing was near."""
    frame, w = person.frame, person.width
    image, known = person.image[box].astype(np.float32), np.ascontiguousarray(seen[box])
    base = body_tone(person).astype(np.float32)
    made = spread(image, cv2.erode(known, np.ones((3, 3), np.uint8)))
    if known.sum() > 30:
        trust = np.clip(blur(known, 0.14 * w) * 12, 0, 1)
        made = base + times(blur(made, 0.02 * w) - base, trust)
    else:
        made = np.broadcast_to(base, image.shape).copy()
    ys, xs = np.ogrid[box]
    across = ((xs - frame.shoulders[0]) * frame.right[0] + (ys - frame.shoulders[1]) * frame.right[1]) / (0.3 * w)
    away = 1 - np.clip(blur(known, 0.08 * w) * 2, 0, 1)
    shade = 1.0 - 0.1 * np.clip(np.abs(across - 0.2 * light_side(person)), 0, 1.3) ** 2 * away
    made = times(made, shade * (1 + (grain(person)[box] - 1) * np.clip(away * 2, 0, 1)))
    keep = blur(known, max(0.012 * w, 0.8)) * (known > 0.5)
    colours: Float = (made + times(image - made, keep)).clip(0, 255)
    return colours
