"""The compositor `tryon/fashn`: FASHN VTON 1.5 through its own package, kept inside the mask."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from prodgen_sdk import images
from prodgen_sdk.checkpoints.digests import identity
from prodgen_sdk.checkpoints.safety import check_folder
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError
from prodgen_sdk.types import Image
from prodgen_tryon.config import Config
from prodgen_tryon.diffusion.base import Job, Painter, configured
from prodgen_tryon.diffusion.config import Fashn
from prodgen_tryon.diffusion.licences import check_licence, licence_of
from prodgen_tryon.diffusion.weights import find_folder

LICENCE = "Apache-2.0"
INSTALL = "pip install 'fashn-vton @ git+https://github.com/fashn-AI/fashn-vton-1.5'"
GARMENTS = {
    "top": "tops", "outerwear": "tops", "trousers": "bottoms", "shorts": "bottoms", "skirt": "bottoms",
    "dress": "one-pieces", "overall": "one-pieces",
}  # fmt: skip


class FashnCompositor(Painter):
    """The model paints the whole person without a mask; only what lies in ours is taken over."""

    id = "tryon/fashn"
    size = (576, 864)

    def __init__(self, config: Config | None, ctx: Context) -> None:
        super().__init__(config, ctx)
        section: Fashn = configured(self._config.fashn, "fashn", self.id)
        folder = find_folder(section.weights, ctx, component=self.id)
        check_folder(folder)  # all of it, in the hub's cache too: the package reads what it likes
        if not (folder / "dwpose").is_dir():
            raise ConfigError(
                f"{self.id}: {folder} has no folder dwpose/ with the pose models.",
                hint="Fetch the weights with the package's scripts/download_weights.py.",
            )
        licence = licence_of(section.weights, folder, LICENCE)
        check_licence(licence, section.weights.model, accept=self._config.accept_noncommercial, component=self.id)
        package = importlib.import_module("fashn_vton")
        self._model: Any = package.TryOnPipeline(weights_dir=str(folder), device=section.device or ctx.device)
        self._section, self._lock = section, threading.Lock()
        self.digest, self.licences = identity(section.weights, folder, ctx.state), (licence,)
        self.depends_on = [self._config.body_parser, section.model_dump()]

    def paint(self, jobs: Sequence[Job], ctx: Context) -> list[Image]:
        from PIL import Image as Pil

        options = {"num_timesteps": self._section.steps, "guidance_scale": self._section.guidance}
        given = {name: value for name, value in options.items() if value is not None}
        pictures: list[Image] = []
        for job in jobs:
            ctx.check()
            with self._lock:
                result = self._model(
                    person_image=Pil.fromarray(job.person), garment_image=Pil.fromarray(job.picture),
                    category=GARMENTS[job.category], garment_photo_type="flat-lay", num_samples=1, seed=job.seed % 2**32, **given,
                )  # fmt: skip
            picture = np.asarray(result.images[0].convert("RGB"))
            pictures.append(images.resize(picture, *self.size) if picture.shape[1::-1] != self.size else picture.copy())
        return pictures
