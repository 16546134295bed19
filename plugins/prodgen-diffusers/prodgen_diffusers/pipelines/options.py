"""The levers of diffusers, checked before weights load: against what is installed and what the pipeline's classes have."""

from __future__ import annotations

import dataclasses
import inspect
import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from prodgen_diffusers.config import Cache, Pipeline, Quantisation
from prodgen_diffusers.pipelines import schedulers
from prodgen_diffusers.pipelines.calls import guidance_name
from prodgen_sdk.checkpoints.pipelines import components, part_class
from prodgen_sdk.checkpoints.placing import repeated_blocks
from prodgen_sdk.errors import ConfigError, MissingDependency

CACHES = {
    "first_block": "FirstBlockCacheConfig",
    "taylorseer": "TaylorSeerCacheConfig",
    "faster": "FasterCacheConfig",
    "pyramid": "PyramidAttentionBroadcastConfig",
    "mag": "MagCacheConfig",
    "sea": "SeaCacheConfig",
}
TORCHAO = {
    "int8wo": "Int8WeightOnlyConfig",
    "int4wo": "Int4WeightOnlyConfig",
    "float8wo": "Float8WeightOnlyConfig",
    "int8dq": "Int8DynamicActivationInt8WeightConfig",
    "float8dq": "Float8DynamicActivationFloat8WeightConfig",
}
_BACKEND_PACKAGES = {"flash": "flash_attn", "_flash": "flash_attn_interface", "sage": "sageattention", "_sage": "sageattention", "xformers": "xformers"}  # fmt: skip
_HALF = ("flash", "sage", "native_flash", "native_cudnn")
_OF_CUDA = ("_native_cudnn", "_native_efficient")  # torch's own
_QUANTISERS = {"torchao": "torchao", "bitsandbytes": "bitsandbytes", "gguf": "gguf"}
_OURS = frozenset(
    [
        "prompt",
        "prompt_embeds",
        "generator",
        "latents",
        "image",
        "mask_image",
        "height",
        "width",
        "num_inference_steps",
        "guidance_scale",
        "strength",
        "output_type",
        "return_dict",
        "num_images_per_prompt",
        "callback",
        "callback_on_step_end",
        "callback_steps",
    ]
)  # set from the request or from options of their own


def denoiser_name(parts: Iterable[str]) -> str:
    """`transformer` or `unet`: the part that is run at every step."""
    known = set(parts)
    return next((name for name in ("transformer", "unet", "prior") if name in known), "transformer")


def denoiser(pipe: Any) -> Any:
    """The network of a pipeline that is run at every step."""
    return getattr(pipe, denoiser_name(name for name, part in pipe.components.items() if part is not None))


def check(
    config: Pipeline,
    index: Mapping[str, Any],
    wanted: Any,
    device: str,
    dtype: str = "auto",
    *,
    component: str,
    folder: Path | None = None,
) -> None:
    """Refuses options that the pipeline does not have, or whose packages are missing.

    Args:
        index: the checkpoint's `model_index.json`.
        wanted: the pipeline's class.
        dtype: in which it will compute, where that is known.
        folder: of the checkpoint, whose scheduler's settings say what it was trained for.

    Raises:
        ConfigError: an option does not fit the pipeline, the device or another option.
        MissingDependency: its package is not installed.
    """
    parts = {name: part_class(entry) for name, entry in components(dict(index)).items()}
    name = denoiser_name(parts)
    inner = parts.get(name)
    what = f"{component}: {wanted.__name__}"
    _check_call(config, wanted, what)
    if config.scheduler or config.scheduler_options:
        schedulers.check(config, parts.get("scheduler"), _settings(folder, "scheduler"), what)
    if config.compile == "regional" and not repeated_blocks(inner):
        raise ConfigError(
            f"{what}: {_named(inner)} has no repeated blocks to compile.", hint='Set `compile` to "full" or "none".'
        )
    if config.compile != "none" and config.offload in ("group", "sequential"):
        raise ConfigError(
            f"{what}: `compile` and `offload = {config.offload!r}` do not go together.",
            hint='Set `offload` to "model".',
        )
    if config.attention:
        _check_attention(config.attention, inner, device, dtype, what)
    if config.cache is not None:
        _check_cache(config.cache, inner, what)
    if config.quantisation is not None:
        _check_quantisation(config.quantisation, config, parts, name, device, what)
    if config.offload != "none":
        _check_offload(config.offload, wanted, device, what)
    for option, method in (("vae_slicing", "enable_slicing"), ("vae_tiling", "enable_tiling")):
        if getattr(config, option) and not hasattr(parts.get("vae"), method):
            raise ConfigError(f"{what}: its VAE has no {option.removeprefix('vae_')}.", hint=f"Leave out `{option}`.")
    if config.loras and not hasattr(wanted, "load_lora_weights"):
        raise ConfigError(f"{what} takes no LoRA.", hint="Leave out `loras`.")
    if config.loras:
        _installed("peft", what, "`loras`")


def _check_call(config: Pipeline, wanted: Any, what: str) -> None:
    takes = inspect.signature(wanted.__call__).parameters
    given = {"steps": ("num_inference_steps", config.steps), "guidance": (guidance_name(takes), config.guidance)}
    for option, (argument, value) in given.items():
        if value is not None and argument not in takes:
            raise ConfigError(f"{what} has no {argument}.", hint=f"Leave out `{option}`.")
    for argument in config.arguments:
        if argument in _OURS:
            raise ConfigError(
                f"{what}: {argument} is not one of `arguments`.",
                hint="It comes from the request or has an option of its own.",
            )
        if argument not in takes:
            near = get_close_matches(argument, list(takes), n=1)
            hint = f"Did you mean {near[0]}?" if near else "See the documentation of the pipeline."
            raise ConfigError(f"{what} takes no argument {argument!r}.", hint=hint)


