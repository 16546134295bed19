"""`prodgen bench index` and `prodgen bench rank`, on a made-up catalogue: 8 variants a product around its own vector."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.benchmarks import made_up, others
from prodgen_rank.config import Config, IndexConfig
from prodgen_rank.index.faiss_index import FaissIndex
from prodgen_rank.policies.epsilon import EpsilonGreedy
from prodgen_rank.rankers.hybrid import HybridRanker
from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import Benchmark
from prodgen_sdk.profile import build_profile
from prodgen_sdk.types import (
    Candidate,
    Choice,
    Event,
    Feedback,
    Filter,
    RecommendationContext,
    UserProfile,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

NOW = datetime(2026, 3, 1, tzinfo=UTC)
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


class RankBenchmark(Benchmark):
    """User vector, search, rank and choice together and each alone, for users with 30 events, without the store.

    Options: n variants (100000), dimension (512), requests (200), k (10), candidates (100).
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self._config = config

    def run(self, options: Mapping[str, Any], ctx: Context) -> dict[str, Any]:
        n, dimension, requests, k, candidates = made_up.numbers(
            options, n=100_000, dimension=512, requests=200, k=10, candidates=100
        )
        with tempfile.TemporaryDirectory(prefix="prodgen-bench-") as folder:
            vectors = made_up.vectors(n, dimension)
            index, build = filled(vectors, self._config, Context(state=Path(folder) / "index"))
            logs = _logs(requests, n)
            known = {f"p{p}": vectors[p * made_up.VARIANTS_A_PRODUCT] for p in range(made_up.products(n))}
            ranker = HybridRanker(self._config, Context(state=Path(folder) / "ranker"))
            ranker.fit([event for log in logs for event in log], ctx)
            policy = EpsilonGreedy(self._config, Context(state=Path(folder) / "policy"))
            policy.update([_feedback(event) for log in logs for event in log], ctx)
            inner = Context(find=lambda kind, id: _Lookup(index, ctx))
            ctx.progress(1, 2, "recommend")
            context = RecommendationContext(at=NOW, k=k, request_id="r")

            def profile(log: Sequence[Event]) -> UserProfile:
                return build_profile(log[0].user, log, known, NOW)

            def search(user: UserProfile) -> list[Candidate]:
                return index.search(user.vector[None], candidates, Filter(), ctx)[0]

            def rank(user: UserProfile, given: Sequence[Candidate]) -> list[Candidate]:
                return [item.candidate for item in ranker.rank(user, given, context, inner)[:k]]

            def choose(user: UserProfile, best: Sequence[Candidate]) -> list[Choice]:
                return policy.choose(user, best, context, ctx)

            def recommend(log: Sequence[Event]) -> list[Choice]:
                user = profile(log)
                return choose(user, rank(user, search(user)))

            profiles = [profile(log) for log in logs]
            found = [search(user) for user in profiles]
            ranked = [rank(*pair) for pair in zip(profiles, found, strict=True)]
            figures: dict[str, Any] = {
                "variants": n,
                "dimension": dimension,
                "k": k,
                "candidates": candidates,
                "build_s": build,
            }
            figures |= made_up.percentiles("profile", profile, logs)
            figures |= made_up.percentiles("search", search, profiles)
            figures |= made_up.percentiles("rank", rank, profiles, found)
            figures |= made_up.percentiles("choose", choose, profiles, ranked)
            figures |= made_up.percentiles("recommend", recommend, logs)
            users = np.stack([user.vector for user in profiles[:50]])
            figures[f"recall_at_{k}"] = _recall(index, vectors, users, k, Filter(), ctx)
        return figures


class _Lookup:
    """The index as a ranker sees it."""

    def __init__(self, index: FaissIndex, ctx: Context) -> None:
        self._index, self._ctx = index, ctx

    def vectors(self, variants: Sequence[str]) -> Mapping[str, Floats]:
        return self._index.vectors(variants, self._ctx)


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


def _logs(users: int, n: int) -> list[list[Event]]:
    rng = np.random.default_rng(2)

    def event(user: int, i: int) -> Event:
        variant = int(rng.integers(0, n))
        return Event(
            id=f"{user}-{i}",
            user=f"u{user}",
            type="view" if i % 5 else "purchase",
            sku=f"p{variant // made_up.VARIANTS_A_PRODUCT}",
            variant=f"v{variant}",
            at=NOW - timedelta(hours=float(rng.uniform(0, 1000))),
        )

    return [[event(user, i) for i in range(30)] for user in range(users)]


def _feedback(event: Event) -> Feedback:
    reward = float(event.type == "purchase")
    return Feedback(user=event.user, sku=event.sku or "", variant=event.variant or "", reward=reward, at=event.at)


def _recall(index: FaissIndex, vectors: Floats, asked: Floats, k: int, eligible: Filter, ctx: Context) -> float:
    found = [[candidate.sku for candidate in index.search(query[None], k, eligible, ctx)[0]] for query in asked]
    return made_up.recall(found, made_up.best_products(vectors, asked, k, eligible))
