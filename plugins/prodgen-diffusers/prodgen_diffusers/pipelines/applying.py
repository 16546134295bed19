"""The levers of diffusers, put in place on a loaded pipeline, in the order in which they have to be."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from prodgen_diffusers.config import Cache, Pipeline, Quantisation
from prodgen_diffusers.pipelines import schedulers
from prodgen_diffusers.pipelines.options import CACHES, TORCHAO, denoiser, denoiser_name
from prodgen_sdk.checkpoints.pipelines import components, part_class
from prodgen_sdk.checkpoints.placing import compile_network, place
from prodgen_sdk.errors import ConfigError


def quantised(config: Pipeline, folder: Path, index: Mapping[str, Any], dtype: str) -> dict[str, Any]:
    """What `from_pretrained` has to be given so that weights load in fewer bits."""
    wanted = config.quantisation
    if wanted is None:
        return {}
    import torch
    from diffusers import GGUFQuantizationConfig, PipelineQuantizationConfig

    parts = components(dict(index))
    name = denoiser_name(parts)
    if wanted.kind == "gguf":
        model = part_class(parts[name]).from_single_file(  # type: ignore[union-attr]
            str(Path(wanted.file).expanduser()),
            quantization_config=GGUFQuantizationConfig(compute_dtype=getattr(torch, dtype)),
            config=str(folder),
            subfolder=name,
            torch_dtype=getattr(torch, dtype),
            local_files_only=True,
        )
        return {name: model}
    targets = wanted.components or (name,)
    mapping = {target: _quantiser(wanted, parts[target][0], dtype) for target in targets}
    return {"quantization_config": PipelineQuantizationConfig(quant_mapping=mapping)}


def _quantiser(wanted: Quantisation, library: str, dtype: str) -> Any:
    """The configuration class of the library that loads the part: diffusers and transformers each have their own."""
    import diffusers
    import torch
    import transformers

    home = transformers if library == "transformers" else diffusers
    if wanted.kind == "torchao":
        from torchao import quantization

        # By default torchao changes the compiler's settings for the whole process: whatever is compiled later takes minutes.
        return home.TorchAoConfig(getattr(quantization, TORCHAO[wanted.type])(set_inductor_config=False))
    if wanted.type == "8bit":
        return home.BitsAndBytesConfig(load_in_8bit=True)
    return home.BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=getattr(torch, dtype)
    )


def apply(
    pipe: Any,
    config: Pipeline,
    loras: Sequence[Path],
    device: str,
    *,
    component: str,
    adapt: Callable[[Any], None] | None = None,
) -> None:
    """Puts scheduler, LoRA and the levers in place, and the pipeline on its device.

    Args:
        adapt: sets further weights into the pipeline. It is called before the pipeline is placed: offloading moves what is there then.

    Raises:
        ConfigError: a LoRA that is not for this model, or an option that its weights refuse.
        OutOfMemory: it does not fit.
    """
    if config.scheduler or config.scheduler_options:
        pipe.scheduler = schedulers.replaced(pipe, config, component)
    if loras:
        _add_loras(pipe, config, loras, component)
    if adapt is not None:
        adapt(pipe)
    inner = denoiser(pipe)
    if config.attention:
        try:
            with _backend_of_this_model_alone():
                inner.set_attention_backend(config.attention)
        except (RuntimeError, ValueError) as error:  # a package that is missing, or older than it needs
            raise ConfigError(f"{component}: {error}", hint="Leave out `attention`, or name another.") from error
    if config.cache is not None:
        inner.enable_cache(_cache(config.cache, config, pipe))
    place(
        pipe,
        device,
        component=component,
        offload=config.offload,
        vae_slicing=config.vae_slicing,
        vae_tiling=config.vae_tiling,
        hint='Set `offload = "model"` or `"group"`, or a `quantisation`.',
    )
    compile_network(inner, config.compile)


def _add_loras(pipe: Any, config: Pipeline, paths: Sequence[Path], component: str) -> None:
    names = [f"lora{place}" for place in range(len(paths))]
    for name, path in zip(names, paths, strict=True):
        try:
            pipe.load_lora_weights(path.parent, weight_name=path.name, adapter_name=name, local_files_only=True)
        except (ValueError, KeyError, RuntimeError, IndexError) as error:
            raise ConfigError(
                f"{component}: the LoRA {path} does not fit {type(pipe).__name__}: {str(error).splitlines()[0]}",
                hint="Name a LoRA that was trained on this model.",
            ) from error
        if name not in {one for adapters in pipe.get_list_adapters().values() for one in adapters}:
            raise ConfigError(
                f"{component}: the LoRA {path} has no weights for {type(pipe).__name__}.",
                hint="Name a LoRA that was trained on this model.",
            )
    scales = [lora.scale for lora in config.loras]
    pipe.set_adapters(names, scales)
    if config.fuse_loras:
        pipe.fuse_lora(adapter_names=names)
        pipe.unload_lora_weights()


def _cache(cache: Cache, config: Pipeline, pipe: Any) -> Any:
    import diffusers
    import torch

    options = {name: tuple(value) if isinstance(value, list) else value for name, value in cache.options.items()}
    if cache.kind == "faster" or cache.kind == "pyramid":
        options["current_timestep_callback"] = lambda: pipe.current_timestep
        options.setdefault("spatial_attention_block_skip_range", 2)
    if cache.kind == "faster":
        options.setdefault("tensor_format", "BCHW")
        options.setdefault("is_guidance_distilled", _is_guided_apart(config, pipe))
    if cache.kind == "mag" and config.steps is not None:
        options.setdefault("num_inference_steps", config.steps)
    if cache.kind == "taylorseer":
        named = options.get("taylor_factors_dtype")
        options["taylor_factors_dtype"] = getattr(torch, named) if isinstance(named, str) else denoiser(pipe).dtype
    try:
        return getattr(diffusers, CACHES[cache.kind])(**options)
    except (TypeError, ValueError) as error:
        said = next(iter(str(error).strip().splitlines()), "")
        raise ConfigError(
            f"The options of the cache {cache.kind!r} do not fit: {said}",
            hint="See the documentation of diffusers.",
        ) from error


def _is_guided_apart(config: Pipeline, pipe: Any) -> bool:
    """Whether no batch holds a picture's unguided half: guidance is off, or its sides are calls of their own, named for caches."""
    off = config.guidance is not None and config.guidance <= 1
    return off or "cache_context(" in inspect.getsource(type(pipe).__call__)


@contextmanager
def _backend_of_this_model_alone() -> Iterator[None]:
    """`set_attention_backend` also switches every other model of the process over; that is taken back."""
    from diffusers.models.attention_dispatch import _AttentionBackendRegistry as Registry

    before, _ = Registry.get_active_backend()
    try:
        yield
    finally:
        Registry.set_active_backend(before)
