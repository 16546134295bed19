"""Assignment, sample ratio, and a comparison that holds however often one looks."""

from __future__ import annotations

import math
from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prodgen_rank.evaluation.ab_test import (
    Arm,
    Comparison,
    Refused,
    assign,
    boundary,
    compare,
    log_ratio,
    read,
    sample_ratio,
    sample_size,
)
from prodgen_rank.evaluation.ab_test_power import simulate

from prodgen_sdk.errors import InputError

HALVES = {"control": 0.5, "treatment": 0.5}


def test_assignment_is_stable_fair_and_independent_between_experiments() -> None:
    users = [f"user-{n}" for n in range(6000)]
    first, second = ([assign(user, name, HALVES) for user in users] for name in ("one", "two"))
    assert first == [assign(user, "one", HALVES) for user in users]
    assert not sample_ratio([first.count("control"), first.count("treatment")], [0.5, 0.5]).mismatch
    both = Counter(zip(first, second, strict=True))
    assert not sample_ratio([both[pair] for pair in product(HALVES, HALVES)], [0.25] * 4).mismatch
    small = Counter(assign(user, "one", {"a": 0.1, "b": 0.9}) for user in users)
    assert abs(small["a"] / 6000 - 0.1) < 0.02
    # A larger share only adds users to an arm: nobody who was in it leaves.
    before = {user for user in users if assign(user, "ramp", {"new": 0.1, "old": 0.9}) == "new"}
    assert before < {user for user in users if assign(user, "ramp", {"new": 0.3, "old": 0.7}) == "new"}


@pytest.mark.parametrize("shares", [{}, {"a": 0.5}, {"a": 1.5, "b": -0.5}])
def test_shares_must_sum_to_one(shares) -> None:
    with pytest.raises(InputError):
        assign("ann", "x", shares)


def test_sample_ratio_against_enumeration_by_hand() -> None:
    counts, shares = [1, 0, 5], [0.5, 0.25, 0.25]
    found = sample_ratio(counts, shares)

    def p(outcome) -> float:
        ways = math.factorial(6) / math.prod(math.factorial(k) for k in outcome)
        return ways * math.prod(s**k for s, k in zip(shares, outcome, strict=True))

    outcomes = [o for o in product(range(7), repeat=3) if sum(o) == 6]
    assert found.method == "exact"
    assert found.p == pytest.approx(sum(p(o) for o in outcomes if p(o) <= p(counts) * (1 + 1e-9)))


def test_sample_ratio_by_all_three_ways() -> None:
    assert sample_ratio([50_500, 49_500], [0.5, 0.5]).method == "chi-square"
    assert sample_ratio([50_500, 49_500], [0.5, 0.5]).p == pytest.approx(0.001565, rel=1e-2)
    assert sample_ratio([51_000, 49_000], [0.5, 0.5]).mismatch
    assert sample_ratio([90, 10], [0.9, 0.1]).p == pytest.approx(1.0)
    many = sample_ratio([40, 2, 1, 1, 0, 3, 1, 2], [0.79, *[0.03] * 7])
    assert many.method == "simulated"
    assert 0.1 < many.p <= 1
    for bad in (([1, 2], [0.5]), ([0, 0], [0.5, 0.5]), ([1, 2], [0.5, 0.6]), ([5], [1.0])):
        with pytest.raises(InputError):
            sample_ratio(*bad)


def test_a_true_ratio_is_seldom_called_a_mismatch() -> None:
    rng = np.random.default_rng(0)
    called = sum(sample_ratio(rng.multinomial(40, [0.5, 0.3, 0.2]), [0.5, 0.3, 0.2], 0.05).mismatch for _ in range(300))
    assert called / 300 < 0.05 + 4 * (0.05 * 0.95 / 300) ** 0.5


@pytest.mark.parametrize(
    ("rate", "users", "tau"), [(0.05, 5000, 0.005), (0.05, 5000, 0.05), (0.01, 20_000, 0.001), (0.4, 1000, 0.05)]
)
def test_peeking_at_every_look_keeps_the_type_1_error(rate: float, users: int, tau: float) -> None:
    found = simulate(rate, rate, users, tau=tau, looks=200, replications=2000)
    assert found.called <= 0.05
    # The same looks with a fixed-horizon test err several times as often: the simulation can fail.
    assert found.naive > 0.2


