"""The compositor `tryon/catvton`."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from prodgen_sdk import images
from prodgen_sdk.checkpoints.digests import identity
from prodgen_sdk.checkpoints.loading import load_pretrained
from prodgen_sdk.checkpoints.messages import collected_messages
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError
from prodgen_sdk.runtime import canonical_digest
from prodgen_sdk.types import Image
from prodgen_tryon.config import Config
from prodgen_tryon.diffusion.base import Job, Painter, configured
from prodgen_tryon.diffusion.config import CatVton
from prodgen_tryon.diffusion.licences import check_licence, licence_of
from prodgen_tryon.diffusion.loading import dtype_of, prepare, quietly
from prodgen_tryon.diffusion.weights import find_file, find_folder

LICENCE = "CC BY-NC-SA 4.0"
CHANNELS = 9


class CatVtonCompositor(Painter):
    """Dresses photos by CatVTON's weights over an inpainting UNet of Stable Diffusion 1.5."""

    id = "tryon/catvton"

    def __init__(self, config: Config | None, ctx: Context) -> None:
        super().__init__(config, ctx)
        section: CatVton = configured(self._config.catvton, "catvton", self.id)
        self._section = section
        self.size, self.batch = (section.width, section.height), section.batch
        self.pipe, self.digest, self.licences = load_catvton(
            section, ctx, accept=self._config.accept_noncommercial, component=self.id
        )
        self.depends_on = [self._config.body_parser, section.model_dump()]
        self._lock = threading.Lock()

    def paint(self, jobs: Sequence[Job], ctx: Context) -> list[Image]:
        import numpy as np
        import torch

        person = images.to_tensor([job.person for job in jobs])
        garment = images.to_tensor([job.garment for job in jobs])
        mask = torch.from_numpy(np.stack([job.mask for job in jobs])[:, None].astype(np.float32))

        def at_step(done: int, steps: int) -> None:
            ctx.check()
            ctx.progress(done, steps, "steps")

        with self._lock:
            pictures = self.pipe(
                person, mask, garment, [ctx.torch_rng(job.seed) for job in jobs], steps=self._section.steps,
                guidance=self._section.guidance, eta=self._section.eta, at_step=at_step,
            )  # fmt: skip
        return images.from_tensor(pictures)


def load_catvton(section: CatVton, ctx: Context, *, accept: bool, component: str) -> tuple[Any, str, tuple[str, ...]]:
    """The pipeline on its device, a digest of all weights, and their licences.

    Raises:
        ConfigError: weights that may not be loaded or used, are damaged, or do not fit together.
        MissingDependency: a hub id that is neither here nor reachable.
    """
    parts = ("unet", "scheduler") if section.vae is not None else ("unet", "scheduler", "vae")
    attention = find_file(section.attention, ctx, component=component)
    licence = licence_of(section.attention, attention, LICENCE)
    check_licence(licence, section.attention.model, accept=accept, component=component)
    base = find_folder(section.base, ctx, component=component, parts=parts)
    vae = find_folder(section.vae, ctx, component=component) if section.vae is not None else base / "vae"
    sources = [(section.base, base), *([(section.vae, vae)] if section.vae is not None else [])]
    licences = [licence]
    for source, path in sources:
        licences.append(licence_of(source, path))
        check_licence(licences[-1], source.model, accept=accept, component=component)

    from safetensors.torch import load_file

    from prodgen_tryon.diffusion.attention import load_attention, skip_cross_attention

    network, autoencoder, ddim = quietly("diffusers", "UNet2DConditionModel", "AutoencoderKL", "DDIMScheduler")
    pipeline = quietly("prodgen_tryon.diffusion.pipeline", "CatVtonPipeline")

    dtype = dtype_of(section.dtype, ctx)
    unet = load_pretrained(network, base / "unet", dtype, component=component, variant=section.base.variant)
    if unet.config.in_channels != CHANNELS:
        raise ConfigError(
            f"{component}: the UNet of {base} takes {unet.config.in_channels} channels, not {CHANNELS}.",
            hint="Name an inpainting checkpoint of Stable Diffusion 1.5 as `base`.",
        )
    load_attention(unet, load_file(attention), attention, component=component)
    skip_cross_attention(unet)
    variant = section.vae.variant if section.vae is not None else section.base.variant
    decoder = load_pretrained(autoencoder, vae, dtype, component=component, variant=variant)
    with collected_messages():
        scheduler = ddim.from_pretrained(base / "scheduler", local_files_only=True)
    pipe = pipeline(decoder.eval(), unet.eval(), scheduler)
    prepare(pipe, section, ctx.device, component=component)
    used = [(section.attention, attention), *sources]
    digests = [identity(source, path, ctx.state) for source, path in used]
    ctx.logger.info("%s: on %s in %s", component, ctx.device, dtype)
    return pipe, canonical_digest(digests), tuple(dict.fromkeys(filter(None, licences)))
