"""Finds the front edge of a top's neck opening, so that the inside of the collar can go behind the neck."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image
from prodgen_tryon.filters import to_lab

Point = NDArray[np.float64]
Contour = NDArray[np.float64]


def neckline_curve(image: Image | None, mask: NDArray[np.bool_], neck_a: Point, neck_b: Point) -> Contour:
    """The front edge of the opening as a curve from `neck_a` to `neck_b` [25, 2].

    A family of round and pointed curves of growing depth is laid over the cloth; the one along which colour changes most
    wins. Inside of the collar lies another shade of the cloth, a label, or (where the opening is cut out) nothing.
    """
    u = np.linspace(-1, 1, 25)
    chord = neck_a + (neck_b - neck_a) * ((u + 1) / 2)[:, None]
    span = float(np.hypot(*(neck_b - neck_a)))
    flat = chord.copy()
    # The outline itself sags between the two points where the opening is cut out.
    for i, (x, _) in enumerate(chord):
        column = np.flatnonzero(mask[:, int(np.clip(round(x), 0, mask.shape[1] - 1))])
        if len(column):
            flat[i, 1] = max(float(column[0]), flat[i, 1] - 0.02 * span)
    sag = float(flat[12, 1] - chord[12, 1])
    if sag > 0.22 * span:  # the opening is cut out: its outline is the front edge
        return flat
    # A folded collar is narrow at its top and opens deeper than it is wide.
    broad = float(np.ptp(np.flatnonzero(mask.any(0))))
    folded = span < 0.17 * broad
    unit = 0.22 * broad if folded else span
    guess = 0.0 if _is_turtleneck(mask) else (0.5 * unit if folded else 0.22 * span) / span
    fallback = chord + np.stack([np.zeros_like(u), guess * span * (1 - np.abs(u) ** 2)], 1)
    fallback[:, 1] = np.maximum(fallback[:, 1], flat[:, 1])
    if image is None or span < 6:
        return fallback
    lab = cv2.GaussianBlur(to_lab(image), (0, 0), max(0.012 * span, 0.8))
    step = max(0.035 * span, 1.5)
    inside = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    best, best_score = fallback, 0.0
    for power in (1.0, 1.4, 2.0, 2.6):
        for depth in np.linspace(0.06, 1.2, 44) * unit:
            if depth < sag + 0.05 * span:
                continue
            curve = chord + np.stack([np.zeros_like(u), depth * (1 - np.abs(u) ** power)], 1)
            above, below = curve[3:-3] - np.array([0, step]), curve[3:-3] + np.array([0, step])
            indices_above, indices_below = _pixels(above, mask.shape), _pixels(below, mask.shape)
            valid = inside[indices_above] & inside[indices_below]
            if valid.mean() < 0.6:
                continue
            difference = (lab[indices_below] - lab[indices_above])[valid]
            # The whole curve must be an edge of one kind, so a low quantile along the common direction counts.
            common = np.median(difference, axis=0)
            strength = float(np.linalg.norm(common))
            if strength < 0.5:
                continue
            score = float(np.quantile(difference @ (common / strength), 0.25)) - 2.0 * abs(depth / unit - 0.3)
            if score > best_score:
                best, best_score = curve, score
    return best if best_score > 1.0 else fallback


def _is_turtleneck(mask: NDArray[np.bool_]) -> bool:
    """Whether the top is a closed band: about as wide at its foot as at its top, and high for its width."""
    rows = np.flatnonzero(mask.any(1))
    spans = np.array([np.ptp(np.flatnonzero(mask[y])) + 1 for y in rows[: max(len(rows) // 3, 1)]], float)
    start = max(len(rows) // 60, 1)
    narrow = spans[start:] < 1.3 * spans[start : start + 3].max()
    height = len(narrow) if narrow.all() else int(narrow.argmin())
    return bool(height > 0.38 * spans[start])


def _pixels(points: Contour, shape: tuple[int, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    rows = np.round(points[:, 1]).astype(np.int64).clip(0, shape[0] - 1)
    columns = np.round(points[:, 0]).astype(np.int64).clip(0, shape[1] - 1)
    return rows, columns
