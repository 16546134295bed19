"""Erasing what is known of a user, and looking again."""

from __future__ import annotations

from sqlalchemy import Table, delete, func, select

from prodgen_sdk.store.database import Database
from prodgen_sdk.store.schema import events, states
from prodgen_sdk.store.tryons import TryOns
from prodgen_sdk.types import Erased

_TABLES = {"events": events, "states": states}


def forget(database: Database, tryons: TryOns, user: str) -> Erased:
    """Erases a user's events, states and retained try-ons with their files, then counts what is left of them.

    Afterwards the database is rewritten, so that the bytes are gone from its files too. May be repeated at any time.

    Raises:
        StoreError: something could not be erased, or another process keeps the old bytes in use; run it again.
    """
    ids = tryons.ids(user)
    sessions, files = tryons.forget(user)
    erased = {"tryons": sessions, "tryon_files": files}
    with database.write("events") as connection:
        for name, table in _TABLES.items():
            erased[name] = connection.execute(delete(table).where(table.c.user == user)).rowcount
    database.purge(["events", "states", "tryons"])
    remaining = {"tryons": tryons.count(user), "tryon_files": sum(len(tryons.files(id)) for id in ids)}
    remaining |= {name: _count(database, table, user) for name, table in _TABLES.items()}
    return Erased(user=user, erased=erased, remaining=remaining)


def _count(database: Database, table: Table, user: str) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(table).where(table.c.user == user)).scalar_one()
