"""The SDK's contract on the linear policies, as they are and with other options."""

from __future__ import annotations

from typing import ClassVar

from prodgen_rank import plugin

from prodgen_sdk.testing.contracts import VariantPolicyContract


class TestThompson(VariantPolicyContract):
    plugin = plugin
    id = "policy/lints"


class TestFewDraws(VariantPolicyContract):
    plugin = plugin
    id = "policy/lints"
    draws: ClassVar[int] = 800
    config: ClassVar = {"linear": {"draws": 7, "epsilon": 0.3, "half_life_days": 3.0, "seed": 5}}


class TestUpperBound(VariantPolicyContract):
    plugin = plugin
    id = "policy/linucb"
    draws: ClassVar[int] = 800
    config: ClassVar = {"linear": {"epsilon": 0.2}}
