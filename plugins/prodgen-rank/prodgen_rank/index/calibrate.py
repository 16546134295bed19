"""How far a first stage must look: measured against exact answers when a base is built.

The queries are made of the base's own rows, as users' vectors are: single rows and means of two, five and thirty. A filter is
stood for by what a category is: the tenth of the products that are nearest to a random one. Two thirds of the queries make
the plan; the recall is measured on the others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from prodgen_rank.index.first_stage import FirstStage, Plan, efforts
from prodgen_rank.index.rows import Pause

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

QUERIES = 192
_MIXED = (1, 2, 5, 30)
_ROWS = 512
_HELD_OUT = np.arange(QUERIES) % 3 == 2
_SPARE = 1.25  # what is looked at beyond what the sample needed
_SETTLED = 0.1  # share of the rows that may change before plans are measured again


@dataclass(frozen=True)
class Sample:
    """Queries with their exact answers.

    Args:
        queries: float32 [n, dimension].
        scores: the best score of each product, float32 [n, products]; `by_mean` that of its representative.
        of_filter: for each query, the products that the filter leaves, bool [n, products].
    """

    queries: Floats
    scores: Floats
    by_mean: Floats
    of_filter: NDArray[np.bool_]

    @property
    def bits(self) -> NDArray[np.uint8]:
        """`of_filter` as faiss takes it."""
        return np.packbits(self.of_filter, axis=1, bitorder="little")

    def answers(self, k: int, *, filtered: bool) -> tuple[NDArray[np.int64], Floats]:
        """The k best products of each query, and how many representatives score above theirs; both [n, k]."""
        scores, by_mean = self.scores, self.by_mean
        if filtered:
            scores, by_mean = (np.where(self.of_filter, some, -np.inf) for some in (scores, by_mean))
        wanted = np.argpartition(-scores, k - 1, axis=1)[:, :k]
        return wanted, _places(by_mean, wanted)


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

    The plans that the stage has from an earlier base are kept if they still reach the recall, which is measured anew once
    a tenth of the rows has changed.
    """
    aims = [(k, target) for k, target in sorted(recall) if 16 * k <= stage.index.ntotal]
    if stage.changed <= _SETTLED * len(vectors) and _reach(stage.plans, aims):
        return stage
    plans = _kept(stage, _sample(vectors, starts, means, _HELD_OUT, pause), aims, pause)
    if plans is None:
        plans = _made(stage, _sample(vectors, starts, means, np.ones(QUERIES, np.bool_), pause), aims, pause)
    return replace(stage, plans=plans, changed=0)


def _reach(plans: tuple[Plan, ...], aims: list[tuple[int, float]]) -> bool:
    """Whether there is a plan for each aim whose recall, when it was measured, was enough."""
    reached = {plan.k: min(plan.recall, plan.recall_filtered) for plan in plans}
    return bool(aims) and all(reached.get(k, 0.0) >= target for k, target in aims)


def _kept(stage: FirstStage, held_out: Sample, aims: list[tuple[int, float]], pause: Pause) -> tuple[Plan, ...] | None:
    """The stage's own plans with the recall that they reach now; None where one is missing or falls short."""
    plans = []
    known = {plan.k: plan for plan in stage.plans}
    for k, target in aims:
        plan = known.get(k)
        if plan is None:
            return None
        reached: list[float] = []
        for filtered, look in ((False, plan.look), (True, plan.look_filtered)):
            if filtered and not stage.filters:
                reached.append(reached[0])
                continue
            wanted, by_means = held_out.answers(k, filtered=filtered)
            bits = held_out.bits if filtered else None
            places = _ranks(stage, held_out.queries, wanted, look, plan.effort, bits, pause)
            reached.append(float(((places < look) & (by_means < plan.keep)).mean()))
        if min(reached) < target:
            return None
        plans.append(replace(plan, recall=reached[0], recall_filtered=reached[1]))
    return tuple(plans)


def _made(stage: FirstStage, sample: Sample, aims: list[tuple[int, float]], pause: Pause) -> tuple[Plan, ...]:
    plans = []
    effort = look = look_filtered = keep = 1
    for k, target in aims:
        harder = [more for more in efforts(stage.index) if more >= effort]
        wanted, by_means = sample.answers(k, filtered=False)
        wanted_filtered, among = sample.answers(k, filtered=True)
        # Of what may be missed, half may be lost here and half there.
        half = (1 + target) / 2
        found = _look(stage, sample.queries, wanted, half, pause, harder, None)
        if found is None:
            break
        effort, needed, places = found
        look = max(look, needed)
        keep = max(keep, int(_enough(by_means, half)), int(_enough(among, half)))
        reached = float(((places < look) & (by_means < keep))[_HELD_OUT].mean())
        look_filtered, reached_filtered = max(look, look_filtered), reached
        if stage.filters and (
            found := _look(stage, sample.queries, wanted_filtered, half, pause, [effort], sample.bits)
        ):
            look_filtered = max(look_filtered, found[1])
            reached_filtered = float(((found[2] < look_filtered) & (among < keep))[_HELD_OUT].mean())
        plans.append(Plan(k, effort, look, look_filtered, keep, reached, reached_filtered))
    return tuple(plans)


def _sample(
    vectors: Floats, starts: NDArray[np.int64], means: Floats, chosen: NDArray[np.bool_], pause: Pause
) -> Sample:
    """Those of the queries that are chosen, bool [QUERIES]."""
    queries = sample_queries(vectors, QUERIES)[chosen]
    scores = product_scores(vectors, starts, queries, pause)
    return Sample(queries, scores, queries @ means.T, _categories(means, chosen))


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


def _categories(means: Floats, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """For each query the tenth of the products nearest to some product, bool [queries, products]."""
    centres = np.random.default_rng(4).integers(0, len(means), QUERIES)[chosen]
    likeness = means[centres] @ means.T
    nearest: NDArray[np.bool_] = likeness >= np.quantile(likeness, 0.9, axis=1, keepdims=True)
    return nearest


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
        places = _ranks(stage, queries, wanted, furthest, effort, allowed, pause)
        # What is lost to lists or links that are not followed is infinitely far away.
        if np.isfinite(enough := _enough(places, target)):
            return effort, int(enough), places
    return None


def _ranks(
    stage: FirstStage,
    queries: Floats,
    wanted: NDArray[np.int64],
    look: int,
    effort: int,
    allowed: NDArray[np.uint8] | None,
    pause: Pause,
) -> Floats:
    """At which place of the first `look` the stage finds each wanted product, infinity where it does not; [queries, k]."""
    ranks = np.empty(wanted.shape, np.float32)
    for number, query in enumerate(queries):
        found, _ = stage.nearest(query[None], look, effort, None if allowed is None else allowed[number])
        known = found[0][found[0] >= 0]
        of_product = np.full(stage.index.ntotal, np.inf, np.float32)
        of_product[known] = np.arange(len(known))
        ranks[number] = of_product[wanted[number]]
        pause()
    return ranks
