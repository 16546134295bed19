"""Request -> images: identity of the work, hooks around it, and the batcher that runs it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from prodgen_sdk import images, runtime
from prodgen_sdk.bound import BoundGenerator
from prodgen_sdk.context import Context, no_progress
from prodgen_sdk.files import file_digest
from prodgen_sdk.host import Host
from prodgen_sdk.specs import GeneratorSpec
from prodgen_sdk.types import Generated, GenerationRequest, View

Batch = tuple[GenerationRequest, Context]


@dataclass(frozen=True)
class Made:
    """The images of one request, and its share of the seconds that its batch took."""

    pictures: tuple[Generated, ...]
    seconds: float


def canonical(request: GenerationRequest, generator: str) -> dict[str, Any]:
    """What the images of a request depend on, besides its views, prompts and seed; JSON-ready."""
    return {
        "generator": generator,
        "product": request.product.content(),
        "scene": request.scene.model_dump(mode="json"),
        "references": {role: images.pixel_digest(image) for role, image in sorted(request.references.items())},
        "mesh": file_digest(request.mesh) if request.mesh is not None else None,
        "size": request.size,
        "negative": request.negative,
    }


def seeded(request: GenerationRequest, generator: str, seed: runtime.Seed) -> tuple[GenerationRequest, int]:
    """The request with the seed that is final for its item, and the seed to ask for to get it again."""
    base = runtime.base_seed(seed, canonical(request, generator))
    return request.model_copy(update={"seed": runtime.item_seed(base, request.product.sku, request.replicate)}), base


def variant_ids(request: GenerationRequest, generator: BoundGenerator, profile: str = "") -> list[str]:
    """The id of each view's image: equal work has equal ids, so a re-run finds what it already made."""
    assert isinstance(generator.spec, GeneratorSpec)
    shared = canonical(request, generator.id) | {
        "identity": generator.identity,
        "seed": request.seed,
        "replicate": request.replicate,
        "profile": profile,
        "views": [view.slug for view in request.views] if generator.spec.views_joint else None,
    }
    prompts = request.prompts or ("",) * len(request.views)
    return [
        runtime.canonical_digest(shared | {"view": view.model_dump(), "prompt": prompt})[:32]
        for view, prompt in zip(request.views, prompts, strict=True)
    ]


def narrowed(request: GenerationRequest, views: Sequence[View]) -> GenerationRequest:
    """The same request for some of its views."""
    kept = [place for place, view in enumerate(request.views) if view in views]
    return request.model_copy(
        update={
            "views": tuple(request.views[place] for place in kept),
            "prompts": tuple(request.prompts[place] for place in kept) if request.prompts else (),
        }
    )


def batch_key(item: Batch) -> tuple[Any, ...]:
    """Requests of one key can be generated in one batch."""
    request, _ = item
    return (request.size, len(request.views), request.scene)


def run_batch(generator: BoundGenerator, batch: Sequence[Batch]) -> list[Made]:
    """Generates a batch of one key; what the scheduler runs. It is cancelled once all of its members are.

    Progress is told of a request that is alone.
    """
    contexts = [ctx for _, ctx in batch]
    deadlines = [ctx.deadline for ctx in contexts]
    together = replace(
        contexts[0],
        cancelled=lambda: all(ctx.cancelled() for ctx in contexts),
        deadline=None if None in deadlines else max(deadline for deadline in deadlines if deadline is not None),
        progress=contexts[0].progress if len(batch) == 1 else no_progress,
    )
    started = time.perf_counter()
    answers = generator.generate([request for request, _ in batch], together)
    each = (time.perf_counter() - started) / len(batch)
    return [Made(tuple(pictures), each) for pictures in answers]


def prepare(request: GenerationRequest, host: Host) -> GenerationRequest:
    """Passes a request through the `before_generation` hooks."""
    return host.chain("before_generation", request, "request")
