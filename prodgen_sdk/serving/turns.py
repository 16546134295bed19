"""Requests one after the other: threads that compete for the interpreter answer fewer of them than a single thread does."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Turns:
    """Lets threads work one after the other, in the order in which they came.

    A request gives the interpreter's lock back at each call of numpy, FAISS and SQLite, some fifty times; where others compute, it
    waits as often until it has it again. Waiting for a turn, it waits once.

    Nobody holds up others for long: a turn is over after `seconds`, even if its work is not, and the next one works beside it. So a
    plugin may wait for the network meanwhile, or ask for recommendations itself.

    Args:
        seconds: 0 for no waiting at all.

    >>> turns = Turns(0.01)
    >>> with turns.turn(), turns.turn():
    ...     print("after 10 ms")
    after 10 ms
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._waiting: deque[Any] = deque()
        """A lock of each one that waits, which is released when its turn has come."""
        self._working: Any = None
        self._until = 0.0

    @contextmanager
    def turn(self, patience: float = math.inf) -> Iterator[None]:
        """Waits for its turn, but `patience` seconds at most; inside, it works."""
        mine = threading.Lock()
        with self._lock:
            at_once = not self._waiting and time.monotonic() >= self._until
            if at_once:
                self._begin(mine)
            else:
                mine.acquire()
                self._waiting.append(mine)
                # By then the turns of all those before are over.
                patience = min(patience, self._seconds * len(self._waiting))
        if not at_once and not mine.acquire(timeout=patience):
            with self._lock:
                if mine in self._waiting:  # or else its turn came at this moment
                    self._waiting.remove(mine)
                    self._begin(mine)
        try:
            yield
        finally:
            with self._lock:
                if self._working is mine:
                    self._end()

    def _begin(self, one: Any) -> None:
        self._working, self._until = one, time.monotonic() + self._seconds

    def _end(self) -> None:
        self._until = 0.0
        if self._waiting:
            following = self._waiting.popleft()
            self._begin(following)
            following.release()
