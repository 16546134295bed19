"""The core's own components, registered through the same hooks as any plugin's."""

from __future__ import annotations

from prodgen_sdk.hookspecs import Register, hookimpl
from prodgen_sdk.specs import BenchmarkSpec, GeneratorSpec


@hookimpl
def register_generators(register: Register) -> None:
    spec = GeneratorSpec(
        id="catalogue/photo",
        summary="The product's own photos, squared: nothing is made up",
        modes=("photo",),
        min_size=32,
        max_size=4096,
        backgrounds=("white",),
        digital_source="",
    )
    register(spec, "prodgen_sdk.photos:CatalogueGenerator")


@hookimpl
def register_benchmarks(register: Register) -> None:
    spec = BenchmarkSpec(
        id="core/overhead",
        summary="What the host adds to a generator's own time, pixels to pixels",
        measures="host",
        deterministic=False,
    )
    register(spec, "prodgen_sdk.benchmarks.host:OverheadBenchmark")
    register(
        BenchmarkSpec(
            id="core/batching",
            summary="Requests of many threads, batched, beside the same requests one after the other, of any generator",
            measures="batching",
            deterministic=False,
        ),
        "prodgen_sdk.benchmarks.batching:BatchingBenchmark",
    )
    register(
        BenchmarkSpec(
            id="core/serve",
            summary="A whole recommend through a Studio at n variants of 512 dimensions, stage by stage, and under load",
            measures="rank",
            deterministic=False,
        ),
        "prodgen_sdk.benchmarks.serve:ServeBenchmark",
    )
