"""A/B tests that may be looked at every day: assignment, a check of the sample ratio, and an always-valid comparison.

Sources: Fabijan et al., Diagnosing Sample Ratio Mismatch in Online Controlled Experiments, KDD 2019; Johari, Pekelis and Walsh,
Always Valid Inference: Continuous Monitoring of A/B Tests, Operations Research 2022 (the mixture sequential probability
ratio test, mSPRT, with a normal mixture).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_sdk.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]

SRM_ALPHA = 0.001
MIN_SUCCESSES = 10.0
"""In both arms together; before, the normal approximation that mSPRT rests on does not hold."""
_ENUMERATED = 200_000
_SIMULATED = 100_000


def assign(user: str, experiment: str, shares: Mapping[str, float]) -> str:
    """The arm of a user: always the same in one experiment, independent of other experiments.

    Args:
        shares: arm to share of users; above 0, they sum to 1. The order of arms matters.

    >>> assign("ann", "front-or-angle", {"control": 0.5, "treatment": 0.5})
    'control'
    """
    if not shares or min(shares.values()) <= 0 or abs(sum(shares.values()) - 1) > 1e-9:
        raise InputError("The shares of the arms must be above 0 and sum to 1.")
    point = int.from_bytes(hashlib.sha256(f"{experiment}\0{user}".encode()).digest()[:8]) / 2**64
    reached = 0.0
    for arm, share in shares.items():
        reached += share
        if point < reached:
            return arm
    return arm


@dataclass(frozen=True)
class Ratio:
    """Whether users came in the shares that were planned; `method` is `exact`, `chi-square` or `simulated`."""

    p: float
    method: str
    mismatch: bool


def sample_ratio(counts: Sequence[int], shares: Sequence[float], alpha: float = SRM_ALPHA) -> Ratio:
    """Tests counts of users an arm against planned shares; exact where an arm expects fewer than five.

    >>> sample_ratio([821, 700], [0.5, 0.5]).mismatch, sample_ratio([5021, 4979], [0.5, 0.5]).mismatch
    (False, False)
    >>> sample_ratio([5300, 4700], [0.5, 0.5]).mismatch
    True
    """
    from scipy.stats import binomtest, chi2

    observed, planned = np.asarray(counts), np.asarray(shares, np.float64)
    n = int(observed.sum())
    if len(observed) != len(planned) or len(observed) < 2 or observed.min() < 0 or n == 0:
        raise InputError(f"{len(observed)} counts and {len(planned)} shares make no sample ratio.")
    if planned.min() <= 0 or abs(planned.sum() - 1) > 1e-9:
        raise InputError("The planned shares must be above 0 and sum to 1.")
    expected = n * planned
    if len(observed) == 2 and n <= 10_000:
        p, method = float(binomtest(int(observed[0]), n, float(planned[0])).pvalue), "exact"
    elif expected.min() < 5:
        p, method = _multinomial(observed, planned)
    else:
        p = float(chi2.sf(((observed - expected) ** 2 / expected).sum(), len(observed) - 1))
        method = "chi-square"
    return Ratio(p, method, p < alpha)


@dataclass(frozen=True)
class Arm:
    """What an arm has earned: how many users, the sum of their outcomes and the sum of their squares."""

    n: int
    total: float
    squares: float

    @classmethod
    def of_rate(cls, n: int, successes: float) -> Arm:
        return cls(n, float(successes), float(successes))

    @property
    def mean(self) -> float:
        return self.total / self.n if self.n else 0.0

    @property
    def variance_of_mean(self) -> float:
        """Of the mean; infinite for fewer than two users."""
        if self.n < 2:
            return math.inf
        return max(0.0, self.squares / self.n - self.mean**2) / (self.n - 1)


@dataclass(frozen=True)
class Comparison:
    """Treatment minus control, as valid at any look as at the last.

    Args:
        difference: of the means.
        low, high: the confidence sequence: the truth lies within at all looks together with probability 1 - alpha.
        p: always-valid p-value, the least so far.
        significant: p <= alpha.
    """

    difference: float
    low: float
    high: float
    p: float
    significant: bool


@dataclass(frozen=True)
class Refused:
    """The result may not be read: why, and what to do."""

    reason: str
    what_to_do: str
    ratio: Ratio


def compare(looks: Sequence[tuple[Arm, Arm]], tau: float, alpha: float = 0.05) -> Comparison:
    """The mSPRT of control against treatment at some looks, each with all users so far.

    Looks at which both arms together have fewer than `MIN_SUCCESSES` of outcome say nothing.

    Args:
        looks: (control, treatment), in time; at least one.
        tau: the standard deviation of the effects that the mixture expects; the test has most power for effects of this size,
            and holds for any. It must not be chosen from the outcomes compared.
    """
    if not looks:
        raise InputError("There is nothing to compare.")
    if not (tau > 0 and 0 < alpha < 1):
        raise InputError(f"tau is {tau} and alpha {alpha}: tau must be above 0, alpha between 0 and 1.")
    p, low, high, difference = 1.0, -math.inf, math.inf, 0.0
    for control, treatment in looks:
        difference = treatment.mean - control.mean
        variance = control.variance_of_mean + treatment.variance_of_mean
        if abs(control.total) + abs(treatment.total) < MIN_SUCCESSES or not 0 < variance < math.inf:
            continue
        p = min(p, math.exp(-log_ratio(difference, variance, tau)))
        half = boundary(variance, tau, alpha)
        low, high = max(low, difference - half), min(high, difference + half)
    # The intersection of intervals may be empty if effects change in time: then nothing is left to believe.
    return Comparison(difference, low, high, min(p, 1.0), p <= alpha)


def log_ratio(difference: float, variance: float, tau: float) -> float:
    """Log of the mixture likelihood ratio of effects N(0, tau^2) against none, given an estimate and its variance."""
    both = variance + tau**2
    return 0.5 * math.log(variance / both) + difference**2 * tau**2 / (2 * variance * both)


def boundary(variance: float, tau: float, alpha: float) -> float:
    """The difference at which the likelihood ratio reaches 1 / alpha: the half width of the confidence sequence."""
    both = variance + tau**2
    return math.sqrt(variance * both / tau**2 * (math.log(both / variance) - 2 * math.log(alpha)))


def read(
    looks: Sequence[tuple[Arm, Arm]], tau: float, *, shares: tuple[float, float] = (0.5, 0.5), alpha: float = 0.05
) -> Comparison | Refused:
    """`compare`, once the sample ratio of the last look holds; otherwise a refusal."""
    if not looks:
        raise InputError("There is nothing to compare.")
    ratio = sample_ratio([arm.n for arm in looks[-1]], shares)
    if ratio.mismatch:
        control, treatment = looks[-1]
        return Refused(
            f"{control.n} users of {control.n + treatment.n} are in the control arm, where {shares[0]:.1%} were planned "
            f"(p = {ratio.p:.2g}): the arms are not alike in more than the treatment.",
            "Find out which users are missing (redirects, crashes, bots, a filter after assignment), mend it, and start anew.",
            ratio,
        )
    return compare(looks, tau, alpha)


def sample_size(baseline: float, effect: float, *, alpha: float = 0.05, power: float = 0.8) -> int:
    """Users an arm, for one look at the end at the difference of two rates; mSPRT needs more for the same power.

    Args:
        baseline: rate of the control, 0 to 1.
        effect: absolute difference to be found.

    >>> sample_size(0.05, 0.01)
    8155
    """
    from scipy.special import ndtri

    other = baseline + effect
    if not (0 < baseline < 1 and 0 < other < 1 and effect):
        raise InputError(f"A baseline of {baseline} with an effect of {effect} makes no two different rates.")
    spread = baseline * (1 - baseline) + other * (1 - other)
    return math.ceil(float(ndtri(1 - alpha / 2) + ndtri(power)) ** 2 * spread / effect**2)


def _multinomial(observed: Any, planned: Floats) -> tuple[float, str]:
    """P of outcomes that are at most as likely as the one observed."""
    from scipy.stats import multinomial

    n, k = int(observed.sum()), len(observed)
    law = multinomial(n, planned)
    limit = float(law.logpmf(observed)) + 1e-9
    if math.comb(n + k - 1, k - 1) <= _ENUMERATED:
        bars = np.asarray(list(combinations(range(n + k - 1), k - 1))).reshape(-1, k - 1)
        edges = np.column_stack([np.full(len(bars), -1), bars, np.full(len(bars), n + k - 1)])
        likelihoods = law.logpmf(np.diff(edges, axis=1) - 1)
        return float(min(1.0, np.exp(likelihoods[likelihoods <= limit]).sum())), "exact"
    drawn = law.logpmf(np.random.default_rng(0).multinomial(n, planned, size=_SIMULATED))
    return float((1 + (drawn <= limit).sum()) / (1 + _SIMULATED)), "simulated"
