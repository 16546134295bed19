"""The compositor `tryon/flux-fill`: FLUX.1 Fill with a transformer that was trained on pairs of garment and person."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from prodgen_sdk import images
from prodgen_sdk.checkpoints.digests import identity
from prodgen_sdk.checkpoints.loading import load_pretrained
from prodgen_sdk.checkpoints.messages import collected_messages, quiet
from prodgen_sdk.checkpoints.pipelines import read_index
from prodgen_sdk.context import Context
from prodgen_sdk.runtime import canonical_digest
from prodgen_sdk.types import Image, Mask
from prodgen_tryon.config import Config
from prodgen_tryon.diffusion.base import Job, Painter, configured
from prodgen_tryon.diffusion.calling import call
from prodgen_tryon.diffusion.config import FluxFill
from prodgen_tryon.diffusion.licences import check_licence, licence_of
from prodgen_tryon.diffusion.loading import dtype_of, prepare, quietly
from prodgen_tryon.diffusion.weights import find_folder

LICENCE = "FLUX.1 [dev] Non-Commercial License"


class FluxFillCompositor(Painter):
    """Garment at the left, person at the right of one picture; the right half is painted inside the mask and kept."""

    id = "tryon/flux-fill"

    def __init__(self, config: Config | None, ctx: Context) -> None:
        super().__init__(config, ctx)
        section: FluxFill = configured(self._config.flux_fill, "flux_fill", self.id)
        self._section = section
        self.size, self.batch = (section.width, section.height), section.batch
        self.pipe, self.digest, self.licences = load_flux_fill(
            section, ctx, accept=self._config.accept_noncommercial, component=self.id
        )
        self.depends_on = [self._config.body_parser, section.model_dump()]
        self._lock = threading.Lock()

    def paint(self, jobs: Sequence[Job], ctx: Context) -> list[Image]:
        section = self._section
        pairs = [side_by_side(job) for job in jobs]
        with self._lock, quiet():
            pictures = call(
                self.pipe, ctx, [job.seed for job in jobs], section.steps,
                prompt=[section.prompt] * len(jobs), image=[images.to_pil(picture) for picture, _ in pairs],
                mask_image=[images.to_pil(mask) for _, mask in pairs], height=section.height, width=2 * section.width,
                guidance_scale=section.guidance,
            )  # fmt: skip
        return [picture[:, section.width :].copy() for picture in pictures]


def side_by_side(job: Job) -> tuple[Image, Mask]:
    """The garment at the left of the person, uint8 RGB [h, 2 w, 3], and the mask, of which the garment's half is empty."""
    mask = np.concatenate([np.zeros_like(job.mask), job.mask], 1)
    return np.concatenate([job.garment, job.person], 1), mask


def load_flux_fill(
    section: FluxFill, ctx: Context, *, accept: bool, component: str
) -> tuple[Any, str, tuple[str, ...]]:
    """The pipeline on its device, a digest of all weights, and their licences; raises as `catvton.load_catvton` does."""
    sources = (section.transformer, section.base)
    parts = ("scheduler", "text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2", "vae")
    folders = (
        find_folder(section.transformer, ctx, component=component),
        find_folder(section.base, ctx, component=component, parts=parts),
    )
    licences = [licence_of(source, folder, LICENCE) for source, folder in zip(sources, folders, strict=True)]
    for licence, source in zip(licences, sources, strict=True):
        check_licence(licence, source.model, accept=accept, component=component)
    with collected_messages():
        read_index(folders[1])
    transformer, pipeline = quietly("diffusers", "FluxTransformer2DModel", "FluxFillPipeline")
    dtype = dtype_of(section.dtype, ctx)
    network = load_pretrained(transformer, folders[0], dtype, component=component, variant=section.transformer.variant)
    pipe = load_pretrained(
        pipeline,
        folders[1],
        dtype,
        component=component,
        transformer=network.eval(),
        variant=section.base.variant,
    )
    prepare(pipe, section, ctx.device, component=component)
    digests = [identity(source, folder, ctx.state) for source, folder in zip(sources, folders, strict=True)]
    return pipe, canonical_digest(digests), tuple(dict.fromkeys(licences))
