"""How far a first stage must look: measured against exact answers when a base is built.

The queries are made of the base's own rows, as users' vectors are: single rows and means of two, five and thirty. A filter is
stood for by what a category is: the tenth of the products that are nearest to a random one. Two thirds of the queries make
the plan; the recall is measured on the others.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from prodgen_rank.index.first_stage import FirstStage, Plan, efforts
from prodgen_rank.index.rows import Pause

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

QUERIES = 192
_MIXED = (1, 2, 5, 30)
_ROWS = 16_384
_HELD_OUT = np.arange(QUERIES) % 3 == 2
_SPARE = 1.25  # what is looked at beyond what the sample needed


def calibrated(
    stage: FirstStage,
    vectors: Floats,
    starts: NDArray[np.int64],
    means: Floats,
    recall: tuple[tuple[int, float], ...],
    pause: Pause,
) -> FirstStage:
    """The stage with a plan for each number of products and recall in `recall` that can be reached by looking at less than
    half of the products. More products are never looked for with less effort, so that the best ones are found as surely.
    """
    queries = sample_queries(vectors, QUERIES)
    scores = product_scores(vectors, starts, queries, pause)
    by_mean = queries @ means.T
    of_filter = _categories(means)
    filtered = np.where(of_filter, scores, -np.inf)
    bits = np.packbits(of_filter, axis=1, bitorder="little")
    plans = []
    effort = look = look_filtered = keep = 1
    for k, target in sorted(recall):
        if 16 * k > stage.index.ntotal:
            break
        harder = [more for more in efforts(stage.index) if more >= effort]
        wanted, wanted_filtered = _top(scores, k), _top(filtered, k)
        # Of what may be missed, half may be lost here and half there.
        half = (1 + target) / 2
        found = _look(stage, queries, wanted, half, pause, harder, None)
        if found is None:
            break
        effort, needed, places = found
        look = max(look, needed)
        by_means = _places(by_mean, wanted)
        among = _places(np.where(of_filter, by_mean, -np.inf), wanted_filtered)
        keep = max(keep, int(_enough(by_means, half)), int(_enough(among, half)))
        reached = float(((places < look) & (by_means < keep))[_HELD_OUT].mean())
        look_filtered, reached_filtered = max(look, look_filtered), reached
        if stage.filters and (found := _look(stage, queries, wanted_filtered, half, pause, [effort], bits)):
            look_filtered = max(look_filtered, found[1])
            reached_filtered = float(((found[2] < look_filtered) & (among < keep))[_HELD_OUT].mean())
        plans.append(Plan(k, effort, look, look_filtered, keep, reached, reached_filtered))
    return replace(stage, plans=tuple(plans))


def sample_queries(vectors: Floats, n: int) -> Floats:
    """float32 [n, dimension] of length 1."""
    rng = np.random.default_rng(3)
    rows = [
        vectors[rng.integers(0, len(vectors), parts)].mean(axis=0) for parts in np.resize(_MIXED, n) if len(vectors)
    ]
    queries = np.asarray(rows, np.float32)
    unit: Floats = queries / np.maximum(np.linalg.norm(queries, axis=1, keepdims=True), 1e-12)
    return unit


def product_scores(vectors: Floats, starts: NDArray[np.int64], queries: Floats, pause: Pause) -> Floats:
    """The best score of each product for each query, float32 [queries, products]."""
    products = len(starts) - 1
    best = np.empty((products, len(queries)), np.float32)
    first = 0
    while first < products:
        last = max(first + 1, int(np.searchsorted(starts, starts[first] + _ROWS, side="right")) - 1)
        part = vectors[starts[first] : starts[last]] @ queries.T
        np.maximum.reduceat(part, starts[first:last] - starts[first], axis=0, out=best[first:last])
        first = last
        pause()
    return np.ascontiguousarray(best.T)


def _categories(means: Floats) -> NDArray[np.bool_]:
    """For each query the tenth of the products nearest to some product, bool [queries, products]."""
    centres = np.random.default_rng(4).integers(0, len(means), QUERIES)
    likeness = means[centres] @ means.T
    nearest: NDArray[np.bool_] = likeness >= np.quantile(likeness, 0.9, axis=1, keepdims=True)
    return nearest


def _top(scores: Floats, k: int) -> NDArray[np.int64]:
    return np.argpartition(-scores, k - 1, axis=1)[:, :k]


def _places(scores: Floats, wanted: NDArray[np.int64]) -> Floats:
    """How many products score above each wanted one, [queries, k]."""
    ranked = -np.sort(-scores, axis=1)
    own = np.take_along_axis(scores, wanted, axis=1)
    places = [np.searchsorted(-row, -mine) for row, mine in zip(ranked, own, strict=True)]
    return np.asarray(places, np.float32)


def _enough(places: Floats, target: float) -> float:
    """How many of the first products hold that share of the wanted ones, and some to spare."""
    return float(np.floor(_SPARE * np.quantile(places[~_HELD_OUT], target, method="higher")) + 1)


def _look(
    stage: FirstStage,
    queries: Floats,
    wanted: NDArray[np.int64],
    target: float,
    pause: Pause,
    efforts: list[int],
    allowed: NDArray[np.uint8] | None,
) -> tuple[int, int, Floats] | None:
    """The least effort and look that reach the target, and the place of each wanted product; None if none does.

    Args:
        wanted: the true best products of each query, [queries, k].
        allowed: bits of the products to rank for each query.
    """
    furthest = stage.index.ntotal // 2
    for effort in efforts:
        places = np.full(wanted.shape, np.inf, np.float32)
        for number, query in enumerate(queries):
            found, _ = stage.nearest(query[None], furthest, effort, None if allowed is None else allowed[number])
            of_product = {product: place for place, product in enumerate(found[0].tolist())}
            places[number] = [of_product.get(product, np.inf) for product in wanted[number].tolist()]
            pause()
        # What is lost to lists or links that are not followed is infinitely far away.
        if np.isfinite(enough := _enough(places, target)):
            return effort, int(enough), places
    return None
