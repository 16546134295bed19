"""Metrics of rankings of the full catalogue: pure functions from arrays to one figure per user.

A ranking is int [users, k], codes of products, best first, -1 where there was nothing left to rank. `relevant` is, for each
user, an int array of the products that turned out to be right. All that is relevant counts, be it in the catalogue of the
model or not.

There are no sampled metrics: ranking what is relevant among a few random others can put models in the wrong order (Krichene
and Rendle, On sampled metrics for item recommendation, KDD 2020).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ranking = NDArray[np.integer[Any]]
    Relevant = Sequence[NDArray[np.integer[Any]]]
    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]


def top_k(scores: NDArray[np.floating[Any]], k: int) -> NDArray[np.int32]:
    """int32 [users, k], the highest scores of each row, best first, equal ones by column; -1 in place of a score of -inf.

    >>> top_k(np.asarray([[0.1, 0.7, 0.7, -np.inf]]), 4)
    array([[ 1,  2,  0, -1]], dtype=int32)
    """
    scores = np.asarray(scores)
    n, width = scores.shape
    best = np.full((n, k), -1, np.int32)
    kept = min(k, width)
    if not (n and kept):
        return best
    # The kept-th largest maximum of a block is no more than the kept-th largest score: few columns reach it.
    starts = np.linspace(0, width, max(kept, math.isqrt(width)), endpoint=False).astype(np.int64)
    tops = np.maximum.reduceat(scores, starts, axis=1)
    floors = np.partition(tops, len(starts) - kept, axis=1)[:, len(starts) - kept]
    for row, (values, floor) in enumerate(zip(scores, floors, strict=True)):
        columns = np.flatnonzero(values > floor)
        if len(columns) < kept:
            columns = np.concatenate((columns, np.flatnonzero(values == floor)[: kept - len(columns)]))
        found = values[columns]
        order = np.lexsort((columns, -found))[:kept]
        best[row, :kept] = np.where(np.isneginf(found[order]), -1, columns[order])
    return best


def hits(ranked: Ranking, relevant: Relevant) -> Bools:
    """Which places hold something relevant, bool [users, k]."""
    found = np.zeros(ranked.shape, np.bool_)
    for row, wanted in enumerate(relevant):
        found[row] = np.isin(ranked[row], wanted)
    return found & (ranked >= 0)


def counts(relevant: Relevant) -> Ints:
    """int64 [users], how many products are relevant."""
    return np.asarray([len(wanted) for wanted in relevant], np.int64)


def precision(hit: Bools, total: Ints) -> Floats:
    """Hits among the k places over k."""
    return np.asarray(hit.sum(axis=1) / max(hit.shape[1], 1))


def recall(hit: Bools, total: Ints) -> Floats:
    """Hits over all that is relevant, even if that is more than k."""
    return np.asarray(hit.sum(axis=1) / np.maximum(total, 1))


def hit_rate(hit: Bools, total: Ints) -> Floats:
    """1 where any place is a hit."""
    return np.asarray(hit.any(axis=1), np.float64)


def reciprocal_rank(hit: Bools, total: Ints) -> Floats:
    """1 over the place of the first hit, 0 without one; its mean is MRR."""
    if not hit.shape[1]:
        return np.zeros(len(hit))
    return np.asarray(hit.any(axis=1) / (1.0 + hit.argmax(axis=1)), np.float64)


def ndcg(hit: Bools, total: Ints) -> Floats:
    """Binary gains discounted by the logarithm of the place, over those of the best possible ranking of k places."""
    k = hit.shape[1]
    discount = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.concatenate(([0.0], np.cumsum(discount)))[np.minimum(total, k)]
    return np.asarray(np.divide(hit @ discount, ideal, out=np.zeros(len(hit)), where=ideal > 0))


def average_precision(hit: Bools, total: Ints) -> Floats:
    """The precision at each hit, summed, over all that is relevant; its mean is MAP."""
    at = np.cumsum(hit, axis=1) / np.arange(1, hit.shape[1] + 1)
    return np.asarray((at * hit).sum(axis=1) / np.maximum(total, 1))


METRICS: Mapping[str, Callable[[Bools, Ints], Floats]] = {
    "ndcg": ndcg,
    "recall": recall,
    "precision": precision,
    "map": average_precision,
    "mrr": reciprocal_rank,
    "hit_rate": hit_rate,
}
"""By the name that reports use; each takes `hits` and `counts` and gives float64 [users] in [0, 1]."""


def evaluate(ranked: Ranking, relevant: Relevant) -> dict[str, Floats]:
    """All of `METRICS`, float64 [users] each; k is the width of the ranking.

    >>> {name: float(each[0]) for name, each in evaluate(np.asarray([[7, 3]]), [np.asarray([3])]).items()}["mrr"]
    0.5
    """
    hit, total = hits(ranked, relevant), counts(relevant)
    return {name: metric(hit, total) for name, metric in METRICS.items()}


def coverage(ranked: Ranking, n_items: int) -> float:
    """The share of the catalogue that at least one user is shown."""
    return len(np.unique(ranked[ranked >= 0])) / n_items if n_items else 0.0


def novelty(ranked: Ranking, popularity: NDArray[Any], n_users: int) -> Floats:
    """Mean self-information of what each user is shown, in bits: -log2 of the share of users who know a product.

    Zhou et al., Solving the apparent diversity-accuracy dilemma of recommender systems, PNAS 2010. A product that nobody
    knows counts as if one user did.

    Args:
        popularity: [n_items], users who have the product in their history.
    """
    share = np.maximum(np.asarray(popularity, np.float64), 1) / max(n_users, 1)
    return _mean_over_places(-np.log2(np.minimum(share, 1)), ranked)


def intra_list_diversity(ranked: Ranking, vectors: Any) -> Floats:
    """Mean of 1 - cosine over all pairs of what each user is shown; 0 for fewer than two.

    Args:
        vectors: [n_items, dimension], dense or scipy CSR; a row of zeros is like nothing, at a distance of 1 of all others.
    """
    from scipy.sparse import csr_matrix, issparse

    squares = vectors.multiply(vectors).sum(axis=1) if issparse(vectors) else (vectors * vectors).sum(axis=1)
    lengths = np.sqrt(np.asarray(squares, np.float64)).ravel()
    scale = np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    shown = ranked >= 0
    places = shown.sum(axis=1)
    starts, items = np.concatenate(([0], np.cumsum(places))), ranked[shown]
    found = np.zeros(len(ranked))
    for start in range(0, len(ranked), 512):
        rows = slice(start, min(start + 512, len(ranked)))
        part = slice(starts[rows.start], starts[rows.stop])
        lists = csr_matrix(
            (scale[items[part]], items[part], starts[rows.start : rows.stop + 1] - starts[rows.start]),
            (rows.stop - rows.start, len(lengths)),
        )
        summed = lists @ vectors
        square = summed.multiply(summed).sum(axis=1) if issparse(summed) else (summed * summed).sum(axis=1)
        alone = np.asarray(lists.power(2) @ (lengths * lengths)).ravel()
        found[rows] = (np.asarray(square).ravel() - alone) / 2
    pairs = places * (places - 1) / 2
    return np.asarray(np.where(pairs > 0, 1 - found / np.maximum(pairs, 1), 0.0))


def _mean_over_places(values: Floats, ranked: Ranking) -> Floats:
    shown = ranked >= 0
    each = np.where(shown, values[np.where(shown, ranked, 0)], 0.0)
    return np.asarray(each.sum(axis=1) / np.maximum(shown.sum(axis=1), 1))
