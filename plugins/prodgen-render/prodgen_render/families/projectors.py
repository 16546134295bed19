"""Projector: its lens to the front."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.families.whitegoods import block
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import rounded_rectangle, slab


def projector(look: Look) -> list[Part]:
    """A low box with a lens at one side of its front, a grille beside it, vents at its sides and keys on top."""
    wide, deep, high = 0.28 * look.uniform(0.92, 1.1), 0.22, 0.100 * look.uniform(0.92, 1.15)
    shell = look.solid("matte plastic", "plastic", "aluminium", default="#eceded")
    dark, steel = look.plain("matte plastic", "#1b1c1f"), look.plain("aluminium", "#8e9196").but(bump=None)
    foot, front = 0.010, -deep / 2
    middle = foot + high / 2
    parts = block((wide, deep, high), (0, 0, foot), shell, 0.018)
    lens_x, radius = wide * 0.24, high * 0.36
    profile = [
        (1e-4, 0.0),
        (radius * 0.62, 0.0),
        (radius * 0.80, 0.016),
        (radius * 0.94, 0.018),
        (radius, 0.014),
        (radius, -0.010),
    ]
    barrel = lathe(profile, [0, 0.0015, 0.001, 0.002, 0.002, 0], dark, 80)
    ring = lathe(
        [(radius * 1.0, 0.0), (radius * 1.14, 0.0), (radius * 1.14, 0.006), (radius, 0.007)],
        [0, 0.001, 0.002, 0],
        steel,
        80,
    )
    dome = np.linspace(0, np.pi / 2, 10)
    glass = lathe(
        [(radius * 0.63 * float(np.cos(a)) + 1e-4, 0.009 * float(np.sin(a))) for a in dome],
        0.0,
        Material("lens", (0.012, 0.014, 0.03), 0.05, coat=1.0),
        80,
    )
    parts += [part.turned(90, "x").moved(x=lens_x, y=front, z=middle) for part in (barrel, ring, glass)]
    slot = slab(rounded_rectangle(wide * 0.46, 0.0030, 0.0014), 0.0016, 0.0005, dark).turned(90, "x")
    parts += [
        slot.moved(x=-wide * 0.17, y=front + 0.0008, z=z)
        for z in np.linspace(foot + high * 0.24, foot + high * 0.76, 7)
    ]
    vent = slab(rounded_rectangle(deep * 0.5, 0.0032, 0.0014), 0.0016, 0.0005, dark).turned(90, "x").turned(90, "z")
    for side in (-1, 1):
        rows = np.linspace(foot + high * 0.3, foot + high * 0.7, 5)
        parts += [vent.turned(180 * (side < 0), "z").moved(x=side * (wide / 2 - 0.0008), z=z) for z in rows]
    key = lathe([(1e-4, 0), (0.0085, 0), (0.008, 0.0016), (1e-4, 0.002)], [0, 0.0006, 0.0006, 0], dark, 40)
    for x, y in ((0, 0), (0.026, 0), (-0.026, 0), (0, 0.026), (0, -0.026)):
        parts.append(key.moved(x=x - wide * 0.2, y=y, z=foot + high - 0.0004))
    post = lathe([(1e-4, 0), (0.012, 0), (0.010, foot + 0.004), (1e-4, foot + 0.004)], [0, 0.002, 0, 0], dark, 40)
    return [*parts, *(post.moved(x=sx * wide * 0.38, y=sy * deep * 0.36) for sx in (-1, 1) for sy in (-1, 1))]
