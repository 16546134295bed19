"""What lies behind the clothes that are taken off: background, the trousers' upper end, bare arms and neck.

All of it depends on the person alone and is made once.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.fill import fill, mirror_down
from prodgen_tryon.filters import Float, blur, blur_inside, dilate, polygon, to_lab, tube
from prodgen_tryon.layers import over
from prodgen_tryon.parsing import head_shape
from prodgen_tryon.person import Person
from prodgen_tryon.skeleton import SIDES, Side, chin


def background(person: Person) -> Float:
    """The scene with a band along the person's inner side filled, float32 [h, w, 3]."""
    if "background" not in person.cache:
        body = dilate(person.parts["person"] > 0.06, max(0.012 * person.width, 2))
        person.cache["background"] = fill(person.image, body, ~body).astype(np.float32)
    plate: Float = person.cache["background"]
    return plate


def lower_clothes(person: Person) -> tuple[Float, Float]:
    """The lower clothes continued up to the waist under the old top: colours and alpha."""
    if "lower" not in person.cache:
        frame, w = person.frame, person.width
        lower = person.parts["lower"]
        measured, heights = person.measured, person.measured.heights
        edges = {side: np.minimum(measured.hips[side], measured.edges[side]) for side in SIDES}
        rows = np.linspace(0.78, 1.6, 12) * frame.torso
        left = [frame.at(-float(np.interp(h, heights, edges["a"])) * 0.97, float(h)) for h in rows]
        right = [frame.at(float(np.interp(h, heights, edges["b"])) * 0.97, float(h)) for h in rows]
        area = polygon(lower.shape, np.array(left + right[::-1]))
        solid = lower > 0.6
        first = np.where(solid.any(0), solid.argmax(0), -1).astype(float)
        known = np.flatnonzero(first >= 0)
        if not len(known):
            person.cache["lower"] = person.image.astype(np.float32), np.zeros(lower.shape, np.float32)
        else:
            line = np.interp(np.arange(len(first)), known, first[known])
            window = max(int(0.1 * w) | 1, 3)
            line = cv2.blur(cv2.medianBlur(line.astype(np.float32)[None], 5), (window, 1))[0] + 0.05 * w
            rows_grid = np.arange(lower.shape[0])[:, None]
            hole = (area | solid) & (rows_grid < line[None])
            colours = mirror_down(person.image, line, hole)
            alpha = cv2.GaussianBlur(((area & (rows_grid < line[None] + 2)) | solid).astype(np.float32), (0, 0), 0.8)
            person.cache["lower"] = colours, alpha
    colours, alpha = person.cache["lower"]
    return colours, alpha


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


def bare_skin(person: Person) -> tuple[Float, Float]:
    """Neck, upper chest and arms without cloth: colours and alpha. Skin that can be seen is kept as it is."""
    if "skin" not in person.cache:
        colours, alpha = _neck(person)
        arm_colours, arm_alpha = bare_arms(person)
        person.cache["skin"] = over(colours, arm_colours, arm_alpha), np.maximum(alpha, arm_alpha)
    colours, alpha = person.cache["skin"]
    return colours, alpha


def hidden_neck(person: Person) -> Float:
    """The part of the neck that a collar covers, alpha."""
    bare_skin(person)
    alpha: Float = person.cache["hidden_neck"]
    return alpha


def bare_arms(person: Person) -> tuple[Float, Float]:
    """Both arms without sleeves: colours and alpha."""
    if "arms" not in person.cache:
        (colours, alpha), (other, other_alpha) = (_bare_arm(person, side) for side in SIDES)
        person.cache["arms"] = over(colours, other, other_alpha), np.maximum(alpha, other_alpha)
    colours, alpha = person.cache["arms"]
    return colours, alpha


