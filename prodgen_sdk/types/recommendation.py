"""Events, what is known of a user, candidates and recommendations."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field, PrivateAttr, model_serializer

from prodgen_sdk.types.base import Model, PixelModel, Vector, trusted
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
    """A product from the index with all its eligible variants, best first.

    `vector` is the index's of the best variant, float32 [dimension], where the index gives it. `title` is empty where the index
    keeps none, as `index/faiss`. What else a ranker needs of a product, such as its price or stock, `Context.products` gives it.
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


class FoundCandidate(Candidate):
    """A candidate whose variants are made when somebody looks at them: of all that an index finds, few are shown.

    >>> (found,) = FoundCandidate.many([("mug", "home/mug", 0.5, None, lambda: [("a", 0.5), ("b", 0.25)])])
    >>> found.score, found.variants[1].id
    (0.5, 'b')
    """

    _score: float = PrivateAttr()
    _scored: Callable[[], Sequence[tuple[str, float]]] = PrivateAttr()
    _pairs: Sequence[tuple[str, float]] | None = PrivateAttr(None)

    @staticmethod
    def many(
        found: Iterable[tuple[str, str, float, Any, Callable[[], Sequence[tuple[str, float]]]]],
    ) -> list[FoundCandidate]:
        """Candidates that are not validated, each of sku, category, score, vector and what gives its variants.

        The score is that of the best variant; id and score of each variant come best first, at least one.
        """
        rows, private = [], []
        for sku, category, score, vector, scored in found:
            rows.append({"sku": sku, "category": category, "title": "", "vector": vector})
            private.append({"_score": score, "_scored": scored, "_pairs": None})
        return trusted(FoundCandidate, rows, _FOUND, private)

    @property
    def score(self) -> float:
        score: float = self.__pydantic_private__["_score"]  # type: ignore[index]
        return score

    @property
    def scored(self) -> Sequence[tuple[str, float]]:
        private: dict[str, Any] = self.__pydantic_private__  # type: ignore[assignment]
        found: Sequence[tuple[str, float]] | None = private["_pairs"]
        if found is None:
            found = private["_pairs"] = private["_scored"]()
        return found

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            # Called only for what is not in `__dict__`.
            if name != "variants":
                return super().__getattr__(name)
            rows = [{**_VARIANT, "id": id, "score": score} for id, score in self.scored]
            return self.__dict__.setdefault("variants", tuple(trusted(CandidateVariant, rows, _SCORED)))

    def __copy__(self) -> Candidate:  # type: ignore[override]
        return Candidate.model_construct(_FOUND, **dict(self))

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Candidate:  # type: ignore[override]
        return self.__copy__().__deepcopy__(memo)

    def __iter__(self) -> Generator[tuple[str, Any], None, None]:
        for name in Candidate.model_fields:
            yield name, getattr(self, name)

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        return self.__copy__().__repr_args__()  # type: ignore[return-value]

    @model_serializer(mode="wrap")
    def _with_variants(self, handler: Any) -> dict[str, Any]:
        _ = self.variants
        shown: dict[str, Any] = handler(self)
        return shown


_VARIANT: dict[str, Any] = dict(CandidateVariant(id="", score=0.0))
_SCORED = {"id", "score"}
_FOUND = {"sku", "variants", "category"}


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
