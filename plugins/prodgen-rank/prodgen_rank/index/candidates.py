"""Scored rows as the candidates that the host takes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.index.rows import RowNumbers, Rows
from prodgen_sdk.types import Candidate, FoundCandidate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


def candidates(
    rows: Rows, found: RowNumbers, scores: Floats, vectors: Callable[[RowNumbers], Floats]
) -> list[Candidate]:
    """One candidate for each run of rows of a product, in their order; its variants best first, then by id.

    Args:
        vectors: gives the vectors of some rows, float32 [n, dimension].
    """
    if not len(found):
        return []
    codes = rows.sku[found]
    starts = np.flatnonzero(np.concatenate([[True], codes[1:] != codes[:-1]]))
    best = np.maximum.reduceat(scores, starts)
    lengths = np.diff(starts, append=len(found))
    at = np.flatnonzero(scores == np.repeat(best, lengths))
    if len(at) > len(starts):
        at = _first_by_name(rows.variants, found, at, codes)
    first = found[at]
    skus, categories = rows.skus.values, rows.categories.values
    names = (
        map(skus.__getitem__, rows.sku[first].tolist()),
        map(categories.__getitem__, rows.category[first].tolist()),
    )
    spans = zip(starts.tolist(), (starts + lengths).tolist(), strict=True)
    make = [partial(_scored, rows.variants, found[start:end], scores[start:end]) for start, end in spans]
    found_ones: list[Candidate] = [*FoundCandidate.many(zip(*names, best.tolist(), vectors(first), make, strict=True))]
    return found_ones


def _first_by_name(names: Sequence[str], found: RowNumbers, at: NDArray[np.int64], codes: NDArray[np.int32]) -> Any:
    """Of places in `found` that tie for the best of their product, the one with the lowest id, for each product in order."""
    first: dict[int, int] = {}
    for place in sorted(at.tolist(), key=lambda place: names[int(found[place])]):
        first.setdefault(int(codes[place]), place)
    return np.asarray(sorted(first.values()))


def _scored(names: Sequence[str], found: RowNumbers, scores: Floats) -> list[tuple[str, float]]:
    """Ids and scores, best first."""
    ordered = sorted(zip((-scores).tolist(), [names[row] for row in found.tolist()], strict=True))
    return [(name, -least) for least, name in ordered]
