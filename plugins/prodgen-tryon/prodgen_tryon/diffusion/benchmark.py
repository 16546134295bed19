"""`prodgen bench tryon-gpu`: the compositors that paint, each measured with its configured weights, tiny ones, or random ones of full size."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Annotated, Any, Literal, get_args

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from prodgen_sdk.checkpoints.measuring import batch_figures, forget_peak, free, seconds, watch
from prodgen_sdk.checkpoints.messages import collected_messages
from prodgen_sdk.config import Options, separated, validate
from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import Benchmark
from prodgen_sdk.types import Image
from prodgen_tryon.config import Config
from prodgen_tryon.diffusion.base import Job

Name = Literal["catvton", "flux_fill", "hf_inpaint", "hybrid", "fashn", "segformer", "vitpose"]
PATHS: tuple[Name, ...] = get_args(Name)
_LEVERS = ("steps", "batch", "dtype", "compile", "offload", "guidance", "width", "height")
_WHERE = "options of prodgen bench tryon-gpu"
_TINY = {"steps": 4, "width": 32, "height": 48}


class GpuOptions(Options):
    """What is measured, and how.

    Args:
        n: calls of which the median counts.
        requests: how many come at once.
        only: paths, comma-separated; None takes all.
        tiny: takes tiny random weights.
        full: takes random weights of published sizes: 2 GB, and 34 for `flux_fill`.
        folder: where random weights are built, and kept; empty takes one for the time of the run.
        steps, batch, dtype, compile, offload, guidance, width, height: replace what is configured.
    """

    n: Annotated[int, Field(ge=1)] = 3
    requests: Annotated[int, Field(ge=1)] = 4
    only: Annotated[tuple[Name, ...], BeforeValidator(separated)] = ()
    tiny: bool = False
    full: bool = False
    folder: str = ""
    steps: int | None = None
    batch: int | None = None
    dtype: str = ""
    compile: str = ""
    offload: str = ""
    guidance: float | None = None
    width: int | None = None
    height: int | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> GpuOptions:
        if self.tiny and self.full:
            raise ValueError("the weights are tiny or of full size, not both")
        return self


class GpuBenchmark(Benchmark):
    """Speed and memory of the compositors that paint; see `GpuOptions`."""

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self._config = config or Config()

    def run(self, options: Mapping[str, Any], ctx: Context) -> Mapping[str, Any]:
        """Flat figures by path (`catvton`, `flux_fill`, `hf_inpaint`, `hybrid`, `fashn`, `segformer`, `vitpose`), of painting alone: body and mask
        are analysed on the CPU, which `prodgen bench tryon` measures.

        `<path>_request_s`, `_first_request_s`, `_load_s`, `_step_ms`, `_host_overhead_pct` and `_ms` (time outside of the pipeline, pixels
        to pixels), `_batch_speedup`, on CUDA `_peak_memory_mb` and `_memory_over_pipeline_pct`; `<path>_skipped` says why there are none.

        Raises:
            ConfigError: an option is not known or out of its bounds, or both `tiny` and `full` are asked for.
        """
        asked = validate(GpuOptions, options, where=_WHERE)
        tiny, full = asked.tiny, asked.full
        paths = [name for name in PATHS if not asked.only or name in asked.only]
        levers = asked.model_dump(include=set(_LEVERS), exclude_defaults=True)
        figures: dict[str, Any] = {
            "device": ctx.device,
            "dtype": ctx.dtype,
            "tiny_weights": tiny,
            "full_size_random_weights": full,
        }
        figures |= levers
        with tempfile.TemporaryDirectory(prefix="prodgen-bench-") as made:
            folder = Path(asked.folder or made).expanduser()
            for place, name in enumerate(paths):
                ctx.check()
                ctx.progress(place, len(paths), name)
                try:
                    config = self._settings(name, folder, tiny, full, levers, ctx)
                    found = _measured(name, config, asked.n, asked.requests, ctx)
                except _Skipped as reason:
                    found = {"skipped": str(reason)}
                except Exception as error:  # whatever a library raises over one checkpoint
                    found = {"skipped": f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"}
                figures |= {f"{name}_{key}": value for key, value in found.items()}
                free(ctx.device)
        ctx.progress(len(paths), len(paths), "done")
        return figures

    def _settings(
        self, name: str, folder: Path, tiny: bool, full: bool, levers: Mapping[str, Any], ctx: Context
    ) -> Config:
        if tiny or full:
            with collected_messages():
                given = _tiny(name, folder) if tiny else _full(name, folder, ctx)
        else:
            section = getattr(self._config, name)
            if section is None:
                raise _Skipped(f"no weights: [plugins.tryon.{name}] is not set")
            given = section.model_dump()
        if name not in ("fashn", "segformer", "vitpose"):
            given |= levers
        accept = self._config.accept_noncommercial or tiny or full
        return validate(Config, {"accept_noncommercial": accept, name: given}, where=_WHERE)


class _Skipped(Exception):
    """A path that is not set up."""


def _tiny(name: str, folder: Path) -> dict[str, Any]:
    from prodgen_tryon.diffusion import tiny

    if name == "fashn":
        raise _Skipped("its package has no tiny weights")
    if name == "segformer":
        return {"model": str(tiny.segformer(folder / name)), "edge": 64}
    if name == "vitpose":
        return {"model": str(tiny.vitpose(folder / name))}
    made = getattr(tiny, "inpaint" if name in ("hf_inpaint", "hybrid") else name)(folder / name)
    if name == "catvton":
        return {"base": {"model": str(made / "base")}, "attention": {"model": str(made / "attention")}, **_TINY}
    if name == "flux_fill":
        return {"base": {"model": str(made / "base")}, "transformer": {"model": str(made / "transformer")}, **_TINY}
    return {"base": {"model": str(made)}, **_TINY}


def _full(name: str, folder: Path, ctx: Context) -> dict[str, Any]:
    from prodgen_tryon.diffusion.full_size import section

    found = section(name, folder, ctx.dtype)
    if found is None:
        raise _Skipped("there are no random weights of full size for it")
    return found


def _measured(name: str, config: Config, number: int, requests: int, ctx: Context) -> dict[str, Any]:
    started = time.perf_counter()
    paint, pipe, size, batch = _painter(name, config, ctx)
    figures: dict[str, Any] = {"load_s": round(time.perf_counter() - started, 3)}
    jobs = [_job(size, seed) for seed in range(requests)]
    figures["first_request_s"] = round(seconds(lambda: paint(jobs[:1]), ctx.device), 4)
    forget_peak(ctx.device)
    if pipe is None:
        times = [seconds(lambda: paint(jobs[:1]), ctx.device) for _ in range(number)]
        return figures | {"request_s": round(median(times), 4)}
    with watch(type(pipe), "__call__", pipe, ctx.device) as inside:
        times = [seconds(lambda: paint(jobs[:1]), ctx.device) for _ in range(number)]
    figures |= inside.figures(times, ctx.device)
    parts = [jobs[start : start + batch] for start in range(0, requests, batch)]
    found = batch_figures(
        lambda: [paint([job]) for job in jobs], lambda: [paint(part) for part in parts], requests, ctx.device
    )
    return figures | {"batch": batch, **found}


def _painter(
    name: str, config: Config, ctx: Context
) -> tuple[Callable[[Sequence[Job]], Any], Any, tuple[int, int], int]:
    """What paints jobs, the pipeline that it does it with, the size in pixels of a job, and how many it takes at once."""
    if name == "segformer":
        from prodgen_tryon.diffusion.segformer import SegformerBodyParser

        parser = SegformerBodyParser(config, ctx)
        return lambda jobs: [parser.classes(job.person) for job in jobs], None, (768, 1024), 1
    if name == "vitpose":
        from prodgen_tryon.diffusion.vitpose import VitposeBodyParser

        pose = VitposeBodyParser(config, ctx)
        return lambda jobs: [pose.joints(job.person, (192, 128, 384, 768)) for job in jobs], None, (768, 1024), 1
    if name == "hybrid":
        from prodgen_tryon.diffusion.inpaint import load_inpainter

        section = config.hybrid
        assert section is not None
        inpainter = load_inpainter(section, ctx, accept=config.accept_noncommercial, component="tryon/hybrid")
        return lambda jobs: inpainter.paint(jobs, ctx), inpainter.pipe, (section.width, section.height), section.batch
    from prodgen_tryon.diffusion import catvton, fashn, flux, inpaint

    classes: dict[str, Callable[[Config, Context], Any]] = {
        "catvton": catvton.CatVtonCompositor,
        "flux_fill": flux.FluxFillCompositor,
        "hf_inpaint": inpaint.InpaintCompositor,
        "fashn": fashn.FashnCompositor,
    }
    compositor = classes[name](config, ctx)
    return lambda jobs: compositor.paint(jobs, ctx), compositor.pipe, compositor.size, compositor.batch


def _job(size: tuple[int, int], seed: int) -> Job:
    """A figure of flat colours, whose middle is painted, and a garment."""
    width, height = size
    y, x = np.mgrid[:height, :width]
    middle = (abs(x - width / 2) < width / 4) & (abs(y - height / 2) < height / 4)
    person: Image = np.where(middle[..., None], (60, 90, 70), (205, 200, 195)).astype(np.uint8)
    garment: Image = np.where(middle[..., None], (180, 40, 45), (255, 255, 255)).astype(np.uint8)
    return Job(person, middle, garment, garment, "top", seed)