def _neck(person: Person) -> tuple[Float, Float]:
    shape, frame, w = person.image.shape, person.frame, person.width
    parts, image = person.parts, person.image.astype(np.float32)
    rise = person.measured.rise
    jaw = chin(frame)
    shoulder = {}
    for side in SIDES:
        outward = frame.right * (-1 if side == "a" else 1)
        tip = person.measured.tips[side] + (frame.down - outward) * 0.03 * w
        limb = person.measured.arms[side]
        shoulder[side] = [tip, *(limb.centre[int(np.searchsorted(limb.t, t))] for t in (0.12, 0.3, 0.45))]
    area = polygon(shape, np.array([
        jaw - frame.right * 0.17 * w - frame.down * 0.2 * w, frame.at(-0.19 * w, -rise - 0.08 * w), frame.at(-0.28 * w, -rise + 0.02 * w), *shoulder["a"], frame.at(-0.2 * w, 0.8 * w), frame.at(0, 0.85 * w),
        frame.at(0.2 * w, 0.8 * w), *shoulder["b"][::-1], frame.at(0.28 * w, -rise + 0.02 * w), frame.at(0.19 * w, -rise - 0.08 * w), jaw + frame.right * 0.17 * w - frame.down * 0.2 * w]))  # fmt: skip
    seen = ((parts["neck"] > 0.7) & (parts["upper"] < 0.2)).astype(np.float32)
    seen_face = ((parts["face"] > 0.8) & (np.arange(shape[0])[:, None] > frame["nose"][1])).astype(np.float32) * 0.02
    base = skin_colour(person)
    # A high collar that was taken for a neck is no sample of skin.
    tone = to_lab(person.image) - to_lab(base.round().astype(np.uint8).reshape(1, 1, 3))
    seen *= np.linalg.norm(tone * np.array([0.4, 1.4, 1.4], np.float32), axis=-1) < 20
    weight = seen + seen_face
    smooth = (
        blur_inside(image, weight, 0.12 * w) if weight.any() else np.broadcast_to(base.astype(np.float32), image.shape)
    )
    trust = np.clip(blur(weight, 0.12 * w) * 20, 0, 1)[..., None]
    smooth = smooth * trust + base.astype(np.float32) * (1 - trust)
    ys, xs = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    across = ((xs - frame.shoulders[0]) * frame.right[0] + (ys - frame.shoulders[1]) * frame.right[1]) / (0.3 * w)
    shade = 1.0 - 0.1 * np.clip(np.abs(across), 0, 1.3) ** 2
    made = smooth * shade[..., None]
    person.cache["hidden_neck"] = ((parts["neck"] > 0.4) & (seen < 0.5)).astype(np.float32) * parts["neck"]
    keep = blur(seen, 0.02 * w)[..., None] * (parts["neck"] > 0.4)[..., None]
    keep = keep.astype(np.float32)
    colours = image * keep + made * (1 - keep)
    alpha = np.maximum(blur(area.astype(np.float32), 1.0), parts["neck"])
    return colours.astype(np.float32), alpha.astype(np.float32)


