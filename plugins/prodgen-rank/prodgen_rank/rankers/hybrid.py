"""`rank/hybrid`: a weighted sum of likeness, popularity, category affinity and novelty, then diversity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from prodgen_rank.config import Config, RankerConfig
from prodgen_rank.durable import Durable
from prodgen_rank.rankers.diversity import diversify
from prodgen_rank.rankers.reasons import because, sentences, strongest_in, visits
from prodgen_rank.rankers.trending import Trends
from prodgen_sdk.context import Context
from prodgen_sdk.errors import NotFound
from prodgen_sdk.interfaces import Ranker
from prodgen_sdk.types import Candidate, Event, Interest, Ranked, RecommendationContext, UserProfile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


class HybridRanker(Ranker):
    """The score is the sum of its contributions; candidates that tie are ordered by sku.

    For diversity and for its reasons it looks the candidates' vectors up in the configured index; where there is none,
    both do without. What `fit` learns lives in `ctx.state`. What the user bought lately is held back, what lies in the cart is
    not. A reason names a product only if it is of the same category or its vector is near enough.

    Example:
        >>> from datetime import datetime, timezone
        >>> from prodgen_sdk.types import CandidateVariant
        >>> mug = Candidate(sku="mug", variants=(CandidateVariant(id="a", score=0.5),))
        >>> user = UserProfile(user="u", vector=np.ones(4, np.float32) / 2)
        >>> context = RecommendationContext(at=datetime(2026, 1, 1, tzinfo=timezone.utc))
        >>> HybridRanker(None, Context()).rank(user, [mug], context, Context())[0].contributions
        {'similarity': 0.5}
    """

    durable: ClassVar[bool] = True

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self._config = config.ranker if config else RankerConfig()
        self._trends = Durable(ctx.state, "trends.json", Trends(), Trends.encoded, Trends.decoded)

    def fit(self, log: Iterable[Event], ctx: Context) -> None:
        trends = Trends.of(log, self._config.half_life_days)
        with self._trends.writing():
            self._trends.put(trends)

    def rank(
        self, user: UserProfile, candidates: Sequence[Candidate], context: RecommendationContext, ctx: Context
    ) -> list[Ranked]:
        if not candidates:
            return []
        candidates = sorted(candidates, key=lambda candidate: candidate.sku)
        trends = self._trends.get()
        shares = self._shares(user, candidates, context, trends)
        vectors = _vectors(candidates, ctx)
        relevance = np.asarray([sum(share.values()) for share in shares])
        if vectors is None:
            order, penalties = np.argsort(-relevance, kind="stable").tolist(), np.zeros(len(candidates))
        else:
            order, penalties = diversify(relevance, vectors, self._config.diversity, context.k)
        causes = _causes(user, vectors, candidates, self._config)
        words = sentences(context.locale)
        ranked = []
        for i in order:
            contributions = {name: share for name, share in shares[i].items() if share}
            if penalties[i]:
                contributions["diversity"] = -float(penalties[i])
            reasons = self._reasons(user, candidates[i], causes[i], context, words, trends)
            score = float(sum(contributions.values()))
            ranked.append(Ranked(candidate=candidates[i], score=score, contributions=contributions, reasons=reasons))
        return ranked

    def _shares(
        self, user: UserProfile, candidates: Sequence[Candidate], context: RecommendationContext, trends: Trends
    ) -> list[dict[str, float]]:
        weights = self._config
        popular = trends.popular(
            [c.sku for c in candidates], context.at, weights.half_life_days, weights.popularity_prior
        )
        hidden = {interest.sku for interest in user.interests if interest.weight < 0}
        since = context.at - timedelta(days=weights.hold_back_days)
        bought = {i.sku for i in user.interests if i.bought_at is not None and i.bought_at > since}
        liking = {category: affinity(category, user.interests) for category in {c.category for c in candidates}}
        return [
            {
                # Without a vector of the user the index was asked for anything, and its scores mean nothing.
                "similarity": weights.similarity * candidate.score if user.vector is not None else 0.0,
                "popularity": weights.popularity * popularity,
                "category": weights.category * liking[candidate.category],
                "seen": -weights.seen * (candidate.sku in user.seen),
                "hidden": -weights.hidden * (candidate.sku in hidden),
                "bought": -weights.bought * (candidate.sku in bought),
            }
            for candidate, popularity in zip(candidates, popular, strict=True)
        ]

    def _reasons(
        self,
        user: UserProfile,
        candidate: Candidate,
        cause: Interest | str | None,
        context: RecommendationContext,
        words: Mapping[str, str],
        trends: Trends,
    ) -> tuple[str, ...]:
        cause = cause or strongest_in(candidate.category, user.interests)
        reasons = []
        if isinstance(cause, str):
            reasons.append(words["search"].format(what=cause))
        elif cause is not None:
            reasons.append(words["again"] if cause.sku == candidate.sku else because(cause, words))
        if trends.users_this_week(candidate.sku, context.at) >= self._config.popular_users:
            reasons.append(words["popular"])
        if not reasons:
            unknown = user.vector is None
            near = visits(candidate.category, user.interests)
            reasons.append(words["start" if unknown else "domain" if near else "other"])
        return tuple(reasons)


def affinity(category: str, interests: Sequence[Interest]) -> float:
    """The share of the liked interests' weight in this category, and half of that in the rest of its domain; 0 to 1.

    >>> from datetime import datetime, timezone
    >>> at = datetime(2026, 1, 1, tzinfo=timezone.utc)
    >>> cup = Interest(sku="a", weight=3, last_type="view", last_at=at, category="home/cup")
    >>> lamp = Interest(sku="b", weight=1, last_type="view", last_at=at, category="home/lamp")
    >>> affinity("home/cup", [cup, lamp])
    0.875
    """
    liked = [interest for interest in interests if interest.weight > 0 and interest.category]
    total = sum(interest.weight for interest in liked)
    if not (category and total):
        return 0.0
    domain = category.split("/")[0]
    same = sum(interest.weight for interest in liked if interest.category == category)
    near = sum(interest.weight for interest in liked if interest.category.split("/")[0] == domain)
    return (same + near) / (2 * total)


def _vectors(candidates: Sequence[Candidate], ctx: Context) -> Floats | None:
    """float32 [n, dimension] of each candidate's best variant, zeros where unknown; None without an index."""
    try:
        known = ctx.lookup("index").vectors([candidate.variants[0].id for candidate in candidates])
    except NotFound:
        return None
    if not known:
        return None
    nothing = np.zeros_like(next(iter(known.values())))
    return np.stack([known.get(candidate.variants[0].id, nothing) for candidate in candidates])


