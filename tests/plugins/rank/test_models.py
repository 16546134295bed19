"""Models of preference against naive references, and the laws that they keep."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_rank.evaluation import splits
from prodgen_rank.evaluation.datasets import table_of
from prodgen_rank.evaluation.protocols import evaluate
from prodgen_rank.evaluation.tuning import SEARCHES, tune, weigh
from prodgen_rank.models.base import PreferenceModel
from prodgen_rank.models.blend import Blend
from prodgen_rank.models.ease import Ease
from prodgen_rank.models.ials import Ials
from prodgen_rank.models.interactions import History, Interactions
from prodgen_rank.models.linear import strongest
from prodgen_rank.models.neighbours import ItemKnn
from prodgen_rank.models.popularity import Popularity
from prodgen_rank.models.recency import DAY, Recency
from prodgen_rank.models.registry import make
from scipy.sparse import csr_matrix

from prodgen_sdk.context import Context
from prodgen_sdk.errors import Cancelled, ConfigError, InputError, NotFound

CTX = Context()
NAMES = ("popular", "item-knn", "ease", "ials", "transitions", "visual", "blend")


def some(n_users=40, n_items=15, seed=0):
    rng = np.random.default_rng(seed)
    rows = [(u, i, t) for u in range(n_users) for t, i in enumerate(rng.choice(n_items, 5, replace=False))]
    users, items, times = zip(*rows, strict=True)
    weights = rng.uniform(0.5, 5, len(rows))
    return Interactions.of(users, items, np.asarray(times) * DAY, [f"p{n}" for n in range(n_items)], n_users, weights)


def history(*items, days=None, weights=None):
    n = len(items)
    times = np.arange(n) if days is None else np.asarray(days)
    return History(
        np.asarray(items, np.int32), np.asarray(weights or np.ones(n), np.float32), times.astype(np.float64) * DAY
    )


def dense(data):
    known = np.zeros((data.n_users, data.n_items))
    known[data.users, data.items] = 1
    return known


def test_ease_equals_a_ridge_regression_of_each_product_on_all_others():
    data, l2 = some(), 3.0
    known = dense(data)
    wanted = np.zeros((15, 15))
    for j in range(15):
        others = np.delete(np.arange(15), j)
        x = known[:, others]
        wanted[others, j] = np.linalg.solve(x.T @ x + l2 * np.eye(14), x.T @ known[:, j])
    model = Ease(l2).fit(data, CTX)
    assert np.allclose(model.matrix, wanted, atol=1e-5)
    assert np.allclose(model.scores([history(2, 7)], 0)[0], wanted[2] + wanted[7], atol=1e-5)


def test_ease_with_dropout_regularises_each_product_by_its_users():
    data = some()
    known, extra = dense(data), 0.5 / (1 - 0.5)
    gram = known.T @ known
    inverse = np.linalg.inv(gram + np.diag(3.0 + extra * np.diag(gram)))
    wanted = -inverse / np.diag(inverse)
    np.fill_diagonal(wanted, 0)
    assert np.allclose(Ease(3.0, dropout=0.5).fit(data, CTX).matrix, wanted, atol=1e-5)


def test_ease_among_the_most_popular_leaves_the_others_at_0():
    data = some()
    model = Ease(3.0, most_items=6).fit(data, CTX)
    popular = np.sort(np.argsort(-dense(data).sum(axis=0), kind="stable")[:6])
    part = Interactions.of(data.users, data.items, data.times, data.skus, data.n_users)
    kept = np.isin(part.items, popular)
    codes = np.searchsorted(popular, part.items[kept])
    alone = Ease(3.0).fit(Interactions.of(part.users[kept], codes, part.times[kept], list("abcdef"), 40), CTX).matrix
    assert np.allclose(model.matrix.toarray()[np.ix_(popular, popular)], alone, atol=1e-5)
    assert model.matrix.nnz <= 30


@pytest.mark.parametrize("similarity", ["cosine", "jaccard"])
@pytest.mark.parametrize("towards_rare", [0.5, 0.2])
def test_item_knn_equals_counting_users(similarity, towards_rare):
    data = some()
    having = [set(data.users[data.items == i].tolist()) for i in range(15)]
    model = ItemKnn(similarity, 0, 2.0, towards_rare).fit(data, CTX)
    for i in range(15):
        for j in range(15):
            both, n, m = len(having[i] & having[j]), len(having[i]), len(having[j])
            norm = n + m - both if similarity == "jaccard" else n ** (1 - towards_rare) * m**towards_rare
            wanted = both / (norm + 2.0) if i != j else 0
            assert model.matrix[i, j] == pytest.approx(wanted, rel=1e-5)


@given(st.integers(0, 5), st.integers(1, 6), st.integers(0, 2**31))
@settings(max_examples=40, deadline=None)
def test_strongest_keeps_the_largest_of_each_row(rows, n, seed):
    rng = np.random.default_rng(seed)
    matrix = np.round(rng.normal(size=(rows, 8)), 1) * (rng.uniform(size=(rows, 8)) < 0.6)
    kept = strongest(csr_matrix(matrix), n).toarray()
    assert np.array_equal(strongest(matrix, n).toarray(), kept)
    for before, after in zip(matrix, kept, strict=True):
        order = sorted(np.flatnonzero(before), key=lambda column: (-abs(before[column]), column))[:n]
        assert np.flatnonzero(after).tolist() == sorted(order)
        assert np.array_equal(after[order], before[order])


@pytest.mark.parametrize("factors", [3, 12])
def test_ials_solves_its_equations(factors):
    rng = np.random.default_rng(0)
    model = Ials(factors, l2=0.05, unobserved=0.3, frequency=0.7)
    items = rng.normal(size=(20, factors)).astype(np.float32)
    known = (rng.uniform(size=(50, 20)) < rng.uniform(0, 0.6, (50, 1))) * rng.uniform(0.2, 2, (50, 20))
    known[3] = 0
    found = model.solve(csr_matrix(known.astype(np.float32)), items, CTX)
    for row, confidence in enumerate(known):
        count = (confidence > 0).sum()
        system = 0.3 * items.T @ items + (items * confidence[:, None]).T @ items
        system += 0.05 * (count + 0.3 * 20) ** 0.7 * np.eye(factors)
        wanted = np.linalg.solve(system, (items * confidence[:, None]).sum(axis=0)) if count else np.zeros(factors)
        assert np.allclose(found[row], wanted, atol=1e-3)


def test_ials_lowers_its_loss_with_every_sweep():
    data = some(80, 30)
    known = dense(data)

    def loss(sweeps):
        model = Ials(6, l2=0.01, unobserved=0.1, sweeps=sweeps).fit(data, CTX)
        users = model.solve(csr_matrix(known.astype(np.float32)), model.items, CTX)
        told = users @ model.items.T
        ridge = 0.01 * ((known.sum(1) + 3.0) @ (users**2).sum(1) + (known.sum(0) + 8.0) @ (model.items**2).sum(1))
        return ((1 - told) ** 2 * known).sum() + 0.1 * (told**2).sum() + ridge

    losses = [loss(sweeps) for sweeps in (1, 2, 4, 8)]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.9 * losses[0]


def test_popularity_counts_users_once_and_lets_them_fade():
    data = Interactions.of([0, 0, 1, 2, 3], [0, 0, 0, 1, 1], np.asarray([0, 9, 10, 0, 0]) * DAY, ["a", "b"], 4)
    assert Popularity().fit(data, CTX).totals.tolist() == [2, 2]
    assert Popularity(half_life_days=10).fit(data, CTX).totals == pytest.approx([2**-0.1 + 1, 1.0])


def test_popularity_is_not_aged_by_a_clock_that_is_ahead():
    times = np.append(np.arange(200.0), 1e7) * DAY
    items = np.append(np.tile([0, 1], 100), 2)
    totals = Popularity(half_life_days=50).fit(Interactions.of(range(201), items, times, list("abc"), 201), CTX).totals
    assert totals[1] > totals[0] > 20
    assert totals[2] == 1


@pytest.mark.parametrize(("time", "weight"), [(np.nan, 1), (np.inf, 1), (0, np.nan), (0, 0), (0, -1)])
def test_interactions_are_finite(time, weight):
    with pytest.raises(InputError, match="finite"):
        Interactions.of([0], [0], [time], ["a"], 1, [weight])


def test_recency_halves_by_place_and_by_time():
    shares = Recency(step=0.5).shares(history(1, 2, 3), 99 * DAY)
    assert shares.tolist() == [0.25, 0.5, 1.0]
    assert Recency(half_life_days=2).shares(history(1, 2, 3, days=[0, 2, 4]), 99 * DAY) == pytest.approx([0.25, 0.5, 1])
    assert Recency(weighted=True).shares(history(1, 2, weights=[3, 5]), 0).tolist() == [3, 5]
    assert Recency(last=2).shares(history(1, 2, 3), 0).tolist() == [1, 1]
    assert Recency(half_life_days=1).shares(history(1, days=[1e9]), -1e12) == pytest.approx([1])  # a clock gone wrong


@pytest.mark.parametrize("name", NAMES)
def test_every_model_keeps_the_interface(name):
    data, asked = some(), [history(3, 8), history(), history(1, 1, 2)]
    before = {key: getattr(data, key).copy() for key in ("users", "items", "weights", "times")}
    model = make(name).fit(data, CTX)
    scores = model.scores(asked, data.times.max())
    assert scores.shape == (3, 15)
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()
    assert np.allclose(model.scores(asked[2:], data.times.max()), scores[2:], atol=1e-5), (
        "a user's scores are their own"
    )
    again = make(name).restore({key: np.array(array) for key, array in model.arrays().items()})
    assert np.allclose(again.scores(asked, data.times.max()), scores, atol=1e-5)
    assert all(np.array_equal(getattr(data, key), array) for key, array in before.items())
    assert np.allclose(make(name).fit(data, CTX).scores(asked, data.times.max()), scores, atol=1e-5)


@pytest.mark.parametrize("name", ["item-knn", "ease", "ials", "transitions"])
def test_a_fit_can_be_stopped(name):
    with pytest.raises(Cancelled):
        make(name).fit(some(), Context(cancelled=lambda: True))


class _Fixed(PreferenceModel):
    """Says the same of everyone."""

    name = "fixed"

    def __init__(self, scores):
        self._scores = np.asarray(scores, np.float32)

    def fit(self, data, ctx):
        return self

    def scores(self, histories, now):
        return np.tile(self._scores, (len(histories), 1))

    def arrays(self):
        return {"scores": self._scores}

    def restore(self, arrays):
        return self


def _table():
    rng = np.random.default_rng(2)
    return table_of(
        [
            (f"u{n}", f"{'ab'[n % 2]}{i}", 1.0, t)
            for n in range(150)
            for t, i in enumerate(rng.choice(12, 5, replace=False))
        ]
    )


def test_weights_favour_the_member_that_knows():
    split = splits.leave_last_out(_table())
    members = {"item-knn": (ItemKnn(shrink=1).fit(split.train, CTX),), "noise": (_Fixed(np.arange(24) % 7),)}
    weights, value = weigh(members, [split], CTX)
    assert weights["item-knn"] > weights["noise"]
    assert sum(weights.values()) == pytest.approx(1, abs=1e-3)
    alone, _ = weigh({"noise": members["noise"]}, [split], CTX)
    assert alone == {"noise": 1.0}
    assert value >= weigh({"noise": members["noise"]}, [split], CTX)[1]


def test_tuning_takes_the_best_of_what_it_tries():
    split = splits.leave_last_out(_table())
    found = tune("popular", [split], CTX)
    tries = SEARCHES["popular"]["half_life_days"]
    values = [
        evaluate(Popularity(half_life_days=days).fit(split.train, CTX), split, 10, CTX).mean("ndcg") for days in tries
    ]
    assert (found.value, found.tried) == (pytest.approx(max(values)), len(tries))
    assert found.settings == {"half_life_days": tries[int(np.argmax(values))]}
    searched, start = tune("item-knn", [split], CTX), tune("item-knn", [split], CTX, search=False)
    assert start.settings == {}
    again = make("item-knn", searched.settings).fit(split.train, CTX)
    assert evaluate(again, split, 10, CTX).mean("ndcg") == pytest.approx(searched.value)


def test_a_blend_is_the_weighted_sum_of_its_standardised_members():
    data = some()
    blend = Blend({"ease": {"l2": 5}, "popular": {}}, {"ease": 0.7, "popular": 0.3}).fit(data, CTX)
    told = [Ease(5).fit(data, CTX), Popularity().fit(data, CTX)]
    asked = [history(2, 9)]
    rows = [model.scores(asked, 0)[0].astype(float) for model in told]
    wanted = sum(w * (row - row.mean()) / row.std() for w, row in zip((0.7, 0.3), rows, strict=True))
    assert np.allclose(blend.scores(asked, 0)[0], wanted, atol=1e-4)
    assert np.allclose(
        Blend.of(blend.members, {"ease": 0.7, "popular": 0.3}, 15).scores(asked, 0)[0], wanted, atol=1e-4
    )


@pytest.mark.parametrize(
    ("name", "given", "error"),
    [
        ("eas", {}, NotFound),
        ("ease", {"l2": 0}, ConfigError),
        ("ease", {"l2": float("nan")}, ConfigError),
        ("ease", {"width": 1}, ConfigError),
        ("item-knn", {"similarity": "euclid"}, ConfigError),
        ("ials", {"factors": 0}, ConfigError),
        ("blend", {"members": {"ease": {}}, "weights": {"ease": float("nan")}}, ConfigError),
        ("blend", {"members": {"ease": {}}, "weights": {"ease": 0.0}}, ConfigError),
        ("ease", {"recency": {"pace": 1}}, ConfigError),
        ("ease", {"recency": 0.5}, ConfigError),
        ("ease", {"recency": {"step": 1.5}}, ConfigError),
        ("ease", {"recency": {"step": float("nan")}}, ConfigError),
        ("ease", {"recency": {"half_life_days": 0}}, ConfigError),
        ("popular", {"half_life_days": float("nan")}, ConfigError),
    ],
)
def test_says_what_is_wrong_with_settings(name, given, error):
    with pytest.raises(error):
        make(name, given)


def test_an_unknown_setting_is_told_with_those_that_there_are():
    with pytest.raises(ConfigError, match=r"^ease has no setting 'l3'\. It has l2, dropout, recency"):
        make("ease", {"l3": 1})
