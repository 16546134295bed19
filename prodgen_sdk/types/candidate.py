"""What an index is told, what it is asked for, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import repeat
from operator import attrgetter
from typing import Annotated, Any, NamedTuple, Self

from pydantic import Field, model_validator

from prodgen_sdk.types.base import Lazy, Model, PixelModel, Vector, trusted
from prodgen_sdk.types.view import View

Price = Annotated[Decimal, Field(allow_inf_nan=False)]


def refuse_empty_range(name: str, low: Decimal | int | None, high: Decimal | int | None) -> None:
    """Raises ValueError where `low` is above `high`; None leaves an end open."""
    if low is not None and high is not None and low > high:
        raise ValueError(f"{name}_min is {low} and {name}_max {high}: no product is between them")


class Filter(Model):
    """Which products may be shown. Empty fields do not restrict; all others must hold.

    Args:
        categories: the product is in one of these, or in a subcategory.
        tags: the product has at least one of these.
        price_min, price_max: inclusive, the first not above the second; products without a price do not pass.
        skus: only these products. An empty list allows all of them: if yours comes out empty, do not ask.
        exclude_skus: none of these products.

    >>> Filter(categories=("home",)).allows_category("home/mug")
    True
    >>> gift = Facets(category="home/mug", tags=("gift",))
    >>> Filter(tags=("gift", "new")).allows("mug-1", gift)
    True
    """

    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    price_min: Price | None = None
    price_max: Price | None = None
    skus: tuple[str, ...] = ()
    exclude_skus: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _can_hold(self) -> Self:
        refuse_empty_range("price", self.price_min, self.price_max)
        return self

    def allows_category(self, category: str) -> bool:
        """Whether `category` is one of `categories` or below one."""
        return not self.categories or any(category == c or category.startswith(f"{c}/") for c in self.categories)

    def allows(self, sku: str, facets: Facets) -> bool:
        """Whether a product with these facets may be shown; the reference that every index must agree with."""
        price = facets.price
        return (
            facets.on_sale
            and self.allows_category(facets.category)
            and (not self.tags or not set(self.tags).isdisjoint(facets.tags))
            and (self.price_min is None or (price is not None and price >= self.price_min))
            and (self.price_max is None or (price is not None and price <= self.price_max))
            and (not self.skus or sku in self.skus)
            and sku not in self.exclude_skus
        )


class Facets(Model):
    """What filters look at, as the index keeps it."""

    category: str
    price: Decimal | None = None
    tags: tuple[str, ...] = ()
    on_sale: bool = True


class Upsert(PixelModel):
    """An approved variant to add to, or replace in, an index."""

    variant: str
    sku: str
    vector: Vector
    facets: Facets


class Remove(Model):
    """A variant to take out of an index; an unknown one is no error."""

    variant: str


IndexChange = Upsert | Remove


class CandidateVariant(PixelModel):
    """One eligible image of a candidate.

    Args:
        score: cosine similarity to the query.
        background, light, style: of its scene.
        quality: the figures of every evaluator.
    """

    id: str
    score: float
    view: View | None = None
    background: str | None = None
    light: str | None = None
    style: str = ""
    quality: dict[str, float] = Field(default_factory=dict)


class VariantFacts(PixelModel):
    """How a variant is described, shared by all candidates that have it until it may be another image."""

    view: View
    background: str
    light: str
    style: str
    quality: dict[str, float] = Field(default_factory=dict)


class OwnFacts(NamedTuple):
    """The same of a variant whose description nobody shares."""

    view: View | None
    background: str | None
    light: str | None
    style: str
    quality: Mapping[str, float]


class Candidate(PixelModel):
    """A product from the index with all its eligible variants, best first.

    `Context.products` gives what else a ranker needs of a product, such as its price or stock.

    Args:
        title: empty if the index keeps none, like `index/faiss`.
        vector: of the best variant, float32 [dimension], if the index gives it.
    """

    sku: str
    variants: Annotated[tuple[CandidateVariant, ...], Field(min_length=1)]
    category: str = ""
    title: str = ""
    vector: Annotated[Any, Field(exclude=True, repr=False)] = None

    @property
    def score(self) -> float:
        return self.variants[0].score

    @property
    def scored(self) -> Sequence[tuple[str, float]]:
        """Id and score of each variant, best first."""
        return [(variant.id, variant.score) for variant in self.variants]

    @property
    def facts(self) -> Sequence[VariantFacts | OwnFacts]:
        """How each variant is described; equal where nothing has changed."""
        return list(map(OwnFacts._make, map(_DESCRIPTION, self.variants)))


class FoundCandidate(Lazy, Candidate):
    """A candidate whose variants are made when somebody looks at them: of all that an index finds, few are shown.

    >>> (found,) = FoundCandidate.many([("mug", "home/mug", 0.5, None, lambda: [("a", 0.5), ("b", 0.25)])])
    >>> found.score, found.variants[1].id
    (0.5, 'b')
    """

    @staticmethod
    def many(
        found: Iterable[tuple[str, str, float, Any, Callable[[], Sequence[tuple[str, float]]]]],
    ) -> list[FoundCandidate]:
        """Candidates that are not validated, each of sku, category, score, vector and what gives its variants.

        The score is that of the best variant; id and score of each variant come best first, at least one.
        """
        rows = [
            {"sku": sku, "category": category, "title": "", "vector": vector, "score": score, _LATER: scored}
            for sku, category, score, vector, scored in found
        ]
        return trusted(FoundCandidate, rows, _FOUND)

    @staticmethod
    def described(
        found: Iterable[tuple[Candidate, str, str, Sequence[VariantFacts]]],
    ) -> list[FoundCandidate]:
        """Candidates that are not validated, each with its category and title and what is known of each of its variants."""
        rows = [
            {
                "sku": candidate.sku,
                "category": category,
                "title": title,
                "vector": candidate.vector,
                "scored": candidate.scored,
                "facts": facts,
            }
            for candidate, category, title, facts in found
        ]
        return trusted(FoundCandidate, rows, _DESCRIBED)

    @cached_property
    def score(self) -> float:
        return self.scored[0][1]

    @cached_property
    def scored(self) -> Sequence[tuple[str, float]]:
        found: Sequence[tuple[str, float]] = self.__dict__[_LATER]()
        return found

    @cached_property
    def facts(self) -> Sequence[VariantFacts | OwnFacts]:
        return list(map(OwnFacts._make, map(_DESCRIPTION, self.variants)))

    def _made(self) -> dict[str, Any]:
        known: Iterable[VariantFacts | CandidateVariant] = self.__dict__.get(
            "facts", repeat(_VARIANT, len(self.scored))
        )
        rows = [
            {**facts.__dict__, "id": id, "score": score} for facts, (id, score) in zip(known, self.scored, strict=True)
        ]
        return {"variants": tuple(trusted(CandidateVariant, rows, _SCORED if _LATER in self.__dict__ else _WHOLE))}


_DESCRIPTION = attrgetter(*OwnFacts._fields)
_VARIANT = CandidateVariant(id="", score=0.0)
_SCORED, _WHOLE = {"id", "score"}, set(CandidateVariant.model_fields)
_LATER = "_scored"
"""Kept among the fields' values, not as a private attribute: that would be one more dictionary for each candidate."""
_FOUND, _DESCRIBED = {"sku", "variants", "category"}, set(Candidate.model_fields)
