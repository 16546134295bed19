"""`policy/epsilon`: shows the variant with the best click-through so far, and now and then any other one.

A variant's rate is the mean of a Beta posterior (empirical Bayes): its own impressions are added to those
that a prior is worth; the prior is the rate of all variants seen from the same side, itself shrunk to the rate of all.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from prodgen_rank.config import Config, PolicyConfig
from prodgen_rank.durable import Durable
from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import VariantPolicy
from prodgen_sdk.types import (
    Candidate,
    CandidateVariant,
    Choice,
    Feedback,
    OwnFacts,
    RecommendationContext,
    UserProfile,
    VariantFacts,
    View,
)

_SIDES = ("front", "front-right", "right", "back-right", "back", "back-left", "left", "front-left")
Counts = tuple[float, float]
"""Sum of rewards, number of impressions."""


@dataclass(frozen=True)
class Tally:
    """What was learnt; `history` is a digest of all feedback in its order."""

    variants: Mapping[str, Counts] = field(default_factory=dict)
    sides: Mapping[str, Counts] = field(default_factory=dict)
    history: str = ""

    def plus(self, feedback: Sequence[Feedback]) -> Tally:
        variants, sides = dict(self.variants), dict(self.sides)
        digest = hashlib.sha256(self.history.encode())
        for item in feedback:
            for counts, key in ((variants, item.variant), (sides, side(item.view))):
                rewards, shown = counts.get(key, (0.0, 0.0))
                counts[key] = (rewards + item.reward, shown + 1)
            digest.update(f"{item.variant}\0{side(item.view)}\0{item.reward!r}\n".encode())
        return Tally(variants, sides, digest.hexdigest())


def side(view: View | None) -> str:
    """The side that a view shows, coarsely: eight around, top, bottom or detail; empty for an unknown view.

    >>> side(View(azimuth=80, elevation=15))
    'right'
    """
    if view is None:
        return ""
    if abs(view.elevation) >= 60:
        return "top" if view.elevation > 0 else "bottom"
    return "detail" if view.distance < 0.8 else _SIDES[round(view.azimuth / 45) % 8]


def rates(candidate: Candidate, tally: Tally, config: PolicyConfig) -> list[float]:
    """The expected reward of each variant, in the candidate's order."""
    rewards, shown = (sum(values) for values in zip((0.0, 0.0), *tally.sides.values(), strict=True))
    worth = config.prior_impressions
    overall = (rewards + config.prior_rate * worth) / (shown + worth)
    found = []
    for variant in candidate.variants:
        here = side(variant.view)
        rewards, shown = tally.sides.get(here, (0.0, 0.0))
        prior = (rewards + overall * worth) / (shown + worth)
        prior *= (1 + config.front_bonus * (here == "front")) * (
            1 + config.quality_bonus * quality(variant, config.quality_metrics)
        )
        rewards, shown = tally.variants.get(variant.id, (0.0, 0.0))
        own = config.variant_impressions
        found.append((rewards + min(prior, 1.0) * own) / (shown + own))
    return found


def probabilities(expected: Sequence[float], epsilon: float) -> list[float]:
    """P(variant): epsilon is shared by all, the rest by the best ones (all that tie exactly).

    >>> probabilities([0.1, 0.3, 0.3, 0.2], 0.5)
    [0.125, 0.375, 0.375, 0.125]
    """
    best = max(expected)
    winners = sum(value == best for value in expected)
    return [epsilon / len(expected) + (1 - epsilon) / winners * (value == best) for value in expected]


def draw(shares: Sequence[float], key: str) -> int:
    """The position that `key` falls on, when its hash is spread evenly over shares that sum to 1."""
    point = int.from_bytes(hashlib.sha256(key.encode()).digest()[:7]) / 2**56
    position = bisect_right(list(accumulate(shares)), point)
    if position < len(shares):
        return position
    # The shares may sum to a little less than 1 by rounding.
    return max(position for position, share in enumerate(shares) if share > 0)


class EpsilonGreedy(VariantPolicy):
    """Learns from every process that shares `ctx.state`; the draw depends on the request id, the sku and the seed alone.

    Example:
        >>> from datetime import datetime, timezone
        >>> policy, ctx = EpsilonGreedy(None, Context()), Context()
        >>> mug = Candidate(sku="mug", variants=(CandidateVariant(id="a", score=1), CandidateVariant(id="b", score=0.5)))
        >>> context = RecommendationContext(at=datetime(2026, 1, 1, tzinfo=timezone.utc), deterministic=True)
        >>> [(c.variant, c.propensity) for c in policy.choose(UserProfile(user="u"), [mug], context, ctx)]
        [('a', 1.0)]
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self._config = config.policy if config else PolicyConfig()
        self._tally = Durable(ctx.state, "epsilon.json", Tally(), _encode, _decode)

    @property
    def version(self) -> str:
        learnt = self._config.model_dump_json() + self._tally.get().history
        return hashlib.sha256(learnt.encode()).hexdigest()[:12]

    def choose(
        self, user: UserProfile, candidates: Sequence[Candidate], context: RecommendationContext, ctx: Context
    ) -> list[Choice]:
        tally = self._tally.get()
        return [self._choose(candidate, context, tally) for candidate in candidates]

    def update(self, feedback: Sequence[Feedback], ctx: Context) -> None:
        if feedback:
            with self._tally.writing():
                self._tally.put(self._tally.get().plus(feedback))

    def reset(self, ctx: Context) -> None:
        self.relearn((), ctx)

    def relearn(self, parts: Iterable[Sequence[Feedback]], ctx: Context) -> None:
        tally = Tally()
        for feedback in parts:
            tally = tally.plus(feedback)
        with self._tally.writing():
            self._tally.put(tally)

    def _choose(self, candidate: Candidate, context: RecommendationContext, tally: Tally) -> Choice:
        expected = rates(candidate, tally, self._config)
        if context.deterministic:
            # Variants come most similar first, which settles a tie.
            return Choice(variant=candidate.variants[expected.index(max(expected))].id, propensity=1.0)
        shares = probabilities(expected, self._config.epsilon)
        chosen = draw(shares, f"{self._config.seed}\0{context.request_id}\0{candidate.sku}")
        return Choice(variant=candidate.variants[chosen].id, propensity=min(1.0, shares[chosen]))


def quality(variant: CandidateVariant | VariantFacts | OwnFacts, metrics: Sequence[str]) -> float:
    """The mean of those metrics that a variant has, each clipped to [0, 1]; 0 where it has none."""
    known = [min(1.0, max(0.0, variant.quality[m])) for m in metrics if m in variant.quality]
    return sum(known) / len(known) if known else 0.0


def _encode(tally: Tally) -> dict[str, Any]:
    return {"variants": dict(tally.variants), "sides": dict(tally.sides), "history": tally.history}


def _decode(data: dict[str, Any]) -> Tally:
    variants, sides = ({key: (r, n) for key, (r, n) in data[part].items()} for part in ("variants", "sides"))
    return Tally(variants, sides, data["history"])
