"""The serving side: retrieves, ranks and chooses from warm caches, records what happens, and learns from it."""

from __future__ import annotations

import gc
import logging
import threading
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from prodgen_sdk.config import RecommendConfig
from prodgen_sdk.context import Progress
from prodgen_sdk.errors import DeadlineExceeded, InputError, NotFound, ProdgenError
from prodgen_sdk.host import Host
from prodgen_sdk.pipeline.embed import Embedder
from prodgen_sdk.pipeline.explain import Explanation, explain
from prodgen_sdk.pipeline.recommend import Choices, answer, choose, described, first, impressions, retrieve
from prodgen_sdk.serving.catalogue import Catalogue
from prodgen_sdk.serving.fallback import Fallback
from prodgen_sdk.serving.health import Health, HealthCheck
from prodgen_sdk.serving.impressions import ImpressionLog
from prodgen_sdk.serving.learning import Learning
from prodgen_sdk.serving.personal import Personal
from prodgen_sdk.serving.profiles import Profiles
from prodgen_sdk.serving.recording import Recorded, Recorder
from prodgen_sdk.serving.refresh import Refresher
from prodgen_sdk.serving.request import FALLS_BACK, Budgets, Ready, Request
from prodgen_sdk.serving.similar import Similar, nearest
from prodgen_sdk.serving.tracing import Stopwatch, Traces
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
)
from prodgen_sdk.types.rules import Rules

if TYPE_CHECKING:
    from prodgen_sdk.store import Store

