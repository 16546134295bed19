"""The making side of a studio: from what is asked for to a run over products."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from prodgen_sdk import images
from prodgen_sdk.catalogue.media import file_of
from prodgen_sdk.config import Config
from prodgen_sdk.context import Context, Progress, no_progress
from prodgen_sdk.errors import InputError
from prodgen_sdk.host import Host
from prodgen_sdk.parts import Parts
from prodgen_sdk.photos import GENERATOR, photo_views
from prodgen_sdk.pipeline.estimate import Estimate, estimate
from prodgen_sdk.pipeline.generate import Batch, Made, batch_key, run_batch
from prodgen_sdk.pipeline.ingest import ingest, local_mesh
from prodgen_sdk.pipeline.produce import Stages
from prodgen_sdk.pipeline.run import GenerationOptions, GenerationResult, GenerationRun
from prodgen_sdk.pipeline.screen import checkers_of
from prodgen_sdk.runtime import Seed
from prodgen_sdk.scheduler import Batcher
from prodgen_sdk.threads import cores
from prodgen_sdk.types import Image, Locale, Media, Photo, Product, Scene, View, parse_views

if TYPE_CHECKING:
    from prodgen_sdk.bound import BoundGenerator
    from prodgen_sdk.store import Store
    from prodgen_sdk.workspace import Workspace

_PHOTOS = 8
"""Products of one run of `publish_photos`."""


@dataclass(frozen=True)
class Order:
    """One call of `Studio.generate`: the products, whether a single one was given, and how they are made."""

    products: tuple[str | Product, ...]
    single: bool
    root: Path
    run: GenerationRun


class Production:
    """Makes images with the plugins of a host; with a workspace they are published.

    Args:
        parts: where batchers live, and are closed.
        store: the workspace's; raises ConfigError without one.
    """

    def __init__(
        self, host: Host, config: Config, parts: Parts, workspace: Workspace | None, store: Callable[[], Store]
    ) -> None:
        self._host = host
        self._config = config
        self._parts = parts
        self._workspace = workspace
        self._store = store

    def order(
        self,
        products: str | Product | Iterable[str | Product],
        *,
        views: str | View | Iterable[str | View] = "orbit8",
        generator: str | None = None,
        size: int = 512,
        seed: Seed = None,
        scene: str | Scene = "white",
        negative: str = "",
        locale: Locale | None = None,
        replicates: int = 1,
        profile: str = "",
        root: str | Path = ".",
        background: Photo | None = None,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
        timeout: float | None = None,
    ) -> Order:
        """What a call asks for; `Studio.generate` says what the arguments mean. Raises InputError for one that is wrong."""
        if not 1 <= replicates <= 10_000:
            raise InputError(f"replicates is {replicates}.", hint="Give a number from 1 to 10,000.")
        if generator is not None:
            self._host.entry("generator", generator)
        if profile:
            self._host.get("finisher").accept(profile)
        wanted = _listed(products)
        options = GenerationOptions(
            views=parse_views(views),
            scene=Scene.parse(scene) if isinstance(scene, str) else scene,
            size=size,
            seed=seed,
            negative=negative,
            locale=locale,
            replicates=replicates,
            background=None if background is None else images.pixels(background),
        )
        folder = Path(root)
        run = GenerationRun(
            host=self._host,
            store=self._store() if self._workspace is not None else None,
            batcher_of=self._batcher,
            stages_of=lambda product: self._stages(product, generator, profile),
            read=lambda media: self.photo(media, folder),
            find=lambda media: self._mesh(media, folder),
            options=options,
            context=self.context(progress, cancelled, timeout),
            window=2 * self._config.scheduler.max_batch * max(1, len(self._config.runtime.devices)),
            of_views=len(wanted) * replicates == 1,
        )
        return Order(wanted, isinstance(products, str | Product), folder, run)

    def generate(self, order: Order) -> GenerationResult:
        """Adds products that the workspace does not know, and makes the images."""
        items = [self._known(item, order.root) for item in order.products]
        return order.run.run_one(items[0]) if order.single else order.run.run(items, len(items))

    def estimate(self, order: Order) -> Estimate:
        """What `generate` would make, and take."""
        items = (self._store().products.get(item) if isinstance(item, str) else item for item in order.products)
        return estimate(order.run, items, self._config.costs)

    def publish_photos(
        self, products: str | Product | Iterable[str | Product], *, size: int, progress: Progress | None
    ) -> GenerationResult:
        """Products' own photos as images; some of the same views in one run, on as many threads as there are cores."""
        started = time.perf_counter()
        by_views: dict[tuple[View, ...], list[Product]] = {}
        for product in (self._known(item, Path()) for item in _listed(products)):
            if views := tuple(photo_views(product)):
                by_views.setdefault(views, []).append(product)
        orders = [
            self.order(items[start : start + _PHOTOS], views=views, generator=GENERATOR, size=size)
            for views, items in by_views.items()
            for start in range(0, len(items), _PHOTOS)
        ]
        parts: list[GenerationResult] = []
        done, total = 0, sum(map(len, by_views.values()))
        # To decode, measure and encode is the work; numpy and Pillow do it beside each other.
        pool = ThreadPoolExecutor(cores(), "prodgen-photos")
        try:
            for order, part in zip(orders, pool.map(self.generate, orders), strict=True):
                parts.append(part)
                done += len(order.products)
                if progress is not None:
                    progress(done, total, "products")
        finally:
            pool.shutdown(cancel_futures=True)
        return GenerationResult(
            tuple(picture for part in parts for picture in part.pictures),
            {sku: reasons for part in parts for sku, reasons in part.refused.items()},
            {sku: error for part in parts for sku, error in part.errors.items()},
            time.perf_counter() - started,
        )

    def photo(self, media: Media, root: Path = Path()) -> Image:
        """The pixels of a product's photo: an asset of the workspace, or a file below `root`."""
        path = file_of(media.uri, root)
        return images.load(self._store().assets.get(media.uri.removeprefix("asset:")) if path is None else path)

    def context(
        self, progress: Progress | None, cancelled: Callable[[], bool] | None, timeout: float | None
    ) -> Context:
        """The context of a call, which ends with the studio."""
        return Context(
            progress=progress or no_progress,
            cancelled=lambda: self._parts.closed or (cancelled is not None and cancelled()),
            deadline=None if timeout is None else time.monotonic() + timeout,
        )

    def _known(self, item: str | Product, root: Path) -> Product:
        """The product; one that the workspace does not know is added to it, with its media."""
        if isinstance(item, str):
            return self._store().products.get(item)
        if self._workspace is None or self._store().products.existing([item.sku]):
            return item
        rejected = ingest([item], self._store(), root=root).rejected
        if rejected:
            raise InputError(f"{item.sku}: {rejected[0].reason}")
        return self._store().products.get(item.sku)

    def _mesh(self, media: Media, root: Path) -> Path:
        path = file_of(media.uri, root)
        if path is not None:
            return path
        store = self._store()
        assert self._workspace is not None
        return local_mesh(media, store, self._workspace.state / "meshes")

    def _batcher(self, generator: BoundGenerator) -> Batcher[Batch, Made]:
        options = self._config.scheduler

        def make() -> Batcher[Batch, Made]:
            return Batcher(
                [partial(run_batch, one) for one in self._host.replicas("generator", generator.id)],
                key=batch_key,
                max_batch=options.max_batch,
                max_wait=options.max_wait_ms / 1000,
                max_queue=options.max_queue,
            )

        return self._parts.get(f"batcher of {generator.id}", make)

    def _stages(self, product: Product, generator: str | None, profile: str) -> Stages:
        host, defaults = self._host, self._config.defaults
        if generator is None and any(media.role == "mesh" for media in product.media):
            meshes = defaults.mesh_generator
            generator = meshes if meshes in host.registry.ids("generator") else None
        describer = host.default("describer")
        return Stages(
            host=host,
            generator=host.get("generator", generator),
            describer=host.get("describer", describer) if describer in host.registry.ids("describer") else None,
            finisher=host.get("finisher") if profile else None,
            evaluators=host.all("evaluator", defaults.evaluators),
            checkers=checkers_of(host, defaults.safety_checkers),
            config=self._config,
            profile=profile,
        )


def _listed(products: object) -> tuple[str | Product, ...]:
    """One product or several; raises InputError for what is neither a sku nor a Product."""
    several = isinstance(products, Iterable) and not isinstance(products, str | Product | Mapping)
    found: list[str | Product] = []
    for item in cast(Iterable[object], products) if several else (products,):
        if not isinstance(item, str | Product):
            raise InputError(
                f"A product is a sku or a Product, not {type(item).__name__}.",
                hint='Make one: Product(sku="mug-1", title="Blue mug", category="home/mug")',
            )
        found.append(item)
    return tuple(found)
