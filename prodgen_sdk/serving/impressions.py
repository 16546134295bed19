"""Where impressions are logged: before the answer is given, or right after it by a thread of its own."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Sequence
from typing import Literal, Protocol

from prodgen_sdk.errors import Busy, ProdgenError
from prodgen_sdk.types import Event

Mode = Literal["sync", "background"]
_BATCH = 2000
_TRIES = 5
_SECONDS_BETWEEN_TRIES = 0.2
_PATIENCE = 5.0
_FOR_OTHERS = 0.25
"""Seconds that an answer waits for others who write to the database."""
logger = logging.getLogger(__name__)


class Append(Protocol):
    def __call__(self, items: Sequence[Event], patience: float = ..., /) -> object: ...


class ImpressionLog:
    """Logs impressions with `append`.

    While others hold the database for long, as where `forget` rewrites it, no answer waits for it in vain more than once:
    what was given to `later` goes first, and those that come meanwhile follow it.

    In the background at most `room` events wait. Who brings more waits for a place, at last in vain. A killed process loses
    those that wait, which is what was shown in the last milliseconds; a database that fails for a second does not lose any.

    Args:
        append: writes some events in one transaction, whole or not at all; takes the seconds to wait for others that write.
    """

    def __init__(self, append: Append, mode: Mode = "sync", *, room: int = 10_000) -> None:
        self._append = append
        self._mode = mode
        self._room = room
        self._waiting: deque[Event] = deque()
        self._writing = self._taken = self._done = 0
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._pid = os.getpid()
        self._closed = self._behind = False
        self.lost = 0

    @property
    def waiting(self) -> int:
        """How many events were taken in and are not logged yet."""
        return len(self._waiting) + self._writing

    def put(self, events: Sequence[Event], patience: float | None = None) -> bool:
        """Logs events, or takes them in; returns whether the mode's promise was kept in time.

        Args:
            patience: seconds that it may take. What is late by then goes on behind the caller's back. None for as long as it
                takes on the caller's thread, but for others that write.

        Raises:
            Busy: the background has no room, or others before these wait still.
            StoreError: they could not be logged; in the background that is noted in the process's log alone.
        """
        if self._closed:
            self._append(events)
            return True
        if self._mode == "sync" and patience is None:
            if self._behind:
                raise Busy(f"{self.waiting} impressions before these wait to be logged.")
            self._append(events, _FOR_OTHERS)
            return True
        with self._changed:
            if not self._take(events, _PATIENCE if patience is None else patience):
                raise Busy(
                    f"{len(self._waiting)} impressions wait to be logged.", hint="The database is slow: ask less often."
                )
            last = self._taken
            return self._mode == "background" or self._changed.wait_for(lambda: self._done >= last, patience)

    def later(self, events: Sequence[Event]) -> None:
        """Takes in events that could not be logged when they should have been; without room they are lost, and counted."""
        with self._changed:
            if self._closed or not self._take(events, 0.0):
                self._lose(events, "too many wait already")
            else:
                self._behind = True

    def _take(self, events: Sequence[Event], patience: float) -> bool:
        self._start()
        if not self._changed.wait_for(lambda: len(self._waiting) + len(events) <= self._room, patience):
            return False
        self._waiting.extend(events)
        self._taken += len(events)
        self._changed.notify_all()
        return True

    def flush(self) -> None:
        """Waits until all that was taken in is logged (or lost)."""
        with self._changed:
            if self._thread is not None and self._pid == os.getpid():
                self._changed.wait_for(lambda: not self._waiting and not self._writing)

    def close(self) -> None:
        """Logs what waits and ends the thread."""
        self.flush()
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None and self._pid == os.getpid():
            thread.join()

    def _start(self) -> None:
        if self._thread is None or self._pid != os.getpid():
            if self._pid != os.getpid():
                # What waited at the fork is the parent's to log.
                self._done = self._taken
                self._waiting.clear()
                self._behind = False
                self._pid = os.getpid()
            self._thread = threading.Thread(target=self._write, name="prodgen-impressions", daemon=True)
            self._thread.start()

    def _write(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                if not self._waiting:
                    return
                batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
                self._writing = len(batch)
            self._append_or_lose(batch)
            with self._changed:
                self._writing = 0
                self._done += len(batch)
                self._behind = self._behind and bool(self._waiting)
                self._changed.notify_all()

    def _append_or_lose(self, batch: Sequence[Event]) -> None:
        for tries_left in reversed(range(_TRIES)):
            try:
                self._append(batch)
                return
            except ProdgenError as error:
                if not tries_left:
                    self._lose(batch, error)
                    return
                time.sleep(_SECONDS_BETWEEN_TRIES)

    def _lose(self, events: Sequence[Event], why: object) -> None:
        self.lost += len(events)
        logger.error("%s impressions could not be logged: %s", len(events), why)
