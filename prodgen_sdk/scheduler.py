"""Batching across threads: requests that arrive together are answered together."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from prodgen_sdk.context import Context
from prodgen_sdk.errors import Busy, Cancelled

Q = TypeVar("Q")
A = TypeVar("A")
_RESTARTING = threading.Lock()
_LOOK_EVERY = 0.05  # seconds between two looks at whether the caller still wants its answer


@dataclass(eq=False)
class _Waiting(Generic[Q, A]):
    item: Q
    since: float
    future: Future[A] = field(default_factory=Future)


class Batcher(Generic[Q, A]):
    """Collects requests of many threads into batches; each worker, a thread of its own, runs one batch at a time.

    A batch holds requests of one `key` (same size and mode, say); requests of other keys wait meanwhile, and whose first
    waits longest comes next. If a batch of several fails, its members are run one by one, so that a bad request fails alone.
    A future that is cancelled before its batch starts is dropped.

    Args:
        run: answers a batch, in order; several of them are as many workers, one for each device, say.
        key: what must be equal within a batch.
        max_batch: most requests in a batch.
        max_wait: seconds for which the first request of a batch waits for company.
        max_queue: most requests that wait; `submit` raises Busy beyond it.

    >>> with Batcher(lambda batch: [item * 2 for item in batch]) as batcher:
    ...     batcher.submit(21).result()
    42
    """

    def __init__(
        self,
        run: Callable[[Sequence[Q]], Sequence[A]] | Sequence[Callable[[Sequence[Q]], Sequence[A]]],
        *,
        key: Callable[[Q], Hashable] = lambda item: None,
        max_batch: int = 8,
        max_wait: float = 0.002,
        max_queue: int = 1024,
    ) -> None:
        self._runs = [run] if callable(run) else list(run)
        self._key = key
        self._max_batch = max_batch
        self._max_wait = max_wait
        self._max_queue = max_queue
        self._start()

    def _start(self) -> None:
        self._waiting: dict[Hashable, deque[_Waiting[Q, A]]] = {}
        self._changed = threading.Condition()
        self._closed = False
        self._process = os.getpid()
        self._threads = [
            threading.Thread(target=self._work, args=(run,), name=f"prodgen-batcher-{number}", daemon=True)
            for number, run in enumerate(self._runs)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, item: Q, *, timeout: float = 0.0) -> Future[A]:
        """Queues a request; waits up to `timeout` seconds for a place.

        Raises:
            Busy: there was no place.
            Cancelled: the batcher is closed.
        """
        if self._process != os.getpid():
            with _RESTARTING:
                if self._process != os.getpid():
                    self._start()  # a forked process has the queue, but not the threads
        key = self._key(item)
        with self._changed:
            there = self._changed.wait_for(lambda: self._closed or self._has_place(), timeout)
            if self._closed:
                raise Cancelled("The scheduler is closed.")
            if not there:
                raise Busy(
                    f"{self._max_queue} requests are waiting already.",
                    hint="Try again later, or raise scheduler.max_queue.",
                )
            waiting: _Waiting[Q, A] = _Waiting(item, time.monotonic())
            self._waiting.setdefault(key, deque()).append(waiting)
            self._changed.notify_all()
        return waiting.future

    def close(self, *, cancel: bool = False) -> None:
        """Answers what is queued (with `cancel`: drops it), then ends the threads."""
        if self._process != os.getpid():
            return
        with self._changed:
            self._closed = True
            if cancel:
                for group in self._waiting.values():
                    for waiting in group:
                        waiting.future.cancel()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def __enter__(self) -> Batcher[Q, A]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _has_place(self) -> bool:
        if sum(map(len, self._waiting.values())) < self._max_queue:
            return True
        self._waiting = {
            key: kept
            for key, group in self._waiting.items()
            if (kept := deque(waiting for waiting in group if not waiting.future.cancelled()))
        }
        return sum(map(len, self._waiting.values())) < self._max_queue

    def _work(self, run: Callable[[Sequence[Q]], Sequence[A]]) -> None:
        while (batch := self._next()) is not None:
            _answer(run, [waiting for waiting in batch if waiting.future.set_running_or_notify_cancel()])

    def _next(self) -> list[_Waiting[Q, A]] | None:
        """The next batch, once it is full or its first request has waited long enough; None when all is done."""
        with self._changed:
            while True:
                if not self._waiting:
                    if self._closed:
                        return None
                    self._changed.wait()
                    continue
                key, group = min(self._waiting.items(), key=lambda found: found[1][0].since)
                left = group[0].since + self._max_wait - time.monotonic()
                if len(group) < self._max_batch and left > 0 and not self._closed:
                    self._changed.wait(left)
                    continue  # another worker may have taken it meanwhile
                batch = [group.popleft() for _ in range(min(self._max_batch, len(group)))]
                if not group:
                    del self._waiting[key]
                self._changed.notify_all()
                return batch


def _answer(run: Callable[[Sequence[Q]], Sequence[A]], batch: list[_Waiting[Q, A]]) -> None:
    if not batch:
        return
    try:
        answers = run([waiting.item for waiting in batch])
        if len(answers) != len(batch):
            raise RuntimeError(f"{len(answers)} answers to {len(batch)} requests")
    except BaseException as error:
        if len(batch) == 1:
            batch[0].future.set_exception(error)
        else:
            for waiting in batch:
                _answer(run, [waiting])
        return
    for waiting, answer in zip(batch, answers, strict=True):
        waiting.future.set_result(answer)


def queued(batcher: Batcher[Q, A], item: Q, ctx: Context) -> Future[A]:
    """Queues a request, and waits for a place for as long as the context allows.

    Raises:
        Cancelled, DeadlineExceeded: the context says so, or the batcher is closed.
    """
    while True:
        ctx.check()
        try:
            return batcher.submit(item, timeout=_LOOK_EVERY)
        except Busy:
            continue


def result(future: Future[A], ctx: Context | None = None) -> A:
    """The answer of a future; a cancelled one raises our Cancelled.

    With a context it is waited for only as long as the context allows, even where others in its batch still want theirs.

    Raises:
        Cancelled, DeadlineExceeded: the context says so; the answer is dropped.
    """
    try:
        while ctx is not None:
            try:
                return future.result(_LOOK_EVERY)
            except TimeoutError:
                if future.done():  # just now, or with a TimeoutError of its own
                    break
                ctx.check()
        return future.result()
    except CancelledError:
        raise Cancelled("The work was cancelled.") from None
    except BaseException:
        future.cancel()
        raise
