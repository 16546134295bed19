import logging
from concurrent.futures import ThreadPoolExecutor

import pytest

from prodgen_sdk.serving import repeated
from prodgen_sdk.serving.repeated import Repeated


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 100.0

    monkeypatch.setattr(repeated.time, "monotonic", lambda: Clock.now)
    return Clock


@pytest.fixture
def warnings(caplog):
    caplog.set_level(logging.WARNING)
    return Repeated(logging.getLogger("shop"), 60)


def test_what_repeats_is_said_once_a_minute_and_counted(warnings, clock, caplog):
    for number in range(5):
        warnings.warning("database", "request %r: away", f"r{number}")
    assert caplog.messages == ["request 'r0': away"]
    clock.now += 61
    warnings.warning("database", "request %r: away", "r5")
    assert caplog.messages[1:] == ["request 'r5': away (and 4 times since this was last said)"]
    clock.now += 61
    warnings.warning("database", "request %r: away", "r6")
    assert caplog.messages[2:] == ["request 'r6': away"]


def test_each_kind_is_said(warnings, clock, caplog):
    for kind in ("database", "ranker", "database"):
        warnings.warning(kind, "%s failed", kind)
    assert caplog.messages == ["database failed", "ranker failed"]


def test_threads_lose_none(warnings, clock, caplog):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: warnings.warning("database", "away"), range(100)))
    clock.now += 61
    warnings.warning("database", "away")
    assert caplog.messages == ["away", "away (and 99 times since this was last said)"]
