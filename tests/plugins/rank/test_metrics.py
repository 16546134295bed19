"""Metrics against references that go through each list one place at a time, and the laws that they keep."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prodgen_rank.evaluation import metrics


@st.composite
def rankings(draw):
    n_items, users, k = draw(st.integers(1, 12)), draw(st.integers(1, 4)), draw(st.integers(1, 12))
    ranked = np.full((users, k), -1, np.int32)
    relevant = []
    for row in range(users):
        shown = draw(st.permutations(range(n_items)))[: draw(st.integers(0, min(k, n_items)))]
        ranked[row, : len(shown)] = shown
        relevant.append(np.asarray(sorted(draw(st.sets(st.integers(0, n_items - 1), min_size=1))), np.int32))
    return ranked, relevant


def _naive(shown, wanted, k):
    """Each metric of one list, as its definition says."""
    hit = [place for place, item in enumerate(shown, 1) if item in wanted]
    best = sum(1 / math.log2(1 + place) for place in range(1, min(len(wanted), k) + 1))
    return {
        "ndcg": sum(1 / math.log2(1 + place) for place in hit) / best,
        "recall": len(hit) / len(wanted),
        "precision": len(hit) / k,
        "map": sum((n + 1) / place for n, place in enumerate(hit)) / len(wanted),
        "mrr": 1 / hit[0] if hit else 0,
        "hit_rate": 1 if hit else 0,
    }


@given(rankings())
def test_metrics_equal_their_definitions(case):
    ranked, relevant = case
    found = metrics.evaluate(ranked, relevant)
    for row, wanted in enumerate(relevant):
        shown = [item for item in ranked[row].tolist() if item >= 0]
        naive = _naive(shown, set(wanted.tolist()), ranked.shape[1])
        assert {name: each[row] for name, each in found.items()} == pytest.approx(naive)


@given(rankings(), st.integers(0, 3), st.integers(0, 11))
def test_moving_a_hit_up_never_lowers_a_metric(case, row, place):
    ranked, relevant = case
    row, place = row % len(ranked), place % ranked.shape[1]
    if place == 0 or ranked[row, place] not in relevant[row]:
        return
    better = ranked.copy()
    better[row, [place - 1, place]] = ranked[row, [place, place - 1]]
    before, after = metrics.evaluate(ranked, relevant), metrics.evaluate(better, relevant)
    assert all((after[name] >= before[name] - 1e-12).all() for name in before)


@given(
    st.lists(st.lists(st.sampled_from([-np.inf, 0.0, 0.5, 1.0, 2.0]), min_size=7, max_size=7), max_size=5),
    st.integers(0, 9),
)
def test_top_k_equals_a_full_stable_sort(rows, k):
    scores = np.asarray(rows, np.float32).reshape(-1, 7)
    best = metrics.top_k(scores, k)
    assert best.shape == (len(rows), k)
    for row, places in zip(scores, best, strict=True):
        order = [int(i) for i in np.argsort(-row, kind="stable") if row[i] > -np.inf][:k]
        assert places.tolist() == order + [-1] * (k - len(order))


def test_what_is_beyond_accuracy():
    ranked = np.asarray([[0, 1], [0, -1]])
    assert metrics.coverage(ranked, 4) == 0.5
    # Two of four users know product 0 (1 bit), nobody knows product 1 (counted as one user: 2 bits).
    assert metrics.novelty(ranked, np.asarray([2, 0, 1, 1]), 4).tolist() == [1.5, 1.0]
    vectors = np.asarray([[2.0, 0.0], [0.0, 0.5], [1.0, 1.0]])
    assert metrics.intra_list_diversity(np.asarray([[0, 1, 2], [0, -1, -1]]), vectors) == pytest.approx(
        [1 - (0 + 2 * math.sqrt(0.5)) / 3, 0.0]
    )
