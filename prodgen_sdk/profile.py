"""What is known of a user and of products, from the event log: pure functions of events, vectors and the time.

An event counts with the weight of its type, halved every half-life: `w(type) * 2 ** (-age / half_life)`. Events may come
in any order and more than once: they are sorted by time, the first one of an id counts, and one from the future (a clock
that is ahead) has age 0. Equal sets of events give bit-equal results.

A session is what was done without a pause; while it goes on, it draws the user's vector towards itself, the more the longer it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from prodgen_sdk.config import EVENT_WEIGHTS
from prodgen_sdk.types import Event, EventType, Interest, Locale, Product, UserProfile, trusted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = Mapping[str, NDArray[np.float32]]
    Floats = NDArray[np.float64]

HALF_LIFE_DAYS = 14.0
SESSION_MINUTES = 30.0
SESSION_SHARE = 0.5
MAX_INTERESTS = 50
MAX_QUERIES = 10
MAX_SESSION = 20
_SECONDS_A_DAY = 86_400.0
_HALF_A_SESSION = 3.0
_BY_TIME = attrgetter("at", "id")
_INTEREST = set(Interest.model_fields)
_PROFILE = set(UserProfile.model_fields)


def in_order(events: Iterable[Event]) -> list[Event]:
    """The events by time, each id once (its earliest; the order of arrival plays no part)."""
    ordered = sorted(events, key=_BY_TIME)
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
    age_days = max(0.0, (now - event.at).total_seconds() / _SECONDS_A_DAY)
    return float(weights.get(event.type, 0.0) * 2.0 ** (-age_days / half_life_days))


class _Log(NamedTuple):
    """Events that count for something, by time; many events are about few things, so shares are added up by thing.

    Args:
        things: by code, the last event about it: a product, a variant or a search.
        codes: int [n], the thing of each event.
        plain: float64 [n], the weight of each event's type.
        halvings: float64 [n], the age of each in half-lives, 0 and more.
    """

    events: list[Event]
    things: list[Event]
    codes: NDArray[np.int64]
    plain: Floats
    halvings: Floats

    def decayed(self) -> Floats:
        import numpy as np

        return self.plain * np.exp2(-self.halvings)


def _log(ordered: Sequence[Event], now: datetime, half_life_days: float, weights: Mapping[EventType, float]) -> _Log:
    import numpy as np

    known = [event for event in ordered if weights.get(event.type)]
    places: dict[Any, int] = {}
    codes = [
        places.setdefault((e.sku, e.variant) if e.sku is not None or e.variant is not None else e.query, len(places))
        for e in known
    ]
    last = dict(zip(codes, known, strict=True))
    ages = np.asarray([(now - event.at).total_seconds() for event in known], np.float64)
    plain = np.asarray([weights[event.type] for event in known], np.float64)
    halvings = np.maximum(ages, 0.0) / (_SECONDS_A_DAY * half_life_days)
    return _Log(known, [last[code] for code in range(len(places))], np.asarray(codes, np.int64), plain, halvings)


def _lasting(log: _Log, found: Sequence[NDArray[np.float32] | None]) -> NDArray[np.float32] | None:
    """The decayed, weighted sum of the vectors of what a user did, scaled to length 1; None where nothing known counts."""
    import numpy as np

    if not log.events:
        return None
    # Only the ratios of shares matter; measured from the newest event, they do not vanish because all are old.
    return _direction(log.codes, log.plain * np.exp2(log.halvings.min() - log.halvings), found)


def _direction(
    codes: NDArray[np.int64], shares: Floats, found: Sequence[NDArray[np.float32] | None]
) -> NDArray[np.float32] | None:
    """The sum of the things' vectors, weighted with their shares, of length 1.

    None where nothing known pulls, or the sum is nothing.
    """
    import numpy as np

    known = np.asarray([vector is not None for vector in found], np.bool_)
    if not (known[codes] & (shares > 0)).any():
        return None
    pull = np.bincount(codes, shares, len(found))[known]
    total = np.einsum("i,ij->j", pull, np.array([v for v in found if v is not None], np.float64))
    return _unit(total)


def _vectors_of(things: Sequence[Event], vectors: Vectors, query_vectors: Vectors) -> list[NDArray[np.float32] | None]:
    return [_vector_of(thing, vectors, query_vectors) for thing in things]


def _vector_of(event: Event, vectors: Vectors, query_vectors: Vectors) -> NDArray[np.float32] | None:
    if event.sku is None and event.variant is None:
        return query_vectors.get(event.query) if event.query else None
    found = vectors.get(event.variant) if event.variant else None
    return found if found is not None or event.sku is None else vectors.get(event.sku)


def _unit(vector: Floats) -> NDArray[np.float32] | None:
    import numpy as np

    length = float(np.sqrt(vector @ vector))
    return (vector / length).astype(np.float32) if length > 1e-9 else None


def _interests(log: _Log, products: Mapping[str, Product], locale: Locale) -> tuple[Interest, ...]:
    import numpy as np

    totals: dict[str, float] = {}
    last: dict[str, Event] = {}
    for weight, event in zip(np.bincount(log.codes, log.decayed(), len(log.things)).tolist(), log.things, strict=True):
        sku = event.sku
        if sku is not None:
            totals[sku] = totals.get(sku, 0.0) + weight
            if sku not in last or _BY_TIME(last[sku]) < _BY_TIME(event):
                last[sku] = event
    bought = {event.sku: event.at for event in log.events if event.type == "purchase"}
    found: list[dict[str, Any]] = []
    for sku, weight in sorted(totals.items(), key=lambda item: (-item[1], item[0])):
        product, event = products.get(sku), last[sku]
        values = {"sku": sku, "weight": weight, "last_type": event.type, "last_at": event.at}
        values["bought_at"] = bought.get(sku)
        values["title"] = _title(product, locale) if product else ""
        values["category"] = product.category if product else ""
        found.append(values)
    return tuple(trusted(Interest, found, _INTEREST))


def _title(product: Product, locale: Locale) -> str:
    translated = product.translations.get(locale)
    return translated.title if translated else product.title


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
    session_minutes: float = SESSION_MINUTES,
    session_share: float = SESSION_SHARE,
) -> UserProfile:
    """All that a ranker is told of a user; other users' events are ignored.

    The strongest `MAX_INTERESTS` interests and the newest `MAX_QUERIES` queries are kept, with their vectors; every hidden and
    every bought product is kept as well, so that it can be held back.

    With n events in the session that goes on at `now`, the vector is `(1 - b) * long-term + b * session`, scaled to length 1, with
    `b = session_share * n / (n + 3)`. In a session nothing fades.

    Args:
        session_minutes: a pause that ends a session.
        session_share: 0 to 1, the largest b.

    >>> from datetime import timezone
    >>> now = datetime(2026, 1, 15, tzinfo=timezone.utc)
    >>> build_profile("u", [Event(id="1", user="u", type="view", sku="mug", at=now)], {}, now).seen
    frozenset({'mug'})
    """
    own = in_order([event for event in events if event.user == user])
    asked_for = query_vectors or {}
    log = _log(own, now, half_life_days, weights)
    found = _interests(log, products or {}, locale)
    kept = found
    if len(found) > MAX_INTERESTS:
        kept = found[:MAX_INTERESTS] + tuple(
            i for i in found[MAX_INTERESTS:] if i.weight < 0 or i.last_type == "hide" or i.bought_at is not None
        )
    asked = dict.fromkeys(event.query for event in reversed(own) if event.type == "search" and event.query)
    queries = tuple(asked)[:MAX_QUERIES]
    session = _session(log.events, now, timedelta(minutes=session_minutes))
    start = len(log.events) - session
    touched = dict.fromkeys(event.sku for event in reversed(log.events[start:]) if event.sku is not None)
    known = _vectors_of(log.things, vectors, asked_for)
    current = _direction(log.codes[start:], log.plain[start:], known) if session else None
    vector, share = _blend(_lasting(log, known), current, session_share * session / (session + _HALF_A_SESSION))
    values = {
        "user": user,
        "vector": vector,
        "interests": kept,
        "queries": queries,
        "seen": shown.union([event.sku for event in own if event.sku is not None]),
        "interest_vectors": {i.sku: vectors[i.sku] for i in kept if i.sku in vectors},
        "query_vectors": {query: asked_for[query] for query in queries if query in asked_for},
        "session": tuple(touched)[:MAX_SESSION],
        "session_events": session,
        "session_vector": current,
        "session_share": share,
    }
    return trusted(UserProfile, [values], _PROFILE)[0]


def _session(events: Sequence[Event], now: datetime, pause: timedelta) -> int:
    """How many of the last events belong to the session that goes on at `now`."""
    after, number = now, 0
    for event in reversed(events):
        if after - event.at > pause:
            break
        after, number = event.at, number + 1
    return number


def _blend(
    lasting: NDArray[np.float32] | None, current: NDArray[np.float32] | None, share: float
) -> tuple[NDArray[np.float32] | None, float]:
    """The user's vector, and what the session's vector is multiplied by in it."""
    import numpy as np

    if current is None or not share:
        return lasting, 0.0
    if lasting is None:
        return current, 1.0
    total = (1 - share) * lasting.astype(np.float64) + share * current
    length = float(np.sqrt(total @ total))
    return ((total / length).astype(np.float32), share / length) if length > 1e-9 else (lasting, 0.0)


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
