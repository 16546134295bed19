"""The value of a policy from the log of another one.

Values are mean rewards an impression. Every estimator returns one figure per row whose mean is the estimate and whose spread is
that of the estimate (the values of its influence function), from which intervals follow.

Sources: Horvitz and Thompson (1952) for inverse propensity weighting; Swaminathan and Joachims (2015) for its
self-normalised form; Dudík, Langford and Li (2011) for doubly robust; Wang, Agarwal and Dudík (2017) for switching.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.evaluation.diagnostics import Diagnostics, Limits, Refused, diagnose, refusal
from prodgen_rank.evaluation.intervals import (
    by_cluster,
    effective_clopper_pearson,
    normal,
    standard_error,
)
from prodgen_sdk.bootstrap import bootstrap
from prodgen_sdk.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]
    Ints = NDArray[np.integer[Any]]

FEW_CLICKS = 50.0
"""Below so many effective rewarded rows resampling is not trusted."""
_MANY = 100_000


@dataclass(frozen=True)
class Logged:
    """Logged decisions as an estimator sees them; all arrays are [n], float64.

    Args:
        reward: 0 to 1.
        pscore: probability with which the logged action was taken, (0, 1]; NaN where it is not known.
        pi_e: probability of the logged action under the policy in question, 0 to 1.
        predicted: a reward model's mean for the logged action.
        expected: a reward model's mean under the policy in question, over all actions that could have been taken.
        clusters: rows with the same number depend on each other, as those of one user do.
    """

    reward: Floats
    pscore: Floats
    pi_e: Floats
    predicted: Floats | None = None
    expected: Floats | None = None
    clusters: Ints | None = None

    def __post_init__(self) -> None:
        given = [x for x in (self.pscore, self.pi_e, self.predicted, self.expected, self.clusters) if x is not None]
        if self.reward.ndim != 1 or any(x.shape != self.reward.shape for x in given):
            raise InputError(f"Arrays of shapes {[self.reward.shape, *(x.shape for x in given)]} for one log.")
        if not len(self.reward):
            raise InputError("The log has no rows.")
        if not (np.isfinite(self.reward).all() and ((self.pi_e >= 0) & (self.pi_e <= 1)).all()):
            raise InputError("A reward is not finite, or a probability of the policy is not between 0 and 1.")

    @classmethod
    def of(
        cls, reward: Floats, pscore: Floats, action: Ints, distribution: Floats, predictions: Floats | None = None
    ) -> Logged:
        """From whole distributions over actions.

        Args:
            action: [n], the logged action's number.
            distribution: [n, actions], of the policy in question.
            predictions: [n, actions], of a reward model.
        """
        rows = np.arange(len(action))
        if predictions is None:
            return cls(reward, pscore, distribution[rows, action])
        expected = (distribution * predictions).sum(axis=1)
        return cls(reward, pscore, distribution[rows, action], predictions[rows, action], expected)

    @property
    def weights(self) -> Floats:
        return self.pi_e / self.pscore


def ipw(log: Logged, clip: float = np.inf) -> Floats:
    """Inverse propensity weighting: unbiased, spread by large weights; `clip` bounds them and biases towards 0.

    >>> log = Logged(np.asarray([1.0, 0.0]), np.asarray([0.5, 0.5]), np.asarray([1.0, 0.0]))
    >>> ipw(log).mean(), snips(log).mean()
    (np.float64(1.0), np.float64(1.0))
    """
    return np.minimum(log.weights, clip) * log.reward


def snips(log: Logged, clip: float = np.inf) -> Floats:
    """Self-normalised: a weighted mean of rewards, so never outside their range; consistent, with a bias of order 1/n.

    Raises:
        InputError: all weights are 0.
    """
    weights = np.minimum(log.weights, clip)
    return _ratio(weights, weights * log.reward)


def dm(log: Logged) -> Floats:
    """The direct method: the reward model's word alone, as biased as the model; its spread is only that of contexts."""
    return _model(log)[1]


def dr(log: Logged, clip: float = np.inf) -> Floats:
    """Doubly robust: the reward model, corrected by weighting its errors; unbiased if weights or model are right."""
    predicted, expected = _model(log)
    return expected + np.minimum(log.weights, clip) * (log.reward - predicted)


