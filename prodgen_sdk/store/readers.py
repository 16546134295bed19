"""Single queries on an SQLite file at the price of SQLite alone, for the path of a recommendation."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.dialects import sqlite

_LIST = re.compile(r"\(__\[POSTCOMPILE_\w+\]\)")


class Readers:
    """Idle read-only connections. Threads may share it: a connection serves one query at a time.

    Each query sees what was committed before it. No transaction stays open in between.
    """

    def __init__(self, file: Path, *, timeout: float) -> None:
        self._file = file
        self._timeout = timeout
        self._idle: list[sqlite3.Connection] = []

    def rows(self, query: Executable, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a query, with the values as SQLite has them (a Boolean is 0 or 1).

        Args:
            query: an object that lives as long as the program: its text is made once.
            parameters: a value for each `bindparam`; a list for an expanding one.
        """
        sql, names, fixed = _compile(query)
        given = {**parameters, **fixed}
        values = [json.dumps(value) if isinstance(value := given[name], list) else value for name in names]
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect()
        try:
            found = connection.execute(sql, values).fetchall()
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return found

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=self._timeout, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA query_only = ON")
        return connection


@lru_cache(maxsize=64)
def _compile(query: Executable) -> tuple[str, tuple[str, ...], dict[str, Any]]:
    """The text, the name of each of its question marks, and the values that are part of the query itself."""
    compiled = query.compile(dialect=sqlite.dialect(paramstyle="qmark"))  # type: ignore[attr-defined]
    # A list is one parameter, so that its length does not change the text.
    text = _LIST.sub("(SELECT value FROM json_each(?))", str(compiled))
    fixed = {name: value for name, value in compiled.params.items() if value is not None}
    return text, tuple(compiled.positiontup), fixed
