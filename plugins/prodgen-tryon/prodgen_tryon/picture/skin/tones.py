"""The colours of skin that is seen: of hands, face and neck, its grain, and where its light comes from."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.body.head import head_shape
from prodgen_tryon.body.person import Person, per_person
from prodgen_tryon.filters import Float, blur, colour_distance, dilate, to_lab, tube
from prodgen_tryon.picture.light import tint
from prodgen_tryon.picture.skin.arm_width import arm_region
from prodgen_tryon.sides import Side

SHADED = 0.6  # chroma for its lightness of skin in shade, relative to a face's; a beard and cloth have less
LIT = 0.75  # of a face's lightness, that of skin which is in no shade
PALER = -2.5  # a of CIELAB of a neck beside its face: over half of the mean over photos, of which nearly all agree


@per_person
def skin_colour(person: Person, side: Side | None = None) -> NDArray[np.float64]:
    """Typical RGB of the person's skin: of one arm's hand where it is seen, else of the face."""
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


@per_person
def body_tone(person: Person) -> NDArray[np.float64]:
    """Typical RGB of the skin below the face: the neck's, where enough of it is seen, else between the face's and the arms'; a face is redder, and so are hands."""
    face = skin_colour(person)
    lit = (seen_skin(person) > 0.5) & (person.lab[..., 0] > LIT * _lab(face)[0])
    neck, arms = (lit & (arm_region(person) == here) for here in (0, 1))
    for seen, share, paler in ((neck, 0.75, 0.0), (arms, 0.5, PALER)):
        tone = _lit(person.image[seen]) if seen.sum() > 0.015 * person.width**2 else None
        if tone is not None:
            return share * tone + (1 - share) * face * tint(paler, 0.0)
    return face * tint(PALER, 0.0)


def _lab(rgb: NDArray[np.float64]) -> Float:
    """One colour [3] in CIE L*a*b*."""
    result: Float = to_lab(rgb.round().astype(np.uint8).reshape(1, 1, 3))[0, 0]
    return result


def seen_skin(person: Person) -> Float:
    """Skin of neck and chest that is really skin [h, w], 0 or 1: of the skin's tone, and away from cloth and its shadow."""
    parts, w = person.parts, person.width
    seen = np.maximum(parts["neck"], parts["skin"]) > 0.7
    seen |= (parts["neck"] > 0.15) & (parts["neck"] + parts["face"] > 0.7)
    seen &= parts["upper"] < 0.2
    seen &= ~dilate(parts["upper"] > 0.4, 0.022 * w)
    seen &= (person.along < person.frame.torso) | (arm_region(person) > 0)  # no legs
    tone = _lab(skin_colour(person))
    # A high collar that was taken for a neck is no sample of skin. Shade below a chin takes chroma as well as lightness.
    lab, weights = person.lab, (0.4, 1.4, 1.4)
    shade = np.clip(lab[..., :1] / max(float(tone[0]), 1.0), 0, 1)
    unshaded = lab + (1 - shade) * np.array([0, *tone[1:]], np.float32)
    coloured = np.hypot(lab[..., 1], lab[..., 2]) > SHADED * float(np.hypot(*tone[1:])) * shade[..., 0]
    seen &= (colour_distance(lab, tone, weights) < 20) | coloured & (colour_distance(unshaded, tone, weights) < 20)
    # Nor are a few stitches of its colour: skin goes on from the face, or there is more of it.
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(seen.astype(np.uint8), connectivity=8)
    kept = stats[:, cv2.CC_STAT_AREA] > 0.04 * w * w
    kept[np.unique(pieces[dilate(parts["face"] > 0.5, 0.05 * w)])] = True
    kept[0] = False
    result: Float = kept[pieces].astype(np.float32) if count > 1 else seen.astype(np.float32)
    return result


@per_person
def grain(person: Person) -> Float:
    """A factor around 1 [h, w] that gives smooth skin the unevenness of the skin that is seen, and the photo's noise."""
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
    return (1 + total / 60).astype(np.float32)


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
