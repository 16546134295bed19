"""Whether the weights of a log can carry an estimate: what they look like, and a refusal with its reason where they cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_sdk.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Diagnostics:
    """Of importance weights, probability under the policy in question over probability when logged.

    Args:
        n: rows.
        clicks: rows with a reward and a weight above 0.
        effective_clicks: (sum w r)^2 / sum (w r)^2: how many of them carry the estimate; at most as many as `ess` rows of the same
            rate have, for where few rows count much, the clicks that are missing would count most.
        ess: effective sample size, (sum w)^2 / sum w^2 (Kish, 1965): how many rows of the policy's own the log is worth.
        mean: near 1 if propensities are right and the log saw all that the policy would show.
        mean_error: standard error of `mean`.
        max, max_share: the largest weight, and its share of the sum.
        quantiles: by probability.
        zero_share: share of rows in which the policy would never have shown what was shown.
        missing: rows without a usable propensity; with any, all figures of weights are 0.
    """

    n: int
    clicks: int
    effective_clicks: float
    ess: float
    mean: float
    mean_error: float
    max: float
    max_share: float
    quantiles: dict[float, float]
    zero_share: float
    missing: int = 0

    def figures(self) -> dict[str, float]:
        """Flat and JSON-ready."""
        quantiles = {f"weight_p{100 * share:g}": value for share, value in self.quantiles.items()}
        return {
            "rows": self.n, "rows_with_reward": self.clicks, "effective_rewards": self.effective_clicks, "ess": self.ess,
            "mean_weight": self.mean, "mean_weight_error": self.mean_error, "max_weight": self.max,
            "max_weight_share": self.max_share, "zero_weight_share": self.zero_share, **quantiles,
        }  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """Below or above which a log is not asked.

    Args:
        min_ess: fewer effective rows than this say nothing about a rate.
        max_weight_share: one row with more than this share of all weight decides the answer alone.
        mean_tolerance, mean_z: the mean weight may differ from 1 by this much, or by this many standard errors.
    """

    min_ess: float = 100.0
    max_weight_share: float = 0.05
    mean_tolerance: float = 0.1
    mean_z: float = 4.0


@dataclass(frozen=True)
class Refused:
    """The log cannot answer: why, what to do about it, and what its weights look like."""

    reason: str
    what_to_do: str
    diagnostics: Diagnostics


QUANTILES = (0.5, 0.9, 0.99, 0.999)
_EXPLORE = "Log with more exploration of what this policy would show (a higher epsilon or floor), or for longer."


def diagnose(pi_e: Floats, pscore: Floats, reward: Floats) -> Diagnostics:
    """What the weights look like.

    Args:
        pi_e: [n], 0 to 1: probability of the logged action under the policy in question.
        pscore: [n]: probability with which it was logged; not in (0, 1] counts as missing.
        reward: [n].

    >>> d = diagnose(np.asarray([1.0, 0.0]), np.asarray([0.5, 0.5]), np.asarray([1.0, 1.0]))
    >>> d.ess, d.mean, d.max, d.zero_share, d.clicks
    (1.0, 1.0, 2.0, 0.5, 1)
    """
    if not (pi_e.shape == pscore.shape == reward.shape and pi_e.ndim == 1 and len(pi_e)):
        raise InputError(f"Probabilities and rewards of shapes {pi_e.shape}, {pscore.shape} and {reward.shape}.")
    n, missing = len(pi_e), int((~((pscore > 0) & (pscore <= 1))).sum())
    if missing:
        return Diagnostics(n, int((reward > 0).sum()), 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, {}, 0.0, missing)
    weights = pi_e / pscore
    total, earned, largest = float(weights.sum()), float((weights * reward).sum()), float(weights.max())
    ess = effective_size(weights)
    return Diagnostics(
        n=n,
        clicks=int(((reward > 0) & (weights > 0)).sum()),
        effective_clicks=min(effective_size(weights * reward), ess * earned / max(total, 1e-300)),
        ess=ess,
        mean=total / n,
        mean_error=float(weights.std(ddof=1)) / n**0.5 if n > 1 else 0.0,
        max=largest,
        max_share=largest / total if total else 0.0,
        quantiles={q: float(np.quantile(weights, q)) for q in QUANTILES},
        zero_share=float((weights == 0).mean()),
    )


def effective_size(weights: Floats) -> float:
    """How many equal weights have the same spread of their mean; 0 if all are 0.

    >>> effective_size(np.asarray([3.0, 3.0, 0.0]))
    2.0
    """
    squares = float((weights**2).sum())
    return float(weights.sum()) ** 2 / squares if squares else 0.0


def refusal(found: Diagnostics, limits: Limits | None = None) -> Refused | None:
    """Why a log with such weights cannot answer, or None if it can; the gravest reason first."""
    limits = limits or Limits()
    if found.missing:
        return Refused(
            f"{found.missing} of {found.n} rows have no propensity above 0 and up to 1.",
            "Log the propensity with every impression, as Recommendation.propensity gives it.",
            found,
        )
    if not found.max:
        return Refused(
            "The policy would never have shown anything that was shown: there is no overlap.", _EXPLORE, found
        )
    if found.ess < limits.min_ess:
        return Refused(
            f"{found.n} rows are worth {found.ess:.1f} of this policy's own (at least {limits.min_ess:g} are needed).",
            _EXPLORE,
            found,
        )
    if found.max_share > limits.max_weight_share:
        return Refused(
            f"One row carries {found.max_share:.0%} of all weight (at most {limits.max_weight_share:.0%} may).",
            _EXPLORE,
            found,
        )
    off = abs(found.mean - 1)
    if off > limits.mean_tolerance and off > limits.mean_z * found.mean_error:
        return Refused(
            f"The mean weight is {found.mean:.3f} ± {found.mean_error:.3f} and should be 1.",
            _EXPLORE + " If the policy was explored enough, the logged propensities are not those that were used."
            if found.mean < 1
            else "The logged propensities are not those that were used: look at how they are logged.",
            found,
        )
    return None
