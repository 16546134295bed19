"""Inserts into an SQLite file at the price of SQLite alone, for the path of a recommendation."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite

from prodgen_sdk.store.connections import LOG_BYTES

# At some 70 KB each the log stays below its bound. The request at which it begins anew waits for the disk, which should be one
# of many: three times as often, these are the slowest hundredth of all.
_APPENDS_A_CHECKPOINT = 768
_SHORTEST_WAIT, _LONGEST_WAIT = 2e-4, 0.02
logger = logging.getLogger(__name__)


class Writer:
    """One connection, opened at first use.

    What SQLite would do at some commits, and let them wait for the disk, a thread does beside them: taking the write-ahead log over
    into the file.

    Args:
        file: the database.
        writing: the lock of all others of this process who write. Whoever holds it may wait for the disk, where a commit takes the
            log over into the file, after SQLite let go of its own lock: an append needs that one alone.
    """

    def __init__(self, file: Path, *, writing: threading.Lock) -> None:
        self._file = file
        self._writing = writing
        self._appending = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._appends = 0
        self._checkpoint: threading.Thread | None = None

    def append(self, table: Table, key: str, rows: Sequence[Mapping[str, Any]], patience: float) -> None:
        """Inserts rows with values for the same columns; one whose `key` is there already is left out.

        Args:
            patience: seconds to wait for who writes, in this process or another.

        Raises:
            sqlite3.Error: nothing was inserted.
        """
        sql, names = _insert(table, key, tuple(rows[0]))
        deadline = time.monotonic() + patience
        if not self._appending.acquire(timeout=patience):
            raise sqlite3.OperationalError("database is locked")
        try:
            connection = self._connection or self._connect(deadline)
            _begin(connection, deadline)
            try:
                connection.executemany(sql, map(itemgetter(*names), rows))
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # where the disk is full, SQLite has rolled back already
                    connection.execute("ROLLBACK")
                raise
        except sqlite3.Error:
            self._disconnect()
            raise
        finally:
            self._appending.release()
        self._appends += 1
        if self._appends % _APPENDS_A_CHECKPOINT == 0 and (self._checkpoint is None or not self._checkpoint.is_alive()):
            self._checkpoint = threading.Thread(target=self._take_over, name="prodgen-checkpoint", daemon=True)
            self._checkpoint.start()

    def close(self) -> None:
        if self._checkpoint is not None:
            self._checkpoint.join()
        self._disconnect()

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self, deadline: float) -> sqlite3.Connection:
        # The first look at the file may have to wait for a process that is just taking the log over as the last one.
        patience = max(0.0, deadline - time.monotonic())
        connection = sqlite3.connect(self._file, timeout=patience, isolation_level=None, check_same_thread=False)
        self._connection = connection
        for pragma in ("synchronous = NORMAL", "foreign_keys = ON", "secure_delete = ON", "wal_autocheckpoint = 0"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"PRAGMA journal_size_limit = {LOG_BYTES}")
        connection.execute("PRAGMA busy_timeout = 0")  # see _begin
        return connection

    def _take_over(self) -> None:
        try:
            connection = sqlite3.connect(self._file, isolation_level=None)
            try:
                # Passive: it waits for nobody, and nobody for it.
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
                # The log begins anew only after a moment when all of it is in the file, and meanwhile more was appended. What is
                # left now is little. Without this the log of a busy service grows for ever, and each read searches all of it.
                connection.execute("PRAGMA busy_timeout = 0")
                with self._writing, self._appending:
                    connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()
            finally:
                connection.close()
        except sqlite3.Error as error:
            logger.warning("the write-ahead log of %s stays for now: %s", self._file.name, error)


def _begin(connection: sqlite3.Connection, deadline: float) -> None:
    """Takes the lock of who writes, for which SQLite itself would look again after 1, 2, 5, ... 100 ms, and miss it where others write often."""
    started = time.monotonic()
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
            return
        except sqlite3.OperationalError as error:
            now = time.monotonic()
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or now >= deadline:
                raise
            time.sleep(min(_SHORTEST_WAIT + (now - started) / 10, _LONGEST_WAIT))


@lru_cache(maxsize=16)
def _insert(table: Table, key: str, names: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    statement = sqlite.insert(table).values(dict.fromkeys(names)).on_conflict_do_nothing(index_elements=[key])
    compiled = statement.compile(dialect=sqlite.dialect(paramstyle="qmark"))
    return str(compiled), tuple(compiled.positiontup or ())
