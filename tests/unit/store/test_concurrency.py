"""Real threads, real processes, a real kill."""

import errno
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import timedelta

import pytest

from prodgen_sdk.errors import StoreError
from prodgen_sdk.store import connections, database, open_store

WORKER = """
import hashlib, sys
from datetime import datetime, timezone
from prodgen_sdk.store import open_store
from prodgen_sdk.types import Event, ImageRef, Product, Provenance, Scene, Screening, Variant, View

url, assets, name, count = *sys.argv[1:4], int(sys.argv[4])
at = datetime(2026, 1, 1, tzinfo=timezone.utc)
provenance = Provenance(generator="g", distribution="d", version="1", request_digest="0", size=8, device="cpu", dtype="float32", seconds=0, created_at=at)
with open_store(url, assets) as store:
    store.products.put([Product(sku="mug-1", title="Mug", category="home/mug")])
    print("open", flush=True)
    for number in range(count):
        id = f"{name}-{number}"
        image = id.encode() * 2000
        store.variants.publish(
            Variant(
                id=id, sku="mug-1", view=View(), scene=Scene(), generator="g", seed=1, review="approved", provenance=provenance,
                image=ImageRef(digest=hashlib.sha256(image).hexdigest(), width=8, height=8, mode="RGB"), screening=Screening(outcome="pass"),
            ),
            image,
        )
        store.events.record([Event(id=id, user=name, type="click", sku="mug-1", at=at), Event(id=f"shared-{number}", user="all", type="click", at=at)])
        print(id, flush=True)
"""


