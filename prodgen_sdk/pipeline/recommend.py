"""User and context -> products, each with the variant to show, its propensity and why.

retrieve (index) -> filter hooks -> rank -> rules, serve-time check -> choose the variant -> logged impressions
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pydantic import Field

from prodgen_sdk.bound import BoundIndex, BoundPolicy, BoundRanker
from prodgen_sdk.context import Context
from prodgen_sdk.errors import Busy, PluginError
from prodgen_sdk.host import Host
from prodgen_sdk.pipeline.rules import chosen
from prodgen_sdk.types import (
    Candidate,
    CandidateVariant,
    Choice,
    Event,
    Filter,
    Model,
    Product,
    Ranked,
    Recommendation,
    RecommendationContext,
    UserProfile,
    View,
)
from prodgen_sdk.types.rules import Rules

if TYPE_CHECKING:
    from prodgen_sdk.interfaces import Vectors

_TRIES = 20
_WANTED = 20
logger = logging.getLogger(__name__)


class Shown(NamedTuple):
    """A recommendation, and what its impression keeps besides: the variants that could have been chosen, the policy's memo."""

    recommendation: Recommendation
    offered: tuple[str, ...]
    memo: str


class VariantFacts(Model):
    """What rankers and policies may know of a variant beyond its vector."""

    view: View
    background: str
    light: str
    style: str
    quality: dict[str, float] = Field(default_factory=dict)


class ProductFacts(Model):
    """What rankers may know of a product beyond its vectors."""

    title: str
    category: str


def retrieve(
    user: UserProfile,
    eligible: Filter,
    index: BoundIndex,
    popular: Sequence[str],
    *,
    n: int,
    dimension: int,
    wanted: Sequence[Filter] = (),
) -> list[Candidate]:
    """Candidates near the user's vector, then popular ones, then any others, up to `n` distinct products.

    Args:
        wanted: of what each of these finds, some are added whatever else was found; see `rules.wanted`.
    """
    import numpy as np

    towards = user.vector if user.vector is not None else _no_preference(dimension)
    query = np.asarray(towards, np.float32)[None]
    sources = [index.search(query, n, eligible)[0]] if user.vector is not None else []
    if popular and not (eligible.skus or len(popular) > 5000):
        sources.append(index.search(query, n, eligible.model_copy(update={"skus": tuple(popular[:n])}))[0])
    if sum(len(source) for source in sources) < n and user.vector is None:
        sources.append(index.search(query, n, eligible)[0])
    sources += [index.search(query, _WANTED, where)[0] for where in wanted]
    merged: dict[str, Candidate] = {}
    for source in sources:
        for candidate in source:
            merged.setdefault(candidate.sku, candidate)
    return list(merged.values())


def recommend(
    user: UserProfile,
    candidates: Sequence[Candidate],
    context: RecommendationContext,
    *,
    ranker: BoundRanker,
    policy: BoundPolicy,
    host: Host,
    may_show: Callable[[Sequence[str]], set[str]],
    facts_of: Callable[[Sequence[Candidate]], tuple[Mapping[str, ProductFacts], Mapping[str, VariantFacts]]],
    rules: Rules = Rules(),
    products_of: Callable[[Sequence[str]], Mapping[str, Product]] = lambda skus: {},
    ctx: Context | None = None,
) -> list[Shown]:
    """Orders candidates and chooses a variant of each.

    Args:
        may_show: of some variant ids, those that may be shown at this moment (approved, on sale); asked before the policy
            chooses, so that nothing forbidden is ever explored.
        facts_of: what is known of the products and variants of some candidates, by sku and by id; asked only of those that
            will be shown.
        rules: applied before the policy chooses, too.
        products_of: the products of some skus, which rules look at.
    """
    allowed = host.chain("filter_candidates", candidates, "candidates", user=user, context=context)
    if not {candidate.sku for candidate in candidates}.issuperset(candidate.sku for candidate in allowed):
        raise PluginError("A filter_candidates hook added products that were not candidates.")
    slate = chosen(
        rules,
        ranker.rank(user, allowed, context, ctx),
        user,
        k=context.k,
        at=context.at,
        locale=context.locale,
        products_of=products_of,
        servable=lambda ranked, k: _servable(ranked, k, may_show),
    )
    ranked = slate.ranked
    if slate.notes:
        logger.debug("Rules that could not be kept: %s", "; ".join(slate.notes))
    shown = _described([item.candidate for item in ranked], *facts_of([item.candidate for item in ranked]))
    choices, version = _choose(policy, user, shown, context, ctx)
    answer = [
        Shown(
            Recommendation(
                sku=item.candidate.sku,
                variant=choice.variant,
                score=item.score,
                propensity=choice.propensity,
                reasons=item.reasons,
                contributions=item.contributions,
                request_id=context.request_id,
                position=position,
                policy=version,
            ),
            tuple(variant.id for variant in item.candidate.variants),
            choice.memo,
        )
        for position, (item, choice) in enumerate(zip(ranked, choices, strict=True))
    ]
    recommendations = [item.recommendation for item in answer]
    host.notify("after_recommendation", user=user, recommendations=recommendations, context=context)
    return answer


def impressions(user: str, shown: Sequence[Shown], context: RecommendationContext) -> list[Event]:
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
            offered=offered,
            memo=memo,
            at=context.at,
        )
        for r, offered, memo in shown
    ]


def _no_preference(dimension: int) -> Vectors:
    import numpy as np

    return np.full(dimension, 1 / np.sqrt(max(dimension, 1)), np.float32)


def _choose(
    policy: BoundPolicy,
    user: UserProfile,
    candidates: Sequence[Candidate],
    context: RecommendationContext,
    ctx: Context | None,
) -> tuple[list[Choice], str]:
    """The choices and the version that made them; a version that changed meanwhile means choosing again."""
    for _ in range(_TRIES):
        version = policy.version
        choices = policy.choose(user, candidates, context, ctx)
        if policy.version == version:
            return choices, version
    raise Busy("The variant policy changed while it was asked.", hint="Ask again.")


def _described(
    candidates: Sequence[Candidate], products: Mapping[str, ProductFacts], variants: Mapping[str, VariantFacts]
) -> list[Candidate]:
    described = []
    for candidate in candidates:
        known = products[candidate.sku]
        pictures = tuple(
            CandidateVariant(
                id=v.id, score=v.score, **variants[v.id].model_dump(exclude={"view"}), view=variants[v.id].view
            )
            for v in candidate.variants
        )
        described.append(Candidate(sku=candidate.sku, variants=pictures, category=known.category, title=known.title))
    return described


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
