"""Products near a product, an image or words, in the joint space of all three."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodgen_sdk.errors import InputError, NotFound
from prodgen_sdk.serving.catalogue import Catalogue
from prodgen_sdk.types import Filter, Image, Model
from prodgen_sdk.types.event import QUERY_LENGTH

if TYPE_CHECKING:
    from prodgen_sdk.interfaces import Vectors
    from prodgen_sdk.store import Store


class Similar(Model):
    """A product near a query, its nearest variant, and the cosine similarity of the two."""

    sku: str
    variant: str
    score: float
    title: str = ""


def nearest(
    store: Store,
    catalogue: Catalogue,
    *,
    sku: str | None,
    image: Image | None,
    text: str | None,
    k: int,
    filter: Filter,
) -> list[Similar]:
    """The k products nearest to the mean of what is given, each with its nearest variant that may be shown; see `Studio.similar`.

    Raises:
        InputError: nothing is given, or the text is longer than a search may be.
        NotFound: an unknown product, or one without an approved image.
    """
    if text is not None and len(text) > QUERY_LENGTH:
        raise InputError(f"The text has {len(text)} characters; it may have up to {QUERY_LENGTH}.")
    mark = catalogue.mark
    query = _query(store, catalogue, sku, image, text if text and text.strip() else None)
    if sku is not None:
        filter = filter.model_copy(update={"exclude_skus": (*filter.exclude_skus, sku)})
    found = catalogue.index.search(query[None], k, filter)[0]
    changed = catalogue.changed_since(mark)
    shown = catalogue.servable([candidate for candidate in found if candidate.sku in changed], filter)
    products = catalogue.products(candidate.sku for candidate in found)
    answers = []
    for candidate in found:
        as_found = candidate.sku not in changed
        variant = next((variant for variant in candidate.variants if as_found or variant.id in shown), None)
        if variant is not None and candidate.sku in products:
            title = products[candidate.sku].title
            answers.append(Similar(sku=candidate.sku, variant=variant.id, score=variant.score, title=title))
    return answers


def _query(store: Store, catalogue: Catalogue, sku: str | None, image: Image | None, text: str | None) -> Vectors:
    import numpy as np

    embedder = catalogue.embedder
    parts: list[Vectors] = []
    if sku is not None:
        store.products.get(sku)
        own = catalogue.vectors([sku])
        if sku not in own:
            raise NotFound(f"{sku} has no approved image yet.", hint=f"Run: prodgen generate {sku}")
        parts.append(own[sku])
    if image is not None:
        words = embedder.texts([text])[0] if text is not None else None
        parts.append(embedder.join([(words, embedder.pictures([image])[0])])[0])
    elif text is not None:
        parts.append(embedder.queries([text])[0])
    if not parts:
        raise InputError("There is nothing to compare with.", hint="Give a sku, an image or some text.")
    query: Vectors = np.stack(parts).mean(axis=0)
    return query
