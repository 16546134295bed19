"""One request for recommendations: as it was asked, while it is answered, and the time that it may take."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeVar

from prodgen_sdk.context import Context
from prodgen_sdk.errors import Busy, Cancelled, DeadlineExceeded, PluginError, StoreError
from prodgen_sdk.serving.tracing import Stopwatch
from prodgen_sdk.types import Filter, Locale, Ranked, RecommendationContext, Source, Trace, UserProfile
from prodgen_sdk.types.rules import Rules

FALLS_BACK = (PluginError, StoreError, DeadlineExceeded, Busy)
"""What makes the next level answer. Wrong usage is the caller's to mend, and raised."""

T = TypeVar("T")
_WORKERS = 16
_PATIENCE = 0.25


class Ready(NamedTuple):
    """Up to k products in their order, each described, and who each was meant for; only the images are to be chosen.

    Args:
        outdated: nothing was found, but the catalogue has changed after what the index knew.
    """

    ranked: Sequence[Ranked]
    sources: Sequence[Source]
    outdated: bool = False


@dataclass(frozen=True)
class Question:
    """One call of `Studio.recommend`, which says what the arguments mean."""

    user: str
    k: int = 10
    _: KW_ONLY
    filter: Filter | None = None
    at: datetime | None = None
    request_id: str | None = None
    deterministic: bool = False
    log: bool = True
    locale: Locale = "en"
    facts: Mapping[str, str | float] | None = None
    rules: Rules | None = None
    budget_ms: float | None = None
    trace: Callable[[Trace], object] | None = None


@dataclass
class Request:
    """What was asked; below, what is known so far, so that a fall-back can go on from there.

    Args:
        must_fail: an error that no fall-back may hide, such as that of a hook that forbids products.
    """

    user: str
    context: RecommendationContext
    filter: Filter
    rules: Rules
    watch: Stopwatch
    budget: float | None = None
    profile: UserProfile | None = None
    must_fail: Exception | None = None
    given_up: threading.Event = field(default_factory=threading.Event)

    @property
    def ctx(self) -> Context | None:
        """What components are called with: they may stop once the request was given up."""
        if self.watch.deadline is None:
            return None
        return Context(deadline=self.watch.deadline, cancelled=self.given_up.is_set)

    @property
    def patience(self) -> float:
        """Seconds to wait for work that goes on without the request as well."""
        left = self.watch.left
        return _PATIENCE if left is None else max(0.0, min(_PATIENCE, left / 4))

    def late(self, what: str) -> DeadlineExceeded:
        """The error of a stage at which the budget was spent."""
        return DeadlineExceeded(f"The budget of {(self.budget or 0.0) * 1000:g} ms was spent at {what}.")

    def lap(self, stage: str) -> None:
        """Ends a stage.

        Raises:
            Cancelled: the request was answered otherwise meanwhile.
        """
        if self.given_up.is_set():
            raise Cancelled("The request was answered without this.")
        self.watch.lap(stage)


class Budgets:
    """Runs work that may have to be given up on threads of its own, so that the request can go on when its time is over."""

    def __init__(self) -> None:
        self._free = threading.BoundedSemaphore(_WORKERS)
        self._lock = threading.Lock()
        self._threads: ThreadPoolExecutor | None = None

    def within(self, request: Request, what: str, work: Callable[[], T], *, keep: float, least: float = 0.0) -> T:
        """The result of `work`, if it is there in time; however long it takes where there is no budget.

        Args:
            keep: the share of the whole budget that is kept for what follows.
            least: seconds that it has however little is left.

        Raises:
            DeadlineExceeded: it took too long. It goes on until its next stage, but nobody looks at it any more.
            Busy: all threads are held by work that was given up.
        """
        left = request.watch.left
        if left is None or request.budget is None:
            return work()
        left = max(least, left - keep * request.budget)
        late = request.late(what)
        if left <= 0:
            raise late
        if not self._free.acquire(blocking=False):
            raise Busy(f"{_WORKERS} requests before this one are still at work, although their time is over.")
        try:
            future = self._pool().submit(work)
        except BaseException:
            self._free.release()
            raise
        future.add_done_callback(lambda _: self._free.release())
        try:
            return future.result(timeout=left)
        except FutureTimeout:
            # Also what `work` raises when a plugin of it runs into a time-out of its own.
            if future.done():
                raise
            request.given_up.set()
            raise late from None

    def close(self) -> None:
        """Waits for nothing: what hangs would hang here too."""
        with self._lock:
            if self._threads is not None:
                self._threads.shutdown(wait=False, cancel_futures=True)

    def _pool(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._threads is None:
                self._threads = ThreadPoolExecutor(_WORKERS, thread_name_prefix="prodgen-recommend")
            return self._threads
