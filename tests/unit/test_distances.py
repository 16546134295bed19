"""Distances between sets of rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prodgen_sdk.distances import distances, kernel_distance, nearest, spread

rows = st.integers(2, 6).flatmap(
    lambda n: st.lists(st.lists(st.floats(-5, 5), min_size=3, max_size=3), min_size=n, max_size=n)
)


@settings(max_examples=50, deadline=None)
@given(rows, rows)
def test_laws_of_the_distances(first, second):
    a, b = np.asarray(first, np.float32), np.asarray(second, np.float32)
    assert spread(a) >= 0
    assert spread(np.repeat(a[:1], 4, axis=0)) == pytest.approx(0, abs=1e-6)
    assert kernel_distance(a, b) == pytest.approx(kernel_distance(b, a), rel=1e-6, abs=1e-6)
    naive = [min(float(np.linalg.norm(x.astype(float) - y)) for y in b) for x in a]
    assert nearest(a, b) == pytest.approx(naive, abs=1e-3)
    pairs = [float(np.linalg.norm(a[i].astype(float) - a[j])) for i in range(len(a)) for j in range(i)]
    assert spread(a) == pytest.approx(np.mean(pairs), abs=1e-5)


def test_kernel_distance_is_near_zero_for_one_kind_and_grows():
    rng = np.random.default_rng(0)
    a, b, c = (rng.normal(shift, 1, (200, 8)).astype(np.float32) for shift in (0, 0, 1))
    assert abs(kernel_distance(a, b)) < 0.2
    assert kernel_distance(a, c) > 1


def test_distances_are_those_of_naive_loops():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(7, 3)), rng.normal(size=(5, 3))
    naive = np.array([[np.linalg.norm(x - y) for y in b] for x in a])
    assert np.allclose(distances(a, b), naive)
    assert np.allclose(nearest(a, b), naive.min(1))
    pairs = [np.linalg.norm(x - y) for i, x in enumerate(a) for j, y in enumerate(a) if i != j]
    assert spread(a) == pytest.approx(np.mean(pairs))
    kernel = lambda x, y: (x @ y / 3 + 1) ** 3  # noqa: E731
    inside = [np.mean([kernel(x, y) for i, x in enumerate(s) for j, y in enumerate(s) if i != j]) for s in (a, b)]
    across = np.mean([kernel(x, y) for x in a for y in b])
    assert kernel_distance(a, b) == pytest.approx(sum(inside) - 2 * across)
