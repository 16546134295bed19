"""The contracts of prodgen_sdk.testing on what this plugin registers, with tiny checkpoints loaded from a folder."""

from collections.abc import Mapping
from typing import Any

import pytest

pytest.importorskip("diffusers")

from prodgen_diffusers import plugin

from prodgen_sdk.testing.contracts import GeneratorContract


class TestText(GeneratorContract):
    plugin = plugin
    id = "diffusers/text"

    @pytest.fixture
    def section(self, sd15) -> Mapping[str, Any]:
        return {"text": {"model": str(sd15), "steps": 2, "batch": 4}}
