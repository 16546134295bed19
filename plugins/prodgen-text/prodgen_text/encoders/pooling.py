"""From one vector a token to one vector a text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def pool(states: torch.Tensor, mask: torch.Tensor, how: str) -> torch.Tensor:
    """[n, tokens, width] and a mask [n, tokens] of ones where there is text, to [n, width].

    `mean` averages the tokens of the text, `cls` takes its first token, `eos` its last; padding on either side is skipped.
    """
    import torch

    mask = mask.to(states.dtype)
    if how == "mean":
        return (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True).clamp(min=1)
    places = torch.arange(mask.shape[1], device=mask.device)
    if how == "cls":
        chosen = torch.where(mask > 0, places, mask.shape[1]).amin(1).clamp(max=mask.shape[1] - 1)
    elif how == "eos":
        chosen = torch.where(mask > 0, places, -1).amax(1).clamp(min=0)
    else:
        raise ValueError(f"unknown pooling {how!r}")
    return states[torch.arange(len(states), device=states.device), chosen]


def stated_pooling(folder: Path) -> str | None:
    """The pooling that a sentence-transformers folder states in `1_Pooling/config.json`; None where there is none."""
    path = folder / "1_Pooling" / "config.json"
    if not path.is_file():
        return None
    settings = json.loads(path.read_text("utf-8"))
    for key, name in (
        ("pooling_mode_cls_token", "cls"),
        ("pooling_mode_lasttoken", "eos"),
        ("pooling_mode_mean_tokens", "mean"),
    ):
        if settings.get(key):
            return name
    return None
