"""Finds the product in a picture with a plain, graded or transparent background.

`prodgen_sdk.images.cutout` is finer, but takes a hundred times as long: an index embeds thousands of pictures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image as Pil

from prodgen_sdk.images.colour import to_lab

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodgen_sdk.types import Image

    Floats = NDArray[np.float32]
    Mask = NDArray[np.bool_]

_WORK = 128
_LEAST_SIDE = 8  # thinner strips would fall between the pixels of the square
_LEAST_SHARE = 0.005
_LEAST_DISTANCE = 3.5  # CIE76; 2.3 is just noticeable


class CutOut(NamedTuple):
    """The product in a picture.

    Args:
        pixels: uint8 [h, w, 3]; what is not product has the product's mean colour, so that no background bleeds in when scaled.
        mask: bool [h, w], what is product.
        box: left, top, right, bottom of the square around the product; it may reach over the edges.
    """

    pixels: Image
    mask: Mask
    box: tuple[float, float, float, float]

    def scaled(self, size: int) -> tuple[Image, Floats]:
        """The square, scaled: uint8 [size, size, 3], and float32 [size, size] of how much of a pixel is product, 0 to 1."""
        square, cover = (
            Pil.fromarray(layer).transform((size, size), Pil.Transform.EXTENT, self.box, Pil.Resampling.BILINEAR)
            for layer in (self.pixels, self.mask.astype(np.uint8) * 255)
        )
        return np.asarray(square), np.asarray(cover, np.float32) / np.float32(255)


def cut_out(image: Image) -> CutOut:
    """Finds the product in a HWC uint8 picture, RGB or RGBA; where nothing stands out, all of the picture is the product."""
    small = _shrunk(image)
    rgb = np.array(small.convert("RGB"))
    alpha = np.asarray(small.getchannel("A"))
    mask = alpha > 127 if alpha.min() < 128 else _without_rim(_stands_out(to_lab(rgb)))
    if mask.mean() < _LEAST_SHARE:
        mask = np.ones_like(mask)
    rgb[~mask] = rgb[mask].mean(axis=0)
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    side = max(bottom - top, right - left)
    box_left, box_top = (left + right - side) / 2, (top + bottom - side) / 2
    return CutOut(rgb, mask, (box_left, box_top, box_left + side, box_top + side))


def _shrunk(image: Image) -> Pil.Image:
    picture = Pil.fromarray(image)
    factor = max(picture.size) // (2 * _WORK)
    if factor > 1:
        picture = picture.reduce(factor)
    scale = min(1.0, _WORK / max(picture.size))
    size = max(_LEAST_SIDE, round(picture.width * scale)), max(_LEAST_SIDE, round(picture.height * scale))
    picture = picture.convert("RGBa" if picture.mode == "RGBA" else "RGB").resize(size, Pil.Resampling.BILINEAR)
    return picture.convert("RGBA")


def _stands_out(pixels: Floats) -> Mask:
    """Pixels that differ from a plane fitted to the border's colours (which follows a gradient), pixels in Lab."""
    height, width = pixels.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    terms = np.stack([np.ones((height, width)), x / width, y / height], -1).astype(np.float32)
    rim = max(1, min(height, width) // 32)
    inner = np.s_[rim : height - rim, rim : width - rim]
    edge = np.ones((height, width), np.bool_)
    edge[inner] = False
    edge_terms, edge_pixels = terms[edge], pixels[edge]
    used = np.ones(len(edge_pixels), np.bool_)
    for _ in range(3):
        plane, *_ = np.linalg.lstsq(edge_terms[used], edge_pixels[used], rcond=None)
        distance = np.linalg.norm(edge_pixels - edge_terms @ plane, axis=-1)
        usual = float(np.median(distance[used]))
        # A product that touches the border is an outlier among its colours.
        closer = distance <= max(2.5 * usual, _LEAST_DISTANCE / 2)
        if closer.sum() < 8:
            break
        used = closer
    mask: Mask = np.linalg.norm(pixels - terms @ plane, axis=-1) > max(_LEAST_DISTANCE, 4 * usual)
    return mask


def _without_rim(mask: Mask) -> Mask:
    """Without the outermost pixels, in which product and background are mixed, unless little else would be left."""
    inner = mask.copy()
    for axis in (0, 1):
        inner &= np.roll(mask, 1, axis) & np.roll(mask, -1, axis)
    return inner if inner.sum() > 0.6 * mask.sum() else mask
