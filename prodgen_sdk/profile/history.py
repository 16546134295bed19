"""What is known of one user at a time, from all that they did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from prodgen_sdk.config import EVENT_WEIGHTS
from prodgen_sdk.profile.columns import MICROSECOND, Products, log_of
from prodgen_sdk.profile.counting import HALF_LIFE_DAYS, SECONDS_A_DAY, in_order
from prodgen_sdk.profile.vectors import Pulls, blend, direction, vectors_of
from prodgen_sdk.types import Event, EventType, Interest, Locale, Product, UserProfile, trusted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = Mapping[str, NDArray[np.float32]]

SESSION_MINUTES = 30.0
SESSION_SHARE = 0.5
MAX_INTERESTS = 50
MAX_QUERIES = 10
MAX_SESSION = 20
_HALF_A_SESSION = 3.0
_INTEREST, _PROFILE = set(Interest.model_fields), set(UserProfile.model_fields)


@dataclass(frozen=True, eq=False)
class _Known:
    """The interests that a profile names, without what they weigh; what they do; the vectors that are known."""

    rows: list[dict[str, Any]]
    weights: list[float]
    vectors: Vectors


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
        self._log = log = log_of(own, weights)
        self._things = vectors_of(log.things, vectors, asked_for)
        self._products = Products.of(log, products or {}, locale)
        self._vectors = {row["sku"]: vectors[row["sku"]] for row in self._products.rows if row["sku"] in vectors}
        self.skus = frozenset([event.sku for event in own if event.sku is not None])
        """The products that it is about."""
        asked = dict.fromkeys(event.query for event in reversed(own) if event.type == "search" and event.query)
        self._queries = tuple(asked)[:MAX_QUERIES]
        self._query_vectors = {query: asked_for[query] for query in self._queries if query in asked_for}
        self._pause = timedelta(minutes=session_minutes)
        number = self._session_events = _session(log.events, self._pause)
        start = len(log.events) - number
        touched = dict.fromkeys(event.sku for event in reversed(log.events[start:]) if event.sku is not None)
        self._session = tuple(touched)[:MAX_SESSION]
        pulls = Pulls.of(self._things)
        self._current = direction(log.codes[start:], log.plain[start:], pulls) if number else None
        self._share = session_share * number / (number + _HALF_A_SESSION)
        self._known = self._what_is_known(0)
        self._lasting = self._long_term(0, pulls)
        self._blended = blend(self._lasting, self._current, self._share)

    def at(self, now: datetime, shown: frozenset[str] = frozenset()) -> UserProfile:
        """What is known at a time.

        Args:
            shown: skus that the user was shown.
        """
        log = self._log
        since = (now - log.events[-1].at) // MICROSECOND if log.events else 0
        # After the last event all fade alike.
        known = self._known if since >= 0 else self._what_is_known(since)
        fade = 2.0 ** -(max(since, 0) / (1e6 * SECONDS_A_DAY * self._half_life_days))
        interests = [{**row, "weight": fade * weight} for row, weight in zip(known.rows, known.weights, strict=True)]
        lasting, blended = self._lasting, self._blended
        if since < 0:
            lasting = self._long_term(since, Pulls.of(self._things))
            blended = blend(lasting, self._current, self._share)
        goes_on = bool(log.events) and now - log.events[-1].at <= self._pause
        vector, share = blended if goes_on else (lasting, 0.0)
        values = {
            "user": self._user,
            "vector": vector,
            "interests": tuple(trusted(Interest, interests, _INTEREST)),
            "queries": self._queries,
            "seen": shown | self.skus,
            "interest_vectors": dict(known.vectors),
            "query_vectors": dict(self._query_vectors),
            "session": self._session if goes_on else (),
            "session_events": self._session_events if goes_on else 0,
            "session_vector": self._current if goes_on else None,
            "session_share": share,
            "past": known,
        }
        return trusted(UserProfile, [values], _PROFILE)[0]

    def _what_is_known(self, since: int) -> _Known:
        rows, weights = self._products.strongest(self._log.by_thing(since, self._half_life_days), MAX_INTERESTS)
        vectors = {row["sku"]: self._vectors[row["sku"]] for row in rows if row["sku"] in self._vectors}
        return _Known(rows, weights, vectors)

    def _long_term(self, since: int, pulls: Pulls) -> NDArray[np.float32] | None:
        """The decayed, weighted sum of the vectors of what a user did, of length 1; None where nothing known counts.

        Only the ratios of shares matter: measured from the last event, they do not vanish because all are old, and are the same at
        any time after it. Earlier, events that lie in the future count alike.

        Args:
            since: microseconds from the last event to now, 0 or less.
        """
        if not self._log.events:
            return None
        return direction(self._log.codes, self._log.decayed(since, self._half_life_days), pulls)


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
