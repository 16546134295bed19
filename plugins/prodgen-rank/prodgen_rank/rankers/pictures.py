"""The vectors of products' images, from the index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_sdk.context import Context
from prodgen_sdk.errors import NotFound
from prodgen_sdk.types import Candidate, Filter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_AT_ONCE = 256


def pictures_of(skus: Sequence[str], ctx: Context) -> dict[str, Floats]:
    """By sku the mean vector of the images that the index holds of it; a product that is not on sale has none.

    Without an index there is nothing, and a warning if it is empty.
    """
    try:
        index = ctx.lookup("index")
    except NotFound:
        return {}
    dimension = int(index.stats().get("dimension", 0))
    if not dimension:
        ctx.logger.warning("the index holds no images yet, so products are not ranked by them: run prodgen index build")
        return {}
    anything = np.full((1, dimension), dimension**-0.5, np.float32)
    found: dict[str, Floats] = {}
    for start in range(0, len(skus), _AT_ONCE):
        ctx.check()
        some = tuple(skus[start : start + _AT_ONCE])
        (candidates,) = index.search(anything, len(some), Filter(skus=some))
        found |= _means(index, candidates)
    return found


def pictures_among(candidates: Sequence[Candidate], ctx: Context) -> dict[str, Floats]:
    """The same of candidates, of the variants that they have."""
    try:
        return _means(ctx.lookup("index"), candidates) if candidates else {}
    except NotFound:
        return {}


def _means(index: Any, candidates: Iterable[Candidate]) -> dict[str, Floats]:
    variants = {candidate.sku: [variant for variant, _ in candidate.scored] for candidate in candidates}
    vectors = index.vectors([variant for own in variants.values() for variant in own])
    known = {sku: [vectors[variant] for variant in own if variant in vectors] for sku, own in variants.items()}
    return {sku: np.mean(own, axis=0, dtype=np.float32) for sku, own in known.items() if own}
