"""`prodgen bench serve-updates`: searching while another thread changes the index, each answer checked against a replay."""

from __future__ import annotations

import gc
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.benchmarks import made_up
from prodgen_rank.benchmarks.index import filled
from prodgen_rank.config import Config
from prodgen_rank.index.faiss_index import FaissIndex
from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import Benchmark
from prodgen_sdk.types import Candidate, Filter, IndexChange, Remove

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_TOLERANCE = 1e-4
_FEWEST = 12


class UpdatesBenchmark(Benchmark):
    """Options: n variants (100000), dimension (512), seconds (30), rate of updates a second (200), k products (10),
    distribution (families).

    Half of the updates replace a vector, a quarter removes a variant, a quarter brings one back. `wrong` counts variants in
    answers that no state between the start and the end of the search held with that score and product, and variants that
    were missing from a product although all of these states held them.
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self._config = config

    def run(self, options: Mapping[str, Any], ctx: Context) -> dict[str, Any]:
        defaults = {"n": 100_000, "dimension": 512, "seconds": 30, "rate": 200, "k": 10}
        asked = made_up.chosen(options, **defaults, distribution="families")
        vectors = made_up.vectors(max(asked["n"], 8), max(asked["dimension"], 1), asked["distribution"])
        with tempfile.TemporaryDirectory(prefix="prodgen-bench-") as folder:
            index, _ = filled(vectors, self._config, Context(state=Path(folder), logger=ctx.logger))
            before = index.stats(ctx)["generation"]
            history = History(vectors)
            writer = Writer(index, history, max(asked["rate"], 1), ctx)
            seconds: list[float] = []
            wrong = checked = 0
            gc.collect()
            gc.freeze()
            writer.start()
            until = time.monotonic() + asked["seconds"]
            for query in _endless(made_up.queries(vectors, 1000)):
                if time.monotonic() > until and min(len(seconds), len(writer.seconds)) >= _FEWEST:
                    break
                ctx.check()
                first = history.done
                started = time.perf_counter()
                found = index.search(query[None], asked["k"], Filter(), ctx)[0]
                seconds.append(time.perf_counter() - started)
                wrong += history.wrong(found, query, first, history.begun)
                checked += sum(len(candidate.variants) for candidate in found)
                time.sleep(0.001)
            writer.stop()
            took = time.monotonic() - until + asked["seconds"]
            gc.unfreeze()
            index.settle()
            made = index.stats(ctx)["generation"] - before
        answered, applied = np.asarray(seconds[3:]) * 1000, np.asarray(writer.seconds) * 1000
        return {
            "variants": len(vectors),
            "searches": len(seconds),
            "updates": len(applied),
            "updates_per_s": len(applied) / took,
            "bases_built": made,
            "search_p50_ms": float(np.percentile(answered, 50)),
            "search_p99_ms": float(np.percentile(answered, 99)),
            "search_max_ms": float(answered.max()),
            "apply_p50_ms": float(np.percentile(applied, 50)),
            "apply_p99_ms": float(np.percentile(applied, 99)),
            "variants_checked": checked,
            "wrong": wrong,
        }


class History:
    """Every version of every variant, by the sequence from which on it holds; None stands for a variant that is gone.

    Attributes:
        begun, done: the last sequence whose `apply` has begun, and has returned.
    """

    def __init__(self, vectors: Floats) -> None:
        self._original = vectors
        self._versions: dict[int, list[tuple[int, Floats | None]]] = {}
        self.begun = self.done = 1

    def note(self, variant: int, sequence: int, vector: Floats | None) -> None:
        self._versions.setdefault(variant, [(1, self._original[variant])]).append((sequence, vector))
        self.begun = sequence

    def alive(self, variant: int) -> bool:
        return self._versions.get(variant, [(1, self._original[variant])])[-1][1] is not None

    def between(self, variant: int, first: int, last: int) -> list[Floats | None]:
        """The versions that held at any time from sequence `first` to `last`."""
        versions = list(self._versions.get(variant, [(1, self._original[variant])]))
        ends = [sequence for sequence, _ in versions[1:]] + [last + 1]
        return [vector for (start, vector), end in zip(versions, ends, strict=True) if start <= last and end > first]

    def wrong(self, found: Sequence[Candidate], query: Floats, first: int, last: int) -> int:
        """How many variants of an answer are wrong or missing."""
        wrong = 0
        for candidate in found:
            product = int(candidate.sku[1:])
            start = product * made_up.VARIANTS_A_PRODUCT
            own = range(start, min(start + made_up.VARIANTS_A_PRODUCT, len(self._original)))
            shown = {int(variant.id[1:]): variant.score for variant in candidate.variants}
            wrong += len(set(shown) - set(own)) + len(candidate.variants) - len(shown)
            for variant in own:
                versions = self.between(variant, first, last)
                if variant in shown:
                    scores = [float(vector @ query) for vector in versions if vector is not None]
                    wrong += not any(abs(score - shown[variant]) < _TOLERANCE for score in scores)
                else:
                    wrong += all(vector is not None for vector in versions)
        return wrong


class Writer(threading.Thread):
    """Applies one change after another, `rate` a second."""

    def __init__(self, index: FaissIndex, history: History, rate: int, ctx: Context) -> None:
        super().__init__(daemon=True)
        self._index, self._history, self._rate, self._ctx = index, history, rate, ctx
        self._ends = threading.Event()
        self.seconds: list[float] = []

    def run(self) -> None:
        rng, sequence, started = np.random.default_rng(7), 1, time.monotonic()
        while not self._ends.wait(max(0.0, started + (sequence - 1) / self._rate - time.monotonic())):
            sequence += 1
            change = self._change(rng, sequence)
            begun = time.perf_counter()
            self._index.apply([change], sequence, self._ctx)
            self.seconds.append(time.perf_counter() - begun)
            self._history.done = sequence

    def stop(self) -> None:
        self._ends.set()
        self.join()

    def _change(self, rng: np.random.Generator, sequence: int) -> IndexChange:
        variant = int(rng.integers(len(self._history._original)))
        if rng.random() < 0.25 and self._history.alive(variant):
            self._history.note(variant, sequence, None)
            return Remove(variant=f"v{variant}")
        vector = self._history._original[variant] + 0.02 * rng.standard_normal(
            self._history._original.shape[1], np.float32
        )
        vector /= np.linalg.norm(vector)
        self._history.note(variant, sequence, vector)
        return made_up.upsert(variant, vector)


def _endless(queries: Floats) -> Any:
    while True:
        yield from queries
