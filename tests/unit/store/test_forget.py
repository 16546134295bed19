import random
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
    assert proof.remaining == {"events": 0, "states": 0, "tryons": 0, "tryon_files": 0}
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


def test_an_open_reader_is_reported_not_ignored(tmp_path, event, monkeypatch):
    monkeypatch.setattr("prodgen_sdk.store.database._BUSY_SECONDS", 0.2)
    with open_store(tmp_path / "store.db") as store:
        store.events.record([event("e1")])
        with store.database.read() as connection:
            connection.exec_driver_sql("select count(*) from events").scalar()
            with pytest.raises(StoreError, match="in use"):
                store.forget("ann")
        assert store.forget("ann").complete


def found(folder, secret):
    return [path.name for path in folder.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
