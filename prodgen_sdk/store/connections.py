"""Opening a database: what its URL may be, and what a new connection is told."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from prodgen_sdk.errors import ConfigError, MissingDependency, StoreError

BUSY_SECONDS = 60.0
"""How long a writer waits for another one."""
LOG_BYTES = 64 * 1024 * 1024
"""How long SQLite's log may grow before a commit cuts it. An import can make it as long as the database; it is cut to this."""
# A server that is gone without a word would otherwise hold a thread until the kernel gives up: two hours for what is read.
_POSTGRES = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}


def parse_url(url: str | Path) -> URL:
    """An absolute `sqlite` URL, or one of PostgreSQL with its driver.

    Raises:
        ConfigError: it is neither.
    """
    if isinstance(url, Path) or "://" not in url:
        return URL.create("sqlite", database=str(Path(url).absolute()))
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ConfigError(
            "The database URL cannot be read.", hint="Write sqlite:///folder/file.db or postgresql://user@host/name."
        ) from None
    if parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "postgresql+psycopg"):
        raise ConfigError(
            f"Databases of the kind {parsed.drivername!r} are not supported.", hint="Use sqlite:/// or postgresql://."
        )
    if parsed.drivername == "sqlite":
        if not parsed.database or parsed.database == ":memory:" or parsed.database.startswith("file:"):
            raise ConfigError(
                "The store needs an SQLite file; a database in memory is not shared between threads.",
                hint="Use a temporary folder.",
            )
        parsed = parsed.set(database=str(Path(parsed.database).absolute()))
    return parsed


def open_engine(url: URL, file: Path | None) -> Engine:
    """An engine whose connections keep our rules; nothing is connected yet.

    Args:
        file: the SQLite file; None for PostgreSQL.

    Raises:
        MissingDependency: PostgreSQL without its driver.
        StoreError: the folder of the file cannot be made.
    """
    # hide_parameters: what users did must not appear in tracebacks and logs.
    if file is None:
        return _open_postgres(url)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{file.parent} cannot be made: {error.strerror}.", hint="Choose another folder.") from error
    engine = create_engine(
        url, hide_parameters=True, pool_size=8, max_overflow=24, connect_args={"timeout": BUSY_SECONDS}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _open_postgres(url: URL) -> Engine:
    try:
        engine = create_engine(
            url.set(query={**{name: str(value) for name, value in _POSTGRES.items()}, **url.query}),
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=8,
            max_overflow=24,
        )
        from prodgen_sdk.store.silence import WatchedConnection
    except ImportError:
        raise MissingDependency(
            "PostgreSQL needs the package psycopg.", hint='Run: pip install "prodgen-sdk[postgres]"'
        ) from None
    event.listen(
        engine, "do_connect", lambda dialect, record, args, parameters: WatchedConnection.open(*args, **parameters)
    )
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite, not guessed by the driver
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    # Nobody waits for the disk while he holds the one lock of all who write: see `Database.flush`.
    connection.execute("PRAGMA synchronous = NORMAL")
    # A log longer than that is taken over into the file at each commit, for two waits for the disk. A process that serves begins it
    # anew sooner; see `Writer`.
    connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_BYTES // 4096}")
    # The switch to WAL does not wait for a process that is making the same switch.
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    # A write takes the lock when it begins: a reader that turns writer would fail if another wrote in between.
    write = connection.get_execution_options().get("prodgen_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
