"""Earphones on a cord."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import smooth_path, tube

WIRED = ("wired", "3.5mm", "3.5 mm", "lightning connector", "有线", "线控", "圆孔")


def wired(look: Look) -> list[Part]:
    """Two buds whose cords meet and run on in a loop to the plug, upright as if they hung."""
    size = look.uniform(0.96, 1.05)
    colour = look.colour("#f4f3ef")
    shell, cord = look.plain("lacquer", look.note(colour, "lacquer")), look.plain("rubber", colour).but(bump=None)
    soft = look.plain("rubber", mix(colour, (120, 120, 120), 0.25)).but(bump=None)
    metal = look.plain("gold").but(bump=None)
    parts: list[Part] = []
    for side in (-1, 1):
        head = [(1e-4, -0.011), (0.0072, -0.009), (0.0088, 0.0), (0.0050, 0.0075), (1e-4, 0.008)]
        tip = [(0.0032, 0.007), (0.0066, 0.009), (0.0052, 0.014), (1e-4, 0.0145)]
        bud = [lathe(head, [0, 0.004, 0.005, 0.003, 0], shell, 64), lathe(tip, [0, 0.002, 0.003, 0], soft, 56)]
        x, z = 0.026 * side, 0.205
        parts += [part.turned(-80 * side, "y").turned(-14 * side).moved(x, 0, z) for part in bud]
        parts.append(tube([(x + 0.004 * side, 0, z), (x + 0.005 * side, 0, z - 0.024)], 0.0033, shell, segments=20))
        way = [
            (x + 0.005 * side, 0, z - 0.020),
            (x + 0.007 * side, 0, z - 0.06),
            (0.007 * side, 0.002, 0.110),
            (0, 0, 0.094),
        ]
        parts.append(tube(smooth_path(way, 60), 0.0013, cord, segments=12))
    key = lathe([(1e-4, 0), (0.0038, 0.001), (0.0038, 0.021), (1e-4, 0.022)], [0, 0.002, 0.002, 0], shell, 32)
    parts += [
        key.moved(0.0325, 0, 0.148),
        lathe([(1e-4, 0), (0.0028, 0.001), (0.0028, 0.014), (1e-4, 0.015)], 0.001, shell, 32).moved(z=0.086),
    ]
    a = np.linspace(0, 1, 9)
    loop = [
        (0, 0, 0.090),
        (0.004, 0, 0.066),
        (-0.030, -0.004, 0.040),
        (-0.046, 0.0, 0.018),
        (-0.020, 0.006, 0.006),
        (0.030, 0.003, 0.012),
        (0.052, -0.003, 0.030),
        (0.062, 0, 0.040),
    ]
    parts.append(tube(smooth_path(loop, 12 * len(a)), 0.0014, cord, segments=12))
    plug = [(1e-4, 0), (0.0038, 0), (0.0038, 0.016), (0.0022, 0.020), (1e-4, 0.020)]
    pin = [(1e-4, 0), (0.0017, 0), (0.0017, 0.012), (0.0006, 0.0145), (1e-4, 0.0145)]
    parts += [
        lathe(rows, [0, 0.001, 0.001, 0.001, 0], stuff, 40).moved(z=up).turned(58, "y").moved(0.060, 0, 0.038)
        for rows, stuff, up in ((plug, shell, 0.0), (pin, metal, 0.020))
    ]
    return [part.scaled(size) for part in parts]
