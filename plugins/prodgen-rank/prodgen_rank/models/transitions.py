"""What is taken up after what: counted transitions between products, near ones more than far ones, scaled by how common they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from prodgen_rank.models.base import PreferenceModel
from prodgen_rank.models.interactions import History, Interactions
from prodgen_sdk.context import Context

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Scores = NDArray[np.float32]
    Arrays = Mapping[str, NDArray[Any]]


class Transitions(PreferenceModel):
    """A Markov chain that skips: a product j that followed i by d places in someone's history counts `nearness ** (d - 1)`.

    The weight of i for j is that sum over all users, plus `backward` times the sum for j before i, over
    (out_i + shrinkage) ** source * (in_j + shrinkage) ** target, where out and in are the sums of the rows and columns. A
    history scores by its last products most: `recency` per place. Item-to-item transitions with decay are an old and strong
    baseline for sequences (Ludewig and Jannach, Evaluation of session-based recommendation algorithms, UMUAI 2018); the
    unequal exponents make it one for sparse shops, since an exponent of 0.5 for the target buries what is popular.

    Args:
        nearness: what one more place between two products leaves of their count, in (0, 1].
        reach: places further apart than this do not count.
        backward: how much the later product says of the earlier one.
        source, target: exponents that scale a product's counts by how much follows it, and how much it follows.
        shrinkage: added to these sums, so that a product seen once or twice is not trusted.
        recency: what one more place since leaves of a product of the history, in (0, 1].
    """

    name: ClassVar[str] = "transitions"

    def __init__(
        self,
        nearness: float = 0.9,
        reach: int = 30,
        backward: float = 0.25,
        source: float = 0.4,
        target: float = 0.2,
        shrinkage: float = 3.0,
        recency: float = 0.6,
    ) -> None:
        self.nearness, self.reach, self.backward = nearness, reach, backward
        self.source, self.target, self.shrinkage, self.recency = source, target, shrinkage, recency
        self._weights: Any = None
        self._popularity = np.zeros(0, np.float32)

    def fit(self, data: Interactions, ctx: Context) -> Self:
        from scipy.sparse import diags

        n = data.n_items
        counted = transitions(data, self.nearness, self.reach, ctx)
        counted = counted + self.backward * counted.T
        out, into = (np.asarray(counted.sum(axis=axis)).ravel() + max(self.shrinkage, 1e-9) for axis in (1, 0))
        self._weights = (diags(out**-self.source) @ counted @ diags(into**-self.target)).tocsr().astype(np.float32)
        self._weights.sort_indices()
        self._popularity = np.bincount(data.items, data.weights, n).astype(np.float32)
        return self

    def scores(self, histories: Sequence[History], now: float) -> Scores:
        from scipy.sparse import csr_matrix

        lengths = np.asarray([len(history) for history in histories], np.int64)
        starts = np.concatenate(([0], np.cumsum(lengths)))
        if not starts[-1]:
            return np.tile(self._fallback(), (len(histories), 1))
        items = np.concatenate([history.items for history in histories])
        ages = np.repeat(starts[1:], lengths) - 1 - np.arange(starts[-1])
        much = self.recency**ages * np.sqrt(np.concatenate([history.weights for history in histories]))
        told = csr_matrix((much.astype(np.float32), items, starts), (len(histories), len(self._popularity)))
        found: Scores = (told @ self._weights).toarray()
        return found + self._fallback()

    def arrays(self) -> Arrays:
        w = self._weights
        return {"data": w.data, "indices": w.indices, "indptr": w.indptr, "popularity": self._popularity}

    def restore(self, arrays: Arrays) -> Self:
        from scipy.sparse import csr_matrix

        self._popularity = np.asarray(arrays["popularity"], np.float32)
        n = len(self._popularity)
        self._weights = csr_matrix((arrays["data"], arrays["indices"], arrays["indptr"]), (n, n))
        return self

    def _fallback(self) -> Scores:
        """Popularity, small enough to order only what no transition reaches."""
        most = float(self._popularity.max(initial=0.0))
        return self._popularity * np.float32(1e-6 / most if most else 0.0)


def transitions(data: Interactions, nearness: float, reach: int, ctx: Context) -> Any:
    """Scipy CSR float64 [n_items, n_items]: how often the second followed the first within `reach` places of a history.

    Each time counts the square root of both weights' product, times `nearness` for each place beyond the first.
    """
    from scipy.sparse import csr_matrix

    n = data.n_items
    counted = csr_matrix((n, n), dtype=np.float64)
    for apart in range(1, reach + 1):
        ctx.check()
        first = np.flatnonzero(data.users[apart:] == data.users[:-apart])
        if not len(first):
            break
        then = first + apart
        other = data.items[first] != data.items[then]
        first, then = first[other], then[other]
        much = np.sqrt(data.weights[first] * data.weights[then], dtype=np.float64) * nearness ** (apart - 1)
        counted = counted + csr_matrix((much, (data.items[first], data.items[then])), (n, n))
    return counted
