"""`diffusers/image`: pictures from a photo of the product and words, by image-to-image and editing pipelines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prodgen_diffusers.config import Config, ImageToImage, section
from prodgen_diffusers.pictures.answers import all_finished, by_request
from prodgen_diffusers.pictures.photos import nearest_photo
from prodgen_diffusers.pipelines.loading import load_pipeline
from prodgen_diffusers.pipelines.running import Job, native_size, run
from prodgen_diffusers.words import clean, prompts_for
from prodgen_sdk import images
from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import Generator
from prodgen_sdk.types import Generated, GenerationRequest

_ID = "diffusers/image"


class ImageGenerator(Generator):
    """Changes the photo that is nearest to each view after the view's prompt. Raises as `TextGenerator` does."""

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self.config: ImageToImage = section(config, "image")
        self.loaded = load_pipeline(self.config, ctx, component=_ID, task="image")
        self.digest = self.loaded.digest
        self.depends_on: Any = self.config.model_dump(mode="json", exclude={"batch"})

    def generate(self, batch: Sequence[GenerationRequest], ctx: Context) -> list[list[Generated]]:
        pipe = self.loaded.pipe
        size = native_size(pipe, self.config)
        jobs = []
        for request in batch:
            negative = clean(request.negative, pipe)
            for view, prompt in zip(request.views, prompts_for(request, pipe, ctx), strict=True):
                photo = images.squared(images.flatten(nearest_photo(request, view, component=_ID)), size)
                jobs.append(Job(prompt, request.seed, negative, image=photo))
        results = run(self.loaded, jobs, ctx, self.config, size=size, strength=self.config.strength)
        return all_finished(by_request(batch, jobs, results), self.loaded)
