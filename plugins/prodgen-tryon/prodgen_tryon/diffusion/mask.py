"""Which pixels a diffusion model may paint: everything that the old garment could tell the model, never face and hands.

A mask that follows the old garment tells the model how long its sleeves were, and the model fills it: a short-sleeved shirt
then comes out long. So the region follows the pose alone: for a top the whole arms down to the wrists and the whole torso,
for trousers the whole legs. What is left of the old cloth beyond that (a wide sleeve, a coat's tail) is added, since it has to go.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Body, Image
from prodgen_tryon.body.head import head_shape
from prodgen_tryon.body.parsing import parse_parts
from prodgen_tryon.body.skeleton import Skeleton, chin, skeleton
from prodgen_tryon.body.sleeves import along_path, arm_path, beyond
from prodgen_tryon.filters import Float, dilate, fill_holes, polygon, tube
from prodgen_tryon.sides import SIDES

CATEGORIES = ("top", "outerwear", "trousers", "shorts", "skirt", "dress", "overall")
GROWTH = {"tight": 0.02, "regular": 0.04, "loose": 0.1}
"""How far the region reaches beyond the limbs, in shoulder widths."""

Mask = NDArray[np.bool_]


def parts_of(photo: Image, body: Body) -> dict[str, Float]:
    """The part masks that the body parser gave, or the built-in parser's where it gave none."""
    if {"face", "hair", "hands", "upper", "lower"} <= set(body.parts):
        return body.parts
    return parse_parts(photo, body.person, skeleton(body.landmarks))


def agnostic_mask(body: Body, parts: dict[str, Float], category: str, style: str = "regular") -> Mask:
    """The pixels that may be painted, bool [h, w].

    Args:
        body: its landmarks are in pixels of the photo.
        parts: soft masks [h, w] by name; see `parts_of`.
        category: one of `CATEGORIES`.
        style: of the fit: a loose garment gets more room.
    """
    frame = skeleton(body.landmarks)
    shape = body.person.shape
    kept = protected(frame, parts, category)
    region = np.zeros(shape, bool)
    if category in ("top", "outerwear", "dress", "overall"):
        region |= _upper(frame, shape, longer=category != "top") | (_part(parts, "upper", shape) > 0.3)
        region |= _part(parts, "neck", shape) > 0.5
    if category not in ("top", "outerwear"):
        region |= _lower(frame, shape, open_=category in ("skirt", "dress")) | (_part(parts, "lower", shape) > 0.3)
    region = dilate(region, GROWTH[style] * frame.width)
    return fill_holes(region & ~kept, 0.002 * region.size) & ~kept


def protected(frame: Skeleton, parts: dict[str, Float], category: str) -> Mask:
    """Face, hair and hands, with a thin rim; for lower clothes the feet and the top that hangs over them too, bool [h, w]."""
    shape = parts["face"].shape
    rim = 0.015 * frame.width
    kept = (parts["face"] > 0.3) | (parts["hair"] > 0.5) | (head_shape(frame, shape) & ~_below_chin(frame, shape))
    kept |= parts["hands"] > 0.3
    for side in SIDES:
        reach = arm_path(frame, side, fingers=0.8)
        hand = tube(shape, along_path(reach, np.linspace(2.1, 4, 8)), np.full(8, 0.17 * frame.width))
        skin = np.maximum(parts["hands"], _part(parts, "skin", shape)) > 0.3
        kept |= hand & beyond(shape, reach, 2.1) & skin
    kept = dilate(kept, rim)
    if category in ("trousers", "shorts", "skirt"):
        kept |= _part(parts, "upper", shape) > 0.5
    if category not in ("top", "outerwear"):
        kept |= _part(parts, "feet", shape) > 0.5
    return kept


def _part(parts: dict[str, Float], name: str, shape: tuple[int, ...]) -> Float:
    found = parts.get(name)
    return np.zeros(shape, np.float32) if found is None else found


def _below_chin(frame: Skeleton, shape: tuple[int, ...]) -> Mask:
    ys, xs = np.mgrid[0 : shape[0], 0 : shape[1]]
    low = chin(frame)
    result: Mask = (xs - low[0]) * frame.down[0] + (ys - low[1]) * frame.down[1] > 0
    return result


def _upper(frame: Skeleton, shape: tuple[int, ...], *, longer: bool) -> Mask:
    """Torso from the neck to the crotch (with `longer` to the thighs) and both arms to the wrists, from the pose alone."""
    w = frame.width
    hem = frame.torso + (0.6 if longer else 0.3) * w
    region = polygon(shape, np.stack([
        frame.at(-0.2 * w, -0.22 * w), frame.at(0.2 * w, -0.22 * w),
        frame["shoulder_b"] + 0.18 * w * frame.right - 0.14 * w * frame.down, frame.at(0.72 * w, 0.5 * frame.torso),
        frame.at(0.62 * w, hem), frame.at(-0.62 * w, hem),
        frame.at(-0.72 * w, 0.5 * frame.torso), frame["shoulder_a"] - 0.18 * w * frame.right - 0.14 * w * frame.down,
    ]))  # fmt: skip
    for side in SIDES:
        region |= tube(shape, frame.arm(side), np.array([0.24, 0.21, 0.17]) * w)
    return region


def _lower(frame: Skeleton, shape: tuple[int, ...], *, open_: bool) -> Mask:
    """Waist and both legs to the ankles, from the pose alone; `open_` adds what lies between and beside the legs."""
    w = frame.width
    region = polygon(shape, np.stack([
        frame.at(-0.55 * w, 0.8 * frame.torso), frame.at(0.55 * w, 0.8 * frame.torso),
        frame.at(0.62 * w, frame.torso + 0.4 * w), frame.at(-0.62 * w, frame.torso + 0.4 * w),
    ]))  # fmt: skip
    for side in SIDES:
        leg = frame.leg(side)
        foot = tube(shape, leg[2:], np.array([0.25 * w])) & beyond(shape, leg, 2.0)
        region |= tube(shape, leg, np.array([0.34, 0.26, 0.2]) * w) & ~foot
    if open_:
        ys, xs = np.nonzero(region)
        if len(xs):
            hull = cv2.convexHull(np.stack([xs, ys], -1).astype(np.int32))
            region = region | polygon(shape, hull[:, 0])
    return region
