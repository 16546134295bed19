"""Variant policies that break their contract, each in one way."""

import numpy as np
from harness import broken

from prodgen_sdk.testing.contracts import VariantPolicyContract
from prodgen_sdk.testing.fakes.shop import UniformPolicy
from prodgen_sdk.types import Choice


class Weighted(UniformPolicy):
    """A correct adaptive policy: the last variant is drawn twice as often once it learnt."""

    def __init__(self, config, ctx):
        self._taught = 0

    @property
    def version(self):
        return f"weighted-{self._taught}"

    def probabilities(self, candidate):
        weights = np.ones(len(candidate.variants))
        weights[-1] += min(self._taught, 1)
        return weights / weights.sum()

    def claimed(self, probabilities, place):
        return float(probabilities[place])

    def choose(self, user, candidates, context, ctx):
        rng = ctx.rng(int.from_bytes(context.request_id.encode()[-8:].rjust(8), "big"))
        choices = []
        for candidate in candidates:
            p = self.probabilities(candidate)
            place = int(p.argmax()) if context.deterministic else int(rng.choice(len(p), p=p))
            propensity = 1.0 if context.deterministic else self.claimed(p, place)
            choices.append(Choice(variant=candidate.variants[place].id, propensity=propensity))
        return choices

    def update(self, feedback, ctx):
        self._taught += len(feedback)

    def reset(self, ctx):
        self._taught = 0


@broken(VariantPolicyContract)
class Adaptive(Weighted):
    """No failure: what the mutations below are made from is correct."""


@broken(VariantPolicyContract, "propensities_are_exact")
class ClaimsUniform(Weighted):
    def claimed(self, probabilities, place):
        return 1 / len(probabilities)


@broken(VariantPolicyContract, "propensities_are_exact")
class ClaimsTwice(Weighted):
    def claimed(self, probabilities, place):
        return min(1.0, 1.2 * float(probabilities[place]))


@broken(VariantPolicyContract, "propensities_are_exact", "deterministic_mode")
class NeverExplores(Weighted):
    def choose(self, user, candidates, context, ctx):
        return [Choice(variant=c.variants[-1].id, propensity=float(self.probabilities(c)[-1])) for c in candidates]


@broken(
    VariantPolicyContract,
    "propensities_are_exact",
    "the_draw_depends_on_the_request_alone",
    "version_changes_with_the_probabilities",
    "reset_forgets",
    "relearn_is_reset_and_update",
    "several_threads_at_once",
    "what_was_prepared_changes_no_answer",
)
class DrawsAfresh(Weighted):
    def choose(self, user, candidates, context, ctx):
        if context.deterministic:
            return super().choose(user, candidates, context, ctx)
        noise = np.random.default_rng().uniform(0.9, 1.0)
        choices = super().choose(user, candidates, context, ctx)
        return [
            choice.model_copy(update={"propensity": choice.propensity * noise if choice.propensity < 1 else 1.0})
            for choice in choices
        ]


@broken(VariantPolicyContract, "one_of_the_given_variants")
class ChoosesWithdrawnVariants(Weighted):
    def choose(self, user, candidates, context, ctx):
        return [
            c.model_copy(update={"variant": c.variant.replace("v0", "v9")})
            for c in super().choose(user, candidates, context, ctx)
        ]


@broken(VariantPolicyContract, "deterministic_mode")
class IgnoresDeterministic(Weighted):
    def choose(self, user, candidates, context, ctx):
        return super().choose(user, candidates, context.model_copy(update={"deterministic": False}), ctx)


@broken(VariantPolicyContract, "version_changes_with_the_probabilities")
class KeepsItsVersion(Weighted):
    version = "weighted"


@broken(VariantPolicyContract, "what_was_prepared_changes_no_answer")
class LearnsByPreparing(Weighted):
    def prepare(self, candidates, ctx):
        self._taught += 1


@broken(VariantPolicyContract, "choosing_changes_nothing", "what_was_prepared_changes_no_answer")
class LearnsByChoosing(Weighted):
    calls = 0

    @property
    def version(self):
        return f"{self._taught}-{self.calls}"

    def choose(self, user, candidates, context, ctx):
        self.calls += 1
        return super().choose(user, candidates, context, ctx)


@broken(VariantPolicyContract, "reset_forgets", "relearn_is_reset_and_update")
class NeverForgets(Weighted):
    def reset(self, ctx):
        pass


@broken(VariantPolicyContract, "relearn_is_reset_and_update")
class KeepsSomeWhenItLearnsAnew(Weighted):
    def relearn(self, parts, ctx):
        for feedback in parts:
            self.update(feedback, ctx)


@broken(VariantPolicyContract, "update_takes_anything")
class ChokesOnUnknownVariants(Weighted):
    def update(self, feedback, ctx):
        assert all(item.propensity is not None for item in feedback), (
            "A propensity is missing: give one with every feedback."
        )
        super().update(feedback, ctx)
