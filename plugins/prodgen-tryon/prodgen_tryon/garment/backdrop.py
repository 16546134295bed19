"""What can be said of every pixel of a garment's photo before the garment is looked for: its colours against the background's."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image
from prodgen_tryon.filters import Float, colour_distance, erode, mean_inside, to_lab

FOREIGN = 7.0  # distance from all mixes of background and cloth in a and b above which a colour is neither
RIM = 0.03  # depth of the border that shows background, as a share of the longer edge


@dataclass(frozen=True)
class Backdrop:
    """A photo beside its background, which is a smooth surface through its border; all planes float32 [h, w].

    Args:
        image: uint8 RGB [h, w, 3].
        lab: CIE L*a*b*, edges kept and noise smoothed [h, w, 3].
        light, chroma: its L [h, w], and its a and b [h, w, 2].
        surface: the background, Lab [h, w, 3].
        plate: the background's median colour, Lab [3].
        below: how much darker than the background, in L.
        hue: distance from the background in a and b.
        away: distance from the background (CIE76).
        distance: the same in units of the background's noise.
        edge: gradient magnitude in units of its typical value near the border.
    """

    image: Image
    lab: Float
    light: Float
    chroma: Float
    surface: Float
    plate: Float
    below: Float
    hue: Float
    away: Float
    distance: Float
    edge: Float

    def nearer(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Where the hue is nearer to the background's than to the cloth's nearby: a fold keeps the cloth's hue."""
        inner = erode(mask, 14).astype(np.float32)
        cloth, known = mean_inside(self.chroma, inner, 14)
        to_cloth = cv2.magnitude(*cv2.split(self.chroma - cloth))
        result: NDArray[np.bool_] = (known <= 0.01) | (self.hue < to_cloth + np.float32(0.5))
        return result


def foreign(lab: Float, ground: Float, cloth: Float) -> NDArray[np.bool_]:
    """Where a colour, CIE L*a*b* [..., 3] each, has the hue of no mix of background and cloth: another colour of the cloth, such as a stripe."""
    here, there = (lab - ground)[..., 1:], (cloth - ground)[..., 1:]
    share = ((here * there).sum(-1) / np.maximum((there * there).sum(-1), 1e-3)).clip(0, 1)
    rest = here - share[..., None] * there
    result: NDArray[np.bool_] = np.hypot(rest[..., 0], rest[..., 1]) > FOREIGN
    return result


def smoothed_lab(image: Image) -> Float:
    """CIE L*a*b* without the noise of compression, float32 [h, w, 3]."""
    result: Float = cv2.bilateralFilter(to_lab(image), 5, 6.0, 3.0)
    return result


def backdrop(image: Image, lab: Float) -> Backdrop:
    """A photo uint8 RGB and its `smoothed_lab` beside the background."""
    surface, noise = _surface(lab)
    below, a, b = cv2.split(surface - lab)
    hue = cv2.magnitude(a, b)
    distance = cv2.magnitude(below * np.float32(np.sqrt(0.5) / noise[0]), hue * np.float32(1 / noise[1]))
    light, *rest = cv2.split(lab)
    return Backdrop(
        image=image,
        lab=lab,
        light=light,
        chroma=cv2.merge(rest),
        surface=surface,
        plate=np.median(surface[::4, ::4].reshape(-1, 3), axis=0),
        below=below,
        hue=hue,
        away=cv2.magnitude(below, hue),
        distance=distance,
        edge=_edge_strength(lab),
    )


def _surface(lab: Float) -> tuple[Float, tuple[float, float]]:
    """A quadratic surface fitted robustly to the border, and the noise (lightness, chroma) around it."""
    height, width = lab.shape[:2]
    depth = max(round(RIM * max(height, width)), 2)
    y, x = np.arange(height, dtype=np.float32) / height * 2 - 1, np.arange(width, dtype=np.float32) / width * 2 - 1
    rim = np.ones((height, width), bool)
    rim[depth:-depth, depth:-depth] = False
    rows, columns = np.nonzero(rim)
    values, u, v = lab[rows, columns], x[columns], y[rows]
    samples = np.stack([np.ones_like(u), u, v, u * u, v * v, u * v], 1)
    centre = np.median(values, axis=0)
    weight = np.ones(len(values), np.float32)
    off = np.abs(values - centre).sum(1)
    weight[off > 3 * max(float(np.median(off)), 2.0)] = 0.05
    fitted = values
    coefficients = np.zeros((6, 3), np.float32)
    for _ in range(4):
        weighted = (samples * (weight**2)[:, None]).astype(np.float64)
        normal = weighted.T @ samples + 1e-9 * np.eye(6)
        coefficients = np.linalg.solve(normal, weighted.T @ values).astype(np.float32)
        fitted = samples @ coefficients
        residual = np.abs(values - fitted).sum(1)
        spread = max(float(np.median(residual)), 0.4)
        weight = np.minimum(1, (2.5 * spread / np.maximum(residual, 1e-3)) ** 2).astype(np.float32)
    good = weight > 0.3
    light, a, b = np.abs(values - fitted)[good].T
    noise = (max(1.4826 * float(np.median(light)), 0.7), max(1.4826 * float(np.median(np.hypot(a, b))), 0.7))
    planes = [
        (c[0] + c[1] * x + c[3] * x * x)[None] + (c[2] * y + c[4] * y * y)[:, None] + np.outer(c[5] * y, x)
        for c in coefficients.T
    ]
    surface: Float = cv2.merge(planes)
    return surface, noise


def _edge_strength(lab: Float) -> Float:
    gx, gy = cv2.Sobel(lab, cv2.CV_32F, 1, 0, ksize=3), cv2.Sobel(lab, cv2.CV_32F, 0, 1, ksize=3)
    strength: Float = cv2.magnitude(colour_distance(gx, (0, 0, 0)), colour_distance(gy, (0, 0, 0)))
    rim = np.concatenate(
        [strength[2:8].ravel(), strength[-8:-2].ravel(), strength[:, 2:8].ravel(), strength[:, -8:-2].ravel()]
    )
    return strength / np.float32(max(float(np.percentile(rim, 90)), 8 * 0.35))
