"""What is known of a user and of products, from the event log: pure functions of events, vectors and the time.

An event counts with the weight of its type, halved every half-life: `w(type) * 2 ** (-age / half_life)`. Events may come
in any order and more than once: they are sorted by time, the first one of an id counts, and one from the future (a clock
that is ahead) has age 0. Equal sets of events give bit-equal results.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from prodgen_sdk.config import EVENT_WEIGHTS
from prodgen_sdk.types import Event, EventType, Interest, Locale, Product, UserProfile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = Mapping[str, NDArray[np.float32]]

HALF_LIFE_DAYS = 14.0
MAX_INTERESTS = 50
MAX_QUERIES = 10
_SECONDS_A_DAY = 86_400.0


def in_order(events: Iterable[Event]) -> list[Event]:
    """The events by time, each id once (its earliest; the order of arrival plays no part)."""
    first: dict[str, Event] = {}
    for event in sorted(events, key=lambda e: (e.at, e.id, e.type, e.sku or "", e.query or "")):
        first.setdefault(event.id, event)
    return list(first.values())


def decayed_weight(
    event: Event,
    now: datetime,
    half_life_days: float = HALF_LIFE_DAYS,
    weights: Mapping[EventType, float] = EVENT_WEIGHTS,
) -> float:
    """The weight of an event's type, halved for every half-life of its age.

    >>> from datetime import timedelta, timezone
    >>> now = datetime(2026, 1, 15, tzinfo=timezone.utc)
    >>> decayed_weight(Event(id="1", user="u", type="view", sku="mug", at=now - timedelta(days=14)), now, 14)
    0.5
    """
    age_days = max(0.0, (now - event.at).total_seconds() / _SECONDS_A_DAY)
    return float(weights.get(event.type, 0.0) * 2.0 ** (-age_days / half_life_days))


def user_vector(
    events: Iterable[Event],
    vectors: Vectors,
    now: datetime,
    half_life_days: float = HALF_LIFE_DAYS,
    weights: Mapping[EventType, float] = EVENT_WEIGHTS,
    query_vectors: Vectors | None = None,
) -> NDArray[np.float32] | None:
    """The decayed, weighted sum of the vectors of what a user did, scaled to length 1.

    Args:
        vectors: float32 [dimension] by variant id or by sku; an event is looked up by its variant first.
        query_vectors: float32 [dimension] by the words of a search.

    Returns:
        float32 [dimension], or None (a cold start) where nothing known counts for anything.
    """
    import numpy as np

    found = ((event, _vector_of(event, vectors, query_vectors or {})) for event in in_order(events))
    known = [(event, vector) for event, vector in found if vector is not None and weights.get(event.type, 0.0)]
    if not any(weights[event.type] > 0 for event, _ in known):
        return None
    # Only the ratios of weights matter; measured from the newest event, they do not vanish because all are old.
    newest = min(now, known[-1][0].at)
    shares = np.asarray([decayed_weight(event, newest, half_life_days, weights) for event, _ in known])
    total = np.einsum("i,ij->j", shares, np.stack([vector for _, vector in known]).astype(np.float64))
    length = float(np.linalg.norm(total))
    return (total / length).astype(np.float32) if length > 1e-9 else None


def _vector_of(event: Event, vectors: Vectors, query_vectors: Vectors) -> NDArray[np.float32] | None:
    if event.sku is None and event.variant is None:
        return query_vectors.get(event.query) if event.query else None
    found = vectors.get(event.variant) if event.variant else None
    return found if found is not None or event.sku is None else vectors.get(event.sku)


def interests(
    events: Iterable[Event],
    now: datetime,
    half_life_days: float = HALF_LIFE_DAYS,
    weights: Mapping[EventType, float] = EVENT_WEIGHTS,
    products: Mapping[str, Product] | None = None,
    locale: Locale = "en",
) -> tuple[Interest, ...]:
    """The products that a user did something with, by falling weight, then sku; hidden ones have a negative weight.

    Args:
        products: the catalogue by sku; gives the interests their titles (in `locale`) and categories.
    """
    totals: dict[str, float] = {}
    last: dict[str, Event] = {}
    bought: dict[str, datetime] = {}
    for event in in_order(events):
        if event.sku is not None and weights.get(event.type, 0.0):
            totals[event.sku] = totals.get(event.sku, 0.0) + decayed_weight(event, now, half_life_days, weights)
            last[event.sku] = event
            if event.type == "purchase":
                bought[event.sku] = event.at
    known = products or {}
    found = [
        Interest(
            sku=sku,
            weight=weight,
            last_type=last[sku].type,
            last_at=last[sku].at,
            bought_at=bought.get(sku),
            title=known[sku].text(locale).title if sku in known else "",
            category=known[sku].category if sku in known else "",
        )
        for sku, weight in totals.items()
    ]
    return tuple(sorted(found, key=lambda interest: (-interest.weight, interest.sku)))


def build_profile(
    user: str,
    events: Sequence[Event],
    vectors: Vectors,
    now: datetime,
    half_life_days: float = HALF_LIFE_DAYS,
    weights: Mapping[EventType, float] = EVENT_WEIGHTS,
    *,
    query_vectors: Vectors | None = None,
    products: Mapping[str, Product] | None = None,
    locale: Locale = "en",
    shown: frozenset[str] = frozenset(),
) -> UserProfile:
    """All that a ranker is told of a user; other users' events are ignored.

    The strongest `MAX_INTERESTS` interests and the newest `MAX_QUERIES` queries are kept, with their vectors; every hidden
    product is kept as well, so that it can be held back.

    >>> from datetime import timezone
    >>> now = datetime(2026, 1, 15, tzinfo=timezone.utc)
    >>> build_profile("u", [Event(id="1", user="u", type="view", sku="mug", at=now)], {}, now).seen
    frozenset({'mug'})
    """
    own = in_order(event for event in events if event.user == user)
    found = interests(own, now, half_life_days, weights, products, locale)
    kept = found[:MAX_INTERESTS] + tuple(interest for interest in found[MAX_INTERESTS:] if interest.weight < 0)
    asked = dict.fromkeys(event.query for event in reversed(own) if event.type == "search" and event.query)
    queries = tuple(asked)[:MAX_QUERIES]
    return UserProfile(
        user=user,
        vector=user_vector(own, vectors, now, half_life_days, weights, query_vectors),
        interests=kept,
        queries=queries,
        seen=shown | {event.sku for event in own if event.sku is not None},
        interest_vectors={interest.sku: vectors[interest.sku] for interest in kept if interest.sku in vectors},
        query_vectors={query: query_vectors[query] for query in queries if query in query_vectors}
        if query_vectors
        else {},
    )


def popularity(
    events: Iterable[Event],
    now: datetime,
    half_life_days: float = HALF_LIFE_DAYS,
    weights: Mapping[EventType, float] = EVENT_WEIGHTS,
) -> dict[str, float]:
    """The decayed weight of all users' events by sku, most popular first, then by sku; never below 0."""
    totals: dict[str, float] = {}
    for event in in_order(events):
        if event.sku is not None and weights.get(event.type, 0.0):
            totals[event.sku] = totals.get(event.sku, 0.0) + decayed_weight(event, now, half_life_days, weights)
    return {sku: max(0.0, total) for sku, total in sorted(totals.items(), key=lambda item: (-item[1], item[0]))}