_PATIENCE = 0.25
_FOR_FALL_BACK = 0.4
_FOR_LOG = 0.1
_ANYTHING = Filter()
logger = logging.getLogger(__name__)


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
        self._personal = Personal(host, config, self._catalogue, self._profiles, self._refresher)
        self._fallback = Fallback(store, host, self._catalogue, self._profiles, self._refresher)
        self._log = ImpressionLog(store.events.append, config.log, room=config.log_queue)
        self._health = HealthCheck(store, host, self._catalogue, self._log)
        self._recorder = Recorder(store, host, self._catalogue)
        self._traces = Traces(config.traces)
        self._budgets = Budgets()
        # Threads of its own: those of the levels before may all be held by what was given up.
        self._last_resort = Budgets()

    @property
    def embedder(self) -> Embedder:
        """The joint space of words and pictures."""
        return self._catalogue.embedder

    @property
    def traces(self) -> Sequence[Trace]:
        """How the last requests were answered, oldest first; see `[recommend] traces`."""
        return self._traces.all()

    @cached_property
    def _ranker(self) -> Any:
        return self._host.get("ranker")

    @cached_property
    def _policy(self) -> Any:
        return self._host.get("policy")

    def sync(self, progress: Progress | None = None) -> int:
        """Brings the index up to date with the outbox; returns how many products changed since the last look."""
        return self._catalogue.sync(progress)

    def rebuild(self, progress: Progress | None = None) -> int:
        """Builds the index anew from the database; returns how many products it holds."""
        return self._catalogue.rebuild(progress)

    def recommend(
        self,
        user: str,
        k: int = 10,
        *,
        filter: Filter | None = None,
        at: datetime | None = None,
        request_id: str | None = None,
        deterministic: bool = False,
        log: bool = True,
        locale: Locale = "en",
        facts: Mapping[str, str | float] | None = None,
        rules: Rules | None = None,
        budget_ms: float | None = None,
        trace: Callable[[Trace], object] | None = None,
    ) -> list[Recommendation]:
        """See `Studio.recommend`."""
        budget = _budget(self._config.budget_ms if budget_ms is None else budget_ms)
        watch = Stopwatch(budget)
        _check_k(k)
        if not 1 <= len(user) <= 200:
            raise InputError("A user has a name of 1 to 200 characters.")
        context = build(
            RecommendationContext,
            at=at or datetime.now(UTC),
            k=k,
            locale=locale,
            request_id=request_id or uuid.uuid4().hex,
            deterministic=deterministic,
            facts=dict(facts or {}),
        )
        request = Request(
            user, context, filter or _ANYTHING, self._config.rules if rules is None else rules, watch, budget
        )
        request, ready = self._ready(request)
        chosen = self._chosen(request, ready)
        shown = answer(ready.ranked, chosen, ready.sources, context)
        watch.lap("choose")
        recommendations = [item.recommendation for item in shown]
        profile = request.profile or UserProfile(user=user)
        self._host.notify("after_recommendation", user=profile, recommendations=recommendations, context=context)
        watch.lap("hooks")
        if log and shown:
            self._record_shown(request, impressions(user, shown, context))
            watch.lap("log")
        watch.counts["shown"] = len(shown)
        watch.versions |= {
            "index": str(self._catalogue.applied),
            "ranker": self._refresher.fit,
            "policy": chosen.policy,
        }
        done = watch.trace(context.request_id, user, context.at, k, ready.sources[0] if ready.sources else "popular")
        self._traces.add(done)
        if trace is not None:
            trace(done)
        return recommendations

    def _ready(self, request: Request) -> tuple[Request, Ready]:
        """What the first level that can answer has, and the request to go on with."""
        try:
            ready = self._budgets.within(
                request, "the personal answer", lambda: self._personal.ready(request), keep=_FOR_FALL_BACK
            )
            return request, ready
        except FALLS_BACK as error:
            if request.must_fail is not None or not self._config.fallback:
                raise
            self._note(request, error, "the next level answers")
        # What was given up may be under way still: it keeps its own request.
        request = replace(request, given_up=threading.Event())
        popular = self._last_resort.within(
            request, "what is popular", lambda: self._fallback.ready(request), keep=_FOR_LOG, least=_PATIENCE
        )
        return request, popular

    def _chosen(self, request: Request, ready: Ready) -> Choices:
        candidates = [item.candidate for item in ready.ranked]
        user = request.profile or UserProfile(user=request.user)
        try:
            return self._budgets.within(
                request,
                "the choice of pictures",
                lambda: choose(self._policy, user, candidates, request.context, request.ctx),
                keep=_FOR_LOG,
            )
        except FALLS_BACK as error:
            if not self._config.fallback:
                raise
            self._note(request, error, "the first pictures are shown")
            return first(candidates)

    def _record_shown(self, request: Request, events: Sequence[Event]) -> None:
        """Logs impressions. A database that fails or is late costs no answer: they are logged as soon as that can be done."""
        left = request.watch.left
        try:
            if not self._log.put(events, None if left is None else max(0.0, left)):
                raise request.late("the log of impressions")
        except FALLS_BACK as error:
            if not self._config.fallback:
                raise
            self._note(request, error, "the impressions are logged later")
            if not isinstance(error, DeadlineExceeded):
                self._log.later(events)

    def _note(self, request: Request, error: ProdgenError, instead: str) -> None:
        logger.warning("request %s: %s: %s", request.context.request_id, instead, error)
        logger.debug("request %s failed here", request.context.request_id, exc_info=error)
        request.watch.notes.append(f"{getattr(error, 'component', '') or 'prodgen'}: {type(error).__name__}")

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
        step("policy", lambda: self._policy.version)
        charts = self._refresher.charts
        popular = dict.fromkeys((*charts.overall, *charts.weights))
        step("catalogue", lambda: self._catalogue.load(popular, deadline))
        step("request", lambda: self.recommend("warm-up", log=False, budget_ms=1e9))
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
        _check_k(k)
        self._catalogue.catch_up(_PATIENCE)
        return nearest(self._store, self._catalogue, sku=sku, image=image, text=text, k=k, filter=filter or Filter())

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
            # Requests that were under way have logged what they showed meanwhile, and the models have learnt from it.
            if any(self._store.events.count(user) for user in users):
                proofs = [first.then(again) for first, again in zip(proofs, self._erase(users), strict=True)]
            return proofs
        finally:
            self._catalogue.forget_queries()
            for user in users:
                self._profiles.forget(user)
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
        self._log.flush()
        with self._learning.erasing():
            return self._store.events.prune((at or datetime.now(UTC)) - older_than, types)

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
        context = build(RecommendationContext, at=at or datetime.now(UTC), k=1, locale=locale, facts=dict(facts or {}))
        return explain(
            self._profiles.events(user),
            context,
            profile_of=lambda events: self._profiles.profile(user, context.at, locale, events=events),
            candidate_of=lambda profile: self._candidate(sku, profile),
            ranker=self._ranker,
        )

    def _candidate(self, sku: str, profile: UserProfile) -> Candidate:
        self._store.products.get(sku)
        catalogue = self._catalogue
        dimension = catalogue.embedder.dimension
        found = retrieve(profile, Filter(skus=(sku,)), catalogue.index, (), n=1, dimension=dimension)
        if not found:
            raise NotFound(f"{sku} cannot be shown: it has no approved picture, or is not on sale.")
        return described(found, catalogue.products([sku]), {})[0]

    def profile(self, user: str, at: datetime, locale: Locale = "en") -> UserProfile:
        """What is known of a user at a time: the recency-weighted vector, interests, queries and what was seen."""
        return self._profiles.profile(user, at, locale)

    def close(self) -> None:
        """Logs the impressions that wait, and waits for what is under way beside the requests."""
        self._log.close()
        self._catalogue.close()
        self._refresher.close()
        self._budgets.close()
        self._last_resort.close()


def _budget(milliseconds: float | None) -> float | None:
    if milliseconds is None:
        return None
    if not milliseconds > 0:
        raise InputError(f"A budget of {milliseconds:g} ms is none.", hint="Give more than 0, or nothing.")
    return milliseconds / 1000


def _check_k(k: int) -> None:
    if not 1 <= k <= 1000:
        raise InputError(f"k is {k}; it must be 1 to 1000.")


def _freeze() -> None:
    # What lives now lives as long as the process: the collector need not look at it at every turn, for 100 ms and more.
    gc.collect()
    gc.freeze()