def _bare_arm(person: Person, side: Side) -> tuple[Float, Float]:
    """A bare arm: the real one where it is bare, a shaded tube in the hand's colour where a sleeve hid it."""
    shape, frame, w = person.image.shape, person.frame, person.width
    limb = person.measured.arms[side]
    covered = person.measured.sleeves[side]
    real = person.parts["skin"] * tube(shape, np.vstack([frame.arm(side), frame.hand(side)]), np.full(4, 0.26 * w))
    image = person.image.astype(np.float32)
    if covered < 0.15:
        return image, real
    typical = np.interp(limb.t, [0, 0.35, 1, 1.5, 2], np.array([0.165, 0.142, 0.112, 0.104, 0.074]) * w)
    half_outer, half_inner = np.minimum(typical, limb.outer * 0.97), np.minimum(typical, limb.inner * 0.97)
    outer, inner = limb.centre + limb.normal * half_outer[:, None], limb.centre - limb.normal * half_inner[:, None]
    end = int(np.searchsorted(limb.t, min(covered + 0.12, 2.0)))
    area = polygon(shape, np.vstack([outer[: end + 1], inner[: end + 1][::-1]]))
    # Coordinates across the arm, for the shading of a cylinder lit from above.
    ys, xs = np.nonzero(dilate(area, 3))
    points = np.stack([xs, ys], 1).astype(float)
    nearest = ((points[:, None, :] - limb.centre[None]) ** 2).sum(-1).argmin(1)
    across = ((points - limb.centre[nearest]) * limb.normal[nearest]).sum(1) / np.maximum(
        (half_outer + half_inner)[nearest] / 2, 1
    )
    hand = skin_colour(person, side)
    face = skin_colour(person)
    toward = np.clip(limb.t[nearest] / 2, 0, 1)[:, None]
    tint = hand * (0.45 + 0.55 * toward) + face * (0.55 - 0.55 * toward) * (hand.mean() / max(face.mean(), 1)) ** 0.6
    shade = 1.04 - 0.26 * np.clip(np.abs(across), 0, 1.2) ** 2.2
    # The light that fell on the sleeve falls on the arm.
    light = to_lab(person.image)[..., 0]
    sleeve = ((person.parts["upper"] > 0.6) & area).astype(np.float32)
    if sleeve.sum() > 50:
        level = blur_inside(light, sleeve, 0.1 * w)
        middle = max(float(np.median(level[sleeve > 0])), 8.0)
        shade = shade * np.clip(level[ys, xs] / middle, 0.85, 1.12) ** 0.5
    grain = np.random.default_rng(5).normal(0, 1, shape[:2]).astype(np.float32)
    grain = blur(grain, 0.8) * 3 + blur(grain, 0.03 * w) * 0.03 * w * 3
    colours = image.copy()
    colours[ys, xs] = np.clip(tint * shade[:, None] + grain[ys, xs][:, None], 0, 255)
    alpha = blur(area.astype(np.float32), 1.0)
    mixed = colours * (1 - real[..., None]) + image * real[..., None]
    return mixed.astype(np.float32), np.maximum(alpha, real)


def bare_legs(person: Person) -> tuple[Float, Float]:
    """Legs without cloth: colours and alpha; the real ones where they are bare."""
    if "legs" not in person.cache:
        shape, w = person.image.shape, person.width
        image = person.image.astype(np.float32)
        colours, alpha = image.copy(), np.zeros(shape[:2], np.float32)
        base = skin_colour(person)
        for side in SIDES:
            limb = person.legs[side]
            typical = np.interp(limb.t, [0, 0.5, 1, 1.35, 2], np.array([0.27, 0.23, 0.165, 0.17, 0.1]) * w)
            outer_half, inner_half = np.minimum(typical, limb.outer * 0.96), np.minimum(typical, limb.inner * 0.96)
            outer, inner = (
                limb.centre + limb.normal * outer_half[:, None],
                limb.centre - limb.normal * inner_half[:, None],
            )
            area = polygon(shape, np.vstack([outer, inner[::-1]]))
            ys, xs = np.nonzero(dilate(area, 3))
            points = np.stack([xs, ys], 1).astype(float)
            nearest = ((points[:, None, :] - limb.centre[None]) ** 2).sum(-1).argmin(1)
            across = ((points - limb.centre[nearest]) * limb.normal[nearest]).sum(1) / np.maximum(
                (outer_half + inner_half)[nearest] / 2, 1
            )
            knee = np.exp(-(((limb.t[nearest] - 1) / 0.12) ** 2))
            shade = 1.03 - 0.24 * np.clip(np.abs(across), 0, 1.2) ** 2.2 - 0.05 * knee
            colours[ys, xs] = np.clip(base * shade[:, None], 0, 255)
            alpha = np.maximum(alpha, blur(area.astype(np.float32), 1.0))
        person.cache["legs"] = colours, alpha
    colours, alpha = person.cache["legs"]
    return colours, alpha
