"""Intervals of means over users by the percentile bootstrap (Efron and Tibshirani, 1993)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]

_DRAWS_AT_ONCE = 2_000_000


class Interval(NamedTuple):
    """A mean and where it lies, as `level` of the resamples have it."""

    mean: float
    low: float
    high: float


def bootstrap(values: Floats, *, resamples: int = 1000, level: float = 0.95, seed: int = 0) -> Interval:
    """The mean of one figure per user, with its interval when users are drawn anew.

    For two models on the same users give the difference of their arrays: the interval is then a paired one.

    Args:
        values: [users], finite.

    >>> bootstrap(np.asarray([0.25, 0.25, 0.25]))
    Interval(mean=0.25, low=0.25, high=0.25)
    """
    values = np.asarray(values, np.float64)
    n = len(values)
    if not n:
        return Interval(0.0, 0.0, 0.0)
    rng = np.random.default_rng(seed)
    means = np.empty(resamples)
    step = max(1, _DRAWS_AT_ONCE // n)
    for start in range(0, resamples, step):
        drawn = rng.integers(0, n, (min(step, resamples - start), n), dtype=np.int32)
        means[start : start + len(drawn)] = values[drawn].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(values.mean()), float(low), float(high))
