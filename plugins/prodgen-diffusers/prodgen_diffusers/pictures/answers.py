"""From the results of a pipeline to what a generator answers: the request's size, its background, and facts for the record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prodgen_diffusers.pictures.backdrop import lay
from prodgen_diffusers.pictures.parallel import each
from prodgen_diffusers.pipelines.loading import Loaded
from prodgen_diffusers.pipelines.running import Job, Result
from prodgen_sdk import images
from prodgen_sdk.types import Generated, GenerationRequest, View

Made = tuple[View, Job, Result]


def by_request(
    batch: Sequence[GenerationRequest], jobs: Sequence[Job], results: Sequence[Result]
) -> list[tuple[GenerationRequest, list[Made]]]:
    """Results of jobs, one a view of each request in order, put together by request again."""
    pairs = iter(zip(jobs, results, strict=True))
    return [(request, [(view, *next(pairs)) for view in request.views]) for request in batch]


def all_finished(pairs: Sequence[tuple[GenerationRequest, Sequence[Made]]], loaded: Loaded) -> list[list[Generated]]:
    """`finished` for each request; the pictures of all of them on as many cores as there are."""
    pictures = iter(each(lambda one: _finished(*one, loaded), [(request, m) for request, made in pairs for m in made]))
    return [[next(pictures) for _ in made] for _, made in pairs]


def finished(request: GenerationRequest, made: Sequence[Made], loaded: Loaded) -> list[Generated]:
    """What a pipeline painted, at the request's size, with the background that it asks for.

    A scene with words of style is what the model painted; any other has its background put in place exactly.
    """
    return all_finished([(request, made)], loaded)[0]


def _finished(request: GenerationRequest, made: Made, loaded: Loaded) -> Generated:
    view, job, result = made
    image, mask, warnings = result.image, None, result.warnings
    painted = int(image.shape[0])
    if image.shape[:2] != (request.size, request.size):
        image = images.resize(image, request.size, request.size)
    if request.scene.background == "transparent" or not request.scene.style:
        image, mask, more = lay(image, request.scene, request.references.get("background"))
        warnings = (*warnings, *more)
    facts = {**facts_of(loaded), **result.facts, "prompt": job.prompt, "painted_px": painted}
    if mask is not None and not mask.any():
        mask = None
    return Generated(image=image, view=view, facts=facts, mask=mask, warnings=warnings)


def facts_of(loaded: Loaded) -> dict[str, Any]:
    """What the record of a picture says of the model, JSON-ready."""
    pipe = loaded.pipe
    return {
        "pipeline": type(pipe).__name__,
        "scheduler": type(pipe.scheduler).__name__ if getattr(pipe, "scheduler", None) is not None else "",
        "model_digest": loaded.digest,
        "model_dtype": loaded.dtype,
    }


def without_style(request: GenerationRequest) -> GenerationRequest:
    """The request less its words of style, which a model that is not told them cannot have painted."""
    return request.model_copy(update={"scene": request.scene.model_copy(update={"style": ""})})
