"""Warnings that come with every request while something is wrong."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Hashable

_SECONDS = 60.0


class Repeated:
    """Says a warning at once, then at most once in `seconds`, with how often it was left unsaid. Threads may share it."""

    def __init__(self, logger: logging.Logger, seconds: float = _SECONDS) -> None:
        self._logger = logger
        self._seconds = seconds
        self._lock = threading.Lock()
        self._said: dict[Hashable, tuple[float, int]] = {}

    def warning(self, kind: Hashable, message: str, *values: object) -> None:
        """Says or counts a warning.

        Args:
            kind: what repeats; there are few of them.
            message, values: as for `Logger.warning`.
        """
        now = time.monotonic()
        with self._lock:
            last, unsaid = self._said.get(kind, (-math.inf, 0))
            if now < last + self._seconds:
                self._said[kind] = (last, unsaid + 1)
                return
            self._said[kind] = (now, 0)
        if unsaid:
            message, values = f"{message} (and %d times since this was last said)", (*values, unsaid)
        self._logger.warning(message, *values)
