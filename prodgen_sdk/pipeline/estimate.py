"""What a run would make, how long it would take and what it would cost, without making it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import TYPE_CHECKING, Literal

from prodgen_sdk.config import CostsConfig
from prodgen_sdk.context import no_progress
from prodgen_sdk.errors import Cancelled, DeadlineExceeded, ProdgenError, Refused, StoreError
from prodgen_sdk.pipeline.generate import narrowed, run_batch
from prodgen_sdk.pipeline.produce import Stages, Work
from prodgen_sdk.types import Model, Product

if TYPE_CHECKING:
    from prodgen_sdk.pipeline.run import GenerationRun
    from prodgen_sdk.store import Store

_TRIED_VIEWS = 4
_READ = 500
_ENOUGH = 16  # so many images tell more than a trial does
_STOPS = (Cancelled, DeadlineExceeded, StoreError)


class Share(Model):
    """What one generator would make.

    Args:
        seconds_per_picture: on one device; None where nothing is known of it.
        source: of the seconds: `published` images of this size, a `trial` just now, or `unknown`.
        cost: in the configured currency; None where no price is configured, or it follows from unknown seconds.
    """

    generator: str
    pictures: int
    seconds_per_picture: float | None
    source: Literal["published", "trial", "unknown"]
    seconds: float | None
    cost: float | None


class Estimate(Model):
    """What a call of `Studio.generate` would do.

    Args:
        found: images that are there already and would be reused.
        refused, failed: by sku, why nothing would be made of a product.
        seconds, cost: of all that would be made; None where it is not known of a part.
    """

    products: int
    pictures: int
    found: int
    shares: tuple[Share, ...]
    refused: dict[str, tuple[str, ...]]
    failed: dict[str, str]
    currency: str

    @property
    def seconds(self) -> float | None:
        return total([share.seconds for share in self.shares])

    @property
    def cost(self) -> float | None:
        return total([share.cost for share in self.shares])


@dataclass
class _Asked:
    """What is asked of one generator: how many images, one request of it, and how long earlier ones took."""

    stages: Stages
    work: Work
    pictures: int = 0
    seconds: list[float] = field(default_factory=list)


def estimate(run: GenerationRun, products: Iterable[Product], costs: CostsConfig) -> Estimate:
    """Plans every product as `GenerationRun.run` would, hooks included, and makes none, but for a trial of a few views.

    Where the workspace has few images of that generator and size, the first request is tried twice, and the second time counts:
    the first one loads the model. A generator with a price per image is not tried.
    """
    asked: dict[str, _Asked] = {}
    refused: dict[str, tuple[str, ...]] = {}
    failed: dict[str, str] = {}
    count = pictures = found = 0
    for product in products:
        count += 1
        for replicate in range(run.options.replicates):
            run.context.check()
            try:
                stages, work = run.plan(product, replicate)
                stages.generator.accept(work.request)
            except _STOPS:
                raise
            except Refused as error:
                refused[product.sku] = error.reasons or (str(error),)
                continue
            except ProdgenError as error:
                failed[product.sku] = str(error)
                continue
            pictures += len(work.ids)
            found += len(work.existing)
            if work.missing:
                part = asked.setdefault(stages.generator.id, _Asked(stages, work))
                part.pictures += len(work.missing)
        run.context.progress(count, count, "products")
    _add_published(asked, run.store, run.options.size)
    shares = tuple(_share(run, id, part, costs) for id, part in asked.items())
    return Estimate(
        products=count,
        pictures=pictures,
        found=found,
        shares=shares,
        refused=refused,
        failed=failed,
        currency=costs.currency,
    )


def _add_published(asked: dict[str, _Asked], store: Store | None, size: int) -> None:
    """Notes how long published images of these generators and of this size took."""
    if store is None:
        return
    seconds: dict[str, list[float]] = defaultdict(list)
    for variant in store.variants.iterate(limit=_READ):
        if variant.provenance.size == size:
            seconds[variant.generator].append(variant.provenance.seconds)
    for id, part in asked.items():
        part.seconds = seconds[id]


def _share(run: GenerationRun, id: str, part: _Asked, costs: CostsConfig) -> Share:
    price = costs.per_picture.get(id)
    source: Literal["published", "trial", "unknown"]
    if len(part.seconds) >= _ENOUGH or (part.seconds and price is not None):
        each, source = median(part.seconds), "published"
    elif price is None:
        each, source = _trial(run, part), "trial"
    else:
        each, source = None, "unknown"
    workers = len(run.host.replicas("generator", id))
    seconds = None if each is None else each * part.pictures / workers
    if price is not None:
        cost: float | None = price * part.pictures
    elif costs.per_hour is not None and each is not None:
        cost = costs.per_hour * each * part.pictures / 3600
    else:
        cost = None
    return Share(
        generator=id, pictures=part.pictures, seconds_per_picture=each, source=source, seconds=seconds, cost=cost
    )


def _trial(run: GenerationRun, part: _Asked) -> float:
    views = part.work.request.views
    request = (
        part.work.request if part.stages.generator.views_joint else narrowed(part.work.request, views[:_TRIED_VIEWS])
    )
    context = replace(run.context, progress=no_progress)
    for _ in range(2):
        (made,) = run_batch(part.stages.generator, [(request, context)])
    return made.seconds / len(request.views)


def total(values: Sequence[float | None]) -> float | None:
    """The sum, or None where a part of it is not known."""
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
