"""Decides where an accessory lies on the person and how large it is, in the photo's pixels."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image, Refusal
from prodgen_tryon.accessories.anchors import (
    CROWN,
    SHOULDERS,
    TURNED,
    Carrying,
    carrying,
    halves,
    head,
    inside,
    turned,
)
from prodgen_tryon.accessories.placement import Placement
from prodgen_tryon.accessories.see_through import outline_box
from prodgen_tryon.accessories.shape import AccessoryShape
from prodgen_tryon.body.person import Person
from prodgen_tryon.body.skeleton import Skeleton, chin
from prodgen_tryon.fit.parts import Part
from prodgen_tryon.garment.contour import resample
from prodgen_tryon.refusals import FROM_BEHIND, HEAD_CUT_OFF, HEAD_TURNED, NECK_CUT_OFF, NO_CARRYING
from prodgen_tryon.sides import SIDES, SIGN, Side

HAT_LINE = 3.4  # centimetres above the eyes at which a hat's lower edge lies in the middle
GLASSES_TO_EYES = 14.2 / 8.8  # width of glasses : distance of the outer corners of the eyes
BAG_WIDTH = {"hand": 30.0, "shoulder": 36.0}
SCARF_LENGTH = 170.0


def seen(frame: Skeleton, category: str, shape: tuple[int, ...]) -> Refusal | None:
    """Whether the photo shows what the accessory hangs on."""
    if category in ("hat", "glasses"):
        axes = head(frame)
        highest = axes.at(0, CROWN if category == "hat" else 3.0)
        if not inside(highest, shape, 1.5 * axes.cm) or not inside(frame["nose"], shape):
            return HEAD_CUT_OFF
        if category == "glasses" and frame.facing == "back":
            return FROM_BEHIND
        if frame.facing != "back" and turned(frame) < TURNED:
            return HEAD_TURNED
    elif category == "scarf" and not all(inside(frame[f"shoulder_{side}"], shape) for side in SIDES):
        return NECK_CUT_OFF
    return None


def fit_hat(frame: Skeleton, shape: AccessoryShape, hair: tuple[float, float, float]) -> Placement:
    """A hat as wide as the head with its hair, its lower edge above the brows, and high enough for the hair.

    Args:
        hair: centimetres that head and hair reach to the picture's left and right of the middle, and above the eyes.
    """
    axes, points = head(frame), shape.points
    left, right, top = hair
    wide = max(left + right + 1.0, 17.5) * axes.cm / max(points["right"][0] - points["left"][0], 1.0)
    tall = max(points["bottom"][1] - points["top"][1], 1.0)
    # High enough for the hair, and no empty cloth above it: what was photographed flat is drawn over the head.
    least, most = ((top + spare - HAT_LINE) * axes.cm / (tall * wide) for spare in (0.7, 4.5))
    stretch = float(np.clip(np.clip(1.0, least, most), 0.7, 1.35))
    middle = (points["left"][0] + points["right"][0]) / 2
    origin = axes.at((right - left) / 2, HAT_LINE)
    return Placement((middle, points["bottom"][1]), origin, axes.right, -axes.up, wide, wide, wide * stretch)


def hair_around(person: Person) -> tuple[float, float, float]:
    """How far head and hair reach at the height of a hat's edge, to the left and right, and upwards; centimetres from the eyes."""
    axes = head(person.frame)
    mask = np.maximum(person.parts["face"], person.parts["hair"]) > 0.5
    ys, xs = np.nonzero(mask)
    points = np.stack([xs, ys], 1) - axes.eyes
    across, above = points @ axes.right / axes.cm, points @ axes.up / axes.cm
    band = across[(above > 2.5) & (above < 5.5) & (np.abs(across) < 14)]
    if len(band) < 20:
        return 8.0, 8.0, CROWN + 1
    crown = above[np.abs(across) < 6]
    return (
        float(np.clip(-np.quantile(band, 0.005), 7.2, 11.5)),
        float(np.clip(np.quantile(band, 0.995), 7.2, 11.5)),
        float(np.clip(np.quantile(crown, 0.999), 9.5, 17.0)),
    )


def fit_glasses(frame: Skeleton, shape: AccessoryShape) -> Placement:
    """Glasses on the line of the eyes; each half as wide as its half of the face, so that they turn with it."""
    a, b = (half * GLASSES_TO_EYES for half in halves(frame))
    points = shape.points
    left = max(points["bridge"][0] - points["left"][0], 1.0)
    right = max(points["right"][0] - points["bridge"][0], 1.0)
    line = frame["eye_outer_b"] - frame["eye_outer_a"]
    line = line / max(float(np.hypot(*line)), 1e-6)
    bridge = (frame["eye_inner_a"] + frame["eye_inner_b"]) / 2
    down = np.array([-line[1], line[0]])
    # Turned to the side, glasses get narrower and no lower.
    scale = max(a / left, b / right)
    return Placement(points["bridge"], bridge, line, down, a / left, b / right, scale)


