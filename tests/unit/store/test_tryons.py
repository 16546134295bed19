from datetime import UTC, datetime, timedelta

import pytest

from prodgen_sdk.errors import InputError, NotFound, StoreError
from prodgen_sdk.store import open_store

TOMORROW = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def private(tmp_path):
    """The files in the private area."""
    return lambda: sorted(path.name for path in (tmp_path / "assets-private").rglob("*"))


def test_a_try_on_is_kept_apart_from_the_public_assets(store, tmp_path, private):
    kept = store.tryons.keep("ann", b"photo", b"result", TOMORROW)
    assert store.tryons.of("ann") == (kept,)
    assert store.tryons.of("bob") == ()
    assert store.tryons.photo(kept.id) == b"photo"
    assert store.tryons.result(kept.id) == b"result"
    assert private() == sorted([kept.id, "photo", "result"])
    assert list(store.assets) == []


def test_what_has_expired_goes_with_its_files(store, private):
    store.tryons.keep("ann", b"1", b"2", TOMORROW)
    later = store.tryons.keep("ann", b"3", b"4", TOMORROW + timedelta(days=1))
    assert store.tryons.expire(datetime.now(UTC)) == 0
    assert store.tryons.expire(TOMORROW) == 1
    assert store.tryons.of("ann") == (later,)
    assert private() == sorted([later.id, "photo", "result"])
    with pytest.raises(InputError):
        store.tryons.keep("ann", b"1", b"2", datetime.now(UTC) - timedelta(seconds=1))


def test_two_users_with_the_same_photo_do_not_share_it(store):
    ann, bob = (store.tryons.keep(user, b"photo", b"result", TOMORROW) for user in ("ann", "bob"))
    store.forget("ann")
    assert store.tryons.photo(bob.id) == b"photo"
    with pytest.raises(NotFound):
        store.tryons.photo(ann.id)


def test_a_failing_disk_keeps_nothing(store, private, monkeypatch):
    write = store.tryons._files.write

    def fail(name, data):
        if name.endswith("result"):
            raise StoreError("No space left on device.")
        write(name, data)

    monkeypatch.setattr(store.tryons._files, "write", fail)
    with pytest.raises(StoreError):
        store.tryons.keep("ann", b"photo", b"result", TOMORROW)
    assert store.tryons.count("ann") == 0
    assert private() == []


def test_a_kill_between_row_and_files_is_never_shown_and_still_found(store, private, monkeypatch):
    class Killed(BaseException):
        pass

    def kill(name, data):
        raise Killed

    monkeypatch.setattr(store.tryons._files, "write", kill)
    with pytest.raises(Killed):
        store.tryons.keep("ann", b"photo", b"result", TOMORROW)
    assert store.tryons.of("ann") == ()
    assert store.forget("ann").erased["tryons"] == 1


def test_a_user_forgotten_while_the_files_are_written_leaves_none(store, private, monkeypatch):
    write = store.tryons._files.write

    def forgotten_meanwhile(name, data):
        write(name, data)
        if name.endswith("result"):
            store.tryons.forget("ann")
            write(name, data)

    monkeypatch.setattr(store.tryons._files, "write", forgotten_meanwhile)
    store.tryons.keep("ann", b"photo", b"result", TOMORROW)
    assert private() == []


def test_a_damaged_photo_is_told(store, tmp_path):
    kept = store.tryons.keep("ann", b"photo", b"result", TOMORROW)
    (tmp_path / "assets-private" / kept.id / "photo").write_bytes(b"other")
    with pytest.raises(StoreError, match="damaged"):
        store.tryons.photo(kept.id)


@pytest.fixture
def clock(monkeypatch):
    """Moves the time that try-ons see."""

    def set(at):
        fixed = type("Fixed", (datetime,), {"now": classmethod(lambda cls, zone=None: at)})
        monkeypatch.setattr("prodgen_sdk.store.tryons.datetime", fixed)
        monkeypatch.setattr("prodgen_sdk.store.schema.datetime", fixed)
        monkeypatch.setattr("prodgen_sdk.store.store.datetime", fixed)

    return set


@pytest.mark.parametrize("ask", ["of", "photo", "result", "keep", "open"])
def test_what_has_expired_is_deleted_by_the_next_who_asks(store, url, tmp_path, private, clock, ask):
    kept = store.tryons.keep("ann", b"photo", b"result", TOMORROW)
    clock(TOMORROW)
    if ask == "of":
        assert store.tryons.of("ann") == ()
    elif ask == "keep":
        store.tryons.forget(store.tryons.keep("bob", b"1", b"2", TOMORROW + timedelta(days=1)).user)
    elif ask == "open":
        open_store(url, tmp_path / "assets").close()
    else:
        with pytest.raises(NotFound):
            getattr(store.tryons, ask)(kept.id)
    assert private() == []
    assert store.tryons.count("ann") == 0


def test_what_has_expired_is_never_shown_even_if_it_cannot_be_deleted(store, url, tmp_path, clock, monkeypatch):
    kept = store.tryons.keep("ann", b"photo", b"result", TOMORROW)
    clock(TOMORROW)
    monkeypatch.setattr(store.tryons, "expire", lambda now: 0)
    assert store.tryons.of("ann") == ()
    with pytest.raises(NotFound):
        store.tryons.photo(kept.id)

    def fail(self, name):
        raise StoreError("connection lost")

    monkeypatch.setattr("prodgen_sdk.store.blobs.Blobs.delete_folder", fail)
    open_store(url, tmp_path / "assets").close()  # what cannot be deleted now is no reason to refuse all else
