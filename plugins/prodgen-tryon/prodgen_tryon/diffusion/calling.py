"""One call of an inpainting pipeline of diffusers, whatever its family."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from prodgen_sdk import images
from prodgen_sdk.context import Context
from prodgen_sdk.types import Image


def call(pipe: Any, ctx: Context, seeds: Sequence[int], steps: int, **arguments: Any) -> list[Image]:
    """The pictures, uint8 RGB. What the pipeline's call does not accept is left out; a caller may cancel between steps."""
    takes = inspect.signature(type(pipe).__call__).parameters

    def at_step(_: Any, step: int, time: Any, values: dict[str, Any]) -> dict[str, Any]:
        ctx.check()
        ctx.progress(step + 1, steps, "steps")
        return values

    given = {name: value for name, value in arguments.items() if name in takes and value is not None}
    if "callback_on_step_end" in takes:
        given["callback_on_step_end"] = at_step
    generators = [ctx.torch_rng(seed) for seed in seeds]
    made = pipe(num_inference_steps=steps, generator=generators, output_type="pt", **given).images
    return images.from_tensor(made)
