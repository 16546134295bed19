"""User and context -> products, each with the variant to show, its propensity and why.

retrieve (index) -> filter hooks -> rank -> rules, serve-time check -> describe -> choose the variant -> impressions

One function per stage; `prodgen_sdk.serving.recommender` calls them in this order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from prodgen_sdk.bound import BoundIndex, BoundPolicy
from prodgen_sdk.context import Context
from prodgen_sdk.errors import Busy
from prodgen_sdk.host import Host
from prodgen_sdk.types import (
    Candidate,
    Choice,
    Event,
    Filter,
    FoundCandidate,
    Product,
    Ranked,
    Recommendation,
    RecommendationContext,
    Source,
    UserProfile,
    VariantFacts,
    trusted,
)

if TYPE_CHECKING:
    from prodgen_sdk.interfaces import Vectors

FIRST = "core/first"
"""The policy of an answer whose images no policy chose."""

_TRIES = 20
_WANTED = 20
_EVENT = set(Event.model_fields)
_RECOMMENDATION = set(Recommendation.model_fields)
_FIRST = itemgetter(0)


class Shown(NamedTuple):
    """A recommendation, and what its impression keeps besides: the variants that could have been chosen, the policy's memo."""

    recommendation: Recommendation
    offered: tuple[str, ...]
    memo: str


class Choices(NamedTuple):
    """What a policy chose, and the version that did."""

    choices: Sequence[Choice]
    policy: str


def nearest(
    user: UserProfile, eligible: Filter, index: BoundIndex, n: int, ctx: Context | None = None
) -> list[Candidate]:
    """The n candidates nearest to the user's vector, nearest first; nothing for a user without one."""
    return index.search(user.vector[None], n, eligible, ctx)[0] if user.vector is not None else []


def retrieve(
    user: UserProfile,
    eligible: Filter,
    index: BoundIndex,
    others: Sequence[str],
    *,
    n: int,
    dimension: int,
    near: Sequence[Candidate] = (),
    again: Sequence[str] = (),
    wanted: Sequence[Filter] = (),
    ctx: Context | None = None,
) -> list[Candidate]:
    """Candidates near the user's vector and, under the same filter, others; each product once.

    Args:
        others: skus that ought to be among the candidates: proposed by the ranker, or popular.
        n: how many for a user without a vector: of `others` first, then any.
        near: those nearest to the user's vector, nearest first.
        again: the skus of those that were the nearest before, where they are again, nearest first; then `near` is empty.
        wanted: of what each of these finds, some are added whatever else was found; see `rules.wanted`.
    """
    import numpy as np

    towards = user.vector if user.vector is not None else _no_preference(dimension)
    query = np.asarray(towards, np.float32)[None]
    merged = {candidate.sku: candidate for candidate in near}

    def add(number: int, where: Filter) -> None:
        for candidate in index.search(query, number, where, ctx)[0]:
            merged.setdefault(candidate.sku, candidate)

    missing = [sku for sku in dict.fromkeys([*again, *others]) if sku not in merged]
    if eligible.skus:
        missing = [sku for sku in missing if sku in eligible.skus]
    if missing:
        add(len(missing), eligible.model_copy(update={"skus": tuple(missing)}))
    if again:
        merged = {sku: merged[sku] for sku in again if sku in merged} | merged
    if user.vector is None and len(merged) < n:
        add(n, eligible)
    for where in wanted:
        add(_WANTED, where)
    return list(merged.values())


def permitted(
    host: Host, candidates: Sequence[Candidate], user: UserProfile, context: RecommendationContext
) -> Sequence[Candidate]:
    """What the `filter_candidates` hooks let pass.

    Raises:
        PluginError: a hook failed, or added products or variants.
    """
    return host.chain(
        "filter_candidates",
        candidates,
        "candidates",
        fault=_added,
        user=user,
        context=context,
        products=host.products,
    )


def _added(allowed: Sequence[Candidate], candidates: Sequence[Candidate]) -> str:
    """What a hook let pass that it was not given; empty if nothing."""
    given = {candidate.sku: candidate for candidate in candidates}
    for candidate in allowed:
        known = given.pop(candidate.sku, None) if isinstance(candidate, Candidate) else None
        if known is None:
            return "added products that were not candidates, or repeated some."
        if candidate is not known and not dict(known.scored).keys() >= dict(candidate.scored).keys():
            return f"added variants of {candidate.sku} that were not candidates."
    return ""


