"""`prodgen bench host`: what the host adds to a generator's own time, pixels to pixels, beside a direct call in the same run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any

from pydantic import Field

from prodgen_sdk.config import Options, validate
from prodgen_sdk.context import Context
from prodgen_sdk.hookspecs import Register, hookimpl
from prodgen_sdk.interfaces import Benchmark, Generator
from prodgen_sdk.specs import GeneratorSpec
from prodgen_sdk.types import VIEW_SETS, Generated, GenerationRequest, Product

_PRODUCT = Product(sku="bench", title="Benchmark", category="other/thing")


class FixedGenerator(Generator):
    """Answers at once with the same pixels, so that only the host's time is left."""

    def __init__(self, config: object = None, ctx: Context | None = None) -> None:
        import numpy as np

        self._image = np.full((512, 512, 3), 255, np.uint8)

    def generate(self, batch: Sequence[GenerationRequest], ctx: Context) -> list[list[Generated]]:
        return [[Generated(image=self._image, view=view) for view in request.views] for request in batch]


class OverheadOptions(Options):
    """How often is measured. `n`: calls."""

    n: Annotated[int, Field(ge=1)] = 200


class OverheadBenchmark(Benchmark):
    """See `OverheadOptions`."""

    def __init__(self, config: object = None, ctx: Context | None = None) -> None:
        pass

    def run(self, options: Mapping[str, Any], ctx: Context) -> dict[str, float]:
        """Medians over `n` calls for 8 views of 512 pixels: direct, through the wrapper, and through the batcher too."""
        from prodgen_sdk.host import Host
        from prodgen_sdk.pipeline.generate import batch_key, run_batch
        from prodgen_sdk.scheduler import Batcher, result

        number = validate(OverheadOptions, options, where="options of bench host").n
        request = GenerationRequest(product=_PRODUCT, views=VIEW_SETS["orbit8"], size=512)
        direct = FixedGenerator()
        host = Host(strict=True)
        host.register(_Plugin(), "bench")
        bound = host.get("generator", "bench/fixed")
        context = host.context()
        with Batcher(partial(run_batch, bound), key=batch_key, max_wait=0.0) as batcher:
            times = {
                "direct": _median_ms(lambda: direct.generate([request], context), number),
                "bound": _median_ms(lambda: bound.generate([request]), number),
                "batched": _median_ms(lambda: result(batcher.submit((request, context))), number),
            }
        return {
            "direct_ms": times["direct"],
            "wrapper_overhead_ms": times["bound"] - times["direct"],
            "wrapper_and_batcher_overhead_ms": times["batched"] - times["direct"],
        }


class _Plugin:
    @hookimpl
    def register_generators(self, register: Register) -> None:
        register(GeneratorSpec(id="bench/fixed", summary="The same pixels at once", modes=("text",)), FixedGenerator)


def _median_ms(call: Any, number: int) -> float:
    for _ in range(10):
        call()
    times = []
    for _ in range(number):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return round(statistics.median(times) * 1000, 4)
