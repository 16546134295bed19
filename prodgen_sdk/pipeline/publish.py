"""A picture with its figures and verdicts -> a variant in the store. Provenance is written here alone."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping, Sequence
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
)

if TYPE_CHECKING:
    from prodgen_sdk.store import Store


def review_state(screening: Screening, quality: Quality, *, auto_approve: bool) -> ReviewState:
    """Where a fresh picture stands: blocked ones are rejected, and only what passed everything is approved unseen."""
    if screening.outcome == "block":
        return "rejected"
    passed = screening.outcome == "pass" and not quality.shortcomings
    return "approved" if auto_approve and passed else "in_review"


def publish(
    store: Store,
    generator: BoundGenerator,
    request: GenerationRequest,
    place: int,
    id: str,
    picture: Generated,
    quality: Quality,
    screening: Screening,
    *,
    auto_approve: bool,
    seconds: float,
    base_seed: int,
    asked: Mapping[str, Any],
    older: Sequence[Variant] = (),
) -> Variant:
    """Stores one picture of a request; the view at `place` has the variant id `id`. Publishing it twice changes nothing.

    An approved picture takes the place of those among `older` that show the same view of the product as it was before its
    words or media changed.

    Args:
        asked: what `generate.canonical` says of the request.
        older: approved variants of the product; see `outdated`.
    """
    data = images.encode(picture.image, metadata=generator.metadata)
    height, width, channels = picture.image.shape
    context = generator.context()
    provenance = Provenance(
        generator=generator.id,
        distribution=generator.entry.distribution,
        version=generator.entry.version,
        identity=generator.identity,
        request_digest=runtime.canonical_digest({**asked, "seed": request.seed}),
        product_digest=runtime.canonical_digest(asked["product"]),
        views=tuple(view.slug for view in request.views),
        references=asked["references"],
        prompt=request.prompts[place] if request.prompts else "",
        negative=request.negative,
        size=request.size,
        device=context.device,
        dtype=context.dtype,
        seconds=round(seconds, 4),
        facts=picture.facts,
        versions=dict(_versions()),
        created_at=datetime.now(UTC),
    )
    variant = Variant(
        id=id,
        sku=request.product.sku,
        view=picture.view,
        scene=request.scene,
        image=ImageRef(
            digest=hashlib.sha256(data).hexdigest(), width=width, height=height, mode="RGBA" if channels == 4 else "RGB"
        ),
        generator=generator.id,
        seed=base_seed,
        replicate=request.replicate,
        quality=quality.values,
        shortcomings=quality.shortcomings,
        screening=screening,
        review=review_state(screening, quality, auto_approve=auto_approve),
        provenance=provenance,
    )
    published = store.variants.publish(variant, data)
    if published.review == "approved":
        replaced = [other.id for other in older if other.view == variant.view]
        if replaced:
            store.reviews.retire(replaced, "core", f"superseded by {variant.id}")
    return published


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
