"""Bottles for babies."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import cap, lathe
from prodgen_render.looks.finishes import linear
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import smooth_path, tube


def baby_bottle(look: Look) -> list[Part]:
    """A clear bottle with milk and marks, a ring with its teat, and two handles where the words name them."""
    wide, high = 0.031 * look.uniform(0.95, 1.08), 0.128 * look.uniform(0.95, 1.06) * look.tallness(240)
    shade = look.colour("#f0b7c3")
    ring = look.plain("plastic", shade)
    look.note(shade, "plastic")
    clear = look.plain("glass", (246, 250, 250)).but(roughness=0.12)
    milk = Material("milk", linear((250, 247, 238)), 0.3)
    outside = [
        (1e-4, 0.0),
        (wide * 0.92, 0.0),
        (wide, 0.006),
        (wide * 0.90, high * 0.45),
        (wide, high * 0.88),
        (wide * 0.88, high),
        (wide * 0.84, high),
    ]
    inside = [
        (wide * 0.84, high - 0.002),
        (wide * 0.95, high * 0.87),
        (wide * 0.85, high * 0.45),
        (wide * 0.94, 0.008),
        (1e-4, 0.003),
    ]
    parts = [
        lathe(outside + inside, [0, 0.004, 0.006, 0.05, 0.01, 0.002, 0.001, 0.002, 0.01, 0.05, 0.006, 0], clear, 112)
    ]
    full = [
        (1e-4, 0.0036),
        (wide * 0.925, 0.0085),
        (wide * 0.835, high * 0.45),
        (wide * 0.905, high * 0.70),
        (1e-4, high * 0.70),
    ]
    parts.append(lathe(full, [0, 0.006, 0.05, 0.0, 0], milk, 96))
    parts.append(cap(wide * 1.02, high - 0.004, high + 0.018, ring, ribs=40))
    teat = look.plain("rubber", (243, 232, 214)).but(roughness=0.35, transmission=0.25, bump=None)
    top = high + 0.016
    soft = [
        (wide * 0.80, top),
        (wide * 0.78, top + 0.004),
        (wide * 0.46, top + 0.016),
        (0.0085, top + 0.026),
        (0.0062, top + 0.034),
        (0.0072, top + 0.043),
        (1e-4, top + 0.049),
    ]
    parts.append(lathe(soft, [0, 0.003, 0.010, 0.008, 0.006, 0.006, 0], teat, 72))
    ink = look.plain("plastic", shade)
    for number in range(6):
        z = high * (0.14 + 0.11 * number)
        out = float(np.interp(z, [0.006, high * 0.45, high * 0.88], [wide, wide * 0.90, wide])) + 0.0003
        reach = 0.34 if number % 2 else 0.20
        a = np.linspace(-reach, reach * 0.4, 14) - np.pi / 2 + 0.1
        parts.append(tube(np.column_stack([out * np.cos(a), out * np.sin(a), np.full(14, z)]), 0.0006, ink, segments=6))
    if look.says(("handle", "handles", "手柄", "把手")):
        for side in (-1, 1):
            way = smooth_path(
                [
                    (side * wide, 0, high * 0.98),
                    (side * wide * 1.75, 0, high * 0.92),
                    (side * wide * 1.85, 0, high * 0.66),
                    (side * wide * 1.5, 0, high * 0.46),
                ],
                40,
            )
            parts.append(tube(way, 0.0052, ring, segments=18, flatten=0.8, up=(0, 1, 0)))
    return parts
