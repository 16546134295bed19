"""Each contract fails on a component that breaks it: in the tests that watch over that promise, and in no other.

The broken components lie in `broken/`; they run once, in a pytest of their own.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

BROKEN = Path(__file__).parent / "broken"
FILES = sorted(BROKEN.glob("broken_*.py"))
NAMES = [
    name for file in FILES for name in re.findall(r"^@broken\(.*?\)\nclass (\w+)", file.read_text("utf-8"), re.S | re.M)
]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("broken") / "outcomes.json"
    command = [sys.executable, "-m", "pytest", *map(str, FILES), f"--outcomes={path}", "--tb=no", "-p", "no:xdist"]
    environment = os.environ | {"PYTHONPATH": str(BROKEN)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=BROKEN, timeout=300)
    assert path.exists(), done.stdout + done.stderr
    return json.loads(path.read_text())


@pytest.mark.parametrize("name", NAMES)
def test_breaks_where_it_should(name: str, outcomes: dict[str, Any]) -> None:
    outcome = outcomes[f"Test{name}"]
    assert not outcome["errors"]
    assert sorted(outcome["failed"]) == outcome["wanted"]


@pytest.mark.parametrize("name", NAMES)
def test_the_message_tells_the_author(name: str, outcomes: dict[str, Any]) -> None:
    for message in outcomes[f"Test{name}"]["failed"].values():
        assert re.search(r"[.)\]?]$", message.strip()), message
        assert len(message) > 30, message


def test_every_contract_can_fail(outcomes: dict[str, Any]) -> None:
    from prodgen_sdk.testing import contracts

    promises = {
        name
        for contract in vars(contracts).values()
        if isinstance(contract, type)
        for name in dir(contract)
        if name.startswith("test_")
    }
    watched = {test for outcome in outcomes.values() for test in outcome["failed"]}
    assert promises - watched == set()
