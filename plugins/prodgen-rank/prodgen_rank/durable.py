"""A small value that outlives the process: one JSON file with a checksum, replaced whole, followed by other processes."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar

from prodgen_sdk.errors import StoreError
from prodgen_sdk.files import locked, write_atomically

S = TypeVar("S")
_LOCK_SECONDS = 60.0


class Durable(Generic[S]):
    """Keeps an immutable value in `folder/name`, or in memory only where `folder` is None.

    Args:
        empty: the value where nothing was kept yet.
        encode: the value as JSON-ready data.
        decode: the value from such data.
    """

    def __init__(
        self, folder: Path | None, name: str, empty: S, encode: Callable[[S], Any], decode: Callable[[Any], S]
    ) -> None:
        self._path = folder / name if folder else None
        self._place = os.fspath(self._path) if self._path else ""
        self._empty, self._encode, self._decode = empty, encode, decode
        self._lock = threading.RLock()
        self._mark: tuple[int, int] | None = None
        self._value = empty

    def get(self) -> S:
        """The value as it was last kept by any process.

        Raises:
            StoreError: the file is damaged.
        """
        if self._path and self._look() != self._mark:
            with self._lock:
                self._value, self._mark = self._load(self._path)
        return self._value

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the lock of the one writer among all threads and processes."""
        with self._lock:
            if self._path is None:
                yield
                return
            with locked(
                self._path.with_name(f"{self._path.name}.lock"), seconds=_LOCK_SECONDS, work=f"changing {self._path}"
            ):
                yield

    def put(self, value: S) -> None:
        """Replaces the value; between `get` and `put`, hold the lock.

        Raises:
            StoreError: the disk is full or not writable; the old value stays.
        """
        if self._path:
            body = json.dumps(self._encode(value), separators=(",", ":"), sort_keys=True)
            write_atomically(self._path, f"{hashlib.sha256(body.encode()).hexdigest()}\n{body}\n".encode())
            self._mark = self._look()
        self._value = value

    def _look(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self._place)  # noqa: PTH116 - looked at several times a request
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns

    def _load(self, path: Path) -> tuple[S, tuple[int, int] | None]:
        mark = self._look()
        if mark is None:
            return self._empty, None
        checksum, _, body = path.read_bytes().partition(b"\n")
        if not body.endswith(b"\n") or hashlib.sha256(body[:-1]).hexdigest().encode() != checksum:
            raise StoreError(f"{path} is damaged.", hint="Delete it, then run: prodgen learn")
        return self._decode(json.loads(body)), mark
