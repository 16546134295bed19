"""From a request to what is shown: the levels of an answer, each within its part of the budget, and the impressions logged."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from prodgen_sdk.bound import BoundPolicy
from prodgen_sdk.config import RecommendConfig
from prodgen_sdk.errors import DeadlineExceeded, PluginError, ProdgenError
from prodgen_sdk.host import Host
from prodgen_sdk.pipeline.recommend import Choices, answer, choose, first, impressions
from prodgen_sdk.serving.catalogue import Catalogue
from prodgen_sdk.serving.fallback import Fallback
from prodgen_sdk.serving.impressions import ImpressionLog
from prodgen_sdk.serving.personal import Personal
from prodgen_sdk.serving.profiles import Profiles
from prodgen_sdk.serving.refresh import Refresher
from prodgen_sdk.serving.repeated import Repeated
from prodgen_sdk.serving.request import FALLS_BACK, Budgets, Ready, Request
from prodgen_sdk.types import Candidate, Event, Recommendation, Trace, UserProfile

if TYPE_CHECKING:
    from prodgen_sdk.store import Store

_PATIENCE = 0.25
_FOR_FALL_BACK = 0.4
_FOR_LOG = 0.1
"""Shares of the budget that are kept for what comes after."""
logger = logging.getLogger(__name__)


class Answering:
    """Answers requests. Safe to call from several threads."""

    def __init__(
        self,
        store: Store,
        host: Host,
        config: RecommendConfig,
        catalogue: Catalogue,
        profiles: Profiles,
        refresher: Refresher,
        log: ImpressionLog,
    ) -> None:
        self._host = host
        self._fall_back = config.fallback
        self._catalogue = catalogue
        self._refresher = refresher
        self._log = log
        self._personal = Personal(host, config, catalogue, profiles, refresher)
        self._popular = Fallback(store, host, catalogue, profiles, refresher)
        self._budgets = Budgets()
        # Threads of its own: those of the levels before may all be held by what was given up.
        self._last_resort = Budgets()
        self._warnings = Repeated(logger)

    @cached_property
    def _policy(self) -> BoundPolicy:
        found: BoundPolicy = self._host.get("policy")
        return found

    def prepare(self, products: Iterable[Sequence[Candidate]]) -> None:
        """Has the policy ready for products, part by part."""
        for part in products:
            # Whether it can choose as well is seen when it is asked to.
            with suppress(PluginError):
                self._policy.prepare(part)

    def answer(self, request: Request, *, log: bool) -> tuple[list[Recommendation], Trace]:
        """What is shown, logged as impressions if `log`, and how it came about.

        Raises:
            PluginError, StoreError, DeadlineExceeded, Busy: no level could answer, or `[recommend] fallback` is off.
        """
        request, ready = self._ready(request)
        context, watch = request.context, request.watch
        chosen = self._chosen(request, ready)
        shown = answer(ready.ranked, chosen, ready.sources, context)
        watch.lap("choose")
        recommendations = [item.recommendation for item in shown]
        profile = request.profile or UserProfile(user=request.user)
        self._host.notify("after_recommendation", user=profile, recommendations=recommendations, context=context)
        watch.lap("hooks")
        if log and shown:
            self._record(request, impressions(request.user, shown, context))
            watch.lap("log")
        watch.counts["shown"] = len(shown)
        watch.versions |= {
            "index": str(self._catalogue.applied),
            "ranker": self._refresher.fit,
            "policy": chosen.policy,
        }
        source = ready.sources[0] if ready.sources else "popular"
        return recommendations, watch.trace(context.request_id, request.user, context.at, context.k, source)

    def forget(self, user: str) -> None:
        """Drops what is kept of a user."""
        self._personal.forget(user)

    def close(self) -> None:
        """Waits for nothing: what was given up may hang."""
        self._budgets.close()
        self._last_resort.close()

    def _ready(self, request: Request) -> tuple[Request, Ready]:
        """What the first level that can answer has, and the request to go on with."""
        try:
            ready = self._budgets.within(
                request, "the personal answer", lambda: self._personal.ready(request), keep=_FOR_FALL_BACK
            )
            # The first products of a catalogue are in the database before they are in the index.
            if not (ready.outdated and self._fall_back):
                return request, ready
            request.watch.notes.append("core/index: behind")
        except FALLS_BACK as error:
            if request.must_fail is not None or not self._fall_back:
                raise
            self._note(request, error, "the next level answers")
        # What was given up may be under way still: it keeps its own request.
        request = replace(request, given_up=threading.Event())
        popular = self._last_resort.within(
            request, "what is popular", lambda: self._popular.ready(request), keep=_FOR_LOG, least=_PATIENCE
        )
        return request, popular

    def _chosen(self, request: Request, ready: Ready) -> Choices:
        candidates = [item.candidate for item in ready.ranked]
        user = request.profile or UserProfile(user=request.user)
        try:
            return self._budgets.within(
                request,
                "the choice of images",
                lambda: choose(self._policy, user, candidates, request.context, request.ctx),
                keep=_FOR_LOG,
            )
        except FALLS_BACK as error:
            if not self._fall_back:
                raise
            self._note(request, error, "the first images are shown")
            return first(candidates)

    def _record(self, request: Request, events: Sequence[Event]) -> None:
        """Logs impressions. A database that fails or is late costs no answer: they are logged as soon as that can be done."""
        left = request.watch.left
        try:
            if not self._log.put(events, None if left is None else max(0.0, left)):
                raise request.late("the log of impressions")
        except FALLS_BACK as error:
            if not self._fall_back:
                raise
            self._note(request, error, "the impressions are logged later")
            if not isinstance(error, DeadlineExceeded):
                self._log.later(events)

    def _note(self, request: Request, error: ProdgenError, instead: str) -> None:
        component = getattr(error, "component", "") or "prodgen"
        kind = (instead, component, type(error))
        self._warnings.warning(kind, "request %r: %s: %s", request.context.request_id, instead, error)
        logger.debug("request %r failed here", request.context.request_id, exc_info=error)
        request.watch.notes.append(f"{component}: {type(error).__name__}")
