"""What a command tells people while it runs, on standard error; for the commands of plugins too."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

_SECONDS_BETWEEN_LINES = 5.0
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters but for tab and newline, and those that override the direction of writing."""


def note(text: str) -> None:
    """A line for people, on standard error."""
    typer.echo(harmless(text), err=True)


def harmless(text: str) -> str:
    r"""Without what would steer a terminal or turn the line around: titles and names of files come from anywhere.

    >>> harmless("Blue \x1b[31mmug")
    'Blue \ufffd[31mmug'
    """
    return _STEERING.sub("\ufffd", text)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int, str], None]]:
    """A bar on standard error, or (where that is no terminal) a line every few seconds; either says how long is left.

    What it yields is told how far the work is, of 0 where nobody knows, and fits `Context(progress=...)`.

    >>> with progress("views of") as report:
    ...     report(1, 8, "mug")
    """
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(what, total=None)
            yield lambda done, total, name: bar.update(
                task, completed=done, total=total or None, description=f"{what} {name}".strip()
            )
        return
    last = time.monotonic()
    begun, first, goal = last, 0, 0

    def tell(done: int, total: int, name: str) -> None:
        nonlocal last, begun, first, goal
        now = time.monotonic()
        if total != goal or done < first:
            begun, first, goal = now, done, total
        if now - last >= _SECONDS_BETWEEN_LINES:
            last = now
            seconds = (now - begun) / (done - first) * (total - done) if first < done < total else 0
            left = f", about {duration(seconds)} left" if seconds else ""
            note(f"{what}: {done} of {total} {name}{left}" if total else f"{what}: {done} {name}")

    yield tell


def duration(seconds: float | None) -> str:
    """Seconds for people.

    >>> duration(5400)
    '1 h 30 min'
    """
    if seconds is None:
        return "not known"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
