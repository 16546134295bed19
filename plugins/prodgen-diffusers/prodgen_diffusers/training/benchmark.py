"""How long a step of `prodgen train lora` takes, and how much memory."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from prodgen_diffusers.config import Config
from prodgen_diffusers.training.data import FILE_NAME
from prodgen_diffusers.training.lora import LoraTrainer
from prodgen_sdk import images
from prodgen_sdk.checkpoints.measuring import forget_peak, peak_bytes
from prodgen_sdk.context import Context
from prodgen_sdk.types import Image

_STEPS = 12


def measure_lora(model: Mapping[str, Any], photo: Image, folder: Path, ctx: Context) -> dict[str, Any]:
    """`step_ms`, median of a few steps of one picture each; `train_s` of the whole run; on CUDA `peak_memory_mb`.

    Args:
        model: the options of `LoraOptions` that name the checkpoint, and its `size`.
        photo: what is learnt from.
        folder: an empty one, for data and results.
    """
    data = folder / "photos"
    data.mkdir(parents=True)
    images.save(photo, data / "mug.png")
    (data / FILE_NAME).write_text(json.dumps({"file_name": "mug.png", "text": "a blue mug", "sku": "mug"}))
    times: list[float] = []
    told = replace(ctx, progress=lambda done, total, what: times.append(time.perf_counter()))
    forget_peak(ctx.device)
    started = time.perf_counter()
    options = {**model, "steps": _STEPS, "warmup": 1, "validation": 0.0}
    LoraTrainer(Config(), told).train(options, data, folder / "run", told)
    figures: dict[str, Any] = {"train_s": round(time.perf_counter() - started, 3)}
    # A step ends with its loss on the CPU, so that the device has done it; the first ones choose kernels.
    steps = [later - earlier for earlier, later in itertools.pairwise(times)][2:]
    figures["step_ms"] = round(1000 * median(steps), 2)
    if ctx.device.startswith("cuda"):
        figures["peak_memory_mb"] = round(peak_bytes(ctx.device) / 2**20, 1)
    return figures
