"""Models whose score is a sum over the history: each thing that was done speaks for, or against, each product.

`score(j) = sum over i in the history of share(i) * W[i, j]`. So every score falls into parts that belong to one thing in the
history each, and sum to it exactly.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from prodgen_rank.models.base import PreferenceModel
from prodgen_rank.models.interactions import History, Interactions
from prodgen_rank.models.recency import Recency
from prodgen_sdk.context import Context

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodgen_rank.models.base import Arrays, Scores

    Floats = NDArray[np.float32]


class LinearModel(PreferenceModel):
    """Keeps a matrix [n_items, n_items], dense or scipy CSR: `matrix[i, j]` is what having i says for j."""

    recency: Recency
    matrix: Any

    @abstractmethod
    def learn(self, data: Interactions, ctx: Context) -> Any:
        """The matrix, float32."""

    def fit(self, data: Interactions, ctx: Context) -> Self:
        self.matrix = self.learn(data, ctx)
        return self

    def scores(self, histories: Sequence[History], now: float) -> Scores:
        known = self.recency.matrix(histories, now, self.matrix.shape[0])
        found = known @ self.matrix
        return np.asarray(found if isinstance(found, np.ndarray) else found.toarray(), np.float32)

    def without_each(self, history: History, items: NDArray[Any], now: float) -> Floats:
        """float32 [len(history), len(items)], the scores of some products if one thing in the history had not been."""
        columns = np.asarray(items, np.int64)
        block = self.matrix[history.items][:, columns]
        dense = np.asarray(block if isinstance(block, np.ndarray) else block.toarray(), np.float32)
        n = len(history)
        shares = np.zeros((n, n), np.float32)
        for gone in range(n):
            left = np.delete(np.arange(n), gone)
            told = self.recency.shares(History(history.items[left], history.weights[left], history.times[left]), now)
            shares[gone, left[len(left) - len(told) :]] = told
        return np.asarray(shares @ dense, np.float32)

    def arrays(self) -> Arrays:
        from scipy.sparse import csr_matrix

        kept = csr_matrix(self.matrix)
        return {"data": kept.data, "indices": kept.indices, "indptr": kept.indptr, "shape": np.asarray(kept.shape)}

    def restore(self, arrays: Arrays) -> Self:
        from scipy.sparse import csr_matrix

        self.matrix = csr_matrix(
            (arrays["data"], arrays["indices"], arrays["indptr"]), shape=tuple(int(n) for n in arrays["shape"])
        )
        return self


def binary(data: Interactions) -> Any:
    """Scipy CSR float32 [n_users, n_items], 1 where there was anything."""
    matrix = data.matrix()
    matrix.data[:] = 1
    return matrix


def strongest(matrix: Any, n: int) -> Any:
    """Scipy CSR of a matrix, dense or sparse, with the n largest absolute values of each row (equal ones by column)."""
    from scipy.sparse import csr_matrix

    rows = matrix if isinstance(matrix, np.ndarray) else csr_matrix(matrix)
    if not isinstance(rows, np.ndarray):
        rows.sort_indices()
    values, columns, starts = [], [], [0]
    for row in range(rows.shape[0]):
        if isinstance(rows, np.ndarray):
            there = np.flatnonzero(rows[row])
            told = rows[row, there]
        else:
            place = slice(rows.indptr[row], rows.indptr[row + 1])
            there, told = rows.indices[place], rows.data[place]
        kept = _largest(np.abs(told), n)
        values.append(told[kept])
        columns.append(there[kept])
        starts.append(starts[-1] + len(values[-1]))
    if not values:
        return csr_matrix(rows.shape, dtype=np.float32)
    return csr_matrix((np.concatenate(values), np.concatenate(columns).astype(np.int32), starts), rows.shape)


def _largest(values: Floats, n: int) -> NDArray[np.bool_]:
    if len(values) <= n:
        return np.ones(len(values), np.bool_)
    floor = np.partition(values, len(values) - n)[len(values) - n]
    kept = np.asarray(values > floor, np.bool_)
    kept[np.flatnonzero(values == floor)[: n - int(kept.sum())]] = True
    return kept
