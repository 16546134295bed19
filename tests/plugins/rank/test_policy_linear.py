"""The regression under the linear policies, against references that share no code with it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_rank.policies.linear import Moments, Prior, fit, invert_lower, solve_positive

SEEDS = st.integers(0, 2**32 - 1)


def _prior(d: int, rng: np.random.Generator) -> Prior:
    return Prior(rng.normal(size=d), rng.uniform(0.1, 3, d), shape=3.0, rate=2.0)


def _one_at_a_time(x, y, prior):
    """The posterior by Bayes' rule for one observation after another, in covariance form (a Kalman filter)."""
    mean, covariance = prior.mean.copy(), np.linalg.inv(np.diag(prior.strength))
    shape, rate = prior.shape, prior.rate
    for row, reward in zip(x, y, strict=True):
        scale = 1 + row @ covariance @ row
        gain = covariance @ row / scale
        missed = reward - row @ mean
        mean = mean + gain * missed
        covariance = covariance - np.outer(gain, row @ covariance)
        shape, rate = shape + 0.5, rate + missed**2 / scale / 2
    return mean, covariance, shape, rate


@given(SEEDS, st.integers(1, 12), st.integers(0, 30))
@settings(deadline=None, max_examples=40)
def test_posterior_is_that_of_one_observation_after_another(seed, d, n) -> None:
    rng = np.random.default_rng(seed)
    x, y, prior = rng.normal(size=(n, d)), rng.normal(size=n), _prior(d, rng)
    posterior = fit(Moments.of(x, y), prior)
    mean, covariance, shape, rate = _one_at_a_time(x, y, prior)
    np.testing.assert_allclose(posterior.mean, mean, atol=1e-8)
    np.testing.assert_allclose(posterior.factor @ posterior.factor.T, covariance, atol=1e-8)
    assert posterior.shape == pytest.approx(shape)
    assert posterior.rate == pytest.approx(rate)
    some = rng.normal(size=(3, d))
    np.testing.assert_allclose(
        posterior.spread(some), np.sqrt(np.einsum("ni,ij,nj->n", some, covariance, some)), atol=1e-8
    )


@given(SEEDS)
@settings(deadline=None, max_examples=20)
def test_many_models_at_once_are_each_as_alone(seed) -> None:
    rng = np.random.default_rng(seed)
    x, y, weights = rng.normal(size=(3, 9, 4)), rng.normal(size=(3, 9)), rng.uniform(0, 2, (3, 9))
    prior = Prior(rng.normal(size=(3, 4)), rng.uniform(0.1, 3, (3, 4)), 2.0, 1.0)
    together = fit(Moments.of(x, y, weights), prior)
    for i in range(3):
        alone = fit(Moments.of(x[i], y[i], weights[i]), Prior(prior.mean[i], prior.strength[i], 2.0, 1.0))
        np.testing.assert_allclose(together.mean[i], alone.mean, atol=1e-9)
        np.testing.assert_allclose(together.factor[i], alone.factor, atol=1e-9)
        assert together.rate[i] == pytest.approx(alone.rate)


@given(SEEDS)
@settings(deadline=None, max_examples=20)
def test_whole_weights_are_repetitions(seed) -> None:
    rng = np.random.default_rng(seed)
    x, y, times = rng.normal(size=(6, 3)), rng.normal(size=6), rng.integers(0, 4, 6)
    weighted, repeated = Moments.of(x, y, times.astype(float)), Moments.of(np.repeat(x, times, 0), np.repeat(y, times))
    for name in ("gram", "moment", "squares", "count"):
        np.testing.assert_allclose(getattr(weighted, name), getattr(repeated, name), atol=1e-9)


def test_prior_as_a_matrix_is_the_posterior_of_what_made_it() -> None:
    rng = np.random.default_rng(0)
    x, y, prior = rng.normal(size=(20, 5)), rng.normal(size=20), _prior(5, rng)
    first = Moments.of(x[:8], y[:8])
    middle = fit(first, prior)
    carried = Prior(middle.mean, prior.matrix() + first.gram, middle.shape, middle.rate)
    at_once, in_two = fit(Moments.of(x, y), prior), fit(Moments.of(x[8:], y[8:]), carried)
    np.testing.assert_allclose(at_once.mean, in_two.mean, atol=1e-9)
    assert at_once.rate == pytest.approx(in_two.rate)


def test_draws_of_the_variance_have_its_mean() -> None:
    rng = np.random.default_rng(1)
    posterior = fit(
        Moments.of(rng.normal(size=(40, 2)), rng.normal(0, 3, 40)), Prior(np.zeros(2), np.ones(2), 3.0, 2.0)
    )
    drawn = posterior.draw_variance(rng, 20_000)
    assert drawn.mean() == pytest.approx(float(posterior.variance), rel=0.02)


@given(SEEDS, st.integers(1, 150))
@settings(deadline=None, max_examples=20)
def test_triangular_inverse_and_solution(seed, d) -> None:
    rng = np.random.default_rng(seed)
    lower = np.tril(rng.normal(size=(d, d))) + d * np.eye(d)
    np.testing.assert_allclose(invert_lower(lower) @ lower, np.eye(d), atol=1e-9)
    positive, right = lower @ lower.T, rng.normal(size=d)
    np.testing.assert_allclose(positive @ solve_positive(positive, right), right, atol=1e-6)
