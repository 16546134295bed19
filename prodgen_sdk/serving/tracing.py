"""What happened on the way to an answer, measured as it happens."""

from __future__ import annotations

import hashlib
import os
import time
from collections import deque
from collections.abc import Sequence
from datetime import datetime

from prodgen_sdk.types import Source, Trace, trusted

_FIELDS = set(Trace.model_fields)
_KEY = os.urandom(16)


class Stopwatch:
    """The times of a request's stages.

    Args:
        budget: seconds from now; None for no limit.
    """

    def __init__(self, budget: float | None = None) -> None:
        self.started = self._last = time.perf_counter()
        self.deadline = None if budget is None else time.monotonic() + budget
        self.stages: dict[str, float] = {}
        self.counts: dict[str, int] = {}
        self.versions: dict[str, str] = {}
        self.notes: list[str] = []

    def lap(self, stage: str) -> None:
        """Ends a stage; what comes again is added up."""
        now = time.perf_counter()
        self.stages[stage] = self.stages.get(stage, 0.0) + (now - self._last) * 1000
        self._last = now

    @property
    def left(self) -> float | None:
        """Seconds until the budget is spent; None without one."""
        return None if self.deadline is None else self.deadline - time.monotonic()

    def trace(self, request_id: str, user: str, at: datetime, k: int, source: Source) -> Trace:
        """All of it as a value."""
        row = {
            "request_id": request_id,
            "user": hashed(user),
            "at": at,
            "k": k,
            "source": source,
            "milliseconds": (time.perf_counter() - self.started) * 1000,
            "stages": dict(self.stages),
            "counts": dict(self.counts),
            "versions": dict(self.versions),
            "notes": tuple(self.notes),
        }
        return trusted(Trace, [row], _FIELDS)[0]


class Traces:
    """The last `n` traces, oldest first."""

    def __init__(self, n: int) -> None:
        self._kept: deque[Trace] = deque(maxlen=n)

    def add(self, trace: Trace) -> None:
        self._kept.append(trace)

    def all(self) -> Sequence[Trace]:
        return tuple(self._kept)

    def forget(self, user: str) -> None:
        """Drops what is of a user."""
        gone = hashed(user)
        for trace in [trace for trace in self.all() if trace.user == gone]:
            try:
                self._kept.remove(trace)
            except ValueError:
                continue  # a newer one has pushed it out


def hashed(user: str) -> str:
    """A name for a user that is the same within this process, and cannot be traced back outside of it."""
    return hashlib.blake2b(user.encode(errors="replace"), key=_KEY, digest_size=8).hexdigest()
