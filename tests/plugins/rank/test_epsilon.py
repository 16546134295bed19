"""The policy states the probability of its choices exactly, learns, and keeps what it learnt."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prodgen_rank.config import Config, PolicyConfig
from prodgen_rank.policies.epsilon import EpsilonGreedy, draw, probabilities, side

from prodgen_sdk.context import Context
from prodgen_sdk.errors import StoreError
from prodgen_sdk.types import Candidate, CandidateVariant, Feedback, RecommendationContext, UserProfile, View

CTX, USER, NOW = Context(), UserProfile(user="u"), datetime(2026, 3, 1, tzinfo=UTC)
VIEWS = {"a": View(azimuth=0), "b": View(azimuth=90), "c": View(azimuth=180), "d": View(elevation=90)}


def product(variants: str = "abcd", sku: str = "mug", same_side: bool = False) -> Candidate:
    view = {v: View(azimuth=0) if same_side else VIEWS[v] for v in variants}
    return Candidate(
        sku=sku, variants=tuple(CandidateVariant(id=f"{sku}-{v}", score=1.0, view=view[v]) for v in variants)
    )


def context(request: str = "r", deterministic: bool = False) -> RecommendationContext:
    return RecommendationContext(at=NOW, request_id=request, deterministic=deterministic)


def feedback(variant: str, reward: float, n: int = 1, sku: str = "mug") -> list[Feedback]:
    item = Feedback(user="u", sku=sku, variant=f"{sku}-{variant}", view=VIEWS[variant], reward=reward, at=NOW)
    return [item] * n


def policy(epsilon: float = 0.1, state: Path | None = None, **options) -> EpsilonGreedy:
    return EpsilonGreedy(Config(policy=PolicyConfig(epsilon=epsilon, **options)), Context(state=state))


@given(st.lists(st.sampled_from([0.1, 0.2, 0.3]) | st.floats(0, 1), min_size=1, max_size=9), st.floats(0, 1))
def test_probabilities_sum_to_one_and_keep_the_floor(expected, epsilon) -> None:
    shares = probabilities(expected, epsilon)
    assert sum(shares) == pytest.approx(1)
    assert min(shares) >= epsilon / len(shares) - 1e-12
    best = [share for share, value in zip(shares, expected, strict=True) if value == max(expected)]
    assert len(set(best)) == 1
    assert best[0] == max(shares)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=6).filter(any), st.text(max_size=5))
def test_draw_never_takes_what_has_no_share(parts, key) -> None:
    shares = [part / sum(parts) for part in parts]
    assert shares[draw(shares, key)] > 0


@pytest.mark.parametrize("tied", [False, True])
def test_frequencies_match_the_stated_propensities(tied: bool) -> None:
    chooser, n = policy(0.3, front_bonus=0), 6000
    if not tied:
        chooser.update(feedback("b", 1.0, 5), CTX)
    counts: Counter[str] = Counter()
    stated: dict[str, float] = {}
    for request in range(n):
        (choice,) = chooser.choose(USER, [product()], context(f"r{request}"), CTX)
        counts[choice.variant] += 1
        assert stated.setdefault(choice.variant, choice.propensity) == choice.propensity
    assert sum(stated.values()) == pytest.approx(1)
    assert sorted(stated.values()) == pytest.approx([0.25] * 4 if tied else [0.075, 0.075, 0.075, 0.775])
    for variant, propensity in stated.items():
        assert abs(counts[variant] / n - propensity) < 4 * (propensity * (1 - propensity) / n) ** 0.5


def test_inverse_propensity_estimate_is_unbiased() -> None:
    """The value of always showing one variant, estimated from the log of a policy that learns while it logs."""
    rates = {"mug-a": 0.1, "mug-b": 0.3, "mug-c": 0.6, "mug-d": 0.2}
    estimates: dict[str, list[float]] = {variant: [] for variant in rates}
    for seed in range(30):
        chooser, rng = policy(0.4, seed=seed), np.random.default_rng(seed)
        weighted = dict.fromkeys(rates, 0.0)
        for batch in range(10):
            learnt = []
            for step in range(50):
                (choice,) = chooser.choose(USER, [product()], context(f"{batch}-{step}"), CTX)
                reward = float(rng.random() < rates[choice.variant])
                weighted[choice.variant] += reward / choice.propensity / 500
                learnt += feedback(choice.variant[-1], reward)
            chooser.update(learnt, CTX)
        for variant, value in weighted.items():
            estimates[variant].append(value)
        assert chooser.choose(USER, [product()], context(deterministic=True), CTX)[0].variant == "mug-c"
    for variant, values in estimates.items():
        error = np.std(values, ddof=1) / len(values) ** 0.5
        assert abs(np.mean(values) - rates[variant]) < 4 * error


def test_the_draw_depends_on_request_and_sku_alone() -> None:
    chooser, candidates = policy(1.0), [product(sku=f"p{i}") for i in range(40)]
    first = chooser.choose(USER, candidates, context("r1"), CTX)
    assert first == policy(1.0).choose(UserProfile(user="other"), candidates, context("r1"), CTX)
    assert first[3:4] == chooser.choose(USER, candidates[3:4], context("r1"), CTX)
    assert first != chooser.choose(USER, candidates, context("r2"), CTX)
    assert first != policy(1.0, seed=1).choose(USER, candidates, context("r1"), CTX)
    assert len({choice.variant[-1] for choice in first}) == 4


def test_deterministic_is_greedy_with_propensity_one() -> None:
    chooser = policy(1.0)
    assert {chooser.choose(USER, [product()], context(f"{i}", True), CTX)[0].variant for i in range(20)} == {"mug-a"}
    chooser.update(feedback("d", 1.0, 5), CTX)
    (choice,) = chooser.choose(USER, [product()], context(deterministic=True), CTX)
    assert (choice.variant, choice.propensity) == ("mug-d", 1.0)


def test_a_single_variant_is_certain() -> None:
    (choice,) = policy(0.5).choose(USER, [product("b")], context(), CTX)
    assert choice.propensity == 1.0


def test_a_side_that_does_well_lifts_variants_never_shown() -> None:
    chooser = policy(0.0)
    chooser.update(feedback("b", 1.0, 40, sku="other") + feedback("a", 0.0, 40, sku="other"), CTX)
    assert chooser.choose(USER, [product("ab")], context(), CTX)[0].variant == "mug-b"


def test_quality_decides_between_variants_of_one_side() -> None:
    good, bad = (CandidateVariant(id=i, score=1, quality={"sharpness": q}) for i, q in (("good", 0.9), ("bad", 0.1)))
    chooser = policy(0.0, quality_metrics=("sharpness",))
    assert chooser.choose(USER, [Candidate(sku="mug", variants=(bad, good))], context(), CTX)[0].variant == "good"


def test_version_follows_state_and_configuration() -> None:
    chooser = policy()
    versions = [chooser.version]
    for reward in (0.0, 1.0):
        chooser.update(feedback("a", reward), CTX)
        versions.append(chooser.version)
    chooser.update([], CTX)
    assert chooser.version == versions[-1]
    assert len({*versions, policy(0.2).version}) == 4
    chooser.reset(CTX)
    assert chooser.version == versions[0]


def test_state_is_kept_and_shared(tmp_path: Path) -> None:
    first, second = policy(state=tmp_path), policy(state=tmp_path)
    assert first.version == second.version
    first.update(feedback("c", 1.0, 9), CTX)
    second.update(feedback("c", 1.0, 9), CTX)
    assert first.version == second.version == policy(state=tmp_path).version
    assert policy(0.0, tmp_path).choose(USER, [product()], context(), CTX)[0].variant == "mug-c"
    threads = [
        threading.Thread(target=lambda p=p: [p.update(feedback("a", 1.0), CTX) for _ in range(25)])
        for p in (first, second)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alone = policy()
    for name, rewards in (("c", 9), ("c", 9), *[("a", 1)] * 50):
        alone.update(feedback(name, 1.0, rewards), CTX)
    assert policy(state=tmp_path).version == alone.version


def test_a_flipped_byte_in_the_state_is_detected(tmp_path: Path) -> None:
    policy(state=tmp_path).update(feedback("c", 1.0, 3), CTX)
    path = tmp_path / "epsilon.json"
    good = path.read_bytes()
    for position in range(len(good)):
        bad = bytearray(good)
        bad[position] ^= 1
        path.write_bytes(bytes(bad))
        with pytest.raises(StoreError, match="damaged"):
            _ = policy(state=tmp_path).version


def test_sides() -> None:
    views = [View(azimuth=350, elevation=15), View(azimuth=46), View(elevation=-80), View(distance=0.6), None]
    assert [side(view) for view in views] == ["front", "front-right", "bottom", "detail", ""]
