"""`diffusers/background`: a new background painted around a product whose pixels stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from prodgen_diffusers.config import Background, Config, section
from prodgen_diffusers.pictures.answers import facts_of
from prodgen_diffusers.pictures.backdrop import lay, plain_background
from prodgen_diffusers.pictures.photos import Cutout, cut_product, photo_of
from prodgen_diffusers.pipelines.loading import load_pipeline
from prodgen_diffusers.pipelines.running import Job, native_size, run
from prodgen_diffusers.words import clean, prompts_for
from prodgen_sdk import images
from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import Generator
from prodgen_sdk.types import Generated, GenerationRequest, Image, View

_ID = "diffusers/background"
_Place = tuple[int, int]


class BackgroundGenerator(Generator):
    """Cuts the product out of the photo of each view and lets an inpainting pipeline paint what is around it.

    A scene with words of style, or with a picture as its background, is painted; any other is plain, and no model is asked.
    Where the product is wholly opaque its pixels are those of the photo, byte for byte (of the scaled photo, where the frame or
    `fill` scales it). Raises as `TextGenerator` does.
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self.config: Background = section(config, "background")
        self.loaded = load_pipeline(self.config, ctx, component=_ID, task="inpaint")
        self.digest = self.loaded.digest
        self.depends_on: Any = self.config.model_dump(mode="json", exclude={"batch"})

    def generate(self, batch: Sequence[GenerationRequest], ctx: Context) -> list[list[Generated]]:
        pipe = self.loaded.pipe
        size = native_size(pipe, self.config)
        cutouts: dict[_Place, Cutout] = {}
        jobs: dict[_Place, Job] = {}
        for row, request in enumerate(batch):
            prompts = prompts_for(request, pipe, ctx)
            for column, view in enumerate(request.views):
                ctx.check()
                photo = photo_of(request, view, component=_ID)
                found = cut_product(photo, request.size, self.config.fill, sku=request.product.sku)
                cutouts[row, column] = found
                if is_painted(request):
                    image, mask = canvas(found, request, size)
                    negative = clean(request.negative, pipe)
                    jobs[row, column] = Job(prompts[column], request.seed, negative, image=image, mask=mask)
        shared = {"strength": self.config.strength}
        results = dict(
            zip(jobs, run(self.loaded, list(jobs.values()), ctx, self.config, size=size, **shared), strict=True)
        )
        answers: list[list[Generated]] = [[] for _ in batch]
        for (row, column), found in cutouts.items():
            request, view = batch[row], batch[row].views[column]
            if (row, column) not in results:
                answers[row].append(_plain(request, view, found))
                continue
            result = results[row, column]
            facts = {**facts_of(self.loaded), **result.facts, "prompt": jobs[row, column].prompt, "painted_px": size}
            image = composed(result.image, found)
            mask = found.alpha > 0.5
            answers[row].append(Generated(image=image, view=view, facts=facts, mask=mask, warnings=result.warnings))
        return answers


def is_painted(request: GenerationRequest) -> bool:
    """Whether a model has to paint the scene; a transparent one is never painted."""
    scene = request.scene
    return scene.background != "transparent" and (bool(scene.style) or scene.background == "image")


def canvas(found: Cutout, request: GenerationRequest, size: int) -> tuple[Image, Any]:
    """What the pipeline starts from, HWC uint8 at its own size, and the mask of what it has to paint, bool HxW."""
    edge = request.size
    under = plain_background(request.scene, edge, request.references.get("background"))
    alpha = found.alpha[..., None]
    start = (under + (found.image.astype(np.float32) - under) * alpha).round().astype(np.uint8)
    mask = (255 * (found.alpha < 0.5)).astype(np.uint8)
    if edge != size:
        start = images.resize(start, size, size)
        mask = images.resize(np.repeat(mask[..., None], 3, axis=2), size, size)[..., 0]
    return start, mask > 127


def composed(painted: Image, found: Cutout) -> Image:
    """The product over what was painted: its own pixels where it is opaque, a blend along its outline."""
    size = found.image.shape[0]
    if painted.shape[0] != size:
        painted = images.resize(painted, size, size)
    alpha = found.alpha
    laid = np.where((alpha >= 1)[..., None], found.image, painted)
    edge = (alpha > 0) & (alpha < 1)
    part = alpha[edge][:, None]
    blend = painted[edge] + (found.image[edge].astype(np.float32) - painted[edge]) * part
    laid[edge] = blend.round().astype(np.uint8)
    return laid


def _plain(request: GenerationRequest, view: View, found: Cutout) -> Generated:
    image, mask, warnings = lay(found.image, request.scene, cut=found.cut)
    facts = {"pipeline": "", "painted_px": 0, "notes": ["a plain background, for which no model was asked"]}
    return Generated(image=image, view=view, facts=facts, mask=mask, warnings=warnings)
