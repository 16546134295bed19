"""What each step of the demo found: what the report shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from prodgen_sdk.demo.personas import Persona
from prodgen_sdk.pipeline.produce import Picture
from prodgen_sdk.types import Attribute, Erased, Image, Product, Recommendation, Refusal, Variant, ViewPrompt

if TYPE_CHECKING:
    from prodgen_sdk.catalogue import Summary
    from prodgen_sdk.serving.similar import Similar


@dataclass(frozen=True)
class Reading:
    """What was read out of a product's words: attributes that it does not state, and a prompt per view."""

    product: Product
    found: Mapping[str, Attribute]
    prompts: tuple[ViewPrompt, ...]


@dataclass(frozen=True)
class Stock:
    """The catalogue: what loading each file gave, all products by sku, and what was read out of their words."""

    loads: Mapping[str, Summary]
    products: Mapping[str, Product]
    readings: Mapping[str, Reading] = field(default_factory=dict)

    @property
    def rejected(self) -> int:
        return sum(len(summary.rejected) for summary in self.loads.values())

    @property
    def domains(self) -> Counter[str]:
        return Counter(product.domain for product in self.products.values())


@dataclass(frozen=True)
class Gallery:
    """Images by sku: the orbits, the few views of other products, and the photos; by sku why there is none."""

    orbits: Mapping[str, tuple[Picture, ...]]
    others: Mapping[str, tuple[Picture, ...]]
    missing: Mapping[str, str]
    variants: Mapping[str, Variant]

    @property
    def pictures(self) -> tuple[Picture, ...]:
        shelves = (self.orbits, self.others)
        return tuple(picture for shelf in shelves for group in shelf.values() for picture in group)


@dataclass(frozen=True)
class Look:
    """One person in one garment, or in several; either an image or a refusal."""

    skus: tuple[str, ...]
    seconds: float
    reused: bool
    image: Image | None = None
    confidence: float = 0.0
    warnings: tuple[str, ...] = ()
    refusal: Refusal | None = None


@dataclass(frozen=True)
class Dressed:
    """A person and all their looks; `note` says why nobody could be dressed."""

    name: str
    photo: Image
    looks: tuple[Look, ...]


@dataclass(frozen=True)
class Visit:
    """What a persona did, and what was recommended before anything was known, after that visit, and at the end."""

    persona: Persona
    did: tuple[tuple[str, str], ...]
    before: tuple[Recommendation, ...]
    after: tuple[Recommendation, ...]
    at_the_end: tuple[Recommendation, ...] = ()
    clicks: int = 0
    impressions: int = 0


@dataclass(frozen=True)
class Share:
    """How often a variant was chosen: the probability that the policy stated, and what was counted; before and after."""

    variant: str
    stated_before: float
    counted_before: float
    stated: float
    counted: float


@dataclass(frozen=True)
class Neighbours:
    """A question and the products that are like it."""

    question: str
    kind: str
    found: tuple[Similar, ...]
    sku: str = ""


@dataclass(frozen=True)
class Trade:
    """A fortnight in the shop."""

    visits: tuple[Visit, ...]
    stranger: Visit
    picture_of: str
    shares: tuple[Share, ...]
    draws: int
    neighbours: tuple[Neighbours, ...]
    erased: Erased | None
    clicks_by_day: tuple[tuple[int, int], ...]
    """Impressions and clicks of each day."""
    clicks_at_random: float
    """The share of products that would have been clicked, had they been drawn at random."""


@dataclass(frozen=True)
class Environment:
    """The machine and the software, with nothing that names a person or a place on it."""

    python: str
    system: str
    cores: int
    device: str
    distributions: Mapping[str, str]
    components: Mapping[str, str]


@dataclass(frozen=True)
class Findings:
    """All of it. `earlier` names figures that were measured when the work was done, in a run before this one."""

    stock: Stock
    gallery: Gallery
    people: tuple[Dressed, ...]
    trade: Trade
    environment: Environment
    figures: Mapping[str, float]
    earlier: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
