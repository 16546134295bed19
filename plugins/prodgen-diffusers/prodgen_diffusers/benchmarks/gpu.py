"""`prodgen bench gpu`: every path that runs a model on a GPU, with the configured checkpoints, tiny ones, or random ones of full size.

What cannot run is reported with the reason. The same runs on a CPU, where with `-o tiny=1` it takes under a minute.
"""

from __future__ import annotations

import importlib
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

from prodgen_diffusers.benchmarks.baseline import comparable, measure_baseline
from prodgen_diffusers.benchmarks.measuring import PRODUCT, Skipped, encoder, measure, other_generator, photo
from prodgen_diffusers.config import Config
from prodgen_sdk.checkpoints.measuring import free
from prodgen_sdk.checkpoints.messages import collected_messages
from prodgen_sdk.config import validate
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.interfaces import Benchmark
from prodgen_sdk.specs import Kind

PATHS = {
    "text": "prodgen_diffusers.text:TextGenerator",
    "image": "prodgen_diffusers.image:ImageGenerator",
    "background": "prodgen_diffusers.background:BackgroundGenerator",
    "angles": "prodgen_diffusers.angles.generator:AnglesGenerator",
    "mv_adapter": "prodgen_diffusers.mv_adapter.generator:MultiViewGenerator",
    "control": "prodgen_diffusers.control.generator:ControlGenerator",
}
_ENCODERS: tuple[Kind, ...] = ("text_encoder", "image_encoder")
_MORE = ("lora", "encoders", "others")
_WHERE = "options of prodgen bench gpu"
_LEVERS = ("steps", "batch", "dtype", "compile", "offload", "guidance", "attention")


