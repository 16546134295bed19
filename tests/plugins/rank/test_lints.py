"""The linear policies choose what they were taught, state exact propensities, and cannot show what they were not given."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_rank.config import Config, LinearPolicyConfig
from prodgen_rank.policies.features import LAYOUT, LOOKS, parse_memo, projection, side_looks
from prodgen_rank.policies.knowledge import Knowledge
from prodgen_rank.policies.lints import LinearThompson
from prodgen_rank.policies.linucb import LinearUCB
from prodgen_rank.policies.model import build_model, learnt

from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError
from prodgen_sdk.types import (
    Candidate,
    CandidateVariant,
    Feedback,
    FoundCandidate,
    RecommendationContext,
    UserProfile,
    VariantFacts,
    View,
)

CTX, NOW = Context(), datetime(2026, 3, 1, tzinfo=UTC)
USER = UserProfile(user="u")
VIEWS = {"a": View(), "b": View(azimuth=90), "c": View(azimuth=180), "d": View(elevation=90), "e": View(distance=0.6)}
POLICIES = (LinearThompson, LinearUCB)


def variant(name: str, sku: str = "mug", **fields) -> CandidateVariant:
    return CandidateVariant(id=f"{sku}-{name}", score=0.5, **{"view": VIEWS.get(name), **fields})


def product(names: str = "abcd", sku: str = "mug", category: str = "home/mug", **fields) -> Candidate:
    return Candidate(sku=sku, category=category, variants=tuple(variant(n, sku, **fields) for n in names))


def context(request: str = "r", deterministic: bool = False, **facts) -> RecommendationContext:
    return RecommendationContext(at=NOW, request_id=request, deterministic=deterministic, facts=facts)


def policy(kind=LinearThompson, state: Path | None = None, **options):
    return kind(Config(linear=LinearPolicyConfig(**options)), Context(state=state))


def shown(chooser, candidates, user=USER, request="r", **facts) -> list[str]:
    return [c.variant for c in chooser.choose(user, candidates, context(request, True, **facts), CTX)]


def teach(chooser, reward_of, candidates, users=(USER,), rounds=40, **facts) -> list[Feedback]:
    """Shows pictures at random, rewards them by `reward_of(user, variant id)`, and tells the policy all at once; returns that."""
    explorer, items = policy(epsilon=1.0), []
    for number in range(rounds):
        for user in users:
            choices = explorer.choose(user, candidates, context(f"{user.user}-{number}", **facts), CTX)
            for candidate, choice in zip(candidates, choices, strict=True):
                items.append(
                    Feedback(
                        user=user.user,
                        sku=candidate.sku,
                        variant=choice.variant,
                        reward=reward_of(user, choice.variant),
                        at=NOW,
                        memo=choice.memo,
                    )
                )
    chooser.update(items, CTX)
    return items


@given(
    st.lists(st.integers(1, 6), min_size=1, max_size=6),
    st.floats(0, 1),
    st.sampled_from(POLICIES),
    st.integers(0, 1000),
)
@settings(deadline=None, max_examples=40)
def test_propensities_sum_to_one_and_keep_the_floor(sizes, epsilon, kind, seed) -> None:
    chooser = policy(kind, epsilon=epsilon, seed=seed, draws=50)
    candidates = [product("abcdef"[:size], sku=f"p{i}") for i, size in enumerate(sizes)]
    claimed: list[dict[str, float]] = [{} for _ in candidates]
    for number in range(40):
        choices = chooser.choose(USER, candidates, context(f"{number}"), CTX)
        for candidate, own, choice in zip(candidates, claimed, choices, strict=True):
            assert max(epsilon / len(candidate.variants) - 1e-9, 1e-12) <= choice.propensity <= 1
            assert own.setdefault(choice.variant, choice.propensity) == choice.propensity
    for candidate, own in zip(candidates, claimed, strict=True):
        whole = len(own) == len(candidate.variants)
        assert sum(own.values()) == pytest.approx(1) if whole else sum(own.values()) < 1 + 1e-6


def test_thompson_shares_are_those_of_the_posterior() -> None:
    """Against drawing from the same posterior by another road: numpy's multivariate normal, one model at a time."""
    config = LinearPolicyConfig(draws=4096, epsilon=0.0, exploration=1.0, variant_spread=1e-3)
    chooser, candidates = LinearThompson(Config(linear=config), CTX), [product("abcde")]
    items = teach(chooser, lambda user, id: float(id in ("mug-b", "mug-c")) * 0.5, candidates, rounds=6)
    claimed = {}
    for number in range(400):
        (choice,) = chooser.choose(USER, candidates, context(f"x{number}"), CTX)
        claimed[choice.variant] = choice.propensity
    model, rng = build_model(learnt(Knowledge(), items, config), config, 1), np.random.default_rng(0)
    rows = [parse_memo(choice.memo) for choice in _all_choices(candidates)]
    x = LAYOUT.features(np.stack([row[0] for row in rows]), np.stack([row[1] for row in rows]))
    beyond, _ = model.beyond([v.id for v in candidates[0].variants], ["mug"], np.array([5]), config)
    factor = model.factor.astype(float)
    mean = (
        LAYOUT.features(*(np.stack([row[i] for row in rows]) for i in (0, 1)))
        @ model.expected[:, :, 0].T[LAYOUT.rows, LAYOUT.columns]
    )
    drawn = rng.multivariate_normal(mean + beyond, x @ factor @ factor.T @ x.T, 20_000)
    wins = np.bincount(drawn.argmax(axis=1), minlength=5) / 20_000
    for candidate, share in zip(candidates[0].variants, wins, strict=True):
        assert claimed.get(candidate.id, 0.0) == pytest.approx(share, abs=0.03)