def _causes(
    user: UserProfile, vectors: Floats | None, candidates: Sequence[Candidate], config: RankerConfig
) -> list[Interest | str | None]:
    """For each candidate the liked interest or the query that is most like it; None where none is like it enough.

    What counts is how far a cosine lies above the one that is enough, which is lower for queries: they are words without a
    picture, and so lie farther from any product. An interest in the candidate's own category is always like it enough.
    """
    liked = [interest for interest in user.interests if interest.weight > 0 and interest.sku in user.interest_vectors]
    asked = [query for query in user.queries if query in user.query_vectors]
    known: list[Interest | str] = [*liked, *asked]
    if vectors is None or not known or user.vector is None:
        return [None] * len(candidates)
    towards = [user.interest_vectors[i.sku] for i in liked] + [user.query_vectors[q] for q in asked]
    enough = np.asarray([config.like_product] * len(liked) + [config.like_search] * len(asked), np.float32)
    likeness = vectors @ np.stack(towards).T - enough
    akin = [[bool(c.category) and c.category == i.category for i in liked] + [False] * len(asked) for c in candidates]
    likeness = np.where(np.asarray(akin), np.maximum(likeness, 1e-3), likeness)
    return [
        known[best] if row[best] >= 0 else None for row, best in zip(likeness, likeness.argmax(axis=1), strict=True)
    ]
