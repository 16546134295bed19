"""The contracts of prodgen_sdk.testing on what this plugin registers."""

from collections.abc import Mapping
from typing import Any

import pytest
from prodgen_render import plugin

from prodgen_sdk.testing.contracts import BenchmarkContract, GeneratorContract, RendererContract


class TestParametric(GeneratorContract):
    plugin = plugin
    id = "render/parametric"


class TestMesh(GeneratorContract):
    plugin = plugin
    id = "render/mesh"


class TestAsset(RendererContract):
    plugin = plugin
    id = "render/asset"


class TestBenchmark(BenchmarkContract):
    plugin = plugin
    id = "render/generate"

    @pytest.fixture
    def options(self) -> Mapping[str, Any]:
        return {"n": 1, "sizes": (64,)}