def _all_choices(candidates):
    """A choice of each variant, for its memo."""
    everything = policy(epsilon=1.0)
    seen = {}
    for number in range(300):
        (choice,) = everything.choose(USER, candidates, context(f"m{number}"), CTX)
        seen[choice.variant] = choice
    return [seen[v.id] for v in candidates[0].variants]


@pytest.mark.parametrize("kind", POLICIES)
def test_learns_which_picture_does_well(kind) -> None:
    chooser, candidates = policy(kind), [product()]
    assert shown(chooser, candidates) == ["mug-a"]
    teach(chooser, lambda user, id: float(id == "mug-c"), candidates)
    assert shown(chooser, candidates) == ["mug-c"]
    # The back does well: so it will for a product that was never shown.
    assert shown(chooser, [product(sku="new")]) == ["new-c"]


@pytest.mark.parametrize("kind", POLICIES)
def test_never_shows_what_it_was_not_given(kind) -> None:
    """The host takes out what a rule forbids; a policy that knows a better picture must not bring it back."""
    chooser, everything = policy(kind, epsilon=0.3), [product("abcd", sku=f"p{i}") for i in range(5)]
    teach(chooser, lambda user, id: float(id.endswith("c")), everything)
    assert set(shown(chooser, everything)) == {f"p{i}-c" for i in range(5)}
    allowed = [product("abd", sku=f"p{i}") for i in range(5)]
    for number in range(200):
        for candidate, choice in zip(allowed, chooser.choose(USER, allowed, context(f"r{number}"), CTX), strict=True):
            assert choice.variant in {v.id for v in candidate.variants}
    assert all(not id.endswith("c") for id in shown(chooser, allowed))


def test_learns_what_suits_a_category_and_a_device() -> None:
    chooser = policy(fact_spread=1.0)
    mugs, shirts = product("ac"), product("ac", sku="shirt", category="apparel/shirt")
    teach(chooser, lambda user, id: float(id in ("mug-a", "shirt-c")), [mugs, shirts])
    new = [product("ac", sku="bowl", category="home/bowl"), product("ac", sku="coat", category="apparel/coat")]
    assert shown(chooser, new) == ["bowl-a", "coat-c"]
    by_device = policy(fact_spread=1.0)
    teach(by_device, lambda user, id: float(id == "mug-a"), [mugs], device="mobile")
    teach(by_device, lambda user, id: float(id == "mug-c"), [mugs], device="desktop")
    assert shown(by_device, [mugs], device="mobile") == ["mug-a"]
    assert shown(by_device, [mugs], device="desktop") == ["mug-c"]


