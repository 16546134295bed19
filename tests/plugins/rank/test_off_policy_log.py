"""The event log as decisions, by the host's own rules; policies to value; replay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_rank.config import Config, PolicyConfig
from prodgen_rank.evaluation import off_policy_policies
from prodgen_rank.evaluation.off_policy import snips
from prodgen_rank.evaluation.off_policy_log import Decision, halves, join, logged, usable
from prodgen_rank.evaluation.replay import Row, replay
from prodgen_rank.policies.epsilon import EpsilonGreedy

from prodgen_sdk.config import REWARDS
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.store import open_store
from prodgen_sdk.types import Event, Feedback

NOW = datetime(2026, 3, 1, tzinfo=UTC)
WINDOW = timedelta(minutes=30)


@st.composite
def event_logs(draw) -> list[Event]:
    size = draw(st.integers(1, 25))
    events = []
    for number in range(size):
        kind = draw(st.sampled_from(["impression", "impression", "click", "purchase", "view"]))
        variant = draw(st.sampled_from(["v1", "v2", None]))
        sku = draw(st.sampled_from(["a", "b", None])) if variant is None else {"v1": "a", "v2": "b"}[variant]
        events.append(
            Event(
                id=f"e{number}",
                user=draw(st.sampled_from(["ann", "bob"])),
                type=kind,
                sku=sku,
                variant=variant,
                request_id=draw(st.sampled_from(["r1", "r2", None])),
                at=NOW + timedelta(minutes=draw(st.integers(-45, 45))),
                **({"propensity": 0.5, "offered": ("v1", "v2"), "memo": f"m{number}"} if kind == "impression" else {}),
            )
        )
    return events


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with open_store(tmp_path_factory.mktemp("store") / "store.db") as opened:
        yield opened


@settings(max_examples=60, deadline=None)
@given(log=event_logs(), rewards=st.sampled_from([REWARDS, {"click": 0.3, "purchase": 1.0}]))
def test_the_join_is_that_of_the_host(log, rewards, store) -> None:
    # One store for all examples: each has users and ids of its own.
    mark = store.events.last_sequence()
    log = [e.model_copy(update={"id": f"{mark}-{e.id}", "user": f"{mark}-{e.user}"}) for e in log]
    store.events.record(log, durable=False)
    host = [item for _, item in store.events.feedback(mark, window=WINDOW, rewards=rewards, until=None)]
    assert [d.feedback for d in join(log, window=WINDOW, rewards=rewards)] == host
    # A second arrival of the same events changes nothing.
    assert join([*log, *log], window=WINDOW, rewards=rewards) == join(log, window=WINDOW, rewards=rewards)


def impression(number: int, user: str = "ann", minutes: float = 0, **more) -> Event:
    values = {"sku": "mug", "variant": "a", "propensity": 0.5, "offered": ("a", "b"), "request_id": f"r{number}"}
    at = NOW + timedelta(minutes=minutes)
    return Event(id=f"i{number}", user=user, type="impression", at=at, **(values | more))


def click(number: int, user: str = "ann", minutes: float = 1, **more) -> Event:
    values = {"sku": "mug", "variant": "a", "request_id": f"r{number}"}
    at = NOW + timedelta(minutes=minutes)
    return Event(id=f"c{number}-{minutes}", user=user, type="click", at=at, **(values | more))


def test_open_windows_are_left_out() -> None:
    log = [impression(1), impression(2, minutes=20), click(2, minutes=21)]
    assert [d.feedback.reward for d in join(log, until=NOW + timedelta(minutes=31))] == [0.0]
    assert [d.feedback.reward for d in join(log, until=NOW + timedelta(minutes=50))] == [0.0, 1.0]


def test_only_rows_that_say_how_they_came_are_usable() -> None:
    log = [impression(1), impression(2, propensity=None), impression(3, offered=()), impression(4, offered=("b",))]
    assert [d.request for d in usable(join(log))] == ["r1"]
    with pytest.raises(InputError, match="no impressions"):
        logged([], [])


def test_halves_keep_a_moment_together() -> None:
    decisions = join([impression(n, minutes=n // 4) for n in range(10)])
    earlier, later = halves(decisions)
    assert len(earlier) + len(later) == 10
    assert max(d.feedback.at for d in earlier) < min(d.feedback.at for d in later)
    assert halves([]) == ([], [])


def decide(rates: dict[str, float], n: int, rng, shares=None, offered=("a", "b", "c")) -> list[Decision]:
    """Decisions of a policy that shows `offered` with fixed shares."""
    shares = np.asarray(shares if shares is not None else np.full(len(offered), 1 / len(offered)))
    made = []
    for number, place in enumerate(rng.choice(len(offered), n, p=shares)):
        variant = offered[place]
        feedback = Feedback(
            user=f"u{number % 50}",
            sku="mug",
            variant=variant,
            propensity=float(shares[place]),
            reward=float(rng.random() < rates[variant]),
            offered=offered,
            at=NOW + timedelta(seconds=number),
        )
        made.append(Decision(feedback, f"r{number}", "policy/x@1"))
    return made


RATES = {"a": 0.1, "b": 0.5, "c": 0.3}


@pytest.mark.parametrize(
    ("policy", "truth"),
    [(off_policy_policies.uniform, 0.3), (off_policy_policies.first, 0.1)],
    ids=["uniform", "first"],
)
def test_simple_policies_have_their_value(policy, truth: float) -> None:
    decisions = decide(RATES, 6000, np.random.default_rng(0), [0.2, 0.2, 0.6])
    rows = snips(logged(decisions, policy(decisions)))
    assert abs(rows.mean() - truth) < 4 * rows.std() / 6000**0.5


def test_the_best_by_history_is_found_on_other_rows() -> None:
    rng = np.random.default_rng(1)
    earlier, later = decide(RATES, 2000, rng, [0.6, 0.1, 0.3]), decide(RATES, 3000, rng, [0.6, 0.1, 0.3])
    chosen = off_policy_policies.best_by_history(earlier, later)
    assert {tuple(p) for p in chosen} == {(0.0, 1.0, 0.0)}
    assert abs(snips(logged(later, chosen)).mean() - 0.5) < 0.12
    assert off_policy_policies.best_by_history([], later[:1])[0] == pytest.approx([1 / 3] * 3)


def test_judging_the_best_on_the_rows_that_chose_it_looks_too_good() -> None:
    """Of ten equal variants the best by chance is worth no more than the others: only the split shows it."""
    rates, names = dict.fromkeys("abcdefghij", 0.1), tuple("abcdefghij")
    split, same = [], []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        earlier, later = (decide(rates, 300, rng, offered=names) for _ in range(2))
        best = off_policy_policies.best_by_history
        split.append(snips(logged(later, best(earlier, later))).mean())
        same.append(snips(logged(earlier, best(earlier, earlier))).mean())
    assert abs(np.mean(split) - 0.1) < 4 * np.std(split) / 40**0.5
    assert np.mean(same) > 0.15


@pytest.mark.parametrize("epsilon", [0.0, 0.2, 1.0])
def test_the_distribution_of_a_component_is_its_own(epsilon: float) -> None:
    policy, ctx = EpsilonGreedy(Config(policy=PolicyConfig(epsilon=epsilon)), Context()), Context()
    decisions = decide(RATES, 400, np.random.default_rng(2)) + decide(
        {"z": 0.5}, 3, np.random.default_rng(3), None, ("z",)
    )
    policy.update([d.feedback for d in decisions], ctx)
    found = off_policy_policies.of_component(policy, decisions, ctx)
    assert found[0] == pytest.approx([epsilon / 3, 1 - epsilon + epsilon / 3, epsilon / 3], abs=1e-9)
    assert found[-1] == pytest.approx([1.0])
    assert off_policy_policies.of_component(policy, [], ctx) == []
    if epsilon == 0.2:
        assert off_policy_policies.of_component(policy, decisions, ctx, requests=1) is None


def made_rows(n: int, rng, shares) -> list[Row[str]]:
    """Rows of a policy that shows a, b and c with fixed shares."""
    drawn = zip(rng.choice(3, n, p=shares), rng.random(n), strict=True)
    return [Row("mug", "abc"[place], shares[place], float(u < RATES["abc"[place]])) for place, u in drawn]


@pytest.mark.parametrize("shares", [[1 / 3, 1 / 3, 1 / 3], [0.7, 0.1, 0.2]], ids=["uniform", "skewed"])
def test_replay_is_unbiased_for_a_fixed_policy(shares) -> None:
    truth, values = 0.25 * 0.1 + 0.75 * 0.5, []
    for seed in range(120):
        rng = np.random.default_rng(seed)
        log = made_rows(400, rng, shares)
        choose = lambda seen, rng=rng: "a" if rng.random() < 0.25 else "b"  # noqa: E731
        values.append(replay(log, choose, seed=seed).value)
    assert abs(np.nanmean(values) - truth) < 4 * np.nanstd(values) / 120**0.5


def test_replay_of_a_policy_that_learns_is_the_policy_run_live() -> None:
    """Greedy after ten tries of each: the mean over its first forty rounds, replayed on skewed logs and run in the world."""

    class Greedy:
        def __init__(self, rng) -> None:
            self.rewards, self.shown, self.rng = np.zeros(3), np.zeros(3), rng

        def choose(self, seen: str) -> str:
            if self.shown.sum() < 30:
                return "abc"[int(self.rng.integers(3))]
            return "abc"[int(np.argmax(self.rewards / np.maximum(self.shown, 1)))]

        def learn(self, row: Row[str]) -> None:
            place = "abc".index(row.action)
            self.rewards[place] += row.reward
            self.shown[place] += 1

    live, replayed = [], []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        policy = Greedy(rng)
        for _ in range(40):
            action = policy.choose("mug")
            policy.learn(Row("mug", action, 1.0, float(rng.random() < RATES[action])))
        live.append(policy.rewards.sum() / 40)
        other = Greedy(np.random.default_rng(1000 + seed))
        log = made_rows(450, rng, [0.5, 0.25, 0.25])
        replayed.append(replay(log, other.choose, other.learn, seed=seed).rewards[:40].mean())
    error = (np.var(live) / 150 + np.var(replayed) / 150) ** 0.5
    assert abs(np.mean(live) - np.mean(replayed)) < 4 * error


def test_replay_keeps_a_constant_share_of_rows() -> None:
    log = made_rows(5000, np.random.default_rng(4), [0.7, 0.1, 0.2])
    for action in "abc":
        found = replay(log, lambda seen, action=action: action)
        assert abs(len(found.rewards) / 5000 - 0.1) < 0.02
        assert found.interval.low < RATES[action] < found.interval.high
        assert found.rows == 5000


def test_replay_refuses_what_it_cannot_do() -> None:
    row = Row("x", "a", 0.5, 1.0)
    with pytest.raises(InputError, match="no rows"):
        replay([], lambda seen: "a")
    with pytest.raises(InputError, match="floor"):
        replay([row], lambda seen: "a", floor=0.6)
    with pytest.raises(InputError, match="above 0"):
        replay([Row("x", "a", float("nan"), 1.0)], lambda seen: "a")
    assert np.isnan(replay([row], lambda seen: "b").value)
