"""What lies behind the clothes that are taken off: background, the trousers' upper end, bare arms and neck.

All of it depends on the person alone and is made once.
"""

from __future__ import annotations

import cv2
import numpy as np

from prodgen_tryon.body.person import Person, per_person
from prodgen_tryon.body.silhouette import smooth
from prodgen_tryon.filters import Float, dilate, erode, polygon
from prodgen_tryon.picture.fill import fill, spread
from prodgen_tryon.picture.layers import joined, paint
from prodgen_tryon.picture.mirror import mirrored
from prodgen_tryon.picture.skin.arms import bare_arm
from prodgen_tryon.picture.skin.legs import bare_leg
from prodgen_tryon.picture.skin.neck import bare_neck
from prodgen_tryon.sides import SIDES, SIGN

BEHIND = 0.07  # how far behind the outline the scene is mirrored, in shoulder widths


@per_person
def background(person: Person) -> Float:
    """The scene with a band along the person's inner side filled, float32 [h, w, 3]."""
    w = person.width
    body = dilate(person.parts["person"] > 0.06, max(0.017 * w, 2))
    # Deep inside of the person nothing of the scene is ever seen: what is smooth will do.
    worn = np.maximum(person.parts["upper"], person.parts["lower"])
    near = body & dilate(worn > 0.3, 0.06 * w) & ~erode(person.parts["person"] > 0.5, 0.16 * w)
    filled = fill(person.image, near, ~body).astype(np.float32)
    # Bumps of the outline would bend what is mirrored there.
    smooth_body = dilate(erode(body, 0.03 * w), 0.03 * w) | dilate(person.parts["person"] > 0.5, 1)
    smooth_body = erode(dilate(smooth_body, 0.08 * w), 0.08 * w)
    paint(filled, *mirrored(person.image, ~smooth_body, BEHIND * w))
    return spread(filled, (~body | near).astype(np.float32))


@per_person
def lower_clothes(person: Person) -> tuple[Float, Float]:
    """The lower clothes continued up to the waist under the old top: colours and alpha."""
    frame, w, parts = person.frame, person.width, person.parts
    lower, heights = parts["lower"], person.measured.heights
    source = (lower > 0.85) & ~dilate(np.maximum(parts["upper"], parts["hands"]) > 0.3, max(0.02 * w, 1))
    if source.sum() < 50:
        return person.image.astype(np.float32), np.zeros(lower.shape, np.float32)
    rows = np.linspace(0.78, 1.6, 16) * frame.torso
    outline = []
    for side in SIDES:
        sign = SIGN[side]
        hips, torso = (np.interp(rows, heights, edges[side]) for edges in (person.measured.hips, person.measured.edges))
        across = np.where(rows < 0.9 * frame.torso, np.minimum(hips, torso), hips)
        outline.append([frame.at(sign * 0.985 * float(a), float(h)) for a, h in zip(smooth(across), rows, strict=True)])
    area = polygon(lower.shape, np.array(outline[0] + outline[1][::-1]))
    solid = lower > 0.6
    # Hands and a slanting hem cut bites out of what is seen of the hips, which are round.
    ys, xs = np.nonzero(area | solid)
    end = max(frame.torso, person.measured.hem or 0.0) + 0.3 * w
    high = frame.local(np.stack([xs, ys], 1))[:, 1] < end
    if high.sum() > 3:
        hull = cv2.convexHull(np.stack([xs[high], ys[high]], 1).astype(np.int32))
        area = area | polygon(lower.shape, hull.reshape(-1, 2))
    first = np.where(solid.any(0), solid.argmax(0), -1).astype(float)
    known = np.flatnonzero(first >= 0)
    line = np.interp(np.arange(len(first)), known, first[known])
    window = max(int(0.1 * w) | 1, 3)
    line = cv2.blur(cv2.medianBlur(line.astype(np.float32)[None], 5), (window, 1))[0] + 0.05 * w
    above = np.arange(lower.shape[0])[:, None] < line[None]
    hole = (area & above) | (dilate(solid, 2) & above & ~source)
    colours = fill(person.image, dilate(hole, 3) & ~source, source).astype(np.float32)
    alpha = cv2.GaussianBlur(((area & above) | solid).astype(np.float32), (0, 0), 0.8)
    return colours, alpha


@per_person
def bare_skin(person: Person) -> tuple[Float, Float]:
    """Neck, upper chest and arms without cloth: colours and alpha. Skin that can be seen is kept as it is."""
    colours, alpha, _ = bare_neck(person)
    return joined((colours, alpha), bare_arms(person))


def hidden_neck(person: Person) -> Float:
    """The part of the neck that a collar covers, alpha."""
    _, _, hidden = bare_neck(person)
    return hidden


@per_person
def bare_arms(person: Person) -> tuple[Float, Float]:
    """Both arms without sleeves: colours and alpha."""
    one, other = (bare_arm(person, side) for side in SIDES)
    return joined(one, other)


@per_person
def bare_legs(person: Person) -> tuple[Float, Float]:
    """Legs without cloth: colours and alpha."""
    one, other = (bare_leg(person, person.legs[side]) for side in SIDES)
    return joined(one, other)
