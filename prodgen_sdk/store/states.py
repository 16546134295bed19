"""Small durable values of components."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, select

from prodgen_sdk.store.database import Database, upsert
from prodgen_sdk.store.schema import states


class States:
    """Bytes by (component id, key). What belongs to one user is stored with `user`, so that `forget` finds it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, component: str, key: str) -> bytes | None:
        with self._database.read() as connection:
            return connection.execute(select(states.c.data).where(*_is(component, key))).scalar()

    def put(self, component: str, key: str, data: bytes, *, user: str | None = None) -> None:
        with self._database.write() as connection:
            upsert(connection, states, [{"component": component, "key": key, "user": user, "data": data}])

    def delete(self, component: str, key: str) -> bool:
        """Whether there was such a value."""
        with self._database.write() as connection:
            return connection.execute(delete(states).where(*_is(component, key))).rowcount > 0

    def keys(self, component: str) -> tuple[str, ...]:
        query = select(states.c.key).where(states.c.component == component).order_by(states.c.key)
        with self._database.read() as connection:
            return tuple(connection.execute(query).scalars())


def _is(component: str, key: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return states.c.component == component, states.c.key == key
