"""Try-ons that a user asked to keep for a while, apart from everything that is public."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from prodgen_sdk.errors import InputError, NotFound, StoreError
from prodgen_sdk.store.blobs import Blobs
from prodgen_sdk.store.database import Database
from prodgen_sdk.store.schema import from_micros, now_micros, to_micros, tryons
from prodgen_sdk.types import Model


class RetainedTryOn(Model):
    """A photo and its dressed image, kept until `retain_until`; photo and result are digests of their files."""

    id: str
    user: str
    photo: str
    result: str
    created_at: datetime
    retain_until: datetime


# What has expired is not there, even where it could not be deleted.
_VALID = (tryons.c.complete, tryons.c.retain_until > bindparam("now"))
_EXPIRED = select(tryons.c.id).where(tryons.c.retain_until <= bindparam("now"))


class TryOns:
    """Rows in the database, files below a private root that holds nothing else.

    The row is written before the files and deleted after them: at no moment is there a file that no row names. What has
    expired is deleted whenever the store is opened or asked for a try-on, and never shown.
    """

    def __init__(self, database: Database, files: Blobs) -> None:
        self._database = database
        self._files = files

    def keep(self, user: str, photo: bytes, result: bytes, until: datetime) -> RetainedTryOn:
        """Keeps the bytes of two image files until a time.

        Raises:
            InputError: `until` has passed.
            StoreError: it could not be written; nothing is kept.
        """
        self.expire(datetime.now(UTC))
        now = now_micros()
        if to_micros(until) <= now:
            raise InputError("The time until which the try-on is kept has passed.", hint="Give a time in the future.")
        kept = RetainedTryOn(
            id=uuid.uuid4().hex,
            user=user,
            photo=hashlib.sha256(photo).hexdigest(),
            result=hashlib.sha256(result).hexdigest(),
            created_at=from_micros(now),
            retain_until=from_micros(to_micros(until)),
        )
        times = {"created_at": now, "retain_until": to_micros(until)}
        with self._database.write() as connection:
            connection.execute(insert(tryons).values(**{**kept.model_dump(), **times}, complete=False))
        try:
            self._files.write(f"{kept.id}/photo", photo)
            self._files.write(f"{kept.id}/result", result)
        except StoreError:
            self._erase([kept.id])
            raise
        with self._database.write() as connection:
            written = connection.execute(update(tryons).where(tryons.c.id == kept.id).values(complete=True)).rowcount
        if not written:  # the user was forgotten meanwhile
            self._files.delete_folder(kept.id)
        return kept

    def of(self, user: str) -> tuple[RetainedTryOn, ...]:
        """What is kept of a user, oldest first."""
        self.expire(datetime.now(UTC))
        query = select(tryons).where(tryons.c.user == user, *_VALID).order_by(tryons.c.created_at, tryons.c.id)
        with self._database.read() as connection:
            return tuple(_session(row) for row in connection.execute(query, {"now": now_micros()}))

    def photo(self, id: str) -> bytes:
        """The verified bytes of the photo; raises NotFound or StoreError."""
        return self._read(id, "photo")

    def result(self, id: str) -> bytes:
        """The verified bytes of the dressed image; raises NotFound or StoreError."""
        return self._read(id, "result")

    def expire(self, now: datetime) -> int:
        """Deletes what should not be kept any longer at `now`, files included, and returns how many try-ons."""
        return self._erase([id for (id,) in self._database.rows(_EXPIRED, now=to_micros(now))])[0]

    def forget(self, user: str) -> tuple[int, int]:
        """Deletes all that is kept of a user; how many try-ons and files that was."""
        return self._erase(self.ids(user))

    def count(self, user: str) -> int:
        """Try-ons that the database knows of a user, half-written ones included."""
        with self._database.read() as connection:
            return connection.execute(
                select(func.count()).select_from(tryons).where(tryons.c.user == user)
            ).scalar_one()

    def ids(self, user: str) -> tuple[str, ...]:
        """The ids of `count`."""
        with self._database.read() as connection:
            return tuple(connection.execute(select(tryons.c.id).where(tryons.c.user == user)).scalars())

    def files(self, id: str) -> tuple[str, ...]:
        """The files that there really are of a try-on."""
        return tuple(self._files.names(id))

    def _erase(self, ids: Collection[str]) -> tuple[int, int]:
        files = 0
        for id in ids:
            files += self._files.delete_folder(id)
            with self._database.write() as connection:
                connection.execute(delete(tryons).where(tryons.c.id == id))
            files += self._files.delete_folder(id)  # a `keep` that was at work meanwhile
        return len(ids), files

    def _read(self, id: str, which: Literal["photo", "result"]) -> bytes:
        self.expire(datetime.now(UTC))
        query = select(tryons).where(tryons.c.id == id, *_VALID)
        with self._database.read() as connection:
            row = connection.execute(query, {"now": now_micros()}).one_or_none()
        if row is None:
            raise NotFound(
                f"There is no retained try-on {id!r}.", hint="It may have expired, or its user was forgotten."
            )
        data = self._files.read(f"{id}/{which}")
        if data is None or hashlib.sha256(data).hexdigest() != getattr(row, which):
            raise StoreError(f"The {which} of try-on {id} is {'missing' if data is None else 'damaged'}.")
        return data


def _session(row: Row[Any]) -> RetainedTryOn:
    values = dict(row._mapping)
    del values["complete"]
    return RetainedTryOn(
        **{**values, "created_at": from_micros(row.created_at), "retain_until": from_micros(row.retain_until)}
    )
