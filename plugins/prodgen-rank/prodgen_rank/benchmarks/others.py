"""What `prodgen bench index` measures beside the index: plain faiss of the same structure, and other indexes of the rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.benchmarks import made_up
from prodgen_rank.index.exact import exact_scores
from prodgen_rank.index.faiss_index import FaissIndex
from prodgen_sdk.context import Context

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Search = Callable[[Floats, int], NDArray[np.int64]]

_SCANS = 60
_ENOUGH = 0.99
_EFFORTS = (128, 256, 512, 1024)


def same_structure(index: FaissIndex, queries: Floats, k: int, ctx: Context) -> dict[str, float]:
    """Faiss's own calls alone, for the same look: ranking the codes, scoring what is first. Nothing where it scans all."""
    base = index.snapshot.base
    plan = base.stage.plan(k) if base.stage else None
    if base.stage is None or plan is None:
        return {}
    stage = base.stage

    def search(query: Floats) -> None:
        units = stage.nearest(query, plan.look, plan.effort)
        if base.means is not None:
            seemed = exact_scores(base.means, units, query)
            units = base.rows_of(units[np.argsort(-seemed)[: plan.keep]])[0]
        exact_scores(base.vectors, units, query)

    return made_up.percentiles("same_structure", search, queries)


def alternatives(vectors: Floats, queries: Floats, k: int, ctx: Context) -> dict[str, Any]:
    """Other indexes of the rows, one query a call, one thread, without filters.

    A graph is searched with more and more effort (`ef`, and as many rows asked for) until .99 of the k best products are among
    what it gives; `ef` says how much that took, or what was not enough.
    """
    wanted = made_up.best_products(vectors, queries, k)
    figures: dict[str, Any] = {}
    for name, build in _BUILDERS.items():
        ctx.check()
        started = time.perf_counter()
        try:
            search = build(vectors)
        except ImportError:
            figures[f"{name}_note"] = "not installed"
            continue
        figures[f"{name}_build_s"] = time.perf_counter() - started
        if name in _EXACT:
            rows, few = min(k * made_up.VARIANTS_A_PRODUCT, len(vectors)), queries[:_SCANS]
            figures |= _measured(name, search, few, rows, k, wanted[:_SCANS])
            continue
        for effort in _EFFORTS:
            at = _measured(name, search, queries, min(effort, len(vectors)), k, wanted)
            figures |= at | {f"{name}_ef": effort}
            if at[f"{name}_recall_at_{k}"] >= _ENOUGH:
                break
    return figures


def _measured(
    name: str, search: Search, queries: Floats, rows: int, k: int, wanted: Sequence[set[str]]
) -> dict[str, Any]:
    found = [_products(search(query, rows), k) for query in queries]
    times = made_up.percentiles(name, lambda query: search(query, rows), queries)
    return times | {f"{name}_recall_at_{k}": made_up.recall(found, wanted)}


def _products(rows: NDArray[np.int64], k: int) -> list[str]:
    """The skus of the first k products among rows, best first."""
    numbers = (rows[rows >= 0] // made_up.VARIANTS_A_PRODUCT).tolist()
    return [f"p{number}" for number in list(dict.fromkeys(numbers))[:k]]


def _numpy(vectors: Floats) -> Search:
    def search(query: Floats, n: int) -> NDArray[np.int64]:
        scores = vectors @ query
        nearest = np.argpartition(-scores, n - 1)[:n]
        return nearest[np.argsort(-scores[nearest])]

    return search


def _flat(vectors: Floats) -> Search:
    return _faiss("Flat", vectors)


def _hnsw(vectors: Floats) -> Search:
    return _faiss("HNSW32", vectors)


def _faiss(factory: str, vectors: Floats) -> Search:
    import faiss

    faiss.omp_set_num_threads(1)
    index: Any = faiss.index_factory(vectors.shape[1], factory, faiss.METRIC_INNER_PRODUCT)
    for part in _parts(vectors):
        index.add(part)

    def search(query: Floats, n: int) -> NDArray[np.int64]:
        if factory.startswith("HNSW"):
            index.hnsw.efSearch = n
        found: NDArray[np.int64] = index.search(query[None], n)[1][0]
        return found

    return search


def _hnswlib(vectors: Floats) -> Search:
    index = import_module("hnswlib").Index(space="ip", dim=vectors.shape[1])
    index.init_index(max_elements=len(vectors), ef_construction=80, M=32)
    index.set_num_threads(1)
    index.add_items(vectors)

    def search(query: Floats, n: int) -> NDArray[np.int64]:
        index.set_ef(n)
        return np.asarray(index.knn_query(query[None], n)[0][0], np.int64)

    return search


def _usearch(vectors: Floats) -> Search:
    kind = import_module("usearch.index").Index
    index = kind(ndim=vectors.shape[1], metric="ip", connectivity=32, expansion_add=80)
    index.add(np.arange(len(vectors)), vectors, threads=1)

    def search(query: Floats, n: int) -> NDArray[np.int64]:
        index.expansion_search = n
        return np.asarray(index.search(query, n).keys, np.int64)

    return search


def _parts(vectors: Floats) -> Iterator[Floats]:
    for start in range(0, len(vectors), 16_384):
        yield vectors[start : start + 16_384]


_BUILDERS: dict[str, Callable[[Any], Any]] = {
    "numpy_scan": _numpy, "faiss_flat": _flat, "faiss_hnsw32": _hnsw, "hnswlib": _hnswlib, "usearch": _usearch,
}  # fmt: skip
_EXACT = ("numpy_scan", "faiss_flat")
