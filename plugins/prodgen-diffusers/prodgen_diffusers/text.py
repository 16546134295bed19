"""`diffusers/text`: pictures from words by any text-to-image pipeline of diffusers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prodgen_diffusers.backdrop import lay
from prodgen_diffusers.config import Config, Pipeline
from prodgen_diffusers.loading import Loaded, load_pipeline
from prodgen_diffusers.parallel import each
from prodgen_diffusers.running import Job, Result, native_size, run
from prodgen_diffusers.words import clean, prompts_for
from prodgen_sdk import images
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError
from prodgen_sdk.interfaces import Generator
from prodgen_sdk.types import Generated, GenerationRequest, View


class TextGenerator(Generator):
    """One picture a view, from the view's prompt and the item's seed. The checkpoint loads when the component is made.

    Raises:
        ConfigError: no checkpoint is configured, or it may not be loaded, or an option does not fit it.
        MissingDependency: a package is not installed, or a hub id is neither at hand nor reachable.
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self.config: Pipeline = section(config, "text")
        self.loaded = load_pipeline(self.config, ctx, component="diffusers/text", task="text")
        self.digest = self.loaded.digest
        self.depends_on: Any = self.config.model_dump(mode="json", exclude={"batch"})

    def generate(self, batch: Sequence[GenerationRequest], ctx: Context) -> list[list[Generated]]:
        pipe = self.loaded.pipe
        jobs = [
            Job(prompt=prompt, seed=request.seed, negative=clean(request.negative, pipe))
            for request in batch
            for prompt in prompts_for(request, pipe, ctx)
        ]
        results = run(self.loaded, jobs, ctx, self.config, size=native_size(pipe, self.config))
        return all_finished(by_request(batch, jobs, results), self.loaded)


def section(config: Config | None, name: str) -> Any:
    """A component's own section; raises ConfigError where it has no checkpoint."""
    found = getattr(config, name, None)
    if found is None:
        raise ConfigError(
            f"diffusers/{name.replace('_', '-')} has no checkpoint.",
            hint=f'Write in prodgen.toml: [plugins.diffusers.{name}] model = "FOLDER OR HUB ID" (and revision = "...").',
        )
    return found


def by_request(
    batch: Sequence[GenerationRequest], jobs: Sequence[Job], results: Sequence[Result]
) -> list[tuple[GenerationRequest, list[Made]]]:
    """Results of jobs, one a view of each request in order, put together by request again."""
    pairs = iter(zip(jobs, results, strict=True))
    return [(request, [(view, *next(pairs)) for view in request.views]) for request in batch]


Made = tuple[View, Job, Result]


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
