"""`diffusers/angles`: one photo to any of 96 angles by an editing model with the Multiple-Angles LoRA."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import signature
from pathlib import Path
from typing import Any

from prodgen_diffusers.angles.matching import facts, match, warnings
from prodgen_diffusers.angles.poses import prompt
from prodgen_diffusers.config import Angles, Config, section
from prodgen_diffusers.pictures.answers import Made, all_finished, by_request, without_style
from prodgen_diffusers.pictures.photos import NOT_CUT, WHITE, Colour, framed, needed_photo, product_cut
from prodgen_diffusers.pipelines.loading import load_pipeline
from prodgen_diffusers.pipelines.running import Job, Result, native_size, run
from prodgen_diffusers.pipelines.sources import kind_of
from prodgen_diffusers.words import clean
from prodgen_sdk import images
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError
from prodgen_sdk.interfaces import Generator
from prodgen_sdk.types import VIEW_SETS, Generated, GenerationRequest, Image, Scene

ID = "diffusers/angles"
_FILL = 0.8
_HINT = "Its poses are those of the set pose96; render/photo and render/mesh draw any view."


class AnglesGenerator(Generator):
    """One edit of the photo a view, in the words of the nearest of the LoRA's poses.

    Raises:
        ConfigError: no checkpoint or no LoRA is configured, or the checkpoint is no editing pipeline.
        MissingDependency: a package is not installed, or a hub id is neither at hand nor reachable.
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self.config: Angles = section(config, "angles")
        self._running = for_editing(self.config)
        folder, pipeline = kind_of(self.config, ctx, ID)
        takes = signature(pipeline.__call__).parameters
        if "image" not in takes or "strength" in takes:
            raise ConfigError(
                f"{ID}: {pipeline.__name__} does not edit an image by instruction.",
                hint="Name a checkpoint such as Qwen/Qwen-Image-Edit-2511.",
            )
        self.loaded = load_pipeline(self._running, ctx, component=ID, parts=_processor(folder / "processor"))
        self.digest = self.loaded.digest
        self.depends_on: Any = self.config.model_dump(mode="json", exclude={"batch", "note_degrees", "most_degrees"})

    def generate(self, batch: Sequence[GenerationRequest], ctx: Context) -> list[list[Generated]]:
        poses = [match(r.views, VIEW_SETS["pose96"], self.config.most_degrees, ID, _HINT) for r in batch]
        photos = [source_picture(needed_photo(request, ID), request.scene) for request in batch]
        pipe = self.loaded.pipe
        jobs = [
            Job(prompt(pose.view), request.seed, clean(request.negative, pipe), image=photo)
            for request, (photo, _), found in zip(batch, photos, poses, strict=True)
            for pose in found
        ]
        size = self.config.size or native_size(pipe, self._running)
        results = run(self.loaded, jobs, ctx, self._running, size=size)
        answers: list[tuple[GenerationRequest, list[Made]]] = []
        for (request, made), found, (_, notes) in zip(by_request(batch, jobs, results), poses, photos, strict=True):
            told: list[Made] = [
                (
                    view,
                    job,
                    Result(
                        result.image,
                        {**result.facts, **facts(pose)},
                        (*result.warnings, *notes, *warnings(view, pose, self.config.note_degrees)),
                    ),
                )
                for (view, job, result), pose in zip(made, found, strict=True)
            ]
            answers.append((without_style(request), told))
        return all_finished(answers, self.loaded)


def for_editing(config: Angles) -> Angles:
    """The configuration with the LoRA among the others."""
    return config.model_copy(update={"loras": (config.lora, *config.loras)})


def source_picture(photo: Image, scene: Scene) -> tuple[Image, tuple[str, ...]]:
    """What the model edits, RGB, and warnings: the product before a plain colour if it can be cut out, else the whole photo."""
    cut = product_cut(photo)
    if cut is None:
        return images.flatten(photo), (NOT_CUT,)
    return framed(cut, max(cut.shape[:2]), fill=_FILL, colour=_plain(scene)), ()


def _plain(scene: Scene) -> Colour:
    if scene.background != "colour":
        return WHITE
    red, green, blue = (int(scene.colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue


def _processor(folder: Path) -> dict[str, Any]:
    """Qwen2.5-VL's processor without its part for videos: that needs torchvision and a configuration that not every folder has."""
    if not folder.is_dir():
        return {}
    from prodgen_diffusers.angles.processor import PhotoProcessor

    return {"processor": PhotoProcessor.read(folder)}
