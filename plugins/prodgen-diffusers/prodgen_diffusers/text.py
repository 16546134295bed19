"""`diffusers/text`: pictures from words by any text-to-image pipeline of diffusers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prodgen_diffusers.config import Config, Pipeline, section
from prodgen_diffusers.pictures.answers import all_finished, by_request
from prodgen_diffusers.pipelines.loading import load_pipeline
from prodgen_diffusers.pipelines.running import Job, native_size, run
from prodgen_diffusers.words import clean, prompts_for
from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import Generator
from prodgen_sdk.types import Generated, GenerationRequest


class TextGenerator(Generator):
    """One picture per view, from the view's prompt and the item's seed. The checkpoint loads when the component is made.

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
