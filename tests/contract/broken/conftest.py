"""Writes what failed, by class, to the file that `--outcomes` names."""

import json
from pathlib import Path
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--outcomes", type=Path)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[OUTCOMES] = {}


OUTCOMES = pytest.StashKey[dict[str, dict[str, Any]]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    outcome = item.config.stash[OUTCOMES].setdefault(
        item.cls.__name__, {"wanted": sorted(item.cls.fails), "failed": {}, "errors": {}}
    )
    if call.excinfo is not None and not report.skipped:
        by_contract = call.excinfo.errisinstance(pytest.fail.Exception) or (
            call.when == "call" and call.excinfo.errisinstance(AssertionError)
        )
        kind = "failed" if by_contract else "errors"
        outcome[kind].setdefault(item.originalname, str(call.excinfo.value).split("\nassert")[0])
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    if path := session.config.getoption("--outcomes"):
        path.write_text(json.dumps(session.config.stash[OUTCOMES]))
