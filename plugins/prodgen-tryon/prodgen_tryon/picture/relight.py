"""Gives cloth the light of the photo: its exposure, its cast, and the shading of what was worn there before."""

from __future__ import annotations

import cv2
import numpy as np

from prodgen_tryon.body.person import Person
from prodgen_tryon.filters import Float, box_of, times
from prodgen_tryon.picture.light import cast, exposure, indoors, tint
from prodgen_tryon.picture.shading import shading

GREY = 2.55  # grey levels for one unit of L*; true within a twelfth from black to white
KNEE, PRESSED = 178.0, 0.12
"""Above this grey level cloth on a body is darker than spread out before a camera, by this share of what is above."""
NEUTRAL = (2.3, 2.5)
"""By how many grey levels red and blue are above green where nearly grey cloth is worn (means over true pairs); cloth that was
photographed flat is greener, and goes half of the way. That is less than 1.5 in a and b of CIELAB."""
COLOURED = 22.0  # difference of the largest and smallest channel from which on cloth is no longer nearly grey
TOE = 6.0


def relight(person: Person, colours: Float, alpha: Float) -> Float:
    """Cloth under the photo's light, float32 RGB 0 to 255; 0 beyond the box of `alpha`.

    Folds differ as much in L* on black cloth as on white (black shines, white is lit by itself), so shading is added, not multiplied;
    colours keep their hue and saturation.
    """
    box = box_of(alpha)
    if box is None:
        return colours
    cloth = np.ascontiguousarray(colours[box]) * np.float32(exposure(person)) * tint(*cast(person))
    red, green, blue = cv2.split(cloth)
    highest, lowest = cv2.max(cv2.max(red, green), blue), cv2.min(cv2.min(red, green), blue)
    grey = np.float32(0.5) * cv2.max(1 - (highest - lowest) / np.float32(COLOURED), 0.0)
    level = cv2.transform(cloth, np.array([[0.299, 0.587, 0.114]], np.float32))
    pressed = np.float32(PRESSED) * cv2.max(level - np.float32(KNEE), 0.0)
    lit = cv2.max(level + np.float32(GREY) * shading(person)[box] - pressed, 0.0)
    # The toe keeps the ratio of two dark values from growing without bound.
    factor = (lit + np.float32(TOE)) / (level + np.float32(TOE))
    worn = NEUTRAL[0], NEUTRAL[1] * (1 - indoors(person))
    red, blue = (
        plane + grey * cv2.max(np.float32(above) - plane + green, 0.0)
        for plane, above in zip((red, blue), worn, strict=True)
    )
    result: Float = np.zeros_like(colours)
    result[box] = times(cv2.merge([red, green, blue]), factor).clip(0, 255)
    return result
