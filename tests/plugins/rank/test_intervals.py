"""Intervals hold what they promise, also for few clicks and for none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prodgen_rank.evaluation.intervals import (
    by_cluster,
    clopper_pearson,
    effective_clopper_pearson,
    normal,
    standard_error,
)

from prodgen_sdk.errors import InputError

# From the formulas' own papers' tables and an independent implementation.
EXACT = {(0, 10): (0.0, 0.3085), (1, 10): (0.0025, 0.4450), (5, 10): (0.1871, 0.8129), (10, 10): (0.6915, 1.0)}


@pytest.mark.parametrize(("counts", "expected"), EXACT.items())
def test_clopper_pearson_against_known_values(counts, expected) -> None:
    assert clopper_pearson(*counts) == pytest.approx(expected, abs=6e-5)


def test_no_clicks_and_all_clicks_leave_room() -> None:
    none, all_ = clopper_pearson(0, 1000), clopper_pearson(1000, 1000)
    assert none.low == 0
    assert 0.001 < none.high < 0.005
    assert all_ == pytest.approx((1 - none.high, 1.0))


@pytest.mark.parametrize("n", [1, 5, 23, 60])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_clopper_pearson_covers_at_least_as_often_as_it_says(n: int, level: float) -> None:
    from scipy.stats import binom

    ends = np.asarray([clopper_pearson(k, n, level) for k in range(n + 1)])
    rates = np.concatenate([np.linspace(0.001, 0.999, 199), ends[:-1, 1] - 1e-9, ends[1:, 0] + 1e-9])
    for rate in rates[(rates > 0) & (rates < 1)]:
        inside = (ends[:, 0] <= rate) & (rate <= ends[:, 1])
        assert binom.pmf(np.arange(n + 1), n, rate)[inside].sum() >= level - 1e-9


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_it_holds_the_rate_and_mirrors(counts) -> None:
    successes, n = counts
    low, high = clopper_pearson(successes, n)
    assert 0 <= low <= successes / n <= high <= 1
    assert clopper_pearson(n - successes, n) == pytest.approx((1 - high, 1 - low), abs=1e-9)


@pytest.mark.parametrize("given", [(1, 0), (-1, 5), (6, 5), (1, 5, 1.0), (1, 5, 0.0), (float("nan"), 5)])
def test_no_rate(given) -> None:
    with pytest.raises(InputError):
        clopper_pearson(*given)


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=30), st.integers(1, 9))
def test_clusters_keep_the_mean_and_single_rows_are_their_own(values, groups) -> None:
    rows = np.asarray(values)
    assert by_cluster(rows, np.arange(len(rows)) % groups).mean() == pytest.approx(rows.mean(), abs=1e-9)
    assert by_cluster(rows, np.arange(len(rows))[::-1]) == pytest.approx(rows[::-1])


def test_doubled_rows_say_no_more_once_they_are_clusters() -> None:
    rows = np.random.default_rng(0).normal(size=400)
    twice, clusters = np.repeat(rows, 2), np.repeat(np.arange(400), 2)
    assert standard_error(twice, clusters) == pytest.approx(standard_error(rows))
    assert normal(twice, clusters=clusters) == pytest.approx(normal(rows))
    assert standard_error(twice) < 0.75 * standard_error(rows)
    assert standard_error(rows, np.zeros(400, int)) == float("inf")


def test_effective_interval_is_the_exact_one_for_plain_rates() -> None:
    n, k = 1000, 7
    error = (k / n * (1 - k / n) / n) ** 0.5
    assert effective_clopper_pearson(k / n, error, n) == pytest.approx(clopper_pearson(k, n))
    assert effective_clopper_pearson(0.0, 0.0, 250.0) == clopper_pearson(0, 250)
    assert effective_clopper_pearson(-0.001, 0.002, 250.0).low == 0


def test_effective_interval_covers_where_the_clicks_that_count_most_may_be_missing() -> None:
    rng, n, truth = np.random.default_rng(0), 1500, 0.0096
    weights, shown = np.asarray([0.5, 50 / 39, 20.0]), np.asarray([0.6, 0.39, 0.01])
    held = 0
    for _ in range(400):
        action = rng.choice(3, n, p=shown)
        row = weights[action] * (rng.random(n) < np.asarray([0.008, 0.008, 0.016])[action])
        ess = weights[action].sum() ** 2 / (weights[action] ** 2).sum()
        low, high = effective_clopper_pearson(row.mean(), standard_error(row), ess)
        held += low <= truth <= high
    assert held / 400 >= 0.95
