"""What every variant policy must keep: above all, that a propensity is the true probability."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import ClassVar

import pytest

from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import VariantPolicy
from prodgen_sdk.testing.contracts.base import ComponentContract, one_by_one_and_at_once
from prodgen_sdk.testing.contracts.recommendation import NOW, sample_candidates, sample_context, sample_user
from prodgen_sdk.types import Candidate, Feedback, UserProfile

Table = dict[str, dict[str, float]]


class VariantPolicyContract(ComponentContract):
    """Choices, propensities, versions and learning of a variant policy.

    Off-policy evaluation divides by propensities: one that is only nearly right makes every later figure wrong. So the
    contract asks with `draws` request ids and compares how often each variant was chosen with what was claimed.
    """

    kind = "policy"
    draws: ClassVar[int] = 2000

    @pytest.fixture
    def candidates(self) -> tuple[Candidate, ...]:
        """Four products with one to three variants each."""
        return sample_candidates(4)

    @pytest.fixture
    def user(self) -> UserProfile:
        """A user with a vector, interests and history."""
        return sample_user()

    @pytest.fixture
    def feedback(self, candidates: tuple[Candidate, ...]) -> list[Feedback]:
        """Sixty answers in which the last variant of every product does well, and the others do not."""
        return [
            Feedback(
                user=f"user-{n % 5}",
                sku=c.sku,
                variant=variant.id,
                propensity=1 / len(c.variants),
                reward=float(variant is c.variants[-1]),
                at=NOW,
            )
            for n in range(10)
            for c in candidates
            for variant in c.variants
        ]

    @pytest.fixture(params=["fresh", "taught"])
    def policy(
        self, request: pytest.FixtureRequest, component: VariantPolicy, feedback: list[Feedback], ctx: Context
    ) -> VariantPolicy:
        """The policy before and after it learnt."""
        if request.param == "taught":
            component.update(feedback, ctx)
        return component

    def test_one_of_the_given_variants(
        self, policy: VariantPolicy, user: UserProfile, candidates: tuple[Candidate, ...], ctx: Context
    ) -> None:
        for person in (user, UserProfile(user="new")):
            choices = policy.choose(person, candidates, sample_context(), ctx)
            assert len(choices) == len(candidates), (
                f"{len(candidates)} candidates gave {len(choices)} choices. Return one each, in their order."
            )
            for candidate, choice in zip(candidates, choices, strict=True):
                ids = [variant.id for variant in candidate.variants]
                assert choice.variant in ids, (
                    f"{choice.variant} is no variant of {candidate.sku} ({ids}): only eligible ones are given."
                )
                if len(ids) == 1:
                    assert choice.propensity == pytest.approx(1), (
                        f"{candidate.sku} has one variant: its propensity is 1, not {choice.propensity}."
                    )
        assert list(policy.choose(user, [], sample_context(), ctx)) == [], "No candidates give no choices."

    def test_what_was_prepared_changes_no_answer(
        self, policy: VariantPolicy, user: UserProfile, candidates: tuple[Candidate, ...], ctx: Context
    ) -> None:
        def answers() -> tuple[str, list[tuple[str, float]]]:
            choices = policy.choose(user, candidates, sample_context("prepared"), ctx)
            return policy.version, [(choice.variant, choice.propensity) for choice in choices]

        before = answers()
        policy.prepare(candidates, ctx)
        assert answers() == before, (
            "`prepare` changed version or choices: it only readies what `choose` would make itself."
        )

    def test_several_threads_at_once(
        self, policy: VariantPolicy, user: UserProfile, candidates: tuple[Candidate, ...], ctx: Context
    ) -> None:
        def chosen(first: int) -> list[tuple[str, float]]:
            choices = policy.choose(user, candidates[first:], sample_context(f"at-once-{first}"), ctx)
            return [(choice.variant, choice.propensity) for choice in choices]

        alone, at_once = one_by_one_and_at_once(chosen)
        assert at_once == alone, (
            "From several threads at once choose() gave other answers. Keep what it works on in local variables, or lock it."
        )

    def test_the_draw_depends_on_the_request_alone(
        self, policy: VariantPolicy, user: UserProfile, candidates: tuple[Candidate, ...], ctx: Context
    ) -> None:
        ids = [f"again-{n}" for n in range(20)]
        first = [policy.choose(user, candidates, sample_context(id), ctx) for id in ids]
        second = [policy.choose(user, candidates, sample_context(id), ctx) for id in reversed(ids)][::-1]
        assert [list(choices) for choices in first] == [list(choices) for choices in second], (
            "The same request was answered differently the second time. Seed the draw from context.request_id (hashlib, not hash())."
        )

    def test_propensities_are_exact(
        self, policy: VariantPolicy, user: UserProfile, candidates: tuple[Candidate, ...], ctx: Context
    ) -> None:
        counts, table = self._sample(policy, user, candidates, ctx)
        for candidate in candidates:
            claimed, seen = table[candidate.sku], counts[candidate.sku]
            total = sum(claimed.values())
            assert total <= 1 + 1e-6, f"{candidate.sku}: the propensities {claimed} sum to {total:.4f}, more than 1."
            assert total >= 1 - 0.01, (
                f"{candidate.sku}: the variants that were ever chosen have propensities {claimed}, together {total:.4f}. They must sum to 1."
            )
            for variant, probability in claimed.items():
                frequency = seen[variant] / self.draws
                allowed = 5 * (probability * (1 - probability) / self.draws) ** 0.5 + 1 / self.draws
                assert abs(frequency - probability) <= allowed, (
                    f"{variant} claims P={probability:.4f} but was chosen {frequency:.4f} of {self.draws} times (allowed: ±{allowed:.4f}). "
                    "Compute the probability from the distribution that you draw from."
                )

    def _sample(
        self, policy: VariantPolicy, user: UserProfile, candidates: Sequence[Candidate], ctx: Context
    ) -> tuple[dict[str, Counter[str]], Table]:
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        table: Table = defaultdict(dict)
        for n in range(self.draws):
            choices = policy.choose(user, candidates, sample_context(f"draw-{n}"), ctx)
            for candidate, choice in zip(candidates, choices, strict=True):
                counts[candidate.sku][choice.variant] += 1
                known = table[candidate.sku].setdefault(choice.variant, choice.propensity)
                assert abs(known - choice.propensity) <= 1e-6, (
                    f"{choice.variant} has the propensity {known} in one request and {choice.propensity} in the next, though only the "
                    "request id differs. P(variant | product, context, version) does not depend on the draw."
                )
        return counts, table

    def test_deterministic_mode(
        self, policy: VariantPolicy, user: UserProfile, candidates: tuple[Candidate, ...], ctx: Context
    ) -> None:
        answers = [policy.choose(user, candidates, sample_context(f"r{n}", deterministic=True), ctx) for n in range(20)]
        assert all(list(answer) == list(answers[0]) for answer in answers), (
            "With context.deterministic the choice is greedy: no draw."
        )
        for choice in answers[0]:
            assert choice.propensity == 1, (
                f"The greedy choice is certain: its propensity is 1, not {choice.propensity}."
            )

    def test_choosing_changes_nothing(
        self, policy: VariantPolicy, user: UserProfile, candidates: tuple[Candidate, ...], ctx: Context
    ) -> None:
        before = policy.version
        policy.choose(user, candidates, sample_context(), ctx)
        assert policy.version == before, "choose() changed the version. Only update() and reset() learn."

    def test_version_changes_with_the_probabilities(
        self,
        component: VariantPolicy,
        user: UserProfile,
        candidates: tuple[Candidate, ...],
        feedback: list[Feedback],
        ctx: Context,
    ) -> None:
        assert isinstance(component.version, str), "The version is a text, such as 'lints-42'."
        assert component.version, "The version is empty; give it a text, such as 'lints-42'."
        versions, tables = [component.version], [self._table(component, user, candidates, ctx)]
        for part in (feedback[:20], feedback[20:], []):
            component.update(part, ctx)
            versions.append(component.version)
            tables.append(self._table(component, user, candidates, ctx))
        for place in range(1, len(tables)):
            if versions[place] == versions[place - 1]:
                assert tables[place] == tables[place - 1], (
                    f"update() changed the probabilities and the version stayed {versions[place]!r}. Count updates in it."
                )

    def test_update_takes_anything(
        self, component: VariantPolicy, user: UserProfile, candidates: tuple[Candidate, ...], ctx: Context
    ) -> None:
        component.update([Feedback(user="x", sku="gone", variant="gone-v9", propensity=None, reward=0.5, at=NOW)], ctx)
        choices = component.choose(user, candidates, sample_context(), ctx)
        assert len(choices) == len(candidates), (
            "Feedback on an unknown variant, without propensity, must not disturb later choices."
        )

    def test_reset_forgets(
        self,
        component: VariantPolicy,
        user: UserProfile,
        candidates: tuple[Candidate, ...],
        feedback: list[Feedback],
        ctx: Context,
    ) -> None:
        before = self._table(component, user, candidates, ctx)
        component.update(feedback, ctx)
        component.reset(ctx)
        after = self._table(component, user, candidates, ctx)
        assert after == before, (
            "After reset() the policy must answer as a new one does: what it learnt may belong to a user who is forgotten."
        )

    def test_relearn_is_reset_and_update(
        self,
        component: VariantPolicy,
        user: UserProfile,
        candidates: tuple[Candidate, ...],
        feedback: list[Feedback],
        ctx: Context,
    ) -> None:
        parts = (feedback[:20], feedback[20:])
        fresh = self._table(component, user, candidates, ctx)
        for part in parts:
            component.update(part, ctx)
        taught = self._table(component, user, candidates, ctx)
        component.relearn(iter(parts), ctx)
        assert self._table(component, user, candidates, ctx) == taught, (
            "relearn(parts) must end where reset() and an update() for each part do."
        )
        component.relearn(iter(()), ctx)
        assert self._table(component, user, candidates, ctx) == fresh, (
            "relearn() left something from before: what was learnt may belong to a user who is forgotten."
        )

    def _table(
        self, policy: VariantPolicy, user: UserProfile, candidates: Sequence[Candidate], ctx: Context
    ) -> list[tuple[str, float]]:
        contexts = [sample_context(f"table-{n}") for n in range(50)]
        return [
            (c.variant, round(c.propensity, 9))
            for context in contexts
            for c in policy.choose(user, candidates, context, ctx)
        ]
