"""`prodgen models`: what plugins can fetch, by name or all of it."""

import json

import pytest

from prodgen_sdk import Host
from prodgen_sdk.hookspecs import hookimpl


class Shelf:
    """A plugin with two models of one file each."""

    @hookimpl
    def register_models(self, register, config):
        for name in ("north", "south"):
            register(name, f"the {name} one", self.pull)

    @staticmethod
    def pull(folder):
        folder.mkdir(parents=True)
        (folder / "weights").write_text(folder.name)


@pytest.fixture
def models(run, monkeypatch, tmp_path):
    """Runs `prodgen models ...` with the plugin; models lie in `tmp_path / "models"`."""
    discover = Host.discover

    def with_shelf(cls, *args, **options):
        host = discover(*args, **options)
        host.register(Shelf(), "shelf")
        return host

    monkeypatch.setattr(Host, "discover", classmethod(with_shelf))
    (tmp_path / "prodgen.toml").write_text('[models]\nfolder = "models"\n')

    def call(*words):
        code, out, err = run("models", *words, "--json")
        assert code == 0, err
        return [model for model in json.loads(out) if model["name"] in ("north", "south")]

    return call


def here(listed):
    return [model["name"] for model in listed if model["folder"]]


def test_one_or_all_are_fetched_and_none_twice(models, tmp_path):
    assert here(models("list")) == []
    (north,) = models("pull", "north")
    assert north == {"name": "north", "folder": str(tmp_path / "models" / "north"), "fetched": True}
    assert here(models("list")) == ["north"]
    assert [model["fetched"] for model in models("pull", "north", "south")] == [False, True]
    assert (tmp_path / "models" / "south" / "weights").read_text() == "south"


def test_without_a_name_all_are_fetched(models):
    assert [model["fetched"] for model in models("pull")] == [True, True]
    assert here(models("list")) == ["north", "south"]


def test_a_name_that_is_not_known_fetches_nothing(models, run, tmp_path):
    code, out, err = run("models", "pull", "north", "sooth")
    assert (code, out) == (2, "")
    assert "Did you mean south" in err
    assert not (tmp_path / "models").exists()
