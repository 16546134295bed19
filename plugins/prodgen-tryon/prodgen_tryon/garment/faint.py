"""Traces outlines that hardly stand out, such as a white shirt's on white."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.filters import Float, blur_inside, colour_distance, dilate, erode, largest, steadiest_path

REACH = 8  # how far beside the first guess the outline is looked for, in pixels


def contrast_along(lab: Float, mask: NDArray[np.bool_]) -> Float:
    """Colour difference (CIE76) between the inside and the outside near each place, float32 [h, w]."""
    inner, outer = erode(mask, 5).astype(np.float32), (~dilate(mask, 5)).astype(np.float32)
    return colour_distance(blur_inside(lab, inner, 8), blur_inside(lab, outer, 8))


def trace_faint(lab: Float, mask: NDArray[np.bool_], faint: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask with its outline redrawn along the steadiest edge wherever it runs through `faint`.

    The outline is unrolled into a strip (position along it by offset beside it), colours are averaged along it, and the
    smoothest path of large colour change is found by dynamic programming, as in live-wire segmentation.
    """
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return mask
    points = max(contours, key=len).reshape(-1, 2).astype(np.float64)
    count = len(points) // 2
    if count < 60:
        return mask
    points = points[np.linspace(0, len(points), count, endpoint=False).astype(int)]
    base = np.stack([_around(points[:, i], 5.0) for i in (0, 1)], 1)
    tangent = np.roll(base, -2, 0) - np.roll(base, 2, 0)
    normal = np.stack([tangent[:, 1], -tangent[:, 0]], 1) / np.maximum(np.hypot(*tangent.T), 1e-6)[:, None]
    offsets = np.arange(-REACH, REACH + 0.5, 0.5)
    places = base[:, None] + offsets[None, :, None] * normal[:, None]
    strip = cv2.remap(
        lab, places[..., 0].astype(np.float32), places[..., 1].astype(np.float32), cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    strip = cv2.GaussianBlur(strip, (0, 0), sigmaX=1.5, sigmaY=4.0)
    change = np.linalg.norm(np.gradient(strip, axis=1), axis=-1)
    change = change / (np.percentile(change, 90, axis=1, keepdims=True) + 0.15)
    path = offsets[steadiest_path(np.minimum(change, 1.2) - 0.02 * np.abs(offsets))]
    traced = base + _around(path, 3.0)[:, None] * normal
    inside = np.zeros(mask.shape, np.uint8)
    cv2.fillPoly(inside, [np.round(traced).astype(np.int32).reshape(-1, 1, 2)], 1)
    result: NDArray[np.bool_] = np.where(dilate(faint, 2), inside.astype(bool), mask)
    thin = mask & ~dilate(erode(mask, 6), 7)
    return largest(result | thin)


def _around(values: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    """Gaussian mean along a closed curve."""
    reach = int(3 * sigma)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    result: NDArray[np.float64] = np.convolve(np.pad(values, reach, mode="wrap"), kernel / kernel.sum(), "valid")
    return result
