"""`prodgen bench gpu`: every path that runs a model on a GPU, with the configured checkpoints, tiny ones, or random ones of full size.

What cannot run is reported with the reason. The same runs on a CPU, where with `-o tiny=1` it takes under a minute.
"""

from __future__ import annotations

import importlib
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from functools import partial
from math import inf
from pathlib import Path
from typing import Any

from prodgen_diffusers.benchmarks.baseline import comparable, measure_baseline
from prodgen_diffusers.benchmarks.measuring import PRODUCT, Skipped, encoder, measure, other_generator, photo
from prodgen_diffusers.benchmarks.options import GpuOptions, Name
from prodgen_diffusers.config import Config
from prodgen_sdk.checkpoints.measuring import free
from prodgen_sdk.checkpoints.messages import collected_messages
from prodgen_sdk.config import validate
from prodgen_sdk.context import Context
from prodgen_sdk.errors import Cancelled, DeadlineExceeded
from prodgen_sdk.interfaces import Benchmark
from prodgen_sdk.specs import Kind

PATHS: dict[Name, str] = {
    "text": "prodgen_diffusers.text:TextGenerator",
    "image": "prodgen_diffusers.image:ImageGenerator",
    "background": "prodgen_diffusers.background:BackgroundGenerator",
    "angles": "prodgen_diffusers.angles.generator:AnglesGenerator",
    "mv_adapter": "prodgen_diffusers.mv_adapter.generator:MultiViewGenerator",
    "control": "prodgen_diffusers.control.generator:ControlGenerator",
}
_ENCODERS: tuple[Kind, ...] = ("text_encoder", "image_encoder")
_WHERE = "options of prodgen bench gpu"
Figures = dict[str, Any]


