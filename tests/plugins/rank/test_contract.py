"""The SDK's contracts, on every component of the distribution."""

from __future__ import annotations

from typing import ClassVar

import pytest
from prodgen_rank import plugin

from prodgen_sdk.testing.contracts import (
    BenchmarkContract,
    ImageEncoderContract,
    RankerContract,
    VariantPolicyContract,
    VectorIndexContract,
)


class TestDescriptor(ImageEncoderContract):
    plugin = plugin
    id = "image/descriptor"


class TestIndex(VectorIndexContract):
    plugin = plugin
    id = "index/faiss"
    score_tolerance = 1e-5


class TestQuantisedIndex(TestIndex):
    config: ClassVar = {"index": {"factory": "SQ8", "delta_limit": 5}}


class TestRanker(RankerContract):
    plugin = plugin
    id = "rank/hybrid"


class TestPolicy(VariantPolicyContract):
    plugin = plugin
    id = "policy/epsilon"


class _Benchmark(BenchmarkContract):
    repeats: ClassVar[str]
    plugin = plugin

    @pytest.fixture
    def options(self):
        return {"n": 400, "dimension": 16, self.repeats: 12}


class TestIndexBenchmark(_Benchmark):
    repeats = "queries"
    id = "index/search"
