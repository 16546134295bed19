"""Models and pipelines of diffusers from checked folders, on their device."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, OutOfMemory
from prodgen_tryon.diffusion.config import Levers
from prodgen_tryon.diffusion.messages import collected_messages, missing_weights


def quietly(module: str, *names: str) -> Any:
    """Classes of diffusers or transformers, whose modules are imported, and say things, when a class is first asked for."""
    with collected_messages():
        library = importlib.import_module(module)
        return tuple(getattr(library, name) for name in names) if len(names) > 1 else getattr(library, names[0])


def dtype_of(name: str, ctx: Context) -> Any:
    """The torch dtype of a configured name; `auto` is the runtime's."""
    import torch

    return getattr(torch, ctx.dtype if name == "auto" else name)


def load(cls: Any, folder: Path, dtype: Any, *, component: str, **options: Any) -> Any:
    """`cls.from_pretrained(folder)` without a network, from safetensors alone; made-up weights are an error.

    Raises:
        ConfigError: the folder is not what `cls` needs.
    """
    with _explained(folder, component):
        name = "dtype" if _takes_dtype() else "torch_dtype"
        return cls.from_pretrained(folder, **{name: dtype}, use_safetensors=True, local_files_only=True, **options)


def class_in(folder: Path, key: str = "_class_name", file: str = "config.json") -> str:
    """The class that a folder's configuration names, or an empty string."""
    path = folder / file
    return str(json.loads(path.read_text("utf-8")).get(key, "")) if path.is_file() else ""


def place(pipe: Any, levers: Levers, device: str, *, component: str) -> None:
    """Puts a pipeline on its device, with the configured levers.

    Raises:
        OutOfMemory: it does not fit.
    """
    import torch

    pipe.set_progress_bar_config(disable=True)
    if levers.vae_slicing:
        pipe.vae.enable_slicing()
    if levers.vae_tiling:
        pipe.vae.enable_tiling()
    try:
        with collected_messages():
            if levers.offload == "model":
                pipe.enable_model_cpu_offload(device=device)
            elif levers.offload == "sequential":
                pipe.enable_sequential_cpu_offload(device=device)
            elif levers.offload == "group":
                pipe.enable_group_offload(
                    onload_device=torch.device(device), offload_type="block_level", num_blocks_per_group=1,
                    use_stream=device.startswith("cuda"),
                )  # fmt: skip
            else:
                pipe.to(device)
    except torch.OutOfMemoryError as error:
        raise OutOfMemory(
            f"{component}: the weights do not fit into the memory of {device}.",
            hint='Set `offload = "model"` or `"group"`, or `dtype = "bfloat16"`.',
        ) from error
    if levers.compile == "regional":
        network = getattr(pipe, "transformer", None) or pipe.unet
        names = set(getattr(type(network), "_repeated_blocks", None) or ("BasicTransformerBlock",))
        for module in network.modules():
            if type(module).__name__ in names:
                module.compile()


def _takes_dtype() -> bool:
    from diffusers.pipelines import pipeline_utils

    return hasattr(pipeline_utils, "_resolve_dtype")


@contextmanager
def _explained(folder: Path, component: str) -> Iterator[None]:
    from safetensors import SafetensorError

    try:
        with collected_messages() as messages:
            yield
        if made_up := missing_weights(messages):
            found = re.search(r"[\w.]+\.(?:weight|bias)\b", made_up)
            raise ConfigError(
                f"{component}: {folder} lacks weights, such as {found[0] if found else 'some'}.",
                hint="Fetch or save it again: the rest would be random.",
            )
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        ImportError,
        RuntimeError,
        SafetensorError,
    ) as error:
        lines = str(error).strip().splitlines()
        reason = lines[0].split(". ")[0].rstrip(".") if lines else type(error).__name__
        raise ConfigError(
            f"{component}: {folder} could not be loaded: {reason}.",
            hint="The folder must be one that save_pretrained wrote, whole.",
        ) from error
