"""Low-discrepancy points, and an interleaved pattern that gives neighbouring pixels different ones."""

from __future__ import annotations

import numpy as np

from prodgen_render.model import Floats, Ints

TILE = 4
_BAYER = np.array([0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5])


def r2(count: int, seed: int) -> Floats:
    """`count` points in the unit square, the R2 sequence (Roberts 2018) shifted by the seed; float32 [count, 2]."""
    plastic = 1.32471795724474602596
    steps = np.array([1 / plastic, 1 / plastic**2])
    shift = np.random.default_rng([seed, 77]).random(2)
    return np.asarray((np.arange(count)[:, None] * steps + shift) % 1, np.float32)


def interleaved(x: Ints, y: Ints, per_pixel: int) -> Ints:
    """Which of `per_pixel * 16` points each pixel takes: [n, per_pixel]. Pixels of a 4 x 4 tile share none."""
    cell = _BAYER[(y % TILE) * TILE + x % TILE]
    return np.asarray(np.arange(per_pixel) * TILE * TILE + cell[:, None], np.int32)


def cosine_hemisphere(points: Floats) -> Floats:
    """Unit vectors about +Z with density cos/pi, from points in the unit square (Shirley and Chiu 1997, polar form)."""
    radius, angle = np.sqrt(points[..., 0]), points[..., 1] * np.float32(2 * np.pi)
    up = np.sqrt(np.maximum(0, 1 - points[..., 0]))
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), up], -1).astype(np.float32)


def frames(normals: Floats) -> tuple[Floats, Floats]:
    """Two unit vectors that make an orthonormal frame with each normal (Duff et al. 2017)."""
    x, y, z = normals[:, 0], normals[:, 1], normals[:, 2]
    sign = np.where(z >= 0, 1, -1).astype(np.float32)
    a = -1 / (sign + z)
    b = x * y * a
    return (
        np.stack([1 + sign * x * x * a, sign * b, -sign * x], -1).astype(np.float32),
        np.stack([b, sign + y * y * a, -y], -1).astype(np.float32),
    )
