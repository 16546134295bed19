"""Puts accessories on a dressed photo, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Garment, Image, Refusal
from prodgen_tryon import refusals
from prodgen_tryon.accessories.lay import Laid, lay_accessory
from prodgen_tryon.accessories.shape import Accessory
from prodgen_tryon.body.person import Person
from prodgen_tryon.confidence import LEAST, assess


@dataclass
class Worn:
    """The photo so far: uint8 RGB, the pixels that may differ from the person's photo, and what was found out."""

    image: Image
    mask: NDArray[np.bool_]
    confidence: float = 1.0
    warnings: list[str] = field(default_factory=list)
    signs: list[dict[str, float]] = field(default_factory=list)
    layers: list[Image] = field(default_factory=list)


def wear(
    worn: Worn, person: Person, items: Sequence[tuple[Accessory, Garment]], allowed: NDArray[np.bool_] | None
) -> Refusal | None:
    """Puts accessories on, in order; `worn` holds the result, unless one is refused.

    Args:
        allowed: the only pixels of the photo that may change.
    """
    for item, garment in items:
        laid = lay_accessory(worn.image, person, item.cutout, item.shape, garment.measurements_cm)
        if isinstance(laid, Refusal):
            return laid
        if laid.signs["cover"] < 0.2:
            return refusals.NOT_COVERED
        sure, weak = assess(laid.signs)
        if sure < LEAST:
            return refusals.UNSURE
        worn.confidence = min(worn.confidence, sure)
        worn.warnings += [w for w in (*weak, *laid.warnings) if w not in worn.warnings]
        worn.signs.append({name: round(value, 3) for name, value in laid.signs.items()})
        worn.layers.append(_paste(worn, laid, allowed))
    return None


def _paste(worn: Worn, laid: Laid, allowed: NDArray[np.bool_] | None) -> Image:
    x0, y0, x1, y1 = laid.box
    box = (slice(y0, y1), slice(x0, x1))
    changed = laid.changed if allowed is None else laid.changed & allowed[box]
    worn.image[box][changed] = laid.picture[changed]
    worn.mask[box] |= changed
    layer = np.zeros((*worn.image.shape[:2], 4), np.uint8)
    layer[box] = laid.layer
    return layer
