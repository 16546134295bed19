"""What the call of a pipeline takes."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any


def accepted(pipe: Any) -> Mapping[str, inspect.Parameter]:
    """The arguments of a pipeline's call.

    >>> class Pipe:
    ...     def __call__(self, prompt, num_inference_steps=50): ...
    >>> list(accepted(Pipe()))
    ['prompt', 'num_inference_steps']
    """
    return {
        name: value
        for name, value in inspect.signature(type(pipe).__call__).parameters.items()
        if name != "self" and value.kind is not inspect.Parameter.VAR_KEYWORD
    }


def guidance_name(takes: Mapping[str, inspect.Parameter]) -> str:
    """The argument that sets how strongly a pipeline is guided.

    That is `guidance_scale`; Qwen-Image's family guides by `true_cfg_scale`, and reads the other only in distilled models, which
    there are none of: its default is None.

    >>> class QwenImagePipeline:
    ...     def __call__(self, prompt, true_cfg_scale=4.0, guidance_scale=None): ...
    >>> guidance_name(accepted(QwenImagePipeline()))
    'true_cfg_scale'
    """
    usual = takes.get("guidance_scale")
    return (
        "true_cfg_scale" if "true_cfg_scale" in takes and (usual is None or usual.default is None) else "guidance_scale"
    )
