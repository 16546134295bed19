"""Around what chooses products and their variants: indexes, rankers and policies."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter, is_, itemgetter
from typing import TYPE_CHECKING, Any, get_args

from prodgen_sdk import interfaces
from prodgen_sdk.bound.component import Bound, guarded
from prodgen_sdk.context import Context
from prodgen_sdk.types import (
    Candidate,
    Choice,
    Event,
    EventType,
    Feedback,
    Filter,
    IndexChange,
    LazyRanked,
    Ranked,
    RecommendationContext,
    UserProfile,
)
from prodgen_sdk.types.event import KEY_LENGTH, MEMO_LENGTH

if TYPE_CHECKING:
    from prodgen_sdk.interfaces import Vectors

_EVENT_TYPES = frozenset(get_args(EventType))
_SKU, _SCORE, _SHAPE, _FIRST = attrgetter("sku"), attrgetter("score"), attrgetter("shape"), itemgetter(0)


class BoundIndex(Bound[interfaces.VectorIndex]):
    @property
    def sequence(self) -> int:
        return self._sequence()

    @guarded
    def _sequence(self) -> int:
        sequence = self.component.sequence
        self.expect(isinstance(sequence, int), f"its sequence is {sequence!r}, which is no int")
        return sequence

    @guarded
    def apply(self, changes: Sequence[IndexChange], sequence: int, ctx: Context | None = None) -> None:
        self.component.apply(changes, sequence, self._context(ctx))
        reached = self.sequence
        self.expect(reached >= sequence, f"its sequence is {reached} after {sequence} was applied")

    @guarded
    def search(
        self, queries: Vectors, k_products: int, eligible: Filter | None = None, ctx: Context | None = None
    ) -> list[list[Candidate]]:
        found = self.component.search(queries, k_products, eligible or Filter(), self._context(ctx))
        self.expect_one_each(found, queries, "answers to {} queries")
        for candidates in found:
            self.expect(
                len(set(map(_SKU, candidates))) == len(candidates) <= k_products, "products are repeated or too many"
            )
            self.expect(all(map(math.isfinite, map(_SCORE, candidates))), "a score is not finite")
        return [list(candidates) for candidates in found]

    @guarded
    def vectors(self, variants: Sequence[str], ctx: Context | None = None) -> Mapping[str, Vectors]:
        found = self.component.vectors(variants, self._context(ctx))
        self.expect(isinstance(found, Mapping), f"a {type(found).__name__} instead of vectors by variant")
        if found:
            self._check_vectors([*found.values()])
        return found

    def _check_vectors(self, found: Sequence[Vectors]) -> None:
        import numpy as np

        arrays = list(map(np.asarray, found))
        shapes = set(map(_SHAPE, arrays))
        self.expect(len(shapes) == 1 and arrays[0].ndim == 1, "vectors of several shapes")
        self.expect(bool(np.isfinite(np.concatenate(arrays)).all()), "a vector is not finite")

    @guarded
    def reset(self, ctx: Context | None = None) -> None:
        self.component.reset(self._context(ctx))

    @guarded
    def stats(self, ctx: Context | None = None) -> Mapping[str, Any]:
        return self.component.stats(self._context(ctx))

    @guarded
    def verify(self, ctx: Context | None = None) -> list[str]:
        return list(self.component.verify(self._context(ctx)))


class BoundRanker(Bound[interfaces.Ranker]):
    @property
    def durable(self) -> bool:
        return self.component.durable

    @property
    def learns_from(self) -> frozenset[EventType]:
        return self._learns_from()

    @guarded
    def _learns_from(self) -> frozenset[EventType]:
        types = frozenset(self.component.learns_from)
        self.expect(
            types <= _EVENT_TYPES, f"it learns from {sorted(types - _EVENT_TYPES)}, which are no types of events"
        )
        return types

    @guarded
    def rank(
        self,
        user: UserProfile,
        candidates: Sequence[Candidate],
        context: RecommendationContext,
        ctx: Context | None = None,
    ) -> list[Ranked]:
        answer = self.component.rank(user, candidates, context, self._context(ctx))
        self.expect(isinstance(answer, Iterable), f"a {type(answer).__name__} instead of the candidates in order")
        ranked = list(answer)
        kinds = set(map(type, ranked))
        for kind in kinds:
            self.expect(issubclass(kind, Ranked), f"a {kind.__name__} instead of a Ranked")
        given = dict(zip(map(_SKU, candidates), candidates, strict=True))
        named = [item.candidate for item in ranked]
        skus = list(map(_SKU, named))
        self.expect(
            len(set(skus)) == len(skus) and given.keys() >= set(skus), "ranked products were not candidates, or repeat"
        )
        self.expect(
            len(skus) == len(given),
            f"{len(given) - len(skus)} of {len(given)} candidates are missing: a ranker orders, and hides none",
        )
        self.expect(all(map(math.isfinite, map(_SCORE, ranked))), "a score is not finite")
        meant = list(map(given.__getitem__, skus))
        if all(map(is_, named, meant)) and (kinds <= {LazyRanked} or all(map(_is_sound, ranked))):
            return ranked
        return [
            item if item.candidate is candidate and _is_sound(item) else self._sound(item, candidate)
            for item, candidate in zip(ranked, meant, strict=True)
        ]

    @guarded
    def explained(self, ranked: Sequence[Ranked]) -> list[Ranked]:
        """Some that it ranked, with what their scores are made of and why: a ranker may make that when it is asked for."""
        return [item if _is_sound(item) else self._sound(item, item.candidate) for item in ranked]

    def _sound(self, item: Ranked, candidate: Candidate) -> Ranked:
        """What a ranker made without validation, or from a copy: checked, with the candidate that it was given."""
        return Ranked(candidate=candidate, score=item.score, contributions=item.contributions, reasons=item.reasons)

    @guarded
    def propose(
        self, user: UserProfile, n: int, context: RecommendationContext, ctx: Context | None = None
    ) -> list[str]:
        """Up to `n` distinct skus, in the order of the proposal."""
        proposed = list(dict.fromkeys(self.component.propose(user, n, context, self._context(ctx))))[:n]
        self.expect(
            all(issubclass(kind, str) for kind in set(map(type, proposed))), "it proposed something that is no sku"
        )
        return proposed

    @guarded
    def fit(self, log: Iterable[Event], ctx: Context | None = None) -> None:
        self.component.fit(log, self._context(ctx))


class BoundPolicy(Bound[interfaces.VariantPolicy]):
    @property
    def version(self) -> str:
        return self._version()

    @guarded
    def _version(self) -> str:
        own = self.component.version
        version = f"{self.id}@{own}"
        self.expect(
            len(version) <= KEY_LENGTH and version.isprintable(),
            f"its version does not fit into the log of impressions: {own!r:.60}",
        )
        return version

    @guarded
    def choose(
        self,
        user: UserProfile,
        candidates: Sequence[Candidate],
        context: RecommendationContext,
        ctx: Context | None = None,
    ) -> list[Choice]:
        choices = self.component.choose(user, candidates, context, self._context(ctx))
        self.expect_one_each(choices, candidates, "choices for {} products")
        for choice, candidate in zip(choices, candidates, strict=True):
            if fault := _fault(choice, candidate):
                self.expect(False, fault)
        return list(choices)

    @guarded
    def prepare(self, candidates: Sequence[Candidate], ctx: Context | None = None) -> None:
        self.component.prepare(candidates, self._context(ctx))

    @guarded
    def update(self, feedback: Sequence[Feedback], ctx: Context | None = None) -> None:
        self.component.update(feedback, self._context(ctx))

    @guarded
    def relearn(self, parts: Iterable[Sequence[Feedback]], ctx: Context | None = None) -> None:
        parts = iter(parts)
        self.component.relearn(parts, self._context(ctx))
        self.expect(next(parts, None) is None, "it did not relearn from all of the feedback")


def _is_sound(item: Ranked) -> bool:
    return type(item.contributions) is dict and type(item.reasons) is tuple


def _fault(choice: object, candidate: Candidate) -> str:
    """What is wrong with a choice; empty where nothing is."""
    if not isinstance(choice, Choice):
        return f"a {type(choice).__name__} instead of a Choice"
    if choice.variant not in map(_FIRST, candidate.scored):
        return f"{choice.variant} is no variant of {candidate.sku} that may be shown"
    if not 0 < choice.propensity <= 1:
        return f"a propensity of {choice.propensity} for {candidate.sku}"
    if not isinstance(choice.memo, str) or len(choice.memo) > MEMO_LENGTH or "\0" in choice.memo:
        return f"a memo for {candidate.sku} that the log cannot keep"
    return ""
