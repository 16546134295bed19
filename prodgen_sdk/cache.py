"""A bounded cache that several threads may share."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Cache(Generic[K, V]):
    """Keeps the values that were used last.

    >>> squares = Cache[int, int](2)
    >>> squares.get_many([1, 2, 3], lambda keys: {key: key * key for key in keys})
    {1: 1, 2: 4, 3: 9}
    >>> len(squares)
    2
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()
        self._age = 0

    def get_many(self, keys: Iterable[K], load: Callable[[list[K]], Mapping[K, V]]) -> dict[K, V]:
        """The values of some keys, in their order; those that are not here come from `load`, and unknown ones are left out.

        A value that was loaded while `drop` or `clear` ran is handed out, but not kept.
        """
        asked = dict.fromkeys(keys)
        with self._lock:
            age, values = self._age, self._values
            found = {key: value for key in asked if (value := values.get(key)) is not None}
            deque(map(values.move_to_end, found), maxlen=0)
        if len(found) == len(asked):
            return found
        loaded = load([key for key in asked if key not in found])
        found.update(loaded)
        with self._lock:
            if age == self._age:
                self._values.update(loaded)
                while len(self._values) > self._size:
                    self._values.popitem(last=False)
        return {key: found[key] for key in asked if key in found}

    def get(self, key: K) -> V | None:
        """The value of a key, or None."""
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def put(self, key: K, value: V) -> None:
        """Keeps a value."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._size:
                self._values.popitem(last=False)

    def drop(self, keys: Iterable[K]) -> None:
        """Forgets some keys."""
        with self._lock:
            self._age += 1
            for key in keys:
                self._values.pop(key, None)

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._age += 1
            self._values.clear()

    def __len__(self) -> int:
        return len(self._values)
