"""`prodgen train rank`: the contract, and that a ranker takes up what was trained."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from prodgen_rank import plugin
from prodgen_rank.models.preference import Preference
from prodgen_rank.rankers import preference as rankers
from prodgen_rank.training import RankTrainer

from prodgen_sdk.context import Context
from prodgen_sdk.errors import ProdgenError
from prodgen_sdk.testing.contracts import TrainerContract
from prodgen_sdk.types import Candidate, CandidateVariant, Event, Interest, RecommendationContext, UserProfile

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SMALL = {"members": ["popular", "item-knn", "ease"]}


def tastes(users=80, seed=0):
    """Lines of sequences: even users have products of one half of the catalogue, odd ones of the other."""
    rng = np.random.default_rng(seed)
    return [[f"{'ab'[n % 2]}{item}" for item in rng.choice(15, 6, replace=False)] for n in range(users)]


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "sequences.txt"
    path.write_text("".join(f"u{n} {' '.join(items)}\n" for n, items in enumerate(tastes())))
    return path


class TestTrainer(TrainerContract):
    plugin = plugin
    id = "rank/train-rank"

    @pytest.fixture
    def data(self, tmp_path):
        path = tmp_path / "sequences.txt"
        path.write_text("".join(f"u{n} {' '.join(items)}\n" for n, items in enumerate(tastes())))
        return path

    @pytest.fixture
    def options(self):
        return SMALL


def test_beats_popularity_where_there_are_tastes_and_rankers_take_it_up(data, tmp_path):
    state = tmp_path / "state"
    figures = RankTrainer(None, Context()).train(SMALL, data, state, Context()).figures
    assert figures["users_asked"] == 80
    assert figures["gain_ndcg_at_10_low"] > 0
    kept = Preference.load(state)
    assert kept.name == "blend"
    assert sum(kept.settings["weights"].values()) == pytest.approx(1, abs=1e-3)
    ranker = rankers.blend(None, Context(state=state))
    had = ("a1", "a4", "a7", "a9")
    liked = tuple(Interest(sku=sku, weight=1, last_type="view", last_at=NOW) for sku in had)
    offered = [f"{taste}{n}" for taste in "ba" for n in range(15) if f"{taste}{n}" not in had]
    candidates = [Candidate(sku=sku, variants=(CandidateVariant(id=sku, score=0),)) for sku in offered]
    found = ranker.rank(UserProfile(user="me", interests=liked), candidates, RecommendationContext(at=NOW), Context())
    assert sum(item.candidate.sku[0] == "a" for item in found[:10]) >= 9
    # Learning from a new log keeps the settings that the training found.
    events = [
        Event(id=f"{n}-{m}", user=f"u{n}", type="view", sku=sku, at=NOW - timedelta(hours=m))
        for n, items in enumerate(tastes(seed=1))
        for m, sku in enumerate(items)
    ]
    ranker.fit(events, Context())
    again = Preference.load(state)
    assert again.settings == kept.settings
    assert again is not kept


def test_other_data_or_options_start_anew(data, tmp_path):
    trainer, out = RankTrainer(None, Context()), tmp_path / "out"
    first = trainer.train({"model": "ease", "tune": False}, data, out, Context())
    assert trainer.train({"model": "ease", "tune": False, "k": 5}, data, out, Context()).figures != first.figures
    data.write_text(data.read_text() + "u99 a1 a2 a3 a4\n")
    assert trainer.train({"model": "ease", "tune": False}, data, out, Context()).figures["users_asked"] == 81


def test_a_short_log_is_fitted_as_it_is(tmp_path):
    path = tmp_path / "one.txt"
    for text in ("u a\n", "u a b\n", "u a b c\n", "u a\nv b\n"):
        path.write_text(text)
        for model in ("blend", "ials", "popular"):
            report = RankTrainer(None, Context()).train({**SMALL, "model": model}, path, tmp_path / "out", Context())
            assert Preference.load(tmp_path / "out").skus == ("a", "b", "c")[: len({*text.split()} - {"u", "v"})]
            assert report.figures["users_asked"] <= 2


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"model": "esae"}, "ease"),
        ({"members": ["popular", "nothing"]}, "nothing"),
        ({"protocol": "random"}, "protocol"),
        ({"metric": "ndgc"}, "ndcg"),
        ({"k": "ten"}, "k is 'ten'"),
        ({"epochs": 3}, "epochs"),
        ({"model": "ease", "settings": {"l2": float("nan")}}, "l2"),
        ({"model": "ease", "settings": {"width": 3}}, "width"),
    ],
)
def test_says_what_is_wrong_with_its_options(config, said, data, tmp_path):
    with pytest.raises(ProdgenError, match=said):
        RankTrainer(None, Context()).train(config, data, tmp_path / "out", Context())
