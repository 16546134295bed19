"""Bare arms: the real one where it is seen, a rounded one where a sleeve hid it."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.body.person import Person
from prodgen_tryon.body.silhouette import smooth
from prodgen_tryon.body.sleeves import along_path, arm_path
from prodgen_tryon.filters import Float, blur, blur_inside, colour_distance, dilate, ellipse_kernel, to_lab, tube
from prodgen_tryon.picture.skin.arm_width import arm_half, bare_from, hidden_until
from prodgen_tryon.picture.skin.ribbon import Ribbon, met, ribbon, rounded
from prodgen_tryon.picture.skin.tones import body_tone, grain, light_side, skin_colour
from prodgen_tryon.sides import SIGN, Side

UNLIKE = 20.0  # distance of colours from which on one is not of the same skin
BINS = 12  # places across an arm
MEETING = 0.2  # over how much of an arm (in bones) the drawn one turns into the real one
RIM = 0.03  # the rim at a cuff that is mixed with cloth, in bones
BESIDE = 0.02  # how far beside skin that is seen the drawn arm may show, in shoulder widths
CARRIED = 0.5  # how far up (in bones) what is seen there is carried into what a sleeve hid


def bare_arm(person: Person, side: Side) -> tuple[Float, Float]:
    """A bare arm, colours and alpha: the real one where it is bare, a rounded one in the hand's tone where a sleeve hid it."""
    covered = person.measured.sleeves[side]
    image = person.image.astype(np.float32)
    real = _real_arm(person, side)
    if covered < 0.15:
        return image, real
    drawn = _drawn_arm(person, side)
    made = image.copy()
    sure = (real > 0.8) & (_unlike(person, side) < UNLIKE)  # not the scene between arm and body
    tones = _tones(person, side, drawn)
    _meet_real_arm(person, side, drawn)
    seen_across = across_the_arm(drawn, image, sure, covered)
    if seen_across is not None:
        near = np.exp(-np.clip(covered - drawn.along, 0, None) / CARRIED)[:, None]
        tones = tones + (seen_across(drawn.across) - tones) * near
    made[drawn.ys, drawn.xs] = tones * grain(person)[drawn.ys, drawn.xs][:, None]
    made = met(made, image, sure.astype(np.float32), drawn.alpha, 0.25 * person.width).clip(0, 255)
    mixed = made * (1 - real[..., None]) + image * real[..., None]
    return mixed.astype(np.float32), np.maximum(drawn.alpha, real)


def _real_arm(person: Person, side: Side) -> Float:
    """Where the arm's own skin is seen, alpha; pixels at an old cuff, which are half cloth, are none of it."""
    w = person.width
    real = person.parts["skin"] * tube(person.image.shape, arm_path(person.frame, side), np.full(4, 0.26 * w))
    real = (real * (1 - unlike_skin(person, side))).astype(np.float32)
    if person.measured.sleeves[side] < 0.15:
        return real
    cuff = blur(dilate((person.parts["upper"] > 0.35).astype(np.float32), 0.018 * w), 1.0)
    result: Float = (real * (1 - cuff)).astype(np.float32)
    return result


def _end(person: Person, side: Side) -> float:
    """Where the real arm goes on, in bones, below its sleeve and what lies over a side of it."""
    return min(hidden_until(person, side) + MEETING, 2.5)


def _drawn_arm(person: Person, side: Side) -> Ribbon:
    """The arm that a sleeve hid, from above the shoulder to where the real one goes on."""
    limb, covered = person.measured.arms[side], person.measured.sleeves[side]
    path, end = arm_path(person.frame, side), max(_end(person, side), bare_from(person, side) + MEETING)
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
    return ribbon(person.image.shape, centre, normal, t, outer, inner)


def _meet_real_arm(person: Person, side: Side, drawn: Ribbon) -> None:
    """Below the sleeve there is an arm only where the photo has one, or clothes over its side, and the drawn one ends; its alpha changes in place."""
    w, covered = person.width, bare_from(person, side)
    end, free = max(_end(person, side), covered + MEETING), drawn.along > covered + RIM
    known = (drawn.ys[free], drawn.xs[free])
    seen = dilate(np.maximum(person.parts["skin"], person.parts["hands"]) > 0.5, BESIDE * w)
    if end > covered + MEETING:
        seen |= person.parts["upper"] > 0.5
    here = np.clip(2 * person.parts["person"], 0, 1) * blur(seen.astype(np.float32), 1.0)
    ending = np.clip((end - drawn.along[free]) / max(min(end - covered - RIM, MEETING), 1e-3), 0, 1)
    gone = blur(dilate(person.parts["upper"], max(0.02 * w, 1.5)), 0.8)[known]
    drawn.alpha[known] *= here[known] * np.maximum(ending, gone).astype(np.float32)


def _tones(person: Person, side: Side, drawn: Ribbon) -> NDArray[np.float64]:
    """RGB [n, 3] of the pixels of a drawn arm: from the body's tone to the hand's, round, in the light that fell on the sleeve."""
    hand, face = skin_colour(person, side), body_tone(person)
    toward = np.clip(drawn.along / 2, 0, 1)[:, None]
    upper = face * (hand.mean() / max(face.mean(), 1)) ** 0.5
    tint = hand * (0.4 + 0.6 * toward) + upper * (0.6 - 0.6 * toward)
    # `across` grows outwards, the light's side with the picture's x.
    shade = rounded(drawn.across, light_side(person) * SIGN[side])
    shade = shade - 0.07 * np.exp(-(((drawn.along - 1.02) / 0.05) ** 2)) * np.clip(0.4 - drawn.across, 0, 1)  # elbow
    shade = shade + 0.03 * np.exp(-(((drawn.along - 0.5) / 0.25) ** 2))
    tones: NDArray[np.float64] = tint * _sleeve_light(person, drawn, shade)[:, None]
    return tones


def _sleeve_light(person: Person, drawn: Ribbon, shade: NDArray[np.float64]) -> NDArray[np.float64]:
    """`shade` [n] with the light that fell on the sleeve, where there was one."""
    sleeve = ((person.parts["upper"] > 0.6) & (drawn.alpha > 0.5)).astype(np.float32)
    if sleeve.sum() <= 50:
        return shade
    level = blur_inside(person.lab[..., 0], sleeve, 0.1 * person.width)
    middle = max(float(np.median(level[sleeve > 0])), 8.0)
    result: NDArray[np.float64] = shade * np.clip(level[drawn.ys, drawn.xs] / middle, 0.85, 1.12) ** 0.5
    return result


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
