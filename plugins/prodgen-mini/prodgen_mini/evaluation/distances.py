"""Distances between sets of designs: pure functions over rows of features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.floating]


def kernel_distance(first: Floats, second: Floats) -> float:
    """The unbiased squared maximum mean discrepancy under (x.y/d + 1)^3 of rows [n, d] and [m, d].

    The kernel inception distance (Binkowski et al., ICLR 2018), over features of our own: it is no KID. About 0 for two samples of
    one distribution, and then negative half the time.

    >>> rows = np.random.default_rng(0).normal(size=(200, 4))
    >>> abs(kernel_distance(rows[:100], rows[100:])) < 0.5 < kernel_distance(rows[:100], rows[100:] + 1)
    True
    """
    n, m = len(first), len(second)

    def kernel(a: Floats, b: Floats) -> Floats:
        return np.asarray((a @ b.T / a.shape[1] + 1) ** 3)

    own, others, across = kernel(first, first), kernel(second, second), kernel(first, second)
    inside = (own.sum() - np.trace(own)) / (n * (n - 1)) + (others.sum() - np.trace(others)) / (m * (m - 1))
    return float(inside - 2 * across.mean())


def spread(rows: Floats) -> float:
    """Mean distance of two different rows [n, d]; 0 for fewer than two."""
    if len(rows) < 2:
        return 0.0
    return float(distances(rows, rows).sum() / (len(rows) * (len(rows) - 1)))


def distances(first: Floats, second: Floats) -> Floats:
    """Euclidean distances [n, m] of rows [n, d] and [m, d]."""
    first, second = first.astype(np.float64), second.astype(np.float64)
    squares = (first**2).sum(1)[:, None] + (second**2).sum(1)[None] - 2 * first @ second.T
    return np.asarray(np.sqrt(np.maximum(squares, 0)))


def nearest(rows: Floats, known: Floats) -> Floats:
    """Distance [n] of each row to the nearest known one, in blocks."""
    return np.concatenate([distances(part, known).min(1) for part in np.array_split(rows, max(1, len(rows) // 64))])