def fit_bag(
    frame: Skeleton, shape: AccessoryShape, rgba: Image, size: tuple[int, ...], measurements: Mapping[str, float]
) -> tuple[Placement, Carrying] | Refusal:
    """A bag that hangs straight down from a hand or a shoulder, in its own size or in a common one."""
    by = carrying(frame, size, shape.long_handle)
    if by is None:
        return NO_CARRYING
    cm = frame.width / SHOULDERS
    x0, y0, x1, y1 = outline_box(rgba[..., 3] > 96)
    if "width" in measurements:
        scale = measurements["width"] * cm / (x1 - x0)
    elif "height" in measurements:
        scale = measurements["height"] * cm / (y1 - y0)
    else:
        scale = BAG_WIDTH[by.by] * cm / (x1 - x0)
    right, down = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    return Placement(shape.points["handle"], by.point, right, down, scale, scale, scale), by


def fit_scarf(frame: Skeleton, shape: AccessoryShape) -> Placement:
    """A scarf that is knotted or looped in its photo: below the chin, as wide as such a scarf lies."""
    points = shape.points
    scale = 0.92 * frame.width / max(points["right"][0] - points["left"][0], 1.0)
    origin = chin(frame) - 0.03 * frame.width * frame.down
    return Placement(points["top"], origin, frame.right, frame.down, scale, scale, scale)


def fit_strip(frame: Skeleton, rise: float, strip: NDArray[np.float64], length_cm: float | None) -> tuple[Part, Part]:
    """A scarf that lies stretched out, hung around the neck with both ends down the chest: its two halves.

    Args:
        rise: height of the body's upper edge beside the neck above the shoulder joints, in the photo's pixels.
        strip: corners of the scarf in its photo (see `AccessoryShape.strip`).
    """
    w = frame.width
    tail = ((length_cm or SCARF_LENGTH) - 45) / 2 * w / SHOULDERS
    tail = float(np.clip(tail, 0.4 * w, 1.25 * frame.torso))
    return _half(frame, rise, strip, tail, "a"), _half(frame, rise, strip, tail, "b")


def _half(frame: Skeleton, rise: float, strip: NDArray[np.float64], tail: float, side: Side) -> Part:
    w, sign = frame.width, SIGN[side]
    corners = np.array([
        (0.17 * sign * w, tail), (0.18 * sign * w, 0.5 * tail), (0.19 * sign * w, 0.12 * w), (0.22 * sign * w, -0.6 * rise),
        (0.15 * sign * w, -rise - 0.06 * w), (0.0, -rise - 0.1 * w),
    ])  # fmt: skip
    path = _resampled(np.array([frame.at(x, y) for x, y in corners]), 12)
    along = np.gradient(path, axis=0)
    along /= np.maximum(np.hypot(*along.T), 1e-6)[:, None]
    normal = np.stack([-along[:, 1], along[:, 0]], 1)
    half_width = np.interp(np.linspace(0, 1, 12), [0, 0.6, 1], [0.115, 0.105, 0.085])[:, None] * w
    ends = strip if side == "a" else strip[[2, 3, 0, 1]]
    # Only as much of the scarf's width is shown as keeps its pattern's proportions: it hangs folded.
    length = float(np.hypot(*(ends[3] - ends[0]))) / 2
    total = float(np.hypot(*np.diff(path, axis=0).T).sum())
    across = float(np.hypot(*(ends[1] - ends[0])))
    share = float(np.clip(0.22 * w * length / total / max(across, 1.0), 0.15, 0.98))
    steps = np.linspace(0.004, 0.5, 12)[:, None]
    low, high = 0.5 - share / 2, 0.5 + share / 2
    begin, sideways = ends[0] + (ends[3] - ends[0]) * steps, ends[1] - ends[0]
    edges = begin + sideways * low, begin + sideways * high
    turning = float(np.cross(np.append(sideways, 0), np.append(ends[3] - ends[0], 0))[2])
    flip = 1.0 if turning > 0 else -1.0  # the same hand as in the photo, or print would be mirrored
    targets = path - normal * half_width * -flip, path + normal * half_width * -flip
    source, target = np.vstack([edges[0], edges[1]]), np.vstack([targets[0], targets[1]])
    return Part(
        f"scarf_{side}",
        source,
        target,
        np.vstack([edges[0], edges[1][::-1]]),
        np.vstack([targets[0], targets[1][::-1]]),
    )


def _resampled(points: NDArray[np.float64], number: int) -> NDArray[np.float64]:
    """A smooth curve through points [n, 2], as `number` points at equal steps along it."""
    fine = np.linspace(0, len(points) - 1, 60)
    smooth = np.stack([np.interp(fine, np.arange(len(points)), points[:, axis]) for axis in (0, 1)], 1)
    kernel = np.hanning(13)[1:-1] / np.hanning(13)[1:-1].sum()
    padded = np.pad(smooth, ((5, 5), (0, 0)), mode="edge")
    smooth = np.stack([np.convolve(padded[:, axis], kernel, mode="valid") for axis in (0, 1)], 1)
    smooth[0], smooth[-1] = points[0], points[-1]
    return resample(smooth, number)
