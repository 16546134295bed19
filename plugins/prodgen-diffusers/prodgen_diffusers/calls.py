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
