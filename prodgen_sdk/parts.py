"""What is made on first use and closed together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar, cast

from prodgen_sdk.errors import InputError


class Closable(Protocol):
    """What holds something until it is closed."""

    def close(self) -> None: ...


Part = TypeVar("Part", bound=Closable)


def close_all(parts: Iterable[Closable], message: str) -> None:
    """Closes each part.

    Raises:
        ExceptionGroup: `message`, with what could not be closed, after closing the rest.
    """
    errors: list[Exception] = []
    for part in parts:
        try:
            part.close()
        except Exception as error:
            errors.append(error)
    if errors:
        raise ExceptionGroup(message, errors)


class Parts:
    """Parts by name, each made once, from any number of threads.

    A part whose making asks for another one is closed before it.

    >>> from io import StringIO
    >>> parts = Parts("studio")
    >>> parts.get("words", StringIO) is parts.get("words", StringIO)
    True
    >>> parts.close()
    >>> parts.closed
    True
    """

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._lock = threading.RLock()
        self._parts: dict[str, Closable] = {}
        self._closed = threading.Event()

    @property
    def closed(self) -> bool:
        return self._closed.is_set()

    def get(self, name: str, make: Callable[[], Part]) -> Part:
        """The part of a name, which `make` makes if it is not there; raises InputError once all are closed."""
        with self._lock:
            if self.closed:
                raise InputError(f"The {self._owner} is closed.", hint="Open it again.")
            if name not in self._parts:
                self._parts[name] = make()
            return cast(Part, self._parts[name])

    def close(self, *more: Closable) -> None:
        """Closes all parts, the last made first, then `more`. A second call does nothing.

        Raises:
            ExceptionGroup: of what could not be closed, after closing the rest.
        """
        with self._lock:
            if self.closed:
                return
            self._closed.set()
            parts = [*reversed(self._parts.values()), *more]
        close_all(parts, f"The {self._owner} could not be closed cleanly.")
