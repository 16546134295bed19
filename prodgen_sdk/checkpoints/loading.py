"""A model or pipeline of diffusers or transformers from a checked folder, and what is added to one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prodgen_sdk.checkpoints.messages import collected_messages, explained, refuse_made_up
from prodgen_sdk.checkpoints.pipelines import renamed
from prodgen_sdk.errors import ConfigError


def load_pretrained(cls: Any, folder: Path, dtype: Any, *, component: str, **options: Any) -> Any:
    """`cls.from_pretrained(folder)` without a network, from safetensors alone; made-up weights are an error.

    Args:
        cls: a class of a model or pipeline of diffusers, or of a model of transformers; diffusers has to be installed.
        dtype: a torch dtype.
        options: further arguments of `from_pretrained`, such as `variant` or ready parts.

    Raises:
        ConfigError: the folder is not what `cls` needs.
    """
    from diffusers.pipelines import pipeline_utils

    name = "dtype" if hasattr(pipeline_utils, "_resolve_dtype") else "torch_dtype"  # newer releases renamed it
    with explained(folder, component=component) as messages:
        options = {**renamed(folder), **options}
        loaded = cls.from_pretrained(folder, **{name: dtype}, use_safetensors=True, local_files_only=True, **options)
        refuse_made_up(messages, folder, component=component)
    return loaded


def set_ip_adapter(pipe: Any, path: Path, scale: float, *, component: str) -> None:
    """Adds an IP-Adapter to a pipeline that has an image encoder.

    Args:
        path: its safetensors file.
        scale: how much images count beside words.

    Raises:
        ConfigError: the pipeline takes none, or the file is none for it.
    """
    if not hasattr(pipe, "load_ip_adapter"):
        raise ConfigError(f"{component}: {type(pipe).__name__} takes no IP-Adapter.", hint="Leave ip_adapter out.")
    try:
        with collected_messages():
            pipe.load_ip_adapter(
                str(path.parent), subfolder="", weight_name=path.name, image_encoder_folder=None, local_files_only=True
            )
    except (ValueError, KeyError, RuntimeError) as error:
        raise ConfigError(
            f"{component}: {path.name} is no IP-Adapter for this checkpoint ({str(error).splitlines()[0]}).",
            hint="Take the one that was made for the base model, such as ip-adapter_sdxl.safetensors for SDXL.",
        ) from error
    pipe.set_ip_adapter_scale(scale)
