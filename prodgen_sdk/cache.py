"""A bounded cache that several threads may share."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from itertools import repeat
from operator import is_not
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Cache(Generic[K, V]):
    """Keeps the values that were used last, at least half of `size` and at most `size` of them.

    They lie in two generations. What is used moves to the newer one; when that is full, it becomes the older one, and what had not
    been used since the last time goes. So looking up what was used lately changes nothing, and needs no lock.

    >>> squares = Cache[int, int](2)
    >>> squares.get_many([1, 2, 3], lambda keys: {key: key * key for key in keys})
    {1: 1, 2: 4, 3: 9}
    >>> len(squares)
    2
    """

    def __init__(self, size: int) -> None:
        self._half = max(1, size // 2)
        self._newer: dict[K, V] = {}
        self._older: dict[K, V] = {}
        self._lock = threading.Lock()
        self._age = 0

    def get_many(self, keys: Iterable[K], load: Callable[[list[K]], Mapping[K, V]]) -> dict[K, V]:
        """The values of some keys, in their order; those that are not here come from `load`, and unknown ones are left out.

        A value that was loaded while `drop` or `clear` ran is handed out, but not kept.
        """
        asked = dict.fromkeys(keys)
        here = list(map(self._newer.get, asked))
        if all(map(is_not, here, repeat(None))):
            return dict(zip(asked, here, strict=True))  # type: ignore[arg-type]
        with self._lock:
            age = self._age
            here = [self._used(key) if value is None else value for key, value in zip(asked, here, strict=True)]
        found = {key: value for key, value in zip(asked, here, strict=True) if value is not None}
        missing = [key for key in asked if key not in found]
        if missing:
            loaded = load(missing)
            found.update(loaded)
            with self._lock:
                if age == self._age:
                    for key, value in loaded.items():
                        self._keep(key, value)
        return {key: found[key] for key in asked if key in found}

    def get(self, key: K) -> V | None:
        """The value of a key, or None."""
        found = self._newer.get(key)
        if found is None:
            with self._lock:
                found = self._used(key)
        return found

    def put(self, key: K, value: V) -> None:
        """Keeps a value."""
        with self._lock:
            self._keep(key, value)

    def drop(self, keys: Iterable[K]) -> None:
        """Forgets some keys."""
        with self._lock:
            self._age += 1
            for key in keys:
                self._newer.pop(key, None)
                self._older.pop(key, None)

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._age += 1
            self._newer, self._older = {}, {}

    def __len__(self) -> int:
        return len(self._newer) + len(self._older)

    def _used(self, key: K) -> V | None:
        found = self._newer.get(key)
        if found is None and (found := self._older.get(key)) is not None:
            self._keep(key, found)
        return found

    def _keep(self, key: K, value: V) -> None:
        if len(self._newer) >= self._half and key not in self._newer:
            self._newer, self._older = {}, self._newer
        self._older.pop(key, None)
        self._newer[key] = value
