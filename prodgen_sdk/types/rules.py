"""Business rules as data: what a shop wants of its recommendations, whatever users like."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from prodgen_sdk.types.base import Model
from prodgen_sdk.types.candidate import Filter, Price, refuse_empty_range
from prodgen_sdk.types.event import UserId, UtcTime
from prodgen_sdk.types.product import NAME, Product


class Match(Model):
    """Which products a rule is about. Empty fields do not restrict; all others must hold.

    Args:
        categories: the product is in one of these, or in a subcategory.
        tags: the product has at least one of these.
        skus: only these products.
        price_min, price_max: inclusive; products without a price do not match.
        stock_min, stock_max: inclusive; products whose stock is not tracked do not match.

    >>> Match(categories=("home",), price_max=20).holds(Product(sku="mug", title="Mug", category="home/mug", price=12))
    True
    """

    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    price_min: Price | None = None
    price_max: Price | None = None
    stock_min: Annotated[int, Field(ge=0)] | None = None
    stock_max: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _can_hold(self) -> Self:
        refuse_empty_range("price", self.price_min, self.price_max)
        refuse_empty_range("stock", self.stock_min, self.stock_max)
        return self

    def holds(self, product: Product) -> bool:
        """Whether the rule is about this product."""
        return (
            (not self.categories or any(below(product.category, category) for category in self.categories))
            and (not self.tags or not set(self.tags).isdisjoint(product.tags))
            and (not self.skus or product.sku in self.skus)
            and _within(product.price, self.price_min, self.price_max)
            and _within(product.stock, self.stock_min, self.stock_max)
        )

    def as_filter(self) -> Filter:
        """What the index can look for; the stock is left out."""
        return Filter(
            categories=self.categories,
            tags=self.tags,
            skus=self.skus,
            price_min=self.price_min,
            price_max=self.price_max,
        )

    @property
    def is_empty(self) -> bool:
        return self == Match()


class Rule(Model):
    """What all rules have.

    Args:
        name: unique; appears as `rule:<name>` in contributions, and in the trace.
        where: which products the rule is about.
        starts, ends: the rule holds from `starts` until just before `ends`; without them, always.
        users: the rule holds only for these users; empty for all.
    """

    name: Annotated[str, NAME]
    where: Match = Match()
    starts: UtcTime | None = None
    ends: UtcTime | None = None
    users: tuple[UserId, ...] = ()

    def holds_for(self, user: str, at: datetime) -> bool:
        """Whether it applies to this user at this time."""
        started = self.starts is None or self.starts <= at
        return started and (self.ends is None or at < self.ends) and (not self.users or user in self.users)

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.starts is not None and self.ends is not None and self.ends <= self.starts:
            raise ValueError(f"named {self.name!r} ends before it starts")
        return self


class Block(Rule):
    """Products that are never shown."""

    @model_validator(mode="after")
    def _blocks_something(self) -> Self:
        if self.where.is_empty and not self.users:
            raise ValueError(f"named {self.name!r} would block everything for everybody; give it a where or users")
        return self


class Bought(Rule):
    """Hides what the user bought recently.

    Args:
        days: for how long after the purchase.
        same: `product` hides what was bought; `category` everything in the same category.
    """

    days: Annotated[float, Field(gt=0, le=3650)]
    same: Literal["product", "category"] = "product"


class Boost(Rule):
    """Raises or lowers scores.

    Args:
        add: added to the score; negative to lower it.
        factor: of the size of the score; 1.5 adds half of it, even if the score is negative, and below 1 lowers it.
    """

    add: Annotated[float, Field(ge=-100, le=100)] = 0.0
    factor: Annotated[float, Field(ge=0, le=100)] = 1.0

    def change(self, score: float) -> float:
        """What it adds to a score."""
        return (self.factor - 1) * abs(score) + self.add

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if not self.add and self.factor == 1:
            raise ValueError(f"named {self.name!r} changes nothing; give it an add or a factor")
        return self


class Cap(Rule):
    """Limits how many products of each category, or of each domain, or of all that it is about, are shown.

    Args:
        at_most: how many among the first positions.
        first: how many positions are counted.
    """

    per: Literal["category", "domain", "all"] = "category"
    at_most: Annotated[int, Field(ge=0, le=1000)]
    first: Annotated[int, Field(ge=1, le=1000)] = 1000

    def group(self, product: Product) -> str:
        """What the product is counted under."""
        return {"category": product.category, "domain": product.domain, "all": ""}[self.per]


class Share(Rule):
    """Reserves a share of the positions.

    Args:
        at_least: the share, rounded up to whole positions.
        first: of how many of the first positions; by default, of all.
    """

    at_least: Annotated[float, Field(gt=0, le=1)]
    first: Annotated[int, Field(ge=1, le=1000)] = 1000


class Promote(Rule):
    """Places for such products: the best of them that the ranker names take `position` and the places behind it.

    Args:
        position: the first place is 1.
        places: how many places.
        label: the reason that is given; by default "promoted", in the language of the request.
    """

    position: Annotated[int, Field(ge=1, le=1000)]
    places: Annotated[int, Field(ge=1, le=100)] = 1
    label: Annotated[str, Field(max_length=200)] = ""


class Rules(Model):
    """All rules, of each kind in the order in which they are tried. Names are unique."""

    block: tuple[Block, ...] = ()
    bought: tuple[Bought, ...] = ()
    boost: tuple[Boost, ...] = ()
    cap: tuple[Cap, ...] = ()
    share: tuple[Share, ...] = ()
    promote: tuple[Promote, ...] = ()

    def all(self) -> tuple[Rule, ...]:
        return (*self.block, *self.bought, *self.boost, *self.cap, *self.share, *self.promote)

    def now(self, user: str, at: datetime) -> Rules:
        """Those that apply to a user at a time."""
        if not self.all():
            return self
        return self.model_copy(
            update={kind: tuple(rule for rule in getattr(self, kind) if rule.holds_for(user, at)) for kind in _KINDS}
        )

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [rule.name for rule in self.all()]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"has two rules named {twice!r}")
        return self


def below(category: str, above: str) -> bool:
    """Whether a category is another one or below it.

    >>> below("home/mug", "home"), below("homeware/mug", "home")
    (True, False)
    """
    return category == above or category.startswith(f"{above}/")


def _within(value: Decimal | int | None, low: Decimal | int | None, high: Decimal | int | None) -> bool:
    if low is None and high is None:
        return True
    return value is not None and (low is None or value >= low) and (high is None or value <= high)


_KINDS = tuple(Rules.model_fields)
