"""Computers that stand by a desk."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.families.whitegoods import block, glass_front
from prodgen_render.looks.look import Look
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import tube

_GAMING = ("gaming", "rgb", "电竞", "游戏")


def tower(look: Look) -> list[Part]:
    """A case with a grille in front, keys and sockets above it; rings of light behind glass where it is for games."""
    wide, deep, high = 0.20 * look.uniform(0.92, 1.05), 0.42 * look.uniform(0.9, 1.05), 0.43 * look.uniform(0.94, 1.06)
    shell = look.solid("matte plastic", "steel", "aluminium", default="#1f2022")
    dark, steel = look.plain("matte plastic", "#17181a"), look.plain("steel").but(bump=None)
    front = -deep / 2
    parts = block((wide, deep, high - 0.016), (0, 0, 0.016), shell, 0.010)
    parts += [
        p
        for x in (-1, 1)
        for y in (-1, 1)
        for p in block((0.03, 0.05, 0.018), (x * wide * 0.36, y * deep * 0.38, 0), dark, 0.004)
    ]
    if look.says(_GAMING):
        parts += block((wide * 0.90, 0.006, high * 0.86), (0, front - 0.004, high * 0.09), glass_front(), 0.004)
        for number, code in enumerate(("#e5397f", "#7a55f3", "#2fa8e0")):
            glow = look.plain("plastic", code)
            glow = glow.but(emission=tuple(1.1 * c for c in glow.colour))
            z = high * (0.23 + 0.27 * number)
            a = np.linspace(0, 2 * np.pi, 72, endpoint=False)
            ring = np.stack([0.055 * np.cos(a), 0 * a + front - 0.008, z + 0.055 * np.sin(a)], -1)
            parts.append(tube(ring, 0.0036, glow, closed=True, segments=12))
            for turn in np.linspace(0, 2 * np.pi, 7, endpoint=False):
                tip = (0.046 * np.cos(turn), front - 0.0075, z + 0.046 * np.sin(turn))
                parts.append(
                    tube(
                        [(0.012 * np.cos(turn + 0.5), front - 0.0075, z + 0.012 * np.sin(turn + 0.5)), tip],
                        0.006,
                        dark,
                        flatten=0.2,
                        up=(0, 1, 0),
                        segments=8,
                    )
                )
        return parts
    parts += block((wide * 0.88, 0.005, high * 0.60), (0, front - 0.002, high * 0.08), dark, 0.003)
    for z in np.linspace(high * 0.10, high * 0.66, 26):
        parts.append(
            tube([(-wide * 0.40, front - 0.005, z), (wide * 0.40, front - 0.005, z)], 0.0022, shell, segments=8)
        )
    parts += block((wide * 0.70, 0.004, 0.014), (0, front - 0.002, high * 0.86), dark, 0.001)
    key = lathe([(1e-4, 0), (0.009, 0), (0.008, 0.003), (1e-4, 0.0032)], [0, 0.001, 0.001, 0], steel, 48)
    parts.append(key.turned(90, "x").moved(wide * 0.34, front, high * 0.93))
    for number in range(3):
        parts += block((0.013, 0.003, 0.006), (-wide * 0.36 + 0.024 * number, front - 0.001, high * 0.925), dark, 0.001)
    return parts
