"""Row-wise vector algebra; faster than reductions over an axis of length three."""

from __future__ import annotations

import numpy as np

from prodgen_render.model import Floats


def dot(a: Floats, b: Floats) -> Floats:
    """Products of rows over the last axis: [..., k] and [..., k] to [...]."""
    return np.asarray(np.einsum("...i,...i->...", a, b), np.float32)


def unit(a: Floats) -> Floats:
    """Rows [n, k] scaled to length 1."""
    return np.asarray(a / np.sqrt(np.maximum(np.einsum("ij,ij->i", a, a), 1e-24))[:, None], np.float32)


def interpolate(values: Floats, weights: Floats) -> Floats:
    """Sums of corner values [n, 3, k] with barycentric weights [n, 3]: [n, k]."""
    return np.asarray(np.einsum("nck,nc->nk", values, weights), np.float32)
