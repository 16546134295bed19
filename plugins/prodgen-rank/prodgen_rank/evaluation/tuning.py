"""Settings of models and weights of a blend, found on a validation split alone."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.evaluation import metrics
from prodgen_rank.evaluation.protocols import USERS_AT_ONCE, rank, without_seen
from prodgen_rank.evaluation.splits import Split
from prodgen_rank.models.base import PreferenceModel
from prodgen_rank.models.blend import standardised
from prodgen_rank.models.recency import Recency
from prodgen_rank.models.registry import make
from prodgen_sdk.context import Context

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

Settings = Mapping[str, Any]
Models = tuple[PreferenceModel, ...]

_STEPS = (1.0, 0.8, 0.6, 0.4)
SEARCHES: Mapping[str, Mapping[str, Sequence[Any]]] = {
    "popular": {"half_life_days": (None, 90.0, 30.0, 7.0)},
    "item-knn": {
        "recency.step": _STEPS,
        "shrink": (10.0, 1.0, 5.0, 20.0, 50.0),
        "towards_rare": (0.5, 0.3, 0.7),
        "neighbours": (100, 0),
        "recency.weighted": (False, True),
    },
    "ease": {"recency.step": _STEPS, "l2": (200.0, 20.0, 60.0, 500.0, 1000.0), "dropout": (0.0, 0.5, 0.7)},
    "ials": {
        "l2": (0.02, 0.0005, 0.002, 0.01, 0.05),
        "unobserved": (0.1, 0.005, 0.02, 0.2, 0.4),
        "recency.step": _STEPS,
        "factors": (64, 128),
    },
    "transitions": {
        "recency.step": (0.6, 0.8, 0.4),
        "target": (0.2, 0.4),
        "shrinkage": (3.0, 10.0),
        "backward": (0.25, 0.0, 1.0),
    },
}
"""What is tried of each setting, the first value being where the search starts."""

SCORING = ("recency.step", "recency.weighted")
"""Settings that change what a history says, not what was learnt: no new fit is needed."""

MOST_ITEMS_OF_A_SEARCH = 5_000
MOST_USERS = 12_000
DRAWS, AVERAGED = 300, 10
LEAST = 0.02


@dataclass(frozen=True)
class Tuned:
    """What a search found.

    Args:
        settings: of the model, for its constructor.
        value: of the metric on the validation split.
        models: fitted to the training rows of each validation split.
        tried: how many settings were tried.
        seconds: how long it took.
    """

    settings: dict[str, Any]
    value: float
    models: Models
    tried: int
    seconds: float


def tune(
    name: str,
    splits: Sequence[Split],
    ctx: Context,
    *,
    metric: str = "ndcg",
    k: int = 10,
    search: bool = True,
) -> Tuned:
    """Coordinate search: each setting in turn, the best value kept; one pass.

    Args:
        splits: validation splits, cut from what may be learnt from; the mean over them counts.
        search: if not, the model's defaults are taken.
    """
    started = time.perf_counter()
    tries = SEARCHES.get(name, {}) if search else {}
    # The right strength of EASE hardly changes with rare products, and its time grows with the cube of their number.
    many = max(split.train.n_items for split in splits) > 2 * MOST_ITEMS_OF_A_SEARCH
    cheap = {"most_items": MOST_ITEMS_OF_A_SEARCH} if tries and many and name == "ease" else {}
    asked = [split.some(MOST_USERS // len(splits)) for split in splits]

    def fitted(settings: Settings) -> Models:
        return tuple(make(name, _nested(settings)).fit(split.train, ctx) for split in splits)

    def value_of(models: Models) -> float:
        return float(np.mean([_value(model, part, metric, k, ctx) for model, part in zip(models, asked, strict=True)]))

    best = {key: values[0] for key, values in tries.items()}
    models = fitted(best | cheap)
    value, tried = value_of(models), 1
    for key, values in tries.items():
        for candidate in values[1:]:
            ctx.check()
            settings = best | {key: candidate}
            scoring = key in SCORING
            others = tuple(_like(each, settings) for each in models) if scoring else fitted(settings | cheap)
            found = value_of(others)
            tried += 1
            if found > value:
                value, best, models = found, settings, others
    if cheap:
        models = fitted(best)
        value = value_of(models)
    return Tuned(_nested(best), value, models, tried, time.perf_counter() - started)


def weigh(
    members: Mapping[str, Models],
    splits: Sequence[Split],
    ctx: Context,
    *,
    metric: str = "ndcg",
    k: int = 10,
    kept: int = 100,
) -> tuple[dict[str, float], float]:
    """The weights of a blend by which the metric is highest on validation splits, and that value.

    Weights are drawn at random, then once more around the mean of the best draws; what counts is the mean of the best of
    these, which lies where many weights do well rather than where one happens to. Scored is what any member has in its `kept`
    best.

    Args:
        members: of each member the models that were fitted to the training rows of each split.
    """
    pools = [
        _Pool.of({name: each[n] for name, each in members.items()}, split.some(MOST_USERS // len(splits)), kept, ctx)
        for n, split in enumerate(splits)
    ]
    names = list(members)

    def value(weights: NDArray[np.float64]) -> float:
        return float(np.mean([metrics.METRICS[metric](*pool.hits(weights, k)).mean() for pool in pools]))

    rng = np.random.default_rng(0)
    alone = np.eye(len(names))
    drawn = np.concatenate(
        (alone, np.full((1, len(names)), 1 / len(names)), rng.dirichlet(np.full(len(names), 0.5), DRAWS))
    )
    for _ in range(2):
        ctx.check()
        found = np.asarray([value(row) for row in drawn])
        centre = drawn[np.argsort(-found, kind="stable")[:AVERAGED]].mean(axis=0)
        around = centre * np.exp(0.4 * rng.standard_normal((DRAWS // 2, len(names))))
        drawn = np.concatenate((alone, centre[None], around / around.sum(axis=1, keepdims=True)))
    last = np.asarray([value(row) for row in (*alone, centre)])
    weights = centre if last[-1] >= last[:-1].max() else alone[int(last[:-1].argmax())]
    weights = np.where(weights < LEAST, 0, weights)
    weights /= weights.sum()
    return {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)}, float(last.max())


@dataclass(frozen=True)
class _Pool:
    """For each user some products, the members' scores of them, and which are relevant; padded with -inf."""

    scores: Floats
    relevant: NDArray[np.bool_]
    total: NDArray[np.int64]

    def hits(self, weights: NDArray[np.float64], k: int) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        blended = np.tensordot(weights.astype(np.float32), self.scores, 1)
        width = blended.shape[1]
        best = np.argpartition(blended, width - min(k, width), axis=1)[:, width - min(k, width) :]
        order = np.argsort(-np.take_along_axis(blended, best, axis=1), axis=1, kind="stable")
        places = np.take_along_axis(best, order, axis=1)
        return np.take_along_axis(self.relevant, places, axis=1), self.total

    @classmethod
    def of(cls, members: Mapping[str, PreferenceModel], split: Split, kept: int, ctx: Context) -> _Pool:
        parts: list[tuple[Floats, NDArray[np.bool_]]] = []
        for start in range(0, len(split), USERS_AT_ONCE):
            ctx.check()
            histories = split.histories[start : start + USERS_AT_ONCE]
            relevant = split.relevant[start : start + USERS_AT_ONCE]
            each = [standardised(model.scores(histories, split.now)) for model in members.values()]
            bests = [metrics.top_k(without_seen(scores, histories), kept) for scores in each]
            for row, wanted in enumerate(relevant):
                pool = np.unique(np.concatenate([best[row] for best in bests]))
                pool = pool[pool >= 0]
                parts.append((np.stack([scores[row, pool] for scores in each]), np.isin(pool, wanted)))
        width = max((hit.shape[0] for _, hit in parts), default=1)
        scores = np.full((len(members), len(parts), width), -1e9, np.float32)
        hits = np.zeros((len(parts), width), np.bool_)
        for row, (found, hit) in enumerate(parts):
            scores[:, row, : found.shape[1]] = found
            hits[row, : len(hit)] = hit
        return cls(scores, hits, metrics.counts(split.relevant))


def _value(model: PreferenceModel, split: Split, metric: str, k: int, ctx: Context) -> float:
    found = metrics.evaluate(rank(model, split, k, ctx), split.relevant)
    return float(found[metric].mean())


def _nested(settings: Settings) -> dict[str, Any]:
    """`recency.step` and the like as a table `recency`."""
    plain = {key: value for key, value in settings.items() if not key.startswith("recency.")}
    recency = {key.removeprefix("recency."): value for key, value in settings.items() if key.startswith("recency.")}
    return plain | ({"recency": recency} if recency else {})


def _like(model: PreferenceModel, settings: Settings) -> PreferenceModel:
    """A copy of a fitted model that looks at histories in another way."""
    from copy import copy

    other: Any = copy(model)
    other.recency = replace(other.recency, **_nested(settings)["recency"]) if other.recency else Recency()
    return other  # type: ignore[no-any-return]
