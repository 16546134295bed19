"""The plain background of a photo: a low-order surface fitted to the picture's frame, or to all that is around the product."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


def planar(rgb: NDArray[Any]) -> NDArray[Any]:
    """The same values [h, w, c], each channel by itself in memory: what is told over the channels of a pixel is then fifty times as fast.

    >>> planar(np.zeros((4, 5, 3), np.float32)).strides
    (20, 4, 80)
    """
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(rgb, 2, 0)), 0, 2)


def ground_of(rgb: Floats) -> tuple[Floats, float]:
    """A photo's background without its product [h, w, 3], and how much its pixels scatter about it.

    Args:
        rgb: sRGB [h, w, 3] in [0, 1].

    >>> under, spread = ground_of(np.full((64, 64, 3), 0.8, np.float32))
    >>> bool(abs(under - 0.8).max() < 1e-3), spread < 0.001
    (True, True)
    """
    under, spread = _by_frame(rgb)
    return _brighter_inside(rgb, under, spread), spread


def _by_frame(rgb: Floats) -> tuple[Floats, float]:
    """The background that the frame tells of [h, w, 3], and how much its pixels scatter about it."""
    height, width = rgb.shape[:2]
    ring = max(2, round(0.025 * min(height, width)))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x / width * 2 - 1, y / height * 2 - 1
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], -1)
    frame = np.ones((height, width), bool)
    frame[ring:-ring, ring:-ring] = False
    a, b = terms[frame].astype(np.float64), rgb[frame].astype(np.float64)
    middle = np.median(b, axis=0)
    off = np.abs(b - middle).max(1)
    kept = off < max(0.12, 2.5 * float(np.median(off)))
    for _ in range(4):
        fit = (
            np.linalg.lstsq(a[kept], b[kept], rcond=None)[0]
            if kept.sum() > 24
            else np.vstack([middle, np.zeros((5, 3))])
        )
        off = np.abs(b - a @ fit).max(1)
        spread = float(np.median(off[kept])) * 1.6 if kept.any() else 0.0
        kept = off < max(0.012, 3 * spread)
    fitted = (terms.reshape(-1, 6) @ fit).reshape(height, width, 3)
    return np.clip(fitted, 0, 1).astype(np.float32), spread if kept.mean() > 0.4 else 1.0


_SAMPLES, _DEGREE = 160, 4
"""On how many places along a photo its background is told anew, and by polynomials of which degree."""
_BRIGHTER, _WIDELY = 0.005, 0.02
"""A background that is brighter than the frame tells by more than the first, on more than the second share of what is around the product, is told
anew. One that is darker may lie in the product's shadow."""


def _brighter_inside(rgb: Floats, under: Floats, spread: float) -> Floats:
    """The background as all around the product tells it, where its middle is brighter than one would think by its frame, as in the light of a lamp."""
    from scipy import ndimage
    from scipy.spatial import ConvexHull, QhullError

    height, width = rgb.shape[:2]
    step = max(1, max(height, width) // _SAMPLES)
    off = ndimage.uniform_filter(rgb - under, (step, step, 0))[step // 2 :: step, step // 2 :: step]
    strong = np.abs(off).max(2) > 0.05 + 4 * spread
    y, x = np.mgrid[0 : off.shape[0], 0 : off.shape[1]]
    try:
        sides = ConvexHull(np.stack([x[strong], y[strong]], -1)).equations
    except (QhullError, ValueError):
        return under
    inside = (sides[:, :2] @ np.stack([x.ravel(), y.ravel()]) + sides[:, 2:]).max(0) < 0.03 * _SAMPLES
    around = ~inside.reshape(strong.shape)
    noise = max(0.012, 3 * spread)
    powers = [(i, j) for i in range(_DEGREE + 1) for j in range(_DEGREE + 1 - i)]
    brighter = around & (off.min(2) > max(_BRIGHTER, spread))
    if brighter.sum() < max(4 * len(powers), _WIDELY * around.sum()):
        return under

    def terms(x: Floats, y: Floats) -> Floats:
        return np.stack([x**i * y**j for i, j in powers], -1)

    at = terms((x * step + step // 2) / width * 2 - 1, (y * step + step // 2) / height * 2 - 1)
    kept = around & (off.min(2) > -noise)
    for _ in range(4):
        fit = np.linalg.lstsq(at[kept], off[kept], rcond=None)[0]
        kept = around & (np.abs(off - at @ fit).max(2) < noise)
    rows, columns = (np.arange(n, dtype=np.float32) / n * 2 - 1 for n in (height, width))
    change = sum(
        rows[:, None, None] ** j * columns[None, :, None] ** i * term.astype(np.float32)
        for (i, j), term in zip(powers, fit, strict=True)
    )
    return np.asarray(np.clip(under + change, 0, 1))


_GRAIN, _MOST_GRAIN, _CALM = 0.003, 0.02, 2.0
"""Noise below the first is left alone, what is above the second is texture, and what varies by less than so many times the noise is evened out."""


def calmed(rgb: Floats) -> Floats:
    """A photo [h, w, 3] in [0, 1] without most of its noise, edges kept: K. He, J. Sun, X. Tang, Guided image filtering, TPAMI 35(6), 2013.

    The noise is that of the calmest third of the photo that is neither black nor white: compression leaves it in patches, so that it is
    measured over 9 pixels.
    """
    from scipy import ndimage

    grey = rgb.mean(2)
    level = ndimage.uniform_filter(grey, 9)
    varies = np.sqrt(np.maximum(ndimage.uniform_filter((grey - level) ** 2, 9), 0))[4::8, 4::8]
    told = varies[(level[4::8, 4::8] > 0.03) & (level[4::8, 4::8] < 0.985)]
    noise = min(float(np.quantile(told, 0.3)), _MOST_GRAIN) if len(told) > 16 else 0.0
    if noise < _GRAIN:
        return rgb
    out = np.empty_like(rgb)
    for channel in range(3):
        values = rgb[..., channel]
        mean = ndimage.uniform_filter(values, 5)
        variance = np.maximum(ndimage.uniform_filter(values * values, 5) - mean * mean, 0)
        kept = variance / (variance + (_CALM * noise) ** 2)
        out[..., channel] = ndimage.uniform_filter(kept, 5) * values + ndimage.uniform_filter((1 - kept) * mean, 5)
    return out
