"""Specs: what a component is and needs, known without loading it.

A plugin registers a spec with a factory. The spec is static and complete, so that the host can list components, check what
they can do and refuse a bad match before any weights load.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from prodgen_sdk.metadata import DigitalSource
from prodgen_sdk.types import Locale, MapKind, Model

API_VERSION = 1
Kind = Literal[
    "describer", "text_encoder", "image_encoder", "generator", "renderer", "compositor", "body_parser", "index", "ranker", "policy", "evaluator",
    "safety_checker", "finisher", "trainer", "benchmark",
]  # fmt: skip
Mode = Literal["text", "attributes", "photo", "mesh"]
"""What a generator works from."""
ID_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]*/[A-Za-z0-9._/-]+(@[A-Za-z0-9._-]+)?")


class Needs(Model):
    """What a component needs to run.

    Args:
        modules: import names, such as `torch`.
        install: the command that installs them.
        device: `cuda` if it runs on nothing else.
        memory_mb: rough peak of memory on the device.
        models: names of model folders, as in `prodgen models list`.
    """

    modules: tuple[str, ...] = ()
    install: str = ""
    device: Literal["any", "cuda"] = "any"
    memory_mb: int = 0
    models: tuple[str, ...] = ()


class Spec(Model):
    """What every component states about itself.

    Args:
        summary: one line, shown in tables.
        deterministic: whether the same input gives the same output on one machine.
        max_batch: the largest number of items in one call.
        licence, weights_licence: of the code and of the weights, as SPDX identifiers.
        api_version: of the interfaces that the plugin was written for; leave it out.
    """

    kind: ClassVar[Kind]

    id: Annotated[str, Field(description="plugin/name[@revision]")]
    summary: Annotated[str, Field(min_length=1, max_length=200)]
    needs: Needs = Needs()
    deterministic: bool = True
    max_batch: Annotated[int, Field(ge=1)] = 32
    licence: str = "Apache-2.0"
    weights_licence: str = ""
    api_version: int = API_VERSION

    @field_validator("id")
    @classmethod
    def _well_formed(cls, value: str) -> str:
        if not ID_PATTERN.fullmatch(value):
            raise ValueError(f"{value!r} is no component id: write plugin/name, lower case before the slash")
        return value


class DescriberSpec(Spec):
    kind = "describer"
    locales: tuple[Locale, ...] = ("en", "zh")


class GeneratorSpec(Spec):
    """What a generator works from, and what it makes.

    Args:
        modes: what it works from: `text`, `attributes`, `photo` or `mesh`. A generator gets a product's photos and mesh only if it
            names them.
        min_size, max_size: edges of the square image in pixels.
        backgrounds: those of a scene that it draws.
        views_joint: whether an image depends on which other views were asked for, so that the whole set identifies it.
        maps: what a request can ask for besides images; see `Generated.maps`.
        digital_source: the kind of source of its images, of the IPTC vocabulary; it is written into every file.
    """

    kind = "generator"
    modes: tuple[Mode, ...]
    min_size: int = 64
    max_size: int = 2048
    backgrounds: tuple[str, ...] = ("white", "colour", "gradient", "transparent")
    views_joint: bool = False
    maps: tuple[MapKind, ...] = ()
    digital_source: DigitalSource = "trainedAlgorithmicMedia"


class RendererSpec(Spec):
    """What a renderer can draw.

    Args:
        families: the names that `ProductAsset.family` may have.
        min_size, max_size: edges of the square image in pixels, also of drafts.
        backgrounds: those of a scene that it draws.
    """

    kind = "renderer"
    families: tuple[str, ...]
    min_size: int = 64
    max_size: int = 2048
    backgrounds: tuple[str, ...] = ("white", "colour", "gradient", "transparent")


class TextEncoderSpec(Spec):
    """What a text encoder returns.

    Args:
        dimension: of a vector; None if it is known only once the model is loaded.
        locales: languages that it understands.
        pooling: how tokens become one vector, for people who compare.
    """

    kind = "text_encoder"
    dimension: int | None
    locales: tuple[Locale, ...] = ("en", "zh")
    pooling: str = ""


class ImageEncoderSpec(Spec):
    """What an image encoder returns.

    Args:
        dimension: of a vector; None if it is known only once the model is loaded.
    """

    kind = "image_encoder"
    dimension: int | None


class CompositorSpec(Spec):
    """What a compositor can put on.

    Args:
        categories: of garments, as in `Garment.category`; it refuses others.
        max_garments: the most layers at once; the host refuses more.
        clips: whether it dresses clips without flicker; otherwise each frame is dressed by itself.
        digital_source: the kind of source of its images, of the IPTC vocabulary; see `TryOn.metadata`.
    """

    kind = "compositor"
    categories: tuple[str, ...]
    max_garments: int = 1
    clips: bool = False
    digital_source: DigitalSource = "compositeWithTrainedAlgorithmicMedia"


class BodyParserSpec(Spec):
    """What a body parser finds.

    Args:
        parts: names that `Body.parts` may have.
    """

    kind = "body_parser"
    parts: tuple[str, ...] = ()


class IndexSpec(Spec):
    kind = "index"


class RankerSpec(Spec):
    kind = "ranker"


class PolicySpec(Spec):
    kind = "policy"


class Metric(Model):
    """One figure of an evaluator.

    Args:
        low, high: the range it can take; None means unbounded.
        better: which direction is better.
        blind_spots: what a good value does not prove.
    """

    low: float | None
    high: float | None
    better: Literal["higher", "lower"]
    blind_spots: str


class EvaluatorSpec(Spec):
    """What an evaluator measures.

    Args:
        metrics: each figure by its name.
        needs_reference: whether it compares with a true image, so that it is used only if there is one.
        minimum: metrics whose value must reach a bound before a variant is approved automatically.
    """

    kind = "evaluator"
    metrics: Mapping[str, Metric]
    needs_reference: bool = False
    minimum: Mapping[str, float] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _bounds_of_known_metrics(self) -> EvaluatorSpec:
        unknown = set(self.minimum) - set(self.metrics)
        if unknown:
            raise ValueError(f"minimum names no metric of the spec: {', '.join(sorted(unknown))}")
        return self


class SafetySpec(Spec):
    """What a safety checker looks at.

    Args:
        checks: the words of a request, its images, or both.
    """

    kind = "safety_checker"
    checks: tuple[Literal["text", "image"], ...]


class FinisherSpec(Spec):
    """What a finisher knows.

    Args:
        profiles: the names that `--profile` may begin with.
    """

    kind = "finisher"
    profiles: tuple[str, ...]


class TrainerSpec(Spec):
    """How a trainer is called.

    Args:
        trains: the word after `prodgen train`.
        uses_log: whether the data may be left out in a workspace; it is then the event log, as a JSON Lines file.
    """

    kind = "trainer"
    trains: str
    uses_log: bool = False


class BenchmarkSpec(Spec):
    """How a benchmark is called.

    Args:
        measures: the word after `prodgen bench` or `prodgen eval`.
        command: which of the two.
        uses_log: whether `data` may be left out in a workspace; it is then the event log, as a JSON Lines file.
    """

    kind = "benchmark"
    measures: str
    command: Literal["bench", "eval"] = "bench"
    uses_log: bool = False


def registration_hook(kind: Kind) -> str:
    """The name of the hook that registers components of a kind.

    >>> registration_hook("policy")
    'register_policies'
    """
    plurals: dict[Kind, str] = {"index": "indexes", "policy": "policies"}
    return f"register_{plurals.get(kind, f'{kind}s')}"


SPECS: dict[Kind, type[Spec]] = {
    "describer": DescriberSpec,
    "text_encoder": TextEncoderSpec,
    "image_encoder": ImageEncoderSpec,
    "generator": GeneratorSpec,
    "renderer": RendererSpec,
    "compositor": CompositorSpec,
    "body_parser": BodyParserSpec,
    "index": IndexSpec,
    "ranker": RankerSpec,
    "policy": PolicySpec,
    "evaluator": EvaluatorSpec,
    "safety_checker": SafetySpec,
    "finisher": FinisherSpec,
    "trainer": TrainerSpec,
    "benchmark": BenchmarkSpec,
}
