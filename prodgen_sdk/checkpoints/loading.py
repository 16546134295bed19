"""A model or pipeline of diffusers or transformers from a checked folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prodgen_sdk.checkpoints.messages import explained, refuse_made_up
from prodgen_sdk.checkpoints.pipelines import renamed


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
