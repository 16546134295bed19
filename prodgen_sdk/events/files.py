"""Event files: JSON Lines, one object per line, as they are or packed by gzip, or Parquet, one a row."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from prodgen_sdk.errors import InputError
from prodgen_sdk.events.formats import OWN, EventRow, check_format, convert
from prodgen_sdk.files import UNREADABLE, replacing, unpacked
from prodgen_sdk.parquet import foreign, read_rows
from prodgen_sdk.types import Event

MAX_LINE = 2**20
"""Bytes; a longer line is passed over without keeping it."""


def read_events(path: Path, format: str = OWN) -> Iterator[EventRow]:
    """Reads a file, line by line; blank lines are skipped, and a bad line does not hold up the others.

    Args:
        path: JSON Lines, which may be packed by gzip, or a `.parquet` file whose columns are the keys; a null is a value not given.
        format: the shape of its objects, one of `prodgen_sdk.events.FORMATS`.

    Raises:
        InputError: the file cannot be read, or there is no such format.
        MissingDependency: Parquet without pyarrow.

    >>> _ = Path("log.jsonl").write_text('{"id": "1", "user": "ann", "type": "view", "sku": "mug", "at": "2026-01-01"}\\nno event\\n')
    >>> [(row.line, row.event is None) for row in read_events(Path("log.jsonl"))]
    [(1, False), (2, True)]
    """
    check_format(format)
    if path.suffix.lower() == ".parquet":
        yield from convert(read_rows(path), format, 1)
        return
    try:
        with unpacked(path) as stream:
            if what := foreign(stream.peek(4)):
                raise InputError(
                    f"{path} is {what}, not JSON Lines as UTF-8 text.", hint="Export it as .jsonl or .parquet."
                )
            for number, line in _lines(stream):
                yield from _rows(number, line, format)
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.") from None
    except UNREADABLE as error:
        raise InputError(f"{path} cannot be read ({getattr(error, 'strerror', None) or error}).") from None


def write_events(path: Path, events: Iterable[Event]) -> int:
    """Writes events as JSON Lines, which `read_events` reads back as they were; returns how many.

    The file appears whole or not at all.

    Raises:
        StoreError: the disk is full or not writable.

    >>> from datetime import UTC, datetime
    >>> view = Event(id="1", user="ann", type="view", sku="mug", at=datetime(2026, 1, 1, tzinfo=UTC))
    >>> write_events(Path("log.jsonl"), [view])
    1
    >>> next(read_events(Path("log.jsonl"))).event == view
    True
    """
    number = 0
    with replacing(path) as temporary, temporary.open("x", encoding="utf-8", newline="\n") as stream:
        for event in events:
            stream.write(event.model_dump_json(exclude_defaults=True) + "\n")
            number += 1
    return number


def _lines(stream: io.BufferedReader | gzip.GzipFile) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines; None for one that is too long."""
    number = 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        if len(line) <= MAX_LINE:
            yield number, line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(MAX_LINE)
        yield number, None


def _rows(number: int, line: bytes | None, format: str) -> Iterator[EventRow]:
    if line is None:
        yield EventRow(number, reason=f"is longer than {MAX_LINE // 2**20} MiB")
        return
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        values: Any = json.loads(text) if text else None
    except UnicodeDecodeError:
        yield EventRow(number, reason="is no UTF-8 text")
    except (ValueError, RecursionError) as error:
        yield EventRow(number, reason=f"is not JSON ({error})")
    else:
        if text:
            yield from convert([values], format, number)
