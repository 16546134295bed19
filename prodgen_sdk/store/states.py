"""Small durable values of components."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select

from prodgen_sdk.store.database import Database, upsert
from prodgen_sdk.store.schema import states

_DATA = select(states.c.data).where(states.c.component == bindparam("component"), states.c.key == bindparam("name"))


class States:
    """Bytes by (component id, key). What belongs to one user is stored with `user`, so that `forget` finds it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, component: str, key: str) -> bytes | None:
        rows = self._database.rows(_DATA, component=component, name=key)
        return rows[0][0] if rows else None

    def put(self, component: str, key: str, data: bytes, *, user: str | None = None) -> None:
        with self._database.write() as connection:
            upsert(connection, states, [{"component": component, "key": key, "user": user, "data": data}])

    def delete(self, component: str, key: str) -> bool:
        """Whether there was such a value."""
        with self._database.write() as connection:
            found = delete(states).where(states.c.component == component, states.c.key == key)
            return connection.execute(found).rowcount > 0

    def keys(self, component: str) -> tuple[str, ...]:
        query = select(states.c.key).where(states.c.component == component).order_by(states.c.key)
        with self._database.read() as connection:
            return tuple(connection.execute(query).scalars())
