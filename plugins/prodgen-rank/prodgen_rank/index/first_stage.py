"""The approximate first stage: which products are near a query, judged by the mean of their variants.

There is one representative per product, so that the structure is as many times smaller than the rows as products have
variants. Faiss ranks their codes; the representatives of the first ones are then scored exactly, and of the first ones of
these all rows. How many that must be is measured when a base is built (see `calibrate`).
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.index.rows import Pause
from prodgen_sdk.errors import ConfigError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Products = NDArray[np.int64]

ONE_LIST = 50_000  # representatives from which `auto` divides them into lists
_TRAIN = 16_384
_A_LIST = 64
_FEWEST = 64
_ADD = 512
_MEAN = 32  # products; numpy keeps the interpreter to itself for each part


@dataclass(frozen=True)
class Plan:
    """How to find the `k` best products of a query of length 1.

    Args:
        effort: lists to probe (IVF) or efSearch (HNSW).
        look: products whose representatives are scored.
        look_filtered: the same under a filter.
        keep: products whose rows are scored.
        recall, recall_filtered: measured on other queries than those that the plan was made with.
    """

    k: int
    effort: int
    look: int
    look_filtered: int
    keep: int
    recall: float
    recall_filtered: float


@dataclass(frozen=True)
class FirstStage:
    """A faiss index of the representatives, whose number is that of the product.

    Args:
        factory: faiss's words for it.
        trained_on: representatives when it was trained.
        plans: for rising k.
        changed: rows that have changed since the recall of the plans was measured.
    """

    factory: str
    index: Any
    trained_on: int
    plans: tuple[Plan, ...] = ()
    changed: int = 0

    @property
    def filters(self) -> bool:
        """Whether the ranking can be limited to some products without losing the near ones of them."""
        return lists_of(self.index) is not None

    def described(self) -> dict[str, Any]:
        """JSON-ready facts, from which `restored` makes it again with faiss's file."""
        plans = [asdict(plan) for plan in self.plans]
        return {"factory": self.factory, "trained_on": self.trained_on, "plans": plans, "changed": self.changed}

    def plan(self, k: int) -> Plan | None:
        """The plan for at least k products, or None where a scan of everything is as good."""
        fitting = next((plan for plan in self.plans if plan.k >= k), None)
        if fitting is None and self.plans:
            last, times = self.plans[-1], -(-k // self.plans[-1].k)
            look, filtered, keep = (times * number for number in (last.look, last.look_filtered, last.keep))
            fitting = replace(last, k=k, look=look, look_filtered=filtered, keep=keep)
        return fitting

    def nearest(
        self, queries: Floats, look: int, effort: int, allowed: NDArray[np.uint8] | None = None
    ) -> tuple[Products, Floats]:
        """The `look` best products for each query and what their representatives seem to score, best first.

        Args:
            queries: float32 [n, dimension].
            allowed: bits of the products to rank; all lists are probed then. Only where `filters` is true.

        Returns:
            int64 and float32 [n, look]; product -1 where there are no more.
        """
        import faiss

        faiss.omp_set_num_threads(1)
        queries = padded(queries, self.index.d)
        lists = lists_of(self.index)
        parameters: Any = None
        if lists is not None and allowed is None:
            parameters = _probing(min(effort, lists.nlist))
        elif lists is not None:
            # Faiss adds these keyword arguments at run time, unknown to its stubs; `allowed` must outlive the search.
            limit = faiss.IDSelectorBitmap(allowed)  # type: ignore[call-arg,arg-type]
            parameters = faiss.SearchParametersIVF(nprobe=lists.nlist, sel=limit)  # type: ignore[call-arg]
        elif hasattr(self.index, "hnsw"):
            parameters = faiss.SearchParametersHNSW(efSearch=max(effort, look))  # type: ignore[attr-defined]
        scores, products = self.index.search(queries, min(look, self.index.ntotal), params=parameters)
        return products, scores


@lru_cache(maxsize=64)
def _probing(lists: int) -> Any:
    """Faiss's word for so many lists, not to be changed."""
    import faiss

    return faiss.SearchParametersIVF(nprobe=lists)  # type: ignore[call-arg]


def efforts(index: Any) -> list[int]:
    """The efforts that are worth a try, rising."""
    lists = lists_of(index)
    if lists is not None:
        return [probes for probes in (1, 2, 4, 8, 16, 32, 64, 128, 256) if probes < lists.nlist] + [int(lists.nlist)]
    return [64, 128, 256, 512] if hasattr(index, "hnsw") else [1]


def lists_of(index: Any) -> Any:
    """The index as one of inverted lists, or None."""
    return index if hasattr(index, "nlist") else None


def train(factory: str, representatives: Floats) -> FirstStage | None:
    """A first stage that holds nothing yet, or None where there are too few products to train it with.

    Raises:
        ConfigError: faiss does not know these words, or not for this dimension.
    """
    import faiss

    faiss.omp_set_num_threads(1)
    n, dimension = representatives.shape
    try:
        index: Any = faiss.index_factory(dimension + dimension % 2, factory, faiss.METRIC_INNER_PRODUCT)
        lists = lists_of(index)
        # Enough for centroids that serve as a first guess; the defaults take ten times as long.
        trained = [(index.pq.cp, index.pq.ksub, 256)] if hasattr(index, "pq") else []
        trained += [(lists.cp, lists.nlist, _A_LIST)] if lists is not None else []
        if n < max([_FEWEST, *(4 * centroids for _, centroids, _ in trained)]):
            return None
        for clustering, _, points in trained:
            clustering.niter, clustering.min_points_per_centroid, clustering.max_points_per_centroid = 10, 1, points
        sample = max(_TRAIN, _A_LIST * lists.nlist if lists is not None else 0)
        chosen = np.sort(np.random.default_rng(0).permutation(n)[:sample])
        index.train(padded(representatives[chosen], index.d))
    except RuntimeError as error:
        reason = str(error).splitlines()[0].rsplit(": ", 1)[-1]
        raise ConfigError(
            f"plugins.rank.index.factory: faiss makes no index from {factory!r} for {n} products in {dimension} "
            f"dimensions ({reason}).",
            hint='Use "auto", or a word that `faiss.index_factory` takes, such as "HNSW32".',
        ) from None
    return FirstStage(factory, index, n)


def filled(stage: FirstStage, representatives: Floats, changed: int, pause: Pause) -> FirstStage:
    """A stage that was trained the same, with these representatives; its plans are of the old ones, so many rows ago."""
    import faiss

    faiss.omp_set_num_threads(1)
    index = faiss.clone_index(stage.index)
    index.reset()
    for start in range(0, len(representatives), _ADD):
        index.add(padded(representatives[start : start + _ADD], index.d))
        pause()
    return replace(stage, index=index, changed=stage.changed + changed)


def restored(described: dict[str, Any] | None, path: Path) -> FirstStage | None:
    """The stage that `described` and the faiss file at `path` tell of; the file must have been verified."""
    if described is None:
        return None
    import faiss

    plans = tuple(Plan(**plan) for plan in described["plans"])
    index = faiss.read_index(str(path))
    return FirstStage(described["factory"], index, described["trained_on"], plans, described["changed"])


def representatives(vectors: Floats, starts: NDArray[np.int64], pause: Pause | None = None) -> Floats:
    """The mean of each product's rows, float32 [products, dimension]."""
    products = len(starts) - 1
    means = np.empty((products, vectors.shape[1]), np.float32)
    for first in range(0, products, _MEAN):
        last = min(first + _MEAN, products)
        begin = starts[first]
        part = vectors[begin : starts[last]]
        np.add.reduceat(part, starts[first:last] - begin, axis=0, out=means[first:last])
        if pause is not None:
            pause()
    means /= np.diff(starts)[:, None]
    return means


def factory_for(rows: int, products: int, dimension: int, asked: str, exact_below: int) -> str:
    """What `auto` means for a base: "Flat", or a first stage of 2 bits a dimension; anything else is taken as it is.

    >>> factory_for(100_000, 12_500, 512, "auto", 8192)
    'IVF1,PQ256x4fs'
    """
    if asked != "auto":
        return re.sub(r",R(efine)?(Flat|\(.*\))$", "", asked)
    if rows < exact_below or dimension < 4:
        return "Flat"
    lists = 1 if products < ONE_LIST else 2 ** int(np.log2(np.sqrt(products)))
    return f"IVF{lists},PQ{(dimension + dimension % 2) // 2}x4fs"


def padded(vectors: Floats, dimension: int) -> Floats:
    """With zeros behind, so that the dimension is the index's, which is even."""
    missing = dimension - vectors.shape[1]
    return np.ascontiguousarray(np.pad(vectors, ((0, 0), (0, missing))) if missing else vectors)
