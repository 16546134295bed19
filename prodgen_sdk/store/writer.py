"""Inserts into an SQLite file at the price of SQLite alone, for the path of a recommendation."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite


class Writer:
    """One connection, opened at first use; whoever calls holds the lock of the one writer of this process."""

    def __init__(self, file: Path, *, timeout: float) -> None:
        self._file = file
        self._timeout = timeout
        self._connection: sqlite3.Connection | None = None

    def append(self, table: Table, key: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Inserts rows with values for the same columns; one whose `key` is there already is left out."""
        sql, names = _insert(table, key, tuple(rows[0]))
        connection = self._connection or self._connect()
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                connection.executemany(sql, [[row[name] for name in names] for row in rows])
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise
        except sqlite3.Error:
            self.close()
            raise

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=self._timeout, isolation_level=None, check_same_thread=False)
        for pragma in ("synchronous = NORMAL", "foreign_keys = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")
        self._connection = connection
        return connection


@lru_cache(maxsize=16)
def _insert(table: Table, key: str, names: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    statement = sqlite.insert(table).values(dict.fromkeys(names)).on_conflict_do_nothing(index_elements=[key])
    compiled = statement.compile(dialect=sqlite.dialect(paramstyle="qmark"))
    return str(compiled), tuple(compiled.positiontup or ())
