"""Pictures that are painted while a LoRA learns, by the pipeline itself, so that they are what `diffusers/text` would paint."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_diffusers.config import Pipeline
from prodgen_diffusers.pipelines.loading import Loaded
from prodgen_diffusers.pipelines.running import Job, run
from prodgen_sdk import images
from prodgen_sdk.context import Context, no_progress
from prodgen_sdk.errors import NotFinite, OutOfMemory
from prodgen_sdk.training.record import grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodgen_sdk.types import Image

MOST = 4
_SHOWN = 256


class Sampler:
    """A grid of a few pictures, always of the same words and noise, one column each.

    What the text encoders say of the words is kept from the first time, so that they may leave the memory after it.

    Args:
        jobs: what is painted.
        size: edge in pixels at which it is painted; the grid shows 256 at most.
        true: the pictures of which the words speak, where there are any: the first row. What the model paints without the LoRA
            is the next, what it paints now the last.

    Raises:
        OutOfMemory, NotFinite, ConfigError: as `run` does, the first time; later a grid is left out.
    """

    def __init__(
        self, loaded: Loaded, jobs: Sequence[Job], config: Pipeline, size: int, true: Sequence[Image], ctx: Context
    ) -> None:
        self._loaded, self._jobs, self._config, self._size = loaded, jobs, config, size
        self._ctx = replace(ctx, progress=no_progress)
        self._said: list[list[Any]] = [[] for _ in jobs]
        before = [self._painted(job, said, first=True) for job, said in zip(jobs, self._said, strict=True)]
        self._above = [*true, *before]

    def grid(self) -> NDArray[np.uint8] | None:
        """The grid of now; None, and a warning, where it could not be painted."""
        try:
            now = [self._painted(job, said) for job, said in zip(self._jobs, self._said, strict=True)]
        except (OutOfMemory, NotFinite) as error:
            self._ctx.logger.warning("no samples: %s", error)
            return None
        edge = min(_SHOWN, self._size)
        small = [images.resize(picture, edge, edge) for picture in (*self._above, *now)]
        return grid(np.stack(small), len(self._jobs))

    def _painted(self, job: Job, said: list[Any], *, first: bool = False) -> Image:
        pipe = self._loaded.pipe
        encode, again = pipe.encode_prompt, itertools.cycle(said)

        def remembered(*args: Any, **kwargs: Any) -> Any:
            if first:
                said.append(encode(*args, **kwargs))
            return said[-1] if first else next(again)

        pipe.encode_prompt = remembered
        try:
            (result,) = run(self._loaded, [job], self._ctx, self._config, size=self._size)
        finally:
            del pipe.encode_prompt
        return result.image
