"""The serving side: retrieves, ranks and chooses from warm caches, records what happens, and learns from it."""

from __future__ import annotations

import gc
import math
import operator
import os
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, SupportsIndex

from prodgen_sdk.config import RecommendConfig
from prodgen_sdk.context import Progress
from prodgen_sdk.errors import InputError, NotFound
from prodgen_sdk.events import is_text, out_of_time
from prodgen_sdk.host import Host
from prodgen_sdk.pipeline.embed import Embedder
from prodgen_sdk.pipeline.explain import Explanation, explain
from prodgen_sdk.pipeline.recommend import described, retrieve
from prodgen_sdk.serving.answering import Answering
from prodgen_sdk.serving.catalogue import Catalogue
from prodgen_sdk.serving.health import Health, HealthCheck
from prodgen_sdk.serving.impressions import ImpressionLog
from prodgen_sdk.serving.learning import Learning
from prodgen_sdk.serving.profiles import Profiles
from prodgen_sdk.serving.recording import Recorded, Recorder
from prodgen_sdk.serving.refresh import Refresher
from prodgen_sdk.serving.request import Question, Request
from prodgen_sdk.serving.similar import Similar, nearest
from prodgen_sdk.serving.tracing import Stopwatch, Traces
from prodgen_sdk.serving.turns import Turns
from prodgen_sdk.types import (
    Candidate,
    Erased,
    Event,
    EventType,
    Filter,
    Image,
    Locale,
    Recommendation,
    RecommendationContext,
    Trace,
    UserProfile,
    build,
    given,
)
from prodgen_sdk.types.rules import Rules

if TYPE_CHECKING:
    from prodgen_sdk.store import Store

_PATIENCE = 0.25
_FOR_TURN = 0.5
"""The share of the budget after which a request no longer waits for its turn."""


