"""What a process says of itself to what runs and watches it."""

import asyncio
import threading
import time
from datetime import UTC, datetime

import pytest

from prodgen_sdk import AsyncStudio, Event, Product, StoreError, Studio
from prodgen_sdk.testing.fakes import fake_host

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def studio(tmp_path):
    with Studio.create(tmp_path, host=fake_host()) as opened:
        opened.add_products([Product(sku=f"p-{n}", title="Thing", category="home/mug") for n in range(3)])
        opened.generate(["p-0", "p-1"], views="hero", size=32)
        yield opened


def test_it_counts_what_was_not_taken_in_yet(studio):
    assert "warm_up" in studio.health().problems[0]
    studio.warm_up()
    first = studio.health()
    assert (first.problems, first.index_behind, first.events_unlearnt) == ((), 0, 0)
    assert first.database_ms > 0
    studio.generate("p-2", views="hero", size=32)
    studio.record([Event(id=str(n), user="ann", type="view", sku="p-0", at=NOW) for n in range(4)])
    second = studio.health()
    assert (second.index_behind, second.events_unlearnt) == (1, 4)
    studio.recommend("ann", 1, at=NOW, log=False)
    studio.learn(at=NOW)
    third = studio.health()
    assert (third.index_behind, third.events_unlearnt) == (0, 0)


def test_a_database_that_fails_or_hangs_is_a_problem_and_holds_nobody(studio, monkeypatch):
    studio.warm_up()
    free, asked = threading.Event(), []

    def hang():
        asked.append(1)
        free.wait(30)
        raise StoreError("The disk is gone.")

    monkeypatch.setattr(studio.store.events, "last_sequence", hang)
    started = time.monotonic()
    for _ in range(3):
        health = studio.health(timeout=0.05)
        assert health.problems == ("The database did not answer within 0.05 s.",)
        assert health.database_ms is None
    assert time.monotonic() - started < 5
    assert len(asked) == 1
    free.set()
    assert studio.health(timeout=10).problems == ("The disk is gone.",)
    monkeypatch.undo()
    assert studio.health().problems == ()


def test_impressions_that_wait_or_are_lost_are_counted(studio, monkeypatch):
    studio.warm_up()
    free = threading.Event()

    def locked(events):
        free.wait(30)
        raise StoreError("locked")

    monkeypatch.setattr("prodgen_sdk.serving.impressions._SECONDS_BETWEEN_TRIES", 0.0)
    monkeypatch.setattr(studio.recommender._log, "_append", locked)
    assert len(studio.recommend("ann", 2, budget_ms=500)) == 2
    assert studio.health().impressions_waiting == 2
    free.set()
    studio.recommender._log.flush()
    health = studio.health()
    assert (health.impressions_waiting, health.impressions_lost) == (0, 2)


def test_it_can_be_asked_while_all_threads_are_held(tmp_path, monkeypatch):
    free = threading.Event()
    monkeypatch.setattr(Studio, "record", lambda self, events: free.wait(30))

    async def main():
        async with AsyncStudio(Studio.create(tmp_path, host=fake_host()), serving=1, threads=1) as studio:
            held = asyncio.create_task(studio.record([]))
            await asyncio.sleep(0)
            health = await asyncio.wait_for(studio.health(), 10)
            free.set()
            await held
            return health

    assert asyncio.run(main()).database_ms is not None
