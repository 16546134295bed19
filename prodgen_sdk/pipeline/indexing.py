"""Outbox -> index: embeds the variants that changed and applies the changes in order.

The database is the truth. The index remembers the sequence that it has applied; what came later is applied on top, and an
index that was made by other encoders, is damaged or is ahead of the database is built anew.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from prodgen_sdk.bound import BoundIndex
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InvalidImage, PluginError, StoreError
from prodgen_sdk.pipeline.embed import Embedder
from prodgen_sdk.pipeline.produce import load_variant
from prodgen_sdk.threads import cores
from prodgen_sdk.types import Facets, Image, IndexChange, Product, Remove, Upsert, Variant, trusted

if TYPE_CHECKING:
    from prodgen_sdk.interfaces import Vectors
    from prodgen_sdk.store import Store

_CHUNK = 1024
"""How many changes are applied at once: each time the index waits for the disk."""
_PICTURES, _THREADS = 16, 4
"""How many images are embedded at once, by each of how many threads: files are read and decoded beside each other."""
logger = logging.getLogger(__name__)
_COMPONENT = "core/index"
_EMBEDDER = "embedder"
_UPSERT = set(Upsert.model_fields)


def facets_of(product: Product) -> Facets:
    """What filters look at."""
    return Facets(category=product.category, price=product.price, tags=product.tags, on_sale=product.on_sale)


def bring_up_to_date(store: Store, index: BoundIndex, embedder: Embedder, ctx: Context | None = None) -> set[str]:
    """Applies what the index has not seen; returns the skus that changed (empty if nothing did)."""
    if _is_damaged(index) or _is_foreign(store, index, embedder):
        return rebuild(store, index, embedder, ctx)
    changed: set[str] = set()
    first, last = index.sequence, store.outbox.last_sequence()
    while entries := store.outbox.changes(index.sequence, _CHUNK):
        changed |= {entry.sku for entry in entries}
        wanted = {entry.variant for entry in entries if entry.kind == "upsert"}
        upserts = {change.variant: change for change in _upserts(store, embedder, wanted)}
        changes: list[IndexChange] = [upserts.get(entry.variant) or Remove(variant=entry.variant) for entry in entries]
        index.apply(changes, entries[-1].sequence, ctx)
        if ctx is not None:
            ctx.progress(index.sequence - first, max(last, index.sequence) - first, "changes")
    return changed


def rebuild(store: Store, index: BoundIndex, embedder: Embedder, ctx: Context | None = None) -> set[str]:
    """Builds the index anew from all approved variants; returns their skus."""
    index.reset(ctx)
    upto = store.outbox.last_sequence()
    store.database.flush()  # as `outbox.changes` does
    approved = {variant.id: variant.sku for variant in store.variants.iterate(review="approved")}
    ids = list(approved)

    for start in range(0, len(ids), _CHUNK):
        if ctx is not None:
            ctx.progress(start, len(ids), "embedding variants")
        index.apply(_upserts(store, embedder, set(ids[start : start + _CHUNK])), 0, ctx)
    index.apply([], upto, ctx)
    store.states.put(_COMPONENT, _EMBEDDER, embedder.key.encode())
    return set(approved.values())


def _is_damaged(index: BoundIndex) -> bool:
    try:
        return index.sequence < 0
    except StoreError as error:
        logger.warning("the index is built anew: %s", error)
        return True


def _is_foreign(store: Store, index: BoundIndex, embedder: Embedder) -> bool:
    known = store.states.get(_COMPONENT, _EMBEDDER)
    if known is None and index.sequence == 0:
        store.states.put(_COMPONENT, _EMBEDDER, embedder.key.encode())
        return False
    return known != embedder.key.encode() or index.sequence > store.outbox.last_sequence()


def _upserts(store: Store, embedder: Embedder, ids: set[str]) -> list[Upsert]:
    approved = store.variants.pictures(sorted(ids))
    products = store.products.of({sku for sku, _ in approved.values()})
    pictures = _picture_vectors(store, embedder, {digest: id for id, (_, digest) in approved.items()})
    texts = _text_vectors(embedder, products)
    facets = {sku: facets_of(product) for sku, product in products.items()}
    found = {id: (sku, digest) for id, (sku, digest) in approved.items() if digest in pictures}
    vectors = embedder.join([(texts[sku], pictures[digest]) for sku, digest in found.values()])
    rows = [
        {"variant": id, "sku": sku, "vector": vector, "facets": facets[sku]}
        for (id, (sku, _)), vector in zip(found.items(), vectors, strict=True)
    ]
    return trusted(Upsert, rows, _UPSERT)


def _text_vectors(embedder: Embedder, products: Mapping[str, Product]) -> dict[str, Vectors]:
    if not products:
        return {}
    return dict(zip(products, embedder.texts([product.words() for product in products.values()]), strict=True))


def _picture_vectors(store: Store, embedder: Embedder, wanted: Mapping[str, str]) -> dict[str, Vectors]:
    """Image vectors by digest; computed once for each digest and encoder, then read from the store.

    Args:
        wanted: by digest, a variant whose image has it.
    """
    key = embedder.picture_key
    known = dict(store.embeddings.get_many(key, list(wanted)))
    lost: dict[str, Exception] = {}

    def embed(part: Sequence[str]) -> dict[str, Vectors]:
        return _embedded(embedder, _load(store, store.variants.iterate(ids=part), lost), wanted, lost)

    missing = [id for digest, id in wanted.items() if digest not in known]
    parts = [missing[start : start + _PICTURES] for start in range(0, len(missing), _PICTURES)]
    with ThreadPoolExecutor(min(_THREADS, cores()), "prodgen-embed") as pool:
        for fresh in pool.map(embed, parts):
            store.embeddings.put_many(key, fresh)
            known.update(fresh)
    if lost:
        id, error = next(iter(lost.items()))
        logger.warning("%d of %d images cannot be indexed, such as that of %s: %s", len(lost), len(wanted), id, error)
    return known


def _embedded(
    embedder: Embedder, loaded: Mapping[str, Image], ids: Mapping[str, str], lost: dict[str, Exception]
) -> dict[str, Vectors]:
    """Vectors by digest. Where the encoder fails, each image is tried alone: one that it cannot take must not hold up the others.

    Raises:
        PluginError: the encoder takes no image at all.
    """
    if not loaded:
        return {}
    try:
        return dict(zip(loaded, embedder.pictures(list(loaded.values())), strict=True))
    except PluginError:
        found: dict[str, Vectors] = {}
        refused: dict[str, Exception] = {}
        for digest, picture in loaded.items():
            try:
                found[digest] = embedder.pictures([picture])[0]
            except PluginError as error:
                refused[ids[digest]] = error
        if not found and not _works(embedder):
            raise
        lost |= refused
        return found


def _works(embedder: Embedder) -> bool:
    """Whether the encoder takes a plain image: one that comes alone may be at fault, and it must not hold up all changes after it."""
    import numpy as np

    ramp = np.linspace(0, 255, 64, dtype=np.uint8)
    try:
        embedder.pictures([np.dstack([np.tile(ramp, (64, 1))] * 3)])
    except PluginError:
        return False
    return True


def _load(store: Store, variants: Iterable[Variant], lost: dict[str, Exception]) -> dict[str, Image]:
    """Images by digest. One whose file is lost or cannot be read goes to `lost`: `generate` makes it again, and publishing heals it."""
    pictures: dict[str, Image] = {}
    for variant in variants:
        try:
            pictures[variant.image.digest] = load_variant(store, variant)
        except (StoreError, InvalidImage) as error:
            lost[variant.id] = error
    return pictures
