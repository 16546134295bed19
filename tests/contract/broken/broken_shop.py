"""Vector indexes and rankers that break their contracts, each in one way."""

from contextlib import suppress

import numpy as np
from harness import broken

from prodgen_sdk.testing.contracts import RankerContract, VectorIndexContract
from prodgen_sdk.testing.fakes.shop import BruteForceIndex, PopularRanker
from prodgen_sdk.types import Filter, Remove, Upsert

SEARCHES = ("equals_brute_force", "upsert_replaces", "remove")


@broken(VectorIndexContract, "equals_brute_force")
class IgnoresTheFilter(BruteForceIndex):
    def _search(self, query, k, eligible):
        return super()._search(query, k, Filter())


@broken(VectorIndexContract, "equals_brute_force")
class FiltersAfterTheCut(BruteForceIndex):
    def _search(self, query, k, eligible):
        allowed = {item.sku for item in self._stored.values() if eligible.allows(item.sku, item.facets)}
        return [c for c in super()._search(query, k, Filter()) if c.sku in allowed]


@broken(VectorIndexContract, *SEARCHES)
class CountsVariantsAsProducts(BruteForceIndex):
    def _search(self, query, k, eligible):
        found = super()._search(query, 1000, eligible)
        return [c.model_copy(update={"variants": (v,)}) for c in found for v in c.variants][:k]


@broken(VectorIndexContract, *SEARCHES)
class KeepsTheBestVariantOnly(BruteForceIndex):
    def _search(self, query, k, eligible):
        return [c.model_copy(update={"variants": c.variants[:1]}) for c in super()._search(query, k, eligible)]


@broken(VectorIndexContract, *SEARCHES)
class WorstFirst(BruteForceIndex):
    def _search(self, query, k, eligible):
        return super()._search(query, k, eligible)[::-1]


@broken(VectorIndexContract, *SEARCHES)
class GivesDistances(BruteForceIndex):
    def _search(self, query, k, eligible):
        found = super()._search(query, k, eligible)
        return [
            c.model_copy(update={"variants": tuple(v.model_copy(update={"score": v.score / 2}) for v in c.variants)})
            for c in found
        ]


@broken(VectorIndexContract, "apply_twice")
class AddsAgain(BruteForceIndex):
    extra = 0

    def apply(self, changes, sequence, ctx):
        self.extra += sum(isinstance(c, Upsert) and c.variant in self._stored for c in changes)
        super().apply(changes, sequence, ctx)

    def stats(self, ctx):
        return {**super().stats(ctx), "variants": super().stats(ctx)["variants"] + self.extra}


@broken(VectorIndexContract, "upsert_replaces")
class KeepsOldFacets(BruteForceIndex):
    def apply(self, changes, sequence, ctx):
        kept = [
            c.model_copy(update={"facets": self._stored[c.variant].facets})
            if isinstance(c, Upsert) and c.variant in self._stored
            else c
            for c in changes
        ]
        super().apply(kept, sequence, ctx)


@broken(VectorIndexContract, "changes_apply_in_order")
class RemovesFirst(BruteForceIndex):
    def apply(self, changes, sequence, ctx):
        super().apply(sorted(changes, key=lambda change: isinstance(change, Upsert)), sequence, ctx)


@broken(VectorIndexContract, "remove", "survives_a_restart", "changes_apply_in_order")
class NeverRemoves(BruteForceIndex):
    def apply(self, changes, sequence, ctx):
        if any(isinstance(change, Remove) for change in changes):
            changes, sequence = [c for c in changes if isinstance(c, Upsert)], sequence - 1
        super().apply(changes, sequence, ctx)


@broken(VectorIndexContract, "empty", "reset")
class StartsAtMinusOne(BruteForceIndex):
    @property
    def sequence(self):
        return self._sequence or -1


@broken(VectorIndexContract, "empty")
class GivesNothingForNothing(BruteForceIndex):
    def search(self, queries, k_products, eligible, ctx):
        return super().search(queries, k_products, eligible, ctx) if self._stored else []


@broken(VectorIndexContract, "sequence", "remove", "survives_a_restart")
class StaysAtItsSequence(BruteForceIndex):
    def apply(self, changes, sequence, ctx):
        super().apply(changes, 24, ctx)


@broken(VectorIndexContract, "survives_a_restart")
class LivesInMemory(BruteForceIndex):
    def _save(self):
        pass


@broken(VectorIndexContract, "reset")
class ForgetsInMemoryOnly(BruteForceIndex):
    def reset(self, ctx):
        self._stored, self._sequence = {}, 0


@broken(VectorIndexContract, "does_not_keep_or_change_arrays")
class KeepsTheCallersArrays(BruteForceIndex):
    def apply(self, changes, sequence, ctx):
        super().apply(changes, sequence, ctx)
        given = {change.variant: change for change in changes if isinstance(change, Upsert)}
        self._stored = {id: given.get(id, kept) for id, kept in self._stored.items()}