class Recommender:
    """Recommends from a store through the host's index, ranker and policy. Safe to call from several threads."""

    def __init__(self, store: Store, host: Host, config: RecommendConfig) -> None:
        self._store = store
        self._host = host
        self._config = config
        self._catalogue = Catalogue(store, host, config.text_share)
        host.products = self._catalogue.products
        self._refresher = Refresher(store, host)
        self._learning = Learning(store, host, config, self._refresher)
        self._profiles = Profiles(store, self._catalogue, config)
        self._log = ImpressionLog(store.events.append, config.log, room=config.log_queue)
        self._health = HealthCheck(store, host, self._catalogue, self._log)
        self._recorder = Recorder(store, host, self._catalogue)
        self._traces = Traces(config.traces)
        # On PostgreSQL a request waits for the network again and again, where others had better go on.
        self._turns = Turns(config.turn_ms / 1000 if store.database.sqlite else 0.0)
        self._answering = Answering(store, host, config, self._catalogue, self._profiles, self._refresher, self._log)

    @property
    def embedder(self) -> Embedder:
        """The joint space of words and images."""
        return self._catalogue.embedder

    @property
    def traces(self) -> Sequence[Trace]:
        """How the last requests were answered, oldest first; see `[recommend] traces`."""
        return self._traces.all()

    def sync(self, progress: Progress | None = None) -> int:
        """Brings the index up to date with the outbox; returns how many products changed since the last look."""
        return self._catalogue.sync(progress)

    def rebuild(self, progress: Progress | None = None) -> int:
        """Builds the index anew from the database; returns how many products it holds."""
        return self._catalogue.rebuild(progress)

    def recommend(self, asked: Question) -> list[Recommendation]:
        """See `Studio.recommend`."""
        budget = _budget(self._config.budget_ms if asked.budget_ms is None else asked.budget_ms)
        watch = Stopwatch(budget)
        user, now = asked.user, datetime.now(UTC)
        if not isinstance(user, str) or not 1 <= len(user) <= 200 or not is_text(user):
            raise InputError("A user has a name of 1 to 200 characters, without NUL and halves of surrogate pairs.")
        context = build(
            RecommendationContext,
            at=asked.at or now,
            k=_checked_k(asked.k),
            locale=asked.locale,
            request_id=asked.request_id or os.urandom(16).hex(),
            deterministic=asked.deterministic,
            facts=asked.facts or {},
        )
        if asked.log and asked.at is not None and (reason := out_of_time(context.at, now)):
            # Its impressions are events, and what was learnt is weighed by its age at the newest of them.
            raise InputError(f"{reason}.")
        if asked.trace is not None and not callable(asked.trace):
            raise InputError(f"trace is {asked.trace!r}.", hint="Give a function that takes the trace, such as print.")
        if asked.request_id and not is_text(asked.request_id):
            raise InputError("request_id holds a character that no text may hold.")
        eligible = given(Filter, asked.filter, "filter") if asked.filter else Filter()
        rules = self._config.rules if asked.rules is None else given(Rules, asked.rules, "rules")
        request = Request(user, context, eligible, rules, watch, budget)
        with self._turns.turn(math.inf if budget is None else budget * _FOR_TURN):
            watch.lap("wait")
            recommendations, trace = self._answering.answer(request, log=asked.log)
        self._traces.add(trace)
        if asked.trace is not None:
            asked.trace(trace)
        return recommendations

    def warm_up(self, seconds: float = 10.0) -> dict[str, float]:
        """See `Studio.warm_up`."""
        took: dict[str, float] = {}

        def step(name: str, work: Callable[[], object]) -> None:
            started = time.perf_counter()
            work()
            took[f"{name}_s"] = time.perf_counter() - started

        deadline = time.monotonic() + seconds
        step("index", self._catalogue.sync)
        step("encoders", lambda: self._catalogue.query_vectors([""]))
        step("ranker", self._refresher.refresh)
        step("policy", lambda: self._host.get("policy").version)
        charts = self._refresher.charts
        popular = dict.fromkeys((*charts.overall, *charts.weights))
        step("catalogue", lambda: self._answering.prepare(self._catalogue.load(popular, deadline)))
        step("request", lambda: self.recommend(Question("warm-up", log=False, budget_ms=1e9)))
        step("garbage", _freeze)
        return took

    def health(self, timeout: float = 1.0) -> Health:
        """See `Studio.health`."""
        return self._health.look(timeout)

    def similar(
        self,
        *,
        sku: str | None = None,
        image: Image | None = None,
        text: str | None = None,
        k: int = 10,
        filter: Filter | None = None,
    ) -> list[Similar]:
        """See `Studio.similar`."""
        k = _checked_k(k)
        eligible = given(Filter, filter, "filter") if filter else Filter()
        with self._turns.turn():
            self._catalogue.catch_up(_PATIENCE)
            return nearest(self._store, self._catalogue, sku=sku, image=image, text=text, k=k, filter=eligible)

    def record(self, events: Iterable[Event | Mapping[str, Any]], *, format: str = "prodgen") -> Recorded:
        """See `Studio.record`."""
        return self._recorder.record(events, format)

    def learn(self, *, at: datetime | None = None) -> dict[str, int]:
        """See `Studio.learn`."""
        self._log.flush()
        return {"impressions": self._learning.learn(at or datetime.now(UTC))}

    def forget(self, users: Sequence[str]) -> list[Erased]:
        """See `Studio.forget_many`. What a run that was interrupted left undone is finished by the next one."""
        if not users:
            return []
        self._log.flush()
        unknown = [user for user in users if not self._store.knows(user)]
        if len(unknown) == len(users) and not (self._store.owes_purge() or self._learning.is_unfinished):
            who = f"the user {unknown[0]!r}" if len(unknown) == 1 else f"any of these {len(unknown)} users"
            raise NotFound(f"Nothing is known of {who}.")
        try:
            proofs = self._erase(users)
            self._log.flush()
            # Requests that were under way have logged what they showed meanwhile, and the models have learnt from it.
            if any(self._store.events.count(user) for user in users):
                proofs = [first.then(again) for first, again in zip(proofs, self._erase(users), strict=True)]
            return proofs
        finally:
            self._catalogue.forget_queries()
            for user in users:
                self._profiles.forget(user)
                self._answering.forget(user)
                self._traces.forget(user)

    def _erase(self, users: Sequence[str]) -> list[Erased]:
        self._log.flush()
        with self._learning.erasing():
            return self._store.forget_many(users)

    def prune_events(
        self, older_than: timedelta, *, types: Collection[EventType] | None = None, at: datetime | None = None
    ) -> int:
        """See `Studio.prune_events`. What a run that was interrupted left undone is finished by the next one."""
        window = timedelta(minutes=self._config.attribution_minutes)
        if older_than < window:
            raise InputError(
                f"Events are kept for {window} at least: answers to impressions may still come.",
                hint="That time is attribution_minutes in [recommend].",
            )
        try:
            before = (at or datetime.now(UTC)) - older_than
        except OverflowError:
            raise InputError(f"No event is {older_than} old.", hint="Give a shorter time.") from None
        self._log.flush()
        with self._learning.erasing():
            return self._store.events.prune(before, types)

    def explain(
        self,
        user: str,
        sku: str,
        *,
        at: datetime | None = None,
        locale: Locale = "en",
        facts: Mapping[str, str | float] | None = None,
    ) -> Explanation:
        """See `Studio.explain`."""
        self._catalogue.catch_up(_PATIENCE)
        context = build(RecommendationContext, at=at or datetime.now(UTC), k=1, locale=locale, facts=facts or {})
        return explain(
            self._profiles.events(user),
            context,
            profile_of=lambda events: self._profiles.profile(user, context.at, context.locale, events=events),
            candidate_of=lambda profile: self._candidate(sku, profile),
            ranker=self._host.get("ranker"),
        )

    def _candidate(self, sku: str, profile: UserProfile) -> Candidate:
        self._store.products.get(sku)
        catalogue = self._catalogue
        dimension = catalogue.embedder.dimension
        found = retrieve(profile, Filter(), catalogue.index, (sku,), n=1, dimension=dimension)
        if not found:
            raise NotFound(f"{sku} cannot be shown: it has no approved image, or is not on sale.")
        return described(found, catalogue.products([sku]), {})[0]

    def profile(self, user: str, at: datetime, locale: Locale = "en") -> UserProfile:
        """What is known of a user at a time: the recency-weighted vector, interests, queries and what was seen."""
        return self._profiles.profile(user, at, locale)

    def close(self) -> None:
        """Logs the impressions that wait, and waits for what is under way beside the requests."""
        self._log.close()
        self._catalogue.close()
        self._refresher.close()
        self._answering.close()


_LONGEST = 1e6
"""Seconds of a budget: what a lock can wait for ends somewhere."""


def _budget(milliseconds: float | None) -> float | None:
    if milliseconds is None:
        return None
    if not isinstance(milliseconds, int | float) or not milliseconds > 0:
        raise InputError(f"A budget of {milliseconds!r} ms is none.", hint="Give more than 0, or nothing.")
    return min(milliseconds / 1000, _LONGEST)


def _checked_k(k: SupportsIndex) -> int:
    try:
        number = operator.index(k)
    except TypeError:
        number = 0
    if not 1 <= number <= 1000:
        raise InputError(f"k is {k!r}; it must be a whole number from 1 to 1000.")
    return number


def _freeze() -> None:
    # What lives now lives as long as the process: the collector need not look at it at every turn, for 100 ms and more.
    gc.collect()
    gc.freeze()
