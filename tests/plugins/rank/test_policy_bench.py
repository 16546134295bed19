"""`prodgen bench policy`: the simulator is what it says, the mushroom game is counted right, and small runs report."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from prodgen_rank import plugin
from prodgen_rank.benchmarks import mushroom
from prodgen_rank.benchmarks.policy import PolicyBenchmark, play
from prodgen_rank.benchmarks.simulator import Setting, ShopIndex, draw_traffic, open_shop
from prodgen_rank.policies.lints import LinearThompson

from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.testing.contracts import BenchmarkContract

SMALL = Setting(products=60, users=150)


class TestBenchmark(BenchmarkContract):
    plugin = plugin
    id = "policy/choice"

    @pytest.fixture
    def options(self):
        return {"task": "latency", "requests": 12}


def test_uniform_and_single_choices_leave_much_to_be_gained() -> None:
    for seed in range(2):
        shop = open_shop(seed, SMALL)
        traffic = draw_traffic(shop, seed, 300)
        offered = shop.clicks[shop.segments[traffic.users][:, None], traffic.products]
        oracle = offered.max(axis=2).sum()
        single = np.take_along_axis(offered, shop.best_single()[traffic.products][..., None], axis=2).sum()
        assert offered.mean(axis=2).sum() <= 0.6 * oracle
        assert single <= 0.8 * oracle


def test_a_shop_is_drawn_from_its_seed_and_hides_its_secrets() -> None:
    shop, again, other = open_shop(3, SMALL), open_shop(3, SMALL), open_shop(4, SMALL)
    np.testing.assert_array_equal(shop.clicks, again.clicks)
    assert not np.array_equal(shop.clicks, other.clicks)
    (candidate, _) = shop.candidates(0, [5, 7])
    assert [v.score for v in candidate.variants] == sorted((v.score for v in candidate.variants), reverse=True)
    vectors = ShopIndex(shop).vectors([v.id for v in candidate.variants])
    for variant in candidate.variants:
        assert variant.score == pytest.approx(float(vectors[variant.id] @ shop.profiles[0].vector), abs=1e-5)
        assert set(variant.quality) == {"crispness"}
    traffic = draw_traffic(shop, 3, 20)
    assert all(len(set(row)) == 10 for row in traffic.products.tolist())


def test_the_policy_earns_more_as_it_learns() -> None:
    shop = open_shop(0, SMALL)
    traffic = draw_traffic(shop, 0, 240)
    earned = play(LinearThompson(None, Context()), shop, traffic, 40)
    oracle = shop.clicks[shop.segments[traffic.users][:, None], traffic.products].max(axis=2)
    first, last = (earned[part].sum() / oracle[part].sum() for part in (slice(0, 40), slice(200, 240)))
    assert last > first + 0.1


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A made-up table: what smells foul (the 5th trait) is poisonous, all else is chance."""
    rng, rows = np.random.default_rng(0), []
    for _ in range(1500):
        traits = rng.choice(list("abc"), 22)
        rows.append(",".join(["p" if traits[4] == "a" else "e", *traits]))
    path = tmp_path / "mushroom.data"
    path.write_text("\n".join(rows))
    return path


def test_mushroom_players_learn_and_regret_is_counted_right(table: Path) -> None:
    read = mushroom.read_table(table)
    assert read.width == 67
    game, kept = mushroom.draw_game(read, 3, 400)
    for met, log in zip(game.met, kept, strict=True):
        assert not set(met.tolist()) & set(log.tolist())
    edible = read.edible[game.met]
    assert game.regret(edible).tolist() == [0, 0, 0]
    np.testing.assert_allclose(game.regret(~edible), 2 * mushroom.coin(game))
    coin = mushroom.coin(game)
    plain, (prior, cost) = mushroom.plain_prior(read, 3), mushroom.prior_of_log(read, kept)
    by_core = game.regret(mushroom.thompson(game, plain, 1)) / coin
    by_book = game.regret(mushroom.reference(game, 2)) / coin
    informed = game.regret(mushroom.thompson(game, prior, 3)) / coin
    assert by_core.mean() < 0.6
    assert abs(by_core.mean() - by_book.mean()) < 0.25
    assert informed.mean() < by_core.mean()
    assert (cost > 0).all()


def test_reference_keeps_the_same_posterior_as_the_core(table: Path) -> None:
    """With the same meals both must expect the same: the core's closed form against the book's recursion."""
    from prodgen_rank.policies.linear import Moments, fit

    read = mushroom.read_table(table)
    rng = np.random.default_rng(1)
    met = rng.integers(0, 1500, 50)
    x = np.zeros((50, read.width))
    np.put_along_axis(x, read.ones[met], 1.0, axis=1)
    y = np.where(read.edible[met], mushroom.GOOD, mushroom.BAD)
    covariance, mean = np.eye(read.width) / mushroom.STRENGTH, np.zeros(read.width)
    for row, reward in zip(x, y, strict=True):
        towards = covariance @ row
        gain = towards / (1 + row @ towards)
        mean, covariance = mean + gain * (reward - row @ mean), covariance - np.outer(gain, towards)
    prior = mushroom.plain_prior(read, 1)
    moments = Moments.of(x[None, None], y[None, None])
    found = fit(moments, prior)
    np.testing.assert_allclose(found.mean[0, 0], mean, atol=1e-8)


def test_tasks_report_and_bad_options_are_named(table: Path, tmp_path: Path) -> None:
    bench = PolicyBenchmark(None, Context())
    figures = bench.run({"task": "mushroom", "data": str(table), "seeds": 2, "steps": 60}, Context())
    assert {"lints_regret_pct", "reference_regret_pct_low", "hybrid_minus_lints_pct_high"} <= figures.keys()
    with pytest.raises(InputError, match="task"):
        bench.run({"task": "chess"}, Context())
    with pytest.raises(InputError, match="mushroom table is missing"):
        bench.run({"task": "mushroom"}, Context())
    with pytest.raises(InputError, match="Unknown option stepz"):
        bench.run({"task": "simulator", "stepz": 1}, Context())
    (tmp_path / "other.csv").write_text("1,2,3\n")
    with pytest.raises(InputError, match="not the UCI"):
        bench.run({"task": "mushroom", "data": str(tmp_path / "other.csv")}, Context())


@pytest.mark.slow
def test_simulator_writes_its_curves(tmp_path: Path) -> None:
    bench = PolicyBenchmark(None, Context())
    figures = bench.run({"task": "simulator", "seeds": 1, "steps": 600, "out": str(tmp_path)}, Context())
    assert 0 < figures["uniform_of_oracle_pct"] < figures["best_single_of_oracle_pct"] < 100
    curves = json.loads((tmp_path / "policy-simulator.json").read_text())
    assert {"impressions", "lints", "linucb", "epsilon", "uniform", "best_single"} == set(curves)
