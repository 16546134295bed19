"""What a product's attributes say about its body, which overrides what is found in the photo."""

from __future__ import annotations

import re

import numpy as np

from prodgen_render.config import Config
from prodgen_render.photo.kinds import SHAPES, Shape
from prodgen_sdk.errors import InputError
from prodgen_sdk.types import Product

_UNITS = {
    "mm": 0.001,
    "毫米": 0.001,
    "cm": 0.01,
    "厘米": 0.01,
    "m": 1.0,
    "米": 1.0,
    "in": 0.0254,
    "inch": 0.0254,
    '"': 0.0254,
}


def length_of(product: Product, names: tuple[str, ...]) -> float | None:
    """A stated length in metres."""
    for key, value in product.attributes.items():
        if key.lower() in names:
            match = re.fullmatch(r"\s*(\d+(?:[.,]\d+)?)\s*(mm|cm|m|inch|in|\"|毫米|厘米|米)?\s*", str(value))
            if match:
                number = float(match[1].replace(",", ".")) * _UNITS[match[2] or "cm"]
                return number if 1e-4 < number < 100 else None
    return None


def asked_depth(product: Product) -> float | None:
    width, depth = (
        length_of(product, ("width", "宽度", "宽")),
        length_of(product, ("depth", "thickness", "深度", "厚度", "厚", "深")),
    )
    if width is None or depth is None:
        return None
    return float(np.clip(depth / width, 0.01, 8))


def asked_shape(product: Product, config: Config) -> Shape | None:
    asked = str(product.attributes.get("photo_shape", config.photo_shape)).strip().lower()
    if asked == "auto":
        return None
    for shape in SHAPES:
        if shape == asked:
            return shape
    raise InputError(f"{product.sku}: there is no photo_shape {asked!r}.", hint=f"Use auto, {', '.join(SHAPES)}.")


def asked_elevation(product: Product) -> float | None:
    if "photo_elevation" not in product.attributes:
        return None
    text = str(product.attributes["photo_elevation"])
    try:
        angle = float(text)
    except ValueError:
        angle = float("nan")
    if not -5 <= angle <= 60:
        raise InputError(
            f"{product.sku}: photo_elevation is {text!r}.",
            hint="Give degrees that the camera looked down by, -5 to 60.",
        )
    return angle
