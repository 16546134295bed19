"""Grids of pictures of what a model makes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from prodgen_mini.models.codec import Codec
from prodgen_mini.space import Space
from prodgen_sdk.training.record import grid


def art_grid(art: torch.Tensor, colours: torch.Tensor, columns: int) -> Any:
    """Artwork [n, 4, 128, 128] on main colours [n, 3] in [0, 1] as a grid of pictures."""
    shown = (art[:, :3] + colours[:, :, None, None]).clamp(0, 1)
    return grid((shown * 255).round().byte().permute(0, 2, 3, 1).numpy(), columns)


def design_grid(
    rows: Sequence[tuple[torch.Tensor, torch.Tensor]], condition: torch.Tensor, codec: Codec, space: Space
) -> Any:
    """The artwork of rows of maps [n, channels, 16, 16] with their vectors, on the asked colours, as a grid of pictures."""
    colours = condition[:, -8:-5].cpu() / 12**0.5 + 0.5
    nowhere = np.zeros(len(condition), bool)
    with torch.no_grad():
        art = [
            torch.from_numpy(
                space.artwork(
                    codec.decode(maps.to(codec.mean.device)).cpu().numpy(),
                    vectors.cpu().numpy(),
                    colours.numpy(),
                    nowhere,
                )
            )
            for maps, vectors in rows
        ]
    return art_grid(torch.cat(art), colours.repeat(len(rows), 1), len(condition))
