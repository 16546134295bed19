"""What a view from a photo has to beat: answers that need no geometry, or hardly any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from prodgen_render.model import Model3D, Part
from prodgen_render.photo.cuboid import Cuboid
from prodgen_render.photo.cutout import cut_out
from prodgen_render.photo.frame import AWAY, frame_around
from prodgen_render.photo.solid import cuboid_parts
from prodgen_render.photo.texture import Shot
from prodgen_render.rendering.views import render
from prodgen_sdk.types import Generated, Image, Mask


@dataclass(frozen=True, eq=False)
class Source:
    """The front view that is given: at the size of the comparison with its mask, and as the photo."""

    image: Image
    mask: Mask
    photo: Image


def copied(source: Source, true: Sequence[Generated], size: int) -> list[Generated]:
    """The source picture, whatever the view."""
    del size
    return [Generated(image=source.image, view=item.view, mask=source.mask) for item in true]


def mean_colour(source: Source, true: Sequence[Generated], size: int) -> list[Generated]:
    """The source's mean colour inside the true outline: an oracle for outlines, whose IoU is 1 by construction."""
    del size
    mean = source.image[source.mask].mean(0).round().astype(np.uint8)
    return [
        Generated(image=np.where(item.mask[..., None], mean, np.uint8(255)), view=item.view, mask=item.mask)
        for item in true
    ]


def textured_cuboid(source: Source, true: Sequence[Generated], size: int) -> list[Generated]:
    """A box around the outline, as deep as wide, with the photo on every upright side (squeezed where it has to be)."""
    cutout = cut_out(source.photo)
    rows, columns = np.flatnonzero(cutout.mask.any(1)), np.flatnonzero(cutout.mask.any(0))
    camera = frame_around(cutout.mask)
    width, height = len(columns) / camera.focal * AWAY, len(rows) / camera.focal * AWAY
    # The front face is nearer than the box's middle.
    width, height = (edge / (1 + width / 2 / AWAY) for edge in (width, height))
    box = Cuboid(np.array([width, width, height]), camera, 1.0, False)
    centre = ((columns[0] + columns[-1] + 1) / 2, (rows[0] + rows[-1] + 1) / 2)
    camera = camera.but(x=centre[0], y=centre[1])
    shots = [Shot(cutout, camera.but(azimuth=azimuth)) for azimuth in (0.0, 90.0, 180.0, 270.0)]
    parts: tuple[Part, ...] = tuple(cuboid_parts(box, shots))
    return render(Model3D(parts), [item.view for item in true], size=size)


RIVALS: dict[str, Callable[[Source, Sequence[Generated], int], list[Generated]]] = {
    "copy": copied,
    "mean_colour": mean_colour,
    "cuboid": textured_cuboid,
}
