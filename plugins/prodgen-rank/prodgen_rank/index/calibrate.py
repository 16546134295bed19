"""What a first stage has codes of, and how far it must look: measured against exact answers when a base is built.

The queries are made of the base's own rows, as users' vectors are: single rows and means of two, five and thirty. A filter is
stood for by a tenth of the products: in turn what a category is, those nearest to a random one, and a random tenth, as prices
are. Two thirds of the queries make the plan; the recall is measured on the others.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from prodgen_rank.index.exact import exact_scores, spans
from prodgen_rank.index.first_stage import FirstStage, Only, Plan
from prodgen_rank.index.rows import Pause, RowNumbers
from prodgen_sdk.distances import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

QUERIES = 192
_MIXED = (1, 2, 5, 30)
_ROWS = 512
_HELD_OUT = np.arange(QUERIES) % 3 == 2
_SPARE = 1.25  # what is looked at beyond what the sample needed
_SETTLED = 0.1  # share of the rows that may change before plans are measured again
_FURTHEST = 16_384
_RANKED = 16  # codes that are ranked in the time in which a unit is scored
_FEW = 96  # queries that tell whether products' means will do
_BEST = 10


class Sample(NamedTuple):
    """Queries with their exact answers.

    Args:
        queries: float32 [n, dimension].
        answers: for each query the units of the best products, best first, int64 [n, most].
        before: how many products have better means than each of these; 0 where the units are rows. Float32 [n, most].
        limits: for each query what its filter leaves; None for one without.
    """

    queries: Floats
    answers: RowNumbers
    before: Floats
    limits: list[Only | None]


def calibrated(
    stage: FirstStage,
    vectors: Floats,
    starts: RowNumbers,
    means: Floats | None,
    recall: tuple[tuple[int, float], ...],
    pause: Pause,
) -> FirstStage:
    """The stage with a plan for each number of products and recall in `recall` that can be reached by looking at less than
    half of the units. More products are never looked for with less effort, so that the best ones are found as surely.

    The plans that the stage has from an earlier base are kept if they still reach the recall, which is measured anew once
    a tenth of the rows has changed.
    """
    aims = [(k, target) for k, target in sorted(recall) if 16 * k <= len(starts) - 1]
    if not aims:
        return replace(stage, plans=())
    if stage.changed <= _SETTLED * len(vectors) and _reach(stage.plans, aims):
        return stage
    most = aims[-1][0]
    plans = _kept(stage, _samples(stage, vectors, starts, means, most, _HELD_OUT, pause), aims, pause)
    if plans is None:
        everything = np.ones(QUERIES, np.bool_)
        plans = _made(stage, _samples(stage, vectors, starts, means, most, everything, pause), aims, pause)
    return replace(stage, plans=plans, changed=0)


def _reach(plans: tuple[Plan, ...], aims: list[tuple[int, float]]) -> bool:
    """Whether there is a plan for each aim whose recall, when it was measured, was enough."""
    reached = {plan.k: min(plan.recall, plan.recall_filtered) for plan in plans}
    return all(reached.get(k, 0.0) >= target for k, target in aims)


def _kept(
    stage: FirstStage, held_out: list[Sample], aims: list[tuple[int, float]], pause: Pause
) -> tuple[Plan, ...] | None:
    """The stage's own plans with the recall that they reach now; None where one is missing or falls short."""
    plans = []
    known = {plan.k: plan for plan in stage.plans}
    for k, target in aims:
        plan = known.get(k)
        if plan is None:
            return None
        depths = ((plan.look, plan.effort), (plan.look_filtered, plan.effort_filtered))
        reached = []
        for sample, (look, effort) in zip(held_out, depths, strict=False):
            places = _places(stage, sample, k, look, effort, pause)
            reached.append(float(((places < look) & (sample.before[:, :k] < plan.keep)).mean()))
        if min(reached) < target:
            return None
        plans.append(replace(plan, recall=reached[0], recall_filtered=reached[-1]))
    return tuple(plans)


def _made(stage: FirstStage, samples: list[Sample], aims: list[tuple[int, float]], pause: Pause) -> tuple[Plan, ...]:
    plans: list[Plan] = []
    keep, depths = 1, [(1, 1)] * len(samples)
    for k, target in aims:
        keep = max(keep, *(int(_enough(sample.before[:, :k], target)) for sample in samples))
        reached, effort, look = [], 1, 1
        for number, sample in enumerate(samples):
            # A wide filter is almost none, so that under one as much is looked at as without.
            least = max(effort, depths[number][0]), max(look, depths[number][1])
            found = _depth(stage, sample, k, target, least, pause)
            if found is None:
                return tuple(plans)
            effort, look, places = found
            depths[number] = effort, look
            reached.append(float(((places < look) & (sample.before[:, :k] < keep))[_HELD_OUT].mean()))
        plans.append(Plan(k, *depths[0], *depths[-1], keep, reached[0], reached[-1]))
    return tuple(plans)