@broken(VectorIndexContract, "does_not_keep_or_change_arrays", "several_threads_at_once")
class NormalisesInPlace(BruteForceIndex):
    def search(self, queries, k_products, eligible, ctx):
        found = super().search(queries, k_products, eligible, ctx)
        if not queries.flags.owndata or k_products == 50:
            queries *= np.float32(1.0000002)
        return found


@broken(VectorIndexContract, "verify_finds_a_flipped_byte")
class HasNoChecksum(BruteForceIndex):
    def verify(self, ctx):
        return []

    def __init__(self, config, ctx):
        with suppress(ValueError):
            super().__init__(config, ctx)


@broken(VectorIndexContract, "vectors", "changes_apply_in_order")
class InventsVectors(BruteForceIndex):
    def vectors(self, variants, ctx):
        return {id: self._stored[id].vector if id in self._stored else np.zeros(16, np.float32) for id in variants}


@broken(VectorIndexContract, "stats")
class GivesNumpyStats(BruteForceIndex):
    def stats(self, ctx):
        return {**super().stats(ctx), "bytes": np.int64(1)}


class EditedRanker(PopularRanker):
    def rank(self, user, candidates, context, ctx):
        return self.edit(user, list(super().rank(user, candidates, context, ctx)))


@broken(RankerContract, "permutation", "few_candidates", "fit_on_nothing")
class HidesTheLast(EditedRanker):
    def edit(self, user, ranked):
        return ranked[:-1]


@broken(RankerContract, "permutation")
class RepeatsTheFirst(EditedRanker):
    def edit(self, user, ranked):
        return [ranked[0], *ranked[:-1]] if len(ranked) > 1 else ranked


@broken(RankerContract, "permutation")
class DropsVariants(EditedRanker):
    def edit(self, user, ranked):
        return [
            r.model_copy(update={"candidate": r.candidate.model_copy(update={"variants": r.candidate.variants[:1]})})
            for r in ranked
        ]


@broken(RankerContract, "ordered_by_score")
class ReversesItsOrder(EditedRanker):
    def edit(self, user, ranked):
        return ranked[::-1]


@broken(RankerContract, "ordered_by_score", "contributions_sum_to_the_score", "same_input_same_order")
class ScoresNaN(EditedRanker):
    def edit(self, user, ranked):
        return [
            r.model_copy(update={"score": float("nan")}) if user.vector is None and len(ranked) == 12 else r
            for r in ranked
        ]


@broken(RankerContract, "contributions_sum_to_the_score")
class ReportsRawFeatures(EditedRanker):
    def edit(self, user, ranked):
        return [r.model_copy(update={"contributions": {**r.contributions, "price": 0.3}}) for r in ranked]


@broken(RankerContract, "same_input_same_order", "several_threads_at_once")
class CountsItsCalls(PopularRanker):
    def rank(self, user, candidates, context, ctx):
        self._events.update(candidate.sku for candidate in candidates[1:3])
        self._events["p1"] += 5 * (len(candidates) == 3)
        return super().rank(user, candidates, context, ctx)


@broken(RankerContract, "fit_replaces")
class AddsUp(PopularRanker):
    def fit(self, log, ctx):
        before = self._events.copy()
        super().fit(log, ctx)
        self._events += before


@broken(RankerContract, "fit_replaces")
class ReadsTheLogTwice(PopularRanker):
    def fit(self, log, ctx):
        if len([None for _ in log]):
            super().fit(log, ctx)


@broken(
    RankerContract,
    "permutation",
    "ordered_by_score",
    "contributions_sum_to_the_score",
    "same_input_same_order",
    "fit_replaces",
    "fit_on_nothing",
    "several_threads_at_once",
)
class TrustsTheCatalogue(PopularRanker):
    def rank(self, user, candidates, context, ctx):
        known = ctx.products(item.sku for item in candidates)
        assert all(item.sku in known for item in candidates)
        return super().rank(user, candidates, context, ctx)


@broken(RankerContract, "implements_the_interface")
class HasOnlyTheDutiesOfARanker:
    def __init__(self, config, ctx):
        self._ranker = PopularRanker(config, ctx)

    def rank(self, user, candidates, context, ctx):
        return self._ranker.rank(user, candidates, context, ctx)

    def fit(self, log, ctx):
        self._ranker.fit(log, ctx)


@broken(
    RankerContract,
    "permutation",
    "ordered_by_score",
    "contributions_sum_to_the_score",
    "same_input_same_order",
    "few_candidates",
    "fit_replaces",
    "fit_on_nothing",
    "several_threads_at_once",
)
class GivesCandidatesAlone(PopularRanker):
    def rank(self, user, candidates, context, ctx):
        return [item.candidate for item in super().rank(user, candidates, context, ctx)]
