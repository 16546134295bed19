"""Intervals hold the true mean as often as they say, and shrink with the number."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prodgen_sdk.bootstrap import bootstrap


def test_bootstrap_covers_the_true_mean_about_as_often_as_it_says():
    rng = np.random.default_rng(3)
    found = [bootstrap(rng.exponential(size=200), resamples=300, seed=n) for n in range(200)]
    covered = sum(interval.low <= 1.0 <= interval.high for interval in found)
    assert 178 <= covered <= 199
    assert all(interval.low <= interval.mean <= interval.high for interval in found)


def test_bootstrap_of_a_paired_difference_is_narrower_than_of_its_parts():
    rng = np.random.default_rng(4)
    base = rng.uniform(size=500)
    better = base + rng.normal(0.01, 0.02, size=500)
    paired, alone = bootstrap(better - base), bootstrap(base)
    assert paired.low > 0
    assert paired.high - paired.low < (alone.high - alone.low) / 5
    assert bootstrap(better - base) == paired
    assert bootstrap(np.zeros(0)) == (0.0, 0.0, 0.0)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_an_interval_holds_its_mean(values):
    mean, low, high = bootstrap(values, resamples=200)
    assert min(values) - 1e-9 <= low <= mean + 1e-9
    assert mean - 1e-9 <= high <= max(values) + 1e-9


def test_an_interval_shrinks_with_the_number():
    values = np.random.default_rng(3).normal(2, 1, 400)
    many, few = bootstrap(values), bootstrap(values[:20])
    assert many.high - many.low == pytest.approx(2 * 1.96 / 20, rel=0.25)
    assert few.high - few.low > 2 * (many.high - many.low)
