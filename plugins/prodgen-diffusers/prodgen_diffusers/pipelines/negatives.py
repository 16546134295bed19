"""Whether negative words count in a call, and what stands in their place where there are none.

Pipelines differ: some guide by `guidance_scale`, some by `true_cfg_scale`, and the latter only where negative words are given.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

UNHEARD = "Negative words do not count here: the pipeline takes none, or its guidance is off. They were left out."
_BLANK = " "
"""What the authors of Qwen-Image give where there are no negative words."""
_FROM = {"ZImage": 0.0, "Krea2": 0.0}
"""Above which guidance is on, by the beginning of a pipeline's name; 1 for all others."""


def counts(pipe: Any, takes: Mapping[str, inspect.Parameter], given: Mapping[str, Any]) -> bool:
    """Whether a call of a pipeline heeds negative words.

    Args:
        takes: the arguments of its call.
        given: those that the call is given; the defaults of the others count.

    >>> class FluxPipeline:
    ...     def __call__(self, prompt, negative_prompt=None, true_cfg_scale=1.0, guidance_scale=3.5): ...
    >>> takes = inspect.signature(FluxPipeline.__call__).parameters
    >>> counts(FluxPipeline(), takes, {}), counts(FluxPipeline(), takes, {"true_cfg_scale": 4.0})
    (False, True)
    """
    if "negative_prompt" not in takes:
        return False
    unet = getattr(pipe, "unet", None)
    if getattr(getattr(unet, "config", None), "time_cond_proj_dim", None) is not None:
        return False  # it was distilled to be told its guidance
    name = _guide(pipe, takes)
    scale = _value(name, takes, given) if name in takes else None
    least = next((value for family, value in _FROM.items() if type(pipe).__name__.startswith(family)), 1.0)
    return not isinstance(scale, int | float) or scale > least


def words(
    pipe: Any, takes: Mapping[str, inspect.Parameter], given: Mapping[str, Any], asked: Sequence[str]
) -> list[str] | None:
    """The negative words of each picture of a call, or None where none are to be given; those of the configuration are the default.

    Where guidance waits for negative words, those who have none get a blank: a picture would otherwise be guided or not by what
    stands beside it in a batch, and Qwen-Image never.
    """
    if not counts(pipe, takes, given):
        return None
    usual = str(given.get("negative_prompt") or (_BLANK if _guide(pipe, takes) == "true_cfg_scale" else ""))
    found = [text or usual for text in asked]
    return found if any(found) else None


def _guide(pipe: Any, takes: Mapping[str, inspect.Parameter]) -> str:
    """The argument that says how strongly a pipeline moves away from negative words."""
    unused = type(pipe).__name__.startswith("Chroma")  # its inpainting takes `true_cfg_scale` too, and does not read it
    return "true_cfg_scale" if "true_cfg_scale" in takes and not unused else "guidance_scale"


def _value(name: str, takes: Mapping[str, inspect.Parameter], given: Mapping[str, Any]) -> Any:
    value = given.get(name)
    return takes[name].default if value is None else value