def test_power_grows_with_users_and_reaches_what_it_should() -> None:
    few, many = (simulate(0.05, 0.06, n, tau=0.01, looks=100, replications=1000) for n in (8155, 20_000))
    assert 0.4 < few.called < 0.65
    assert many.called > 0.9
    assert many.users_when_called < 12_000


def test_simulated_tests_are_the_test() -> None:
    """`compare` on the same made-up users calls what the vectorised simulation calls."""
    rng, steps, called = np.random.default_rng(0), np.full(40, 100), []
    a, b = (np.cumsum(rng.binomial(steps, rate, (60, 40)), axis=1) for rate in (0.05, 0.07))
    for x, y in zip(a, b, strict=True):
        looks = [(Arm.of_rate(100 * k, x[k - 1]), Arm.of_rate(100 * k, y[k - 1])) for k in range(1, 41)]
        called.append(compare(looks, tau=0.02).significant)
    assert np.mean(called) == simulate(0.05, 0.07, 4000, tau=0.02, looks=40, replications=60).called
    assert 0 < np.mean(called) < 1


@given(st.floats(-0.5, 0.5), st.floats(1e-8, 0.1), st.floats(1e-4, 1), st.floats(0.001, 0.5))
def test_the_boundary_is_where_the_ratio_reaches_one_over_alpha(difference, variance, tau, alpha) -> None:
    edge = boundary(variance, tau, alpha)
    assert log_ratio(edge, variance, tau) == pytest.approx(-math.log(alpha), rel=1e-6, abs=1e-6)
    assert (abs(difference) > edge) == (log_ratio(difference, variance, tau) > -math.log(alpha)) or math.isclose(
        abs(difference), edge, rel_tol=1e-6
    )


def test_the_ratio_is_the_mixture_it_is_said_to_be() -> None:
    from scipy.integrate import quad
    from scipy.stats import norm

    difference, variance, tau = 0.03, 2e-4, 0.02
    mixed, _ = quad(lambda t: norm.pdf(difference, t, variance**0.5) * norm.pdf(t, 0, tau), -0.3, 0.3, points=[0, 0.03])
    assert log_ratio(difference, variance, tau) == pytest.approx(
        math.log(mixed / norm.pdf(difference, 0, variance**0.5)), rel=1e-6
    )


def test_means_as_well_as_rates() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.gamma(2, 5, 4000), rng.gamma(2, 5.5, 4000)
    arms = tuple(Arm(len(v), float(v.sum()), float((v**2).sum())) for v in (x, y))
    found = compare([arms], tau=1.0)
    assert found.significant
    assert found.low < 1.0 < found.high
    assert arms[0].variance_of_mean == pytest.approx(x.var(ddof=1) / 4000)


def test_a_failed_ratio_means_that_nothing_is_read() -> None:
    looks = [(Arm.of_rate(5300, 530), Arm.of_rate(4700, 611))]
    found = read(looks, tau=0.01)
    assert isinstance(found, Refused)
    assert "5300 users of 10000" in found.reason
    fine = read(looks, tau=0.01, shares=(0.53, 0.47))
    assert isinstance(fine, Comparison)
    assert fine.significant


def test_too_few_successes_say_nothing() -> None:
    found = compare([(Arm.of_rate(100, 0), Arm.of_rate(100, 9))], tau=0.05)
    assert (found.p, found.significant) == (1.0, False)
    for bad in ([], 0.0), ([(Arm.of_rate(9, 1), Arm.of_rate(9, 1))], 0.0):
        with pytest.raises(InputError):
            compare(*bad)


def test_sample_size_gives_the_power_that_it_promises() -> None:
    n, rng = sample_size(0.1, 0.03), np.random.default_rng(2)
    x, y = rng.binomial(n, 0.1, 4000) / n, rng.binomial(n, 0.13, 4000) / n
    z = (y - x) / np.sqrt((x * (1 - x) + y * (1 - y)) / n)
    assert (z > 1.96).mean() == pytest.approx(0.8, abs=0.025)
    assert sample_size(0.1, 0.015) > 3.5 * n
    with pytest.raises(InputError):
        sample_size(0.1, 0.0)
