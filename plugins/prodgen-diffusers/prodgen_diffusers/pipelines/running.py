"""Calls of a pipeline: in batches, with a seed per item, between whose steps a caller may cancel.

What is passed is decided by what the pipeline's call accepts, so that one function serves pipelines of every family.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from prodgen_diffusers.config import Pipeline
from prodgen_diffusers.pipelines import length, negatives
from prodgen_diffusers.pipelines.calls import accepted, guidance_name
from prodgen_diffusers.pipelines.loading import Loaded
from prodgen_diffusers.pipelines.output import to_images
from prodgen_diffusers.pipelines.precision import in_float32
from prodgen_sdk import images
from prodgen_sdk.checkpoints.measuring import free
from prodgen_sdk.checkpoints.messages import quiet
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, NotFinite, OutOfMemory, ProdgenError
from prodgen_sdk.types import Image

DEFAULT_STEPS = 50
_SPRINT = 2  # steps between which SANA-Sprint has a time of its own by default; with others it is refused


@dataclass(frozen=True)
class Job:
    """One picture to be made.

    Args:
        seed: of its noise; equal jobs give equal pixels, wherever they stand in a batch.
        image: HWC uint8 RGB, for pipelines that start from a picture or look at one.
        mask: bool HxW, True where an inpainting pipeline has to paint.
        extra: further arguments of the pipeline's call that differ from picture to picture; they are passed as lists. A tuple
            holds a picture for each of several parts, such as ControlNets, and is passed as a list of batches, one a part.
    """

    prompt: str
    seed: int
    negative: str = ""
    image: Image | None = None
    mask: Any = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """A finished picture, HWC uint8 RGB. `warnings` are for the person who reviews it, `facts` for the record."""

    image: Image
    facts: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def run(
    loaded: Loaded, jobs: Sequence[Job], ctx: Context, config: Pipeline, *, size: int, **shared: Any
) -> list[Result]:
    """All pictures, in order, in calls of up to `config.batch`; a call that does not fit in memory is halved.

    Args:
        size: edge in pixels at which the pipeline paints.
        shared: arguments of the call that are the same for all, such as `strength`; what it does not accept is left out.

    Raises:
        OutOfMemory: not even one picture fits.
        NotFinite: the pipeline's numbers are NaN or infinite, in full precision of the VAE too.
        ConfigError: the pipeline refuses its arguments.
        Cancelled, DeadlineExceeded: as `ctx` says, between steps.
    """
    results: list[Result] = []

    def arguments(part: Sequence[Job]) -> dict[str, Any]:
        return call_arguments(loaded, part, ctx, config, size, shared)

    with loaded.lock:
        edits = jobs and jobs[0].image is not None and "strength" not in accepted(loaded.pipe)
        # Editing pipelines take a list of pictures for references to one prompt, so that each job is a call of its own.
        batch = 1 if edits else min(config.batch, loaded.fits.get(size, config.batch))
        while len(results) < len(jobs):
            part = jobs[len(results) : len(results) + batch]
            ctx.check()
            call = partial(_call, loaded, part, arguments, ctx, _progress(ctx, len(results), len(part), len(jobs)))
            made = _in_memory(partial(_finite, loaded, ctx, call))
            if made is not None:
                results.extend(made)
                continue
            free(loaded.device)
            if len(part) == 1:
                raise OutOfMemory(
                    f"{type(loaded.pipe).__name__} ran out of memory on one image of {size} pixels.",
                    hint='Set `offload = "model"`, `vae_tiling = true` or a smaller `size`.',
                )
            batch = loaded.fits[size] = (len(part) + 1) // 2
            ctx.logger.warning("out of memory on %d images of %d pixels; going on with %d", len(part), size, batch)
    ctx.progress(len(jobs), len(jobs), "images")
    return results


def call_arguments(
    loaded: Loaded, jobs: Sequence[Job], ctx: Context, config: Pipeline, size: int, shared: Mapping[str, Any]
) -> dict[str, Any]:
    """What one call of the pipeline is given for these jobs, less the callback."""
    takes = accepted(loaded.pipe)
    wanted: dict[str, Any] = {
        "prompt": [job.prompt for job in jobs],
        "generator": [ctx.torch_rng(job.seed) for job in jobs],
        "height": size,
        "width": size,
        # FLUX.1 Kontext would paint, and SANA too, at a size of its own.
        "max_area": size * size,
        "_auto_resize": False,
        "use_resolution_binning": False,
        "num_inference_steps": config.steps,
        guidance_name(takes): config.guidance,
        "output_type": "pt",
        **shared,
        **config.arguments,
    }
    read_by = length.reader(loaded.pipe, wanted, takes)
    wanted["prompt"] = [length.fitted(job.prompt, read_by)[0] for job in jobs]
    wanted["negative_prompt"] = negatives.words(loaded.pipe, takes, wanted, [job.negative for job in jobs])
    if jobs[0].image is not None:
        wanted["image"] = [images.to_pil(job.image) for job in jobs if job.image is not None]
    if jobs[0].mask is not None:
        wanted["mask_image"] = [images.to_pil(job.mask) for job in jobs]
    for name in jobs[0].extra:
        values = [job.extra[name] for job in jobs]
        wanted[name] = _stacked(values) if isinstance(values[0], tuple) else values
    if len(jobs) == 1 and "strength" not in takes and jobs[0].image is not None:
        wanted["image"] = wanted["image"][0]
    call = {name: value for name, value in wanted.items() if name in takes and value is not None}
    if "intermediate_timesteps" in takes and call.get("num_inference_steps", _SPRINT) != _SPRINT:
        call["intermediate_timesteps"] = None
    return call


def _stacked(pictures: Sequence[tuple[Image, ...]]) -> list[Any]:
    """For each part a tensor [n, 3, h, w] in [0, 1]: the form of several ControlNets' pictures that makes a batch."""
    return [images.to_tensor(part) for part in zip(*pictures, strict=True)]


