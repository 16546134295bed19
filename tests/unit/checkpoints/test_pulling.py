import shutil

import pytest

pytest.importorskip("huggingface_hub")

from pydantic import BaseModel

from prodgen_sdk.checkpoints.pulling import pull, pullable
from prodgen_sdk.checkpoints.sources import Checkpoint, WeightsFile
from prodgen_sdk.config import Config
from prodgen_sdk.errors import ConfigError, MissingDependency, PluginError
from prodgen_sdk.hookspecs import hookimpl
from prodgen_sdk.host import Host


class Section(BaseModel):
    base: Checkpoint
    more: tuple[WeightsFile, ...] = ()


def hub(monkeypatch, snapshot):
    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid")


def test_what_the_configuration_names_can_be_pulled(checkpoint, tmp_path, monkeypatch):
    def snapshot(repo, *, revision, allow_patterns, local_dir, local_files_only):
        assert (repo, revision, local_files_only) == ("owner/name", "v1", False)
        return shutil.copytree(checkpoint, local_dir, dirs_exist_ok=True)

    hub(monkeypatch, snapshot)
    config = Section(
        base=Checkpoint(model="owner/name", revision="v1"),
        more=(
            WeightsFile(model="owner/lora", revision="v2", file="x.safetensors"),
            WeightsFile(model="owner/unpinned", file="x.safetensors"),
            WeightsFile(model=str(checkpoint / "vae")),
        ),
    )
    models = {name: fetch for name, _, fetch in pullable(config)}
    assert set(models) == {"owner--name--v1", "owner--lora--v2"}
    to = tmp_path / "models"
    models["owner--name--v1"](to / "owner--name--v1")
    assert (to / "owner--name--v1" / "vae" / "model.safetensors").is_file()
    assert [path.name for path in to.iterdir()] == ["owner--name--v1"]


def test_two_files_of_one_repository_are_one_model(weights, tmp_path, monkeypatch):
    def snapshot(repo, *, allow_patterns, local_dir, **_):
        local_dir.mkdir(exist_ok=True)
        (local_dir / allow_patterns[0]).write_bytes(weights)
        return local_dir

    hub(monkeypatch, snapshot)
    files = [WeightsFile(model="owner/name", revision="v1", file=f"{name}.safetensors") for name in "aba"]
    ((name, summary, fetch),) = pullable(Section(base=Checkpoint(model=str(tmp_path)), more=tuple(files)))
    assert (name, summary) == ("owner--name--v1", "owner/name at v1")
    fetch(tmp_path / name)
    assert sorted(path.name for path in (tmp_path / name).iterdir()) == ["a.safetensors", "b.safetensors"]


def test_a_pull_that_fails_leaves_no_model(checkpoint, tmp_path, monkeypatch):
    def broken(*_, **__):
        raise OSError("no route to host")

    hub(monkeypatch, broken)
    source = Checkpoint(model="owner/name", revision="v1")
    with pytest.raises(MissingDependency, match="no route to host"):
        pull([source], tmp_path / "here")
    (checkpoint / "vae" / "model.safetensors").write_bytes(b"cut")
    hub(monkeypatch, lambda *_, local_dir, **__: shutil.copytree(checkpoint, local_dir, dirs_exist_ok=True))
    with pytest.raises(ConfigError, match="truncated"):
        pull([source], tmp_path / "here")
    assert not (tmp_path / "here").exists()


def test_a_file_that_the_repository_lacks(checkpoint, tmp_path, monkeypatch):
    hub(monkeypatch, lambda *_, local_dir, **__: shutil.copytree(checkpoint, local_dir, dirs_exist_ok=True))
    with pytest.raises(ConfigError, match=r"has no file 'b\.safetensors'"):
        pull([WeightsFile(model="owner/name", revision="v1", file="b.safetensors")], tmp_path / "here")
    assert not (tmp_path / "here").exists()


class Wants:
    """A plugin that can fetch what its section names."""

    def __init__(self, source, pull=None):
        self.config, self.pull = source, pull

    @hookimpl
    def register_models(self, register):
        for name, summary, fetch in pullable(self.config):
            register(name, summary, self.pull or fetch)


def test_a_repository_that_two_plugins_name_is_fetched_for_both(weights, tmp_path, monkeypatch):
    def snapshot(repo, *, allow_patterns, local_dir, **_):
        local_dir.mkdir(exist_ok=True)
        (local_dir / allow_patterns[0]).write_bytes(weights)
        return local_dir

    hub(monkeypatch, snapshot)
    host = Host(Config(), strict=True)
    for plugin in "ab":
        source = WeightsFile(model="owner/name", revision="v1", file=f"{plugin}.safetensors")
        host.register(Wants(source), plugin)
    (model,) = host.models.values()
    assert (model.name, model.plugin) == ("owner--name--v1", "a, b")
    model.pull(tmp_path / model.name)
    assert sorted(path.name for path in (tmp_path / model.name).iterdir()) == ["a.safetensors", "b.safetensors"]


def test_a_name_that_is_not_of_the_hub_belongs_to_one_plugin():
    source = WeightsFile(model="owner/name", revision="v1", file="x.safetensors")
    host = Host(Config(), strict=True)
    host.register(Wants(source), "a")
    with pytest.raises(PluginError, match="'owner--name--v1' is already registered"):
        host.register(Wants(source, pull=lambda folder: None), "b")
    assert host.models["owner--name--v1"].plugin == "a"
