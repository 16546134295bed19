"""Neck, shoulders and upper chest without cloth."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.body.measures import SLOPE
from prodgen_tryon.body.person import Person, per_person
from prodgen_tryon.body.silhouette import cast
from prodgen_tryon.body.skeleton import chin
from prodgen_tryon.filters import Float, blur, box_of, dilate, ellipse_kernel, erode, polygon, times
from prodgen_tryon.picture.fill import spread
from prodgen_tryon.picture.skin.tones import body_tone, grain, light_side, seen_skin
from prodgen_tryon.sides import SIDES

CHIN = 0.06  # how far below the face what has its colour is the chin's, in shoulder widths
COLLAR = 0.025  # thickness of a collar, in shoulder widths


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


@per_person
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
    beside &= ~dilate(parts["face"] > 0.5, CHIN * w)
    seen[beside] = 0
    shoulder = {}
    for side in SIDES:
        outward = frame.outward(side)
        tip = person.measured.tips[side] + (frame.down - outward) * 0.03 * w
        limb = person.measured.arms[side]
        shoulder[side] = [tip, *(limb.centre[int(np.searchsorted(limb.t, t))] for t in (0.12, 0.3, 0.45))]
    top = jaw - frame.down * 0.2 * w
    head = np.maximum(parts["face"], parts["hair"])
    jaws = [min(half, cast(head, top, frame.right * sign, 0.3 * w)) for sign, half in ((-1.0, left), (1.0, right))]
    # A neck leans with its head.
    across, height = frame.local(jaw[None])[0]
    lean = float(across) * float(np.clip(0.1 * w / max(-rise - height, 1e-6), 0, 1))
    ring = np.array([
        top - frame.right * jaws[0], frame.at(lean - 1.02 * left, -rise - 0.1 * w), frame.at(-1.25 * left, -rise - 0.03 * w), frame.at(-0.28 * w, -rise + 0.02 * w),
        *shoulder["a"], frame.at(-0.2 * w, 0.8 * w), frame.at(0, 0.85 * w), frame.at(0.2 * w, 0.8 * w), *shoulder["b"][::-1],
        frame.at(0.28 * w, -rise + 0.02 * w), frame.at(1.25 * right, -rise - 0.03 * w), frame.at(lean + 1.02 * right, -rise - 0.1 * w), top + frame.right * jaws[1]])  # fmt: skip
    canvas = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(canvas, [np.round(ring * 16).astype(np.int32).reshape(-1, 1, 2)], 255, cv2.LINE_AA, 4)
    canvas[_under_collar(person)] = 255
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


def _under_collar(person: Person) -> NDArray[np.bool_]:
    """Where cloth lies on the slope from the neck to the shoulder [h, w]: below it is skin, however the head is turned."""
    frame, w, rise = person.frame, person.width, person.measured.rise
    slope = [frame.at(sign * across * w, along * w - rise) for sign in (-1, 1) for across, along in SLOPE[::sign]]
    worn = np.maximum(person.parts["upper"], person.parts["neck"]) > 0.5
    return erode(worn, max(COLLAR * w, 1)) & polygon(person.image.shape, np.array(slope))


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
    real = np.maximum(known, person.parts["face"][box] > 0.5)  # the neck begins at the chin without a seam
    keep = np.clip(2 * blur(real, max(0.012 * w, 0.8)) - 1, 0, 1) * (known > 0.5)
    colours: Float = (made + times(image - made, keep)).clip(0, 255)
    return colours
