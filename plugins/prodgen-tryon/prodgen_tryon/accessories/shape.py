"""An accessory's photo understood: cut out, with the points by which it hangs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Garment, Image, Refusal
from prodgen_tryon import refusals
from prodgen_tryon.accessories.see_through import cut_out_thin, outline_box, with_holes
from prodgen_tryon.filters import Box
from prodgen_tryon.garment.cutout import Cutout, cut_out

CATEGORIES = ("hat", "glasses", "bag", "scarf")
OPAQUE = 96  # alpha from which on a pixel belongs to the accessory: tinted lenses do
POINTS = {
    "hat": ("left", "right", "bottom", "top"),
    "glasses": ("left", "right", "bridge"),
    "bag": ("handle",),
    "scarf": ("left", "right", "top"),
}


@dataclass(frozen=True)
class AccessoryShape:
    """An accessory in its own photo.

    Args:
        points: name to (x, y) in pixels of the photo, see `POINTS`: a hat's `left` and `right` are where it is as wide as the
            head and `bottom` the middle of its lower edge; a bag's `handle` is where a hand or a shoulder carries it.
        strip: a scarf that lies stretched out: its middle line as four corners [4, 2] in order around it, else None.
        long_handle: a bag's handle is long enough for a shoulder.
        confidence: 0 to 1.
    """

    category: str
    points: dict[str, tuple[float, float]]
    strip: NDArray[np.float64] | None
    long_handle: bool
    confidence: float


@dataclass(frozen=True)
class Accessory:
    """An accessory that was cut out and understood."""

    cutout: Cutout
    category: str
    shape: AccessoryShape


def understand_accessory(picture: Image, garment: Garment, front: bool = True) -> Accessory | Refusal:
    """Cuts out an accessory whose category the garment names, and finds its points; `front` as in `piece.understand`."""
    cutout, shape = accessory_shape(picture, garment.category, garment.keypoints if front else None)
    if not (cutout.rgba[..., 3] > OPAQUE).any() or cutout.confidence < 0.15:
        return refusals.NOT_CUT_OUT
    if shape.confidence < 0.2:
        return refusals.NOT_RECOGNISED
    return Accessory(cutout, garment.category, shape)


def accessory_shape(
    picture: Image, category: str, given: Mapping[str, tuple[float, float]] | None = None
) -> tuple[Cutout, AccessoryShape]:
    """Cuts an accessory out and finds its points; `given` points win.

    Args:
        picture: uint8 RGB or RGBA: the accessory alone, upright and from the front, on a plain background.
        category: one of `CATEGORIES`.

    Returns:
        the cut-out, whose mask is empty where nothing was found, and the shape.
    """
    holes = None
    if category == "glasses":
        cutout = cut_out_thin(picture)
    elif category == "bag":
        cutout, holes = with_holes(picture)
    else:
        cutout = cut_out(picture)
    mask = cutout.rgba[..., 3] > OPAQUE
    if not mask.any():
        return cutout, AccessoryShape(category, {}, None, False, 0.0)
    box = outline_box(mask)
    find = {"hat": _hat, "glasses": _glasses, "bag": _bag, "scarf": _scarf}[category]
    points = find(mask, box)
    points |= {name: point for name, point in (given or {}).items() if name in POINTS[category]}
    strip = _strip(mask) if category == "scarf" else None
    long_handle = False
    if holes is not None and holes.any():
        rows = np.flatnonzero(holes.any(1))
        long_handle = (rows[-1] - rows[0]) > 0.33 * (box[3] - box[1])
    return cutout, AccessoryShape(category, points, strip, long_handle, _plausible(category, mask, box))


def _hat(mask: NDArray[np.bool_], box: Box) -> dict[str, tuple[float, float]]:
    """A brim is where the lower rows are much wider than the crown; the head is as wide as the crown."""
    x0, y0, x1, y1 = box
    widths = mask[y0:y1].sum(1).astype(float)
    height = y1 - y0
    crown = float(np.median(widths[int(0.35 * height) : max(int(0.6 * height), 1)] if height > 4 else widths))
    lower = widths[int(0.5 * height) :]
    brimmed = bool(lower.size and lower.max() > 1.22 * crown)
    row = y0 + 0.5 * height if brimmed else y0 + int(0.5 * height) + float(np.argmax(lower))
    columns = np.flatnonzero(mask[min(int(row), mask.shape[0] - 1)])
    left, right = (float(columns[0]), float(columns[-1] + 1)) if len(columns) else (float(x0), float(x1))
    middle = (left + right) / 2
    column = np.flatnonzero(mask[:, min(int(middle), mask.shape[1] - 1)])
    bottom = float(column[-1] + 1) if len(column) else float(y1)
    return {"left": (left, row), "right": (right, row), "bottom": (middle, bottom), "top": (middle, float(y0))}


def _glasses(mask: NDArray[np.bool_], box: Box) -> dict[str, tuple[float, float]]:
    x0, y0, x1, y1 = box
    weight = mask.sum(0)[x0:x1]
    middle = x0 + float((weight * np.arange(len(weight))).sum() / max(weight.sum(), 1))
    middle = 0.5 * middle + 0.25 * (x0 + x1)
    row = y0 + 0.42 * (y1 - y0)
    return {"left": (float(x0), row), "right": (float(x1), row), "bridge": (middle, row)}


def _bag(mask: NDArray[np.bool_], box: Box) -> dict[str, tuple[float, float]]:
    x0, y0, x1, y1 = box
    top = np.flatnonzero(mask[y0 : y0 + max(round(0.03 * (y1 - y0)), 2)].any(0))
    middle = float((top[0] + top[-1] + 1) / 2) if len(top) else (x0 + x1) / 2
    return {"handle": (middle, y0 + 0.012 * (y1 - y0))}


def _scarf(mask: NDArray[np.bool_], box: Box) -> dict[str, tuple[float, float]]:
    x0, y0, x1, y1 = box
    upper = mask[y0 : y0 + max(round(0.45 * (y1 - y0)), 2)].any(0)
    columns = np.flatnonzero(upper)
    left, right = (float(columns[0]), float(columns[-1] + 1)) if len(columns) else (float(x0), float(x1))
    return {"left": (left, float(y0)), "right": (right, float(y0)), "top": ((left + right) / 2, float(y0))}


def _strip(mask: NDArray[np.bool_]) -> NDArray[np.float64] | None:
    """Corners of a scarf that lies stretched out: one end's two, then the other end's two."""
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    corners = cv2.boxPoints(cv2.minAreaRect(max(contours, key=cv2.contourArea))).astype(np.float64)
    first, second = (float(np.hypot(*(corners[i + 1] - corners[i]))) for i in (0, 1))
    if max(first, second) < 2.4 * min(first, second) or mask.sum() < 0.7 * first * second:
        return None
    turned: NDArray[np.float64] = corners if second > first else np.roll(corners, -1, axis=0)
    return turned


def _plausible(category: str, mask: NDArray[np.bool_], box: Box) -> float:
    """Whether the outline has the proportions that its category has when it is seen from the front, 0 to 1."""
    x0, y0, x1, y1 = box
    ratio = (x1 - x0) / max(y1 - y0, 1)
    low, high = {"hat": (0.7, 3.2), "glasses": (1.7, 5.0), "bag": (0.35, 2.2), "scarf": (0.05, 12.0)}[category]
    fits = min(ratio / low, high / max(ratio, 1e-6), 1.0)
    halves = mask[y0:y1, x0:x1]
    alike = float((halves & halves[:, ::-1]).sum() / max((halves | halves[:, ::-1]).sum(), 1))
    even = 1.0 if category == "scarf" else float(np.clip((alike - 0.25) / 0.35, 0.3, 1))
    return float(np.clip(2 * fits - 1, 0, 1)) * even
