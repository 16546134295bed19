"""The serving side: retrieves, ranks and chooses from warm caches, records what happens, and learns from it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from prodgen_sdk.context import Progress
from prodgen_sdk.errors import InputError, NotFound
from prodgen_sdk.events import parse_event
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
from prodgen_sdk.profile import build_profile
from prodgen_sdk.types import (
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
)

if TYPE_CHECKING:
    from prodgen_sdk.interfaces import Vectors
    from prodgen_sdk.store import Store

_POPULAR = 200


class Similar(Model):
    """A product near a query, its nearest variant, and the cosine similarity of the two."""

    sku: str
    variant: str
    score: float
    title: str = ""


class Recorded(Model):
    """What became of some events; `rejected` holds the place in the input, from 0, and the reason."""

    new: int
    known: int
    rejected: tuple[tuple[int, str], ...] = ()


class Recommender:
    """Recommends from a store through the host's index, ranker and policy. Safe to call from several threads."""

    def __init__(self, store: Store, host: Host) -> None:
        self._store = store
        self._host = host
        self._config = host.config.recommend
        self._lock = threading.RLock()
        self._products: dict[str, Product] = {}
        self._product_facts: dict[str, ProductFacts] = {}
        self._variant_facts: dict[str, VariantFacts] = {}
        self._vectors: dict[str, Vectors] = {}
        self._queries: dict[str, Vectors] = {}
        self._popular: tuple[str, ...] | None = None
        self._fitted = -1

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
        """Brings the index up to date with the outbox; returns how many products changed."""
        with self._lock:
            context = self._host.context(progress=progress) if progress is not None else None
            changed = indexing.bring_up_to_date(self._store, self._index, self.embedder, context)
            for cache in (self._products, self._product_facts, self._vectors):
                for sku in changed:
                    cache.pop(sku, None)
            return len(changed)

    def rebuild(self, progress: Progress | None = None) -> int:
        """Builds the index anew from the database; returns how many products it holds."""
        with self._lock:
            context = self._host.context(progress=progress) if progress is not None else None
            changed = indexing.rebuild(self._store, self._index, self.embedder, context)
            for cache in (self._products, self._product_facts, self._vectors):
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
    ) -> list[Recommendation]:
        """See `Studio.recommend`."""
        if not 1 <= k <= 1000:
            raise InputError(f"k is {k}; it must be 1 to 1000.")
        self._catch_up()
        at = at or datetime.now(UTC)
        context = RecommendationContext(
            at=at,
            k=k,
            locale=locale,
            request_id=request_id or uuid.uuid4().hex,
            deterministic=deterministic,
            facts=dict(facts or {}),
        )
        profile = self.profile(user, at, locale)
        number = max(self._config.candidates, 2 * k)
        found = retrieve(
            profile,
            _without_hidden(filter or Filter(), profile),
            self._index,
            self._popular_skus(),
            n=number,
            dimension=self.embedder.dimension,
        )
        recommendations = recommend(
            profile,
            found,
            context,
            ranker=self._ranker,
            policy=self._policy,
            host=self._host,
            may_show=self._store.variants.serve_check,
            facts_of=self._facts,
        )
        if log:
            self._store.events.record(impressions(user, recommendations, context), durable=False)
        return recommendations

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
        self._catch_up()
        parts: list[Vectors] = []
        if sku is not None:
            self._store.products.get(sku)
            own = self._product_vectors([sku])
            if sku not in own:
                raise NotFound(f"{sku} has no approved picture yet.", hint=f"Run: prodgen generate {sku}")
            parts.append(own[sku])
        if image is not None or text is not None:
            words = self.embedder.texts([text])[0] if text is not None else None
            picture = self.embedder.pictures([image])[0] if image is not None else None
            parts.append(self.embedder.join(words, picture))
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

    def record(self, events: Iterable[Event | Mapping[str, Any]]) -> Recorded:
        """See `Studio.record`."""
        good: list[Event] = []
        rejected: list[tuple[int, str]] = []
        for place, item in enumerate(events):
            event = item if isinstance(item, Event) else parse_event(item)
            reason = event if isinstance(event, str) else self._unknown(event)
            if isinstance(event, Event) and reason is None:
                good.append(event)
            else:
                rejected.append((place, reason or ""))
        new = self._store.events.record(good)
        for event in new:
            self._host.notify("on_event", event=event)
        return Recorded(new=len(new), known=len(good) - len(new), rejected=tuple(rejected))

    def learn(self, *, at: datetime | None = None) -> dict[str, int]:
        """See `Studio.learn`."""
        with self._lock:
            self._fit()
            return {
                "impressions": learn.teach_policy(self._store, self._policy, self._config, now=at or datetime.now(UTC))
            }

    def forget(self, user: str) -> Erased:
        """See `Studio.forget`."""
        with self._lock:
            known = self._store.events.count(user) + self._store.tryons.count(user)
            erased = self._store.forget(user)
            if not known and not any(erased.erased.values()):
                raise NotFound(f"Nothing is known of the user {user!r}.")
            self._fit()
            learn.reteach_policy(self._store, self._policy, self._config, now=datetime.now(UTC))
            self._queries.clear()
            return erased

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
            products={sku: self._products[sku] for sku in skus if sku in self._products},
            locale=locale,
            shown=self._store.events.shown(user),
        )

    def _catch_up(self) -> None:
        if self._fitted < 0:
            with self._lock:
                if self._fitted < 0:
                    self.sync()
                    self._fit()
        elif self._store.outbox.last_sequence() != self._index.sequence:
            self.sync()

    def _fit(self) -> None:
        self._fitted = learn.teach_ranker(self._store, self._ranker)
        self._popular = None

    def _popular_skus(self) -> tuple[str, ...]:
        if self._popular is None:
            self._popular = tuple(sku for sku, _ in self._store.events.popular(_POPULAR))
        return self._popular

    def _unknown(self, event: Event) -> str | None:
        if event.sku is None or event.sku in self._product_facts:
            return None
        if self._load_products([event.sku]):
            return None
        return f"sku: there is no product {event.sku!r}"

    def _load_products(self, skus: Iterable[str]) -> set[str]:
        found = set()
        for product in self._store.products.iterate(skus=list(skus)):
            self._products[product.sku] = product
            self._product_facts[product.sku] = ProductFacts(title=product.title, category=product.category)
            found.add(product.sku)
        return found

    def _facts(self, candidates: Sequence[Any]) -> tuple[dict[str, ProductFacts], dict[str, VariantFacts]]:
        missing = [candidate.sku for candidate in candidates if candidate.sku not in self._product_facts]
        if missing:
            self._load_products(missing)
        ids = [variant.id for candidate in candidates for variant in candidate.variants]
        unknown = [id for id in ids if id not in self._variant_facts]
        for variant in self._store.variants.iterate(ids=unknown) if unknown else ():
            self._variant_facts[variant.id] = VariantFacts(
                view=variant.view, background=variant.scene.background, quality=variant.quality
            )
        return self._product_facts, self._variant_facts

    def _product_vectors(self, skus: Iterable[str]) -> dict[str, Vectors]:
        skus = list(skus)
        missing = [sku for sku in skus if sku not in self._vectors]
        if missing:
            self._load_products([sku for sku in missing if sku not in self._products])
            variants = {
                sku: [v.id for v in islice(self._store.variants.iterate(sku=sku, review="approved"), 64)]
                for sku in missing
            }
            stored = self._index.vectors([id for ids in variants.values() for id in ids])
            self._vectors.update(mean_vectors(variants, stored))
        return {sku: self._vectors[sku] for sku in skus if sku in self._vectors}

    def _query_vectors(self, queries: Iterable[str]) -> dict[str, Vectors]:
        queries = list(queries)
        missing = [query for query in queries if query not in self._queries]
        if missing:
            if len(self._queries) > 10_000:
                self._queries.clear()
            for query, vector in zip(missing, self.embedder.texts(missing), strict=True):
                self._queries[query] = self.embedder.join(vector, None)
        return {query: self._queries[query] for query in queries}


def _without_hidden(filter: Filter, user: UserProfile) -> Filter:
    """What a user hid last is not shown to them again."""
    hidden = tuple(interest.sku for interest in user.interests if interest.last_type == "hide")
    return filter.model_copy(update={"exclude_skus": (*filter.exclude_skus, *hidden)}) if hidden else filter