def _samples(
    stage: FirstStage,
    vectors: Floats,
    starts: RowNumbers,
    means: Floats | None,
    most: int,
    chosen: NDArray[np.bool_],
    pause: Pause,
) -> list[Sample]:
    """Those of the queries that are chosen, bool [QUERIES], without a filter, and with one where the stage takes filters."""
    rng = np.random.default_rng(4)
    queries = sample_queries(vectors, QUERIES)[chosen]
    centres = vectors[rng.integers(0, len(vectors), QUERIES)][chosen]
    scores = product_scores(vectors, starts, np.concatenate([queries, centres]), pause)
    best, likeness = scores[: len(queries)], scores[len(queries) :]
    left = np.ones(best.shape, np.bool_)
    by_mean = None if means is None else queries @ means.T

    def sample(limits: list[Only | None]) -> Sample:
        wanted = _best(np.where(left, best, -np.inf), most)
        if by_mean is None:
            return Sample(
                queries, _best_rows(vectors, starts, queries, wanted), np.zeros(wanted.shape, np.float32), limits
            )
        return Sample(queries, wanted, _ranks(np.where(left, by_mean, -np.inf), wanted), limits)

    samples = [sample([None] * len(queries))]
    if stage.filters:
        likeness[1::2] = rng.random(likeness[1::2].shape)
        left = likeness >= np.quantile(likeness, 0.9, axis=1, keepdims=True)
        units = (np.repeat(some, np.diff(starts)) if stage.of_rows else some for some in left)
        samples.append(sample([stage.only(some) for some in units]))
    return samples


def rows_pay(vectors: Floats, starts: RowNumbers, means: Floats, pause: Pause) -> bool:
    """Whether codes of all rows find the best products faster than codes of the products' means, at 512 dimensions.

    The latter are fewer, but all rows must be scored of each product that the means cannot tell apart from the best ones.
    """
    queries = sample_queries(vectors, _FEW)
    scores = product_scores(vectors, starts, queries, pause)
    before = _ranks(queries @ means.T, _best(scores, min(_BEST, len(means))))
    scored = np.quantile(before, 0.995) * len(vectors) / len(means)
    return bool(scored > 1500 + len(vectors) / 200)


def sample_queries(vectors: Floats, n: int) -> Floats:
    """float32 [n, dimension] of length 1."""
    rng = np.random.default_rng(3)
    rows = [
        vectors[rng.integers(0, len(vectors), parts)].mean(axis=0) for parts in np.resize(_MIXED, n) if len(vectors)
    ]
    return unit(np.asarray(rows, np.float32))


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


def _best(scores: Floats, most: int) -> RowNumbers:
    """For each query the products with the `most` highest scores, best first, int64 [n, most]."""
    found = np.argpartition(-scores, most - 1, axis=1)[:, :most]
    order = np.argsort(-np.take_along_axis(scores, found, axis=1), axis=1)
    best: RowNumbers = np.take_along_axis(found, order, axis=1)
    return best


def _best_rows(vectors: Floats, starts: RowNumbers, queries: Floats, products: RowNumbers) -> RowNumbers:
    """For each query the best row of each of its products."""
    answers = np.empty(products.shape, np.int64)
    for number, (query, wanted) in enumerate(zip(queries, products, strict=True)):
        rows, begins = spans(starts[wanted], starts[wanted + 1])
        owners = np.repeat(np.arange(len(wanted)), starts[wanted + 1] - starts[wanted])
        answers[number] = rows[np.lexsort((-exact_scores(vectors, rows, query), owners))][begins]
    return answers


def _ranks(scores: Floats, wanted: RowNumbers) -> Floats:
    """How many products score above each wanted one, float32 [n, most]."""
    ranked = -np.sort(-scores, axis=1)
    own = np.take_along_axis(scores, wanted, axis=1)
    places = [np.searchsorted(-row, -mine) for row, mine in zip(ranked, own, strict=True)]
    return np.asarray(places, np.float32)


def _enough(places: Floats, target: float) -> float:
    """How many of the first units hold that share of the wanted ones of each kind of query, and some to spare."""
    kinds = [places[kind :: len(_MIXED)][~_HELD_OUT[kind :: len(_MIXED)]] for kind in range(len(_MIXED))]
    return float(np.floor(_SPARE * max(np.quantile(some, target, method="higher") for some in kinds)) + 1)


def _depth(
    stage: FirstStage, sample: Sample, k: int, target: float, least: tuple[int, int], pause: Pause
) -> tuple[int, int, Floats] | None:
    """The effort and look, not below the `least`, that reach the target in the least time, and the place of each wanted unit; None if none does."""
    found, cheapest = None, np.inf
    furthest = min(stage.index.ntotal // 2, _FURTHEST)
    for effort in stage.efforts():
        ranked = stage.ranked(effort) / _RANKED
        if effort < least[0] or ranked >= cheapest:
            continue
        places = _places(stage, sample, k, furthest, effort, pause)
        # What is lost to lists or links that are not followed is infinitely far away.
        if not np.isfinite(enough := _enough(places, target)):
            continue
        look = max(least[1], min(int(enough), furthest))
        if ranked + look < cheapest:
            found, cheapest = (effort, look, places), ranked + look
    return found


def _places(stage: FirstStage, sample: Sample, k: int, look: int, effort: int, pause: Pause) -> Floats:
    """At which place of the first `look` the stage finds each of the k best units, infinity where it does not; [queries, k]."""
    places = np.empty((len(sample.queries), k), np.float32)
    of_unit = np.full(stage.index.ntotal, np.inf, np.float32)
    for number, (query, only) in enumerate(zip(sample.queries, sample.limits, strict=True)):
        found = stage.nearest(query, look, effort, only)
        of_unit[found] = np.arange(len(found))
        places[number] = of_unit[sample.answers[number, :k]]
        of_unit[found] = np.inf
        pause()
    return places
