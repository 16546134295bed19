"""The async twin of Studio: the same methods, awaited; the work runs on threads and its batches are shared."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from prodgen_sdk.errors import Busy
from prodgen_sdk.studio import Studio

if TYPE_CHECKING:
    from datetime import datetime

    from prodgen_sdk.catalogue import Summary
    from prodgen_sdk.pipeline.estimate import Estimate
    from prodgen_sdk.pipeline.explain import Explanation
    from prodgen_sdk.pipeline.run import GenerationResult
    from prodgen_sdk.recommender import Recorded, Similar
    from prodgen_sdk.types import (
        DressedClip,
        Erased,
        Image,
        Product,
        Recommendation,
        Refusal,
        ReviewState,
        TryOn,
        Variant,
    )

T = TypeVar("T")


class AsyncStudio:
    """Wraps a Studio for asyncio. Cancelling an awaited `generate` stops its run between products.

    What serves requests (`recommend`, `similar`, `record`) has threads of its own, so that it does not wait behind pictures that
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

    async def add_products(self, *args: Any, **options: Any) -> Summary:
        """See `Studio.add_products`."""
        return await self._run(self.studio.add_products, *args, **options)

    async def product(self, sku: str) -> Product:
        """See `Studio.product`."""
        return await self._run(self.studio.product, sku)

    async def products(self, category: str | None = None) -> list[Product]:
        """See `Studio.products`; all at once."""
        return await self._run(lambda: list(self.studio.products(category)))

    async def variants(self, sku: str | None = None, **options: Any) -> list[Variant]:
        """See `Studio.variants`; all at once."""
        return await self._run(lambda: list(self.studio.variants(sku, **options)))

    async def image(self, variant: str | Variant) -> Image:
        """See `Studio.image`."""
        return await self._run(self.studio.image, variant)

    async def review(self, variant: str, state: ReviewState, **options: Any) -> Variant:
        """See `Studio.review`."""
        return await self._run(self.studio.review, variant, state, **options)

    async def generate(self, *args: Any, **options: Any) -> GenerationResult:
        """See `Studio.generate`."""
        return await self._stoppable(self.studio.generate, *args, **options)

    async def estimate(self, *args: Any, **options: Any) -> Estimate:
        """See `Studio.estimate`."""
        return await self._run(self.studio.estimate, *args, **options)

    async def try_on(self, *args: Any, **options: Any) -> TryOn | Refusal:
        """See `Studio.try_on`."""
        return await self._run(self.studio.try_on, *args, **options)

    async def publish_photos(self, *args: Any, **options: Any) -> GenerationResult:
        """See `Studio.publish_photos`."""
        return await self._run(self.studio.publish_photos, *args, **options)

    async def try_on_many(self, *args: Any, **options: Any) -> list[TryOn | Refusal]:
        """See `Studio.try_on_many`."""
        return await self._run(self.studio.try_on_many, *args, **options)

    async def try_on_clip(self, *args: Any, **options: Any) -> DressedClip | Refusal:
        """See `Studio.try_on_clip`; cancelling it stops it at the next frame."""
        return await self._stoppable(self.studio.try_on_clip, *args, **options)

    async def recommend(self, user: str, k: int = 10, **options: Any) -> list[Recommendation]:
        """See `Studio.recommend`."""
        return await self._serving.run(functools.partial(self.studio.recommend, user, k, **options))

    async def warm_up(self, seconds: float = 10.0) -> dict[str, float]:
        """See `Studio.warm_up`."""
        return await self._run(self.studio.warm_up, seconds)

    async def explain(self, user: str, sku: str, **options: Any) -> Explanation:
        """See `Studio.explain`."""
        return await self._run(self.studio.explain, user, sku, **options)

    async def similar(self, **options: Any) -> list[Similar]:
        """See `Studio.similar`."""
        return await self._serving.run(functools.partial(self.studio.similar, **options))

    async def record(self, events: Any, *, format: str = "prodgen") -> Recorded:
        """See `Studio.record`."""
        return await self._serving.run(functools.partial(self.studio.record, events, format=format))

    async def learn(self, *, at: datetime | None = None) -> dict[str, int]:
        """See `Studio.learn`."""
        return await self._run(self.studio.learn, at=at)

    async def sync(self) -> int:
        """See `Studio.sync`."""
        return await self._run(self.studio.sync)

    async def forget(self, user: str) -> Erased:
        """See `Studio.forget`."""
        return await self._run(self.studio.forget, user)

    async def _stoppable(self, function: Callable[..., T], *args: Any, **options: Any) -> T:
        stop = threading.Event()
        asked: Callable[[], bool] = options.pop("cancelled", None) or (lambda: False)
        try:
            return await self._run(function, *args, cancelled=lambda: stop.is_set() or asked(), **options)
        except asyncio.CancelledError:
            stop.set()
            raise

    async def _run(self, function: Callable[..., T], *args: Any, **options: Any) -> T:
        return await self._work.run(functools.partial(function, *args, **options))


class _Lane:
    """Threads with a bounded queue."""

    def __init__(self, name: str, threads: int, waiting: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._places = threading.BoundedSemaphore(threads + waiting)
        self._room = waiting

    async def run(self, call: Callable[[], T]) -> T:
        if not self._places.acquire(blocking=False):
            raise Busy(f"{self._room} calls wait already.", hint="Try again later, or open with more threads.")
        try:
            future = self._threads.submit(call)
        except BaseException:
            self._places.release()
            raise
        # Not when the caller is gone, but when the thread is free again.
        future.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        self._threads.shutdown()
