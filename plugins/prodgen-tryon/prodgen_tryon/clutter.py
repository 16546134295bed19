"""What lies around a garment in its photo and is none of it: a frame around the photo, a hanger's hook."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.filters import Float, dilate, ellipse_kernel, largest

RECTANGLE = 0.9  # share of its bounding box from which on an outline is a box


def box_share(mask: NDArray[np.bool_]) -> float:
    """Share of the smallest (turned) rectangle around a mask that it fills, 0 to 1."""
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return 0.0
    (_, (width, height), _) = cv2.minAreaRect(max(contours, key=len))
    return float(min(mask.sum() / max(width * height, 1.0), 1.0))


def inner_picture(mask: NDArray[np.bool_], lab: Float) -> tuple[int, int, int, int] | None:
    """The box (x0, y0, x1, y1) of a picture within the picture, such as a photo that was padded to a square; None without one.

    The mask then has long straight upright edges at the box, and just inside of them the picture is even.
    """
    ys, xs = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(ys):
        return None
    y0, y1, x0, x1 = int(ys[0]), int(ys[-1]) + 1, int(xs[0]), int(xs[-1]) + 1
    height, width = y1 - y0, x1 - x0
    depth = max(round(0.015 * max(height, width)), 2)
    inside = mask[y0:y1, x0:x1]
    edges = [inside[:depth], inside[-depth:], inside[:, :depth], inside[:, -depth:]]
    if sum(float(edge.mean()) > 0.6 for edge in edges) < 3 or min(height, width) < 60:
        return None
    rims = [
        lab[y0 + depth : y0 + 2 * depth, x0 + depth : x1 - depth], lab[y1 - 2 * depth : y1 - depth, x0 + depth : x1 - depth],
        lab[y0 + depth : y1 - depth, x0 + depth : x0 + 2 * depth], lab[y0 + depth : y1 - depth, x1 - 2 * depth : x1 - depth],
    ]  # fmt: skip
    rim = np.concatenate([part.reshape(-1, 3) for part in rims])
    centre = np.median(rim, axis=0)
    if np.quantile(np.linalg.norm(rim - centre, axis=1), 0.85) > 6:
        return None
    return x0 + depth, y0 + depth, x1 - depth, y1 - depth


def drop_hook(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Takes off a thin piece that rises alone above the middle of a garment: a hanger's hook. Straps come in pairs beside it."""
    ys, xs = np.nonzero(mask)
    if len(ys) < 100:
        return mask
    width, height = np.ptp(xs) + 1, np.ptp(ys) + 1
    radius = max(0.014 * width, 1.5)
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
