"""From a fitted model and a split to rankings of the full catalogue, and from these to one figure per user."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prodgen_rank.evaluation import metrics
from prodgen_rank.evaluation.splits import Split
from prodgen_rank.models.base import PreferenceModel
from prodgen_rank.models.interactions import History
from prodgen_rank.models.linear import binary
from prodgen_sdk.context import Context

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Scores = NDArray[np.float32]
    Floats = NDArray[np.float64]

USERS_AT_ONCE = 512


def scored(model: PreferenceModel, split: Split, ctx: Context) -> Iterator[tuple[slice, Scores]]:
    """Batches of the split's users with their scores of all products, -inf on what is in the history."""
    for start in range(0, len(split), USERS_AT_ONCE):
        ctx.check()
        rows = slice(start, min(start + USERS_AT_ONCE, len(split)))
        given = split.histories[rows]
        yield rows, without_seen(model.scores(given, split.now), given)


def without_seen(scores: Scores, histories: Sequence[History]) -> Scores:
    """A copy with -inf on what is in the history."""
    kept = np.array(scores, np.float32)
    for row, history in enumerate(histories):
        kept[row, history.items] = -np.inf
    return kept


def rank(model: PreferenceModel, split: Split, k: int, ctx: Context) -> NDArray[np.int32]:
    """int32 [users, k], the best of the full catalogue without what was seen; -1 where there is nothing left."""
    ranked = np.full((len(split), k), -1, np.int32)
    for rows, scores in scored(model, split, ctx):
        ranked[rows] = metrics.top_k(scores, k)
    return ranked


@dataclass(frozen=True)
class Result:
    """How a model did.

    Args:
        ranked: int32 [users, k].
        per_user: float64 [users] by metric of `metrics.METRICS`, `novelty` and `diversity`.
        coverage: share of the catalogue that was shown to anyone.
    """

    ranked: NDArray[np.int32]
    per_user: Mapping[str, Floats]
    coverage: float

    def mean(self, metric: str) -> float:
        return float(self.per_user[metric].mean())


def assess(ranked: NDArray[np.int32], split: Split) -> Result:
    """All metrics of rankings that were made for the users of a split."""
    known = np.unique(np.stack((split.train.users, split.train.items)), axis=1)[1]
    popularity = np.bincount(known, minlength=split.train.n_items)
    users = len(np.unique(split.train.users))
    figures = metrics.evaluate(ranked, split.relevant)
    figures["novelty"] = metrics.novelty(ranked, popularity, users)
    # No pictures are at hand here: two products are alike by the users that they share.
    figures["diversity"] = metrics.intra_list_diversity(ranked, binary(split.train).T.tocsr())
    return Result(ranked, figures, metrics.coverage(ranked, split.train.n_items))


def evaluate(model: PreferenceModel, split: Split, k: int, ctx: Context) -> Result:
    """Ranks and assesses; the model must be fitted to `split.train`."""
    return assess(rank(model, split, k, ctx), split)