class GpuBenchmark(Benchmark):
    """Options: `n`, calls of which the median counts (3); `requests`, how many come at once (16); `size`, edge in pixels of the
    pictures (512, or with `full` the model's); `only`, names of paths, comma-separated (`lora`, `encoders`
    and `others`, generators of other plugins, are names too).

    `tiny=1` takes tiny random checkpoints for all generators of this plugin; `full=FAMILY` random ones of published size, that
    are built in `folder` (one for the time of the run): `sdxl` (or 1; 7 to 10 GB), `sd3.5-medium` (16), `flux-schnell` (34),
    `flux2-klein` (16), `z-image-turbo` (21) or `qwen-image` (58); `angles` takes Qwen-Image-Edit (58 GB) with any of them. `plain=1` runs `text` through diffusers alone too,
    in the same process. `seconds`: of each path, after which no further call is begun. `steps`, `batch`, `dtype`, `compile`, `offload`, `guidance`, `attention`, `cache` (its kind) and
    `quantisation` (KIND:TYPE, such as bitsandbytes:4bit) replace what is configured.
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self.config = config or Config()

    def run(self, options: Mapping[str, Any], ctx: Context) -> Mapping[str, Any]:
        """Flat figures, by path: `text`, `image`, `background`, `angles`, `mv_adapter`, `control`, `lora` (`prodgen train lora`), and
        encoders and generators of other plugins that need torch. Compositors: `prodgen bench tryon-gpu`.

        `<path>_images_per_s`, `_request_s`, `_first_request_s`, `_load_s`, `_step_ms`, `_host_overhead_pct` (time of a call that
        is not inside the diffusers pipeline, pixels to pixels), `_batch_speedup` (requests one by one / all at once), on CUDA
        `_peak_memory_mb` and `_memory_over_pipeline_pct`; `control_geometry_ms` of that overhead the renderer takes for its maps;
        `<path>_skipped` says why there are none. With `plain`
        `_plain_request_s`, `_over_plain_pct` and on CUDA `_memory_over_plain_pct`.

        Raises:
            InputError: `only` names no path, or both `tiny` and `full` are asked for.
            ConfigError: a value that replaces a configured one is none.
        """
        tiny, full = _on(options, "tiny"), _family(options)
        if tiny and full:
            raise InputError("The checkpoints are tiny or of full size, not both.", hint="Leave out `tiny` or `full`.")
        number, requests, size = (
            int(options.get(name) or default)
            for name, default in (("n", 3), ("requests", 16), ("size", 0 if full else 512))
        )
        only = [name for name in str(options.get("only") or "").replace(" ", "").split(",") if name]
        unknown = set(only) - {*PATHS, *_MORE}
        if unknown:
            raise InputError(f"There is no path {sorted(unknown)[0]!r}.", hint=f"Paths: {', '.join((*PATHS, *_MORE))}.")
        levers = _levers(options)
        plan = _Plan(
            number, requests, size, tiny, full, _on(options, "plain"), float(options.get("seconds") or inf), levers
        )
        figures: dict[str, Any] = (
            _machine(ctx) | {"tiny_checkpoints": tiny, "full_size_random_checkpoints": full or False} | _flat(levers)
        )
        with tempfile.TemporaryDirectory(prefix="prodgen-bench-") as made:
            folder = Path(str(options.get("folder") or made)).expanduser()
            for place, name in enumerate(PATHS):
                if only and name not in only:
                    continue
                ctx.check()
                ctx.progress(place, len(PATHS), name)
                figures |= _tried(
                    name,
                    lambda name=name: self._path(name, plan, folder, ctx),  # type: ignore[misc]
                )
                free(ctx.device)
            if not only or "lora" in only:
                figures |= _tried("lora", lambda: self._lora(plan, folder, Path(made), ctx))
                free(ctx.device)
        if not only or "encoders" in only:
            for kind in _ENCODERS:
                for id in ctx.ids(kind):
                    figures |= _tried(_key(id), lambda kind=kind, id=id: encoder(kind, id, number, ctx))  # type: ignore[misc]
        if not only or "others" in only:
            for id in ctx.ids("generator"):
                if not id.startswith("diffusers/"):
                    figures |= _tried(_key(id), lambda id=id: other_generator(id, number, ctx))  # type: ignore[misc]
        ctx.progress(len(PATHS), len(PATHS), "done")
        return figures

    def _path(self, name: str, plan: _Plan, folder: Path, ctx: Context) -> dict[str, Any]:
        if plan.tiny:
            from prodgen_diffusers.tiny.qwen_edit import small_pictures
            from prodgen_diffusers.tiny.sections import section

            folder.mkdir(parents=True, exist_ok=True)
            with collected_messages():
                given = section(name, folder)
            config = validate(Config, {name: given | plan.levers}, where=_WHERE)
            with small_pictures():
                return _measured(name, config, plan, ctx)
        if plan.full:
            given = _full_size(name, plan, folder, ctx)
            if plan.size:
                given["size"] = plan.size
            return _measured(name, validate(Config, {name: given | plan.levers}, where=_WHERE), plan, ctx)
        own = getattr(self.config, name)
        if own is None:
            raise Skipped(f"no checkpoint: plugins.diffusers.{name}.model is not set")
        changed = validate(type(own), own.model_dump() | plan.levers, where=_WHERE)
        return _measured(name, self.config.model_copy(update={name: changed}), plan, ctx)

    def _lora(self, plan: _Plan, folder: Path, made: Path, ctx: Context) -> dict[str, Any]:
        from prodgen_diffusers.training.benchmark import measure_lora

        if plan.tiny:
            from prodgen_diffusers.tiny.sections import section

            with collected_messages():
                model = {"model": section("text", folder)["model"], "size": 64}
        elif plan.full:
            model = {"model": _full_size("text", plan, folder, ctx)["model"]}
        elif self.config.text is None:
            raise Skipped("no checkpoint: plugins.diffusers.text.model is not set")
        else:
            model = {name: getattr(self.config.text, name) for name in ("model", "revision", "digest", "variant")}
        return measure_lora(model, photo(plan.size or 1024), made / "lora", ctx)


@dataclass(frozen=True)
class _Plan:
    """What is measured, and how."""

    number: int
    requests: int
    size: int
    tiny: bool
    full: str
    plain: bool
    seconds: float
    levers: dict[str, Any]


def _measured(name: str, config: Config, plan: _Plan, ctx: Context) -> dict[str, Any]:
    own = getattr(config, name)
    size = plan.size or own.size or 1024
    plain: dict[str, float] = {}
    if plan.plain and comparable(own):
        plain = measure_baseline(own, PRODUCT.title, plan.number, ctx, plan.seconds)
    started = time.perf_counter()
    generator = _build(PATHS[name], config, ctx)
    figures = {"load_s": round(time.perf_counter() - started, 3)}
    figures |= measure(name, generator, plan.number, plan.requests, size, ctx, plan.seconds)
    if plain:
        figures["plain_request_s"] = round(plain["request_s"], 4)
        figures["over_plain_pct"] = round(100 * (figures["request_s"] / plain["request_s"] - 1), 2)
        if plain["peak_memory_mb"]:
            figures["plain_peak_memory_mb"] = round(plain["peak_memory_mb"], 1)
            figures["memory_over_plain_pct"] = round(100 * (figures["peak_memory_mb"] / plain["peak_memory_mb"] - 1), 2)
    return figures


def _tried(name: str, run: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The figures with the path before their names, or why there are none. An error of one path leaves the others."""
    try:
        return {f"{name}_{key}": value for key, value in run().items()}
    except Skipped as reason:
        return {f"{name}_skipped": str(reason)}
    except Exception as error:  # whatever a library raises over one checkpoint
        return {f"{name}_skipped": f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"}


def _full_size(name: str, plan: _Plan, folder: Path, ctx: Context) -> dict[str, Any]:
    from prodgen_diffusers.full_size.sections import NoRoom, section

    folder.mkdir(parents=True, exist_ok=True)
    dtype = str(plan.levers.get("dtype") or ctx.dtype)
    try:
        with collected_messages():
            found = section(name, plan.full, folder, ctx.dtype if dtype == "auto" else dtype)
    except NoRoom as error:
        raise Skipped(str(error)) from None
    if found is None:
        raise Skipped(f"there are no random weights of full size for it with {plan.full}: take -o full=sdxl")
    return found


def _family(options: Mapping[str, Any]) -> str:
    """The family of the checkpoints of full size; empty where none are asked for."""
    from prodgen_diffusers.full_size.sections import FAMILIES

    if _on(options, "full"):
        return next(iter(FAMILIES))
    name = str(options.get("full") or "").lower()
    if name in ("", "0", "false", "no"):
        return ""
    if name not in FAMILIES:
        raise InputError(
            f"There are no checkpoints of full size of {name!r}.", hint=f"Families: {', '.join(FAMILIES)}."
        )
    return name


def _levers(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that replace what is configured, as the configuration has them."""
    found = {name: options[name] for name in _LEVERS if options.get(name) not in (None, "")}
    if options.get("cache"):
        found["cache"] = {"kind": options["cache"]}
    if options.get("quantisation"):
        kind, _, type = str(options["quantisation"]).partition(":")
        found["quantisation"] = {"kind": kind, "type": type}
    return found


def _flat(levers: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: ":".join(filter(None, value.values())) if isinstance(value, dict) else value
        for name, value in levers.items()
    }


def _on(options: Mapping[str, Any], name: str) -> bool:
    return str(options.get(name) or "").lower() in ("1", "true", "yes")


def _machine(ctx: Context) -> dict[str, Any]:
    import diffusers
    import torch

    found: dict[str, Any] = {
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
