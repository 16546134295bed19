"""Where what lies in front of, behind and beside new clothes: alphas [h, w] of a person, and of a person in a fitted top."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.body.head import head_shape
from prodgen_tryon.body.person import Person, per_person
from prodgen_tryon.body.sleeves import along_path, arm_path, beyond, folded
from prodgen_tryon.filters import Float, blur, dilate, polygon, tube
from prodgen_tryon.fit.parts import TopFit
from prodgen_tryon.picture import underlay
from prodgen_tryon.picture.skin.arm_width import arm_region, hidden_until
from prodgen_tryon.sides import SIDES

MIXED = 1.4  # what a head's share of a pixel is multiplied with where the rest is of the old clothes
UNDER = 0.02  # how far below its edge nothing shines through cloth on a shoulder, in shoulder widths


@per_person
def front(person: Person) -> Float:
    """What no garment may cover: face, hair, hands; alpha."""
    parts, shape = person.parts, person.image.shape
    # Between face and hair, a beard's edge among others, each has a share of a pixel.
    chin = parts["face"] / np.maximum(parts["face"] + parts["neck"], 1e-6)
    head = np.minimum(parts["face"] * np.clip(4 * chin - 1.5, 0, 1) + parts["hair"], 1)
    # A pixel that is as much of the old clothes has their colour.
    head = head * np.minimum(MIXED * head / np.maximum(head + parts["upper"], 1e-6), 1)
    oval = head_shape(person.frame, shape, 0.92) * (parts["person"] > 0.5) * (parts["upper"] < 0.5)
    alpha: Float = np.maximum.reduce([head, oval, parts["hands"]]).astype(np.float32)
    return alpha


@per_person
def old_clothes(person: Person, dress: bool) -> Float:
    """What a top, or a dress, takes the place of, a little grown, alpha."""
    old = np.maximum(person.parts["upper"], person.parts["lower"]) if dress else person.parts["upper"]
    # Its rim is mixed with the scene, and goes as a whole.
    return blur(np.clip(2 * dilate(old, max(0.02 * person.width, 1.5)), 0, 1), 0.8)


def below_hem(person: Person) -> Float:
    """Where lower clothes can be seen: below the hem of the top that is worn, or where some are seen already."""
    w, hem = person.width, person.measured.hem
    if hem is None:
        return np.ones(person.image.shape[:2], np.float32)
    below = np.clip((person.along - hem + 0.02 * w) / (0.03 * w), 0, 1)
    worn = dilate(np.maximum(person.parts["lower"], person.parts["upper"]), max(0.01 * w, 1))
    visible: Float = np.maximum(below, worn).astype(np.float32)
    return visible


def legs_below(person: Person, cloth: Float) -> Float:
    """Bare legs that are seen, but where `cloth` [h, w] lies over them, alpha."""
    return person.parts["skin"] * (1 - arm_region(person)) * (1 - cloth)


@per_person
def neck_region(person: Person) -> Float:
    """Where skin may show inside of an opening: the neck's column and the chest below it; alpha."""
    frame, w, rise = person.frame, person.width, person.measured.rise
    half = [
        (0.175, -0.8 * w),
        (0.175, -rise - 0.12 * w),
        (0.21, -rise - 0.05 * w),
        (0.28, -rise),
        (0.34, -rise + 0.06 * w),
        (0.4, 0.9 * w),
    ]
    ring = np.array(
        [frame.at(sign * across * w, along) for sign, side in ((-1, half), (1, half[::-1])) for across, along in side]
    )
    region = polygon(person.image.shape, ring) | (person.parts["neck"] > 0.6)
    return blur(region.astype(np.float32), 1.0)


def shoulders(person: Person, fitted: TopFit) -> Float:
    """0 outside of the garment beside the shoulders, where a piece that is cut with a margin would stick out of the seam; else 1."""
    frame, w, shape = person.frame, person.width, person.image.shape
    inside = np.zeros(shape[:2], bool)
    for part in fitted.parts:
        inside |= polygon(shape, part.shape)
    corners = [frame.at(a * w, b * w) for a, b in ((0.4, -0.5), (1.2, -0.5), (1.2, 0.35), (0.4, 0.35))]
    mirrored = [frame.at(-a * w, b * w) for a, b in ((0.4, -0.5), (1.2, -0.5), (1.2, 0.35), (0.4, 0.35))]
    beside = polygon(shape, np.array(corners)) | polygon(shape, np.array(mirrored))
    return blur((~beside | dilate(inside, max(0.006 * w, 0.8))).astype(np.float32), 0.8)


