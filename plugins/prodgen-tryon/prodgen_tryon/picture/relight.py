"""Gives cloth the light of the photo: the shading of what was worn there before, without its colours."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.body.person import Person
from prodgen_tryon.filters import Float, blur, blur_inside, box_of, erode, times

STRENGTH = 0.55
LIGHT = 0.85  # a photo with anything as light as this, 0 to 1, is not underexposed; well lit ones have .9 and more


def shading(person: Person) -> Float:
    """How much lighter or darker the light is than on average, around 1, float32 [h, w]; 1 outside of the old clothes.

    Old clothes have several colours. Lightness is compared within each colour alone, so that a print or an open jacket
    leaves no trace on the new cloth.
    """
    if "shading" not in person.cache:
        lab, w = person.lab, person.width
        result = np.ones(lab.shape[:2], np.float32)
        for name in ("upper", "lower"):
            inside = person.parts[name] > 0.6
            if inside.sum() < 100:
                continue
            above, below = np.zeros_like(result), np.full_like(result, 1e-3)
            clusters = _clusters(lab, inside)
            # An open jacket or a busy print says less about folds than cloth of one colour.
            even = float(np.clip((max(c.sum() for c in clusters) / inside.sum() - 0.4) / 0.45, 0.15, 1))
            for colour in clusters:
                core = erode(colour, max(0.01 * w, 1)).astype(np.float32)
                if core.sum() < 0.03 * inside.sum():
                    continue
                level, wide = blur_inside(lab[..., 0], core, 0.055 * w), blur_inside(lab[..., 0], core, 0.5 * w)
                weight = blur(core, 0.055 * w)
                above += weight * np.clip((level + 14) / (wide + 14), 0.65, 1.3)
                below += weight
            trust = np.clip(below * 2.2, 0, 1)
            result = result * (1 - trust) + trust * (above / below) ** even
        person.cache["shading"] = result.astype(np.float32)
    field: Float = person.cache["shading"]
    return field


def _clusters(lab: Float, inside: NDArray[np.bool_], colours: int = 4) -> list[NDArray[np.bool_]]:
    """The region split by colour (k-means with a fixed seed); folds stay within one colour."""
    values = lab[inside] * np.array([0.4, 1.0, 1.0], np.float32)
    samples = np.ascontiguousarray(values[:: max(len(values) // 3000, 1)])
    cv2.setRNGSeed(7)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 15, 0.2)
    _, _, centres = cv2.kmeans(samples, min(colours, len(samples)), None, criteria, 2, cv2.KMEANS_PP_CENTERS)
    merged: list[NDArray[np.float32]] = []
    for centre in centres[np.argsort(centres[:, 0])]:
        if all(np.linalg.norm(centre - other) > 11 for other in merged):
            merged.append(centre)
    distance = np.stack([((values - centre) ** 2).sum(1) for centre in merged])
    nearest = distance.argmin(0)
    result = []
    for index in range(len(merged)):
        mask = np.zeros(inside.shape, bool)
        mask[inside] = nearest == index
        result.append(mask)
    return result


def exposure(person: Person) -> float:
    """How bright white cloth is in the photo, at most 1: below it where the photo is dark throughout.

    The lightest per cent of the photo is taken for white where nothing in it is light, and else says nothing.
    """
    if "exposure" not in person.cache:
        share = min(1.0, 128 / max(person.image.shape[:2]))
        small = cv2.resize(person.image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        white = float(np.percentile(small.max(-1), 99)) / 255
        dark = float(np.clip((LIGHT - white) / 0.2, 0, 1))
        person.cache["exposure"] = 1 - dark + dark * max(white / 0.95, 0.2)
    level: float = person.cache["exposure"]
    return level


def relight(person: Person, colours: Float, alpha: Float) -> Float:
    """Cloth under the photo's light, float32 RGB 0 to 255; 0 beyond the box of `alpha`."""
    box = box_of(alpha)
    if box is None:
        return colours
    result: Float = np.zeros_like(colours)
    factor = shading(person)[box] ** np.float32(STRENGTH) * np.float32(exposure(person))
    np.minimum(times(np.ascontiguousarray(colours[box]), factor), np.float32(255), out=result[box])
    return result
