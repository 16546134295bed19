"""Hobs of glass that stand on a counter."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.whitegoods import glass_front, lit
from prodgen_render.looks.look import Look
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import box, rounded_rectangle, slab, tube

_TWO = ("2 zone", "two zone", "double", "2 zones", "双灶", "双头", "双炉")


def hob(look: Look) -> list[Part]:
    """Black glass on a flat case, with a ring for each pot, a display and keys in front."""
    two = look.says(_TWO)
    wide, deep, high = (0.60 if two else 0.29) * look.uniform(0.95, 1.05), 0.37, 0.062
    shell = look.solid("matte plastic", "plastic", "steel", default="#232427")
    parts = [part.moved(z=0.012) for part in box((wide, deep, high - 0.018), 0.012, shell, cells=4)]
    dark = look.plain("rubber", "#17181a")
    parts += [
        p.moved(x * wide * 0.4, y * deep * 0.4)
        for x in (-1, 1)
        for y in (-1, 1)
        for p in box((0.03, 0.03, 0.014), 0.003, dark, cells=2)
    ]
    parts.append(
        slab(rounded_rectangle(wide + 0.004, deep + 0.004, 0.018), 0.007, 0.003, glass_front()).moved(z=high - 0.007)
    )
    white = look.plain("plastic", "#c9ccd0")
    a = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    for x in (-wide / 4, wide / 4) if two else (0.0,):
        for radius in (0.098, 0.060):
            ring = np.stack([x + radius * np.cos(a), 0.045 + radius * np.sin(a), np.full(90, high)], -1)
            parts.append(tube(ring, 0.0011, white, closed=True, segments=8))
        parts += [
            p.moved(x + dx, -deep * 0.37, high - 0.0002)
            for dx in (-0.016, 0.0, 0.016)
            for p in box((0.010, 0.020, 0.0008), 0.0003, lit(), cells=2)
        ]
        for dx in (-0.09, -0.055, 0.055, 0.09):
            key = np.stack([x + dx + 0.011 * np.cos(a), -deep * 0.37 + 0.011 * np.sin(a), np.full(90, high)], -1)
            parts.append(tube(key, 0.0008, white, closed=True, segments=8))
    return [part.turned(12, "x").moved(z=0.04) for part in parts]
