"""The whole contracts of a generator and a ranker, inherited."""

from typing import ClassVar

from prodgen_acme import plugin

from prodgen_sdk.testing.contracts import GeneratorContract, RankerContract


class TestSwatch(GeneratorContract):
    plugin = plugin
    id = "acme/swatch"


class TestFlatSwatch(TestSwatch):
    config: ClassVar = {"relief": 0, "cover": 0.85}


class TestPurse(RankerContract):
    plugin = plugin
    id = "acme/purse"
