import random
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from prodgen_sdk.errors import StoreError
from prodgen_sdk.store import open_store

TOMORROW = datetime.now(UTC) + timedelta(days=1)


def test_forget_erases_everything_of_one_user(store, event):
    store.events.record([event("e1"), event("e2"), event("e3", user="bob")])
    store.tryons.keep("ann", b"photo", b"result", TOMORROW)
    store.states.put("policy", "ann/theta", b"1", user="ann")
    store.states.put("policy", "all", b"2")
    proof = store.forget("ann")
    assert proof.erased == {"events": 2, "states": 1, "tryons": 1, "tryon_files": 2}
    assert proof.remaining == {"events": 0, "states": 0, "tryons": 0, "tryon_files": 0, "unpurged_bytes": 0}
    assert proof.complete
    assert store.events.history("ann") == ()
    assert store.events.count("bob") == 1
    assert store.states.keys("policy") == ("all",)


def test_forgetting_again_finds_nothing(store, event):
    store.events.record([event("e1")])
    store.forget("ann")
    assert not any(store.forget("ann").erased.values())


def test_what_is_erased_in_parts_is_erased_whole(store, event):
    store.events.record([*(event(f"e{number}") for number in range(1100)), event("b", user="bob")])
    proof = store.forget("ann")
    assert proof.erased["events"] == 1100
    assert proof.complete
    assert store.events.count() == 1


def test_no_byte_of_the_user_stays_on_the_disk(tmp_path, event):
    secret = "zq-unmistakable-user"
    order = random.Random(0)
    with open_store(tmp_path / "store.db") as store:
        # Rows come and go in no order of their keys: pages split and merge, and copies of rows stay behind in free space
        # that no later delete reaches.
        for _ in range(60):
            users = [secret if order.random() < 0.2 else f"user-{order.randrange(500)}" for _ in range(200)]
            store.events.record(
                event(
                    f"{user}-{order.random()}",
                    "search",
                    order.randrange(10**6),
                    user=user,
                    query="x" * order.randrange(300),
                )
                for user in users
            )
            with store.database.write("events") as connection:
                connection.exec_driver_sql(f"delete from events where sequence % 7 = {order.randrange(7)}")
        store.states.put("p", "k", secret.encode() * 40, user=secret)
        store.tryons.keep(secret, secret.encode(), secret.encode(), TOMORROW)
        assert found(tmp_path, secret)
        assert store.forget(secret).complete
        assert found(tmp_path, secret) == []  # while the store is still open
        assert store.events.count() > 0


def read_elsewhere(store):
    """Another program that looks at the database and does not finish."""
    other = sqlite3.connect(store.database.file, isolation_level=None)
    other.execute("begin")
    other.execute("select count(*) from events").fetchone()
    return closing(other)


def test_an_open_reader_is_reported_and_holds_nobody_up(tmp_path, event, monkeypatch):
    monkeypatch.setattr("prodgen_sdk.store.purge._PATIENCE", 4.0)
    slowest = 0.0
    with open_store(tmp_path / "store.db") as store:
        store.events.record([event("e1")])
        with read_elsewhere(store):
            start = time.monotonic()
            with ThreadPoolExecutor() as pool:
                forgetting = pool.submit(store.forget, "ann")
                number = 0
                while not forgetting.done():
                    before = time.monotonic()
                    store.events.record([event(f"b{number}", user="bob")], durable=False)
                    slowest = max(slowest, time.monotonic() - before)
                    number += 1
            proof = forgetting.result()
            assert time.monotonic() - start < 30
            assert slowest < 3.5  # the four seconds that it waited for the reader were not spent with a lock
            assert proof.erased["events"] == 1
            assert proof.remaining["events"] == 0
            assert proof.remaining["unpurged_bytes"] > 0
            assert not proof.complete
            assert store.events.history("ann") == ()
        assert not store.knows("ann")
        again = store.forget("ann")
        assert again.complete
        assert not any(again.erased.values())


@pytest.mark.parametrize("next_step", ["forget", "open"])
def test_what_could_not_be_purged_is_purged_by_the_next(tmp_path, event, monkeypatch, next_step):
    monkeypatch.setattr("prodgen_sdk.store.purge._PATIENCE", 0.1)
    secret = "zq-unmistakable-user"
    with open_store(tmp_path / "store.db") as store:
        store.events.record([event("e1", user=secret), event("e2", user="bob")])
        with read_elsewhere(store):
            assert not store.forget(secret).complete
            assert not any(secret.encode() in data for data in pending(store))
            assert found(tmp_path, secret)
        if next_step == "forget":
            assert store.forget("bob").complete
        else:
            open_store(tmp_path / "store.db").close()
        assert found(tmp_path, secret) == []
        assert pending(store) == []


def test_a_full_disk_while_purging_does_not_undo_the_answer(tmp_path, event, monkeypatch):
    def full(*args, **kwargs):
        raise StoreError("The disk is full.")

    with open_store(tmp_path / "store.db") as store:
        store.events.record([event("e1")])
        monkeypatch.setattr("prodgen_sdk.store.forget.purge", full)
        proof = store.forget("ann")
        assert proof.erased["events"] == 1
        assert not proof.complete
        assert pending(store)


def test_knows(store, event):
    assert not store.knows("ann")
    store.events.record([event("e1")])
    store.states.put("policy", "bob/theta", b"1", user="bob")
    store.tryons.keep("cem", b"photo", b"result", TOMORROW)
    for user in ("ann", "bob", "cem"):
        assert store.knows(user)
        store.forget(user)
        assert not store.knows(user)


def pending(store):
    with store.database.read() as connection:
        rows = connection.exec_driver_sql("select * from states where component = 'core/forget'")
        return [repr(tuple(row)).encode() for row in rows]


def found(folder, secret):
    return [path.name for path in folder.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