def test_learns_what_groups_of_users_like() -> None:
    """Users whose vectors are near each other like the same, also those who were never seen."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(2, 32))

    def user(number: int) -> UserProfile:
        vector = centres[number % 2] + 0.3 * rng.normal(size=32)
        return UserProfile(user=f"u{number}", vector=(vector / np.linalg.norm(vector)).astype(np.float32))

    chooser, candidates = policy(group_users=20), [product("ac", sku=f"p{i}") for i in range(2)]
    users = [user(i) for i in range(40)]
    teach(chooser, lambda who, id: float(id.endswith("ac"[int(who.user[1:]) % 2])), candidates, users, rounds=8)
    for number in (100, 101, 102, 103):
        assert {id[-1] for id in shown(chooser, candidates, user(number))} == {"ac"[number % 2]}


def test_a_variant_of_its_own_kind_is_found() -> None:
    """Two pictures that look alike to the model: only their own record tells them apart."""
    twins = [Candidate(sku="mug", variants=(variant("a"), variant("a2", view=View())))]
    chooser = policy(variant_spread=1.0)
    teach(chooser, lambda user, id: float(id == "mug-a2"), twins)
    assert shown(chooser, twins) == ["mug-a2"]


def test_quality_and_prior_effects_decide_before_any_feedback() -> None:
    good = variant("good", view=View(), quality={"crispness": 0.9})
    poor = variant("poor", view=View(), quality={"crispness": 0.1})
    assert shown(policy(), [Candidate(sku="mug", variants=(poor, good))]) == ["mug-good"]
    assert shown(policy(prior_effects={"side:back": 1.0}), [product()]) == ["mug-c"]
    in_category = policy(prior_effects={"side:back*category:home": 1.0, "side:front": 0.5})
    assert shown(in_category, [product(), product(sku="tee", category="apparel/tee")]) == ["mug-c", "tee-a"]
    with pytest.raises(ConfigError, match="side:inside"):
        policy(prior_effects={"side:inside": 1.0})


def test_feedback_without_memo_teaches_by_view_and_variant() -> None:
    chooser = policy()
    items = [
        Feedback(user="u", sku="mug", variant=f"mug-{v}", view=VIEWS[v], reward=float(v == "b"), at=NOW)
        for v in "abcd"
        for _ in range(30)
    ]
    chooser.update(items, CTX)
    assert shown(chooser, [product(sku="new")]) == ["new-b"]
    chooser.update([items[0].model_copy(update={"memo": "nonsense"})], CTX)
    chooser.update([items[0].model_copy(update={"memo": f"{LAYOUT.tag}.AAAA"})], CTX)
    assert shown(chooser, [product(sku="new")]) == ["new-b"]


def test_memo_holds_what_was_seen() -> None:
    user = UserProfile(user="u", vector=np.ones(16, np.float32) / 4)
    candidates = [product("b", background="gradient", light="soft", style="rustic")]
    (choice,) = policy().choose(user, candidates, context(device="mobile"), CTX)
    assert len(choice.memo) < 500
    looks, circumstances, sketch = parse_memo(choice.memo)
    named = {name for name, value in zip(LOOKS, looks, strict=True) if value}
    assert {"any", "side:side", "background:gradient", "light:soft"} < named
    assert circumstances[:2].tolist() == [1.0, 1.0]
    assert sketch is not None
    (cold,) = policy().choose(USER, candidates, context(), CTX)
    assert parse_memo(cold.memo)[2] is None
    assert parse_memo("") is None
    assert parse_memo(choice.memo[:-8]) is None


def test_version_follows_knowledge_and_configuration(tmp_path: Path) -> None:
    chooser = policy(state=tmp_path)
    versions = [chooser.version]
    for variant_id in ("mug-a", "mug-b"):
        chooser.update([Feedback(user="u", sku="mug", variant=variant_id, reward=1.0, at=NOW)], CTX)
        versions.append(chooser.version)
    assert policy(state=tmp_path).version == versions[-1]
    chooser.update([], CTX)
    assert chooser.version == versions[-1]
    assert len({*versions, policy(epsilon=0.5).version}) == 4
    chooser.reset(CTX)
    assert chooser.version == versions[0]


def test_the_same_memory_draws_the_same_models() -> None:
    config = LinearPolicyConfig()
    knowledge = learnt(
        Knowledge(), teach(policy(), lambda user, id: float(id == "mug-c"), [product()], rounds=3), config
    )
    first, second = build_model(knowledge, config, 16), build_model(knowledge, config, 16)
    np.testing.assert_array_equal(first.effects, second.effects)
    np.testing.assert_array_equal(first.noise, second.noise)


def test_upper_bound_tries_what_it_does_not_know() -> None:
    bold = policy(LinearUCB, epsilon=0.0, width=5.0, prior_effects={})
    items = [Feedback(user="u", sku="mug", variant="mug-a", view=VIEWS["a"], reward=0.2, at=NOW)] * 200
    bold.update(items, CTX)
    (choice,) = bold.choose(USER, [product("ab")], context(), CTX)
    assert (choice.variant, choice.propensity) == ("mug-b", 1.0)


def test_a_picture_described_anew_is_seen_anew() -> None:
    chooser = policy(prior_effects={"background:white": 1.0})
    before = Candidate(sku="mug", variants=(variant("x", background="image"), variant("y", background="white")))
    after = Candidate(sku="mug", variants=(variant("x", background="white"), variant("y", background="image")))
    assert shown(chooser, [before]) == ["mug-y"]
    assert shown(chooser, [after]) == ["mug-x"]


def test_places_come_from_the_index_and_are_measured_within_a_product() -> None:
    class Index:
        asked = 0

        def vectors(self, ids):
            Index.asked += len(ids)
            return {id: np.full(8, float(ord(id[-1])), np.float32) for id in ids if id != "mug-d"}

    ctx = Context(find=lambda kind, id: Index())
    chooser = policy(epsilon=1.0)
    for number in range(5):
        (choice,) = chooser.choose(USER, [product("ab")], context(f"{number}"), ctx)
        assert np.abs(parse_memo(choice.memo)[0][-4:]).max() > 0
    assert Index.asked == 2
    (alone,) = chooser.choose(USER, [product("c")], context(), ctx)
    assert np.abs(parse_memo(alone.memo)[0][-5:]).max() == 0


def test_looks_are_made_once_until_their_facts_are_other_ones() -> None:
    """What a shop keeps of its pictures comes as new facts when a product changes: its vectors may be other ones, too."""
    asked: list[list[str]] = []

    class Index:
        def vectors(self, ids):
            asked.append(list(ids))
            return {}

    ctx = Context(find=lambda kind, id: Index())
    chooser = policy()

    def described():
        known = VariantFacts(view=View(azimuth=90), background="white", light="soft", style="")
        return FoundCandidate.described([(product("ab"), "home/mug", "Mug", [known, known])])

    once = described()
    chooser.prepare(once, ctx)
    chooser.choose(USER, once, context(), ctx)
    assert asked == [["mug-a", "mug-b"]]
    chooser.choose(USER, described(), context(), ctx)
    assert asked == [["mug-a", "mug-b"]] * 2


def test_sides_and_projection() -> None:
    views = [
        View(azimuth=350),
        View(azimuth=315),
        View(azimuth=100),
        View(azimuth=200),
        View(elevation=-70),
        View(distance=0.5),
    ]
    sides = [next(name for name in side_looks(view) if name.startswith("side:")) for view in views]
    assert sides == ["side:front", "side:quarter", "side:side", "side:back", "side:above", "side:detail"]
    assert side_looks(None) == {}
    rows = np.random.default_rng(0).normal(size=(4000, 32))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    np.testing.assert_allclose((rows @ projection(32, 4, 0)).var(axis=0), 1, atol=0.1)
