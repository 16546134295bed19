"""Many products through all stages at once: requests are batched, failures stay with their product, work is resumable."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from prodgen_sdk.bound import BoundGenerator
from prodgen_sdk.context import Context, no_progress
from prodgen_sdk.errors import (
    Busy,
    Cancelled,
    DeadlineExceeded,
    PluginError,
    ProdgenError,
    Refused,
    StoreError,
    in_words,
)
from prodgen_sdk.host import Host
from prodgen_sdk.pipeline.generate import Batch, Made, narrowed
from prodgen_sdk.pipeline.produce import Picture, Stages, Work, complete, plan
from prodgen_sdk.runtime import Seed
from prodgen_sdk.scheduler import Batcher, queued, result
from prodgen_sdk.specs import GeneratorSpec
from prodgen_sdk.types import GenerationRequest, Image, Locale, Media, Product, Scene, Variant, View, build

if TYPE_CHECKING:
    from prodgen_sdk.store import Store

_PHOTO_ROLES = ("front", "back", "flat", "worn", "detail")
_STOPS = (Cancelled, DeadlineExceeded, StoreError, KeyboardInterrupt)
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class GenerationResult:
    """All images of a call, in order, and by sku what was refused or failed; `errors` holds the exceptions of the latter."""

    pictures: tuple[Picture, ...]
    refused: dict[str, tuple[str, ...]] = field(default_factory=dict)
    errors: dict[str, Exception] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def failed(self) -> dict[str, str]:
        """Why each product failed, in a sentence."""
        return {sku: str(error) for sku, error in self.errors.items()}

    @property
    def variants(self) -> tuple[Variant, ...]:
        """What is published; empty without a workspace."""
        return tuple(picture.variant for picture in self.pictures if picture.variant is not None)

    def save(self, folder: str | Path) -> list[Path]:
        """Writes every image as `<folder>/<sku>/<view>.png`, such as `images/mug/front.png`; returns the paths, in order."""
        return [picture.save(Path(folder) / picture.sku / picture.file_name) for picture in self.pictures]


@dataclass(frozen=True)
class GenerationOptions:
    """What the products of one call share; see `Studio.generate`."""

    views: tuple[View, ...]
    scene: Scene
    size: int
    seed: Seed
    negative: str
    locale: Locale | None
    replicates: int
    background: Image | None = None


@dataclass(frozen=True)
class _Job:
    """A product under way: what is planned, or why nothing could be; without a future nothing is left to make."""

    sku: str
    planned: tuple[Stages, Work] | Exception
    future: Future[Made] | None = None


@dataclass(frozen=True)
class GenerationRun:
    """One call of `Studio.generate`.

    Args:
        stages_of: the components for a product; the generator may depend on whether it has a mesh.
        read: the pixels of a product's photo.
        find: the path of a product's mesh.
        window: how many products may be under way at once.
        of_views: whether progress is that of the views of a single product, as its generator tells it.
    """

    host: Host
    store: Store | None
    batcher_of: Callable[[BoundGenerator], Batcher[Batch, Made]]
    stages_of: Callable[[Product], Stages]
    read: Callable[[Media], Image]
    find: Callable[[Media], Path]
    options: GenerationOptions
    context: Context
    window: int
    of_views: bool = False

    def run(self, products: Iterable[Product], total: int) -> GenerationResult:
        """Generates every product; a product that fails or is refused does not hold up the others.

        Raises:
            Cancelled, DeadlineExceeded, StoreError: the run cannot go on; what was published stays.
        """
        started = time.perf_counter()
        pictures: list[Picture] = []
        refused: dict[str, tuple[str, ...]] = {}
        errors: dict[str, Exception] = {}
        total *= self.options.replicates
        for done, job in enumerate(self._finished(products), 1):
            try:
                pictures += self._collect(job)
            except _STOPS:
                raise
            except Refused as error:
                refused[job.sku] = error.reasons or (str(error),)
            except Exception as error:
                logger.debug("%s failed", job.sku, exc_info=True)
                ours = isinstance(error, ProdgenError)
                errors[job.sku] = (
                    error if ours else ProdgenError(f"{in_words(error)}.", hint="This is a fault of ours.")
                )
            self.context.progress(done, total, "products")
        return GenerationResult(tuple(pictures), refused, errors, time.perf_counter() - started)

    def run_one(self, product: Product) -> GenerationResult:
        """Generates one product; its error is raised."""
        started = time.perf_counter()
        pictures = [picture for job in self._finished([product]) for picture in self._collect(job)]
        return GenerationResult(tuple(pictures), seconds=time.perf_counter() - started)

    def _finished(self, products: Iterable[Product]) -> Iterator[_Job]:
        """Starts up to `window` jobs ahead and yields them in order."""
        waiting: deque[_Job] = deque()
        try:
            for product in products:
                for replicate in range(self.options.replicates):
                    self.context.check()
                    waiting.append(self._start(product, replicate))
                    if len(waiting) >= self.window:
                        yield waiting.popleft()
            while waiting:
                self.context.check()
                yield waiting.popleft()
        finally:
            for job in waiting:
                if job.future is not None:
                    job.future.cancel()

    def _start(self, product: Product, replicate: int) -> _Job:
        try:
            stages, work = self.plan(product, replicate)
            future = None
            if work.missing:
                request = self._to_make(work, stages)
                context = self.context if self.of_views else replace(self.context, progress=no_progress)
                future = queued(self.batcher_of(stages.generator), (request, context), self.context)
            return _Job(product.sku, (stages, work), future)
        except (*_STOPS, Busy):
            raise
        except Exception as error:
            return _Job(product.sku, error)

    def _collect(self, job: _Job) -> list[Picture]:
        if isinstance(job.planned, Exception):
            raise job.planned
        stages, work = job.planned
        if job.future is None:
            return complete(work, (), stages, self.store, seconds=0.0, ctx=self.context)
        request = self._to_make(work, stages)
        try:
            made = result(job.future, self.context)
        except Exception as error:
            self.host.notify("on_generation_error", request=request, error=error)
            if isinstance(error, ProdgenError):
                raise
            generator = stages.generator.id
            raise PluginError(f"{generator} failed: {error}", component=generator) from error
        self.host.notify("after_generation", request=request, pictures=made.pictures)
        return complete(work, made.pictures, stages, self.store, seconds=made.seconds, ctx=self.context)

    def _to_make(self, work: Work, stages: Stages) -> GenerationRequest:
        return work.request if stages.generator.views_joint else narrowed(work.request, work.missing)

    def plan(self, product: Product, replicate: int) -> tuple[Stages, Work]:
        """The components for a product, and what they are to do and what is there already; raises what refuses it."""
        stages = self.stages_of(product)
        request = self._request(product, replicate, stages)
        options = self.options
        work = plan(request, stages, self.store, seed=options.seed, locale=options.locale, ctx=self.context)
        return stages, work

    def _request(self, product: Product, replicate: int, stages: Stages) -> GenerationRequest:
        """What a generator is asked for, before words, hooks and seed."""
        spec = stages.generator.spec
        assert isinstance(spec, GeneratorSpec)
        references: dict[str, Image] = {}
        if "photo" in spec.modes:
            references = {
                media.role: self.read(media) for media in reversed(product.media) if media.role in _PHOTO_ROLES
            }
        if self.options.background is not None:
            references["background"] = self.options.background
        mesh = next((media for media in product.media if media.role == "mesh"), None) if "mesh" in spec.modes else None
        return build(
            GenerationRequest,
            product=product,
            views=self.options.views,
            scene=self.options.scene,
            references=references,
            mesh=self.find(mesh) if mesh is not None else None,
            size=self.options.size,
            negative=self.options.negative,
            replicate=replicate,
        )
