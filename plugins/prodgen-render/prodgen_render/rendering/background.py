"""What lies behind the product, and laying one over the other."""

from __future__ import annotations

import numpy as np

from prodgen_render.model import Floats
from prodgen_sdk import images
from prodgen_sdk.errors import InputError
from prodgen_sdk.images.colour import to_linear, to_srgb
from prodgen_sdk.types import Image, Scene


def colour_of(text: str) -> Floats:
    """Linear RGB [3] of `#rrggbb`."""
    return to_linear(np.array([int(text[i : i + 2], 16) for i in (1, 3, 5)], np.float32) / 255)


def behind(scene: Scene, size: int, picture: Image | None) -> Floats:
    """The background of an opaque scene, linear [size, size, 3]."""
    if scene.background == "white":
        return np.ones((size, size, 3), np.float32)
    if scene.background == "image":
        if picture is None:
            raise InputError(
                "The scene wants a background image, and the request has none.",
                hint='Give it as references["background"].',
            )
        return _cover(images.flatten(picture), size)
    top = to_srgb(colour_of(scene.colour))
    if scene.background == "gradient":
        down = np.linspace(0, 1, size, dtype=np.float32)[:, None, None]
        return np.broadcast_to(to_linear(top + (1 - top) * down), (size, size, 3))
    return np.broadcast_to(colour_of(scene.colour), (size, size, 3))


def _cover(picture: Image, size: int) -> Floats:
    height, width = picture.shape[:2]
    scale = size / min(height, width)
    wide, high = max(size, round(width * scale)), max(size, round(height * scale))
    resized = images.resize(picture, wide, high)
    x, y = (wide - size) // 2, (high - size) // 2
    return to_linear(resized[y : y + size, x : x + size].astype(np.float32) / 255)


def compose(colour: Floats, alpha: Floats, shade: Floats, scene: Scene, picture: Image | None) -> Image:
    """Lays the product over its shadow over the background.

    Args:
        colour: premultiplied linear colour of the product [n, n, 3].
        alpha: of the product [n, n].
        shade: how dark the floor is [n, n], 0 where it is fully lit.
        picture: for an image background.

    Returns:
        uint8 RGB [n, n, 3], or RGBA for a transparent scene with the shadow as black in the alpha channel.
    """
    if scene.background == "transparent":
        # Shadows are mixed in sRGB by those who use the picture: choose the alpha that gives on white what linear light gives.
        dark = 1 - to_srgb(1 - shade)
        total = 1 - (1 - alpha) * (1 - dark)
        straight = to_srgb(colour / np.maximum(alpha, 1e-4)[..., None]) * (alpha / np.maximum(total, 1e-4))[..., None]
        rgba = np.concatenate([straight, total[..., None]], -1)
        return (rgba * 255).round().clip(0, 255).astype(np.uint8)
    under = behind(scene, len(alpha), picture) * (1 - shade)[..., None]
    return (to_srgb(colour + under * (1 - alpha)[..., None]) * 255).round().clip(0, 255).astype(np.uint8)
