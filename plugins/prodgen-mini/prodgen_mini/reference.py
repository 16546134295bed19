"""A picture of a product as the beginning of a design: its main colour, and the artwork in its middle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodgen_mini.units import code_of
from prodgen_sdk import images
from prodgen_sdk.types import GenerationRequest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodgen_sdk.types import Image

SHADED = 0.015
"""For `inks.separate`: the error that light, folds and grain leave between a photo's pixels and its inks."""
_STATED = {"colour", "color", "colours", "colors", "颜色", "色", "colour_rgb"}


def product_area(picture: Image) -> tuple[Image, NDArray[np.bool_]]:
    """RGB pixels, and where the product is: where it is opaque, or else where it differs from the frame's edge."""
    if picture.shape[2] == 4 and (picture[..., 3] < 250).mean() > 0.02:
        inside = picture[..., 3] > 127
    else:
        rgb = images.flatten(picture).astype(np.int16)
        edge = np.concatenate([rgb[0], rgb[-1], rgb[:, 0], rgb[:, -1]])
        inside = np.abs(rgb - np.median(edge, 0)).max(2) > 14
    if inside.mean() < 0.02:
        inside = np.ones(picture.shape[:2], bool)
    return images.flatten(picture), inside


def main_colour(pixels: Image, inside: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """uint8 [3]: the middle of the commonest of 512 cells of colour among the product's pixels."""
    found = pixels[inside]
    cells = (found // 32).astype(np.int32) @ np.array([64, 8, 1])
    commonest = np.bincount(cells, minlength=512).argmax()
    return np.asarray(np.median(found[cells == commonest], 0), np.uint8)


def chart_of(picture: Image) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Artwork uint8 [128, 128, 4] from the middle of the product, and the main colour uint8 [3] that it lies on."""
    pixels, inside = product_area(picture)
    rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    middle, half = (rows[[0, -1]].mean(), columns[[0, -1]].mean()), max(8, int(0.3 * min(len(rows), len(columns))))
    top, left = (max(0, int(m) - half) for m in middle)
    crop = pixels[top : top + 2 * half, left : left + 2 * half]
    colour = main_colour(pixels, inside)
    chart = _evenly_lit(images.resize(np.ascontiguousarray(crop), 128, 128), colour)
    ground = np.clip(_brightness(chart, colour), 0.75, 1.25)[..., None] * colour
    cover = np.clip((np.abs(chart - ground).max(2) - 16) * 8, 0, 255).astype(np.uint8)
    return np.dstack([np.where(cover[..., None] > 0, chart, colour), cover]), colour


def _evenly_lit(chart: Image, colour: NDArray[np.uint8]) -> Image:
    """Without the light and shade that the ground, where it is bare, shows: a stripe in the shade is no other ink."""
    bright = _brightness(chart, colour)
    bare = np.abs(chart - bright[..., None] * colour).max(2) < 18
    bare &= (bright > 0.55) & (bright < 1.5)
    if bare.mean() < 0.05:
        return chart
    field = (_blurred(bright * bare) + 1e-3) / (_blurred(bare.astype(np.float32)) + 1e-3)
    return np.asarray(np.clip(chart / field.clip(0.5, 2)[..., None], 0, 255), np.uint8)


def _brightness(chart: Image, colour: NDArray[np.uint8]) -> NDArray[np.float32]:
    """How bright each pixel is beside the colour: float32 [h, w], the least squares of `chart = brightness * colour`."""
    wanted = colour.astype(np.float32) + 1
    return np.asarray((chart.astype(np.float32) @ wanted) / (wanted @ wanted), np.float32)


def _blurred(sheet: NDArray[np.float32]) -> NDArray[np.float32]:
    from PIL import Image as Pil

    small = Pil.fromarray(sheet).resize((8, 8), Pil.Resampling.BOX)
    return np.asarray(small.resize(sheet.shape[::-1], Pil.Resampling.BILINEAR))


def coloured(request: GenerationRequest) -> GenerationRequest:
    """The request with the main colour of its front picture, where the product states none."""
    stated = {name.lower() for name in request.product.attributes} & _STATED
    if "front" not in request.references or stated:
        return request
    code = code_of(main_colour(*product_area(request.references["front"])).astype(np.float32) / np.float32(255))
    attributes = {**request.product.attributes, "colour_rgb": code}
    return request.model_copy(update={"product": request.product.model_copy(update={"attributes": attributes})})
