"""A plugin that loads numpy when it is discovered."""

import numpy as np

from prodgen_sdk.hookspecs import Register, hookimpl
from prodgen_sdk.specs import BenchmarkSpec

ONES = np.ones(3)


@hookimpl
def register_benchmarks(register: Register) -> None:
    spec = BenchmarkSpec(id="heavy/hash", summary="Time to hash a megabyte.", measures="heavy-hash")
    register(spec, "prodgen_sdk.testing.fakes.runs:HashBenchmark")
