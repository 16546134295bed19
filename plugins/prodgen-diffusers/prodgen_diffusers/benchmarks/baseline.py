"""The same checkpoint through diffusers alone, as a script would use it: what this plugin's time and memory are compared with."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from statistics import median
from typing import Any

from prodgen_diffusers.benchmarks.measuring import repeated
from prodgen_diffusers.config import Pipeline
from prodgen_diffusers.pipelines.calls import accepted, guidance_name
from prodgen_diffusers.pipelines.loading import task_class
from prodgen_diffusers.pipelines.running import native_size
from prodgen_sdk.checkpoints.loading import load_pretrained
from prodgen_sdk.checkpoints.measuring import forget_peak, free, peak_bytes
from prodgen_sdk.checkpoints.messages import collected_messages
from prodgen_sdk.checkpoints.pipelines import pipeline_class, read_index
from prodgen_sdk.checkpoints.sources import local_path
from prodgen_sdk.context import Context


def comparable(config: Pipeline) -> bool:
    """Whether a configuration is of a local text-to-image checkpoint without levers, which a plain script would load alike."""
    plain = Pipeline(model=config.model, size=config.size, steps=config.steps, guidance=config.guidance, dtype=config.dtype, batch=config.batch, variant=config.variant, arguments=config.arguments)  # fmt: skip
    return type(config) is Pipeline and local_path(config.model) is not None and config == plain


def measure_baseline(config: Pipeline, prompt: str, number: int, ctx: Context, most: float = inf) -> dict[str, float]:
    """`request_s`, median seconds of a call from words to a PIL picture, and on CUDA `peak_memory_mb`, weights and call.

    Args:
        most: seconds after which no further call is begun.
    """
    import torch

    folder = local_path(config.model)
    assert folder is not None
    dtype = getattr(torch, ctx.dtype if config.dtype == "auto" else config.dtype)
    with collected_messages():
        cls: Any = task_class(pipeline_class(read_index(folder)), "text")
    pipe = load_pretrained(cls, folder, dtype, component="prodgen bench gpu", variant=config.variant).to(ctx.device)
    pipe.set_progress_bar_config(disable=True)
    size = native_size(pipe, config)
    guided = guidance_name(accepted(pipe))
    options = {"num_inference_steps": config.steps, guided: config.guidance, "height": size, "width": size}
    given = {name: value for name, value in options.items() if value is not None} | config.arguments
    times = _times(pipe, {"prompt": prompt} | given, number, most, ctx.device)
    figures = {"request_s": median(times), "peak_memory_mb": peak_bytes(ctx.device) / 2**20}
    del pipe
    free(ctx.device)
    return figures


def _times(pipe: Any, given: Mapping[str, Any], number: int, most: float, device: str) -> list[float]:
    import torch

    def call() -> None:
        pipe(generator=torch.Generator().manual_seed(1), **given).images[0].load()

    call()  # makes handles and chooses kernels
    forget_peak(device)
    return repeated(call, number, most, device)
