"""Around what chooses products and their variants: indexes, rankers and policies."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from prodgen_sdk import interfaces
from prodgen_sdk.bound.component import Bound, guarded
from prodgen_sdk.context import Context
from prodgen_sdk.types import (
    Candidate,
    Choice,
    Event,
    Feedback,
    Filter,
    IndexChange,
    Ranked,
    RecommendationContext,
    UserProfile,
)

if TYPE_CHECKING:
    from prodgen_sdk.interfaces import Vectors


class BoundIndex(Bound[interfaces.VectorIndex]):
    @property
    def sequence(self) -> int:
        return self._sequence()

    @guarded
    def _sequence(self) -> int:
        return self.component.sequence

    @guarded
    def apply(self, changes: Sequence[IndexChange], sequence: int, ctx: Context | None = None) -> None:
        self._call(self.component.apply, changes, sequence, self._context(ctx))
        self.expect(
            self.component.sequence >= sequence,
            f"its sequence is {self.component.sequence} after {sequence} was applied",
        )

    @guarded
    def search(
        self, queries: Vectors, k_products: int, eligible: Filter | None = None, ctx: Context | None = None
    ) -> list[list[Candidate]]:
        found = self._call(self.component.search, queries, k_products, eligible or Filter(), self._context(ctx))
        self.expect_one_each(found, queries, "answers to {} queries")
        for candidates in found:
            self.expect(
                len({c.sku for c in candidates}) == len(candidates) <= k_products, "products are repeated or too many"
            )
        return [list(candidates) for candidates in found]

    @guarded
    def vectors(self, variants: Sequence[str], ctx: Context | None = None) -> Mapping[str, Vectors]:
        return self._call(self.component.vectors, variants, self._context(ctx))

    @guarded
    def reset(self, ctx: Context | None = None) -> None:
        self._call(self.component.reset, self._context(ctx))

    @guarded
    def stats(self, ctx: Context | None = None) -> Mapping[str, Any]:
        return self._call(self.component.stats, self._context(ctx))

    @guarded
    def verify(self, ctx: Context | None = None) -> list[str]:
        return list(self._call(self.component.verify, self._context(ctx)))


class BoundRanker(Bound[interfaces.Ranker]):
    @property
    def durable(self) -> bool:
        return self.component.durable

    @guarded
    def rank(
        self,
        user: UserProfile,
        candidates: Sequence[Candidate],
        context: RecommendationContext,
        ctx: Context | None = None,
    ) -> list[Ranked]:
        ranked = self._call(self.component.rank, user, candidates, context, self._context(ctx))
        given = {candidate.sku for candidate in candidates}
        skus = [item.candidate.sku for item in ranked]
        self.expect(
            len(set(skus)) == len(skus) and given.issuperset(skus), "ranked products were not candidates, or repeat"
        )
        self.expect(all(math.isfinite(item.score) for item in ranked), "a score is not finite")
        return list(ranked)

    @guarded
    def propose(
        self, user: UserProfile, n: int, context: RecommendationContext, ctx: Context | None = None
    ) -> list[str]:
        """Up to `n` distinct skus, in the order of the proposal."""
        return list(dict.fromkeys(self._call(self.component.propose, user, n, context, self._context(ctx))))[:n]

    @guarded
    def fit(self, log: Iterable[Event], ctx: Context | None = None) -> None:
        self._call(self.component.fit, log, self._context(ctx))


class BoundPolicy(Bound[interfaces.VariantPolicy]):
    @property
    def version(self) -> str:
        return f"{self.id}@{self.component.version}"

    @guarded
    def choose(
        self,
        user: UserProfile,
        candidates: Sequence[Candidate],
        context: RecommendationContext,
        ctx: Context | None = None,
    ) -> list[Choice]:
        choices = self._call(self.component.choose, user, candidates, context, self._context(ctx))
        self.expect_one_each(choices, candidates, "choices for {} products")
        for choice, candidate in zip(choices, candidates, strict=True):
            offered = {variant.id for variant in candidate.variants}
            self.expect(
                choice.variant in offered, f"{choice.variant} is no variant of {candidate.sku} that may be shown"
            )
        return list(choices)

    @guarded
    def update(self, feedback: Sequence[Feedback], ctx: Context | None = None) -> None:
        self._call(self.component.update, feedback, self._context(ctx))

    @guarded
    def reset(self, ctx: Context | None = None) -> None:
        self._call(self.component.reset, self._context(ctx))
