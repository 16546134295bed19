"""What is known of users, read from the log as it grows and remembered for their next request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from prodgen_sdk.cache import Cache
from prodgen_sdk.config import RecommendConfig
from prodgen_sdk.profile import build_profile
from prodgen_sdk.serving.catalogue import Catalogue
from prodgen_sdk.types import Event, Locale, UserProfile

if TYPE_CHECKING:
    from prodgen_sdk.interfaces import Vectors
    from prodgen_sdk.store import Recent, Store

_USERS = 2_000


class Profiles:
    """The last events of each user are kept; a request reads what any process has added since, and sees what was erased."""

    def __init__(self, store: Store, catalogue: Catalogue, config: RecommendConfig) -> None:
        self._store = store
        self._catalogue = catalogue
        self._config = config
        self._recent: Cache[str, Recent] = Cache(_USERS)

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
        recent = self._follow(user)
        events = recent.events if events is None else events
        skus = {event.sku for event in events if event.sku is not None}
        queries = {event.query for event in events if event.query}
        nothing: Mapping[str, Vectors] = {}
        return build_profile(
            user,
            events,
            self._catalogue.vectors(skus) if vectors else nothing,
            at,
            self._config.half_life_days,
            self._config.weights,
            query_vectors=self._catalogue.query_vectors(queries) if vectors else nothing,
            products=self._catalogue.products(skus),
            locale=locale,
            shown=recent.skus_shown,
            session_minutes=self._config.session_minutes,
            session_share=self._config.session_share,
        )

    def events(self, user: str) -> Sequence[Event]:
        """The last things that a user did, oldest first."""
        return self._follow(user).events

    def forget(self, user: str) -> None:
        self._recent.drop([user])

    def _follow(self, user: str) -> Recent:
        known = self._recent.get(user)
        recent = self._store.recent(user, self._config.history, known)
        if recent is not known:
            self._recent.put(user, recent)
        return recent
