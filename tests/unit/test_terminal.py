"""What a command says while it runs."""

import pytest

from prodgen_sdk import terminal
from prodgen_sdk.terminal import progress


@pytest.fixture
def at(monkeypatch):
    """Sets the clock, in seconds."""
    now = [100.0]
    monkeypatch.setattr(terminal.time, "monotonic", lambda: now[0])

    def set_to(seconds):
        now[0] = 100.0 + seconds

    return set_to


def test_where_there_is_no_terminal_a_line_every_few_seconds_says_how_long_is_left(at, capsys):
    with progress("rendering") as tell:
        for seconds in range(0, 13):
            at(seconds)
            tell(seconds * 10, 1200, "views")
    assert capsys.readouterr().err.splitlines() == [
        "rendering: 50 of 1200 views, about 2 min left",
        "rendering: 100 of 1200 views, about 2 min left",
    ]


def test_another_stage_is_counted_anew_and_what_was_found_takes_no_time(at, capsys):
    with progress("measuring") as tell:
        tell(0, 10, "products")
        at(1)
        tell(10, 10, "products")
        tell(500, 1000, "images")
        at(6)
        tell(600, 1000, "images")
    assert capsys.readouterr().err == "measuring: 600 of 1000 images, about 20.0 s left\n"


def test_nothing_is_guessed_where_nobody_knows_how_much_there_is(at, capsys):
    with progress("reading") as tell:
        tell(0, 0, "rows")
        at(6)
        tell(70, 0, "rows")
        at(12)
        tell(80, 80, "rows")
    assert capsys.readouterr().err.splitlines() == ["reading: 70 rows", "reading: 80 of 80 rows"]
