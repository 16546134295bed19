"""A photo's product with its colours, and what its cut-out tells of the photo."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prodgen_render.model import Floats
from prodgen_render.photo.shadow import elevation_from_shadow
from prodgen_sdk import images
from prodgen_sdk.errors import InvalidImage
from prodgen_sdk.images.colour import to_linear
from prodgen_sdk.images.cutout.finding import BUSY, find_product, largest
from prodgen_sdk.types import Image, Mask

_LEAST_SHARE = 0.002
_SMALL = 64
"""A product of fewer pixels, along its longer side, shows neither print nor the curves that tell its shape."""


@dataclass(frozen=True, eq=False)
class Cutout:
    """A product without its background.

    Args:
        mask: where it is, bool [h, w].
        colour: linear RGB float32 [h, w, 3]; beyond the product's edge the nearest colour inside goes on.
        confidence: 0 to 1.
        warnings: what a person should look at.
        elevation: degrees that the camera looked down by, where a shadow on the floor tells.
    """

    mask: Mask
    colour: Floats
    confidence: float
    warnings: tuple[str, ...] = ()
    elevation: float | None = None


def cut_out(image: Image, longest: int = 1024) -> Cutout:
    """The product of a photo, at most `longest` pixels along the longer side.

    Args:
        image: RGB before a plain background, or RGBA, whose alpha is taken as it is.

    Raises:
        InvalidImage: nothing, or nearly nothing, stands out.
    """
    from scipy import ndimage

    height, width = image.shape[:2]
    scale = min(1.0, longest / max(height, width))
    if scale < 1:
        image = images.resize(image, max(1, round(width * scale)), max(1, round(height * scale)))
    if min(image.shape[:2]) < 16:
        raise InvalidImage(
            f"The photo has {width} x {height} pixels; a product cannot be seen in it.", hint="Give a larger photo."
        )
    warnings: list[str] = []
    if images.is_transparent(image):
        mask = largest(image[..., 3] >= 128)
        confidence, elevation = 1.0, None
    else:
        found = find_product(image)
        mask, confidence = found.mask, found.confidence
        warnings += found.warnings
        darker = found.ground - images.flatten(image).astype(np.float32) / 255
        elevation = elevation_from_shadow(darker, mask) if mask.any() else None
    if mask.sum() < max(64, _LEAST_SHARE * mask.size):
        raise InvalidImage(
            "No product stands out from the photo's background.",
            hint="Give a photo before a plain background of another brightness, or a PNG with a transparent one.",
        )
    touching = [side for side, line in _sides(mask).items() if line.mean() > 0.02]
    if len(touching) > 2 and BUSY in warnings:
        raise InvalidImage(
            "The photo's background is not plain, and what stands out of it reaches most of its edges: no product can be told.",
            hint="Give a photo of the whole product before a plain background, or a PNG with a transparent one.",
        )
    if touching:
        warnings.append(f"the product is cut off at the photo's edge ({', '.join(touching)})")
        confidence *= 0.7
    extent = max(int(mask.any(axis).sum()) for axis in (0, 1))
    if extent < _SMALL:
        warnings.append(
            f"the product is only {extent} pixels large in the photo: its views are blurred, give a larger one"
        )
        confidence *= 0.7
    # Pixels along the outline are mixed with the background: they take the colour of the nearest one that is not.
    inside = ndimage.binary_erosion(mask, iterations=2 if max(mask.shape) > 200 else 1)
    if not inside.any():
        inside = mask
    nearest = ndimage.distance_transform_edt(~inside, return_distances=False, return_indices=True)
    rgb = image[..., :3].astype(np.float32) / 255
    return Cutout(mask, to_linear(rgb[tuple(nearest)]), confidence, tuple(warnings), elevation)


def _sides(mask: Mask) -> dict[str, Mask]:
    return {"top": mask[0], "bottom": mask[-1], "left": mask[:, 0], "right": mask[:, -1]}
