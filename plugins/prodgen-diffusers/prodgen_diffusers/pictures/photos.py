"""A product's photos as what a pipeline starts from: the one that suits, squared, and the product cut out of it and framed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prodgen_diffusers.pictures.backdrop import Cut, Float, cut_out
from prodgen_sdk import images
from prodgen_sdk.errors import InputError
from prodgen_sdk.types import NAMED_VIEWS, GenerationRequest, Image, ReferenceRole, View

_SHOWN: dict[View, tuple[ReferenceRole, ...]] = {
    NAMED_VIEWS["front"]: ("front", "flat"),
    NAMED_VIEWS["back"]: ("back",),
    NAMED_VIEWS["detail"]: ("detail",),
}
_FRONT: tuple[ReferenceRole, ...] = ("front", "flat", "worn", "detail", "back")
_BACK: tuple[ReferenceRole, ...] = ("back", "front", "flat", "worn", "detail")
_FRONTS: tuple[ReferenceRole, ...] = ("front", "flat", "worn")
Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
NOT_CUT = "The photo's background is not plain, so that the product could not be cut out of it."


def nearest_photo(request: GenerationRequest, view: View, *, component: str) -> Image:
    """The photo to start from: the back for views from behind, if there is one, else the front.

    Raises:
        InputError: the product has no photo.
    """
    order = _BACK if 110 <= view.azimuth <= 250 else _FRONT
    found = next((request.references[role] for role in order if role in request.references), None)
    if found is None:
        raise InputError(
            f"{component} starts from a photo, and {request.product.sku} has none.",
            hint="Add one to the product's media, or take diffusers/text.",
        )
    return found


def photo_of(request: GenerationRequest, view: View, *, component: str) -> Image:
    """The photo that shows a view; raises InputError where there is none."""
    found = next((request.references[role] for role in _SHOWN.get(view, ()) if role in request.references), None)
    if found is None:
        raise InputError(
            f"{component} keeps the product's pixels, and {request.product.sku} has no photo of the view {view.slug}.",
            hint="Ask for front, back or detail, or take a generator that turns the product, such as diffusers/image.",
        )
    return found


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


@dataclass(frozen=True)
class Cutout:
    """A product in its frame: HWC uint8 RGB, and where it is."""

    image: Image
    cut: Cut

    @property
    def alpha(self) -> Float:
        return self.cut.alpha


def cut_product(photo: Image, size: int, fill: float | None, *, sku: str) -> Cutout:
    """The product of a photo in a square frame.

    Args:
        photo: RGBA, whose alpha then counts, or RGB before a plain background.
        fill: share of the frame that the product's longer side takes; None keeps the photo's own framing.

    Raises:
        InputError: the background is not plain, so that the product cannot be cut out; or there is no product.
    """
    frame = images.squared(photo, size)
    found = _cut(frame, sku)
    if fill is None:
        return found
    rgba = np.dstack([found.image, (found.alpha * 255).round().astype(np.uint8)])
    return _cut(_centred(rgba, size, fill), sku)


def _cut(frame: Image, sku: str) -> Cutout:
    if frame.shape[2] == 4:
        alpha = frame[..., 3].astype(np.float32) / np.float32(255)
        found = Cutout(frame[..., :3], Cut(alpha, np.ones_like(alpha), True))
    else:
        found = Cutout(frame, cut_out(frame))
    if not found.cut.plain:
        raise InputError(
            f"The product {sku} cannot be cut out of its photo, whose background is not plain.",
            hint="Give a photo before a plain background, or a PNG with transparency.",
        )
    if not (found.alpha > 0.5).any():
        raise InputError(f"There is no product in the photo of {sku}.", hint="Give a photo that shows it.")
    return found


def product_cut(photo: Image) -> Image | None:
    """The product alone, HWC uint8 RGBA.

    A photo with transparency is taken as it is; out of any other the product is cut if its backdrop is plain.

    Returns:
        None where there is no plain backdrop, or nothing before it.
    """
    if photo.shape[2] == 4 and photo[..., 3].min() < 250:
        return photo if (photo[..., 3] > 127).any() else None
    flat = images.squared(images.flatten(photo), max(photo.shape[:2]))
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
    return images.flatten(_centred(cut, size, fill), colour)


def _centred(cut: Image, size: int, fill: float) -> Image:
    """A cut-out product, RGBA, its longer side `fill` of the square's edge, in the middle of nothing; uint8 [size, size, 4]."""
    rows, columns = (np.flatnonzero((cut[..., 3] > 127).any(axis=axis)) for axis in (1, 0))
    product = cut[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = fill * size / max(product.shape[:2])
    height, width = (max(1, min(size, round(edge * scale))) for edge in product.shape[:2])
    canvas = np.zeros((size, size, 4), np.uint8)
    top, left = (size - height) // 2, (size - width) // 2
    canvas[top : top + height, left : left + width] = images.resize(product, width, height)
    return canvas


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
    canvas[:] = images.border_colour(picture)
    start = (size - inner) // 2
    canvas[start : start + inner, start : start + inner] = images.resize(picture, inner, inner)
    return canvas
