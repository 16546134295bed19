"""Lays accessories over a dressed photo: layers with alpha, behind hands, face and hair where they belong.

Skin, face and hands are never redrawn: an accessory covers what it lies on, and beside it every pixel is as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image, Refusal
from prodgen_tryon.accessories.anchors import Carrying, head, turned
from prodgen_tryon.accessories.fit import (
    fit_bag,
    fit_glasses,
    fit_hat,
    fit_scarf,
    fit_strip,
    hair_around,
    seen,
)
from prodgen_tryon.accessories.placement import Placement, placed
from prodgen_tryon.accessories.shape import AccessoryShape
from prodgen_tryon.body.person import Person
from prodgen_tryon.body.skeleton import Skeleton
from prodgen_tryon.body.sleeves import along_path, arm_path
from prodgen_tryon.filters import Box, Float, blur, dilate, tube
from prodgen_tryon.garment.cutout import Cutout
from prodgen_tryon.picture.layers import over, warp_part
from prodgen_tryon.picture.light import exposure
from prodgen_tryon.picture.regions import front
from prodgen_tryon.refusals import NECK_CUT_OFF, no_room
from prodgen_tryon.sides import SIDES, Side

SHADOW = 0.3
MOST_OUTSIDE = 0.12


@dataclass(frozen=True)
class Laid:
    """What an accessory changed inside `box` of the photo: RGB uint8, where it changed, and its visible layer RGBA uint8."""

    box: Box
    picture: Image
    changed: NDArray[np.bool_]
    layer: Image
    signs: dict[str, float]
    warnings: tuple[str, ...]


def lay_accessory(
    picture: Image, person: Person, cutout: Cutout, shape: AccessoryShape, measurements: Mapping[str, float]
) -> Laid | Refusal:
    """One accessory on the dressed photo, uint8 RGB [h, w, 3]."""
    frame = person.frame.out_of_crop(person.origin, person.scale)
    refusal = seen(frame, shape.category, picture.shape)
    if refusal is not None:
        return refusal
    placement: Placement | None = None
    by: Carrying | None = None
    if shape.category == "hat":
        placement = fit_hat(frame, shape, hair_around(person))
    elif shape.category == "glasses":
        placement = fit_glasses(frame, shape)
    elif shape.category == "bag":
        fitted = fit_bag(frame, shape, cutout.rgba, picture.shape, measurements)
        if isinstance(fitted, Refusal):
            return fitted
        placement, by = fitted
    elif shape.strip is None:
        placement = fit_scarf(frame, shape)
    if placement is None:
        assert shape.strip is not None
        box, layer = _hung(picture, person, frame, cutout, shape.strip, measurements.get("length"))
    else:
        box = placement.box(cutout.rgba, picture.shape)
        if shape.category != "scarf" and placement.outside(cutout.rgba, picture.shape) > MOST_OUTSIDE:
            return no_room(shape.category)
        if box[2] <= box[0] or box[3] <= box[1]:
            return NECK_CUT_OFF
        layer = placed(cutout.rgba, placement, box)
    return _composed(picture, person, frame, shape, box, layer, by, cutout.confidence)


def _hung(
    picture: Image,
    person: Person,
    frame: Skeleton,
    cutout: Cutout,
    strip: NDArray[np.float64],
    length: float | None,
) -> tuple[Box, Float]:
    parts = fit_strip(frame, person.measured.rise / person.scale, strip, length)
    outlines = np.vstack([part.shape for part in parts])
    low, high = np.floor(outlines.min(0)).astype(int) - 4, np.ceil(outlines.max(0)).astype(int) + 4
    limits = (picture.shape[1], picture.shape[0])
    x0, y0, x1, y1 = (int(np.clip(v, 0, limits[i % 2])) for i, v in enumerate((*low, *high)))
    layer = np.zeros((y1 - y0, x1 - x0, 4), np.float32)
    for part in parts:
        here = replace(part, target=part.target - [x0, y0], shape=part.shape - [x0, y0])
        half = warp_part(cutout.rgba, here, layer.shape[:2])
        layer[..., :3] = over(layer[..., :3], half[..., :3], half[..., 3])
        layer[..., 3] = np.maximum(layer[..., 3], half[..., 3])
    return (x0, y0, x1, y1), layer


def _composed(
    picture: Image,
    person: Person,
    frame: Skeleton,
    shape: AccessoryShape,
    box: Box,
    layer: Float,
    by: Carrying | None,
    contrast: float,
) -> Laid:
    x0, y0, x1, y1 = box
    before = picture[y0:y1, x0:x1]
    canvas = before.astype(np.float32)
    warnings: list[str] = []
    whole = layer[..., 3]
    alpha = whole * (1 - _guard(person, frame, shape, box, by))
    hair_left = 0.0
    if shape.category == "hat":
        canvas, hair_left = _hair_under_hat(canvas, person, frame, box, whole)
        if hair_left > 0.12:
            warnings.append("More hair than fits under the hat was left beside it.")
    if shape.category in ("bag", "scarf"):
        clothes = _region(np.maximum(person.parts["upper"], person.parts["lower"]), person, box)
        near = blur(np.roll(whole, max(round(0.012 * frame.width), 1), axis=0), 0.025 * frame.width)
        canvas = canvas * (1 - SHADOW * near * clothes * (1 - _region(front(person), person, box)))[..., None]
    canvas = over(canvas, layer[..., :3] * np.float32(exposure(person)), alpha)
    result = canvas.round().clip(0, 255).astype(np.uint8)
    changed = (result != before).any(-1)
    visible = float(alpha.sum() / max(whole.sum(), 1e-6))
    signs = {
        "pose": _seen_joints(frame, shape.category, by),
        "points": shape.confidence,
        "outline": contrast,
        "cover": min(visible / 0.6, 1.0),
    }
    out = np.dstack([layer[..., :3], alpha * 255]).round().clip(0, 255).astype(np.uint8)
    return Laid(box, result, changed, out, signs, tuple(warnings))


def _seen_joints(frame: Skeleton, category: str, by: Carrying | None) -> float:
    """The least visibility of the joints that an accessory hangs on, 0 to 1; less for a turned head that wears it."""
    names = ("eye", "ear") if category in ("hat", "glasses") else ("shoulder",)
    joints = [f"{name}_{side}" for name in names for side in SIDES]
    if by is not None and by.by == "hand":
        joints = [f"wrist_{by.side}", f"index_{by.side}"]
    least = float(min(frame.seen.get(joint, 1.0) for joint in joints))
    if category in ("hat", "glasses") and frame.facing != "back":
        least *= float(np.clip((turned(frame) - 0.35) / 0.35, 0, 1))
    return least


def _guard(person: Person, frame: Skeleton, shape: AccessoryShape, box: Box, by: Carrying | None) -> Float:
    """What lies in front of the accessory, alpha [h, w] inside the box."""
    hands = _region(person.parts["hands"], person, box)
    if shape.category == "hat":
        return hands
    hair = _region(person.parts["hair"], person, box)
    if shape.category == "glasses":
        # Hair falls over the temples, and never over the middle of the face.
        ys, xs = np.mgrid[box[1] : box[3], box[0] : box[2]]
        axes = head(frame)
        across = ((xs - axes.eyes[0]) * axes.right[0] + (ys - axes.eyes[1]) * axes.right[1]) / axes.cm
        temples = hair * np.clip((np.abs(across) - 5.6) / 0.8, 0, 1)
        return np.asarray(np.maximum(hands, temples), np.float32)
    if shape.category == "scarf":
        before = _region(front(person), person, box)
        if shape.strip is None:
            return before
        ys, xs = np.mgrid[box[1] : box[3], box[0] : box[2]]
        across = (xs - frame.shoulders[0]) * frame.right[0] + (ys - frame.shoulders[1]) * frame.right[1]
        throat = _region(person.parts["neck"], person, box) * (np.abs(across) < 0.17 * frame.width)
        return np.asarray(np.maximum(before, throat), np.float32)
    if by is not None and by.by == "shoulder":
        return np.asarray(np.maximum(hands, _arm(person, by.side, box)), np.float32)
    return hands


def _arm(person: Person, side: Side, box: Box) -> Float:
    """The arm below the middle of the upper arm, which hangs in front of a bag on that shoulder."""
    reach = arm_path(person.frame, side, fingers=0.7)
    t = np.linspace(0.55, 4.0, 14)
    mask = tube(person.image.shape, along_path(reach, t), np.full(14, 0.15 * person.width))
    return _region((mask * person.parts["person"]).astype(np.float32), person, box)


def _hair_under_hat(canvas: Float, person: Person, frame: Skeleton, box: Box, hat: Float) -> tuple[Float, float]:
    """Hair that would stand out beside the hat above its edge, replaced by the scene; and how much that is, of the hat's area."""
    axes = head(frame)
    ys, xs = np.mgrid[box[1] : box[3], box[0] : box[2]]
    above = ((xs - axes.eyes[0]) * axes.up[0] + (ys - axes.eyes[1]) * axes.up[1]) / axes.cm
    solid = dilate((hat > 0.5).astype(np.float32), 1)
    left = (_region(person.parts["hair"], person, box) > 0.2) * np.clip((above - 4.5) / 0.8, 0, 1) * (1 - solid)
    share = float(left.sum() / max(hat.sum(), 1))
    if 0.0005 < share < 0.12:
        soft = dilate(left.astype(np.float32), max(0.25 * axes.cm, 1))
        scene = _scene(canvas, np.maximum(_region(person.parts["person"], person, box), solid) > 0.05)
        canvas = over(canvas, scene, blur(soft, max(0.1 * axes.cm, 0.6)) * np.clip((above - 4.2) / 0.6, 0, 1))
    return np.asarray(canvas, np.float32), share