def sndr(log: Logged) -> Floats:
    """Doubly robust with a self-normalised correction."""
    predicted, expected = _model(log)
    return expected + _ratio(log.weights, log.weights * (log.reward - predicted))


def switch_dr(log: Logged, tau: float) -> Floats:
    """Doubly robust where the weight is at most `tau`, the direct method elsewhere."""
    predicted, expected = _model(log)
    return expected + np.where(log.weights <= tau, log.weights, 0.0) * (log.reward - predicted)


@dataclass(frozen=True)
class Estimate:
    """A value with its interval; `method` says how that was found: `bootstrap`, `normal` or `clopper-pearson`.

    The direct method has none (`none`): how wrong its model is, the log does not say.
    """

    value: float
    low: float | None
    high: float | None
    method: str


@dataclass(frozen=True)
class Evaluation:
    """What a log says of a policy: estimates by name, and the weights that they rest on."""

    estimates: dict[str, Estimate]
    diagnostics: Diagnostics

    def figures(self) -> dict[str, float | str]:
        """Flat and JSON-ready."""
        found: dict[str, float | str] = {}
        for name, estimate in self.estimates.items():
            found[name] = estimate.value
            if estimate.low is not None and estimate.high is not None:
                found |= {f"{name}_low": estimate.low, f"{name}_high": estimate.high}
        return found | self.diagnostics.figures()


def estimate(rows: Floats, found: Diagnostics, clusters: Ints | None = None, level: float = 0.95) -> Estimate:
    """The mean of an estimator's rows, with an interval that suits the number of clicks.

    With `FEW_CLICKS` effective rewarded rows or more the clusters are drawn anew (percentile bootstrap), or, if they are very
    many, the central limit theorem serves; with fewer clicks the estimate is taken as the rate of as many impressions as would give its standard error, and zero clicks give no empty
    interval.
    """
    value, error = float(rows.mean()), standard_error(rows, clusters)
    if found.effective_clicks >= FEW_CLICKS:
        drawn = rows if clusters is None else by_cluster(rows, clusters)
        many = len(drawn) > _MANY
        low, high = normal(drawn, level) if many else bootstrap(drawn, level=level)[1:]
        return Estimate(value, low, high, "normal" if many else "bootstrap")
    interval = effective_clopper_pearson(value, error if found.clicks else 0.0, found.ess, level)
    return Estimate(value, min(value, interval.low), max(value, interval.high), "clopper-pearson")


def evaluate(
    log: Logged, *, limits: Limits | None = None, clip: float = 20.0, tau: float = 20.0, level: float = 0.95
) -> Evaluation | Refused:
    """All estimates that the log allows, or why it allows none.

    Estimates: `ipw`, `snips`, `ipw_clipped`; with a reward model `dm`, `dr`, `sndr` and `dr_switch`; and, with `FEW_CLICKS`
    effective clicks or more, `gain`: how much more the policy earns than what was logged (of `snips`).

    Args:
        clip: largest weight of `ipw_clipped`.
        tau: weight above which `dr_switch` trusts the model.
    """
    found = diagnose(log.pi_e, log.pscore, log.reward)
    refused = refusal(found, limits)
    if refused is not None:
        return refused
    rows = {"ipw": ipw(log), "snips": snips(log), "ipw_clipped": ipw(log, clip)}
    if log.predicted is not None:
        rows |= {"dr": dr(log), "sndr": sndr(log), "dr_switch": switch_dr(log, tau)}
    if found.effective_clicks >= FEW_CLICKS:
        rows["gain"] = rows["snips"] - log.reward
    estimates = {name: estimate(values, found, log.clusters, level) for name, values in rows.items()}
    if log.predicted is not None:
        estimates["dm"] = Estimate(float(dm(log).mean()), None, None, "none")
    return Evaluation(estimates, found)


def _ratio(weights: Floats, weighted: Floats) -> Floats:
    mean = weights.mean()
    if not mean > 0:
        raise InputError("All weights are 0.", hint="The policy would never have shown what was shown.")
    value = weighted.mean() / mean
    return np.asarray(value + (weighted - value * weights) / mean)


def _model(log: Logged) -> tuple[Floats, Floats]:
    if log.predicted is None or log.expected is None:
        raise InputError("The estimator needs a reward model.", hint="Give `predicted` and `expected`.")
    return log.predicted, log.expected
