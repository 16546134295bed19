"""The examples in docstrings say what happens: each is run, in an empty folder."""

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL


def _modules():
    """Names of the modules that hold an example."""
    for root in (ROOT, *sorted((ROOT / "plugins").iterdir())):
        for file in sorted(root.glob("prodgen_*/**/*.py")):
            if ">>> " in file.read_text("utf-8"):
                yield ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("name", list(_modules()))
def test_examples_in(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    found = doctest.testmod(importlib.import_module(name), optionflags=FLAGS)
    assert found.attempted
    assert found.failed == 0, capsys.readouterr().out
