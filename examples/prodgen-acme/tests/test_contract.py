"""The whole contract of a generator, inherited."""

from typing import ClassVar

from prodgen_acme import plugin

from prodgen_sdk.testing.contracts import GeneratorContract


class TestSwatch(GeneratorContract):
    plugin = plugin
    id = "acme/swatch"


class TestFlatSwatch(TestSwatch):
    config: ClassVar = {"relief": 0, "cover": 0.85}
