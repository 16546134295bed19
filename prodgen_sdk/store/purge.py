"""Removing the bytes of deleted rows from the files of a database."""

from __future__ import annotations

import time
from collections.abc import Sequence

from prodgen_sdk.store.database import Database

_PATIENCE = 2.0


def purge(database: Database, tables: Sequence[str], *, timeout: float | None = None) -> int:
    """Removes the bytes of rows that were deleted; how many bytes have to stay for now.

    SQLite overwrites what is deleted (`secure_delete`), but not the old copies that stay behind in unused space where a full page
    was split, so its file is rewritten, for which writers wait, and the write-ahead log is emptied. Before and after it waits up
    to `timeout` (by default 2) seconds for those who read, without a lock. PostgreSQL vacuums `tables`, and waits for nobody. Takes
    time in proportion to what is stored.

    Returns:
        0 when all is gone, otherwise the size of the files that may still hold old bytes.
    """
    file = database.file
    if file is None:
        database.maintain(f"VACUUM {', '.join(tables)}")
        return 0
    seconds = _PATIENCE if timeout is None else timeout
    # A reader that stays would let each try add a copy of the whole file to the log: see first that there is none.
    if (
        _empty_log(database, seconds)
        and database.maintain("VACUUM", seconds=seconds) is not None
        and _empty_log(database, seconds)
    ):
        return 0
    return sum(path.stat().st_size for path in (file, database.log) if path is not None and path.exists())


def _empty_log(database: Database, seconds: float) -> bool:
    """Whether all of SQLite's log went to the file in that time; waits without a lock."""
    deadline = time.monotonic() + seconds
    while True:
        # Most of it goes over here, while others write.
        database.maintain("PRAGMA wal_checkpoint(PASSIVE)", writes=False)
        row = database.maintain("PRAGMA wal_checkpoint(TRUNCATE)")
        if row is not None and not row[0]:
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
