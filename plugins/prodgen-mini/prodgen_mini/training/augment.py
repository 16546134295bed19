"""Makes a training set larger: turned, cropped and coloured copies of its pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor


def augment(
    images: Tensor,
    noise: torch.Generator,
    *,
    rotation: float = 8.0,
    crop: float = 0.15,
    colour: float = 0.1,
    azimuths: Tensor | None = None,
    flips: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """Copies of pictures, drawn anew.

    Args:
        images: float32 [n, 3, h, w] in [0, 1] on white.
        rotation: largest turn in degrees, either way.
        crop: largest share of the edge that is cut off.
        colour: how far brightness, contrast and the balance of the channels may move.
        azimuths: float [n] in degrees. A mirrored view of azimuth a is one of azimuth -a, and is labelled so.
        flips: whether half the pictures are mirrored. Leave it off where pictures carry letters.

    Returns:
        Pictures of the same shape, and their azimuths.
    """
    n = len(images)

    def draw(*shape: int) -> Tensor:
        return torch.rand(*shape, generator=noise) * 2 - 1

    angle = draw(n) * (rotation * torch.pi / 180)
    scale = 1 - crop * torch.rand(n, generator=noise)
    mirrored = (torch.rand(n, generator=noise) < 0.5) if flips else torch.zeros(n, dtype=torch.bool)
    shift = draw(n, 2) * (1 - scale)[:, None]
    cos, sin = scale * torch.cos(angle), scale * torch.sin(angle)
    side = torch.where(mirrored, -1.0, 1.0)
    matrix = torch.stack(
        [torch.stack([cos * side, -sin, shift[:, 0]], 1), torch.stack([sin * side, cos, shift[:, 1]], 1)], 1
    )
    places = torch.nn.functional.affine_grid(matrix, list(images.shape), align_corners=False)
    moved = 1 + torch.nn.functional.grid_sample(images - 1, places, padding_mode="zeros", align_corners=False)
    gain = 1 + colour * draw(n, 3, 1, 1) * 0.5 + colour * draw(n, 1, 1, 1)
    bright = colour * draw(n, 1, 1, 1) * 0.5
    ground = (moved > 0.995).all(1, keepdim=True)  # white stays white
    coloured = torch.where(ground, moved, (moved * gain + bright).clamp(0, 1))
    if azimuths is None:
        return coloured, None
    return coloured, torch.where(mirrored, (-azimuths) % 360, azimuths)
