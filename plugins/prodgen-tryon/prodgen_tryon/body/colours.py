"""Typical colours of a region, and how unlike them others are. All in L*a*b* weighted by `COLOUR_WEIGHT`."""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.body.sleeves import COLOUR_WEIGHT
from prodgen_tryon.filters import Float, colour_distance

Palette: TypeAlias = NDArray[np.float32] | None
"""Colours [k, 3], or None where there was too little to see."""
SPREAD = 12.0
LEAST_CHROMA = 0.35  # of a face's own, in its shadows and highlights


def palette_of(lab: Float, mask: NDArray[np.bool_], colours: int) -> Palette:
    """Typical colours of a region by k-means (fixed seed), weighted Lab [k, 3]."""
    samples = lab[mask] * COLOUR_WEIGHT
    if len(samples) < 12:
        return None
    samples = np.ascontiguousarray(samples[:: max(len(samples) // 1500, 1)], np.float32)
    k = min(colours, len(samples) // 6 or 1)
    cv2.setRNGSeed(7)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 0.5)
    _, assigned, centres = cv2.kmeans(samples, k, None, criteria, 1, cv2.KMEANS_PP_CENTERS)
    counts = np.bincount(assigned.ravel(), minlength=k)
    kept: NDArray[np.float32] = centres[counts >= 0.06 * len(samples)]
    return kept


def colour_cost(lab: Float, palette: Palette) -> Float:
    """0 for a colour of the palette, 1 at `SPREAD` from the nearest, at most 3; 1 everywhere without a palette."""
    if palette is None or not len(palette):
        return np.full(lab.shape[:2], 1.0, np.float32)
    weighted = lab * COLOUR_WEIGHT
    nearest: Float = np.minimum.reduce([colour_distance(weighted, colour) for colour in palette])
    result: Float = np.minimum(nearest / np.float32(SPREAD), np.float32(3.0))
    return result


def apart(palette: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far each colour lies from the nearest of others, float32 [k]."""
    distances: NDArray[np.float32] = np.linalg.norm(palette[:, None] - others[None], axis=-1).min(1)
    return distances


def tinted(palette: Palette, like: NDArray[np.float32]) -> Palette:
    """The colours that are not much greyer than `like` [3], if there are any: no light and no shadow takes its hue from skin."""
    if palette is None:
        return palette
    chroma = np.hypot(palette[:, 1], palette[:, 2])
    own = chroma >= LEAST_CHROMA * np.hypot(like[1], like[2])
    return palette[own] if own.any() else palette


def unlike(palette: Palette, others: Palette, least: float) -> Palette:
    """The colours that are none of the others, if there are any: samples of one part may hold some of another."""
    if palette is None or others is None:
        return palette
    own = apart(palette, others) > least
    return palette[own] if own.any() else palette
