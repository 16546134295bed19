"""Connections and transactions; the same rules on SQLite and PostgreSQL."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, Literal, TypeVar

from sqlalchemy import ColumnElement, Connection, Executable, Table, func, select, text
from sqlalchemy.exc import DataError, SQLAlchemyError

from prodgen_sdk.errors import InputError, StoreError
from prodgen_sdk.store import connections
from prodgen_sdk.store.connections import open_engine, parse_url
from prodgen_sdk.store.masking import mask
from prodgen_sdk.store.readers import Readers
from prodgen_sdk.store.writer import Writer

Topic = Literal["schema", "catalogue", "events"]
"""What a transaction changes. On PostgreSQL one at a time of each, so that sequence numbers appear in order."""

CHUNK = 500
_T = TypeVar("_T")
_UNSTORABLE = (DataError, OverflowError, UnicodeEncodeError)
_FAULTS = (*_UNSTORABLE, SQLAlchemyError, sqlite3.Error)

logger = logging.getLogger(__name__)
# As SQLite does: the times of the file need not be there.
_to_disk: Callable[[int], None] = getattr(os, "fdatasync", os.fsync)


class Database:
    """An engine whose `read` and `write` are the only ways to it.

    Threads may share it. After a fork the child opens connections of its own.

    Args:
        url: `sqlite:///file`, `postgresql://...`, or the path of an SQLite file.

    Raises:
        ConfigError: no URL that can be used.
        MissingDependency: PostgreSQL without its driver.
        StoreError: the folder cannot be made.
    """

    def __init__(self, url: str | Path) -> None:
        self.url = parse_url(url)
        self.name = self.file.name if self.file else mask(self.url.render_as_string())
        self.engine = open_engine(self.url, self.file)
        self._after_fork()

    @property
    def sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @property
    def file(self) -> Path | None:
        """The SQLite file."""
        return Path(self.url.database or "") if self.sqlite else None

    @property
    def log(self) -> Path | None:
        """SQLite's log, which lies beside the file that a link leads to."""
        return None if self.file is None else Path(f"{self.file.resolve()}-wal")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One snapshot; keep it short."""
        self._check_process()
        with self._errors(), self.engine.connect() as connection:
            yield connection

    def rows(self, query: Executable, **parameters: Any) -> Sequence[Sequence[Any]]:
        """The rows of one query; on SQLite in microseconds, as the path of a recommendation needs it.

        Args:
            query: one that lives as long as the program, with a `bindparam` for all that changes.
        """
        if self._readers is None:
            with self.read() as connection:
                return connection.execute(query, parameters).all()
        self._check_process()
        try:
            return self._readers.rows(query, parameters)
        except _FAULTS as error:  # without `_errors`, which takes as long as the query
            raise self._error(error) from error

    @contextmanager
    def write(self, topic: Topic | None = None, *, durable: bool = True) -> Iterator[Connection]:
        """One transaction, committed when the block ends, rolled back when it raises.

        Others see on SQLite what was committed, and write, while this one waits for the disk.

        Args:
            topic: what is changed; writers of one topic wait for each other.
            durable: False lets a power cut (not a crash of the process) take back the last moments on SQLite.
        """
        self._check_process()
        with (
            self._writing,
            self._errors(),
            self.engine.connect().execution_options(prodgen_write=True) as connection,
            connection.begin(),
        ):
            if topic is not None and not self.sqlite:
                # Until the transaction ends.
                waiting = func.set_config("lock_timeout", f"{connections.BUSY_SECONDS:g}s", True)
                connection.execute(select(waiting, func.pg_advisory_xact_lock(_lock_of(topic))))
            yield connection
        if durable:
            self.flush()

    def flush(self) -> None:
        """Waits until all that was committed, by whichever process, is on the disk.

        Raises:
            StoreError: the disk failed.
        """
        if self.log is None:
            return  # PostgreSQL commits nothing before
        try:
            # Without a log all of it is in the file, and was taken there for good.
            with suppress(FileNotFoundError), self.log.open("r+b") as log:
                _to_disk(log.fileno())
        except OSError as error:
            raise StoreError(
                f"The database {self.name} failed: {error.strerror or error}.", hint=_hint("disk I/O error")
            ) from error

    def append(
        self,
        table: Table,
        key: str,
        rows: Sequence[Mapping[str, Any]],
        *,
        topic: Topic,
        patience: float = connections.BUSY_SECONDS,
    ) -> None:
        """Inserts rows in one transaction that does not wait for the disk, leaving out those whose `key` is there already.

        On SQLite at the price of SQLite alone, as the path of a recommendation needs it.

        Args:
            patience: seconds to wait for others that write to SQLite.
        """
        if self._writer is None:
            statement = _dialect("postgresql").insert(table).on_conflict_do_nothing(index_elements=[key])
            with self.write(topic, durable=False) as connection:
                connection.execute(statement, rows)
            return
        self._check_process()
        with self._errors():
            self._writer.append(table, key, rows, min(patience, connections.BUSY_SECONDS))

    def maintain(self, statement: str, *, seconds: float = 0.0, writes: bool = True) -> Sequence[Any] | None:
        """Runs a statement that no transaction may hold; its first row (or an empty one), None where others are in its way.

        Args:
            seconds: to wait for others that use SQLite's file.
            writes: whether writers of this process wait until it is done.
        """
        self._check_process()
        with self._writing if writes else nullcontext(), self._errors():
            if self.file is None:
                with self.engine.connect() as connection:
                    connection.execution_options(isolation_level="AUTOCOMMIT").execute(text(statement))
                return ()
            with closing(sqlite3.connect(self.file, timeout=seconds, isolation_level=None)) as raw:
                return _try(raw, statement)

    def close(self) -> None:
        self.engine.dispose()
        for part in (self._readers, self._writer):
            if part is not None:
                part.close()

    def _check_process(self) -> None:
        if self._pid != os.getpid():
            self.engine.dispose(close=False)
            self._after_fork()

    def _after_fork(self) -> None:
        self._pid = os.getpid()
        # SQLite has one writer; waiting here is fair and free, waiting inside SQLite is polling.
        lock = threading.Lock()
        self._writing: AbstractContextManager[Any] = lock if self.sqlite else nullcontext()
        self._readers = Readers(self.file, timeout=connections.BUSY_SECONDS) if self.file else None
        self._writer = Writer(self.file, writing=lock) if self.file else None

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except _FAULTS as error:
            raise self._error(error) from error

    def _error(self, fault: Exception) -> InputError | StoreError:
        reason = _reason(fault)
        if isinstance(fault, _UNSTORABLE):
            return InputError(f"A value cannot be stored: {reason}.", hint="Text must hold no NUL, a number 64 bits.")
        return StoreError(f"The database {self.name} failed: {reason}.", hint=_hint(reason))


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts rows, replacing those whose primary key is there already."""
    statement = _dialect(connection.dialect.name).insert(table)
    values = {column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key}
    connection.execute(statement.on_conflict_do_update(index_elements=table.primary_key, set_=values), rows)


