"""The serving side: retrieves, ranks and chooses from warm caches, records what happens, and learns from it."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from pydantic import Field

from prodgen_sdk.cache import Cache
from prodgen_sdk.config import RecommendConfig
from prodgen_sdk.context import Context, Progress
from prodgen_sdk.errors import InputError, NotFound
from prodgen_sdk.events import convert, unfit
from prodgen_sdk.host import Host
from prodgen_sdk.pipeline import indexing, learn
from prodgen_sdk.pipeline.embed import Embedder, mean_vectors
from prodgen_sdk.pipeline.recommend import (
    ProductFacts,
    VariantFacts,
    impressions,
    recommend,
    retrieve,
)
from prodgen_sdk.pipeline.rules import wanted
from prodgen_sdk.profile import build_profile
from prodgen_sdk.types import (
    Candidate,
    Erased,
    Event,
    Filter,
    Image,
    Locale,
    Model,
    Product,
    Recommendation,
    RecommendationContext,
    UserProfile,
    build,
)
from prodgen_sdk.types.rules import Rules

if TYPE_CHECKING:
    from prodgen_sdk.interfaces import Vectors
    from prodgen_sdk.store import Store

_POPULAR = 200
_PRODUCTS = 20_000
_VARIANTS = 200_000
_QUERIES = 10_000
_VIEWS = 64
_SECONDS_BETWEEN_LOOKS = 5.0


class Similar(Model):
    """A product near a query, its nearest variant, and the cosine similarity of the two."""

    sku: str
    variant: str
    score: float
    title: str = ""


class Recorded(Model):
    """What became of some events.

    Args:
        rejected: the place in the input, from 0, and the reason.
        skipped: kinds of events that nothing is recorded of, and how many there were of each.
    """

    new: int
    known: int
    rejected: tuple[tuple[int, str], ...] = ()
    skipped: dict[str, int] = Field(default_factory=dict)


class Recommender:
    """Recommends from a store through the host's index, ranker and policy. Safe to call from several threads."""

    def __init__(self, store: Store, host: Host, config: RecommendConfig) -> None:
        self._store = store
        self._host = host
        self._config = config
        self._lock = threading.RLock()
        self._products: Cache[str, Product] = Cache(_PRODUCTS)
        self._variants: Cache[str, VariantFacts] = Cache(_VARIANTS)
        self._vectors: Cache[str, Vectors] = Cache(_PRODUCTS)
        self._queries: Cache[str, Vectors] = Cache(_QUERIES)
        self._popular: tuple[str, ...] = ()
        self._applied = -1
        self._learnt: bytes | None = None
        self._next_look = 0.0

    @cached_property
    def embedder(self) -> Embedder:
        """The joint space of words and pictures."""
        return Embedder(self._host.get("text_encoder"), self._host.get("image_encoder"), self._config.text_share)

    @cached_property
    def _index(self) -> Any:
        return self._host.get("index")

    @cached_property
    def _ranker(self) -> Any:
        return self._host.get("ranker")

    @cached_property
    def _policy(self) -> Any:
        return self._host.get("policy")

    def sync(self, progress: Progress | None = None) -> int:
        """Brings the index up to date with the outbox; returns how many products changed since the last look."""
        with self._lock:
            context = Context(progress=progress) if progress is not None else None
            changed = indexing.bring_up_to_date(self._store, self._index, self.embedder, context)
            last = self._store.outbox.last_sequence()
            if self._applied >= 0:
                # The index may have been brought up to date by another process: its changes are news here all the same.
                changed = changed | self._store.outbox.skus_since(self._applied)
            self._forget_products(changed)
            self._applied = last
            return len(changed)

    def rebuild(self, progress: Progress | None = None) -> int:
        """Builds the index anew from the database; returns how many products it holds."""
        with self._lock:
            context = Context(progress=progress) if progress is not None else None
            changed = indexing.rebuild(self._store, self._index, self.embedder, context)
            self._applied = self._store.outbox.last_sequence()
            for cache in (self._products, self._variants, self._vectors):
                cache.clear()
            return len(changed)

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
    ) -> list[Recommendation]:
        """See `Studio.recommend`."""
        _check_k(k)
        if not 1 <= len(user) <= 200:
            raise InputError("A user has a name of 1 to 200 characters.")
        self._catch_up()
        context = build(
            RecommendationContext,
            at=at or datetime.now(UTC),
            k=k,
            locale=locale,
            request_id=request_id or uuid.uuid4().hex,
            deterministic=deterministic,
            facts=dict(facts or {}),
        )
        profile = self.profile(user, context.at, locale)
        number = max(self._config.candidates, 2 * k)
        eligible = _without_hidden(filter or Filter(), profile)
        rules = self._config.rules if rules is None else rules
        extra = wanted(rules.now(user, context.at), eligible)
        found = retrieve(
            profile,
            eligible,
            self._index,
            self._popular,
            n=number,
            dimension=self.embedder.dimension,
            wanted=extra,
        )
        if extra:
            known = self._load_products(candidate.sku for candidate in found)
            found = [c for c in found if c.sku in known and eligible.allows(c.sku, indexing.facets_of(known[c.sku]))]
        shown = recommend(
            profile,
            found,
            context,
            ranker=self._ranker,
            policy=self._policy,
            host=self._host,
            may_show=self._store.variants.serve_check,
            facts_of=self._facts,
            rules=rules,
            products_of=self._load_products,
        )
        if log:
            self._store.events.record(impressions(user, shown, context), durable=False)
        return [item.recommendation for item in shown]

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
        import numpy as np

        if (sku is None) + (image is None) + (text is None) == 3:
            raise InputError("Similar to what?", hint="Give a sku, an image or some text.")
        _check_k(k)
        self._catch_up()
        parts: list[Vectors] = []
        if sku is not None:
            self._store.products.get(sku)
            own = self._product_vectors([sku])
            if sku not in own:
                raise NotFound(f"{sku} has no approved picture yet.", hint=f"Run: prodgen generate {sku}")
            parts.append(own[sku])
        if image is not None or text is not None:
            if image is None:
                parts.append(self.embedder.queries([text or ""])[0])
            else:
                words = self.embedder.texts([text])[0] if text is not None else None
                parts.append(self.embedder.join(words, self.embedder.pictures([image])[0]))
        query = np.stack(parts).mean(axis=0)
        eligible = filter or Filter()
        if sku is not None:
            eligible = eligible.model_copy(update={"exclude_skus": (*eligible.exclude_skus, sku)})
        found = self._index.search(query[None], k, eligible)[0]
        shown = self._store.variants.serve_check([variant.id for candidate in found for variant in candidate.variants])
        products, _ = self._facts(found)
        answers = []
        for candidate in found:
            nearest = next((variant for variant in candidate.variants if variant.id in shown), None)
            if nearest is not None and candidate.sku in products:
                title = products[candidate.sku].title
                answers.append(Similar(sku=candidate.sku, variant=nearest.id, score=nearest.score, title=title))
        return answers

    def record(self, events: Iterable[Event | Mapping[str, Any]], *, format: str = "prodgen") -> Recorded:
        """See `Studio.record`."""
        good: list[Event] = []
        rejected: list[tuple[int, str]] = []
        skipped: Counter[str] = Counter()
        now = datetime.now(UTC)
        for row in convert(events, format):
            if row.event is None:
                skipped.update([row.skipped] if row.skipped else [])
                rejected += [] if row.skipped else [(row.line, row.reason)]
            elif reason := unfit(row.event, now) or self._unknown(row.event):
                rejected.append((row.line, reason))
            else:
                good.append(row.event)
        new = self._store.events.record(good)
        for event in new:
            self._host.notify("on_event", event=event)
        return Recorded(new=len(new), known=len(good) - len(new), rejected=tuple(rejected), skipped=dict(skipped))

    def learn(self, *, at: datetime | None = None) -> dict[str, int]:
        """See `Studio.learn`."""
        with self._lock:
            learn.teach_ranker(self._store, self._ranker)
            told = learn.teach_policy(self._store, self._policy, self._config, now=at or datetime.now(UTC))
            self._look_again()
            return {"impressions": told}

    def forget(self, user: str) -> Erased:
        """See `Studio.forget`. What a run that was interrupted left undone is finished by the next one."""
        with self._lock:
            unfinished = learn.is_retelling(self._store, self._policy) or self._store.owes_purge()
            if not self._store.knows(user) and not unfinished:
                raise NotFound(f"Nothing is known of the user {user!r}.")
            learn.begin_retelling(self._store, self._policy)
            try:
                return self._store.forget(user)
            finally:
                learn.teach_ranker(self._store, self._ranker)
                learn.teach_policy(self._store, self._policy, self._config, now=datetime.now(UTC))
                self._queries.clear()
                self._look_again()

    def profile(self, user: str, at: datetime, locale: Locale = "en") -> UserProfile:
        """What is known of a user at a time: the recency-weighted vector, interests, queries and what was seen."""
        events = self._store.events.history(user, self._config.history, impressions=False)
        skus = {event.sku for event in events if event.sku is not None}
        queries = {event.query for event in events if event.query}
        return build_profile(
            user,
            events,
            self._product_vectors(skus),
            at,
            self._config.half_life_days,
            self._config.weights,
            query_vectors=self._query_vectors(queries),
            products=self._load_products(skus),
            locale=locale,
            shown=self._store.events.shown(user),
            session_minutes=self._config.session_minutes,
            session_share=self._config.session_share,
        )

    def _catch_up(self) -> None:
        if self._store.outbox.last_sequence() != self._applied:
            self.sync()
        if time.monotonic() >= self._next_look:
            with self._lock:
                if time.monotonic() >= self._next_look:
                    self._look_again()

    def _look_again(self) -> None:
        """Fits the ranker if it never was here, or if another process has learnt since; counts what is popular."""
        learnt = learn.last_fit(self._store, self._ranker)
        if learnt is None or (learnt != self._learnt and (self._learnt is not None or not self._ranker.durable)):
            learn.teach_ranker(self._store, self._ranker)
            learnt = learn.last_fit(self._store, self._ranker)
        self._learnt = learnt
        self._popular = tuple(sku for sku, _ in self._store.events.popular(_POPULAR))
        self._next_look = time.monotonic() + _SECONDS_BETWEEN_LOOKS

    def _forget_products(self, skus: set[str]) -> None:
        self._products.drop(skus)
        self._vectors.drop(skus)

    def _unknown(self, event: Event) -> str | None:
        if event.sku is None or self._load_products([event.sku]):
            return None
        return f"sku: there is no product {event.sku!r}"

    def _load_products(self, skus: Iterable[str]) -> dict[str, Product]:
        return self._products.get_many(skus, lambda keys: {p.sku: p for p in self._store.products.iterate(skus=keys)})

    def _facts(self, candidates: Sequence[Candidate]) -> tuple[dict[str, ProductFacts], dict[str, VariantFacts]]:
        products = self._load_products(candidate.sku for candidate in candidates)
        variants = self._variants.get_many(
            (variant.id for candidate in candidates for variant in candidate.variants), self._load_variants
        )
        return {sku: ProductFacts(title=p.title, category=p.category) for sku, p in products.items()}, variants

    def _load_variants(self, ids: list[str]) -> dict[str, VariantFacts]:
        return {
            variant.id: VariantFacts(
                view=variant.view,
                background=variant.scene.background,
                light=variant.scene.light,
                style=variant.scene.style,
                quality=variant.quality,
            )
            for variant in self._store.variants.iterate(ids=ids)
        }

    def _product_vectors(self, skus: Iterable[str]) -> dict[str, Vectors]:
        return self._vectors.get_many(skus, self._load_vectors)

    def _load_vectors(self, skus: list[str]) -> dict[str, Vectors]:
        variants = {
            sku: [v.id for v in islice(self._store.variants.iterate(sku=sku, review="approved"), _VIEWS)]
            for sku in skus
        }
        stored = self._index.vectors([id for ids in variants.values() for id in ids])
        return mean_vectors(variants, stored)

    def _query_vectors(self, queries: Iterable[str]) -> dict[str, Vectors]:
        return self._queries.get_many(queries, self._load_queries)

    def _load_queries(self, queries: list[str]) -> dict[str, Vectors]:
        return dict(zip(queries, self.embedder.queries(queries), strict=True))


def _check_k(k: int) -> None:
    if not 1 <= k <= 1000:
        raise InputError(f"k is {k}; it must be 1 to 1000.")


def _without_hidden(filter: Filter, user: UserProfile) -> Filter:
    """What a user hid last is not shown to them again."""
    hidden = tuple(interest.sku for interest in user.interests if interest.last_type == "hide")
    return filter.model_copy(update={"exclude_skus": (*filter.exclude_skus, *hidden)}) if hidden else filter
