import random
import sqlite3
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete

from prodgen_sdk.errors import StoreError
from prodgen_sdk.store import open_store, residue
from prodgen_sdk.store.database import Database
from prodgen_sdk.store.schema import events

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


def test_what_pages_keep_of_users_is_overwritten_without_rewriting_the_file(tmp_path, event, rewritings):
    order, users = random.Random(0), [f"zq-user-{number:03}" for number in range(100)]
    file = tmp_path / "store.db"
    with open_store(file) as store:
        for batch in range(50):
            ids = [f"{order.getrandbits(128):032x}" for _ in range(200)]
            store.events.record(event(id, minutes=batch, user=order.choice(users)) for id in ids)
        forgotten = users[::2]
        with store.database.write("events") as connection:
            connection.execute(delete(events).where(events.c.user.in_(forgotten)))
        with store.database.read() as connection:
            assert connection.exec_driver_sql("pragma wal_checkpoint(truncate)").scalar() == 0
        kept = [user for user in forgotten if found(tmp_path, user)]
        assert kept
        assert residue.left(file, forgotten) == kept
        before = list(store.events.log())
        proofs = store.forget_many(forgotten)
        assert all(proof.complete for proof in proofs)
        assert [user for user in forgotten if found(tmp_path, user)] == []
        assert rewritings == []
        assert list(store.events.log()) == before
        assert pending(store) == []
        assert store.database.maintain("pragma integrity_check")[0] == "ok"


def test_a_file_that_cannot_be_searched_is_rewritten(tmp_path, event, monkeypatch, rewritings):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    with open_store(tmp_path / "store.db") as store:
        store.events.record([event("e1", user="zq-user"), event("e2")])
        assert store.forget("zq-user").complete
        assert rewritings
        assert found(tmp_path, "zq-user") == []


@pytest.fixture
def rewritings(monkeypatch):
    """The statements with which a database was rewritten."""
    done, maintain = [], Database.maintain

    def watched(database, statement, **options):
        done.extend([statement] if "VACUUM" in statement else [])
        return maintain(database, statement, **options)

    monkeypatch.setattr(Database, "maintain", watched)
    return done


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
