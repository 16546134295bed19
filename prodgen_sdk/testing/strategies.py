"""Hypothesis strategies for the values that cross the boundary. Needs `pip install hypothesis`.

```
from hypothesis import given

from prodgen_sdk.testing import strategies as st


@given(st.products())
def test_any_product(product): ...
```
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.distances import unit
from prodgen_sdk.errors import MissingDependency
from prodgen_sdk.types import DOMAINS, NAMED_VIEWS, Event, EventType, Facets, Filter, Image, Product, Scene, View

try:
    from hypothesis import strategies as st
    from hypothesis.strategies import SearchStrategy
except ImportError as error:
    raise MissingDependency("The strategies need hypothesis.", hint="Run: pip install hypothesis") from error

_SKU_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_FAMILIES = ("mug", "lamp", "t-shirt", "tea", "speaker", "lipstick")
_TAGS = ("gift", "new", "sale", "夏季", "kitchen")
_LETTERS = st.characters(codec="utf-8")
_SEEN = st.characters(codec="utf-8", categories=("L", "N", "P", "S"))
_PRICES = st.decimals(Decimal(0), Decimal(10_000), places=2)


def skus() -> SearchStrategy[str]:
    """Every valid sku: 1 to 64 of letters, digits, dot, underscore and hyphen, not beginning with punctuation."""
    rest = st.text(_SKU_LETTERS + "._-", max_size=63)
    return st.builds(str.__add__, st.sampled_from(_SKU_LETTERS), rest)


def categories() -> SearchStrategy[str]:
    """`domain/family`, and now and then one level more."""
    parts = st.tuples(st.sampled_from(DOMAINS), st.sampled_from(_FAMILIES), st.sampled_from(("", "/basic", "/2026")))
    return parts.map(lambda found: f"{found[0]}/{found[1]}{found[2]}")


def products() -> SearchStrategy[Product]:
    """Products with any title, in English or Chinese, some without price, some out of stock or withdrawn."""
    words = st.text(_LETTERS, min_size=1, max_size=40)
    some = st.text(_LETTERS, max_size=20)
    titles = st.tuples(some, _SEEN, some).map("".join)
    values = st.one_of(words, st.booleans(), st.integers(-1000, 1000), st.lists(words, max_size=3).map(tuple))
    return st.builds(
        Product,
        sku=skus(),
        title=titles,
        description=st.text(_LETTERS, max_size=120),
        category=categories(),
        attributes=st.dictionaries(st.sampled_from(("colour", "material", "size", "pattern")), values, max_size=4),
        price=st.none() | _PRICES,
        tags=st.lists(st.sampled_from(_TAGS), unique=True, max_size=3).map(tuple),
        locale=st.sampled_from(("en", "zh")),
        stock=st.none() | st.integers(0, 50),
        withdrawn=st.booleans(),
    )


def views() -> SearchStrategy[View]:
    """Named views and arbitrary ones."""
    arbitrary = st.builds(
        View,
        azimuth=st.floats(-720, 720),
        elevation=st.floats(-90, 90),
        distance=st.floats(0.3, 5),
    )
    return st.sampled_from(list(NAMED_VIEWS.values())) | arbitrary


def scenes() -> SearchStrategy[Scene]:
    """Every background but `image`, any colour, any light, with and without shadow."""
    return st.builds(
        Scene,
        background=st.sampled_from(("white", "colour", "gradient", "transparent")),
        colour=st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}"),
        light=st.sampled_from(("studio", "soft", "dramatic")),
        shadow=st.booleans(),
    )


def images(max_edge: int = 48, *, channels: tuple[int, ...] = (3, 4)) -> SearchStrategy[Image]:
    """HWC uint8 images, from one pixel up: flat, noise, or noise on white."""
    edges = st.integers(1, max_edge)
    return st.builds(
        _image,
        edges,
        edges,
        st.sampled_from(channels),
        st.integers(0, 2**32 - 1),
        st.sampled_from(("flat", "noise", "on white")),
    )


def _image(height: int, width: int, channels: int, seed: int, kind: str) -> Image:
    rng = np.random.default_rng(seed)
    if kind == "flat":
        return np.broadcast_to(rng.integers(0, 256, channels, dtype=np.uint8), (height, width, channels)).copy()
    picture = rng.integers(0, 256, (height, width, channels), dtype=np.uint8)
    if kind == "on white":
        picture[: height // 4 + 1] = 255
    return picture


def vectors(dimension: int = 16) -> SearchStrategy[NDArray[np.float32]]:
    """float32 [dimension], of length 1."""
    return st.integers(0, 2**32 - 1).map(
        lambda seed: unit(np.random.default_rng(seed).normal(size=dimension)).astype(np.float32)
    )


def events() -> SearchStrategy[Event]:
    """Events of a few users on a few products; an impression has a position and a propensity."""
    types = st.sampled_from(get_args(EventType))
    return st.builds(
        _event,
        st.uuids().map(str),
        st.sampled_from(("ann", "bob", "王芳")),
        types,
        st.sampled_from([f"p{n}" for n in range(6)]),
        st.datetimes(datetime(2025, 1, 1), datetime(2026, 1, 1)),
        st.floats(0.01, 1),
    )


def _event(id: str, user: str, type: EventType, sku: str, at: datetime, propensity: float) -> Event:
    if type == "search":
        return Event(id=id, user=user, type=type, query=f"like {sku}", at=at.replace(tzinfo=UTC))
    shown: dict[str, Any] = {"position": 0, "propensity": propensity, "request_id": "r"} if type == "impression" else {}
    return Event(id=id, user=user, type=type, sku=sku, variant=f"{sku}-v0", at=at.replace(tzinfo=UTC), **shown)


def facets() -> SearchStrategy[Facets]:
    """What filters look at."""
    return st.builds(
        Facets,
        category=categories(),
        price=st.none() | _PRICES,
        tags=st.lists(st.sampled_from(_TAGS), unique=True, max_size=3).map(tuple),
        on_sale=st.booleans(),
    )


def filters(known_skus: tuple[str, ...] = ("p0", "p1", "p2", "p3")) -> SearchStrategy[Filter]:
    """Filters of any combination of fields, the empty one included."""
    domains = st.lists(st.sampled_from(DOMAINS) | categories(), max_size=2).map(tuple)
    some = st.lists(st.sampled_from(known_skus), unique=True, max_size=2).map(tuple)
    return st.builds(
        _filter,
        categories=domains,
        tags=st.lists(st.sampled_from(_TAGS), unique=True, max_size=2).map(tuple),
        price_min=st.none() | _PRICES,
        price_max=st.none() | _PRICES,
        skus=some,
        exclude_skus=some,
    )


def _filter(price_min: Decimal | None, price_max: Decimal | None, **rest: Any) -> Filter:
    if price_min is not None and price_max is not None:
        price_min, price_max = sorted((price_min, price_max))
    return Filter(price_min=price_min, price_max=price_max, **rest)
