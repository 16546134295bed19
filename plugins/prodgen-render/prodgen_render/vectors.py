"""Row-wise vector algebra, faster than reductions and broadcasts over an axis of length three; a smooth step."""

from __future__ import annotations

import numpy as np

from prodgen_render.model import Floats, Ints


def dot(a: Floats, b: Floats) -> Floats:
    """Products of rows over the last axis: [..., 3] and [..., 3] to [...]."""
    out = a[..., 0] * b[..., 0]
    out += a[..., 1] * b[..., 1]
    out += a[..., 2] * b[..., 2]
    return np.asarray(out, np.float32)


def cross(a: Floats, b: Floats) -> Floats:
    """Cross products of rows [n, 3]."""
    (ax, ay, az), (bx, by, bz) = a.T, b.T
    return np.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], -1)


def unit(a: Floats) -> Floats:
    """Rows [n, 3] scaled to length 1."""
    return scaled(a, 1 / np.sqrt(np.maximum(dot(a, a), np.float32(1e-24))))


def scaled(a: Floats, by: Floats) -> Floats:
    """Rows [n, k] times one number each [n], or all times one number."""
    out = np.empty(a.shape, np.float32)
    for k in range(a.shape[1]):
        np.multiply(a[:, k], by, out=out[:, k])
    return out


def plus(a: Floats, b: Floats, by: Floats) -> Floats:
    """Rows `a + b * by`: [n, 3], [n, 3] and [n]."""
    out = scaled(b, by)
    out += a
    return out


def interpolate(values: Floats, corners: Ints, weights: Floats) -> Floats:
    """Sums of the values [m, k] of each row's three corners [n, 3] with barycentric weights [n, 3]: [n, k]."""
    out = np.empty((len(corners), values.shape[1]), np.float32)
    found = [values.take(corners[:, c], 0) for c in range(3)]
    for k in range(values.shape[1]):
        total = found[0][:, k] * weights[:, 0]
        total += found[1][:, k] * weights[:, 1]
        total += found[2][:, k] * weights[:, 2]
        out[:, k] = total
    return out


def smoothstep(t: Floats) -> Floats:
    """0 below 0, 1 above 1, and a smooth passage between."""
    t = np.clip(t, 0, 1)
    return np.asarray(t * t * (3 - 2 * t))
