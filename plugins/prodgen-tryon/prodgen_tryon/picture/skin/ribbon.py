"""Bare limbs as ribbons of smoothly changing width, shaded as round."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.body.silhouette import smooth
from prodgen_tryon.filters import Float, blur, blur_inside, dilate

Curve = NDArray[np.float64]
STATIONS = 96  # along a limb


@dataclass(frozen=True)
class Ribbon:
    """A bare limb: where it is [h, w], and for the pixels (ys, xs) around it the place along (parameter) and across it (-1 to 1)."""

    alpha: Float
    ys: NDArray[np.int64]
    xs: NDArray[np.int64]
    along: NDArray[np.float64]
    across: NDArray[np.float64]


def ribbon(shape: tuple[int, ...], centre: Curve, normal: Curve, t: Curve, outer: Curve, inner: Curve) -> Ribbon:
    """Draws a limb of smoothly changing width, its edge anti-aliased."""
    fine = np.linspace(t[0], t[-1], STATIONS)

    def at(values: Curve) -> Curve:
        return np.asarray(np.interp(fine, t, values))

    centre = np.stack([smooth(at(centre[:, i]), 9) for i in (0, 1)], 1)
    normal = np.stack([smooth(at(normal[:, i]), 9) for i in (0, 1)], 1)
    normal /= np.maximum(np.hypot(*normal.T), 1e-6)[:, None]
    outer, inner = smooth(at(outer), 15), smooth(at(inner), 15)
    ring = np.vstack([centre + normal * outer[:, None], (centre - normal * inner[:, None])[::-1]])
    canvas = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(canvas, [np.round(ring * 16).astype(np.int32).reshape(-1, 1, 2)], 255, cv2.LINE_AA, 4)
    alpha = blur((canvas / np.float32(255)).astype(np.float32), 0.7)
    ys, xs = np.nonzero(dilate(canvas > 0, 3))
    points = np.stack([xs, ys], 1).astype(np.float32)
    spine = centre.astype(np.float32)
    distance = (points**2).sum(1)[:, None] - 2 * points @ spine.T + (spine**2).sum(1)[None]
    nearest = distance.argmin(1)
    offset = ((points - centre[nearest]) * normal[nearest]).sum(1)
    half = np.maximum(np.where(offset > 0, outer[nearest], inner[nearest]), 1)
    return Ribbon(alpha, ys, xs, fine[nearest], offset / half)


def rounded(across: NDArray[np.float64], light: float, depth: float = 0.26) -> NDArray[np.float64]:
    """Shading of a cylinder at places across it, lit from the front and `light` (-1 to 1) towards positive `across`."""
    shifted = np.clip(across - 0.3 * light, -1.35, 1.35)
    shade: NDArray[np.float64] = 1.05 - depth * np.abs(shifted) ** 2.2
    return shade


def met(made: Float, image: Float, known: Float, area: Float, reach: float) -> Float:
    """Made-up colours shifted so that they meet those that are known; the shift fades out over `reach` pixels."""
    rim = known * (cv2.dilate(area * (1 - known), np.ones((7, 7), np.uint8)) > 0.3)
    if rim.sum() < 12:
        return made
    shift = np.clip(blur_inside(image - made, rim.astype(np.float32), max(0.3 * reach, 1.0)), -60, 60)
    near = cv2.distanceTransform((rim < 0.5).astype(np.uint8), cv2.DIST_L2, 3)
    result: Float = made + shift * np.exp(-near / reach).astype(np.float32)[..., None]
    return result
