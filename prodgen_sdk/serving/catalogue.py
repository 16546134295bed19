"""The catalogue as it is served: the index kept up with the database, and what is known of products and images."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache, partial
from itertools import chain
from sys import intern
from typing import TYPE_CHECKING, Any

from prodgen_sdk.cache import Cache
from prodgen_sdk.context import Context, Progress
from prodgen_sdk.host import Host
from prodgen_sdk.pipeline import indexing
from prodgen_sdk.pipeline.embed import Embedder, mean_vectors
from prodgen_sdk.pipeline.recommend import described
from prodgen_sdk.serving.background import Background
from prodgen_sdk.store.database import batched
from prodgen_sdk.types import Candidate, Filter, FoundCandidate, Product, Scene, VariantFacts, View, trusted

if TYPE_CHECKING:
    from prodgen_sdk.bound import BoundIndex
    from prodgen_sdk.interfaces import Vectors
    from prodgen_sdk.store import Store

_PRODUCTS = 20_000
_VARIANTS = 200_000
_QUERIES = 10_000
_VIEWS = 64
_ALL = 2**31
_LOAD = 500
_SYNCS, _BUSY, _PAUSE = 5, 2.0, 0.1
"""So many syncs within so many seconds, or one that took too long for a request to wait: changes come all the time, until none came
for as many seconds, and are taken in at this interval."""
_MOST_CHANGES = 1000
_FACTS = set(VariantFacts.model_fields)


class _Everything:
    def __contains__(self, sku: object) -> bool:
        return True


_EVERYTHING = _Everything()


class Catalogue:
    """Follows the outbox of a store, and drops from its caches what changed. Threads may share it."""

    def __init__(self, store: Store, host: Host, text_share: float) -> None:
        self._store = store
        self._host = host
        self._text_share = text_share
        self._lock = threading.RLock()
        self._products: Cache[str, Product] = Cache(_PRODUCTS)
        self._facts: Cache[str, VariantFacts] = Cache(_VARIANTS)
        self._vectors: Cache[str, Vectors] = Cache(_PRODUCTS)
        self._queries: Cache[str, Vectors] = Cache(_QUERIES)
        self._syncing = Background(self.sync, "sync")
        self._synced = deque([-_BUSY], _SYNCS)
        self._busy_until = 0.0
        self.applied = -1
        """The sequence of the outbox up to which index and caches are known to be right; -1 before the first sync."""
        self.version = 0
        """A higher one whenever products or their vectors may be other ones than before."""
        self._changed_at: dict[str, int] = {}
        self._all_changed_at = 0

    @cached_property
    def embedder(self) -> Embedder:
        """The joint space of words and images."""
        return Embedder(self._host.get("text_encoder"), self._host.get("image_encoder"), self._text_share)

    @cached_property
    def index(self) -> BoundIndex:
        found: BoundIndex = self._host.get("index")
        return found

    def sync(self, progress: Progress | None = None) -> int:
        """Brings the index up to date with the outbox; returns how many products changed since the last look."""
        with self._lock:
            context = Context(progress=progress) if progress is not None else None
            changed = indexing.bring_up_to_date(self._store, self.index, self.embedder, context)
            last = self._store.outbox.last_sequence()
            if self.applied >= 0:
                # The index may have been brought up to date by another process: its changes are news here all the same.
                changed = changed | self._store.outbox.skus_since(self.applied)
            self._forget(changed)
            self._note(changed)
            self.applied = last
            self._synced.append(time.monotonic())
            return len(changed)

    def rebuild(self, progress: Progress | None = None) -> int:
        """Builds the index anew from the database; returns how many products it holds."""
        with self._lock:
            context = Context(progress=progress) if progress is not None else None
            changed = indexing.rebuild(self._store, self.index, self.embedder, context)
            self.applied = self._store.outbox.last_sequence()
            for cache in (self._products, self._facts, self._vectors):
                cache.clear()
            self._note(None)
            return len(changed)

    def _forget(self, changed: Collection[str]) -> None:
        self._products.drop(changed)
        self._vectors.drop(changed)
        if len(changed) > _MOST_CHANGES:
            self._facts.clear()
        elif changed:
            variants = self._store.variants.approved_of(changed, _ALL)
            self._facts.drop(id for ids in variants.values() for id in ids)

    def _note(self, changed: Collection[str] | None) -> None:
        """Notes which products are other ones from now on, or that all may be."""
        version = self.version + 1
        if changed is None or len(self._changed_at) + len(changed) > _PRODUCTS:
            self._all_changed_at, self._changed_at = version, {}
        elif changed:
            self._changed_at.update(dict.fromkeys(changed, version))
        else:
            return
        self.version = version

    def is_same(self, skus: Iterable[str], version: int) -> bool:
        """Whether none of these products has changed after that version."""
        if version == self.version:
            return True
        changed_at = self._changed_at.get
        return version >= self._all_changed_at and all(changed_at(sku, 0) <= version for sku in skus)

    def catch_up(self, patience: float, first: float | None = None) -> bool:
        """Whether the index holds all changes up to now; has them applied beside the request if it does not.

        Where changes come all the time nobody waits: answers are up to date within `_PAUSE`, and what may not be shown any
        more is found in the database before they are given (`servable`).

        Args:
            patience: seconds to wait for that.
            first: the same before anything was applied at all; None waits until it is.

        Raises:
            PluginError, StoreError: the first sync of all failed.
        """
        last = self._store.outbox.last_sequence()
        if last == self.applied:
            return True
        never, now = self.applied < 0, time.monotonic()
        often = len(self._synced) == _SYNCS and self._synced[0] > now - _BUSY
        busy = not never and (often or now < self._busy_until)
        if busy:
            self._busy_until = now + _BUSY
            if now < self._synced[-1] + _PAUSE:
                return False
        run = self._syncing.start()
        if not busy and not run.wait(first if never else patience):
            self._busy_until = time.monotonic() + _BUSY
        if never and run.error is not None:
            raise run.error
        return self.applied >= last

    @property
    def mark(self) -> int:
        """The sequence of the outbox up to which whatever the index finds from now on is right.

        An index that another process builds anew has a lower sequence meanwhile.
        """
        return min(self.applied, self.index.sequence)

    def changed_since(self, mark: int) -> Container[str]:
        """The products of which the index may say something else, since it had that `mark`, than the database at this moment.

        Every change of what may be shown puts an entry in the outbox in the same transaction.
        """
        last = self._store.outbox.last_sequence()
        if last == mark:
            return ()
        if mark < 0 or last - mark > _MOST_CHANGES:
            return _EVERYTHING
        return self._store.outbox.skus_since(mark)

    def servable(self, candidates: Sequence[Candidate], eligible: Filter) -> set[str]:
        """Which of the candidates' variants may be shown at this moment and pass the filter, as the database has it."""
        shown = self._store.variants.servable(id for candidate in candidates for id, _ in candidate.scored)
        return {id for id, (sku, facets) in shown.items() if eligible.allows(sku, facets)}

    def load(self, skus: Iterable[str], deadline: float) -> Iterator[list[Candidate]]:
        """Reads products, their vectors and their images' facts ahead: these first, then all others until the time is over.

        Yields:
            those read last, as candidates that nothing was searched for.
        """
        done, everything = 0, chain(skus, (product.sku for product in self._store.products.iterate()))
        for part in batched(_once(everything), _LOAD):
            if time.monotonic() > deadline or done >= _PRODUCTS:
                return
            products = self.products(part)
            self.vectors(part)
            variants = self._store.variants.approved_of(part, _VIEWS)
            facts = self.facts(id for ids in variants.values() for id in ids)
            shown = [(sku, "", 0.0, None, partial(_unscored, ids)) for sku, ids in variants.items() if ids]
            yield described(FoundCandidate.many(shown), products, facts)
            done += len(part)

    def products(self, skus: Iterable[str]) -> dict[str, Product]:
        """The known ones of these products."""
        return self._products.get_many(skus, self._store.products.of)

    def facts(self, variants: Iterable[str]) -> dict[str, VariantFacts]:
        """What policies may know of these variants."""
        return self._facts.get_many(variants, self._load_facts)

    def vectors(self, skus: Iterable[str]) -> dict[str, Vectors]:
        """The mean vector of each product that has an indexed image, float32 [dimension]."""
        return self._vectors.get_many(skus, self._load_vectors)

    def query_vectors(self, queries: Iterable[str]) -> dict[str, Vectors]:
        """The vector of each search, float32 [dimension]."""
        return self._queries.get_many(queries, self._load_queries)

    def forget_queries(self) -> None:
        """Drops what users searched for."""
        self._queries.clear()

    def close(self) -> None:
        self._syncing.close()

    def _load_facts(self, ids: list[str]) -> dict[str, VariantFacts]:
        documents = self._store.variants.documents(ids)
        return dict(zip(documents, trusted(VariantFacts, map(_facts_of, documents.values()), _FACTS), strict=True))

    def _load_vectors(self, skus: list[str]) -> dict[str, Vectors]:
        variants = self._store.variants.approved_of(skus, _VIEWS)
        stored = self.index.vectors([id for ids in variants.values() for id in ids])
        return mean_vectors(variants, stored)

    def _load_queries(self, queries: Sequence[str]) -> dict[str, Vectors]:
        return dict(zip(queries, self.embedder.queries(queries), strict=True))


def _once(skus: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for sku in skus:
        if sku not in seen:
            seen.add(sku)
            yield sku


def _unscored(ids: Iterable[str]) -> list[tuple[str, float]]:
    return [(id, 0.0) for id in ids]


@lru_cache(maxsize=4096)
def _view(**camera: float) -> View:
    """One object for all variants of a view: it is compared by identity, and kept once."""
    return View(**camera)


def _facts_of(document: Mapping[str, Any]) -> dict[str, Any]:
    scene = document["scene"]
    return {
        "view": _view(**document["view"]),
        "background": intern(scene.get("background", _SCENE.background)),
        "light": intern(scene.get("light", _SCENE.light)),
        "style": intern(scene.get("style", _SCENE.style)),
        "quality": {name: float(value) for name, value in document.get("quality", {}).items()},
    }


_SCENE = Scene()
