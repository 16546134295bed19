"""The plugin that registers every fake under `fake/...`."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from prodgen_sdk.hookspecs import Register, hookimpl
from prodgen_sdk.specs import (
    BenchmarkSpec,
    BodyParserSpec,
    CompositorSpec,
    DescriberSpec,
    EvaluatorSpec,
    FinisherSpec,
    GeneratorSpec,
    ImageEncoderSpec,
    IndexSpec,
    Metric,
    PolicySpec,
    RankerSpec,
    RendererSpec,
    SafetySpec,
    Spec,
    TextEncoderSpec,
    TrainerSpec,
)

_HERE = "prodgen_sdk.testing.fakes"


class FakePlugin:
    """Registers one component of every kind.

    >>> from prodgen_sdk.host import Host
    >>> host = Host()
    >>> host.register(FakePlugin(), "fake").status
    'loaded'
    >>> host.registry.ids("generator")
    ['fake/solid']
    """

    @hookimpl
    def register_describers(self, register: Register) -> None:
        spec = DescriberSpec(id="fake/title", summary="The title, and from where the product is seen.")
        register(spec, f"{_HERE}.words:TitleDescriber")

    @hookimpl
    def register_text_encoders(self, register: Register) -> None:
        spec = TextEncoderSpec(id="fake/words", summary="Hashed words.", dimension=32)
        register(spec, f"{_HERE}.words:HashTextEncoder")

    @hookimpl
    def register_image_encoders(self, register: Register) -> None:
        spec = ImageEncoderSpec(id="fake/colours", summary="Colours of a three by three grid.", dimension=32)
        register(spec, f"{_HERE}.pictures:GridImageEncoder")

    @hookimpl
    def register_generators(self, register: Register) -> None:
        spec = GeneratorSpec(
            id="fake/solid",
            summary="A box in a colour drawn from the seed.",
            modes=("attributes", "text"),
            min_size=32,
            digital_source="algorithmicMedia",
        )
        register(spec, f"{_HERE}.pictures:SolidGenerator")

    @hookimpl
    def register_renderers(self, register: Register) -> None:
        spec = RendererSpec(
            id="fake/box", summary="A box in the asset's colour.", families=("box", "tall-box"), min_size=32
        )
        register(spec, f"{_HERE}.pictures:BoxRenderer")

    @hookimpl
    def register_compositors(self, register: Register) -> None:
        spec = CompositorSpec(
            id="fake/patch",
            summary="A patch of the garment's colour on the chest.",
            categories=("top", "dress"),
            max_garments=8,
            digital_source="compositeSynthetic",
        )
        register(spec, f"{_HERE}.people:PatchCompositor")

    @hookimpl
    def register_body_parsers(self, register: Register) -> None:
        spec = BodyParserSpec(
            id="fake/outline", summary="Whatever stands out from the border is one person.", parts=("upper", "lower")
        )
        register(spec, f"{_HERE}.people:OutlineBodyParser")

    @hookimpl
    def register_indexes(self, register: Register) -> None:
        register(IndexSpec(id="fake/brute-force", summary="All dot products."), f"{_HERE}.shop:BruteForceIndex")

    @hookimpl
    def register_rankers(self, register: Register) -> None:
        register(RankerSpec(id="fake/popular", summary="Similarity, then popularity."), f"{_HERE}.shop:PopularRanker")

    @hookimpl
    def register_policies(self, register: Register) -> None:
        register(PolicySpec(id="fake/uniform", summary="Every variant alike."), f"{_HERE}.shop:UniformPolicy")

    @hookimpl
    def register_evaluators(self, register: Register) -> None:
        metric = Metric(low=0, high=1, better="higher", blind_spots="Says nothing of shapes.")
        spec = EvaluatorSpec(id="fake/brightness", summary="Mean brightness.", metrics={"brightness": metric})
        register(spec, f"{_HERE}.pictures:BrightnessEvaluator")

    @hookimpl
    def register_safety_checkers(self, register: Register) -> None:
        spec = SafetySpec(
            id="fake/word", summary="Blocks the word 'forbidden' and pure magenta.", checks=("text", "image")
        )
        register(spec, f"{_HERE}.words:WordChecker")

    @hookimpl
    def register_finishers(self, register: Register) -> None:
        spec = FinisherSpec(id="fake/square", summary="Pads to a square on white.", profiles=("square",))
        register(spec, f"{_HERE}.pictures:SquareFinisher")

    @hookimpl
    def register_trainers(self, register: Register) -> None:
        spec = TrainerSpec(id="fake/mean", summary="Learns the mean of some numbers.", trains="fake-mean")
        register(spec, f"{_HERE}.runs:MeanTrainer")

    @hookimpl
    def register_benchmarks(self, register: Register) -> None:
        spec = BenchmarkSpec(
            id="fake/hash", summary="Time to hash a megabyte.", measures="fake-hash", deterministic=False
        )
        register(spec, f"{_HERE}.runs:HashBenchmark")
        spec = BenchmarkSpec(
            id="fake/log", summary="How many events a log holds.", measures="fake-log", command="eval", uses_log=True
        )
        register(spec, f"{_HERE}.runs:LogEvaluation")


def plugin_of(spec: Spec, factory: str | Callable[..., Any]) -> ModuleType:
    """A plugin that registers one component, for tests of a component that no plugin registers.

    >>> from prodgen_sdk.testing.fakes import fake_host, plugin_of
    >>> from prodgen_sdk.testing.fakes.shop import UniformPolicy
    >>> spec = PolicySpec(id="mine/uniform", summary="Every variant alike.")
    >>> fake_host(plugin_of(spec, UniformPolicy)).registry.ids("policy")
    ['fake/uniform', 'mine/uniform']
    """

    def add(register: Register) -> None:
        register(spec, factory)

    plugin = ModuleType(f"plugin of {spec.id}")
    plural = {"index": "indexes", "policy": "policies"}.get(spec.kind, f"{spec.kind}s")
    setattr(plugin, f"register_{plural}", hookimpl(add))
    return plugin