def opening(person: Person, fitted: TopFit) -> Float:
    """The inside of the neck opening above the front edge, alpha."""
    curve = fitted.neckline
    lift = person.frame.down * 0.9 * person.width
    ring = np.vstack([curve, curve[-1:] - lift, curve[:1] - lift])
    return blur(polygon(person.image.shape, ring).astype(np.float32), 0.8)


def arms_in_front(person: Person, fitted: TopFit) -> Float:
    """Bare arms below the new sleeves that lie in front of the torso, alpha."""
    frame, w, shape = person.frame, person.width, person.image.shape
    _, arms = underlay.bare_arms(person)
    total = np.zeros(shape[:2], np.float32)
    for side in SIDES:
        end = fitted.sleeve_ends[side]
        if end >= 2.3:
            continue
        path = arm_path(frame, side)
        t = np.linspace(max(end, 0.3), 3.0, 14)
        bare = tube(shape, along_path(path, t), np.full(14, 0.16 * w)) & beyond(shape, path, t[0])
        if folded(path):  # it comes back beside the upper arm
            bare |= _forearm(person, path, end)
        if hidden_until(person, side) > person.measured.sleeves[side]:  # it hangs behind the torso
            bare &= person.parts["upper"] < 0.5
        total = np.maximum(total, blur(bare.astype(np.float32), 0.8))
    return (total * arms).astype(np.float32)


def in_sleeves(person: Person, fitted: TopFit) -> Float:
    """Where the new sleeves hold the arms, of which nothing is seen beside them; alpha."""
    frame, w, shape = person.frame, person.width, person.image.shape
    inside = np.zeros(shape[:2], bool)
    for side in SIDES:
        end = fitted.sleeve_ends[side]
        if end > 0.25:
            path = arm_path(frame, side)
            t = np.linspace(0.0, max(end - 0.1, 0.1), 12)
            tip = path[:1] + (path[:1] - path[1:2]) * 0.1
            inside |= tube(shape, np.vstack([tip, along_path(path, t)]), np.full(13, 0.24 * w)) & ~beyond(
                shape, path, t[-1]
            )
    return blur(inside.astype(np.float32), 0.8)


def beside_collar(person: Person, fitted: TopFit) -> Float:
    """Beside a standing collar, above the cloth on the shoulders: no neck is seen there; alpha."""
    down, shape = person.frame.down, person.image.shape
    inside = np.zeros(shape[:2], bool)
    for line in fitted.collar.values():
        foot = line + down * UNDER * person.width
        inside |= polygon(shape, np.vstack([line[:1], foot, line[-1:] + np.outer((line[0] - line[-1]) @ down, down)]))
    return blur(inside.astype(np.float32), 0.8)


def held(person: Person, fitted: TopFit, inside: Float) -> Float:
    """Bare skin that the new sleeves and shoulders hold, alpha: none of it is seen beside them.

    Args:
        inside: the inside of the neck opening, alpha.
    """
    frame, w, shape = person.frame, person.width, person.image.shape
    beyond_sleeves = np.zeros(shape[:2], bool)
    for side in SIDES:
        end = fitted.sleeve_ends[side]
        if end < 2.9:
            path = arm_path(frame, side)
            t = np.linspace(end, 3.0, 12)
            beyond_sleeves |= tube(shape, along_path(path, t), np.full(12, 0.17 * w)) & beyond(shape, path, end)
    bare = person.parts["skin"] * (1 - neck_region(person)) * (1 - inside) * ~beyond_sleeves
    neck = np.maximum(person.parts["skin"], person.parts["neck"]) * (1 - arm_region(person))
    hidden: Float = np.maximum(in_sleeves(person, fitted) * bare, beside_collar(person, fitted) * neck)
    return hidden.astype(np.float32)


def _forearm(person: Person, path: NDArray[np.float64], end: float) -> NDArray[np.bool_]:
    """Where a bare forearm is, from the elbow or the sleeve's end on."""
    t = np.linspace(max(end + 0.05, 1.1), 3.0, 10)
    return tube(person.image.shape, along_path(path, t), np.full(10, 0.15 * person.width))


def forearms_over_sleeves(person: Person, fitted: TopFit) -> Float:
    """Bare forearms that are folded back over their own upper arm, alpha."""
    total = np.zeros(person.image.shape[:2], np.float32)
    for side in SIDES:
        path, end = arm_path(person.frame, side), fitted.sleeve_ends[side]
        if end < 1.9 and folded(path):
            seen = person.measured.sleeves[side] < 1
            arms = np.clip(2 * person.parts["skin"] - 1, 0, 1) if seen else underlay.bare_arms(person)[1]
            total = np.maximum(total, _forearm(person, path, end) * arms)
    return total.astype(np.float32)
