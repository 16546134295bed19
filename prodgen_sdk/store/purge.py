"""Removing the bytes of deleted rows from the files of a database."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Column, ColumnElement, bindparam, column, select, text, update

from prodgen_sdk.store import residue
from prodgen_sdk.store.database import Database

_PATIENCE = 2.0
_NEAR = 300


def purge(
    database: Database, columns: Sequence[Column[Any]], words: Sequence[str] | None, *, timeout: float | None = None
) -> int:
    """Removes the bytes of rows that were deleted; how many bytes have to stay for now.

    Most are gone since the rows are: SQLite overwrites what is deleted. The file is searched for what may be left, while others
    write. Where something is, the rows around it are moved, which lets SQLite overwrite it, and the file is searched again. Only
    where that was in vain, or nobody knows the words, the whole file is rewritten, for which writers wait. The write-ahead log is
    emptied besides: for that it waits up to `timeout` (by default 2) seconds for those who read, a few times, without a lock.
    PostgreSQL vacuums the tables, and waits for nobody.

    Args:
        columns: where the words were.
        words: what the columns of the deleted rows held; None where nobody knows.

    Returns:
        0 when all is gone, otherwise the size of the files that may still hold old bytes.
    """
    file = database.file
    if file is None:
        database.maintain(f"VACUUM {', '.join(column.table.name for column in columns)}")
        return 0
    seconds = _PATIENCE if timeout is None else timeout
    try:
        if words is None or _left_of(database, file, columns, words, seconds):
            _rewrite(database, seconds)
        return 0
    except TimeoutError:
        return sum(path.stat().st_size for path in (file, _log_of(file)) if path.exists())


def _left_of(
    database: Database, file: Path, columns: Sequence[Column[Any]], words: Sequence[str], seconds: float
) -> list[str]:
    """The words that could not be overwritten."""
    left = _search(database, file, words, seconds)
    for word in left:
        for place in columns:
            _stir(database, place, word)
    return _search(database, file, left, seconds) if left else []


def _search(database: Database, file: Path, words: Sequence[str], seconds: float) -> list[str]:
    """The words that the unused space of the file holds."""
    deadline = time.monotonic() + seconds
    while True:
        _empty_log(database, deadline - time.monotonic())
        with database.read() as connection:
            connection.execute(text("SELECT 1 FROM sqlite_master")).first()
            # Who reads while the log is empty reads the file itself, to which nobody writes then.
            if not _log_of(file).stat().st_size:
                return residue.left(file, words)


def _stir(database: Database, place: Column[Any], word: str) -> None:
    """Moves what an index of the column holds around the word away and back.

    Old copies of a row lie on pages next to the one where the row was. These become empty and free, and SQLite overwrites what is
    free. That this reaches nearly all was measured, and is not promised by SQLite.
    """
    row: ColumnElement[int] = column("rowid")
    near = select(place.label("held"), row.label("row")).select_from(place.table).limit(_NEAR)
    move = update(place.table).where(row == bindparam("row")).values({place: bindparam("held")})
    with database.write() as connection:
        below = connection.execute(near.where(place < word).order_by(place.desc())).mappings().all()
        above = connection.execute(near.where(place > word).order_by(place)).mappings().all()
        rows = [dict(found) for found in (*reversed(below), *above)]
        if rows:
            # As long as before, so that the row itself stays where it is.
            connection.execute(move, [{**found, "held": f"\1{found['held'][1:]}"} for found in rows])
            connection.execute(move, rows)


def _rewrite(database: Database, seconds: float) -> None:
    # A reader that stays would let each try add a copy of the whole file to the log: see first that there is none.
    _empty_log(database, seconds)
    if database.maintain("VACUUM", seconds=seconds) is None:
        raise TimeoutError
    _empty_log(database, seconds)


def _empty_log(database: Database, seconds: float) -> None:
    """Takes all of the log over into the file; waits without a lock.

    Raises:
        TimeoutError: somebody was reading from it all the time.
    """
    deadline = time.monotonic() + seconds
    while True:
        # Most of it goes over here, while others write.
        database.maintain("PRAGMA wal_checkpoint(PASSIVE)", writes=False)
        row = database.maintain("PRAGMA wal_checkpoint(TRUNCATE)")
        if row is not None and not row[0]:
            return
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.02)


def _log_of(file: Path) -> Path:
    return Path(f"{file}-wal")
