"""An image with its figures and verdicts -> a variant in the store. Provenance is written here alone."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from prodgen_sdk import images, runtime
from prodgen_sdk.bound import BoundGenerator
from prodgen_sdk.pipeline.evaluate import Quality
from prodgen_sdk.types import (
    Generated,
    GenerationRequest,
    ImageRef,
    Provenance,
    ReviewState,
    Screening,
    Variant,
    View,
)

if TYPE_CHECKING:
    from prodgen_sdk.store import Store


def review_state(screening: Screening, quality: Quality, *, auto_approve: bool) -> ReviewState:
    """Where a fresh image stands: blocked ones are rejected, and only what passed everything is approved unseen."""
    if screening.outcome == "block":
        return "rejected"
    passed = screening.outcome == "pass" and not quality.shortcomings
    return "approved" if auto_approve and passed else "in_review"


@dataclass(frozen=True)
class Origin:
    """What the images of one request have in common.

    Args:
        seed: what to ask for to make them again; the request holds the one that is final for the item.
        ids: of the variants, by view.
        asked: what `generate.canonical` says of the request.
        older: approved variants of the product; see `outdated`.
    """

    generator: BoundGenerator
    request: GenerationRequest
    seed: int
    ids: Mapping[View, str]
    asked: Mapping[str, Any]
    older: Sequence[Variant]


@dataclass(frozen=True)
class Judged:
    """A finished image with its figures and verdicts, where they leave it, and the seconds that it took."""

    picture: Generated
    quality: Quality
    screening: Screening
    review: ReviewState
    seconds: float


def publish(store: Store, origin: Origin, judged: Judged) -> Variant:
    """Stores one image of a request. Publishing it twice changes nothing.

    An approved image takes the place of the older ones that show the same view of the product as it was before its words or
    media changed.
    """
    picture, request = judged.picture, origin.request
    data = images.encode(picture.image, metadata=origin.generator.metadata)
    height, width, channels = picture.image.shape
    variant = Variant(
        id=origin.ids[picture.view],
        sku=request.product.sku,
        view=picture.view,
        scene=request.scene,
        image=ImageRef(
            digest=hashlib.sha256(data).hexdigest(), width=width, height=height, mode="RGBA" if channels == 4 else "RGB"
        ),
        generator=origin.generator.id,
        seed=origin.seed,
        replicate=request.replicate,
        quality=judged.quality.values,
        shortcomings=judged.quality.shortcomings,
        screening=judged.screening,
        review=judged.review,
        provenance=_provenance(origin, judged),
    )
    published = store.variants.publish(variant, data)
    if published.review == "approved":
        replaced = [other.id for other in origin.older if other.view == variant.view]
        if replaced:
            store.reviews.retire(replaced, "core", f"superseded by {variant.id}")
    return published


def _provenance(origin: Origin, judged: Judged) -> Provenance:
    generator, request, asked = origin.generator, origin.request, origin.asked
    context = generator.context()
    return Provenance(
        generator=generator.id,
        distribution=generator.entry.distribution,
        version=generator.entry.version,
        identity=generator.identity,
        request_digest=runtime.canonical_digest({**asked, "seed": request.seed}),
        product_digest=runtime.canonical_digest(asked["product"]),
        views=tuple(view.slug for view in request.views),
        references=asked["references"],
        prompt=request.prompts[request.views.index(judged.picture.view)] if request.prompts else "",
        negative=request.negative,
        size=request.size,
        device=context.device,
        dtype=context.dtype,
        seconds=round(judged.seconds, 4),
        facts=judged.picture.facts,
        versions=dict(_versions()),
        created_at=datetime.now(UTC),
    )


def outdated(
    store: Store, generator: BoundGenerator, request: GenerationRequest, asked: Mapping[str, Any]
) -> list[Variant]:
    """The approved variants by the same generator, of this scene and replicate, that show the product as it was before."""
    digest = runtime.canonical_digest(asked["product"])
    return [
        other
        for other in store.variants.iterate(sku=request.product.sku, review="approved")
        if (other.generator, other.scene, other.replicate) == (generator.id, request.scene, request.replicate)
        and other.provenance.product_digest != digest
    ]


@cache
def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in ("prodgen-sdk", "numpy", "torch", "diffusers"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
