"""What an index has to do to agree with the database, in the order in which it was committed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import Connection, and_, bindparam, delete, exists, func, insert, or_, select

from prodgen_sdk.store.database import Database
from prodgen_sdk.store.schema import outbox
from prodgen_sdk.types import Model, trusted

ChangeKind = Literal["upsert", "remove"]

_CHANGES = (
    select(outbox.c.sequence, outbox.c.variant, outbox.c.sku, outbox.c.kind)
    .where(outbox.c.sequence > bindparam("after"))
    .order_by(outbox.c.sequence)
    .limit(bindparam("limit"))
)
_LAST = select(func.max(outbox.c.sequence))
_SKUS = select(outbox.c.sku).distinct().where(outbox.c.sequence > bindparam("after"))


class Change(Model):
    """An approved variant to (re)index, or one to take out. `sequence` only grows and is never given twice."""

    sequence: int
    variant: str
    sku: str
    kind: ChangeKind


def append(connection: Connection, kind: ChangeKind, variants: Sequence[tuple[str, str]]) -> None:
    """Adds changes of (variant, sku) to the open transaction; its topic must be "catalogue"."""
    if variants:
        connection.execute(
            insert(outbox), [{"variant": variant, "sku": sku, "kind": kind} for variant, sku in variants]
        )


class Outbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    def changes(self, after: int = 0, limit: int = 1000) -> tuple[Change, ...]:
        """Up to `limit` changes with a sequence above `after`, in order; from 0 they build an index from nothing.

        They are on the disk: a power cut that took one back would give its sequence to another one.
        """
        names = ("sequence", "variant", "sku", "kind")
        rows = self._database.rows(_CHANGES, after=after, limit=limit)
        if rows:
            self._database.flush()
        return tuple(trusted(Change, [dict(zip(names, row, strict=True)) for row in rows], set(names)))

    def last_sequence(self) -> int:
        """0 when nothing was ever published. Cheap enough to ask before every answer."""
        return self._database.rows(_LAST)[0][0] or 0

    def skus_since(self, sequence: int) -> set[str]:
        """The products that changes above `sequence` are of: what a cache that is as old as `sequence` has to drop."""
        return {sku for (sku,) in self._database.rows(_SKUS, after=sequence)}

    def trim(self, before: int) -> int:
        """Drops changes below `before` that no longer matter, and returns how many.

        A variant's latest upsert stays, so that a new index can still be built from sequence 0; the latest change of all
        stays too. Every index in use must have applied all changes below `before`.
        """
        later = outbox.alias()
        superseded = exists().where(later.c.variant == outbox.c.variant, later.c.sequence > outbox.c.sequence)
        with self._database.write("catalogue") as connection:
            last = connection.execute(_LAST).scalar() or 0
            below = and_(outbox.c.sequence < before, outbox.c.sequence < last)
            return connection.execute(delete(outbox).where(below, or_(outbox.c.kind == "remove", superseded))).rowcount
