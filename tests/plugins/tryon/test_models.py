import hashlib
import subprocess
import sys
import types
import zipfile

import pytest
from prodgen_tryon.body import models
from prodgen_tryon.body.litert import LitertBodyParser

from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError, MissingDependency


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    """A wheel that holds small stand-ins, whose digests are the expected ones."""
    path = tmp_path / "mediapipe-0.10.21-cp312-cp312-manylinux_2_28_x86_64.whl"
    files = {}
    with zipfile.ZipFile(path, "w") as archive:
        for name, (folder, _) in models.FILES.items():
            archive.writestr(folder + name, name.encode() * 50)
            files[name] = (folder, hashlib.sha256(name.encode() * 50).hexdigest())
    monkeypatch.setattr(models, "FILES", files)
    return path


def test_files_are_taken_out_and_a_second_pull_does_nothing(wheel, tmp_path, monkeypatch):
    folder = tmp_path / "pose"
    calls = []

    def download(temporary, folder):
        calls.append(temporary)
        return wheel

    monkeypatch.setattr(models, "_download", download)
    models.pull(folder)
    models.pull(folder)
    assert len(calls) == 1
    assert sorted(path.name for path in folder.iterdir()) == sorted(models.FILES)
    (folder / models.DETECTOR).write_bytes(b"damaged")
    models.pull(folder)
    assert len(calls) == 2


def test_a_file_with_another_digest_is_refused_and_nothing_is_written(wheel, tmp_path, monkeypatch):
    wrong = {name: (folder, "0" * 64) for name, (folder, _) in models.FILES.items()}
    monkeypatch.setattr(models, "FILES", wrong)
    with pytest.raises(InputError, match="not the expected file"):
        models.extract(wheel, tmp_path / "pose")
    assert not (tmp_path / "pose").exists()


@pytest.mark.parametrize("content", [b"", b"no zip"])
def test_a_damaged_wheel_is_refused(tmp_path, content):
    path = tmp_path / "x.whl"
    path.write_bytes(content)
    with pytest.raises(InputError, match="holds no pose models"):
        models.extract(path, tmp_path / "pose")


def test_a_wheel_without_the_files_is_refused(tmp_path):
    path = tmp_path / "x.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("other.txt", "")
    with pytest.raises(InputError, match="holds no pose models"):
        models.extract(path, tmp_path / "pose")


def test_without_a_network_the_way_by_hand_is_named(tmp_path, monkeypatch):
    failed = types.SimpleNamespace(returncode=1, stderr="ERROR: No matching distribution found", stdout="")
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: failed)
    with pytest.raises(InputError, match=r"By hand: .*pip download") as error:
        models.pull(tmp_path / "pose")
    assert "No matching distribution" in str(error.value)
    assert str(tmp_path / "pose") in str(error.value)


def test_a_pip_that_cannot_be_run_is_reported(tmp_path, monkeypatch):
    def fail(*args, **options):
        raise OSError("no such file")

    monkeypatch.setattr(subprocess, "run", fail)
    with pytest.raises(InputError, match="could not be run"):
        models.pull(tmp_path / "pose")


def test_a_damaged_model_is_not_run(wheel, tmp_path):
    folder = tmp_path / "pose"
    models.extract(wheel, folder)
    models.check_digest(folder / models.DETECTOR)
    (folder / models.DETECTOR).write_bytes(b"cut short")
    context = Context(models_folder=lambda name: folder)
    with pytest.raises(InputError, match="damaged") as error:
        LitertBodyParser(None, context)
    assert error.value.hint == "Run: prodgen models pull pose"
    (folder / models.DETECTOR).unlink()
    with pytest.raises(MissingDependency, match="is not in") as missing:
        LitertBodyParser(None, context)
    assert missing.value.hint == "Run: prodgen models pull pose"


def test_without_litert_the_install_command_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ai_edge_litert", None)
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    with pytest.raises(MissingDependency, match="not installed") as error:
        LitertBodyParser(None, Context(models_folder=lambda name: tmp_path))
    assert "pip install" in error.value.hint
