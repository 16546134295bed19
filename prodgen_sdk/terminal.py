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
    """A bar on standard error, or (where that is no terminal) a line every few seconds.

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

    def tell(done: int, total: int, name: str) -> None:
        nonlocal last
        if time.monotonic() - last >= _SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            note(f"{what}: {done} of {total} {name}" if total else f"{what}: {done} {name}")

    yield tell
