"""Why a product was recommended, checked by taking each cause away.

A ranker states what its score is made of and gives reasons. Whether they are true is tested as one would test any cause: the
product is ranked again for the same user with everything that they did to one product, or one of their searches, undone. What the
score falls by is the share of that cause. So a share is right by construction, for every ranker. Shares need not sum to the
score: two causes may each be enough, and a ranker may weigh one thing against another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from pydantic import Field

from prodgen_sdk.bound import BoundRanker
from prodgen_sdk.types import Candidate, Event, Model, Ranked, RecommendationContext, UserProfile


class Cause(Model):
    """A product that the user did something with, or something that they searched for, and what it does to a score.

    Args:
        what: the sku, or the words.
        title: of the product, or the words.
        share: how much lower the score is without it; negative if it is held against the product.
        lost: the reasons that are not given without it.
    """

    kind: Literal["product", "search"]
    what: str
    title: str = ""
    share: float
    lost: tuple[str, ...] = ()


class Explanation(Model):
    """What the score of a product, ranked by itself, is made of; `causes` by falling size of their share, without those of 0."""

    sku: str
    score: float
    reasons: tuple[str, ...] = ()
    contributions: dict[str, float] = Field(default_factory=dict)
    causes: tuple[Cause, ...] = ()


def explain(
    events: Sequence[Event],
    context: RecommendationContext,
    *,
    profile_of: Callable[[Sequence[Event]], UserProfile],
    candidate_of: Callable[[UserProfile], Candidate],
    ranker: BoundRanker,
) -> Explanation:
    """Ranks one product for a user, then again without each thing that the user did.

    Args:
        events: of the user.
        profile_of: what is known of the user from some events.
        candidate_of: the product as the index offers it to such a user.
    """

    def ranked(given: Sequence[Event]) -> tuple[UserProfile, Ranked]:
        profile = profile_of(given)
        return profile, ranker.rank(profile, [candidate_of(profile)], context)[0]

    profile, whole = ranked(events)
    titles = {interest.sku: interest.title for interest in profile.interests}
    causes = []
    for key in dict.fromkeys(map(_key, events)):
        if key is None:
            continue
        _, without = ranked([event for event in events if _key(event) != key])
        share = whole.score - without.score
        lost = tuple(reason for reason in whole.reasons if reason not in without.reasons)
        if share or lost:
            kind, what = key
            title = what if kind == "search" else titles.get(what, "")
            causes.append(Cause(kind=kind, what=what, title=title, share=share, lost=lost))
    return Explanation(
        sku=whole.candidate.sku,
        score=whole.score,
        reasons=whole.reasons,
        contributions=whole.contributions,
        causes=tuple(sorted(causes, key=lambda cause: (-abs(cause.share), cause.kind, cause.what))),
    )


def _key(event: Event) -> tuple[Literal["product", "search"], str] | None:
    """What an event is about; events about the same are one cause."""
    if event.sku is not None:
        return "product", event.sku
    return ("search", event.query) if event.query else None
