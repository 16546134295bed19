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
_FROM = {"ZImage": 0.0}
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
    scale = next((_value(name, takes, given) for name in ("true_cfg_scale", "guidance_scale") if name in takes), None)
    least = next((value for name, value in _FROM.items() if type(pipe).__name__.startswith(name)), 1.0)
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
    usual = str(given.get("negative_prompt") or (_BLANK if "true_cfg_scale" in takes else ""))
    found = [text or usual for text in asked]
    return found if any(found) else None


def _value(name: str, takes: Mapping[str, inspect.Parameter], given: Mapping[str, Any]) -> Any:
    value = given.get(name)
    return takes[name].default if value is None else value
