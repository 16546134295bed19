"""Erasing what is known of a user, and looking again."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence

from sqlalchemy import Delete, Table, delete, func, select, tuple_

from prodgen_sdk.errors import StoreError
from prodgen_sdk.store.database import CHUNK, Database, upsert
from prodgen_sdk.store.purge import purge
from prodgen_sdk.store.schema import events, states
from prodgen_sdk.store.tryons import TryOns
from prodgen_sdk.types import Erased

_TABLES = {"events": events, "states": states}
_MARK = {"component": "core/forget", "key": "purge-pending"}
_IS_MARK = (states.c.component == _MARK["component"], states.c.key == _MARK["key"])

logger = logging.getLogger(__name__)


def forget(database: Database, tryons: TryOns, users: Sequence[str]) -> list[Erased]:
    """Erases users' events, states and retained try-ons with their files, then counts what is left of each.

    At last the database is rewritten, so that the bytes are gone from its files too. Where another process reads an old
    state of it, those bytes have to stay: `remaining["unpurged_bytes"]` then is the size of the files that may hold them,
    and the next `forget` or `open_store` tries again. May be repeated at any time.

    Raises:
        StoreError: something could not be erased; run it again.
    """
    kept = {user: tryons.ids(user) for user in users}
    erased = {user: _erase(database, tryons, user) for user in users}
    unpurged = purge_if_due(database)
    proofs = []
    for user, ids in kept.items():
        remaining = {"tryons": tryons.count(user), "tryon_files": sum(len(tryons.files(id)) for id in ids)}
        remaining |= {name: _count(database, table, user) for name, table in _TABLES.items()}
        proofs.append(Erased(user=user, erased=erased[user], remaining={**remaining, "unpurged_bytes": unpurged}))
    return proofs


def _erase(database: Database, tryons: TryOns, user: str) -> dict[str, int]:
    """How much of each kind there was."""
    sessions, files = tryons.forget(user)
    erased = dict.fromkeys(_TABLES, 0)
    more = True
    while more:  # others write in between
        with database.write("events") as connection:
            rows = {name: connection.execute(_some(table, user)).rowcount for name, table in _TABLES.items()}
            # Committed with the deletion: a process that is killed now leaves word of what is still to do. It differs each
            # time, so that a purge that is under way is not taken for one of these rows.
            upsert(connection, states, [{**_MARK, "user": None, "data": uuid.uuid4().bytes}])
        erased = {name: erased[name] + number for name, number in rows.items()}
        more = CHUNK in rows.values()
    return {"tryons": sessions, "tryon_files": files, **erased}


def _some(table: Table, user: str) -> Delete:
    """Deletes up to CHUNK rows of a user."""
    some = select(*table.primary_key).where(table.c.user == user).limit(CHUNK)
    return delete(table).where(tuple_(*table.primary_key).in_(some))


def purge_if_due(database: Database, *, timeout: float | None = None) -> int:
    """Removes the bytes of what was erased before, if a purge is due; how many bytes may still hold some of it."""
    with database.read() as connection:
        mark = connection.execute(select(states.c.data).where(*_IS_MARK)).scalar()
    if mark is None:
        return 0
    try:
        unpurged = purge(database, ["events", "states", "tryons"], timeout=timeout)
        if not unpurged:
            with database.write() as connection:
                connection.execute(delete(states).where(*_IS_MARK, states.c.data == mark))
        return unpurged
    except StoreError as error:
        # What was to be erased is erased: that the rest has to wait is no reason to tell the caller otherwise.
        logger.warning("Bytes of what was forgotten could not be purged yet: %s", error)
        return 1


def knows(database: Database, tryons: TryOns, user: str) -> bool:
    """Whether there is anything that `forget` would erase."""
    return any(_count(database, table, user) for table in _TABLES.values()) or tryons.count(user) > 0


def _count(database: Database, table: Table, user: str) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(table).where(table.c.user == user)).scalar_one()
