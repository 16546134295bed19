"""Scored rows as the candidates that the host takes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.index.exact import kth_best
from prodgen_rank.index.near import Found
from prodgen_rank.index.rows import RowNumbers, Rows
from prodgen_sdk.types import Candidate, FoundCandidate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


def candidates(rows: Rows, found: Found, k: int, vectors: Callable[[RowNumbers], Floats]) -> list[Candidate]:
    """The k best products, then by sku; their variants best first, then by id.

    Args:
        vectors: gives the vectors of some rows, float32 [n, dimension].
    """
    near = np.flatnonzero(found.best >= kth_best(found.best, k))
    if not len(near):
        return []
    ends = np.append(found.starts[1:], len(found.rows))
    columns = (
        (-found.best[near]).tolist(),
        map(rows.skus.values.__getitem__, found.codes[near].tolist()),
        _first(rows.variants, found, ends)[near].tolist(),
        found.starts[near].tolist(),
        ends[near].tolist(),
    )
    least, skus, firsts, starts, ends_of = zip(*sorted(zip(*columns, strict=True))[:k], strict=True)
    first = found.rows[list(firsts)]
    made: list[Candidate] = [
        *FoundCandidate.many(
            zip(
                skus,
                map(rows.categories.values.__getitem__, rows.category[first].tolist()),
                [-score for score in least],
                vectors(first),
                map(partial(partial, _scored, rows.variants, found), starts, ends_of),
                strict=True,
            )
        )
    ]
    return made


def _first(names: Sequence[str], found: Found, ends: RowNumbers) -> NDArray[Any]:
    """The place of each product's best row; of those that tie that of the lowest id."""
    lengths = ends - found.starts
    at = np.flatnonzero(found.scores == found.best.repeat(lengths))
    if len(at) == len(lengths):
        return at
    owners, first = np.arange(len(lengths)).repeat(lengths), dict[int, int]()
    for place in sorted(at.tolist(), key=lambda place: names[int(found.rows[place])]):
        first.setdefault(int(owners[place]), place)
    return np.array([first[owner] for owner in range(len(lengths))])


def _scored(names: Sequence[str], found: Found, start: int, end: int) -> list[tuple[str, float]]:
    """Ids and scores of a product's rows, best first."""
    least, rows = (-found.scores[start:end]).tolist(), found.rows[start:end].tolist()
    return [(name, -score) for score, name in sorted(zip(least, map(names.__getitem__, rows), strict=True))]
