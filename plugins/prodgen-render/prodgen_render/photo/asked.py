"""What a product's attributes say about its body, which overrides what is found in the photo."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations

import numpy as np

from prodgen_render.config import Config
from prodgen_render.families import family_of
from prodgen_render.families.fitting import measured_as_shown
from prodgen_render.photo.kinds import SHAPES, Shape
from prodgen_render.words.dimensions import dimensions_of
from prodgen_sdk.errors import InputError
from prodgen_sdk.types import Mask, Product

_ALIKE = 0.25
"""How far, as a logarithm, width over height may be from the outline's."""


def asked_sides(product: Product, mask: Mask) -> Mapping[int, float]:
    """Stated width (0), depth (1) and height (2) in metres, as far as they are known.

    Of lengths without a name width and height are those that are like the outline of the photo, and the depth is what is left.

    Args:
        mask: bool [height, width] of the product in the photo.
    """
    stated = dimensions_of(product)
    known = dict(stated.along)
    if stated.round and 1 in known:
        known.setdefault(0, known[1])
    left = [axis for axis in range(3) if axis not in known]
    if not stated.free or len(stated.free) != len(left) or not measured_as_shown(family_of(product)[0]):
        return known
    rows, columns = (np.flatnonzero(mask.any(axis)) for axis in (1, 0))
    outline = np.log((np.ptp(columns) + 1) / (np.ptp(rows) + 1))
    tried = [known | dict(zip(left, lengths, strict=True)) for lengths in permutations(stated.free)]
    off = [abs(np.log(sides[0] / sides[2]) - outline) for sides in tried]
    return tried[int(np.argmin(off))] if min(off) < _ALIKE else known


def asked_depth(product: Product, mask: Mask) -> float | None:
    """Depth over width as stated; None where it is not known."""
    sides = asked_sides(product, mask)
    return float(np.clip(sides[1] / sides[0], 0.01, 8)) if 0 in sides and 1 in sides else None


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
