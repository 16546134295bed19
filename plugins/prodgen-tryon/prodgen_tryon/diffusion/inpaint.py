"""The compositor `tryon/hf-inpaint`: any inpainting checkpoint of diffusers, with the garment's looks by an IP-Adapter."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from prodgen_sdk import images
from prodgen_sdk.checkpoints.digests import identity
from prodgen_sdk.checkpoints.loading import load_pretrained, set_ip_adapter
from prodgen_sdk.checkpoints.messages import collected_messages, quiet
from prodgen_sdk.checkpoints.pipelines import read_index
from prodgen_sdk.context import Context
from prodgen_sdk.files import file_digest
from prodgen_sdk.runtime import canonical_digest
from prodgen_sdk.types import Image
from prodgen_tryon.config import Config
from prodgen_tryon.diffusion.base import Job, Painter, configured
from prodgen_tryon.diffusion.calling import call
from prodgen_tryon.diffusion.config import Inpaint, IpAdapter
from prodgen_tryon.diffusion.licences import check_licence, licence_of
from prodgen_tryon.diffusion.loading import dtype_of, prepare, quietly
from prodgen_tryon.diffusion.weights import find_file, find_folder


@dataclass(frozen=True)
class Inpainter:
    """An inpainting pipeline on its device, and how it is called."""

    pipe: Any
    section: Inpaint
    digest: str
    licences: tuple[str, ...]
    lock: Any = field(default_factory=threading.Lock, repr=False)

    def paint(self, jobs: Sequence[Job], ctx: Context) -> list[Image]:
        """What each job's mask covers, painted; a pipeline with an IP-Adapter takes one job at a time."""
        if self.section.ip_adapter is not None and len(jobs) > 1:
            return [picture for job in jobs for picture in self.paint([job], ctx)]
        section = self.section
        adapter = {} if section.ip_adapter is None else {"ip_adapter_image": images.to_pil(jobs[0].garment)}
        with self.lock, quiet():
            return call(
                self.pipe, ctx, [job.seed for job in jobs], section.steps,
                prompt=[section.prompt.replace("{category}", job.category) for job in jobs],
                negative_prompt=[section.negative] * len(jobs) if section.negative else None,
                image=[images.to_pil(job.person) for job in jobs], mask_image=[images.to_pil(job.mask) for job in jobs],
                height=section.height, width=section.width, guidance_scale=section.guidance, strength=section.strength, **adapter,
            )  # fmt: skip


class InpaintCompositor(Painter):
    """The generic path: it knows the garment from the adapter and from the words alone."""

    id = "tryon/hf-inpaint"

    def __init__(self, config: Config | None, ctx: Context) -> None:
        super().__init__(config, ctx)
        section: Inpaint = configured(self._config.hf_inpaint, "hf_inpaint", self.id)
        self.size, self.batch = (section.width, section.height), section.batch
        self._inpainter = load_inpainter(section, ctx, accept=self._config.accept_noncommercial, component=self.id)
        self.pipe = self._inpainter.pipe
        self.digest, self.licences = self._inpainter.digest, self._inpainter.licences
        self.depends_on = [self._config.body_parser, section.model_dump()]

    def paint(self, jobs: Sequence[Job], ctx: Context) -> list[Image]:
        return self._inpainter.paint(jobs, ctx)


def load_inpainter(section: Inpaint, ctx: Context, *, accept: bool, component: str) -> Inpainter:
    """The pipeline of the checkpoint's family that paints inside a mask, on its device.

    Raises:
        ConfigError: weights that may not be loaded or used, are damaged, or cannot inpaint.
        MissingDependency: a hub id that is neither here nor reachable.
    """
    folder = find_folder(section.base, ctx, component=component)
    licences = [licence_of(section.base, folder)]
    check_licence(licences[0], section.base.model, accept=accept, component=component)
    with collected_messages():
        read_index(folder)
    dtype = dtype_of(section.dtype, ctx)
    digests = [identity(section.base, folder, ctx.state)]
    parts: dict[str, Any] = {}
    adapter = section.ip_adapter
    if adapter is not None:
        path = find_file(adapter, ctx, component=component)
        tower = find_folder(adapter.image_encoder, ctx, component=component)
        for source, place_ in ((adapter, path), (adapter.image_encoder, tower)):
            licences.append(licence_of(source, place_))
            check_licence(licences[-1], source.model, accept=accept, component=component)
        parts = _image_encoder(adapter, tower, dtype, component)
        digests += [file_digest(path), identity(adapter.image_encoder, tower, ctx.state)]
    pipe = load_pretrained(
        quietly("diffusers", "AutoPipelineForInpainting"),
        folder,
        dtype,
        component=component,
        variant=section.base.variant,
        **parts,
    )
    if adapter is not None:
        set_ip_adapter(pipe, path, adapter.scale, component=component)
    prepare(pipe, section, ctx.device, component=component)
    return Inpainter(pipe, section, canonical_digest(digests), tuple(dict.fromkeys(filter(None, licences))))


def _image_encoder(adapter: IpAdapter, folder: Any, dtype: Any, component: str) -> dict[str, Any]:
    extractor_of, tower_of = quietly("transformers", "CLIPImageProcessorPil", "CLIPVisionModelWithProjection")
    tower = load_pretrained(tower_of, folder, dtype, component=component, variant=adapter.image_encoder.variant)
    size = tower.config.image_size
    extractor = extractor_of(size={"shortest_edge": size}, crop_size={"height": size, "width": size})
    return {"image_encoder": tower.eval(), "feature_extractor": extractor}
