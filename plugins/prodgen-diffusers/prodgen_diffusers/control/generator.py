"""`diffusers/control`: pictures from exactly the view that was asked for, held there by depth and normals of a renderer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prodgen_diffusers.config import Config, Control, section
from prodgen_diffusers.control.geometry import render_maps
from prodgen_diffusers.control.loading import load_controlled
from prodgen_diffusers.control.pictures import control_picture, overlap
from prodgen_diffusers.pictures.answers import by_request, finished
from prodgen_diffusers.pictures.photos import WHITE, framed, front_photo, product_cut
from prodgen_diffusers.pipelines.calls import accepted
from prodgen_diffusers.pipelines.running import Job, Result, native_size, run
from prodgen_diffusers.words import clean, prompts_for
from prodgen_sdk import images
from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import Generator
from prodgen_sdk.runtime import canonical_digest
from prodgen_sdk.types import Generated, GenerationRequest, Image

ID = "diffusers/control"
_FILL = 0.9
NO_PHOTO = "There is no photo of the front: the product's looks come from its words alone."


class ControlGenerator(Generator):
    """Paints each view over the maps that a renderer gives of it; the product's looks come from words and, by IP-Adapter, a photo.

    Raises:
        ConfigError: no checkpoint is configured, or a part may not be loaded or does not fit.
        MissingDependency: a package is not installed, or a hub id is neither at hand nor reachable.
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self.config: Control = section(config, "control")
        self.loaded, added = load_controlled(self.config, ctx, ID)
        self.digest = canonical_digest([self.loaded.digest, *added])
        self.depends_on: Any = self.config.model_dump(mode="json", exclude={"batch", "least_overlap"})

    def generate(self, batch: Sequence[GenerationRequest], ctx: Context) -> list[list[Generated]]:
        size = native_size(self.loaded.pipe, self.config)
        geometry = self.geometry(batch, ctx)
        jobs = [self._jobs(request, drawn, size, ctx) for request, (_, drawn) in zip(batch, geometry, strict=True)]
        flat = [job for some in jobs for job in some]
        if self.config.ip_adapter is None:
            results = run(self.loaded, flat, ctx, self.config, size=size, **self._shared())
        else:  # diffusers gives one call one photo
            results = [
                result
                for request, some in zip(batch, jobs, strict=True)
                for result in self._with_photo(request, some, size, ctx)
            ]
        return [
            self._finished(request, made, id, drawn)
            for (request, made), (id, drawn) in zip(by_request(batch, flat, results), geometry, strict=True)
        ]

    def geometry(self, batch: Sequence[GenerationRequest], ctx: Context) -> list[tuple[str, list[Generated]]]:
        """For each request the id of the generator that gives its maps, and a picture with maps for each view."""
        kinds = [net.kind for net in self.config.controls]
        return render_maps(batch, self.config.geometry, kinds, native_size(self.loaded.pipe, self.config), ctx)

    def _jobs(self, request: GenerationRequest, drawn: Sequence[Generated], size: int, ctx: Context) -> list[Job]:
        pipe = self.loaded.pipe
        argument = "control_image" if "control_image" in accepted(pipe) else "image"
        negative = clean(request.negative, pipe)
        jobs = []
        for prompt, picture in zip(prompts_for(request, pipe, ctx), drawn, strict=True):
            maps = tuple(
                images.resize(control_picture(net.kind, picture.maps[net.kind]), size, size)
                for net in self.config.controls
            )
            shown = maps if len(maps) > 1 else images.to_pil(maps[0])
            jobs.append(Job(prompt, request.seed, negative, extra={argument: shown}))
        return jobs

    def _shared(self) -> dict[str, Any]:
        nets = self.config.controls
        values = {
            "controlnet_conditioning_scale": [net.scale for net in nets],
            "control_guidance_start": [net.start for net in nets],
            "control_guidance_end": [net.end for net in nets],
        }
        return values if len(nets) > 1 else {name: value[0] for name, value in values.items()}

    def _with_photo(self, request: GenerationRequest, jobs: Sequence[Job], size: int, ctx: Context) -> list[Result]:
        assert self.config.ip_adapter is not None
        photo = front_photo(request)
        hero, scale = (hero_picture(photo, size), self.config.ip_adapter.scale) if photo is not None else (None, 0.0)
        with self.loaded.lock:
            self.loaded.pipe.set_ip_adapter_scale(scale)
            shown = images.to_pil(hero) if hero is not None else _blank(size)
            results = run(self.loaded, jobs, ctx, self.config, size=size, ip_adapter_image=[shown], **self._shared())
        if photo is not None:
            return results
        return [Result(result.image, result.facts, (*result.warnings, NO_PHOTO)) for result in results]

    def _finished(
        self, request: GenerationRequest, made: Sequence[Any], geometry: str, drawn: Sequence[Generated]
    ) -> list[Generated]:
        pictures = []
        for picture, rendered in zip(finished(request, made, self.loaded), drawn, strict=True):
            facts = {
                **picture.facts,
                "geometry": geometry,
                "controls": [net.kind for net in self.config.controls],
                "geometry_facts": rendered.facts,
            }
            warnings = (*picture.warnings, *(f"Geometry by {geometry}: {text}" for text in rendered.warnings))
            if picture.mask is not None and rendered.mask is not None:
                share = overlap(picture.mask, _mask_at(rendered.mask, request.size))
                facts["silhouette_iou"] = round(share, 4)
                if share < self.config.least_overlap:
                    warnings += (f"The product's outline agrees with the renderer's by {share:.0%} only.",)
            pictures.append(picture.model_copy(update={"facts": facts, "warnings": warnings}))
        return pictures


def hero_picture(photo: Image, size: int) -> Image:
    """What the IP-Adapter looks at: the product centred on white, or the whole photo where it cannot be cut out."""
    cut = product_cut(photo)
    return images.flatten(photo) if cut is None else framed(cut, size, fill=_FILL, colour=WHITE)


def _mask_at(mask: Any, size: int) -> Any:
    if mask.shape == (size, size):
        return mask
    import numpy as np

    grey = np.where(mask, np.uint8(255), np.uint8(0))[..., None].repeat(3, axis=2)
    return images.resize(grey, size, size)[..., 0] > 127


def _blank(size: int) -> Any:
    from PIL import Image as Pil

    return Pil.new("RGB", (size, size), WHITE)
