"""Where a sleeve that lies against the body ends: no outline shows it, but a crease or an edge of light and shade does."""

from __future__ import annotations

import cv2
import numpy as np

from prodgen_sdk.types import Image
from prodgen_tryon.filters import Contour, Point, steadiest_path, to_lab

REACH = 0.08  # how far beside the straight line the edge is looked for, in widths of the garment
CLEAR = 2.0  # how much more the colours have to change along it than is usual beside it
NEAR = 0.35  # what the farthest place costs, of the change along a clear edge
STEPS = 49  # across


def sleeve_edge(image: Image, gap: Point, armpit: Point, width: float) -> Contour | None:
    """The inner edge of a sleeve from the gap beside it up to the armpit [n, 2], or None where no edge is clear.

    The line is unrolled into a strip, and the steadiest path of large change of colour is found in it by dynamic programming.

    Args:
        image: uint8 RGB [h, w, 3].
        width: distance of the armpits in pixels.
    """
    count = round(float(np.hypot(*(armpit - gap))))
    if count < 0.1 * width:
        return None
    along = (armpit - gap) / count
    across = np.array([along[1], -along[0]])
    offsets = np.linspace(-REACH, REACH, STEPS) * width
    line = gap + np.outer(np.arange(count + 1), along)
    places = (line[:, None] + offsets[None, :, None] * across).astype(np.float32)
    x0, y0 = np.floor(places.reshape(-1, 2).min(0)).astype(int).clip(0)
    x1, y1 = np.ceil(places.reshape(-1, 2).max(0)).astype(int) + 1
    lab = to_lab(np.ascontiguousarray(image[y0:y1, x0:x1]))
    places -= np.array([x0, y0], np.float32)
    strip = cv2.remap(lab, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    strip = cv2.GaussianBlur(strip, (0, 0), sigmaX=1.5, sigmaY=max(0.02 * width, 1.0))
    change = np.linalg.norm(np.gradient(strip, axis=1), axis=-1)
    usual = float(np.median(change)) + 1e-3
    found = steadiest_path(np.minimum(change / (CLEAR * usual), 2.0) - NEAR * np.abs(offsets) / (REACH * width))
    rows = np.arange(count + 1)
    if float(np.median(change[rows, found])) < CLEAR * usual:
        return None
    away = cv2.GaussianBlur(
        offsets[found].astype(np.float32)[:, None], (0, 0), sigmaX=1, sigmaY=max(0.015 * width, 1.0)
    )[:, 0]
    away = away * np.clip(rows[::-1] / max(0.15 * count, 1), 0, 1) * np.clip(rows / max(0.05 * count, 1), 0, 1)
    edge: Contour = line + np.outer(away, across)
    return edge
