"""Intervals of means by the percentile bootstrap (Efron and Tibshirani, 1993)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_DRAWS_AT_ONCE = 2_000_000


class Interval(NamedTuple):
    """A mean and where it lies, as `level` of the resamples have it."""

    mean: float
    low: float
    high: float


def bootstrap(values: ArrayLike, *, resamples: int = 2000, level: float = 0.95, seed: int = 0) -> Interval:
    """The mean of independent figures, such as one a user or a product, with its interval when these are drawn anew.

    For two models on the same users give the differences of their figures: the interval is then a paired one.

    Args:
        values: [n], finite; of none all is 0.

    >>> bootstrap([0.25, 0.25, 0.25])
    Interval(mean=0.25, low=0.25, high=0.25)
    """
    import numpy as np

    figures = np.asarray(values, np.float64)
    n = len(figures)
    if not n:
        return Interval(0.0, 0.0, 0.0)
    rng = np.random.default_rng(seed)
    means = np.empty(resamples)
    step = max(1, _DRAWS_AT_ONCE // n)
    for start in range(0, resamples, step):
        drawn = rng.integers(0, n, (min(step, resamples - start), n), dtype=np.int32)
        means[start : start + len(drawn)] = figures[drawn].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(figures.mean()), float(low), float(high))
