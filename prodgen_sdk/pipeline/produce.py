"""One product through all stages: describe, generate, finish, evaluate, screen, publish."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodgen_sdk.bound import BoundDescriber, BoundEvaluator, BoundFinisher, BoundGenerator
from prodgen_sdk.config import Config
from prodgen_sdk.context import Context
from prodgen_sdk.errors import Refused
from prodgen_sdk.host import Host
from prodgen_sdk.interfaces import ScreenItem
from prodgen_sdk.metadata import Metadata
from prodgen_sdk.pipeline.describe import describe
from prodgen_sdk.pipeline.evaluate import evaluate
from prodgen_sdk.pipeline.finish import finish
from prodgen_sdk.pipeline.generate import canonical, prepare, seeded, variant_ids
from prodgen_sdk.pipeline.publish import Judged, Origin, outdated, publish, review_state
from prodgen_sdk.pipeline.screen import Checker, combine, screen
from prodgen_sdk.runtime import Seed
from prodgen_sdk.types import (
    Generated,
    GenerationRequest,
    Image,
    Locale,
    ReviewState,
    Screening,
    Variant,
    View,
)

if TYPE_CHECKING:
    from prodgen_sdk.store import Store


@dataclass(frozen=True)
class Picture:
    """An image of a product with all that was found out about it; `variant` is set where there is a workspace.

    `metadata` say what kind of source it has; `save` writes them into its file.
    """

    id: str
    sku: str
    view: View
    generator: str
    seed: int
    replicate: int
    review: ReviewState
    screening: Screening
    quality: dict[str, float]
    shortcomings: tuple[str, ...]
    facts: dict[str, Any]
    seconds: float
    reused: bool
    variant: Variant | None
    metadata: Metadata = field(repr=False)
    _load: Callable[[], Image] = field(repr=False)

    @property
    def image(self) -> Image:
        """The pixels, HWC uint8; read from the asset store where there is a workspace."""
        return self._load()

    @property
    def file_name(self) -> str:
        """A name that no other image of the same call and product has, such as `front.png`, or `front_r2.png` of replicate 2."""
        return f"{self.view.slug}{f'_r{self.replicate}' if self.replicate else ''}.png"

    def save(self, path: str | Path) -> Path:
        """Writes the image with its metadata: PNG, JPEG, WebP or AVIF by the path's ending, whole or not at all.

        Raises:
            InvalidImage: the ending is none of these.
        """
        from prodgen_sdk import images

        return images.save(self.image, path, metadata=self.metadata)


@dataclass(frozen=True)
class Stages:
    """The components that a product passes through."""

    host: Host
    generator: BoundGenerator
    describer: BoundDescriber | None
    finisher: BoundFinisher | None
    evaluators: Sequence[BoundEvaluator]
    checkers: Sequence[Checker]
    config: Config
    profile: str = ""


@dataclass(frozen=True)
class Work:
    """A request that passed screening of its words, with the ids of its images and which of them are there already.

    `seed` is what to ask for to make it again; the request holds the one that is final for the item. `warnings` are those of
    its words: every image has them.
    """

    request: GenerationRequest
    seed: int
    ids: dict[View, str]
    words: Screening
    existing: dict[View, Variant]
    warnings: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[View, ...]:
        return tuple(view for view in self.request.views if view not in self.existing)


def plan(
    request: GenerationRequest, stages: Stages, store: Store | None, *, seed: Seed, locale: Locale | None, ctx: Context
) -> Work:
    """Describes a product, screens its words, fixes its seed, and finds what was already made.

    Raises:
        Refused: screening blocked the words, or a hook vetoed the request.
    """
    described = describe([request.product], request.views, stages.describer, locale=locale, ctx=ctx)[0]
    prompts = request.prompts or tuple(prompt.text for prompt in described.prompts)
    request = prepare(request.model_copy(update={"product": described.product, "prompts": prompts}), stages.host)
    request, base = seeded(request, stages.generator.id, seed)
    words = "\n".join([request.product.words(), *request.prompts, request.negative, request.scene.style])
    screening = screen([ScreenItem(text=words)], stages.checkers, required=stages.config.screening.required, ctx=ctx)[0]
    if screening.outcome == "block":
        reasons = "; ".join(screening.reasons)
        raise Refused(f"{request.product.sku} was refused: {reasons}.", reasons=screening.reasons)
    # What a profile means is part of the finisher's identity: another meaning makes other images.
    profile = f"{stages.profile} {stages.finisher.identity}" if stages.finisher and stages.profile else ""
    ids = dict(zip(request.views, variant_ids(request, stages.generator, profile), strict=True))
    present = store.variants.present(list(ids.values())) if store is not None else set()
    known = {v.id: v for v in store.variants.iterate(ids=present)} if store is not None else {}
    existing = {view: known[id] for view, id in ids.items() if id in known}
    return Work(request, base, ids, screening, existing, described.warnings)


def complete(
    work: Work, made: Sequence[Generated], stages: Stages, store: Store | None, *, seconds: float, ctx: Context
) -> list[Picture]:
    """Finishes, measures, screens and publishes the images that were missing; returns all of the request, in its order."""
    judged = _judge(work, made, stages, seconds, ctx) if made else []
    variants = _publish(work, judged, stages, store)
    fresh = {
        one.picture.view: _fresh(work, one, variant, stages, store)
        for one, variant in zip(judged, variants, strict=True)
    }
    return [fresh.get(view) or _reused(work, view, stages, store) for view in work.request.views]


def _judge(work: Work, made: Sequence[Generated], stages: Stages, seconds: float, ctx: Context) -> list[Judged]:
    """Finishes, measures and screens images, which were made in so many seconds."""
    started = time.perf_counter()
    pictures = finish(made, stages.finisher, stages.profile, ctx=ctx)
    pixels = [picture.image for picture in pictures]
    qualities = evaluate(pixels, stages.evaluators, ctx=ctx)
    items = [ScreenItem(image=image, purpose=work.request.product.domain) for image in pixels]
    screenings = screen(items, stages.checkers, required=stages.config.screening.required, ctx=ctx)
    each = (seconds + time.perf_counter() - started) / len(pictures)
    judged = []
    for picture, measured, seen in zip(pictures, qualities, screenings, strict=True):
        shortcomings = (*work.warnings, *picture.warnings, *measured.shortcomings)
        quality = measured.model_copy(update={"shortcomings": shortcomings})
        screening = combine([*work.words.verdicts, *seen.verdicts])
        review = review_state(screening, quality, auto_approve=stages.config.review.auto_approve)
        judged.append(Judged(picture, quality, screening, review, each))
    return judged


def _publish(work: Work, judged: Sequence[Judged], stages: Stages, store: Store | None) -> Sequence[Variant | None]:
    if store is None or not judged:
        return [None] * len(judged)
    asked = canonical(work.request, stages.generator.id)
    older = outdated(store, stages.generator, work.request, asked)
    origin = Origin(stages.generator, work.request, work.seed, work.ids, asked, older)
    return [publish(store, origin, one) for one in judged]


def _fresh(work: Work, judged: Judged, variant: Variant | None, stages: Stages, store: Store | None) -> Picture:
    picture = judged.picture
    return Picture(
        id=work.ids[picture.view],
        sku=work.request.product.sku,
        view=picture.view,
        generator=stages.generator.id,
        seed=work.seed,
        replicate=work.request.replicate,
        review=judged.review if variant is None else variant.review,
        screening=judged.screening,
        quality=judged.quality.values,
        shortcomings=judged.quality.shortcomings,
        facts=picture.facts,
        seconds=judged.seconds,
        reused=False,
        variant=variant,
        metadata=stages.generator.metadata,
        _load=_loader(picture.image, variant, store),
    )


def _reused(work: Work, view: View, stages: Stages, store: Store | None) -> Picture:
    variant = work.existing[view]
    assert store is not None
    return Picture(
        id=variant.id,
        sku=variant.sku,
        view=variant.view,
        generator=variant.generator,
        seed=variant.seed,
        replicate=variant.replicate,
        review=variant.review,
        screening=variant.screening,
        quality=variant.quality,
        shortcomings=variant.shortcomings,
        facts=variant.provenance.facts,
        seconds=variant.provenance.seconds,
        reused=True,
        variant=variant,
        metadata=stages.generator.metadata,
        _load=_loader(None, variant, store),
    )


def _loader(image: Image | None, variant: Variant | None, store: Store | None) -> Callable[[], Image]:
    if variant is None or store is None:
        assert image is not None
        return lambda: image
    return lambda: load_variant(store, variant)


def load_variant(store: Store, variant: Variant) -> Image:
    """The pixels of a stored variant; raises StoreError if its file is gone or damaged."""
    from prodgen_sdk import images

    return images.load(store.assets.get(variant.image.digest), alpha=variant.image.mode == "RGBA")
