"""The command line in one process, on the fakes."""

import json
import sys

import pytest

from prodgen_sdk import Host, cli, plugin
from prodgen_sdk.testing.fakes import fake_host

MUG = {"sku": "mug-1", "title": "Blue mug", "category": "home/mug", "price": 12.5, "attributes": {"colour": "blue"}}


@pytest.fixture(autouse=True)
def fakes(monkeypatch):
    def discover(cls, config=None, *, strict=False, state=None, folder=None):
        host = fake_host(plugin, config=config)
        host.state = state
        return host

    monkeypatch.setattr(Host, "discover", classmethod(discover))


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Runs `prodgen` with some words in a workspace's folder; returns exit code, stdout and stderr."""
    monkeypatch.delenv("PRODGEN_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["prodgen", *map(str, words)])
        code = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = stop.code or 0
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


@pytest.fixture
def shop(run, tmp_path):
    run("init", ".")
    (tmp_path / "c.jsonl").write_text("\n".join(json.dumps({**MUG, "sku": f"mug-{n}"}) for n in range(4)))
    assert run("catalog", "add", "c.jsonl")[0] == 0
    return run