def _lock_of(topic: Topic) -> ColumnElement[int]:
    """The key of PostgreSQL's advisory lock. Such locks are of the database; stores in several schemas do not wait for each other."""
    return func.hashtextextended(func.concat(f"prodgen {topic} ", func.current_schema()), 0)


def _dialect(name: str) -> Any:
    """SQLAlchemy's module of a dialect: the one that is used alone, as each takes a tenth of a second to import."""
    return import_module(f"sqlalchemy.dialects.{name}")


def _try(raw: sqlite3.Connection, statement: str) -> tuple[Any, ...] | None:
    """The first row of a statement (or an empty one); None when others were in its way."""
    try:
        # Others wait until what it writes is in the log; a checkpoint, for which they need not, takes it to the disk and the file.
        for pragma in ("secure_delete = ON", "synchronous = NORMAL", "wal_autocheckpoint = 0"):
            raw.execute(f"PRAGMA {pragma}")
        return raw.execute(statement).fetchone() or ()
    except sqlite3.OperationalError as error:
        logger.debug("%s did not succeed: %s", statement, error)
        return None


def _reason(error: Exception) -> str:
    # The first line only: PostgreSQL goes on with the values of the row.
    return mask(str(getattr(error, "orig", None) or error).strip().partition("\n")[0].rstrip("."))


def _hint(reason: str) -> str:
    for sign, hint in (
        ("disk is full", "Free some space and run it again; nothing half-written was kept."),
        ("disk I/O error", "Is the disk full, or the folder out of reach? Run: prodgen doctor"),
        ("lock", "Another process is writing for a long time: try again."),
        ("readonly", "Check the permissions of the file and its folder."),
        ("unable to open", "Check the path and its permissions."),
        ("not a database", "Move the file away, or name another one."),
        ("malformed", "The file is damaged: restore it from a backup."),
        ("onnect", "Check the address, the user and the password, and that the server runs."),
    ):
        if sign in reason:
            return hint
    return ""


def batched(items: Iterable[_T], size: int = CHUNK) -> Iterator[list[_T]]:
    """Lists of up to `size` items."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
