"""What lies around a garment in its photo and is none of it: a frame around the photo, a banner, a hanger's hook."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.filters import Box, Float, dilate, ellipse_kernel, largest

RECTANGLE = 0.9  # share of its bounding box from which on an outline is a box


def box_share(mask: NDArray[np.bool_]) -> float:
    """Share of the smallest (turned) rectangle around a mask that it fills, 0 to 1."""
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return 0.0
    (_, (width, height), _) = cv2.minAreaRect(max(contours, key=len))
    return float(min(mask.sum() / max(width * height, 1.0), 1.0))


def inner_picture(mask: NDArray[np.bool_], lab: Float) -> Box | None:
    """The box of a picture within the picture, such as a photo that was padded to a square; None without one.

    What was taken for the garment is then a box, and just inside of its edges the picture is even.
    """
    if box_share(mask) < 0.85:
        return None
    ys, xs = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    y0, y1, x0, x1 = int(ys[0]), int(ys[-1]) + 1, int(xs[0]), int(xs[-1]) + 1
    depth = max(round(0.03 * max(y1 - y0, x1 - x0)), 2)
    y0, y1, x0, x1 = y0 + depth, y1 - depth, x0 + depth, x1 - depth
    if min(y1 - y0, x1 - x0) < 60:
        return None
    window = lab[y0:y1, x0:x1]
    rim = np.concatenate(
        [part.reshape(-1, 3) for part in (window[:depth], window[-depth:], window[:, :depth], window[:, -depth:])]
    )
    centre = np.median(rim, axis=0)
    return (x0, y0, x1, y1) if np.quantile(np.linalg.norm(rim - centre, axis=1), 0.75) < 6 else None


def drop_banner(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Takes off a strip at the picture's upper or lower edge that goes from side to side."""
    height = mask.shape[0]
    full = mask.mean(1) > 0.96
    kept = mask.copy()
    for rows in (np.arange(height), np.arange(height)[::-1]):
        band = full[rows]
        first = int(band.argmax()) if band.any() else height
        if first > 0.06 * height:
            continue
        end = first + int((~band[first:]).argmax()) if not band[first:].all() else height
        if end < 0.3 * height:
            kept[rows[:end]] = False
    return largest(kept) if kept.any() else mask


def drop_hook(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Takes off a thin piece that rises alone above the middle of a garment: a hanger's hook. Straps come in pairs beside it."""
    ys, xs = np.nonzero(mask)
    if len(ys) < 100:
        return mask
    width, height = np.ptp(xs) + 1, np.ptp(ys) + 1
    radius = max(0.03 * width, 2)
    solid = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, ellipse_kernel(radius)).astype(bool)
    if not solid.any():
        return mask
    solid = largest(solid)
    top = int(np.flatnonzero(solid.any(1))[0])
    thin = mask & ~dilate(solid, 1)
    above = thin.copy()
    above[top:] = False
    if not above.any():
        return mask
    columns = np.flatnonzero(above.any(0))
    middle = (xs.min() + xs.max()) / 2
    rises = top - int(np.flatnonzero(above.any(1))[0])
    one = np.ptp(columns) < 0.2 * width and abs(columns.mean() - middle) < 0.12 * width
    if not one or rises < 0.02 * height:
        return mask
    kept = mask.copy()
    kept[: top + 1] &= solid[: top + 1]
    return largest(kept)
