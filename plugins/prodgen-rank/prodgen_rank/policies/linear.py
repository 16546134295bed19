"""Bayesian linear regression on sums that can be added up: the core of `policy/lints` and `policy/linucb`.

The model is `y = x . theta + noise` with a normal-inverse-gamma prior: theta ~ N(mean, variance / strength), variance ~ IG(shape, rate).
All that an observation teaches is in four sums (`Moments`), so what several processes learnt is merged by adding, in any
order. Every array may have leading dimensions: many independent models are then fitted at once.

Sources: Bishop, Pattern Recognition and Machine Learning, 3.3 (the posterior); Agrawal and Goyal, Thompson Sampling for Contextual
Bandits with Linear Payoffs, ICML 2013; Li et al., A Contextual-Bandit Approach to Personalized News Article Recommendation,
WWW 2010 (LinUCB).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Moments:
    """Weighted sums over observations, float64: x x' [..., d, d], x y [..., d], y^2 [...] and the number of them [...]."""

    gram: Floats
    moment: Floats
    squares: Floats
    count: Floats

    @staticmethod
    def none(dimension: int, *leading: int) -> Moments:
        """Those of no observation."""
        return Moments(
            np.zeros((*leading, dimension, dimension)),
            np.zeros((*leading, dimension)),
            np.zeros(leading),
            np.zeros(leading),
        )

    @staticmethod
    def of(x: Floats, y: Floats, weights: Floats | None = None) -> Moments:
        """Those of x [..., n, d] with rewards y [..., n], each counted `weights` [..., n] times (once).

        >>> Moments.of(np.array([[1.0, 2.0]]), np.array([3.0])).moment
        array([3., 6.])
        """
        weighted = x if weights is None else x * weights[..., None]
        y_weighted = y if weights is None else y * weights
        count = np.full(y.shape[:-1], float(y.shape[-1])) if weights is None else weights.sum(-1)
        moment = _times(np.swapaxes(weighted, -1, -2), y)
        return Moments(np.swapaxes(weighted, -1, -2) @ x, moment, (y_weighted * y).sum(-1), count)

    def plus(self, other: Moments) -> Moments:
        """Those of all observations of both."""
        return Moments(
            self.gram + other.gram,
            self.moment + other.moment,
            self.squares + other.squares,
            self.count + other.count,
        )

    def times(self, factor: float) -> Moments:
        """As if every observation counted `factor` times what it does."""
        if factor == 1.0:
            return self
        return Moments(self.gram * factor, self.moment * factor, self.squares * factor, self.count * factor)


@dataclass(frozen=True)
class Prior:
    """What is assumed before any observation.

    Args:
        mean: of theta [..., d].
        strength: how many observations along each axis alone it is worth: diagonal [..., d] or matrix [..., d, d].
        shape, rate: of the inverse gamma distribution of the noise's variance, [...] or one for all; `2 * shape` observations of
            variance rate / shape.
    """

    mean: Floats
    strength: Floats
    shape: float | Floats
    rate: float | Floats

    def matrix(self) -> Floats:
        """The strength as a matrix [..., d, d]."""
        if self.strength.ndim > self.mean.ndim:
            return self.strength
        identity: Floats = np.eye(self.mean.shape[-1]) * self.strength[..., None, :]
        return identity


@dataclass(frozen=True)
class Posterior:
    """What is known after some observations.

    Args:
        mean: of theta [..., d].
        factor: F [..., d, d] with F F' = covariance of theta / variance of the noise.
        shape, rate: of the inverse gamma distribution of the noise's variance [...].
    """

    mean: Floats
    factor: Floats
    shape: Floats
    rate: Floats

    @property
    def variance(self) -> Floats:
        """The expected variance of the noise [...]."""
        expected: Floats = self.rate / (self.shape - 1)
        return expected

    def draw_variance(self, rng: np.random.Generator, *count: int) -> Floats:
        """Variances of the noise [*count, ...] from their posterior."""
        drawn: Floats = self.rate / rng.standard_gamma(self.shape, (*count, *self.shape.shape))
        return drawn

    def spread(self, x: Floats) -> Floats:
        """sqrt(x' F F' x) for x [..., n, d]: the standard deviation of x . theta where the noise has variance 1, [..., n]."""
        spread: Floats = np.sqrt(((x @ self.factor) ** 2).sum(-1))
        return spread


def fit(moments: Moments, prior: Prior) -> Posterior:
    """The posterior after the observations that `moments` sums up, in O(d^3).

    >>> one = Moments.of(np.ones((3, 1)), np.array([1.0, 2.0, 3.0]))
    >>> fit(one, Prior(mean=np.zeros(1), strength=np.ones(1), shape=2.0, rate=1.0)).mean
    array([1.5])
    """
    strength = prior.matrix()
    pulled = _times(strength, prior.mean)
    root = np.asarray(np.linalg.cholesky(moments.gram + strength), np.float64)
    inverse = invert_lower(root)
    halfway = _times(inverse, moments.moment + pulled)
    mean = _times(np.swapaxes(inverse, -1, -2), halfway)
    explained = (halfway**2).sum(-1) - (pulled * prior.mean).sum(-1)
    # Rounding may take the sum of squares that is left a little below nothing.
    left = np.maximum(moments.squares - explained, 0.0)
    return Posterior(mean, np.swapaxes(inverse, -1, -2), prior.shape + moments.count / 2, prior.rate + left / 2)


def solve_positive(matrix: Floats, right: Floats) -> Floats:
    """The x [..., d] with matrix x = right, for a positive definite matrix [..., d, d]."""
    root = np.asarray(np.linalg.cholesky(matrix), np.float64)
    inverse = invert_lower(root)
    return _times(np.swapaxes(inverse, -1, -2), _times(inverse, right))


def _times(matrix: Floats, vector: Floats) -> Floats:
    product: Floats = (matrix @ vector[..., None])[..., 0]
    return product


def invert_lower(matrix: Floats) -> Floats:
    """The inverse of a lower triangular matrix [..., d, d], by halves.

    >>> invert_lower(np.array([[2.0, 0.0], [1.0, 4.0]]))
    array([[ 0.5  ,  0.   ],
           [-0.125,  0.25 ]])
    """
    d = matrix.shape[-1]
    if d <= 32:
        small = np.asarray(np.linalg.inv(matrix), np.float64)
        return small
    half, inverse = d // 2, np.zeros_like(matrix)
    first = inverse[..., :half, :half] = invert_lower(matrix[..., :half, :half])
    last = inverse[..., half:, half:] = invert_lower(matrix[..., half:, half:])
    inverse[..., half:, :half] = -last @ (matrix[..., half:, :half] @ first)
    return inverse
