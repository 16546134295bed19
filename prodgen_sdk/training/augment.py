"""Makes a training set larger: turned, cropped and coloured copies of its images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

from pydantic import BaseModel, Field

if TYPE_CHECKING:
    import torch
    from torch import Tensor


class Augmentation(BaseModel):
    """How far the copies of an image may go.

    Args:
        rotation: largest turn in degrees, either way.
        crop: largest share of the edge that is cut off.
        colour: how far brightness, contrast and the balance of the channels may move.
        flips: whether half of the copies are mirrored, where that keeps the azimuth true. Leave it off where images carry letters.
    """

    rotation: Annotated[float, Field(ge=0, le=180)] = 8.0
    crop: Annotated[float, Field(ge=0, lt=1)] = 0.15
    colour: Annotated[float, Field(ge=0, le=1)] = 0.1
    flips: bool = False


class Augmented(NamedTuple):
    """Copies of images.

    Args:
        images: float32 [n, 3, h, w] in [0, 1].
        windows: float32 [n, 3], what each copy shows of its image, but for its turn: left and upper edge, and how wide and high it
            is, as shares of the image. Of a mirrored copy it is the window in the mirrored image.
        azimuths: float [n] in degrees, or None.
    """

    images: Tensor
    windows: Tensor
    azimuths: Tensor | None


def augment(
    images: Tensor, noise: torch.Generator, how: Augmentation | None = None, azimuths: Tensor | None = None
) -> Augmented:
    """Copies of images, drawn anew. What a turn brings in from outside is the image's mirror image at its border.

    Args:
        images: float32 [n, 3, h, w] in [0, 1].
        noise: a CPU generator for all that is random.
        how: the usual limits by default.
        azimuths: float [n] in degrees. A mirrored view of azimuth a is one of azimuth -a, and is labelled so.
    """
    import torch

    how, n = how or Augmentation(), len(images)

    def draw(*shape: int) -> Tensor:
        return torch.rand(*shape, generator=noise) * 2 - 1

    angle = draw(n) * (how.rotation * torch.pi / 180)
    scale = 1 - how.crop * torch.rand(n, generator=noise)
    mirrored = (torch.rand(n, generator=noise) < 0.5) if how.flips else torch.zeros(n, dtype=torch.bool)
    shift = draw(n, 2) * (1 - scale)[:, None]
    cos, sin = scale * torch.cos(angle), scale * torch.sin(angle)
    side = torch.where(mirrored, -1.0, 1.0)
    matrix = torch.stack(
        [torch.stack([cos * side, -sin, shift[:, 0]], 1), torch.stack([sin * side, cos, shift[:, 1]], 1)], 1
    )
    places = torch.nn.functional.affine_grid(matrix, list(images.shape), align_corners=False)
    moved = torch.nn.functional.grid_sample(images, places, padding_mode="reflection", align_corners=False)
    gain = 1 + how.colour * draw(n, 3, 1, 1) * 0.5 + how.colour * draw(n, 1, 1, 1)
    bright = how.colour * draw(n, 1, 1, 1) * 0.5
    ground = (moved > 0.995).all(1, keepdim=True)  # white stays white
    coloured = torch.where(ground, moved, (moved * gain + bright).clamp(0, 1))
    left, top = ((shift * torch.stack([side, torch.ones(n)], 1) - scale[:, None] + 1) / 2).unbind(1)
    turned = None if azimuths is None else torch.where(mirrored, (-azimuths) % 360, azimuths)
    return Augmented(coloured, torch.stack([left, top, scale], 1), turned)
