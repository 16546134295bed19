"""The contracts pass on the fakes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from prodgen_sdk.interfaces import ScreenItem
from prodgen_sdk.testing import contracts
from prodgen_sdk.testing.fakes import FakePlugin
from prodgen_sdk.testing.samples import sample_photo

plugin = FakePlugin()


class TestDescriber(contracts.DescriberContract):
    plugin = plugin
    id = "fake/title"


class TestTextEncoder(contracts.TextEncoderContract):
    plugin = plugin
    id = "fake/words"


class TestImageEncoder(contracts.ImageEncoderContract):
    plugin = plugin
    id = "fake/colours"


class TestGenerator(contracts.GeneratorContract):
    plugin = plugin
    id = "fake/solid"


class TestGeneratorByText(TestGenerator):
    mode = "text"
    size = 64


class TestRenderer(contracts.RendererContract):
    plugin = plugin
    id = "fake/box"


class TestBodyParser(contracts.BodyParserContract):
    plugin = plugin
    id = "fake/outline"


class TestCompositor(contracts.CompositorContract):
    plugin = plugin
    id = "fake/patch"


class TestIndex(contracts.VectorIndexContract):
    plugin = plugin
    id = "fake/brute-force"


class TestRanker(contracts.RankerContract):
    plugin = plugin
    id = "fake/popular"


class TestPolicy(contracts.VariantPolicyContract):
    plugin = plugin
    id = "fake/uniform"


class TestEvaluator(contracts.EvaluatorContract):
    plugin = plugin
    id = "fake/brightness"


class TestSafetyChecker(contracts.SafetyCheckerContract):
    plugin = plugin
    id = "fake/word"

    @pytest.fixture
    def known(self) -> list[tuple[ScreenItem, str]]:
        magenta = sample_photo()
        magenta[0, 0] = (255, 0, 255)
        return [
            (ScreenItem(text="a Forbidden thing"), "block"),
            (ScreenItem(text="a dubious thing"), "review"),
            (ScreenItem(image=magenta), "block"),
            (ScreenItem(text="a mug", image=sample_photo()), "pass"),
        ]


class TestFinisher(contracts.FinisherContract):
    plugin = plugin
    id = "fake/square"


class TestTrainer(contracts.TrainerContract):
    plugin = plugin
    id = "fake/mean"

    @pytest.fixture
    def data(self, tmp_path: Path) -> Path:
        (tmp_path / "numbers.json").write_text(json.dumps([1, 2, 3, 4, 5, 6]))
        return tmp_path


class TestBenchmark(contracts.BenchmarkContract):
    plugin = plugin
    id = "fake/hash"

    @pytest.fixture
    def options(self) -> Mapping[str, Any]:
        return {"n": 1}


class TestLogEvaluation(contracts.BenchmarkContract):
    plugin = plugin
    id = "fake/log"

    @pytest.fixture
    def options(self, tmp_path: Path) -> Mapping[str, Any]:
        (tmp_path / "log.jsonl").write_text(
            '{"id": "e", "user": "u", "type": "view", "sku": "mug", "at": "2026-01-15"}\nno event\n'
        )
        return {"data": str(tmp_path / "log.jsonl")}


def test_every_interface_has_a_contract_and_a_fake() -> None:
    from prodgen_sdk.specs import SPECS
    from prodgen_sdk.testing.contracts.base import INTERFACES

    with_contract = {
        contract.kind for contract in contracts.ComponentContract.__subclasses__() if hasattr(contract, "kind")
    }
    with_contract |= {contracts.TextEncoderContract.kind, contracts.ImageEncoderContract.kind}
    assert with_contract == set(INTERFACES) == set(SPECS)