def start(url, assets, name, count):
    command = [sys.executable, "-c", WORKER, url, str(assets), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def consistent(store, names, assets):
    """Every row has its file and exactly one outbox entry; returns the ids."""
    ids = [variant.id for variant in store.variants.iterate()]
    changes = store.outbox.changes(limit=10**6)
    assert [change.variant for change in changes] == ids
    assert [change.sequence for change in changes] == sorted({change.sequence for change in changes})
    for id in ids:
        assert store.variants.image(id) == id.encode() * 2000
    return ids


def test_processes_open_and_write_at_once(url, tmp_path):
    names = ["a", "b", "c"]
    workers = [start(url, tmp_path / "assets", name, 25) for name in names]
    for worker in workers:
        _, errors = worker.communicate(timeout=120)
        assert worker.returncode == 0, errors
    with open_store(url, tmp_path / "assets") as store:
        ids = consistent(store, names, tmp_path)
        assert sorted(ids) == sorted(f"{name}-{number}" for name in names for number in range(25))
        assert store.events.count() == 3 * 25 + 25
        assert [sequence for sequence, _ in store.events.log()] == sorted(
            sequence for sequence, _ in store.events.log()
        )


def test_a_killed_process_leaves_nothing_half_done_and_a_second_run_completes(url, tmp_path):
    worker = start(url, tmp_path / "assets", "k", 100_000)
    told = []
    for line in worker.stdout:
        told.append(line.strip())
        if len(told) > 40:
            break
    os.kill(worker.pid, signal.SIGKILL)
    told += worker.communicate(timeout=60)[0].split()
    assert worker.returncode == -signal.SIGKILL
    with open_store(url, tmp_path / "assets") as store:
        published = consistent(store, ["k"], tmp_path)
        finished = [line for line in told if line.startswith("k-")]
        assert len(finished) <= len(published) <= len(finished) + 2
        assert set(finished[:-1]) <= set(published)  # what was told to be done is there
    wanted = len(published) + 5
    again = start(url, tmp_path / "assets", "k", wanted)
    assert again.wait(timeout=120) == 0
    again.communicate()
    with open_store(url, tmp_path / "assets") as store:
        assert consistent(store, ["k"], tmp_path) == [f"k-{number}" for number in range(wanted)]
        assert store.events.count("k") == wanted
        store.collect_garbage(older_than=timedelta(0))
        assert len([path for path in (tmp_path / "assets").rglob("*") if path.is_file()]) == wanted


def test_a_follower_of_the_outbox_misses_nothing(url, tmp_path):
    workers = [start(url, tmp_path / "assets", name, 30) for name in "ab"]
    for worker in workers:
        worker.stdout.readline()
    seen, position, running = [], 0, True
    with open_store(url, tmp_path / "assets") as store:
        while running:
            running = any(worker.poll() is None for worker in workers)
            changes = store.outbox.changes(position)
            seen += [change.variant for change in changes]
            position = changes[-1].sequence if changes else position
            time.sleep(0.002)
        assert sorted(seen) == sorted(variant.id for variant in store.variants.iterate())
        assert len(seen) == 60
    for worker in workers:
        worker.communicate()


def test_threads_share_one_store(store, product, variant, event):
    store.products.put([product()])
    failures = []

    def work(name):
        try:
            for number in range(15):
                store.variants.publish(*variant(f"shared-{number}"))
                store.events.record([event(f"{name}-{number}")])
                store.products.put([product(price=f"{number}")])
                assert set(store.variants.servable([f"shared-{number}"])) == {f"shared-{number}"}
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert store.variants.count() == 15
    assert store.events.count() == 8 * 15


def test_a_child_after_a_fork_has_connections_of_its_own(url, tmp_path, product):
    code = """
import os, sys
from prodgen_sdk.store import open_store
from prodgen_sdk.types import Product
with open_store(sys.argv[1], sys.argv[2]) as store:
    store.products.put([Product(sku="parent", title="x", category="home/mug")])
    child = os.fork()
    store.products.put([Product(sku="child" if child == 0 else "after", title="x", category="home/mug")])
    if child == 0:
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert [product.sku for product in store.products.iterate()] == ["after", "child", "parent"]
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", code, url, str(tmp_path / "assets")], check=True, timeout=60)


def test_the_log_of_appends_without_a_pause_stays_small(tmp_path, event):
    written = []
    with open_store(f"sqlite:///{tmp_path}/store.db", tmp_path / "assets") as store:
        for batch in range(2048):
            store.events.append([event(f"{batch}-{number}", "impression", memo="m" * 900) for number in range(10)])
            written.append((tmp_path / "store.db-wal").stat().st_size)
    assert written[-1] < 2 * written[768]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting a small disk needs root")
def test_appends_to_a_full_disk_say_so_and_go_on_once_there_is_room(tmp_path, event):
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", tmp_path], capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        with open_store(f"sqlite:///{tmp_path}/store.db", tmp_path / "assets") as store:
            ballast = tmp_path / "ballast"
            ballast.write_bytes(bytes(2**20))
            with pytest.raises(StoreError, match="disk is full"):
                store.events.append([event(f"a{number}", "impression", memo="m" * 9000) for number in range(200)])
            ballast.unlink()
            store.events.append([event("b", "impression")])
            assert store.events.count() == 1
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def test_who_waits_for_a_writer_that_stays_gives_up(url, tmp_path, event, monkeypatch):
    monkeypatch.setattr(connections, "BUSY_SECONDS", 0.2)
    with open_store(url, tmp_path / "assets") as one, open_store(url, tmp_path / "assets") as other:
        with one.database.write("events"), pytest.raises(StoreError, match="lock") as failed:
            other.events.record([event("late")])
        assert failed.value.hint == "Another process is writing for a long time: try again."
        assert len(other.events.record([event("late")])) == 1


def test_others_write_while_one_waits_for_the_disk(tmp_path, product, event, monkeypatch):
    meanwhile = []

    def to_disk(handle):
        other.events.append([event(f"e{len(meanwhile)}")], 0.0)
        meanwhile.append(os.fstat(handle).st_ino)

    with open_store(tmp_path / "store.db") as one, open_store(tmp_path / "store.db") as other:
        log = (tmp_path / "store.db-wal").stat().st_ino
        monkeypatch.setattr(database, "_to_disk", to_disk)
        one.products.put([product()])
        one.events.record([event("shown")], durable=False)
        assert meanwhile == [log]
        one.events.record([event("done")])
        assert meanwhile == [log, log]
        assert one.events.count() == 4


def test_the_first_append_waits_for_who_has_the_file_alone(tmp_path, event):
    with open_store(tmp_path / "store.db"):
        pass
    alone = sqlite3.connect(tmp_path / "store.db", isolation_level=None, check_same_thread=False)
    with closing(alone), open_store(tmp_path / "store.db") as store:
        store.events.count()
        store.database.close()
        alone.execute("PRAGMA locking_mode = EXCLUSIVE")
        alone.execute("BEGIN EXCLUSIVE")
        alone.execute("COMMIT")
        release = threading.Timer(0.3, alone.close)
        release.start()
        store.events.append([event("e1")], 10.0)
        release.join()
        assert store.events.count() == 1


def test_a_database_behind_a_link_is_taken_to_the_disk_too(tmp_path, product, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "store.db").symlink_to(tmp_path / "elsewhere" / "real.db")
    flushed = []
    monkeypatch.setattr(database, "_to_disk", lambda handle: flushed.append(os.fstat(handle).st_ino))
    with open_store(tmp_path / "store.db") as store:
        flushed.clear()
        store.products.put([product()])
        assert flushed == [(tmp_path / "elsewhere" / "real.db-wal").stat().st_ino]


def test_a_disk_that_fails_is_told_to_who_was_promised_that_it_is_there(tmp_path, event, monkeypatch):
    def fail(handle):
        raise OSError(errno.EIO, "Input/output error")

    with open_store(tmp_path / "store.db") as store:
        monkeypatch.setattr(database, "_to_disk", fail)
        with pytest.raises(StoreError, match="Input/output error"):
            store.events.record([event("done")])


def test_an_index_takes_in_what_is_on_the_disk(tmp_path, variant, product, monkeypatch):
    with open_store(tmp_path / "store.db", tmp_path / "assets") as store:
        store.products.put([product()])
        store.variants.publish(*variant("v1"))
        flushed = []
        monkeypatch.setattr(database, "_to_disk", flushed.append)
        assert len(store.outbox.changes()) == 1
        assert len(flushed) == 1
        assert store.outbox.changes(1) == ()
        assert len(flushed) == 1


def test_stores_in_two_schemas_of_one_database_do_not_wait_for_each_other(schema_url, tmp_path, event, monkeypatch):
    monkeypatch.setattr(connections, "BUSY_SECONDS", 0.2)
    first, second = open_store(schema_url(), tmp_path / "one"), open_store(schema_url(), tmp_path / "other")
    with first as one, second as other, one.database.write("events"):
        assert len(other.events.record([event("meanwhile")])) == 1
