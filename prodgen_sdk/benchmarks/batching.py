"""`prodgen bench batching`: requests of many threads, batched, beside the same requests one after the other."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import Field

from prodgen_sdk.config import Options, validate
from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import Benchmark
from prodgen_sdk.types import GenerationRequest, Product, parse_views

if TYPE_CHECKING:
    from prodgen_sdk.bound import BoundGenerator

_WAIT = 0.02


class BatchingOptions(Options):
    """What is batched.

    Args:
        generator: an id; None takes the configured one.
        n: requests.
        views: of each request.
        size: edge in pixels; None takes 128, or the nearest that the generator makes.
        rounds: of which the medians count.
    """

    generator: str | None = None
    n: Annotated[int, Field(ge=1)] = 16
    views: str = "hero"
    size: Annotated[int, Field(ge=1)] | None = None
    rounds: Annotated[int, Field(ge=1)] = 3


class BatchingBenchmark(Benchmark):
    """See `BatchingOptions`."""

    def __init__(self, config: object = None, ctx: Context | None = None) -> None:
        pass

    def run(self, options: Mapping[str, Any], ctx: Context) -> dict[str, Any]:
        """Seconds for all requests one after the other and at once, medians over rounds in turns, and their ratio.

        The images of both ways are compared: `largest_difference` is that of any channel, of 255.
        """
        import numpy as np

        asked = validate(BatchingOptions, options, where="options of bench batching")
        generator: BoundGenerator = ctx.lookup("generator", asked.generator)
        number, rounds, spec = asked.n, asked.rounds, cast(Any, generator.spec)
        size = asked.size or min(max(128, spec.min_size), spec.max_size)
        views = parse_views(asked.views)
        requests = [
            GenerationRequest(
                product=Product(sku=f"bench-{n}", title=f"Red mug number {n}", category="home/mug"),
                views=views,
                size=size,
                seed=n,
            )
            for n in range(number)
        ]
        generator.generate(requests[:1])  # loads the model
        times: dict[str, list[float]] = {"sequential": [], "concurrent": []}
        pictures: dict[str, list[Any]] = {}
        sizes: list[int] = []
        for done in range(rounds):
            ctx.check()
            ctx.progress(done, rounds, "rounds")
            started = time.perf_counter()
            pictures["sequential"] = [generator.generate([request])[0] for request in requests]
            times["sequential"].append(time.perf_counter() - started)
            seconds, pictures["concurrent"], sizes = at_once(generator, requests)
            times["concurrent"].append(seconds)
        pairs = [
            (one.image.astype(int), other.image.astype(int))
            for alone, together in zip(pictures["sequential"], pictures["concurrent"], strict=True)
            for one, other in zip(alone, together, strict=True)
        ]
        sequential, concurrent = (statistics.median(times[name]) for name in ("sequential", "concurrent"))
        return {
            "generator": generator.id,
            "requests": number,
            "views": len(views),
            "size_px": size,
            "sequential_s": round(sequential, 4),
            "concurrent_s": round(concurrent, 4),
            "speedup": round(sequential / concurrent, 3),
            "batches": len(sizes),
            "largest_batch": max(sizes),
            "largest_difference": int(max(np.abs(one - other).max() for one, other in pairs)),
        }


def at_once(generator: BoundGenerator, requests: Sequence[GenerationRequest]) -> tuple[float, list[Any], list[int]]:
    """All requests from a thread each: seconds, images in order, and how large the batches were."""
    from prodgen_sdk.pipeline.generate import batch_key, run_batch
    from prodgen_sdk.scheduler import Batcher, result

    sizes: list[int] = []

    def run(batch: Sequence[Any]) -> Any:
        sizes.append(len(batch))
        return run_batch(generator, batch)

    context = generator.context()
    most = min(len(requests), generator.spec.max_batch)
    with (
        Batcher(run, key=batch_key, max_batch=most, max_wait=_WAIT) as batcher,
        ThreadPoolExecutor(len(requests)) as pool,
    ):

        def ask(request: GenerationRequest) -> Any:
            return result(batcher.submit((request, context)), context).pictures

        started = time.perf_counter()
        answers = list(pool.map(ask, requests))
        return time.perf_counter() - started, answers, sizes
