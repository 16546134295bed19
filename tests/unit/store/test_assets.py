import errno
import os
import subprocess
import uuid
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodgen_sdk.errors import ConfigError, InputError, MissingDependency, StoreError
from prodgen_sdk.store import AssetStore
from prodgen_sdk.store.blobs import Blobs

ZERO = timedelta(0)


@pytest.fixture(params=["local", "memory"])
def assets(request, tmp_path):
    return AssetStore(tmp_path / "assets" if request.param == "local" else f"memory://{uuid.uuid4().hex}")


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


@given(data=st.binary(max_size=300))
def test_what_is_put_comes_back(data):
    assets = AssetStore("memory://law")
    assert assets.get(assets.put(data)) == data


def test_one_file_a_content(assets):
    digest = assets.put(b"hello", ".txt")
    assert assets.put(b"hello", ".bin") == digest
    assert assets.has(digest)
    assert list(assets) == [digest]
    assert assets.delete(digest)
    assert not assets.delete(digest)
    assert not assets.has(digest)


def test_the_ending_is_kept_and_known_formats_are_recognised(tmp_path):
    assets = AssetStore(tmp_path)
    digest = assets.put(b"\x89PNG\r\n\x1a\n...")
    assert assets.local_path(digest) == tmp_path / digest[:2] / digest[2:4] / f"{digest}.png"
    assert assets.local_path(assets.put(b"v 0 0 0", ".OBJ")).suffix == ".obj"
    assert assets.local_path(assets.put(b"what?")).suffix == ""
    assert AssetStore("memory://x").local_path(digest) is None


def test_an_existing_file_is_not_written_again(tmp_path):
    assets = AssetStore(tmp_path)
    path = assets.local_path(assets.put(b"hello"))
    inode = path.stat().st_ino
    assets.put(b"hello")
    assert path.stat().st_ino == inode


def test_damage_is_found_and_a_truncated_file_is_healed_by_putting_it_again(tmp_path):
    assets = AssetStore(tmp_path)
    digest = assets.put(b"hello")
    path = assets.local_path(digest)
    path.write_bytes(b"hellO")
    with pytest.raises(StoreError, match=f"{digest} is damaged"):
        assets.get(digest)
    path.write_bytes(b"he")
    assets.put(b"hello")
    assert assets.get(digest) == b"hello"


def test_a_missing_asset_is_named(assets):
    with pytest.raises(StoreError, match="0" * 64):
        assets.get("0" * 64)


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "A" * 64, "0" * 63])
def test_what_is_no_digest_never_becomes_a_path(assets, digest):
    for method in (assets.get, assets.has, assets.delete, assets.local_path):
        with pytest.raises(InputError, match="no digest"):
            method(digest)


def test_a_suffix_cannot_leave_the_folder(assets):
    with pytest.raises(InputError):
        assets.put(b"x", "/../../x")


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    assets = AssetStore(tmp_path)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        assets.put(b"hello")
    assert files(tmp_path) == []
    monkeypatch.undo()
    assert assets.get(assets.put(b"hello")) == b"hello"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_disk_that_is_really_full(tmp_path):
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", tmp_path], capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        assets = AssetStore(tmp_path)
        kept = assets.put(b"small")
        with pytest.raises(StoreError, match="No space left"):
            assets.put(os.urandom(2**20))
        assert [path.name for path in files(tmp_path)] == [kept]
        assert assets.get(kept) == b"small"
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def test_a_remote_that_fails_leaves_nothing_behind(monkeypatch):
    from fsspec.implementations.memory import MemoryFile

    def fail(self):
        raise OSError("connection lost")

    assets = AssetStore(f"memory://{uuid.uuid4().hex}")
    monkeypatch.setattr(MemoryFile, "commit", fail)
    with pytest.raises(StoreError, match="connection lost"):
        assets.put(b"hello")
    assert list(assets) == []


def test_orphans_are_old_and_named_by_nothing(assets):
    used, unused = assets.put(b"used"), assets.put(b"unused")
    assert list(assets.orphans({used})) == []
    assert list(assets.orphans({used}, older_than=ZERO)) == [unused]
    assert assets.collect({used}, older_than=ZERO) == 1
    assert list(assets) == [used]


def test_collecting_removes_what_a_killed_writer_left(tmp_path):
    assets = AssetStore(tmp_path)
    path = assets.local_path(assets.put(b"used"))
    leftover = path.with_name(f".{path.name}.abc.tmp")
    leftover.write_bytes(b"us")
    assert assets.collect(set(assets)) == 0
    assert assets.collect(set(assets), older_than=ZERO) == 1
    assert not leftover.exists()


def test_a_place_that_is_none(monkeypatch):
    with pytest.raises(ConfigError):
        Blobs("nosuch://bucket/x")
    monkeypatch.setitem(__import__("sys").modules, "s3fs", None)
    with pytest.raises(MissingDependency, match="s3fs"):
        Blobs("s3://bucket/x")


@pytest.mark.parametrize("method", ["write", "read", "delete"])
def test_an_error_names_the_place_but_no_credentials(monkeypatch, method):
    from fsspec.implementations.memory import MemoryFileSystem

    url = "memory://AKIA:sE/c@ret@bucket"

    def fail(*args, **kwargs):
        raise OSError(f"denied: {url}?token=sEcReT2")

    for name in ("open", "cat_file", "rm_file"):
        monkeypatch.setattr(MemoryFileSystem, name, fail)
    with pytest.raises(StoreError) as caught:
        getattr(Blobs(url), method)("x", *([b"1"] if method == "write" else []))
    told = str(caught.value)
    assert "memory://***@bucket" in told
    assert "denied" in told
    assert not any(secret in told for secret in ("AKIA", "sE/c", "ret@", "sEcReT2"))


@pytest.mark.parametrize("url", ["s4://AKIA:sEcReT@bucket", "s3://AKIA:sEcReT@bucket"])
def test_a_place_that_is_none_does_not_tell_credentials(monkeypatch, url):
    monkeypatch.setitem(__import__("sys").modules, "s3fs", None)
    with pytest.raises((ConfigError, MissingDependency)) as caught:
        Blobs(url)
    assert "***@bucket" in str(caught.value)
    assert "sEcReT" not in str(caught.value)
    assert "AKIA" not in str(caught.value)


@pytest.mark.parametrize("name", ["a::b", "memory::x", "a::b/c", "100%"])
def test_a_folder_is_a_folder_whatever_its_name(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    for url in (name, str(tmp_path / name), (tmp_path / name), f"file://{tmp_path}/{name}"):
        blobs = Blobs(url)
        assert blobs.folder == tmp_path / name
        blobs.write("ab/x", b"1")
        assert blobs.read("ab/x") == b"1"
        assert blobs.names("ab") == list(blobs.walk()) == ["ab/x"]
        assert blobs.delete("ab/x")
