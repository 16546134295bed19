"""The photo from which other views are made: which one, cut out of a plain backdrop, and centred in a square."""

from __future__ import annotations

import numpy as np

from prodgen_diffusers.backdrop import cut_out
from prodgen_diffusers.photos import squared
from prodgen_sdk import images
from prodgen_sdk.errors import InputError
from prodgen_sdk.types import GenerationRequest, Image, ReferenceRole

_FRONTS: tuple[ReferenceRole, ...] = ("front", "flat", "worn")
Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
NOT_CUT = "The photo's background is not plain, so that the product could not be cut out of it."


def front_photo(request: GenerationRequest) -> Image | None:
    """The request's photo of the front, RGB or RGBA: its role `front`, else `flat`, else `worn`."""
    return next((request.references[role] for role in _FRONTS if role in request.references), None)


def needed_photo(request: GenerationRequest, component: str) -> Image:
    """The same; raises InputError where there is none."""
    photo = front_photo(request)
    if photo is None:
        raise InputError(
            f"{component} makes views from a photo, and {request.product.sku} has none of its front.",
            hint='Give the product a medium, or the request a reference, with the role "front".',
        )
    return photo


def product_cut(photo: Image) -> Image | None:
    """The product alone, HWC uint8 RGBA.

    A photo with transparency is taken as it is; out of any other the product is cut if its backdrop is plain.

    Returns:
        None where there is no plain backdrop, or nothing before it.
    """
    if photo.shape[2] == 4 and photo[..., 3].min() < 250:
        return photo if (photo[..., 3] > 127).any() else None
    flat = squared(images.flatten(photo), max(photo.shape[:2]))
    cut = cut_out(flat)
    if not cut.plain or not (cut.alpha > 0.5).any():
        return None
    alpha = (cut.alpha * 255).round().astype(np.uint8)
    return np.dstack([flat, alpha])


def framed(cut: Image, size: int, *, fill: float, colour: Colour) -> Image:
    """A cut-out product, its longer side `fill` of the square's edge, centred on a colour; uint8 [size, size, 3].

    >>> cut = np.zeros((20, 10, 4), np.uint8); cut[5:15, :, 3] = 255
    >>> (framed(cut, 40, fill=0.5, colour=(255, 255, 255))[:, 20] == 0).all(axis=1).sum()
    np.int64(20)
    """
    rows, columns = (np.flatnonzero((cut[..., 3] > 127).any(axis=axis)) for axis in (1, 0))
    product = cut[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = fill * size / max(product.shape[:2])
    height, width = (max(1, min(size, round(edge * scale))) for edge in product.shape[:2])
    canvas = np.zeros((size, size, 4), np.uint8)
    top, left = (size - height) // 2, (size - width) // 2
    canvas[top : top + height, left : left + width] = images.resize(product, width, height)
    return images.flatten(canvas, colour)


def zoomed(picture: Image, zoom: float) -> Image:
    """The picture from `zoom` times the distance, for a camera without perspective, at the same size.

    Nearer is cropped; farther is put on the median colour of the picture's border.
    """
    size = picture.shape[0]
    edge = max(1, round(size * zoom))
    if edge == size:
        return picture
    if edge < size:
        start = (size - edge) // 2
        return images.resize(picture[start : start + edge, start : start + edge].copy(), size, size)
    inner = max(1, round(size / zoom))
    canvas = np.empty((size, size, 3), np.uint8)
    canvas[:] = border_colour(picture)
    start = (size - inner) // 2
    canvas[start : start + inner, start : start + inner] = images.resize(picture, inner, inner)
    return canvas


def border_colour(picture: Image) -> Colour:
    """The median of the outermost pixels."""
    border = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    red, green, blue = np.median(border[:, :3], axis=0).round().astype(int).tolist()
    return red, green, blue
