"""A progress bar over shards, on stderr."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prodgen_sdk.context import Context


@contextmanager
def shard_progress(shards: int) -> Iterator[Context]:
    """A context whose progress is drawn while the block runs."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from prodgen_sdk.context import Context

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("shards", total=shards)
        yield Context(
            progress=lambda done, total, what: progress.update(task, completed=done, total=total, description=what)
        )
