"""The most likely effects of a logistic regression with a normal prior, by Newton's method."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodgen_rank.policies.linear import solve_positive

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_STEPS, _HALVINGS, _CLOSE_ENOUGH = 50, 30, 1e-4
_MOST_LOG_ODDS = 15.0


def logistic(linear: Floats) -> tuple[Floats, Floats]:
    """Probabilities p of log odds, at most 15 either way, and p (1 - p).

    >>> logistic(np.zeros(1))
    (array([0.5]), array([0.25]))
    """
    expected = 1 / (1 + np.exp(-np.clip(linear, -_MOST_LOG_ODDS, _MOST_LOG_ODDS)))
    return expected, expected * (1 - expected)


def most_likely(towards: Floats, start: Floats, rewards: Floats, weights: Floats) -> Floats:
    """The log odds `start + towards b` [n] at the most likely b ~ N(0, 1), for rewards in [0, 1] that count `weights` times [n].

    Works in the space of the observations where they are fewer than the effects. A step that would overshoot is halved: the
    objective is concave, so that this always ends at its one maximum. Source: Bishop, Pattern Recognition and Machine Learning, 4.3.3.

    Args:
        towards: [n, d].
    """
    few = len(towards) < towards.shape[1]
    # With b = towards' c the prior of c has the precision `kernel`; else c is b.
    basis = towards @ towards.T if few else towards

    def objective(coefficients: Floats) -> float:
        linear = start + basis @ coefficients
        fits = weights @ (rewards * linear - np.logaddexp(0, linear))
        return float(fits - (coefficients @ (linear - start if few else coefficients)) / 2)

    here = np.zeros(basis.shape[1])
    value = objective(here)
    for _ in range(_STEPS):
        linear = start + basis @ here
        expected, spread = logistic(linear)
        precision = weights * spread
        observed = basis @ here + (rewards - expected) / spread
        root = np.sqrt(precision)
        if few:
            inner = root[:, None] * basis * root + np.eye(len(root))
            step = root * solve_positive(inner, root * observed) - here
        else:
            scaled = basis * root[:, None]
            step = solve_positive(scaled.T @ scaled + np.eye(len(here)), scaled.T @ (root * observed)) - here
        for _ in range(_HALVINGS):
            there = here + step
            reached = objective(there)
            if reached >= value:
                break
            step = step / 2
        else:
            break
        here, value = there, reached
        if np.abs(basis @ step).max(initial=0.0) < _CLOSE_ENOUGH:
            break
    return start + basis @ here
