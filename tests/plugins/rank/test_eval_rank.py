"""`prodgen eval rank`: figures, differences, reports, and the refusal of sampled metrics."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest
from prodgen_rank import plugin
from prodgen_rank.benchmarks.eval_rank import RankEvaluation

from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.testing.contracts import BenchmarkContract


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Users with one of two tastes, in the form of sequences."""
    rng = np.random.default_rng(0)
    lines = [f"u{n} " + " ".join(f"{'ab'[n % 2]}{i}" for i in rng.choice(20, 7, replace=False)) for n in range(120)]
    path = tmp_path_factory.mktemp("rank") / "sequences.txt"
    path.write_text("\n".join(lines))
    return str(path)


class TestEvaluation(BenchmarkContract):
    plugin = plugin
    id = "rank/evaluate"

    @pytest.fixture
    def options(self, data):
        return {"data": data, "models": "popular,item-knn", "bootstrap": 50}


def _run(**options):
    return RankEvaluation(None, Context()).run({"bootstrap": 100, **options}, Context())


def test_a_model_that_sees_tastes_beats_popularity_and_the_difference_is_paired(data):
    found = _run(data=data, models="popular,ease", baseline="popular", tune=0)
    assert found["users"] == 120
    assert found["products"] == 40
    assert found["ease_minus_popular_ndcg_at_10_low"] > 0
    assert found["ease_minus_popular_ndcg_at_10"] == pytest.approx(
        found["ease_ndcg_at_10"] - found["popular_ndcg_at_10"]
    )
    assert found["ease_ndcg_at_10_low"] < found["ease_ndcg_at_10"] < found["ease_ndcg_at_10_high"]
    assert (
        _run(data=data, models="popular,ease", baseline="popular", tune=0, k=3)["ease_recall_at_3"]
        < found["ease_recall_at_10"]
    )


def test_ratings_take_the_published_settings(tmp_path):
    rng = np.random.default_rng(1)
    rows = [
        f"{u}\t{i}\t{rng.integers(1, 6)}\t{rng.integers(1e9)}"
        for u in range(40)
        for i in rng.choice(30, 12, replace=False)
    ]
    (tmp_path / "u.data").write_text("\n".join(rows))
    found = _run(data=str(tmp_path), models="sar,ease")
    assert found["protocol"] == "movielens"
    assert json.loads(found["ease_settings"])["l2"] == 500
    assert json.loads(found["sar_settings"])["similarity"] == "jaccard"


def test_writes_a_table_and_a_plot(data, tmp_path):
    found = _run(data=data, models="popular,item-knn", baseline="popular", tune=0, out=str(tmp_path), users=50)
    table = (tmp_path / "rank.md").read_text()
    assert "item_knn_minus_popular_ndcg_at_10" in table
    assert f"{found['item_knn_ndcg_at_10']:.4f}" in table
    pytest.importorskip("matplotlib")
    assert (tmp_path / "rank.png").read_bytes().startswith(b"\x89PNG")


def test_without_matplotlib_the_table_is_written_and_the_plot_named(data, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    found = _run(data=data, models="popular", tune=0, out=str(tmp_path))
    assert "matplotlib is not installed" in found["plot"]
    assert [path.name for path in tmp_path.glob("rank.*")] == ["rank.md"]


@pytest.mark.parametrize("option", ["negatives", "n_negatives", "sampled", "sample_size"])
def test_sampled_metrics_are_refused_with_the_reason(data, option):
    with pytest.raises(InputError, match="Krichene"):
        _run(data=data, **{option: 100})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"models": "esae"}, "ease"),
        ({"protocol": "random"}, "temporal"),
        ({"k": 0}, "k is 0"),
        ({"k": "ten"}, "k is"),
        ({"metric": "auc"}, "ndcg"),
        ({"baseline": "popluar"}, "popular"),
        ({"cutoff": 3}, "cutoff"),
        ({"data": ""}, "no interactions to evaluate on"),
    ],
)
def test_says_what_is_wrong_with_an_option(data, options, said):
    with pytest.raises(InputError, match=said):
        _run(**{"data": data, "models": "popular", **options})