def _finite(loaded: Loaded, ctx: Context, call: Callable[[], list[Result]]) -> list[Result]:
    """The results of one call. Where half precision gave NaN, the usual cause is the VAE, which is then kept in float32."""
    try:
        return call()
    except NotFinite:
        vae = getattr(loaded.pipe, "vae", None)
        if vae is None or "float32" in str(vae.dtype) or getattr(vae, "is_quantized", False):
            raise
        ctx.logger.warning("%s gave NaN or infinite numbers; its VAE goes on in float32", type(loaded.pipe).__name__)
        in_float32(vae)
    retried = {"retried": "NaN or infinite numbers; VAE in float32"}
    return [Result(result.image, result.facts | retried, result.warnings) for result in call()]


def _call(
    loaded: Loaded,
    jobs: Sequence[Job],
    arguments_of: Callable[[Sequence[Job]], dict[str, Any]],
    ctx: Context,
    tell: Callable[[int, int], None],
) -> list[Result]:
    """One call of the pipeline; `tell` is given each finished step and the number of steps."""
    arguments = arguments_of(jobs)
    heard = "negative_prompt" in arguments
    takes = accepted(loaded.pipe)
    default = takes["num_inference_steps"].default if "num_inference_steps" in takes else DEFAULT_STEPS
    steps = int(arguments.get("num_inference_steps", default))

    def at_step_end(pipe: Any, step: int, timestep: Any, values: dict[str, Any]) -> dict[str, Any]:
        ctx.check()
        tell(step + 1, steps)
        return values

    def at_step(step: int, timestep: Any, latents: Any) -> None:
        ctx.check()
        tell(step + 1, steps)

    if "callback_on_step_end" in takes:
        arguments["callback_on_step_end"] = at_step_end
    elif "callback" in takes:
        arguments["callback"] = at_step
    try:
        with quiet():
            output = loaded.pipe(**arguments)
    except BaseException as error:
        # A pipeline that is left half-way leaves offloaded parts on the device and caches of the step that it was in.
        if hasattr(loaded.pipe, "maybe_free_model_hooks"):
            loaded.pipe.maybe_free_model_hooks()
        if isinstance(error, ValueError):
            raise _refused(loaded, error) from error
        raise
    pictures = to_images(output.images, loaded.dtype)
    flagged = getattr(output, "nsfw_content_detected", None) or [False] * len(jobs)
    return [
        Result(picture, *_remarks(loaded.pipe, job, arguments, heard=heard, blacked_out=bool(bad)))
        for job, picture, bad in zip(jobs, pictures, flagged, strict=True)
    ]


def _refused(loaded: Loaded, error: ValueError) -> ConfigError:
    """What a pipeline's own checks say of its arguments, such as a size that is no multiple of 8."""
    said = next(iter(str(error).splitlines()), "")
    return ConfigError(
        f"{loaded.component}: {type(loaded.pipe).__name__} refuses what it is configured with: {said}",
        hint="Compare `size`, `steps`, `scheduler` and `arguments` of its section with the pipeline's documentation.",
    )


def _remarks(
    pipe: Any, job: Job, arguments: Mapping[str, Any], *, heard: bool, blacked_out: bool
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What the record and the reviewer should know of a picture."""
    facts: dict[str, Any] = {} if heard or not job.negative else {"notes": [negatives.UNHEARD]}
    warnings = ["The checkpoint's own safety checker has blacked this image out."] if blacked_out else []
    if (read_by := length.reader(pipe, arguments, accepted(pipe))) is not None:
        asked = (("prompt", job.prompt), ("negative prompt", job.negative if heard else ""))
        for what, text in asked:
            if left := length.fitted(text, read_by)[1]:
                warnings.append(length.told(left, read_by[1], what))
    return facts, tuple(warnings)


def native_size(pipe: Any, config: Pipeline) -> int:
    """The edge in pixels at which a checkpoint paints best: the configured one, or what its denoiser was made for."""
    if config.size is not None:
        return config.size
    inner = next(
        (getattr(pipe, name) for name in ("transformer", "unet") if getattr(pipe, name, None) is not None), None
    )
    sample = getattr(pipe, "default_sample_size", None) or getattr(getattr(inner, "config", None), "sample_size", None)
    scale = getattr(pipe, "vae_scale_factor", 8)
    return int(sample * scale) if isinstance(sample, int) else 1024


def _in_memory(call: Callable[[], list[Result]]) -> list[Result] | None:
    """What the call returns, or None where memory ran out; the error is gone then, and what its frames held."""
    import torch

    try:
        return call()
    except ProdgenError:
        raise
    except (torch.OutOfMemoryError, MemoryError):
        return None
    except RuntimeError as error:
        if "can't allocate memory" in str(error) or "out of memory" in str(error):
            return None
        raise


def _progress(ctx: Context, before: int, part: int, total: int) -> Callable[[int, int], None]:
    """Tells of pictures, in fractions of a call: step 10 of 20 of a call of 8 is 4 pictures."""

    def tell(step: int, steps: int) -> None:
        ctx.progress(min(total, before + part * step // max(1, steps)), total, "images")

    return tell
