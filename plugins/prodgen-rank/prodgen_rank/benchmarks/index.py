"""`prodgen bench index`, on a made-up catalogue: 8 variants a product around its own vector."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.benchmarks import made_up, others
from prodgen_rank.config import Config, IndexConfig
from prodgen_rank.index.faiss_index import FaissIndex
from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import Benchmark
from prodgen_sdk.types import Filter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_PART = 8192


class IndexBenchmark(Benchmark):
    """Search alone, by selectivity; beside plain faiss of the same structure, and with `others` beside other indexes.

    Options: n variants (100000), dimension (512), queries (200), k products (10), distribution (families or gaussian, see
    `made_up`), factory ("" for the configured one), others (0; 1 adds faiss's Flat and HNSW, numpy, hnswlib and usearch over
    the rows, where installed; building their graphs takes minutes).
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self._config = config or Config()

    def run(self, options: Mapping[str, Any], ctx: Context) -> dict[str, Any]:
        defaults = {"n": 100_000, "dimension": 512, "queries": 200, "k": 10, "others": 0}
        asked = made_up.chosen(options, **defaults, distribution="families", factory="")
        n, k = max(asked["n"], 1), max(asked["k"], 1)
        config = self._config
        if asked["factory"]:
            config = Config(index=IndexConfig(**{**dict(config.index), "factory": asked["factory"]}))
        with tempfile.TemporaryDirectory(prefix="prodgen-bench-") as folder:
            context = Context(state=Path(folder), logger=ctx.logger)
            vectors = made_up.vectors(n, max(asked["dimension"], 1), asked["distribution"])
            _, build = filled(vectors, config, context)
            started = time.perf_counter()
            index = FaissIndex(config, context)
            facts = index.stats(ctx)
            figures: dict[str, Any] = {
                "variants": n,
                "dimension": facts["dimension"],
                "queries": asked["queries"],
                "k": k,
                "distribution": asked["distribution"],
                "factory": facts["factory"],
                "build_s": build,
                "open_and_verify_s": time.perf_counter() - started,
                "bytes": facts["bytes"],
            }
            for plan in facts["plans"]:
                figures[f"calibrated_recall_at_{plan['k']}"] = plan["recall"]
                figures[f"calibrated_look_at_{plan['k']}"] = plan["look"]
            queries = made_up.queries(vectors, max(asked["queries"], 1))
            for step, (name, eligible) in enumerate(made_up.FILTERS.items()):
                ctx.check()
                ctx.progress(step, len(made_up.FILTERS) + 1, f"search{name}")
                given = (queries, repeat(eligible, len(queries)))
                figures |= made_up.percentiles(f"search{name}", lambda q, f: index.search(q[None], k, f, ctx), *given)
                figures[f"recall_at_{k}{name}"] = _recall(index, vectors, queries, k, eligible, ctx)
            figures |= made_up.percentiles("search_100", lambda q: index.search(q[None], 100, Filter(), ctx), queries)
            figures["recall_at_100"] = _recall(index, vectors, queries[:50], 100, Filter(), ctx)
            figures |= others.same_structure(index, queries, k, ctx)
            if (plain := figures.get("same_structure_p50_ms")) is not None:
                figures["ratio_to_same_structure"] = figures["search_p50_ms"] / plain
            if asked["others"]:
                figures |= others.alternatives(vectors, queries, k, ctx)
            changes = [made_up.upsert(i, vectors[i]) for i in range(min(n, 100))]
            figures |= made_up.percentiles(
                "apply_one", lambda i, c: index.apply([c], 2 + i, ctx), range(len(changes)), changes
            )
            figures |= made_up.percentiles(
                "search_after_changes", lambda q: index.search(q[None], k, Filter(), ctx), queries
            )
            index.close()
        return figures


def filled(vectors: Floats, config: Config | None, ctx: Context) -> tuple[FaissIndex, float]:
    """An index that was filled in parts, as the host fills one, and the seconds that took."""
    index, seconds = FaissIndex(config, ctx), 0.0
    for start in range(0, len(vectors), _PART):
        part = enumerate(vectors[start : start + _PART], start)
        changes = [made_up.upsert(i, vector) for i, vector in part]
        started = time.perf_counter()
        index.apply(changes, 0, ctx)
        seconds += time.perf_counter() - started
    started = time.perf_counter()
    index.apply([], 1, ctx)
    return index, seconds + time.perf_counter() - started


def _recall(index: FaissIndex, vectors: Floats, asked: Floats, k: int, eligible: Filter, ctx: Context) -> float:
    found = [[candidate.sku for candidate in index.search(query[None], k, eligible, ctx)[0]] for query in asked]
    return made_up.recall(found, made_up.best_products(vectors, asked, k, eligible))