def _settings(folder: Path | None, part: str) -> Mapping[str, Any]:
    """What `PART_config.json` of a part says, or nothing: what is wrong with it is told when it is loaded."""
    try:
        found = json.loads((folder / part / f"{part}_config.json").read_text("utf-8")) if folder is not None else {}
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _check_attention(backend: str, inner: Any, device: str, dtype: str, what: str) -> None:
    from diffusers.models.attention_dispatch import AttentionBackendName

    known = [name.value for name in AttentionBackendName]
    if backend not in known:
        raise ConfigError(f"{what}: there is no attention backend {backend!r}.", hint=f"Known: {', '.join(known)}.")
    if backend.endswith("_hub"):
        raise ConfigError(
            f"{what}: the attention backend {backend!r} downloads compiled code and runs it, which is never done.",
            hint=f"Install the package and take {backend.removesuffix('_hub')!r}.",
        )
    if _named(inner).startswith("UNet") and backend != "native":
        raise ConfigError(
            f"{what}: the attention of {_named(inner)} has no backends.",
            hint="Leave out `attention`: torch's own is fast.",
        )
    package = next((package for prefix, package in _BACKEND_PACKAGES.items() if backend.startswith(prefix)), None)
    if (package is not None or backend in _OF_CUDA) and not device.startswith("cuda"):
        raise ConfigError(f"{what}: the attention backend {backend!r} needs a CUDA device, not {device}.")
    if package is not None:
        _installed(package, what, f"the attention backend {backend!r}")
    if dtype == "float32" and backend.lstrip("_").startswith(_HALF):
        raise ConfigError(
            f"{what}: the attention backend {backend!r} computes in half precision alone.",
            hint='Set `dtype` to "bfloat16" or "float16".',
        )


def _check_cache(cache: Cache, inner: Any, what: str) -> None:
    import diffusers

    if not hasattr(inner, "enable_cache"):
        raise ConfigError(
            f"{what}: {_named(inner)} has no caches.", hint="Leave out `cache`: transformers have them, UNets not."
        )
    settings = getattr(diffusers, CACHES[cache.kind], None)
    if settings is None:
        raise ConfigError(
            f"{what}: diffusers {diffusers.__version__} has no cache {cache.kind!r}.",
            hint="Run: pip install -U diffusers",
        )
    fields = [item.name for item in dataclasses.fields(settings) if not item.name.startswith("_")]
    unknown = next((option for option in cache.options if option not in fields), None)
    if unknown is not None:
        raise ConfigError(
            f"{what}: the cache {cache.kind!r} has no option {unknown!r}.", hint=f"It has {', '.join(fields)}."
        )


def _check_quantisation(
    wanted: Quantisation, config: Pipeline, parts: Mapping[str, Any], inner: str, device: str, what: str
) -> None:
    _installed(_QUANTISERS[wanted.kind], what, f"quantisation by {wanted.kind}")
    for name in wanted.components:
        if name not in parts:
            raise ConfigError(f"{what} has no part {name!r} to quantise.", hint=f"It has {', '.join(parts)}.")
    types = {"torchao": list(TORCHAO), "bitsandbytes": ["4bit", "8bit"], "gguf": [""]}[wanted.kind]
    if wanted.type not in types:
        raise ConfigError(
            f"{what}: quantisation by {wanted.kind} has no type {wanted.type!r}.",
            hint=f"Known: {', '.join(types)}." if any(types) else "A GGUF file states its own: leave out `type`.",
        )
    if wanted.kind == "bitsandbytes" and not device.startswith("cuda"):
        raise ConfigError(f"{what}: quantisation by bitsandbytes needs a CUDA device, not {device}.")
    if wanted.kind == "gguf":
        if wanted.components not in ((), (inner,)) or not hasattr(parts.get(inner), "from_single_file"):
            raise ConfigError(f"{what}: a GGUF file can only take the place of the {inner}, where its class reads one.")
        path = Path(wanted.file).expanduser()
        if path.suffix != ".gguf" or not path.is_file():
            raise ConfigError(
                f"{what}: there is no GGUF file {wanted.file!r}.", hint="Set `file` to a local .gguf file."
            )
    if config.fuse_loras and config.loras:
        raise ConfigError(f"{what}: LoRA cannot be fused into quantised weights.", hint="Leave out `fuse_loras`.")


def _check_offload(offload: str, wanted: Any, device: str, what: str) -> None:
    if device == "cpu":
        raise ConfigError(
            f"{what}: `offload = {offload!r}` moves parts between a GPU and memory, and there is no GPU.",
            hint="Leave out `offload`.",
        )
    if offload == "group" and not hasattr(wanted, "enable_group_offload"):
        raise ConfigError(f"{what}: this diffusers has no group offload.", hint="Run: pip install -U diffusers")


def _installed(package: str, what: str, purpose: str) -> None:
    if find_spec(package) is None:
        name = {"flash_attn": "flash-attn", "flash_attn_interface": "flash-attn"}.get(package, package)
        raise MissingDependency(f"{what}: {purpose} needs {package}.", hint=f"Run: pip install {name}")


def _named(cls: Any) -> str:
    return getattr(cls, "__name__", "the denoiser")
