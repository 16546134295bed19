"""A product apart from its background: soft alpha, colours without the background's, and the shadow by itself."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from prodgen_sdk import images
from prodgen_sdk.images.cutout.finding import BUSY, Found, around, find_product
from prodgen_sdk.images.cutout.ground import Floats, planar
from prodgen_sdk.images.cutout.holes import TINTED
from prodgen_sdk.images.cutout.pale import pale_parts

if TYPE_CHECKING:
    from prodgen_sdk.types import Image, Mask

Plane = NDArray[np.float32]
_BAND = 2
"""Pixels on either side of the outline that may be part background."""
_APART = 30.0
"""Of 255: where product and background differ by less nothing can be divided."""
_SHADE_NOISE, _SHADE_BLUR = 0.02, 1.0


@dataclass(frozen=True, eq=False)
class Matte:
    """A product by itself.

    Args:
        rgb: uint8 [h, w, 3]; where `alpha` is 1 exactly the picture's pixels.
        alpha: 0 to 1 [h, w].
        shade: by which the background was darkened beside the product, 0 to 1 [h, w]; 1 where there is no shadow.
    """

    rgb: Image
    alpha: Plane
    shade: Plane


def cut_out(image: Image, longest: int = 1024) -> Matte | None:
    """The product of a picture, HWC uint8; None where its background is neither transparent nor plain, or it shows nothing.

    A picture with transparency is taken as it is. In a band along the outline a pixel is taken for a mixture of the background with
    the nearest colour inside, and divided into its parts; elsewhere it is one or the other.

    Args:
        longest: the product is looked for at so many pixels along the longer side at most; its edges are told at full size.

    >>> photo = np.full((64, 64, 3), 240, np.uint8); photo[20:44, 24:40] = (30, 60, 120)
    >>> int((cut_out(photo).alpha > 0.5).sum())
    384
    """
    if images.is_transparent(images.check(image)):
        alpha = image[..., 3].astype(np.float32) / np.float32(255)
        return Matte(image[..., :3].copy(), alpha, np.ones_like(alpha)) if alpha.any() else None
    rgb = images.flatten(image)
    height, width = rgb.shape[:2]
    scale = max(1.0, max(height, width) / longest)
    size = max(1, round(width / scale)), max(1, round(height / scale))
    found = find_product(rgb if scale == 1 else images.resize(rgb, *size))
    if BUSY in found.warnings or not found.mask.any():
        return None
    # Before a background in colour what is pale stands out by itself. A photo that is made 3D does without: a fringe of compression that is
    # taken along is nothing beside white, but would be painted on a body's sides.
    if float(np.median(np.ptp(found.ground, axis=2))) < TINTED:
        found = replace(found, mask=found.mask | pale_parts(found.shown, found.ground, found.mask))
    mask, ground = (found.mask, found.ground * 255) if scale == 1 else _enlarged(found, width, height)
    return _divided(rgb, ground.astype(np.float32), mask, math.ceil(_BAND * scale)) if mask.any() else None


def _enlarged(found: Found, width: int, height: int) -> tuple[Mask, Floats]:
    """Mask and background, of 255, at another size."""
    mask = np.repeat(found.mask[..., None] * np.uint8(255), 3, axis=2)
    ground = (found.ground * 255).round().astype(np.uint8)
    return images.resize(mask, width, height)[..., 0] > 127, images.resize(ground, width, height).astype(np.float32)


def _divided(rgb: Image, ground: Floats, mask: Mask, band: int) -> Matte:
    from scipy import ndimage

    alpha, pure = np.zeros(mask.shape, np.float32), rgb.copy()
    light = (planar(rgb) / np.maximum(planar(ground), 1)).min(axis=2)
    box = around(mask, band + 1)
    alpha[box], pure[box] = _edges(rgb[box], ground[box], mask[box], band)
    # Under a soft edge the background is not seen, so that its shade is carried on from beside it.
    own = alpha[box] > 0
    if not own.all():
        place = ndimage.distance_transform_edt(own, return_distances=False, return_indices=True)
        light[box] = light[box][place[0], place[1]]
    shade = ndimage.gaussian_filter(np.clip(light, 0, 1), _SHADE_BLUR)
    return Matte(pure, alpha, np.where(shade > 1 - _SHADE_NOISE, 1, shade).astype(np.float32))


def _edges(rgb: Image, ground: Floats, mask: Mask, band: int) -> tuple[Plane, Image]:
    """Alpha, and colours without the background's, of the part of a picture that shows the product."""
    from scipy import ndimage

    inside = ndimage.binary_erosion(mask, iterations=band, border_value=1)
    if not inside.any():
        inside = mask
    edge = ndimage.binary_dilation(mask, iterations=band) & ~inside
    nearest = ndimage.distance_transform_edt(~inside, return_distances=False, return_indices=True)
    values, behind = rgb[edge].astype(np.float32), ground[edge]
    own = rgb[nearest[0][edge], nearest[1][edge]] - behind
    lengths = (own * own).sum(axis=1)
    share = ((values - behind) * own).sum(axis=1) / np.maximum(lengths, 1e-6)
    share = np.where(lengths < _APART**2, mask[edge], np.clip(share, 0, 1)).astype(np.float32)
    share[share > 0.97] = 1
    share[share < 0.03] = 0
    alpha = inside.astype(np.float32)
    alpha[edge] = share
    pure = rgb.copy()
    part = share[:, None]
    unmixed = (values - (1 - part) * behind) / np.maximum(part, 0.03)
    pure[edge] = np.where(part >= 1, values, np.where(part > 0, unmixed, own + behind)).clip(0, 255).round()
    return alpha, pure