class GpuBenchmark(Benchmark):
    """Flat figures of each path; see `GpuOptions` for what can be asked for.

    Paths: `text`, `image`, `background`, `angles`, `mv_adapter`, `control`, `lora` (`prodgen train lora`), and encoders and
    generators of other plugins that need torch. Compositors: `prodgen bench tryon-gpu`.

    `<path>_images_per_s`, `_request_s`, `_first_request_s`, `_load_s`, `_step_ms`, `_host_overhead_pct` (time of a call that
    is not inside the diffusers pipeline, pixels to pixels), `_batch_speedup` (requests one by one / all at once), on CUDA
    `_peak_memory_mb` and `_memory_over_pipeline_pct`; `control_geometry_ms` of that overhead the renderer takes for its maps;
    `<path>_skipped` says why there are none. With `plain`
    `_plain_request_s`, `_over_plain_pct` and on CUDA `_memory_over_plain_pct`.
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self.config = config or Config()

    def run(self, options: Mapping[str, Any], ctx: Context) -> Mapping[str, Any]:
        """See the class.

        Raises:
            ConfigError: an option that there is not, or a value that is none.
        """
        chosen = validate(GpuOptions, options, where=_WHERE)
        figures: Figures = _machine(ctx) | chosen.told()
        with tempfile.TemporaryDirectory(prefix="prodgen-bench-") as made:
            paths = list(self._paths(chosen, Path(made), ctx))
            for place, (name, measured) in enumerate(paths):
                ctx.check()
                ctx.progress(place, len(paths), name)
                figures |= _tried(name, measured)
                free(ctx.device)
        ctx.progress(len(paths), len(paths), "done")
        return figures

    def _paths(self, options: GpuOptions, made: Path, ctx: Context) -> Iterator[tuple[str, Callable[[], Figures]]]:
        """The name of each path that is asked for, and what measures it; `made` is an empty folder."""
        folder = Path(options.folder or made).expanduser()
        for name in PATHS:
            if options.wants(name):
                yield name, partial(self._path, name, options, folder, ctx)
        if options.wants("lora"):
            yield "lora", partial(self._lora, options, folder, made / "lora", ctx)
        if options.wants("encoders"):
            for kind in _ENCODERS:
                yield from ((_key(id), partial(encoder, kind, id, options.n, ctx)) for id in ctx.ids(kind))
        if options.wants("others"):
            others = (id for id in ctx.ids("generator") if not id.startswith("diffusers/"))
            yield from ((_key(id), partial(other_generator, id, options.n, ctx)) for id in others)

    def _path(self, name: Name, options: GpuOptions, folder: Path, ctx: Context) -> Figures:
        from prodgen_diffusers.tiny.qwen_edit import small_pictures

        config = self._configured(name, options, folder, ctx)
        with small_pictures() if options.tiny else nullcontext():
            return _measured(name, config, options, ctx)

    def _lora(self, options: GpuOptions, folder: Path, made: Path, ctx: Context) -> Figures:
        from prodgen_diffusers.training.benchmark import measure_lora

        text = self._configured("text", options, folder, ctx).text
        model: dict[str, Any] = {name: getattr(text, name) for name in ("model", "revision", "digest", "variant")}
        if options.tiny:
            model["size"] = 64
        return measure_lora(model, photo(options.edge or 1024), made, ctx)

    def _configured(self, name: Name, options: GpuOptions, folder: Path, ctx: Context) -> Config:
        """The section of a path with the checkpoint and the values that are asked for.

        Raises:
            Skipped: it has no checkpoint.
        """
        if options.tiny:
            from prodgen_diffusers.tiny.sections import section

            folder.mkdir(parents=True, exist_ok=True)
            given = section(name, folder)
        elif options.full:
            given = _full_size(name, options, folder, ctx)
        elif (own := getattr(self.config, name)) is not None:
            given = own.model_dump()
        else:
            raise Skipped(f"no checkpoint: plugins.diffusers.{name}.model is not set")
        return validate(Config, {name: given | options.levers()}, where=_WHERE)


def _measured(name: Name, config: Config, options: GpuOptions, ctx: Context) -> Figures:
    own = getattr(config, name)
    plain: dict[str, float] = {}
    if options.plain and comparable(own):
        plain = measure_baseline(own, PRODUCT.title, options.n, ctx, options.seconds or inf)
    started = time.perf_counter()
    generator = _build(PATHS[name], config, ctx)
    figures = {"load_s": round(time.perf_counter() - started, 3)}
    size = options.edge or own.size or 1024
    figures |= measure(name, generator, options.n, options.requests, size, ctx, options.seconds or inf)
    if plain:
        figures["plain_request_s"] = round(plain["request_s"], 4)
        figures["over_plain_pct"] = round(100 * (figures["request_s"] / plain["request_s"] - 1), 2)
        if plain["peak_memory_mb"]:
            figures["plain_peak_memory_mb"] = round(plain["peak_memory_mb"], 1)
            figures["memory_over_plain_pct"] = round(100 * (figures["peak_memory_mb"] / plain["peak_memory_mb"] - 1), 2)
    return figures


def _tried(name: str, run: Callable[[], Figures]) -> Figures:
    """The figures with the path before their names, or why there are none. An error of one path leaves the others."""
    try:
        return {f"{name}_{key}": value for key, value in run().items()}
    except Skipped as reason:
        return {f"{name}_skipped": str(reason)}
    except (Cancelled, DeadlineExceeded):
        raise
    except Exception as error:  # whatever a library raises over one checkpoint
        return {f"{name}_skipped": f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"}


def _full_size(name: Name, options: GpuOptions, folder: Path, ctx: Context) -> dict[str, Any]:
    from prodgen_diffusers.full_size.sections import NoRoom, section

    folder.mkdir(parents=True, exist_ok=True)
    dtype = str(options.dtype or ctx.dtype)
    try:
        with collected_messages():
            found = section(name, options.full, folder, ctx.dtype if dtype == "auto" else dtype)
    except NoRoom as error:
        raise Skipped(str(error)) from None
    if found is None:
        raise Skipped(f"there are no random weights of full size for it with {options.full}: take -o full=sdxl")
    return found if options.size is None else found | {"size": options.size}


def _machine(ctx: Context) -> Figures:
    import diffusers
    import torch

    found: Figures = {
        "device": ctx.device,
        "dtype": ctx.dtype,
        "torch_version": torch.__version__,
        "diffusers_version": diffusers.__version__,
    }
    if ctx.device.startswith("cuda"):
        properties = torch.cuda.get_device_properties(ctx.device)
        found |= {"gpu": properties.name, "gpu_memory_mb": round(properties.total_memory / 2**20)}
    else:
        found["gpu_skipped"] = f"no CUDA device here: all was run on {ctx.device}; memory is not measured"
    return found


def _build(factory: str, config: Config, ctx: Context) -> Any:
    module, _, name = factory.partition(":")
    return getattr(importlib.import_module(module), name)(config, ctx)


def _key(id: str) -> str:
    """An id as the start of a key.

    >>> _key("image/hf@v1")
    'image_hf_v1'
    """
    return "".join(letter if letter.isalnum() else "_" for letter in id).lower()