def servable(
    ranked: Sequence[Ranked], k: int, changed: Container[str], may_show: Callable[[Sequence[Candidate]], set[str]]
) -> list[Ranked]:
    """The first k that may be shown at this moment, each with those of its variants that may.

    Args:
        changed: skus of the products that may have changed since they were searched for; all others may be shown as they are.
        may_show: of some candidates, the ids of the variants that may be shown.
    """
    kept: list[Ranked] = []
    step = 2 * max(k, 1)
    for start in range(0, len(ranked), step):
        part = ranked[start : start + step]
        doubtful = [item.candidate for item in part if item.candidate.sku in changed]
        shown = may_show(doubtful) if doubtful else set()
        for item in part:
            if item.candidate.sku not in changed:
                kept.append(item)
            elif variants := tuple(variant for variant in item.candidate.variants if variant.id in shown):
                candidate = item.candidate.model_copy(update={"variants": variants})
                kept.append(item.model_copy(update={"candidate": candidate}))
            if len(kept) == k:
                return kept
    return kept


def described(
    candidates: Sequence[Candidate],
    products: Mapping[str, Product],
    variants: Mapping[str, VariantFacts],
) -> list[Candidate]:
    """Candidates with what is known of them; a variant of which nothing is known keeps what it has."""
    found = []
    for candidate in candidates:
        product = products.get(candidate.sku)
        category, title = (product.category, product.title) if product else (candidate.category, candidate.title)
        facts: Sequence[Any] = list(map(variants.get, map(_FIRST, candidate.scored)))
        if not all(facts):
            facts = [known or own for known, own in zip(facts, candidate.variants, strict=True)]
        found.append((candidate, category, title, facts))
    return [*FoundCandidate.described(found)]


def choose(
    policy: BoundPolicy,
    user: UserProfile,
    candidates: Sequence[Candidate],
    context: RecommendationContext,
    ctx: Context | None = None,
) -> Choices:
    """The choices and the version that made them; a version that changed meanwhile means choosing again.

    Raises:
        PluginError: the policy failed.
        Busy: it would not keep still.
    """
    for _ in range(_TRIES):
        version = policy.version
        choices = policy.choose(user, candidates, context, ctx)
        if policy.version == version:
            return Choices(choices, version)
    raise Busy("The variant policy changed while it was asked.", hint="Ask again.")


def first(candidates: Sequence[Candidate]) -> Choices:
    """The first variant of each, which is certain: the choice where there is no policy to ask."""
    return Choices([Choice(variant=candidate.scored[0][0], propensity=1.0) for candidate in candidates], FIRST)


def answer(
    ranked: Sequence[Ranked], chosen: Choices, sources: Sequence[Source], context: RecommendationContext
) -> list[Shown]:
    """The recommendations, in the order of `ranked`, each with what its impression keeps."""
    rows = [
        {
            "sku": item.candidate.sku,
            "variant": choice.variant,
            "score": item.score,
            "propensity": choice.propensity,
            "reasons": item.reasons,
            "contributions": item.contributions,
            "request_id": context.request_id,
            "position": position,
            "policy": chosen.policy,
            "source": source,
        }
        for position, (item, choice, source) in enumerate(zip(ranked, chosen.choices, sources, strict=True))
    ]
    return [
        Shown(recommendation, tuple(map(_FIRST, item.candidate.scored)), choice.memo)
        for recommendation, item, choice in zip(
            trusted(Recommendation, rows, _RECOMMENDATION), ranked, chosen.choices, strict=True
        )
    ]


def impressions(user: str, shown: Sequence[Shown], context: RecommendationContext) -> list[Event]:
    """The impression of each recommendation, with an id that makes logging it twice harmless.

    The ids of one request have one beginning, so that a database finds the places of all of them together.
    """
    request = hashlib.sha256(f"{context.request_id}\0{user}".encode()).hexdigest()[:28]
    rows = [
        {
            "id": f"{request}{r.position:04x}",
            "user": user,
            "type": "impression",
            "sku": r.sku,
            "variant": r.variant,
            "request_id": r.request_id,
            "query": None,
            "value": None,
            "position": r.position,
            "propensity": r.propensity,
            "policy": r.policy,
            "offered": offered,
            "memo": memo,
            "at": context.at,
        }
        for r, offered, memo in shown
    ]
    return trusted(Event, rows, _EVENT)


def _no_preference(dimension: int) -> Vectors:
    import numpy as np

    return np.full(dimension, 1 / np.sqrt(max(dimension, 1)), np.float32)
