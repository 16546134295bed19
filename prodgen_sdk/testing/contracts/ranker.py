"""What every ranker must keep."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest

from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import Ranker
from prodgen_sdk.specs import RankerSpec
from prodgen_sdk.testing.contracts.base import ComponentContract, assert_all, needs_determinism, one_by_one_and_at_once
from prodgen_sdk.testing.contracts.recommendation import sample_candidates, sample_context, sample_log, sample_user
from prodgen_sdk.types import Candidate, Event, Ranked, UserProfile


class RankerContract(ComponentContract):
    """Order, scores, contributions, cold start and fitting of a ranker.

    Override the fixtures `candidates`, `user` and `log` if the ranker expects other data.
    """

    kind = "ranker"

    @pytest.fixture
    def candidates(self) -> tuple[Candidate, ...]:
        """Twelve products with one to three variants each."""
        return sample_candidates()

    @pytest.fixture
    def user(self) -> UserProfile:
        """A user with a vector, interests and history."""
        return sample_user()

    @pytest.fixture
    def log(self) -> tuple[Event, ...]:
        """Events in order of time."""
        return sample_log()

    @pytest.fixture(params=["cold", "known"])
    def anyone(self, request: pytest.FixtureRequest, user: UserProfile) -> UserProfile:
        """The user, and one of whom nothing is known."""
        return user if request.param == "known" else UserProfile(user="new")

    @pytest.fixture(params=["unfitted", "fitted"])
    def ranker(self, request: pytest.FixtureRequest, component: Ranker, log: tuple[Event, ...], ctx: Context) -> Ranker:
        """The ranker before and after it saw the log."""
        if request.param == "fitted":
            component.fit(log, ctx)
        return component

    def test_permutation(
        self, ranker: Ranker, anyone: UserProfile, candidates: Sequence[Candidate], ctx: Context
    ) -> None:
        ranked = _rank(ranker, anyone, candidates, ctx)
        given, returned = sorted(c.sku for c in candidates), sorted(r.candidate.sku for r in ranked)
        assert returned == given, (
            "rank() returns every candidate once: it orders, and hides nothing (hiding is filter_candidates' work)."
        )
        variants = {c.sku: [v.id for v in c.variants] for c in candidates}
        for item in ranked:
            mine = [v.id for v in item.candidate.variants]
            assert mine == variants[item.candidate.sku], (
                f"{item.candidate.sku} lost or reordered its variants. Choosing one is the policy's work."
            )

    def test_several_threads_at_once(
        self, ranker: Ranker, user: UserProfile, candidates: Sequence[Candidate], spec: RankerSpec, ctx: Context
    ) -> None:
        needs_determinism(spec)

        def order(first: int) -> list[tuple[str, float]]:
            return [(item.candidate.sku, item.score) for item in _rank(ranker, user, candidates[first:], ctx)]

        alone, at_once = one_by_one_and_at_once(order)
        assert at_once == alone, (
            "From several threads at once rank() gave other answers. Keep what it works on in local variables, or lock it."
        )

    def test_ordered_by_score(
        self, ranker: Ranker, anyone: UserProfile, candidates: Sequence[Candidate], ctx: Context
    ) -> None:
        scores = [item.score for item in _rank(ranker, anyone, candidates, ctx)]
        assert all(math.isfinite(score) for score in scores), f"A score is not finite: {scores}."
        for earlier, later in pairwise(scores):
            assert later <= earlier + 1e-9, (
                f"The scores are not in falling order: {scores}. Report the score that the order follows."
            )

    def test_contributions_sum_to_the_score(
        self, ranker: Ranker, anyone: UserProfile, candidates: Sequence[Candidate], ctx: Context
    ) -> None:
        for item in _rank(ranker, anyone, candidates, ctx):
            total = math.fsum(item.contributions.values())
            assert math.isclose(total, item.score, rel_tol=1e-6, abs_tol=1e-6), (
                f"{item.candidate.sku}: the contributions sum to {total}, the score is {item.score}. Store weighted shares, not raw features."
            )
            assert all(reason.strip() for reason in item.reasons), "A reason is an empty text. Leave it out."

    def test_same_input_same_order(
        self, ranker: Ranker, anyone: UserProfile, candidates: Sequence[Candidate], spec: RankerSpec, ctx: Context
    ) -> None:
        needs_determinism(spec)
        first = _facts(_rank(ranker, anyone, candidates, ctx))
        ranker.rank(sample_user(), candidates[:3], sample_context("r2"), ctx)
        second = _facts(_rank(ranker, anyone, candidates, ctx))
        assert first == second, (
            "The same call gave another order or other scores. rank() keeps no state; only fit() learns."
        )

    def test_few_candidates(
        self, ranker: Ranker, anyone: UserProfile, candidates: Sequence[Candidate], ctx: Context
    ) -> None:
        assert list(ranker.rank(anyone, [], sample_context(), ctx)) == [], "No candidates give no ranking."
        skus = [item.candidate.sku for item in _rank(ranker, anyone, candidates[:1], ctx)]
        assert skus == [candidates[0].sku], f"One candidate gives that candidate, not {skus}."

    def test_fit_replaces(
        self,
        component: Ranker,
        make_component: Callable[[], Ranker],
        user: UserProfile,
        candidates: Sequence[Candidate],
        log: tuple[Event, ...],
        spec: RankerSpec,
        ctx: Context,
    ) -> None:
        needs_determinism(spec)
        fresh = make_component()
        fresh.fit(log[20:], ctx)
        component.fit(log, ctx)
        component.fit(iter(log[20:]), ctx)
        mine, wanted = (_facts(_rank(r, user, candidates, ctx)) for r in (component, fresh))
        assert mine == wanted, (
            "fit() must replace what was learnt before (a user may have been forgotten), and accept any iterable, once."
        )

    def test_fit_on_nothing(
        self, component: Ranker, user: UserProfile, candidates: Sequence[Candidate], ctx: Context
    ) -> None:
        component.fit([], ctx)
        ranked = _rank(component, user, candidates, ctx)
        assert len(ranked) == len(candidates), "After fit([]) the ranker still ranks, as for a cold start."


def _rank(ranker: Ranker, user: UserProfile, candidates: Sequence[Candidate], ctx: Context) -> Sequence[Ranked]:
    ranked = ranker.rank(user, candidates, sample_context("r1"), ctx)
    assert_all(ranked, Ranked, "rank()")
    return ranked


def _facts(ranked: Sequence[Ranked]) -> list[tuple[str, float]]:
    return [(item.candidate.sku, item.score) for item in ranked]
