"""A product's photos as what a pipeline starts from: the one that suits a view, squared, and the product cut out of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prodgen_diffusers.backdrop import Cut, Float, cut_out
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


def squared(photo: Image, size: int) -> Image:
    """A photo of any shape on a square [size, size, 3 or 4], centred; what it leaves free has its border's colour.

    A square photo of this size is returned as it is, to the pixel.
    """
    if photo.shape[:2] == (size, size):
        return photo
    height, width = photo.shape[:2]
    scale = size / max(height, width)
    inner = images.resize(photo, max(1, round(width * scale)), max(1, round(height * scale)))
    canvas = np.zeros((size, size, photo.shape[2]), np.uint8)
    if photo.shape[2] == 3:
        border = np.concatenate([inner[0], inner[-1], inner[:, 0], inner[:, -1]])
        canvas[:] = np.median(border, axis=0).round().astype(np.uint8)
    top, left = (size - inner.shape[0]) // 2, (size - inner.shape[1]) // 2
    canvas[top : top + inner.shape[0], left : left + inner.shape[1]] = inner
    return canvas


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
    frame = squared(photo, size)
    found = _cut(frame, sku)
    if fill is None:
        return found
    rows, columns = np.flatnonzero((found.alpha > 0.5).any(axis=1)), np.flatnonzero((found.alpha > 0.5).any(axis=0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    rgba = np.dstack([found.image, (found.alpha * 255).round().astype(np.uint8)])[top:bottom, left:right]
    scale = fill * size / max(rgba.shape[:2])
    small = images.resize(rgba, max(1, round(rgba.shape[1] * scale)), max(1, round(rgba.shape[0] * scale)))
    canvas = np.zeros((size, size, 4), np.uint8)
    y, x = (size - small.shape[0]) // 2, (size - small.shape[1]) // 2
    canvas[y : y + small.shape[0], x : x + small.shape[1]] = small
    return _cut(canvas, sku)


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
