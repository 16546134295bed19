"""What the linear policies remember: it adds up, in any order, in any process."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_rank.config import Config, LinearPolicyConfig
from prodgen_rank.durable import Durable
from prodgen_rank.policies.epsilon import EpsilonGreedy
from prodgen_rank.policies.features import CIRCUMSTANCES, LAYOUT, LOOKS, SKETCH, memos, parse_memo
from prodgen_rank.policies.groups import find_groups
from prodgen_rank.policies.knowledge import Knowledge, decode, encode, merge
from prodgen_rank.policies.lints import LinearThompson
from prodgen_rank.policies.model import learnt

from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError, StoreError
from prodgen_sdk.types import Feedback

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CONFIG = LinearPolicyConfig(group_users=8)


def feedback(seed: int, n: int = 12, days: float = 0.0) -> list[Feedback]:
    rng = np.random.default_rng(seed)
    items = []
    for i in range(n):
        looks = (rng.random((1, len(LOOKS))) < 0.2).astype(np.float32)
        circumstances = (rng.random((1, len(CIRCUMSTANCES))) < 0.2).astype(np.float32)
        looks[:, 0] = circumstances[:, 0] = 1.0
        sketch = rng.normal(size=SKETCH).astype(np.float32) if rng.random() < 0.8 else None
        variant = int(rng.integers(0, 5))
        items.append(
            Feedback(
                user=f"u{seed}-{i}",
                sku=f"p{variant % 2}",
                variant=f"p{variant % 2}-{variant}",
                reward=float(rng.random() < 0.4),
                at=NOW + timedelta(days=days),
                memo=memos(looks, circumstances, sketch)[0] if rng.random() < 0.9 else "",
            )
        )
    return items


def _close(a: Knowledge, b: Knowledge) -> None:
    np.testing.assert_allclose(a.moments.gram, b.moments.gram, atol=1e-9)
    np.testing.assert_allclose(a.moments.moment, b.moments.moment, atol=1e-9)
    for one, other in ((a.variants, b.variants), (a.products, b.products)):
        assert one.keys() == other.keys()
        for key in one:
            assert one[key] == pytest.approx(other[key])
    assert a.groups == b.groups
    assert a.sketches.keys() == b.sketches.keys()
    assert a.at == b.at


@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=15)
def test_order_of_feedback_plays_no_part(seed, random) -> None:
    items = feedback(seed, 20)
    mixed = list(items)
    random.shuffle(mixed)
    assert learnt(Knowledge(), items, CONFIG).digest == learnt(Knowledge(), mixed, CONFIG).digest


@given(st.integers(0, 10_000), st.sampled_from([None, 2.0]))
@settings(deadline=None, max_examples=15)
def test_merging_is_commutative_and_associative(seed, half_life) -> None:
    config = LinearPolicyConfig(half_life_days=half_life, group_users=1000)
    a, b, c = (learnt(Knowledge(), feedback(seed + i, days=i * 1.5), config) for i in range(3))
    _close(merge(a, b, half_life), merge(b, a, half_life))
    _close(merge(merge(a, b, half_life), c, half_life), merge(a, merge(b, c, half_life), half_life))
    _close(merge(a, Knowledge(), half_life), a)


def test_memories_with_different_groups_are_not_merged() -> None:
    a, b = (learnt(Knowledge(), feedback(seed, 30), CONFIG) for seed in (1, 2))
    assert a.groups
    assert b.groups
    with pytest.raises(InputError, match="different groups"):
        merge(a, b)
    assert merge(a, Knowledge()).groups == a.groups


def test_what_is_kept_is_read_again() -> None:
    for knowledge in (learnt(Knowledge(), feedback(1, 4), CONFIG), learnt(Knowledge(), feedback(1, 30), CONFIG)):
        again = decode(encode(knowledge))
        assert again.digest == knowledge.digest
        _close(again, knowledge)
    assert decode({**encode(knowledge), "layout": "old"}).digest == Knowledge().digest


def test_older_feedback_counts_less() -> None:
    config = LinearPolicyConfig(half_life_days=2.0)
    old = learnt(Knowledge(), feedback(3), config)
    halved = old.decayed(old.at + 2, 2.0)
    assert halved.moments.gram[0, 0] == pytest.approx(old.moments.gram[0, 0] / 2)
    assert {key: n for key, (n, _) in halved.variants.items()} == pytest.approx(
        {key: n / 2 for key, (n, _) in old.variants.items()}
    )
    # Told two half-lives late, feedback counts a quarter (what is expected of it differs a little).
    items = feedback(4, days=0.0)
    late, now = learnt(replace(Knowledge(), at=old.at + 4), items, config), learnt(Knowledge(), items, config)
    assert late.at == old.at + 4
    assert late.products["p0"][0] == pytest.approx(now.products["p0"][0] / 4, rel=0.3)


def test_one_batch_finds_the_most_likely_effects() -> None:
    """Against plain gradient ascent on the log posterior."""
    from prodgen_rank.policies.linear import fit
    from prodgen_rank.policies.model import prior_of

    config, items = LinearPolicyConfig(group_users=1000), [item for item in feedback(7, 60) if item.memo]
    ordered = sorted(items, key=lambda f: (f.variant, f.sku, f.user))
    x = LAYOUT.features(*(np.stack([parse_memo(item.memo)[part] for item in ordered]) for part in (0, 1)))
    y = np.asarray([item.reward for item in ordered])
    prior = prior_of(config)
    theta = prior.mean.copy()
    for _ in range(8000):
        p = 1 / (1 + np.exp(-x @ theta))
        theta = theta + 0.01 * (x.T @ (y - p) - prior.strength * (theta - prior.mean))
    found = fit(learnt(Knowledge(), items, config).moments, prior).mean
    np.testing.assert_allclose(found, theta, atol=2e-3)


def test_groups_are_found_and_shares_sum_to_one() -> None:
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(8, SKETCH))
    users = {f"u{i}": (centres[i % 8] + 0.1 * rng.normal(size=SKETCH)).astype(np.float32) for i in range(80)}
    groups = find_groups(users)
    shares = groups.shares(np.stack(list(users.values())))
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)
    assert len({tuple(shares[i::8].argmax(axis=1)) for i in range(8)}) == 8
    assert all(len(set(shares[i::8].argmax(axis=1))) == 1 for i in range(8))
    assert find_groups(dict(reversed(users.items()))) == groups


def test_groups_need_enough_users_and_keep_no_sketch() -> None:
    few = learnt(Knowledge(), feedback(1, 5), CONFIG)
    assert few.groups is None
    assert 0 < len(few.sketches) < 8
    enough = learnt(few, feedback(2, 20), CONFIG)
    assert enough.groups
    assert not enough.sketches
    assert learnt(enough, feedback(3, 20), CONFIG).groups == enough.groups


def _teach(state: Path, seed: int) -> None:
    policy = LinearThompson(Config(linear=LinearPolicyConfig(group_users=1000)), Context(state=state))
    for part in range(4):
        policy.update(feedback(100 * seed + part), Context())


def test_processes_that_learn_at_once_lose_nothing(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_teach, args=(tmp_path, seed)) for seed in (1, 2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
        assert process.exitcode == 0
    together = Durable(tmp_path, "linear.json", Knowledge(), encode, decode).get()
    items = [item for seed in (1, 2) for part in range(4) for item in feedback(100 * seed + part)]
    whole = learnt(Knowledge(), items, LinearPolicyConfig(group_users=1000))
    assert together.variants.keys() == whole.variants.keys()
    # Every user comes once: one that is missing would be feedback that was lost.
    assert together.sketches.keys() == whole.sketches.keys()
    assert len(together.sketches) > 60


def test_a_flipped_byte_in_the_state_is_detected(tmp_path: Path) -> None:
    policy = LinearThompson(None, Context(state=tmp_path))
    policy.update(feedback(1), Context())
    path = tmp_path / "linear.json"
    good = path.read_bytes()
    for position in range(0, len(good), max(1, len(good) // 40)):
        bad = bytearray(good)
        bad[position] ^= 1
        path.write_bytes(bytes(bad))
        with pytest.raises(StoreError, match="damaged"):
            _ = LinearThompson(None, Context(state=tmp_path)).version


@pytest.mark.parametrize("policy", [LinearThompson, EpsilonGreedy])
def test_until_it_has_learnt_anew_a_policy_goes_by_what_it_knew(tmp_path, policy):
    ctx = Context(state=tmp_path)
    serving, learning = policy(None, ctx), policy(None, ctx)
    learning.update(feedback(1), ctx)
    before = serving.version

    def parts():
        for seed in (2, 3):
            yield feedback(seed)
            assert serving.version == before

    learning.relearn(parts(), ctx)
    after = serving.version
    assert after == learning.version != before
    learning.relearn([feedback(2), feedback(3)], ctx)
    assert serving.version == after
