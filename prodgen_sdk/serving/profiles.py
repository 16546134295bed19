"""What is known of users, read from the log as it grows and remembered for their next request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from prodgen_sdk.cache import Cache
from prodgen_sdk.config import RecommendConfig
from prodgen_sdk.profile import History
from prodgen_sdk.serving.catalogue import Catalogue
from prodgen_sdk.types import Event, Locale, UserProfile

if TYPE_CHECKING:
    from prodgen_sdk.interfaces import Vectors
    from prodgen_sdk.store import Recent, Store

_USERS = 2_000


class _Known(NamedTuple):
    """The last events of a user, and what follows from them in a version of the catalogue and a locale."""

    recent: Recent
    history: History | None = None
    version: int = -1
    locale: str = ""


class Profiles:
    """The last events of each user are kept; a request reads what any process has added since, and sees what was erased."""

    def __init__(self, store: Store, catalogue: Catalogue, config: RecommendConfig) -> None:
        self._store = store
        self._catalogue = catalogue
        self._config = config
        self._known: Cache[str, _Known] = Cache(_USERS)

    def profile(
        self,
        user: str,
        at: datetime,
        locale: Locale = "en",
        *,
        vectors: bool = True,
        events: Sequence[Event] | None = None,
    ) -> UserProfile:
        """What is known of a user at a time: the recency-weighted vector, interests, queries and what was seen.

        Args:
            events: what they did, instead of what the log says: for asking what would be without some of it.
            vectors: False does without index and encoders: a profile by which nothing can be found, but hidden products
                held back.
        """
        known = self._follow(user)
        if events is not None or not vectors:
            given = known.recent.events if events is None else events
            return self._history(user, given, locale, vectors=vectors).at(at, known.recent.skus_shown)
        # Before the catalogue is read: what changes meanwhile makes it another version.
        version, history = self._catalogue.version, known.history
        if history is None or known.locale != locale or not self._catalogue.is_same(history.skus, known.version):
            history = self._history(user, known.recent.events, locale)
        if history is not known.history or known.version != version:
            self._known.put(user, _Known(known.recent, history, version, locale))
        return history.at(at, known.recent.skus_shown)

    def events(self, user: str) -> Sequence[Event]:
        """The last things that a user did, oldest first."""
        return self._follow(user).recent.events

    def forget(self, user: str) -> None:
        self._known.drop([user])

    def _follow(self, user: str) -> _Known:
        known = self._known.get(user)
        recent = self._store.recent(user, self._config.history, known.recent if known is not None else None)
        if known is None or recent is not known.recent:
            # Most news are of what the user was shown.
            same = known is not None and recent.done is known.recent.done
            known = known._replace(recent=recent) if known is not None and same else _Known(recent)
            self._known.put(user, known)
        return known

    def _history(self, user: str, events: Sequence[Event], locale: Locale, *, vectors: bool = True) -> History:
        skus = {event.sku for event in events if event.sku is not None}
        queries = {event.query for event in events if event.query}
        nothing: Mapping[str, Vectors] = {}
        return History(
            user,
            events,
            self._catalogue.vectors(skus) if vectors else nothing,
            self._config.half_life_days,
            self._config.weights,
            query_vectors=self._catalogue.query_vectors(queries) if vectors else nothing,
            products=self._catalogue.products(skus),
            locale=locale,
            session_minutes=self._config.session_minutes,
            session_share=self._config.session_share,
        )
