"""The async twin of Studio: the same methods, awaited; the work runs on threads and its batches are shared."""

from __future__ import annotations

import asyncio
import functools
import inspect
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

from prodgen_sdk.errors import Busy, DeadlineExceeded
from prodgen_sdk.studio import Studio

if TYPE_CHECKING:
    from prodgen_sdk.serving.health import Health
    from prodgen_sdk.types import Product, ReviewState, Variant

P = ParamSpec("P")
T = TypeVar("T")


def _awaited(method: Callable[Concatenate[Any, P], T]) -> Callable[Concatenate[Any, P], Coroutine[Any, Any, T]]:
    """The method of Studio that is awaited, with its name, arguments and documentation."""

    @functools.wraps(method)
    async def call(self: AsyncStudio, /, *args: P.args, **options: P.kwargs) -> T:
        return await self._work.run(functools.partial(getattr(self.studio, method.__name__), *args, **options))

    return call


def _served(method: Callable[Concatenate[Any, P], T]) -> Callable[Concatenate[Any, P], Coroutine[Any, Any, T]]:
    """The same for a method that serves requests; where it has a budget, the wait for a thread may not take longer."""
    budgeted = "budget_ms" in inspect.signature(method).parameters

    @functools.wraps(method)
    async def call(self: AsyncStudio, /, *args: P.args, **options: P.kwargs) -> T:
        budget = (options.get("budget_ms") or self.studio.config.recommend.budget_ms) if budgeted else None
        if not isinstance(budget, int | float) or not budget > 0:
            budget = None  # what is no budget is refused by the method
        return await self._serving.run(
            functools.partial(getattr(self.studio, method.__name__), *args, **options), budget
        )

    return call


def _stoppable(method: Callable[Concatenate[Any, P], T]) -> Callable[Concatenate[Any, P], Coroutine[Any, Any, T]]:
    """The same for a method that takes `cancelled`: it is told when the one who awaits it is cancelled."""

    @functools.wraps(method)
    async def call(self: AsyncStudio, /, *args: P.args, **options: P.kwargs) -> T:
        stop = threading.Event()
        asked = cast("Callable[[], bool]", options.pop("cancelled", None) or (lambda: False))
        told: dict[str, Any] = {**options, "cancelled": lambda: stop.is_set() or asked()}
        try:
            return await self._work.run(functools.partial(getattr(self.studio, method.__name__), *args, **told))
        except asyncio.CancelledError:
            stop.set()
            raise

    return call


class AsyncStudio:
    """Wraps a Studio for asyncio: its methods, awaited.

    Cancelling an awaited `generate` or `estimate` stops its run between products, and `try_on_clip` at the next frame.

    What serves requests (`recommend`, `similar`, `record`, `image_file`) has threads of its own, so that it does not wait behind images that
    are made. A cancelled call that still waits is never made.

    Args:
        studio: closed together with this.
        threads: how many calls run at once; more wait.
        serving: the same for the calls that serve.
        waiting: how many calls of each sort may wait; one more raises Busy.

    >>> import asyncio
    >>> from prodgen_sdk import Product
    >>> from prodgen_sdk.testing.fakes import fake_host
    >>> async def main():
    ...     async with AsyncStudio(Studio(host=fake_host())) as studio:
    ...         return await studio.generate(Product(sku="m", title="Mug", category="home/mug"), views="hero", size=64)
    >>> len(asyncio.run(main()).pictures)
    1
    """

    def __init__(self, studio: Studio, *, threads: int = 8, serving: int = 8, waiting: int = 1024) -> None:
        self.studio = studio
        self._work = _Lane("prodgen", threads, waiting)
        self._serving = _Lane("prodgen-serve", serving, waiting)

    @classmethod
    def open(
        cls, folder: str | Path, *, threads: int = 8, serving: int = 8, waiting: int = 1024, **options: Any
    ) -> AsyncStudio:
        """Opens the workspace in `folder`; other options as for `Studio.open`."""
        return cls(Studio.open(folder, **options), threads=threads, serving=serving, waiting=waiting)

    async def __aenter__(self) -> AsyncStudio:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Waits for what is under way, then closes the studio."""
        await asyncio.to_thread(self._serving.close)
        await asyncio.to_thread(self._work.close)
        await asyncio.to_thread(self.studio.close)

    add_products = _awaited(Studio.add_products)
    product = _awaited(Studio.product)
    image = _awaited(Studio.image)
    review = _awaited(Studio.review)
    generate = _stoppable(Studio.generate)
    estimate = _stoppable(Studio.estimate)
    publish_photos = _awaited(Studio.publish_photos)
    try_on = _awaited(Studio.try_on)
    try_on_many = _awaited(Studio.try_on_many)
    try_on_clip = _stoppable(Studio.try_on_clip)
    warm_up = _awaited(Studio.warm_up)
    explain = _awaited(Studio.explain)
    learn = _awaited(Studio.learn)
    sync = _awaited(Studio.sync)
    forget = _awaited(Studio.forget)
    forget_many = _awaited(Studio.forget_many)
    prune_events = _awaited(Studio.prune_events)
    recommend = _served(Studio.recommend)
    similar = _served(Studio.similar)
    record = _served(Studio.record)
    image_file = _served(Studio.image_file)

    @functools.wraps(Studio.health)
    async def health(self, timeout: float = 1.0) -> Health:
        # Beside all calls that wait: it is to tell of them.
        return await asyncio.to_thread(self.studio.health, timeout)

    @property
    def waiting(self) -> int:
        """How many calls that serve wait for a thread."""
        return self._serving.waiting

    async def products(self, category: str | None = None) -> list[Product]:
        """See `Studio.products`; all at once."""
        return await self._work.run(lambda: list(self.studio.products(category)))

    async def variants(self, sku: str | None = None, *, review: ReviewState | None = None) -> list[Variant]:
        """See `Studio.variants`; all at once."""
        return await self._work.run(lambda: list(self.studio.variants(sku, review=review)))


class _Lane:
    """Threads with a bounded queue."""

    def __init__(self, name: str, threads: int, waiting: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._number = threads
        self._room = waiting
        self._held = 0
        self._lock = threading.Lock()

    @property
    def waiting(self) -> int:
        return max(0, self._held - self._number)

    async def run(self, call: Callable[[], T], budget_ms: float | None = None) -> T:
        with self._lock:
            if self._held == self._number + self._room:
                raise Busy(f"{self._room} calls wait already.", hint="Try again later, or open with more threads.")
            self._held += 1
        try:
            future = self._threads.submit(call)
        except BaseException:
            self._release()
            raise
        # Not when the caller is gone, but when the thread is free again.
        future.add_done_callback(self._release)
        if budget_ms is None:
            return await asyncio.wrap_future(future)
        return await _begun_within(budget_ms, future)

    def _release(self, _: object = None) -> None:
        with self._lock:
            self._held -= 1

    def close(self) -> None:
        self._threads.shutdown()


async def _begun_within(budget_ms: float, future: Future[T]) -> T:
    """The result of what is to begin in time; what has begun keeps to its budget by itself, and cannot be cancelled."""
    spent = False

    def give_up() -> None:
        nonlocal spent
        spent = future.cancel()

    timer = asyncio.get_running_loop().call_later(budget_ms / 1000, give_up)
    try:
        return await asyncio.wrap_future(future)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if not spent or (task is not None and task.cancelling()):
            raise
        raise DeadlineExceeded(f"The budget of {budget_ms:g} ms was spent waiting for a thread.") from None
    finally:
        timer.cancel()
