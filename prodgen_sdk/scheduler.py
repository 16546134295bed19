"""Batching across threads: requests that arrive together are answered together."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import CancelledError, Future
from typing import Generic, TypeVar

from prodgen_sdk.errors import Busy, Cancelled

Q = TypeVar("Q")
A = TypeVar("A")
_Waiting = tuple[Q, "Future[A]"]


class Batcher(Generic[Q, A]):
    """Collects requests of many threads into batches and runs one batch at a time on a thread of its own.

    A batch holds requests of one `key` (same size and mode, say). If a batch of several fails, its members are run one by
    one, so that a bad request fails alone. A future that is cancelled before its batch starts is dropped.

    Args:
        run: answers a batch, in order.
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
        run: Callable[[Sequence[Q]], Sequence[A]],
        *,
        key: Callable[[Q], Hashable] = lambda item: None,
        max_batch: int = 8,
        max_wait: float = 0.002,
        max_queue: int = 1024,
    ) -> None:
        self._run = run
        self._key = key
        self._max_batch = max_batch
        self._max_wait = max_wait
        self._max_queue = max_queue
        self._start()

    def _start(self) -> None:
        self._queue: queue.Queue[_Waiting[Q, A] | None] = queue.Queue(self._max_queue)
        self._closed = threading.Event()
        self._closing = threading.Lock()
        self._process = os.getpid()
        self._thread = threading.Thread(target=self._work, name="prodgen-batcher", daemon=True)
        self._thread.start()

    def submit(self, item: Q, *, timeout: float = 0.0) -> Future[A]:
        """Queues a request; waits up to `timeout` seconds for a place.

        Raises:
            Busy: there was no place.
            Cancelled: the batcher is closed.
        """
        if self._process != os.getpid():
            self._start()  # a forked process has the queue, but not the thread
        future: Future[A] = Future()
        with self._closing:
            if self._closed.is_set():
                raise Cancelled("The scheduler is closed.")
            if self._offer((item, future)):
                return future
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            time.sleep(0.001)
            with self._closing:
                if self._closed.is_set():
                    raise Cancelled("The scheduler is closed.")
                if self._offer((item, future)):
                    return future
        raise Busy(
            f"{self._max_queue} requests are waiting already.",
            hint="Try again later, or raise scheduler.max_queue.",
        )

    def close(self, *, cancel: bool = False) -> None:
        """Answers what is queued (with `cancel`: drops it), then ends the thread."""
        with self._closing:
            if self._closed.is_set() or self._process != os.getpid():
                return
            self._closed.set()
        while cancel:
            try:
                waiting = self._queue.get_nowait()
            except queue.Empty:
                break
            if waiting is not None:
                waiting[1].cancel()
        self._queue.put(None)
        self._thread.join()

    def __enter__(self) -> Batcher[Q, A]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _offer(self, waiting: _Waiting[Q, A]) -> bool:
        try:
            self._queue.put_nowait(waiting)
        except queue.Full:
            return False
        return True

    def _work(self) -> None:
        held: _Waiting[Q, A] | None = None
        while True:
            first = held or self._queue.get()
            held = None
            if first is None:
                return
            batch = [first]
            deadline = time.monotonic() + self._max_wait
            ended = False
            while len(batch) < self._max_batch:
                try:
                    following = self._queue.get(timeout=max(0.0, deadline - time.monotonic()))
                except queue.Empty:
                    break
                if following is None:
                    ended = True
                    break
                if self._key(following[0]) != self._key(first[0]):
                    held = following
                    break
                batch.append(following)
            self._answer([waiting for waiting in batch if waiting[1].set_running_or_notify_cancel()])
            if ended:
                return

    def _answer(self, batch: list[_Waiting[Q, A]]) -> None:
        if not batch:
            return
        try:
            answers = self._run([item for item, _ in batch])
            if len(answers) != len(batch):
                raise RuntimeError(f"{len(answers)} answers to {len(batch)} requests")
        except BaseException as error:
            if len(batch) == 1:
                batch[0][1].set_exception(error)
            else:
                for waiting in batch:
                    self._answer([waiting])
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            future.set_result(answer)


def result(future: Future[A]) -> A:
    """The answer of a future; a cancelled one raises our Cancelled."""
    try:
        return future.result()
    except CancelledError:
        raise Cancelled("The work was cancelled.") from None
