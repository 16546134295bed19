"""Events in order, and what each of them counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from operator import attrgetter

from prodgen_sdk.config import EVENT_WEIGHTS
from prodgen_sdk.types import Event, EventType

HALF_LIFE_DAYS = 14.0
SECONDS_A_DAY = 86_400.0
BY_TIME = attrgetter("at", "id")


def in_order(events: Iterable[Event]) -> list[Event]:
    """The events by time, each id once (its earliest; the order of arrival plays no part)."""
    ordered = sorted(events, key=BY_TIME)
    first: dict[str, Event] = {}
    for event in ordered:
        known = first.setdefault(event.id, event)
        if known is not event and known.at == event.at and _content(event) < _content(known):
            first[event.id] = event
    return ordered if len(first) == len(ordered) else list(first.values())


def _content(event: Event) -> tuple[str, ...]:
    return (event.type, event.sku or "", event.query or "", event.variant or "")


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
    age_days = max(0.0, (now - event.at).total_seconds() / SECONDS_A_DAY)
    return float(weights.get(event.type, 0.0) * 2.0 ** (-age_days / half_life_days))


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
