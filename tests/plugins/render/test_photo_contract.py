"""The contracts of prodgen_sdk.testing on render/photo and its benchmark."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest
from prodgen_render import plugin

from prodgen_sdk.testing.contracts import BenchmarkContract, GeneratorContract


class TestPhoto(GeneratorContract):
    plugin = plugin
    id = "render/photo"
    size: ClassVar[int] = 64


class TestPhotoBenchmark(BenchmarkContract):
    plugin = plugin
    id = "render/photo"

    @pytest.fixture
    def options(self) -> Mapping[str, Any]:
        return {"n": 1, "size": 48, "elevations": (0,)}
