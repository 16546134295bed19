"""Products by their pictures and by who had them: a product that nobody had yet is placed by its picture alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from prodgen_rank.models.ials import Ials
from prodgen_rank.models.interactions import History, Interactions
from prodgen_rank.models.linear import binary
from prodgen_rank.models.recency import Recency
from prodgen_sdk.context import Context
from prodgen_sdk.distances import unit
from prodgen_sdk.errors import ConfigError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodgen_rank.models.base import Arrays

    Floats = NDArray[np.float32]


class Visual(Ials):
    """Each product's factors are a linear map of its picture's vector plus what its users say beyond that.

    The two terms of VBPR (He and McAuley, Visual Bayesian personalized ranking from implicit feedback, AAAI 2016), fitted in
    closed form: iALS gives factors, a ridge regression weighted by users maps pictures to them (Gantner et al., Learning
    attribute-to-feature mappings for cold-start recommendations, ICDM 2010), and a product with n users keeps
    `n / (n + users_for_own)` of what is its own. Without pictures it is iALS.

    Args:
        ridge: strength of the regularisation of the map, as a share of the mean square of the pictures' vectors.
        users_for_own: users after which a product's own factors count as much as those of its picture.
        factors, l2, unobserved, frequency, sweeps, recency, seed: as in `Ials`.
    """

    name: ClassVar[str] = "visual"

    def __init__(
        self,
        ridge: float = 0.1,
        users_for_own: float = 5.0,
        factors: int = 32,
        l2: float = 0.01,
        unobserved: float = 0.1,
        frequency: float = 1.0,
        sweeps: int = 12,
        recency: Recency = Recency(),
        seed: int = 0,
    ) -> None:
        if not (ridge > 0 and users_for_own >= 0):
            raise ConfigError("The visual model needs a ridge above 0 and users_for_own of 0 or more.")
        super().__init__(factors, l2, unobserved, frequency, sweeps, recency, seed)
        self.ridge, self.users_for_own = ridge, users_for_own
        self.vectors: Mapping[str, Floats] = {}
        self.map = np.zeros((0, factors), np.float32)

    def given(self, vectors: Mapping[str, Floats]) -> Self:
        self.vectors = vectors
        return self

    def fit(self, data: Interactions, ctx: Context) -> Self:
        super().fit(data, ctx)
        rows = np.asarray([code for code, sku in enumerate(data.skus) if sku in self.vectors], np.int64)
        self.map = np.zeros((0, self.items.shape[1]), np.float32)
        if len(rows):
            pictures = unit(np.stack([self.vectors[data.skus[row]] for row in rows]))
            users = np.asarray(binary(data).sum(axis=0), np.float64).ravel()[rows]
            self.map = _ridge(pictures, self.items[rows].astype(np.float64), users, self.ridge)
            own = (users / np.maximum(users + self.users_for_own, 1e-12))[:, None]
            self.items[rows] = own * self.items[rows] + (1 - own) * (pictures @ self.map)
        return self

    def scores_of_vectors(self, history: History, vectors: Floats, now: float) -> Floats:
        """float32 [n], the scores of products that are known by their pictures [n, dimension] alone."""
        if not len(self.map) or vectors.shape[1] != len(self.map):
            return np.zeros(len(vectors), np.float32)
        known = self.recency.matrix([history], now, len(self.items))
        user = self.solve(known, self.items, Context())[0]
        return np.asarray(unit(np.asarray(vectors, np.float32)) @ self.map @ user, np.float32)

    def arrays(self) -> Arrays:
        return {**super().arrays(), "map": self.map}

    def restore(self, arrays: Arrays) -> Self:
        self.map = np.asarray(arrays["map"], np.float32)
        return super().restore(arrays)


def _ridge(pictures: Floats, wanted: NDArray[np.float64], weights: NDArray[np.float64], ridge: float) -> Floats:
    """float32 [dimension, factors], the weighted ridge regression of factors on pictures."""
    wide = pictures.astype(np.float64)
    weighted = wide * weights[:, None]
    system = wide.T @ weighted
    system[np.diag_indices(len(system))] += ridge * max(float(np.trace(system)) / len(system), 1e-9)
    return np.linalg.solve(system, weighted.T @ wanted).astype(np.float32)
