"""Gives cloth the light of the photo: the shading of what was worn there before, without its colours."""

from __future__ import annotations

import numpy as np

from prodgen_tryon.filters import Float, blur_inside, to_lab
from prodgen_tryon.person import Person

STRENGTH = 0.7


def shading(person: Person) -> Float:
    """How much lighter or darker the light is than on average, around 1, float32 [h, w]; 1 outside of the old clothes."""
    if "shading" not in person.cache:
        light = to_lab(person.image)[..., 0]
        result = np.ones(light.shape, np.float32)
        for name in ("upper", "lower"):
            inside = (person.parts[name] > 0.6).astype(np.float32)
            if inside.sum() < 100:
                continue
            level = blur_inside(light, inside, 0.05 * person.width)
            wide = blur_inside(light, inside, 0.3 * person.width)
            ratio = np.clip((level + 12) / (wide + 12), 0.7, 1.3)
            weight = np.clip(blur_inside(inside, np.ones_like(inside), 0.04 * person.width) * 1.5, 0, 1)
            result = result * (1 - weight) + ratio * weight
        person.cache["shading"] = result.astype(np.float32)
    field: Float = person.cache["shading"]
    return field


def relight(person: Person, colours: Float, alpha: Float) -> Float:
    """Cloth under the photo's light, float32 RGB 0 to 255."""
    if not alpha.any():
        return colours
    factor = shading(person) ** STRENGTH
    result: Float = np.clip(colours * factor[..., None], 0, 255)
    return result
