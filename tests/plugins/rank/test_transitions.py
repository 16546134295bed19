from dataclasses import replace

import hypothesis
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prodgen_rank import plugin
from prodgen_rank.models.explain import without, without_each
from prodgen_rank.models.interactions import History, Interactions
from prodgen_rank.models.transitions import Transitions

from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError
from prodgen_sdk.testing.contracts import RankerContract


class TestRanker(RankerContract):
    plugin = plugin
    id = "rank/transitions"


def of(*sequences, n_items=6):
    rows = [(user, item, place) for user, each in enumerate(sequences) for place, item in enumerate(each)]
    users, items, times = zip(*rows, strict=True) if rows else ((), (), ())
    return Interactions.of(users, items, times, [f"p{code}" for code in range(n_items)], len(sequences))


def history(*items):
    n = len(items)
    return History(np.asarray(items, np.int32), np.ones(n, np.float32), np.arange(n, dtype=np.float64))


sequences = st.lists(st.lists(st.integers(0, 5), max_size=8), min_size=1, max_size=6)


@hypothesis.settings(max_examples=40, deadline=None)
@given(sequences, st.lists(st.integers(0, 5), min_size=1, max_size=6), st.integers(1, 4))
def test_scores_are_those_of_plain_loops(known, asked, reach):
    model = Transitions(reach=reach, shrinkage=1.0).fit(of(*known), Context())
    counted = np.zeros((6, 6))
    for each in known:
        for first, item in enumerate(each):
            for then in range(first + 1, min(first + reach + 1, len(each))):
                if each[then] != item:
                    counted[item, each[then]] += model.nearness ** (then - first - 1)
                    counted[each[then], item] += model.backward * model.nearness ** (then - first - 1)
    expected = np.zeros(6)
    for age, item in enumerate(reversed(asked)):
        for other in range(6):
            out, into = counted[item].sum() + 1, counted[:, other].sum() + 1
            expected[other] += model.recency.step**age * counted[item, other] / out**model.source / into**model.target
    found = model.scores([history(*asked)], 0.0)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[0], expected, rtol=1e-4, atol=1e-6)


def test_what_follows_is_liked_more_than_what_precedes():
    model = Transitions().fit(of(*[[0, 1, 2]] * 5), Context())
    scores = model.scores([history(1)], 0.0)[0]
    assert scores[2] > scores[0] > scores[3]


def test_the_last_product_says_most():
    model = Transitions().fit(of(*[[0, 1], [2, 3]] * 5), Context())
    first, second = model.scores([history(0, 2), history(2, 0)], 0.0)
    assert first[3] > first[1]
    assert second[1] > second[3]


def test_weights_count_by_their_root():
    heavy = of([0, 1], [0, 2])
    heavy = replace(heavy, weights=np.asarray([4, 4, 1, 1], np.float32))
    scores = Transitions(source=0, target=0).fit(heavy, Context()).scores([history(0)], 0.0)[0]
    assert scores[1] == pytest.approx(4 * scores[2])


@pytest.mark.parametrize("known", [[], [[]], [[3]], [[3, 3, 3]]])
def test_nothing_to_learn_from(known):
    model = Transitions().fit(of(*known), Context())
    scores = model.scores([history(0), history()], 0.0)
    assert scores.shape == (2, 6)
    assert np.isfinite(scores).all()


def test_restored_it_says_the_same():
    model = Transitions().fit(of([0, 1, 2], [2, 1, 4, 0]), Context())
    asked = [history(0, 2), history(4), history()]
    other = Transitions().restore(model.arrays())
    np.testing.assert_array_equal(model.scores(asked, 0.0), other.scores(asked, 0.0))


@pytest.mark.parametrize(
    "settings", [{"nearness": 0}, {"nearness": 1.1}, {"reach": 0}, {"backward": -1}, {"shrinkage": 0}]
)
def test_settings_out_of_range(settings):
    with pytest.raises(ConfigError):
        Transitions(**settings)


def test_each_thing_in_the_history_has_its_share():
    model = Transitions().fit(of([0, 1, 2], [1, 2, 3], [0, 3, 4]), Context())
    asked = history(0, 1, 3)
    found = without_each(model, asked, np.arange(6), 0.0)
    for place in range(3):
        left = without(asked, np.asarray([place]))
        np.testing.assert_allclose(found[place], model.scores([left], 0.0)[0], rtol=1e-5)
