"""Confidence intervals of rates and of estimated values, also where hardly anybody clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from prodgen_sdk.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]
    Ints = NDArray[np.integer[Any]]


class Interval(NamedTuple):
    """Where a figure lies, both ends included."""

    low: float
    high: float


def clopper_pearson(successes: float, n: float, level: float = 0.95) -> Interval:
    """The exact interval of a rate (Clopper and Pearson, 1934): it covers the truth at least as often as it says.

    Counts need not be whole, so that it also serves effective counts (Korn and Graubard, 1998).

    >>> [round(end, 4) for end in clopper_pearson(0, 100)]
    [0.0, 0.0362]
    """
    from scipy.special import betaincinv

    _check_rate(successes, n, level)
    tail = (1 - level) / 2
    low = 0.0 if successes == 0 else float(betaincinv(successes, n - successes + 1, tail))
    high = 1.0 if successes == n else float(betaincinv(successes + 1, n - successes, 1 - tail))
    return Interval(low, high)


def by_cluster(rows: Floats, clusters: Ints) -> Floats:
    """One figure a cluster whose mean is that of the rows, and whose spread is that of the mean when clusters are drawn anew.

    Rows of one user or one request are not independent; taken so, they make intervals too narrow.

    Args:
        rows: [n].
        clusters: [n], any integers.

    >>> by_cluster(np.asarray([1.0, 1.0, 0.0]), np.asarray([7, 7, 9]))
    array([1.11111111, 0.22222222])
    """
    names, places = np.unique(clusters, return_inverse=True)
    mean = rows.mean()
    sums: Floats = np.bincount(places, weights=rows - mean, minlength=len(names)).astype(np.float64)
    return np.asarray(mean + sums * (len(names) / len(rows)))


def standard_error(rows: Floats, clusters: Ints | None = None) -> float:
    """Of the mean of rows, [n] with n >= 2, robust to dependence within clusters; infinite for a single one."""
    independent = rows if clusters is None else by_cluster(rows, clusters)
    if len(independent) < 2:
        return float("inf")
    return float(independent.std(ddof=1) / len(independent) ** 0.5)


def normal(rows: Floats, level: float = 0.95, clusters: Ints | None = None) -> Interval:
    """Of the mean of rows, by the central limit theorem: for many rows none of which dominates."""
    from scipy.special import ndtri

    half = float(ndtri((1 + level) / 2)) * standard_error(rows, clusters)
    return Interval(float(rows.mean()) - half, float(rows.mean()) + half)


def effective_clopper_pearson(value: float, error: float, effective_n: float, level: float = 0.95) -> Interval:
    """Of an estimated rate: the exact interval of as many impressions as would give this standard error.

    Korn and Graubard (1998), Confidence intervals for proportions with small expected number of positive counts. Where few
    rows count much, clicks of theirs may be missing by chance, and then the standard error is too small, too. So the upper end
    is that after one more click, as in the exact interval, but of the weight that the policy's clicks have on average
    (Fay and Feuer, 1997, Confidence intervals for directly standardized rates, who take the largest weight).

    Args:
        value: the estimate; one outside 0 to 1 is taken to the nearer end.
        error: its standard error, 0 or above.
        effective_n: the effective sample size of the weights; takes the place of the standard error when that is 0, as it
            is without any click.
    """
    rate = min(1.0, max(0.0, value))
    spread = rate * (1 - rate)
    n = max(spread / error**2 if spread > 0 and error > 0 else effective_n, 1.0)
    clicks = rate * n
    more = max(n / max(effective_n, 1.0), 1.0)  # what one more click counts, in clicks like those that were seen
    after = (clicks + more) / (clicks + more**2)
    one_more = min(clicks * (clicks + 2 * more - 1) / (clicks + more**2), n * after)
    return Interval(clopper_pearson(clicks, n, level).low, clopper_pearson(one_more, n * after, level).high)


def _check_rate(successes: float, n: float, level: float) -> None:
    if not 0 < level < 1:
        raise InputError(f"A confidence level of {level} is not between 0 and 1.")
    if not (n > 0 and 0 <= successes <= n):
        raise InputError(f"{successes} of {n} is no rate.")
