"""`prodgen bench rank`: a whole `recommend` through a Studio on a workspace of its own, and each stage of it."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodgen_sdk.benchmarks.changer import Changer
from prodgen_sdk.benchmarks.made_up_shop import (
    CATEGORIES,
    VARIANTS_A_PRODUCT,
    MadeUpShop,
    ShopPlugin,
    fill,
    history,
    made_up_product,
)
from prodgen_sdk.config import Config
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.interfaces import Benchmark
from prodgen_sdk.types import Event, Filter, Recommendation, Trace

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from prodgen_sdk.studio import Studio

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DEFAULTS: Mapping[str, Any] = {
    "n": 100_000,
    "dimension": 512,
    "requests": 500,
    "k": 10,
    "users": 200,
    "history": 100_000,
    "updates": 200,
    "seconds": 5,
    "index": "",
    "ranker": "",
    "policy": "",
    "log": "sync",
}
_EVENTS = 30
_PRICE_1_PERCENT = Filter(price_max=Decimal(9))
_PRICE_01_PERCENT = Filter(price_max=Decimal(0))


class ServeBenchmark(Benchmark):
    """Impressions are logged, explanations made, and nothing is left out, unless a figure's name says so.

    `recommend` is about users who come back and have done nothing meanwhile, `after_view` about users who have just looked at
    a product, `first_visit` about users whom this process has not seen before.

    Options: n variants (100000), dimension (512), requests a figure (500), k (10), users with 30 events each (200), history:
    events of the one user who has many (100000), updates: products that change a second (200, which are 1,600 variants) for so many seconds (5), index, ranker and policy (those that are
    configured by default), log (sync or background).
    """

    def __init__(self, config: object = None, ctx: Context | None = None) -> None:
        pass

    def run(self, options: Mapping[str, Any], ctx: Context) -> dict[str, Any]:
        from prodgen_sdk.host import Host
        from prodgen_sdk.studio import Studio

        asked = _asked(options)
        defaults = {kind: asked[kind] for kind in ("index", "ranker", "policy") if asked[kind]}
        config = Config.model_validate(
            {
                "defaults": {"text_encoder": "bench/words", "image_encoder": "bench/pictures", **defaults},
                "recommend": {"log": asked["log"], "traces": 0},
            }
        )
        shop = MadeUpShop.of(asked["n"], asked["dimension"])
        host = Host.discover()  # the configuration names encoders that come with the next line
        host.register(ShopPlugin(shop), "bench")
        with tempfile.TemporaryDirectory(prefix="prodgen-bench-") as folder:
            try:
                with Studio.create(Path(folder), config=config, host=host) as studio:
                    return _Run(studio, shop, asked, ctx).figures()
            finally:
                host.close()


class _Run:
    def __init__(self, studio: Studio, shop: MadeUpShop, asked: Mapping[str, Any], ctx: Context) -> None:
        self._studio = studio
        self._shop = shop
        self._asked = asked
        self._ctx = ctx
        self._clock = iter(range(10**9))

    def figures(self) -> dict[str, Any]:
        shop, studio, asked = self._shop, self._studio, self._asked
        found: dict[str, Any] = {"variants": shop.n, "dimension": asked["dimension"], "k": asked["k"]}
        started = time.perf_counter()
        fill(studio, shop, self._ctx)
        found["fill_s"] = time.perf_counter() - started
        regulars = [f"user-{i}" for i in range(asked["users"])]
        strangers = [f"first-{i}" for i in range(asked["users"])]
        for seed, user in enumerate([*regulars, *strangers]):
            studio.store.events.append(history(shop, user, _EVENTS, NOW, seed))
        studio.store.events.append(history(shop, "collector", self._asked["history"], NOW, 10**6))
        started = time.perf_counter()
        studio.learn(at=NOW)
        found["learn_s"] = time.perf_counter() - started
        found["warm_up_s"] = sum(studio.warm_up(30.0).values())
        number = asked["requests"]
        self._ask(cycle(regulars), 50)
        found |= self._measured("recommend", cycle(regulars), number, stages=True)
        found |= self._measured("first_visit", strangers, len(strangers))
        found |= self._after_views(strangers, number)
        found |= self._measured("unknown_user", (f"new-{i}" for i in range(number)), number)
        found |= self._measured("long_history", cycle(["collector"]), max(20, number // 10))
        category = Filter(categories=("home/family-1",))
        for name, where in (
            ("price_1pct", _PRICE_1_PERCENT),
            ("price_0.1pct", _PRICE_01_PERCENT),
            ("category", category),
        ):
            found |= self._measured(f"filter_{name}", cycle(regulars), max(20, number // 4), filter=where)
        found |= self._recall(regulars[:50])
        found |= self._raw_faiss(regulars[:50])
        if "faiss_flat_p50_ms" in found:
            found["ratio_to_faiss_flat"] = found["faiss_flat_p50_ms"] / found["recommend_p50_ms"]
        found |= self._after_changes(regulars, number)
        found |= self._with_updates(regulars)
        found |= self._at_once(regulars, threads=4)
        return found

    def _recommend(self, user: str, traces: list[Trace] | None = None, **options: Any) -> list[Recommendation]:
        at = NOW + timedelta(seconds=next(self._clock))
        trace = traces.append if traces is not None else None
        return self._studio.recommend(user, self._asked["k"], at=at, trace=trace, **options)

    def _ask(self, users: Iterable[str], number: int, **options: Any) -> tuple[list[float], list[Trace]]:
        """Milliseconds of each request, and its trace."""
        times, traces = [], list[Trace]()
        for user in islice(users, number):
            self._ctx.check()
            started = time.perf_counter()
            self._recommend(user, traces, **options)
            times.append((time.perf_counter() - started) * 1000)
        return times, traces

    def _measured(
        self, name: str, users: Iterable[str], number: int, *, stages: bool = False, **options: Any
    ) -> dict[str, float]:
        self._ctx.progress(0, 1, name)
        times, traces = self._ask(users, number, **options)
        figures = _percentiles(name, times)
        if stages:
            for stage in dict.fromkeys(stage for trace in traces for stage in trace.stages):
                figures |= _percentiles(stage, [trace.stages.get(stage, 0.0) for trace in traces])
        return figures

    def _after_views(self, users: Sequence[str], number: int) -> dict[str, float]:
        """Each user has just looked at a product, so that what was found for them before no longer holds."""
        times = []
        for i, user in enumerate(islice(cycle(users), number)):
            at = NOW + timedelta(seconds=next(self._clock))
            sku = f"p{i * 97 % self._shop.products}"
            self._studio.record([Event(id=f"viewed-{i}", user=user, type="view", sku=sku, at=at)])
            times += self._ask([user], 1)[0]
        return _percentiles("after_view", times)

    def _recall(self, users: Sequence[str]) -> dict[str, float]:
        """Of the search inside: the share of the ten best products, by brute force over all variants, that it finds."""
        import numpy as np

        vectors = self._shop.vectors(0, self._shop.n, self._studio.config.recommend.text_share)
        starts = np.arange(0, len(vectors), VARIANTS_A_PRODUCT)
        queries = self._queries(users)
        index = self._studio.host.get("index")
        # A request asks for about six tenths of its candidates by likeness.
        near = max(10, self._studio.config.recommend.candidates * 6 // 10)
        figures = {}
        filters = (("", Filter()), ("_filter_1pct", _PRICE_1_PERCENT), ("_filter_0.1pct", _PRICE_01_PERCENT))
        for name, where in filters:
            allowed = np.asarray([_allows(where, i) for i in range(self._shop.products)])
            hits = total = 0
            for query in queries:
                best = np.where(allowed, np.maximum.reduceat(vectors @ query, starts), -np.inf)
                top = {f"p{i}" for i in np.argsort(-best, kind="stable")[: min(10, int(allowed.sum()))].tolist()}
                found = index.search(query[None], near, where)[0][:10]
                hits += len(top & {candidate.sku for candidate in found})
                total += len(top)
            figures[f"recall_at_10{name}"] = hits / total
        return figures

    def _raw_faiss(self, users: Sequence[str]) -> dict[str, float]:
        """The same queries by a plain scan of faiss: rows alone, no filter, no grouping, none of the rest."""
        # The core does not depend on it: it comes with the index, or is not there.
        if find_spec("faiss") is None:
            return {}
        faiss: Any = import_module("faiss")
        faiss.omp_set_num_threads(1)
        flat: Any = faiss.IndexFlatIP(self._asked["dimension"])
        flat.add(self._shop.vectors(0, self._shop.n, self._studio.config.recommend.text_share))
        queries = self._queries(users)
        return _percentiles("faiss_flat", [_milliseconds(partial(flat.search, query[None], 80)) for query in queries])

    def _queries(self, users: Sequence[str]) -> list[NDArray[np.float32]]:
        return [self._studio.recommender.profile(user, NOW).vector for user in users]

    def _after_changes(self, users: Sequence[str], number: int) -> dict[str, float]:
        some = min(100, self._shop.products)
        self._studio.add_products([made_up_product(i, price=5000 + i) for i in range(some)])
        figures = {"first_after_100_changes_ms": self._ask(users, 1)[0][0]}
        return figures | self._measured("after_changes", cycle(users), max(20, number // 4))

    def _with_updates(self, users: Sequence[str]) -> dict[str, float]:
        """Another process withdraws products and offers them again; none may be shown between the two."""
        seconds, database = self._asked["seconds"], self._studio.store.database.file
        assert database is not None
        some = min(2 * CATEGORIES, self._shop.products)
        changer = Changer(database, some, self._asked["updates"], seconds)
        ends = time.monotonic() + seconds
        times, shown = [], list[tuple[float, float, set[str]]]()
        for user in cycle(users):
            started = time.monotonic()
            if started > ends:
                break
            found = self._recommend(user)
            shown.append((started, time.monotonic(), {r.sku for r in found}))
            times.append((shown[-1][1] - started) * 1000)
        gone, made = changer.changes()
        # Withdrawn before the request began, and not offered again before it ended.
        wrong = sum(
            any(g.since < started and g.until > ended and g.sku in skus for g in gone) for started, ended, skus in shown
        )
        return {
            **_percentiles("while_updating", times),
            "updates_per_s": made / seconds,
            "requests_while_updating": len(times),
            "wrong_while_updating": wrong,
        }

    def _at_once(self, users: Sequence[str], threads: int) -> dict[str, float]:
        done: list[float] = []
        ends = time.monotonic() + self._asked["seconds"]

        def work(first: int) -> None:
            for user in islice(cycle(users), first, None):
                if time.monotonic() > ends:
                    return
                done.append(_milliseconds(partial(self._recommend, user)))

        workers = [threading.Thread(target=work, args=(i * len(users) // threads,)) for i in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        figures = _percentiles(f"with_{threads}_threads", done)
        return {**figures, f"requests_per_s_with_{threads}_threads": len(done) / self._asked["seconds"]}


def _asked(options: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(options) - set(DEFAULTS)
    if unknown:
        raise InputError(f"Unknown option {', '.join(sorted(unknown))}.", hint=f"Known are {', '.join(DEFAULTS)}.")
    asked = {**DEFAULTS, **options}
    numbers = [name for name, value in DEFAULTS.items() if isinstance(value, int)]
    for name in numbers:
        if not isinstance(asked[name], int) or asked[name] < 1:
            raise InputError(f"{name} is {asked[name]!r}; it must be a whole number from 1.")
    if asked["dimension"] % 2:
        raise InputError(f"dimension is {asked['dimension']}; it must be even: half is the words', half the images'.")
    return asked


def _allows(where: Filter, product: int) -> bool:
    return where.price_max is None or product % 1000 <= where.price_max


def _milliseconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def _percentiles(name: str, milliseconds: Sequence[float]) -> dict[str, float]:
    import numpy as np

    return {f"{name}_p{p}_ms": float(np.percentile(milliseconds, p)) for p in (50, 99)}
