"""User and context -> products, each with the variant to show, its propensity and why.

retrieve (index) -> filter hooks -> rank -> serve-time check -> choose the variant -> recommendations -> logged impressions
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from prodgen_sdk.bound import BoundIndex, BoundPolicy, BoundRanker
from prodgen_sdk.context import Context
from prodgen_sdk.errors import PluginError
from prodgen_sdk.host import Host
from prodgen_sdk.types import (
    Candidate,
    CandidateVariant,
    Event,
    Filter,
    Model,
    Ranked,
    Recommendation,
    RecommendationContext,
    UserProfile,
    View,
)

if TYPE_CHECKING:
    from prodgen_sdk.interfaces import Vectors


class VariantFacts(Model):
    """What rankers and policies may know of a variant beyond its vector."""

    view: View
    background: str
    quality: dict[str, float] = Field(default_factory=dict)


class ProductFacts(Model):
    """What rankers may know of a product beyond its vectors."""

    title: str
    category: str


def retrieve(
    user: UserProfile, eligible: Filter, index: BoundIndex, popular: Sequence[str], *, n: int, dimension: int
) -> list[Candidate]:
    """Candidates near the user's vector, then popular ones, then any others, up to `n` distinct products."""
    import numpy as np

    towards = user.vector if user.vector is not None else _no_preference(dimension)
    query = np.asarray(towards, np.float32)[None]
    sources = [index.search(query, n, eligible)[0]] if user.vector is not None else []
    if popular and not (eligible.skus or len(popular) > 5000):
        sources.append(index.search(query, n, eligible.model_copy(update={"skus": tuple(popular[:n])}))[0])
    if sum(len(source) for source in sources) < n and user.vector is None:
        sources.append(index.search(query, n, eligible)[0])
    merged: dict[str, Candidate] = {}
    for source in sources:
        for candidate in source:
            merged.setdefault(candidate.sku, candidate)
    return list(merged.values())


def describe_candidates(
    candidates: Iterable[Candidate], products: Mapping[str, ProductFacts], variants: Mapping[str, VariantFacts]
) -> list[Candidate]:
    """Adds what is known of each product and variant; what is not known any more is dropped."""
    described = []
    for candidate in candidates:
        kept = tuple(
            _described(variant, variants[variant.id]) for variant in candidate.variants if variant.id in variants
        )
        if kept and candidate.sku in products:
            facts = products[candidate.sku]
            described.append(
                Candidate.model_construct(sku=candidate.sku, variants=kept, category=facts.category, title=facts.title)
            )
    return described


def recommend(
    user: UserProfile,
    candidates: Sequence[Candidate],
    context: RecommendationContext,
    *,
    ranker: BoundRanker,
    policy: BoundPolicy,
    host: Host,
    may_show: Callable[[Sequence[str]], set[str]],
    ctx: Context | None = None,
) -> list[Recommendation]:
    """Orders candidates and chooses a variant of each.

    Args:
        may_show: of some variant ids, those that may be shown at this moment (approved, on sale); asked before the policy
            chooses, so that nothing forbidden is ever explored.
    """
    allowed = host.chain("filter_candidates", candidates, "candidates", user=user, context=context)
    if not {candidate.sku for candidate in candidates}.issuperset(candidate.sku for candidate in allowed):
        raise PluginError("A filter_candidates hook added products that were not candidates.")
    ranked = _servable(ranker.rank(user, allowed, context, ctx), context.k, may_show)
    choices = policy.choose(user, [item.candidate for item in ranked], context, ctx)
    recommendations = [
        Recommendation(
            sku=item.candidate.sku,
            variant=choice.variant,
            score=item.score,
            propensity=choice.propensity,
            reasons=item.reasons,
            contributions=item.contributions,
            request_id=context.request_id,
            position=position,
            policy=policy.version,
        )
        for position, (item, choice) in enumerate(zip(ranked, choices, strict=True))
    ]
    host.notify("after_recommendation", user=user, recommendations=recommendations, context=context)
    return recommendations


def impressions(user: str, recommendations: Sequence[Recommendation], context: RecommendationContext) -> list[Event]:
    """The impression of each recommendation, with an id that makes logging it twice harmless."""
    return [
        Event(
            id=hashlib.sha256(f"{r.request_id}\0{user}\0{r.position}".encode()).hexdigest()[:32],
            user=user,
            type="impression",
            sku=r.sku,
            variant=r.variant,
            request_id=r.request_id,
            position=r.position,
            propensity=r.propensity,
            policy=r.policy,
            at=context.at,
        )
        for r in recommendations
    ]


def _no_preference(dimension: int) -> Vectors:
    import numpy as np

    return np.full(dimension, 1 / np.sqrt(max(dimension, 1)), np.float32)


def _described(variant: CandidateVariant, facts: VariantFacts) -> CandidateVariant:
    return CandidateVariant.model_construct(
        id=variant.id, score=variant.score, view=facts.view, background=facts.background, quality=facts.quality
    )


def _servable(ranked: Sequence[Ranked], k: int, may_show: Callable[[Sequence[str]], set[str]]) -> list[Ranked]:
    kept: list[Ranked] = []
    for start in range(0, len(ranked), 2 * k):
        part = ranked[start : start + 2 * k]
        shown = may_show([variant.id for item in part for variant in item.candidate.variants])
        for item in part:
            variants = tuple(variant for variant in item.candidate.variants if variant.id in shown)
            if variants:
                candidate = item.candidate.model_copy(update={"variants": variants})
                kept.append(item.model_copy(update={"candidate": candidate}))
            if len(kept) == k:
                return kept
    return kept