def _scene(canvas: Float, person: NDArray[np.bool_]) -> Float:
    """The scene near a head, continued over it (Telea 2004), at a size at which that is quick."""
    height, width = person.shape
    scale = min(1.0, 192 / max(height, width))
    size = (max(round(width * scale), 2), max(round(height * scale), 2))
    small = cv2.resize(canvas, size, interpolation=cv2.INTER_AREA).round().clip(0, 255).astype(np.uint8)
    hole = cv2.resize(dilate(person.astype(np.uint8), 2), size, interpolation=cv2.INTER_NEAREST)
    filled = cv2.inpaint(small, hole, 3, cv2.INPAINT_TELEA).astype(np.float32)
    large: Float = cv2.resize(filled, (width, height), interpolation=cv2.INTER_CUBIC)
    return large


def _region(values: Float, person: Person, box: Box) -> Float:
    """A map of the working crop, in the photo's pixels inside a box; 0 where the crop does not reach."""
    x0, y0, x1, y1 = box
    scale = person.scale
    matrix = np.array(
        [
            [scale, 0, (x0 - person.origin[0] + 0.5) * scale - 0.5],
            [0, scale, (y0 - person.origin[1] + 0.5) * scale - 0.5],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    region: Float = cv2.warpAffine(values, matrix, (x1 - x0, y1 - y0), flags=flags, borderValue=0.0)
    return region
