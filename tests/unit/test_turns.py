"""Requests one after the other, and nobody held up by one that takes long."""

import threading
import time
from contextlib import ExitStack

import pytest

from prodgen_sdk import Config, Product, Studio
from prodgen_sdk.serving.turns import Turns
from prodgen_sdk.specs import RankerSpec
from prodgen_sdk.testing.fakes import fake_host, plugin_of
from prodgen_sdk.testing.fakes.shop import PopularRanker

LONG = 60.0


def at_once(work, number):
    """Runs `work(n)` on so many threads and waits for them; the errors."""
    errors = []

    def run(n):
        try:
            work(n)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return errors


def test_one_works_at_a_time_and_whoever_came_first_is_first():
    turns, order, inside = Turns(LONG), [], 0
    first_may_end = threading.Event()

    def work(n):
        nonlocal inside
        time.sleep(0.1 * n)
        with turns.turn():
            inside += 1
            assert inside == 1
            if n == 0:
                first_may_end.wait(30)
            order.append(n)
            inside -= 1

    timer = threading.Timer(0.8, first_may_end.set)
    timer.start()
    assert at_once(work, 6) == []
    assert order == [0, 1, 2, 3, 4, 5]


def test_a_turn_that_takes_long_holds_up_nobody():
    turns, together = Turns(0.01), threading.Barrier(5)

    def work(n):
        with turns.turn():
            together.wait(20)

    assert at_once(work, 5) == []


def test_an_end_that_comes_late_does_not_end_the_turn_of_another():
    turns, third_works = Turns(LONG), threading.Event()

    def third():
        with turns.turn():
            third_works.set()

    with ExitStack() as first, ExitStack() as second:
        first.enter_context(turns.turn())
        second.enter_context(turns.turn(patience=0.01))
        first.close()
        thread = threading.Thread(target=third)
        thread.start()
        assert not third_works.wait(0.2)
        second.close()
        assert third_works.wait(20)
        thread.join()


def test_an_error_ends_a_turn():
    turns = Turns(LONG)
    with pytest.raises(ZeroDivisionError), turns.turn():
        _ = 1 / 0
    started = time.monotonic()
    with turns.turn():
        assert time.monotonic() - started < 10


def shop(folder, ranker, **recommend):
    config = Config.model_validate(
        {"defaults": {"ranker": "mine/ranker"}, "recommend": {"fallback": False, **recommend}}
    )
    plugin = plugin_of(RankerSpec(id="mine/ranker", summary="x"), ranker)
    studio = Studio.create(folder, config=config, host=fake_host(plugin, config=config))
    studio.add_products([Product(sku=f"mug-{n}", title="Mug", category="home/mug") for n in range(3)])
    studio.generate([f"mug-{n}" for n in range(3)], views="front", size=32)
    studio.warm_up()
    return studio


@pytest.mark.parametrize("budget", [None, 20_000])
def test_rankers_that_wait_for_each_other_are_all_answered(tmp_path, budget):
    together = threading.Barrier(4)

    class Waiting(PopularRanker):
        def rank(self, user, candidates, context, ctx):
            if user.user != "warm-up":
                together.wait(20)
            return super().rank(user, candidates, context, ctx)

    with shop(tmp_path, Waiting) as studio:
        assert at_once(lambda n: studio.recommend(f"user-{n}", 2, budget_ms=budget), 4) == []
        assert all(trace.stages["wait"] < 10_000 for trace in studio.recommender.traces)


@pytest.mark.parametrize("budget", [None, 20_000])
def test_a_ranker_may_ask_for_recommendations_itself(tmp_path, budget):
    asked = []

    class Asking(PopularRanker):
        def rank(self, user, candidates, context, ctx):
            if user.user == "ann":
                asked.append([pick.sku for pick in studio.recommend("bob", 2, budget_ms=budget)])
            return super().rank(user, candidates, context, ctx)

    with shop(tmp_path, Asking) as studio:
        assert len(studio.recommend("ann", 2, budget_ms=budget)) == 2
        assert len(asked[0]) == 2
