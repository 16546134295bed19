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
_MICROSECOND = timedelta(microseconds=1)
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
        behind: int64 [n], microseconds from each event to the last one.
    """

    events: list[Event]
    things: list[Event]
    codes: NDArray[np.int64]
    plain: Floats
    behind: NDArray[np.int64]

    def decayed(self, since: int, half_life_days: float) -> Floats:
        """float64 [n], the weight of each event `since` microseconds after the last one."""
        import numpy as np

        ages = np.maximum((self.behind + since) / 1e6, 0.0)
        decayed: Floats = self.plain * np.exp2(-(ages / (_SECONDS_A_DAY * half_life_days)))
        return decayed


def _log(ordered: Sequence[Event], weights: Mapping[EventType, float]) -> _Log:
    import numpy as np

    known = [event for event in ordered if weights.get(event.type)]
    places: dict[Any, int] = {}
    codes = [
        places.setdefault((e.sku, e.variant) if e.sku is not None or e.variant is not None else e.query, len(places))
        for e in known
    ]
    last = dict(zip(codes, known, strict=True))
    plain = np.array([weights[event.type] for event in known], np.float64)
    behind = np.array([(known[-1].at - event.at) // _MICROSECOND for event in known], np.int64)
    return _Log(known, [last[code] for code in range(len(places))], np.array(codes, np.int64), plain, behind)


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


class _Products(NamedTuple):
    """The products that a user did something with.

    Args:
        rows: the interest in each, all but its weight.
        rank: int64 [rows], the place of each by its sku.
        things: int64 [m], the things of a `_Log` that are about one of them.
        codes: int64 [m], which one.
    """

    rows: list[dict[str, Any]]
    rank: NDArray[np.int64]
    things: NDArray[np.int64]
    codes: NDArray[np.int64]

    @staticmethod
    def of(log: _Log, known: Mapping[str, Product], locale: Locale) -> _Products:
        import numpy as np

        about = [(place, thing.sku) for place, thing in enumerate(log.things) if thing.sku is not None]
        last: dict[str, Event] = {}
        for place, sku in about:
            event = log.things[place]
            if sku not in last or _BY_TIME(last[sku]) < _BY_TIME(event):
                last[sku] = event
        bought = {event.sku: event.at for event in log.events if event.type == "purchase"}
        rows = []
        for sku, event in last.items():
            values = {"sku": sku, "weight": 0.0, "last_type": event.type, "last_at": event.at}
            product = known.get(sku)
            values["bought_at"] = bought.get(sku)
            values["title"] = _title(product, locale) if product else ""
            values["category"] = product.category if product else ""
            rows.append(values)
        codes = {sku: code for code, sku in enumerate(last)}
        rank = {sku: place for place, sku in enumerate(sorted(last))}
        return _Products(
            rows,
            np.array([rank[sku] for sku in last], np.int64),
            np.array([place for place, _ in about], np.int64),
            np.array([codes[sku] for _, sku in about], np.int64),
        )

    def interests(self, weights: Floats) -> tuple[Interest, ...]:
        """Strongest first, then by sku.

        Args:
            weights: float64, of each thing of the log.
        """
        import numpy as np

        totals = np.bincount(self.codes, weights[self.things], len(self.rows))
        order = np.lexsort((self.rank, -totals))
        found = [
            {**self.rows[row], "weight": weight}
            for row, weight in zip(order.tolist(), totals[order].tolist(), strict=True)
        ]
        return tuple(trusted(Interest, found, _INTEREST))


def _title(product: Product, locale: Locale) -> str:
    translated = product.translations.get(locale)
    return translated.title if translated else product.title


class History:
    """What a user did, made ready to be asked what is known of them at any time; the arguments are those of `build_profile`."""

    def __init__(
        self,
        user: str,
        events: Sequence[Event],
        vectors: Vectors,
        half_life_days: float = HALF_LIFE_DAYS,
        weights: Mapping[EventType, float] = EVENT_WEIGHTS,
        *,
        query_vectors: Vectors | None = None,
        products: Mapping[str, Product] | None = None,
        locale: Locale = "en",
        session_minutes: float = SESSION_MINUTES,
        session_share: float = SESSION_SHARE,
    ) -> None:
        own = in_order([event for event in events if event.user == user])
        asked_for = query_vectors or {}
        self._user, self._half_life_days = user, half_life_days
        self._log = log = _log(own, weights)
        self._things = _vectors_of(log.things, vectors, asked_for)
        self._products = _Products.of(log, products or {}, locale)
        self._vectors = {row["sku"]: vectors[row["sku"]] for row in self._products.rows if row["sku"] in vectors}
        self._seen = frozenset([event.sku for event in own if event.sku is not None])
        asked = dict.fromkeys(event.query for event in reversed(own) if event.type == "search" and event.query)
        self._queries = tuple(asked)[:MAX_QUERIES]
        self._query_vectors = {query: asked_for[query] for query in self._queries if query in asked_for}
        self._pause = timedelta(minutes=session_minutes)
        number = self._session_events = _session(log.events, self._pause)
        start = len(log.events) - number
        touched = dict.fromkeys(event.sku for event in reversed(log.events[start:]) if event.sku is not None)
        self._session = tuple(touched)[:MAX_SESSION]
        self._current = _direction(log.codes[start:], log.plain[start:], self._things) if number else None
        self._share = session_share * number / (number + _HALF_A_SESSION)
        self._lasting = self._long_term(0)
        self._blended = _blend(self._lasting, self._current, self._share)

    def at(self, now: datetime, shown: frozenset[str] = frozenset()) -> UserProfile:
        """What is known at a time.

        Args:
            shown: skus that the user was shown.
        """
        import numpy as np

        log, kept = self._log, tuple[Interest, ...]()
        since = (now - log.events[-1].at) // _MICROSECOND if log.events else 0
        if log.events:
            by_thing = np.bincount(log.codes, log.decayed(since, self._half_life_days), len(log.things))
            kept = self._products.interests(np.asarray(by_thing, np.float64))
        if len(kept) > MAX_INTERESTS:
            kept = kept[:MAX_INTERESTS] + tuple(
                i for i in kept[MAX_INTERESTS:] if i.weight < 0 or i.last_type == "hide" or i.bought_at is not None
            )
        lasting, blended = self._lasting, self._blended
        if since < 0:
            lasting = self._long_term(since)
            blended = _blend(lasting, self._current, self._share)
        goes_on = bool(log.events) and now - log.events[-1].at <= self._pause
        vector, share = blended if goes_on else (lasting, 0.0)
        values = {
            "user": self._user,
            "vector": vector,
            "interests": kept,
            "queries": self._queries,
            "seen": shown | self._seen,
            "interest_vectors": {sku: self._vectors[sku] for i in kept if (sku := i.sku) in self._vectors},
            "query_vectors": dict(self._query_vectors),
            "session": self._session if goes_on else (),
            "session_events": self._session_events if goes_on else 0,
            "session_vector": self._current if goes_on else None,
            "session_share": share,
        }
        return trusted(UserProfile, [values], _PROFILE)[0]

    def _long_term(self, since: int) -> NDArray[np.float32] | None:
        """The decayed, weighted sum of the vectors of what a user did, of length 1; None where nothing known counts.

        Only the ratios of shares matter: measured from the last event, they do not vanish because all are old, and are the same at
        any time after it. Earlier, events that lie in the future count alike.

        Args:
            since: microseconds from the last event to now, 0 or less.
        """
        if not self._log.events:
            return None
        return _direction(self._log.codes, self._log.decayed(since, self._half_life_days), self._things)


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
    history = History(
        user, events, vectors, half_life_days, weights, query_vectors=query_vectors, products=products, locale=locale,
        session_minutes=session_minutes, session_share=session_share,
    )  # fmt: skip
    return history.at(now, shown)


def _session(events: Sequence[Event], pause: timedelta) -> int:
    """How many of the last events follow each other without a pause."""
    after, number = events[-1].at if events else None, 0
    for event in reversed(events):
        if after is not None and after - event.at > pause:
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
