"""Events, what is known of a user, candidates and recommendations."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from prodgen_sdk.types.base import Model, PixelModel, Vector
from prodgen_sdk.types.product import Sku
from prodgen_sdk.types.view import View

EventType = Literal["impression", "click", "view", "add_to_cart", "purchase", "search", "hide"]
Memo = Annotated[str, Field(max_length=16_384)]
UserId = Annotated[str, Field(min_length=1, max_length=200)]
RequestId = Annotated[str, Field(max_length=1000)]
Key = Annotated[str, Field(max_length=200)]


def _to_utc(value: datetime) -> datetime:
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError:
        raise ValueError("the time is out of range") from None


UtcTime = Annotated[datetime, AfterValidator(_to_utc)]
"""A time in UTC; one without a zone is taken as UTC."""


class Event(Model):
    """Something that a user did, or (an impression) was shown. `id` makes recording idempotent.

    `sku`, `variant` and `request_id` tie it to a recommendation; an impression also carries its position and propensity,
    the ids of all variants that could have been chosen (`offered`), and what the policy wants to see again (`memo`).
    """

    id: Annotated[str, Field(min_length=1, max_length=200)]
    user: UserId
    type: EventType
    sku: Sku | None = None
    variant: Key | None = None
    request_id: RequestId | None = None
    query: Annotated[str, Field(max_length=1000)] | None = None
    value: Annotated[float, Field(allow_inf_nan=False)] | None = None
    position: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    propensity: Annotated[float, Field(gt=0, le=1)] | None = None
    policy: Key | None = None
    offered: Annotated[tuple[Key, ...], Field(max_length=1000)] = ()
    memo: Memo = ""
    at: UtcTime


Price = Annotated[Decimal, Field(allow_inf_nan=False)]


class Filter(Model):
    """Which products may be shown. Empty fields do not restrict; all given ones must hold.

    >>> Filter(categories=("home",)).allows_category("home/mug")
    True
    """

    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    price_min: Price | None = None
    price_max: Price | None = None
    skus: tuple[str, ...] = ()
    exclude_skus: tuple[str, ...] = ()

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
    """One eligible picture of a candidate, with its similarity to the query; `light` and `style` are its scene's."""

    id: str
    score: float
    view: View | None = None
    background: str | None = None
    light: str | None = None
    style: str = ""
    quality: dict[str, float] = Field(default_factory=dict)


class Candidate(PixelModel):
    """A product from the index with all its eligible variants, best first."""

    sku: str
    variants: Annotated[tuple[CandidateVariant, ...], Field(min_length=1)]
    category: str = ""
    title: str = ""

    @property
    def score(self) -> float:
        return self.variants[0].score


class Interest(Model):
    """A product that pulled the user's vector, and how much (decayed weight of its events; hide counts negative).

    `title` and `category` are the catalogue's, or empty; `bought_at` is when the user last bought it, if ever.
    """

    sku: str
    weight: float
    last_type: EventType
    last_at: datetime
    bought_at: datetime | None = None
    title: str = ""
    category: str = ""


class UserProfile(PixelModel):
    """What a ranker knows of a user.

    Args:
        vector: L2-normalised recency-weighted mean of what the user did, the current session drawn out; None for a cold start.
        interests: strongest first.
        queries: what the user searched for, newest first.
        seen: skus the user had an impression or an event of.
        interest_vectors: the vector of each interest by sku, where one is known.
        query_vectors: the vector of each query by its words, where one is known.
        session: skus that the user touched in the session that still goes on, newest first, each once; at most 20.
        session_events: how many events that session has.
        session_vector: L2-normalised weighted mean of what the user did in it, or None.
        session_share: how much of `vector` it is: `vector` less `session_share * session_vector` is the long-term part.
    """

    user: str
    vector: Any = None
    interests: tuple[Interest, ...] = ()
    queries: tuple[str, ...] = ()
    seen: frozenset[str] = frozenset()
    interest_vectors: dict[str, Any] = Field(default_factory=dict)
    query_vectors: dict[str, Any] = Field(default_factory=dict)
    session: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    session_events: int = 0
    session_vector: Any = None
    session_share: float = 0.0


class RecommendationContext(Model):
    """Circumstances of a request that rankers and policies may use."""

    at: UtcTime
    k: int = 10
    locale: str = "en"
    request_id: RequestId = ""
    deterministic: bool = False
    facts: dict[str, str | float] = Field(default_factory=dict)


class Ranked(PixelModel):
    """A candidate with the score that orders it, and the shares that the score is made of (they sum to it)."""

    candidate: Candidate
    score: float
    contributions: dict[str, float] = Field(default_factory=dict)
    reasons: tuple[str, ...] = ()


class Choice(Model):
    """The variant to show, and P(variant | product, context, policy version).

    `memo` is what the policy wants to see again when it is told what became of the choice, such as the features that it saw;
    opaque to all others, kept with the impression.
    """

    variant: str
    propensity: Annotated[float, Field(gt=0, le=1)]
    memo: Memo = ""


class Feedback(Model):
    """An impression joined with what followed; `reward` is 0 to 1, `view` is the variant's, `memo` and `offered` as logged."""

    user: str
    sku: str
    variant: str
    view: View | None = None
    propensity: float | None = None
    reward: Annotated[float, Field(ge=0, le=1)]
    offered: tuple[str, ...] = ()
    memo: str = ""
    at: datetime


Source = Literal["personal", "segment", "popular"]


class Recommendation(Model):
    """One product to show, with the picture to show it by, and why.

    `source` says who it was made for: this user, those who like the same category, or everybody.
    """

    sku: str
    variant: str
    score: float
    propensity: float
    reasons: tuple[str, ...]
    contributions: dict[str, float] = Field(default_factory=dict)
    request_id: str
    position: int
    policy: str = ""
    source: Source = "personal"


class Erased(Model):
    """Proof of a `forget`: what was found and erased, and what a second look still found (all zero)."""

    user: str
    erased: dict[str, int]
    remaining: dict[str, int]

    @property
    def complete(self) -> bool:
        return not any(self.remaining.values())
