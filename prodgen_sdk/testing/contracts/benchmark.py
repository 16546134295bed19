"""What every benchmark must keep."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import Benchmark
from prodgen_sdk.specs import BenchmarkSpec
from prodgen_sdk.testing.contracts.base import ComponentContract, assert_json

_KEY = re.compile(r"[a-z][a-z0-9_.]*")


class BenchmarkContract(ComponentContract):
    """Flat, finite, JSON-ready figures. Override the fixture `options` so that a run takes a second."""

    kind = "benchmark"

    @pytest.fixture
    def options(self) -> Mapping[str, Any]:
        """What makes the run small."""
        return {}

    def test_word_of_the_spec(self, spec: BenchmarkSpec) -> None:
        assert spec.measures.strip(), "`measures` is the word after `prodgen bench`."
        assert " " not in spec.measures, f"`measures` is one word of a command line, not {spec.measures!r}."

    def test_flat_json(self, component: Benchmark, options: Mapping[str, Any], ctx: Context) -> None:
        before = dict(options)
        figures = component.run(options, ctx)
        assert dict(options) == before, "run() changed its options in place. Copy them first: options = dict(options)."
        assert figures, (
            "The benchmark reports nothing. Report what could not be measured as a text, such as 'no CUDA device'."
        )
        assert_json(dict(figures), where="The figures")
        for key, value in figures.items():
            assert _KEY.fullmatch(key), (
                f"{key!r}: keys are snake_case with the unit in the name, such as recommend_p99_ms."
            )
            assert not isinstance(value, dict | list | tuple), (
                f"{key!r} is nested; put the path into the key: warp_first_s, warp_next_s."
            )
