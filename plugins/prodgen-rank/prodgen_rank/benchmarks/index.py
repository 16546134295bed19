"""`prodgen bench index` and `prodgen bench rank`, on a made-up catalogue: 8 variants a product around its own vector."""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.config import Config
from prodgen_rank.index.faiss_index import FaissIndex
from prodgen_rank.policies.epsilon import EpsilonGreedy
from prodgen_rank.rankers.hybrid import HybridRanker
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.interfaces import Benchmark
from prodgen_sdk.profile import build_profile
from prodgen_sdk.types import (
    Candidate,
    Choice,
    Event,
    Facets,
    Feedback,
    Filter,
    RecommendationContext,
    Upsert,
    UserProfile,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

VARIANTS_A_PRODUCT = 8
NOW = datetime(2026, 3, 1, tzinfo=UTC)
# A product's price is its number modulo 1000, so that a limit picks a share of the products.
FILTERS: Mapping[str, Filter] = {
    "": Filter(),
    "_filter_50pct": Filter(price_max=Decimal(499)),
    "_filter_10pct": Filter(price_max=Decimal(99)),
    "_filter_1pct": Filter(price_max=Decimal(9)),
    "_filter_0.1pct": Filter(price_max=Decimal(0)),
    "_seen_200": Filter(exclude_skus=tuple(f"p{i}" for i in range(200))),
}


class IndexBenchmark(Benchmark):
    """Search alone, beside a plain scan by numpy and by faiss.

    Options: n variants (100000), dimension (512), queries (200), k products (10).
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self._config = config

    def run(self, options: Mapping[str, Any], ctx: Context) -> dict[str, Any]:
        n, dimension, queries, k = _numbers(options, n=100_000, dimension=512, queries=200, k=10)
        with tempfile.TemporaryDirectory(prefix="prodgen-bench-") as folder:
            context = Context(state=Path(folder), logger=ctx.logger)
            vectors = _vectors(n, dimension)
            index, build = _filled(vectors, self._config, context)
            figures: dict[str, Any] = {
                "variants": n,
                "dimension": dimension,
                "queries": queries,
                "k": k,
                "build_s": build,
            }
            started = time.perf_counter()
            index = FaissIndex(self._config, context)
            figures["bytes"] = index.stats(ctx)["bytes"]
            figures["open_and_verify_s"] = time.perf_counter() - started
            asked = _queries(vectors, queries)
            for step, (name, eligible) in enumerate(FILTERS.items()):
                ctx.check()
                ctx.progress(step, len(FILTERS) + 1, f"search{name}")
                figures |= _percentiles(
                    f"search{name}", lambda q, f: index.search(q[None], k, f, ctx), asked, repeat(eligible, len(asked))
                )
                figures[f"recall_at_{k}{name}"] = _recall(index, vectors, asked[:50], k, eligible, ctx)
            figures |= _plain_scans(vectors, asked, k)
            figures["ratio_to_numpy"] = figures["numpy_scan_p50_ms"] / figures["search_p50_ms"]
            figures["ratio_to_faiss_flat"] = figures["faiss_flat_p50_ms"] / figures["search_p50_ms"]
            changes = [_upsert(i, vectors[i]) for i in range(min(n, 100))]
            figures |= _percentiles(
                "apply_one", lambda i, c: index.apply([c], 2 + i, ctx), range(len(changes)), changes
            )
            figures |= _percentiles("search_after_changes", lambda q: index.search(q[None], k, Filter(), ctx), asked)
        return figures


class RankBenchmark(Benchmark):
    """User vector, search, rank and choice together and each alone, for users with 30 events, without the store.

    Options: n variants (100000), dimension (512), requests (200), k (10), candidates (100).
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self._config = config

    def run(self, options: Mapping[str, Any], ctx: Context) -> dict[str, Any]:
        n, dimension, requests, k, candidates = _numbers(
            options, n=100_000, dimension=512, requests=200, k=10, candidates=100
        )
        with tempfile.TemporaryDirectory(prefix="prodgen-bench-") as folder:
            vectors = _vectors(n, dimension)
            index, build = _filled(vectors, self._config, Context(state=Path(folder) / "index"))
            logs = _logs(requests, n)
            known = {f"p{p}": vectors[p * VARIANTS_A_PRODUCT] for p in range(_products(n))}
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
            figures |= _percentiles("profile", profile, logs)
            figures |= _percentiles("search", search, profiles)
            figures |= _percentiles("rank", rank, profiles, found)
            figures |= _percentiles("choose", choose, profiles, ranked)
            figures |= _percentiles("recommend", recommend, logs)
            users = np.stack([user.vector for user in profiles[:50]])
            figures[f"recall_at_{k}"] = _recall(index, vectors, users, k, Filter(), ctx)
        return figures


class _Lookup:
    """The index as a ranker sees it."""

    def __init__(self, index: FaissIndex, ctx: Context) -> None:
        self._index, self._ctx = index, ctx

    def vectors(self, variants: Sequence[str]) -> Mapping[str, Floats]:
        return self._index.vectors(variants, self._ctx)


def _numbers(options: Mapping[str, Any], **defaults: int) -> list[int]:
    unknown = set(options) - set(defaults)
    if unknown:
        raise InputError(f"Unknown option {', '.join(sorted(unknown))}.", hint=f"Known are {', '.join(defaults)}.")
    numbers = [int(options.get(name, default)) for name, default in defaults.items()]
    if min(numbers) < 1:
        raise InputError("Every option must be at least 1.")
    return numbers


def _products(n: int) -> int:
    return -(-n // VARIANTS_A_PRODUCT)


def _vectors(n: int, dimension: int) -> Floats:
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((_products(n), dimension), dtype=np.float32)
    rows = centres[np.arange(n) // VARIANTS_A_PRODUCT]
    rows += 0.6 * rng.standard_normal((n, dimension), dtype=np.float32)
    unit: Floats = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def _queries(vectors: Floats, n: int) -> Floats:
    """Halfway between two variants, as a user's vector is."""
    rng = np.random.default_rng(1)
    mixed = vectors[rng.integers(0, len(vectors), n)] + vectors[rng.integers(0, len(vectors), n)]
    unit: Floats = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
    return unit


def _upsert(i: int, vector: Floats) -> Upsert:
    product = i // VARIANTS_A_PRODUCT
    facets = Facets(
        category=f"home/family-{product % 50}", price=Decimal(product % 1000), tags=(f"tag-{product % 20}",)
    )
    return Upsert(variant=f"v{i}", sku=f"p{product}", vector=vector, facets=facets)


def _filled(vectors: Floats, config: Config | None, ctx: Context) -> tuple[FaissIndex, float]:
    index, changes = FaissIndex(config, ctx), [_upsert(i, vector) for i, vector in enumerate(vectors)]
    started = time.perf_counter()
    index.apply(changes, 1, ctx)
    return index, time.perf_counter() - started


def _logs(users: int, n: int) -> list[list[Event]]:
    rng = np.random.default_rng(2)

    def event(user: int, i: int) -> Event:
        variant = int(rng.integers(0, n))
        return Event(
            id=f"{user}-{i}",
            user=f"u{user}",
            type="view" if i % 5 else "purchase",
            sku=f"p{variant // VARIANTS_A_PRODUCT}",
            variant=f"v{variant}",
            at=NOW - timedelta(hours=float(rng.uniform(0, 1000))),
        )

    return [[event(user, i) for i in range(30)] for user in range(users)]


def _feedback(event: Event) -> Feedback:
    reward = float(event.type == "purchase")
    return Feedback(user=event.user, sku=event.sku or "", variant=event.variant or "", reward=reward, at=event.at)


def _percentiles(name: str, call: Callable[..., Any], *arguments: Iterable[Any]) -> dict[str, float]:
    """Wall-clock time of each call, one after another, the first three left out.

    What lives already is frozen for the garbage collector, as a long-running server does after its warm-up.
    """
    gc.collect()
    gc.freeze()
    seconds = []
    for given in zip(*arguments, strict=True):
        started = time.perf_counter()
        call(*given)
        seconds.append(time.perf_counter() - started)
    gc.unfreeze()
    steady = np.asarray(seconds[3:] if len(seconds) > 10 else seconds) * 1000
    return {f"{name}_p50_ms": float(np.percentile(steady, 50)), f"{name}_p99_ms": float(np.percentile(steady, 99))}


def _plain_scans(vectors: Floats, asked: Floats, k: int) -> dict[str, float]:
    """The same queries by a matrix product and by faiss's flat index: rows alone, no filter, no grouping by product."""
    import faiss

    faiss.omp_set_num_threads(1)
    flat: Any = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    some = asked[:60]
    rows = k * VARIANTS_A_PRODUCT
    by_numpy = _percentiles("numpy_scan", lambda q: np.argpartition(-(vectors @ q), min(rows, len(vectors) - 1)), some)
    return by_numpy | _percentiles("faiss_flat", lambda q: flat.search(q[None], rows), some)


def _recall(index: FaissIndex, vectors: Floats, asked: Floats, k: int, eligible: Filter, ctx: Context) -> float:
    """Share of the k best products by brute force over all eligible variants that the index returns."""
    n = len(vectors)
    allowed = np.asarray(
        [eligible.allows(f"p{p}", _upsert(p * VARIANTS_A_PRODUCT, vectors[0]).facets) for p in range(_products(n))]
    )
    hits = total = 0
    for query in asked:
        scores = np.full(_products(n) * VARIANTS_A_PRODUCT, -np.inf)
        scores[:n] = vectors @ query
        best = np.where(allowed, scores.reshape(-1, VARIANTS_A_PRODUCT).max(axis=1), -np.inf)
        wanted = {f"p{p}" for p in np.argsort(-best, kind="stable")[: min(k, int(allowed.sum()))]}
        found = {candidate.sku for candidate in index.search(query[None], k, eligible, ctx)[0]}
        hits, total = hits + len(wanted & found), total + len(wanted)
    return hits / total if total else 1.0
