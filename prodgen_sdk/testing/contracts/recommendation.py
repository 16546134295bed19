"""Inputs that the contracts of rankers and policies share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import numpy as np

from prodgen_sdk.types import (
    Candidate,
    CandidateVariant,
    Event,
    Interest,
    Product,
    RecommendationContext,
    UserProfile,
    parse_views,
)

NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)
_VIEWS = parse_views("front,45:15:1,back")


def sample_candidates(count: int = 12) -> tuple[Candidate, ...]:
    """Products p0, p1, ... best first, with one to three variants each."""
    categories = ("home/mug", "apparel/shirt", "electronics/lamp")
    return tuple(
        Candidate(
            sku=f"p{n}",
            category=categories[n % 3],
            title=f"Product {n}",
            variants=tuple(
                CandidateVariant(
                    id=f"p{n}-v{v}",
                    score=0.9 - 0.05 * n - 0.01 * v,
                    view=_VIEWS[v],
                    background=("white", "gradient", "transparent")[v],
                    quality={"sharpness": 0.5 + 0.1 * v},
                )
                for v in range(1 + n % 3)
            ),
        )
        for n in range(count)
    )


def sample_catalogue(skus: Iterable[str]) -> dict[str, Product]:
    """What `Context.products` answers: of every fourth product, as of one that was just withdrawn, nothing."""
    found = {}
    for candidate in sample_candidates():
        number = int(candidate.sku.removeprefix("p"))
        if candidate.sku in set(skus) and number % 4 != 3:
            price = number if number % 3 else None
            found[candidate.sku] = Product(
                sku=candidate.sku, title=candidate.title, category=candidate.category, price=price, stock=number
            )
    return found


def sample_user(dimension: int = 16) -> UserProfile:
    """Someone who bought p1 and hid p4."""
    vector = np.random.default_rng(1).normal(size=dimension).astype(np.float32)
    interests = (
        Interest(sku="p1", weight=3.0, last_type="purchase", last_at=NOW - timedelta(days=2)),
        Interest(sku="p4", weight=-1.5, last_type="hide", last_at=NOW - timedelta(days=1)),
    )
    seen = frozenset({"p1", "p4", "p6"})
    return UserProfile(
        user="ann", vector=vector / np.linalg.norm(vector), interests=interests, queries=("mug",), seen=seen
    )


def sample_context(request_id: str = "r1", *, deterministic: bool = False) -> RecommendationContext:
    """A request for ten products at a fixed time."""
    return RecommendationContext(at=NOW, k=10, request_id=request_id, deterministic=deterministic)


def sample_log() -> tuple[Event, ...]:
    """Forty events of four users, in order of time; some name products that are no candidates."""
    types = ("impression", "click", "view", "purchase", "hide")
    return tuple(
        Event(
            id=f"e{n}",
            user=f"user-{n % 4}",
            type=types[n % 5],
            sku=f"p{(n * n) % 14}",
            variant=f"p{(n * n) % 14}-v0",
            request_id=f"q{n // 5}",
            at=NOW - timedelta(hours=80 - n),
        )
        for n in range(40)
    )
