"""The shares that the hybrid's scores are made of, a column each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from prodgen_rank.config import RankerConfig
from prodgen_rank.rankers.trending import Trends
from prodgen_sdk.types import Candidate, Interest, RecommendationContext, UserProfile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Vectors = NDArray[np.float32]


_SKU, _SCORE, _CATEGORY = attrgetter("sku"), attrgetter("score"), attrgetter("category")


def shares(
    user: UserProfile,
    candidates: Sequence[Candidate],
    context: RecommendationContext,
    weights: RankerConfig,
    trends: Trends,
    vectors: Vectors | None,
    others: Floats | None,
) -> dict[str, Floats]:
    """By name, float64 [n]; the score of a candidate is their sum in this order. Those that are 0 throughout are left out.

    Args:
        vectors: float32 [n, dimension] of the candidates, or None.
        others: float64 [n], what a model of preference says, or None.
    """
    n, skus = len(candidates), list(map(_SKU, candidates))
    # Without a vector of the user the index was asked for anything, and its scores mean nothing.
    known = user.vector is not None
    likeness = np.array(list(map(_SCORE, candidates)), np.float64) if known else np.zeros(n)
    likeness *= weights.similarity
    session = np.zeros(n)
    if known and vectors is not None and user.session_share:
        # The user's vector is a sum, so the session's part of a likeness is exact.
        session = weights.similarity * user.session_share * (vectors @ user.session_vector).astype(np.float64)
    popular = trends.popular(skus, context.at, weights.half_life_days, weights.popularity_prior)
    liking = Affinity(user.interests)
    here = str(context.facts.get("category", ""))
    hidden = {interest.sku for interest in user.interests if interest.weight < 0}
    since = context.at - timedelta(days=weights.hold_back_days)
    bought = {i.sku for i in user.interests if i.bought_at is not None and i.bought_at > since}
    categories = list(map(_CATEGORY, candidates))
    likings = {category: liking.of(category) for category in set(categories)}
    columns = {
        "similarity": likeness - session,
        "session": session,
        "collaborative": weights.collaborative * others if others is not None else None,
        "popularity": weights.popularity * popular,
        "category": weights.category * np.array(list(map(likings.__getitem__, categories))),
        "context": weights.context * np.asarray([same_category(c, here) for c in categories]) if here else None,
        "seen": -weights.seen * _among(skus, user.seen),
        "hidden": -weights.hidden * _among(skus, hidden) if hidden else None,
        "bought": -weights.bought * _among(skus, bought) if bought else None,
    }
    return {name: column for name, column in columns.items() if column is not None and column.any()}


def _among(skus: Sequence[str], some: set[str] | frozenset[str]) -> Floats:
    return np.array(list(map(some.__contains__, skus)), np.float64)


def same_category(one: str, other: str) -> float:
    """1 for the same category, a half for another of the same domain, 0 otherwise."""
    if not one or not other:
        return 0.0
    return 1.0 if one == other else 0.5 * (one.split("/", 1)[0] == other.split("/", 1)[0])


class Affinity:
    """How much of the liked interests' weight lies in a category, and half of that in the rest of its domain; 0 to 1.

    >>> from datetime import datetime, timezone
    >>> at = datetime(2026, 1, 1, tzinfo=timezone.utc)
    >>> cup = Interest(sku="a", weight=3, last_type="view", last_at=at, category="home/cup")
    >>> lamp = Interest(sku="b", weight=1, last_type="view", last_at=at, category="home/lamp")
    >>> Affinity([cup, lamp]).of("home/cup")
    0.875
    """

    def __init__(self, interests: Sequence[Interest]) -> None:
        self._same: dict[str, float] = {}
        self._near: dict[str, float] = {}
        same, near = self._same, self._near
        for category, weight in [(i.category, i.weight) for i in interests if i.weight > 0 and i.category]:
            domain = category.partition("/")[0]
            same[category] = same.get(category, 0.0) + weight
            near[domain] = near.get(domain, 0.0) + weight
        self._total = 2 * sum(self._same.values())

    def of(self, category: str) -> float:
        if not (category and self._total):
            return 0.0
        same, near = self._same.get(category, 0.0), self._near.get(category.partition("/")[0], 0.0)
        return (same + near) / self._total
