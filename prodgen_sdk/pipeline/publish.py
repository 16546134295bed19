"""A picture with its figures and verdicts -> a variant in the store. Provenance is written here alone."""

from __future__ import annotations

import hashlib
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from prodgen_sdk import images, runtime
from prodgen_sdk.bound import BoundGenerator
from prodgen_sdk.pipeline.evaluate import Quality
from prodgen_sdk.pipeline.generate import canonical
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
) -> Variant:
    """Stores one picture of a request; the view at `place` has the variant id `id`. Publishing it twice changes nothing.

    An approved picture takes the place of approved ones of the same view by the same generator that show the product as it
    was before its words or media changed.
    """
    data = images.encode(picture.image)
    height, width, channels = picture.image.shape
    asked = canonical(request, generator.id)
    context = generator.context()
    provenance = Provenance(
        generator=generator.id,
        distribution=generator.entry.distribution,
        version=generator.entry.version,
        identity=generator.identity,
        request_digest=runtime.canonical_digest(asked | {"seed": request.seed}),
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
        versions=_versions(),
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
        screening=screening,
        review=review_state(screening, quality, auto_approve=auto_approve),
        provenance=provenance,
    )
    published = store.variants.publish(variant, data)
    if published.review == "approved":
        older = [
            other.id
            for other in store.variants.iterate(sku=variant.sku, review="approved")
            if _outdated(other, variant)
        ]
        if older:
            store.variants.retire(older, "core", f"superseded by {variant.id}")
    return published


def _outdated(other: Variant, fresh: Variant) -> bool:
    same = all(getattr(other, name) == getattr(fresh, name) for name in ("view", "scene", "generator", "replicate"))
    return same and other.provenance.product_digest != fresh.provenance.product_digest


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in ("prodgen-sdk", "numpy", "torch", "diffusers"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
