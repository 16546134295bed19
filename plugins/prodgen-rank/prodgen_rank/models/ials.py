"""iALS: implicit feedback by matrix factorisation, solved for users and products in turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from prodgen_rank.models.base import PreferenceModel
from prodgen_rank.models.interactions import History, Interactions
from prodgen_rank.models.linear import binary
from prodgen_rank.models.recency import Recency
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodgen_rank.models.base import Arrays, Scores

    Floats = NDArray[np.float32]

_NUMBERS_AT_ONCE = 4_000_000


class Ials(PreferenceModel):
    """Hu, Koren and Volinsky, Collaborative filtering for implicit feedback datasets, ICDM 2008, as Rendle et al. set it up in
    Revisiting the performance of iALS on item recommendation benchmarks, RecSys 2022.

    Only the factors of products are kept: a user is solved for anew from the history at each question (fold-in).

    Args:
        factors: how many numbers describe a product; at most a quarter of the users and of the products.
        l2: strength of the regularisation.
        unobserved: weight of what nobody did, for each pair of a user and a product; what was done weighs 1 more.
        frequency: exponent of how much more the frequent are regularised, 0 to 1.
        sweeps: how often users and products are solved for.
        recency: what counts of a history.
        seed: of the first factors.
    """

    name: ClassVar[str] = "ials"

    def __init__(
        self,
        factors: int = 64,
        l2: float = 0.01,
        unobserved: float = 0.1,
        frequency: float = 1.0,
        sweeps: int = 12,
        recency: Recency = Recency(),
        seed: int = 0,
    ) -> None:
        if not (factors > 0 and l2 > 0 and unobserved > 0):
            raise ConfigError("iALS needs factors, l2 and unobserved above 0.")
        self.factors, self.l2, self.unobserved, self.frequency = factors, l2, unobserved, frequency
        self.sweeps, self.recency, self.seed = sweeps, recency, seed
        self.items = np.zeros((0, factors), np.float32)

    def fit(self, data: Interactions, ctx: Context) -> Self:
        known = binary(data)
        known = known[np.diff(known.indptr) > 0]
        turned = known.T.tocsr()
        rng = np.random.default_rng(self.seed)
        factors = max(1, min(self.factors, min(known.shape) // 4))  # more would learn each user by heart
        items = rng.normal(0, 0.1 / np.sqrt(factors), (data.n_items, factors)).astype(np.float32)
        for _ in range(self.sweeps):
            users = self.solve(known, items, ctx)
            items = self.solve(turned, users, ctx)
        self.items = items
        return self

    def scores(self, histories: Sequence[History], now: float) -> Scores:
        known = self.recency.matrix(histories, now, len(self.items))
        return np.asarray(self.solve(known, self.items, Context()) @ self.items.T, np.float32)

    def arrays(self) -> Arrays:
        return {"items": self.items}

    def restore(self, arrays: Arrays) -> Self:
        self.items = np.asarray(arrays["items"], np.float32)
        return self

    def _base(self, others: Floats) -> NDArray[np.float64]:
        return np.asarray(self.unobserved * (others.T @ others), np.float64)

    def _ridge(self, counts: NDArray[Any], others: int) -> NDArray[np.float64]:
        return np.asarray(self.l2 * (counts + self.unobserved * others) ** self.frequency, np.float64)

    def solve(self, known: Any, others: Floats, ctx: Context) -> Floats:
        """The factors of each row of a scipy CSR of confidences, given those of its columns; 0 for an empty row."""
        d = others.shape[1]
        found = np.zeros((known.shape[0], d), np.float32)
        counts = np.diff(known.indptr)
        base = self._base(others)
        spectrum, turn = np.linalg.eigh(base)
        turned = (others @ turn).astype(np.float32)
        ridge = self._ridge(counts, len(others))
        order = np.argsort(counts, kind="stable")
        order = order[counts[order] > 0]
        start = 0
        while start < len(order):  # rows of like length together, filled up with nothing
            ctx.check()
            width = int(counts[order[min(start + 255, len(order) - 1)]])
            rows = order[start : start + max(1, _NUMBERS_AT_ONCE // (d * max(width, d)))]
            rows = rows[counts[rows] <= width]
            confidence, columns = _padded(known, rows, width)
            if width < d:
                scale = 1 / (np.maximum(spectrum, 0) + ridge[rows][:, None])
                found[rows] = _dual(turned[columns], confidence, scale) @ turn.T
            else:
                found[rows] = _primal(others[columns], confidence, base, ridge[rows])
            start += len(rows)
        return found


def _padded(known: Any, rows: NDArray[Any], width: int) -> tuple[Floats, NDArray[Any]]:
    """Confidences and columns of some rows, [rows, width]; the confidence is 0 where a row has no more."""
    there = np.arange(width)[None, :] < np.diff(known.indptr)[rows][:, None]
    at = np.where(there, known.indptr[rows][:, None] + np.arange(width)[None, :], 0)
    return np.where(there, known.data[at], 0).astype(np.float32), known.indices[at]


def _primal(theirs: Floats, confidence: Floats, base: NDArray[Any], ridge: NDArray[Any]) -> Floats:
    """One system of `factors` equations a row."""
    weighted = theirs * confidence[..., None]
    systems = np.matmul(weighted.transpose(0, 2, 1), theirs).astype(np.float64) + base
    diagonal = np.arange(theirs.shape[2])
    systems[:, diagonal, diagonal] += ridge[:, None]
    wanted = weighted.sum(axis=1, dtype=np.float64)
    return np.linalg.solve(systems, wanted[..., None])[..., 0].astype(np.float32)


def _dual(theirs: Floats, confidence: Floats, scale: NDArray[Any]) -> NDArray[np.float64]:
    """The same by Woodbury's identity in the basis where all but the row's own part is diagonal: one equation per product."""
    scaled = theirs * scale[:, None, :]
    systems = np.matmul(scaled, theirs.transpose(0, 2, 1).astype(np.float64))
    there = confidence > 0
    systems *= there[:, :, None] & there[:, None, :]
    diagonal = np.arange(theirs.shape[1])
    systems[:, diagonal, diagonal] += np.where(there, 1 / np.where(there, confidence, 1), 1)
    weights = np.linalg.solve(systems, there[..., None].astype(np.float64))
    return np.asarray((scaled * weights).sum(axis=1))
