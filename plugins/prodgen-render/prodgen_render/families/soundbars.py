"""Sound bar."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.whitegoods import lit
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import rounded_rectangle, slab, tube


def soundbar(look: Look) -> list[Part]:
    """A long low bar wrapped in cloth, with a plate of keys on it and a lamp in front."""
    wide, deep, high = 0.90 * look.uniform(0.85, 1.1), 0.095, 0.068
    colour = look.colour("#232427")
    cloth, shell = look.plain("canvas", colour), look.plain("matte plastic", mix(colour, (0, 0, 0), 0.35))
    body = slab(rounded_rectangle(wide, deep, 0.030), high - 0.012, 0.010, cloth)
    plate = slab(rounded_rectangle(wide - 0.03, deep - 0.02, 0.024), 0.006, 0.002, shell)
    keys = [
        slab(
            rounded_rectangle(0.012, 0.012, 0.0055),
            0.0015,
            0.0005,
            look.plain("plastic", mix(colour, (255, 255, 255), 0.4)),
        )
        for _ in range(4)
    ]
    lamp = tube([(-0.012, -deep / 2 - 0.0006, 0.02), (0.012, -deep / 2 - 0.0006, 0.02)], 0.0016, lit(), segments=8)
    feet = slab(rounded_rectangle(wide - 0.06, deep - 0.03, 0.02), 0.008, 0.002, look.plain("rubber", "#161618"))
    return [
        body.moved(z=0.007),
        plate.moved(z=high - 0.006),
        feet,
        lamp,
        *(key.moved(x=float(x), z=high - 0.0005) for key, x in zip(keys, np.linspace(-0.045, 0.045, 4), strict=True)),
    ]
