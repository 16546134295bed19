"""A progress bar on stderr, where that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prodgen_sdk.context import Context


@contextmanager
def progress_bar(what: str) -> Iterator[Context]:
    """A context whose progress is drawn while the block runs."""
    from prodgen_sdk.context import Context

    if not sys.stderr.isatty():
        yield Context()
        return
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
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield Context(
            progress=lambda done, total, what: progress.update(task, completed=done, total=total, description=what)
        )
