"""Work beside the path of a request."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable

from prodgen_sdk.errors import InputError

logger = logging.getLogger(__name__)


class Run:
    """One run of some work: done, or failed with `error`."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.done = threading.Event()
        self.error: Exception | None = None

    def wait(self, seconds: float | None = None) -> bool:
        """Whether it is done; waits that long (None: until it is)."""
        return self.done.wait(seconds)


class Background:
    """Work that is done on a thread of its own, one run at a time; whoever starts it meanwhile shares the run.

    A run that failed is followed by a pause, in which its failure is shared as well. It is logged, once as long as it stays the
    same; what only a caller can mend is raised to them, and not logged besides.

    >>> runs = []
    >>> background = Background(lambda: runs.append(1), "count")
    >>> background.start().wait()
    True
    >>> runs
    [1]
    """

    def __init__(self, work: Callable[[], object], name: str, *, pause: float = 1.0) -> None:
        self._work = work
        self._name = name
        self._pause = pause
        self._lock = threading.Lock()
        self._run: Run | None = None
        self._not_before = 0.0
        self._told = ""

    def start(self) -> Run:
        """The run that is under way, a new one, or the one that just failed."""
        with self._lock:
            run = self._run
            # In a forked child the thread of a run is not there.
            if run is not None and run.pid == os.getpid() and (not run.done.is_set() or self._pausing(run)):
                return run
            run = self._run = Run()
            threading.Thread(target=self._do, args=(run,), name=f"prodgen-{self._name}", daemon=True).start()
            return run

    def close(self) -> None:
        """Waits for the run that is under way."""
        with self._lock:
            run = self._run
        if run is not None and run.pid == os.getpid():
            run.wait()

    def _pausing(self, run: Run) -> bool:
        return run.error is not None and time.monotonic() < self._not_before

    def _do(self, run: Run) -> None:
        try:
            self._work()
            self._told = ""
        except Exception as error:
            self._not_before = time.monotonic() + self._pause
            run.error = error
            if not isinstance(error, InputError) and self._told != str(error):
                self._told = str(error)
                logger.warning("%s failed and is tried again: %s", self._name, error)
        finally:
            run.done.set()
