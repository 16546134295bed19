"""A memory of the last few results, whose owners can take theirs with them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")


@dataclass
class _Item:
    value: Any
    owners: set[str] = field(default_factory=set)
    shared: bool = False


class Recent(Generic[T]):
    """The last few results by key, in memory only; safe to use from several threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._items: OrderedDict[str, _Item] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str, make: Callable[[], T], owner: str | None = None) -> T:
        """What is remembered under `key`, or else made.

        Args:
            owner: whom the result belongs to: it is forgotten with the last of its owners; None for what belongs to nobody,
                which stays as long as there is room.
        """
        with self._lock:
            known = self._items.get(key)
            if known is not None:
                self._items.move_to_end(key)
                self._owned(known, owner)
                return cast(T, known.value)
        value = make()
        with self._lock:
            self._owned(self._items.setdefault(key, _Item(value)), owner)
            while len(self._items) > self._size:
                self._items.popitem(last=False)
        return value

    def forget(self, key: str) -> None:
        """Forgets one result."""
        with self._lock:
            self._items.pop(key, None)

    def forget_owner(self, owner: str) -> None:
        """Forgets what belonged to one owner and to no other."""
        with self._lock:
            for key, item in list(self._items.items()):
                if owner in item.owners:
                    item.owners.discard(owner)
                    if not item.owners and not item.shared:
                        del self._items[key]

    @staticmethod
    def _owned(item: _Item, owner: str | None) -> None:
        if owner is None:
            item.shared = True
        else:
            item.owners.add(owner)
