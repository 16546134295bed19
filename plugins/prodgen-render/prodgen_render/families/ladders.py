"""Step ladders."""

from __future__ import annotations

import re

import numpy as np

from prodgen_render.looks.look import Look
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import box, loft, rounded_rectangle, tube
from prodgen_render.words.reading import words_of

_STEPS = re.compile(r"(\d)[ -]?(?:step|tread|rung|步|级|层|踏)")
_FRAMES = ("aluminium", "steel", "metal", "wood", "plastic", "lacquer", "iron", "bamboo")
_LEAN, _BACK = 0.30, 0.34
"""How far forward of its top the feet are, and how far behind it those of the support, as shares of the height."""


def ladder(look: Look) -> list[Part]:
    """A ladder that stands by itself: flat treads between two rails, a platform on top, a support behind and a rail to hold."""
    said = _STEPS.search(words_of(look.product))
    count = int(np.clip(int(said[1]) if said else 3 + look.choice(3), 2, 8))
    rise = 0.235 * look.uniform(0.97, 1.04)
    top = rise * count
    rails = look.solid(*_FRAMES, default="#c5c8cb")
    bare = look.plain("aluminium") if rails.metallic or not look.colour_name else rails
    dark = look.plain("rubber", "#232427").but(bump=None)
    tread = dark if rails.name in ("aluminium", "steel", "metal") and look.chance(0.4) else bare
    wide_top, splay = 0.36, 0.055
    outline = rounded_rectangle(0.062, 0.024, 0.005)
    parts: list[Part] = []

    def half(z: float) -> float:
        return wide_top / 2 + splay * (1 - z / top)

    for side in (-1, 1):
        for shift, deep, way in ((-_LEAN * top, 1.0, rails), (_BACK * top, 0.72, bare)):
            low, high = np.array([side * half(0), shift, 0.018]), np.array([side * half(top), 0.0, top - 0.02])
            ring = np.column_stack([outline[:, 1], outline[:, 0] * deep, np.zeros(len(outline))])
            ends = [low + ring * s for s in (1e-3, 1.0)] + [high + ring * s for s in (1.0, 1e-3)]
            parts.append(loft(np.stack(ends), way))
            foot = [
                p.moved(float(low[0]), float(low[1])) for p in box((0.036, 0.074 * deep, 0.05), 0.008, dark, cells=3)
            ]
            parts += foot
    for number in range(1, count):
        z = rise * number
        y = -_LEAN * top * (1 - z / top)
        step = box((2 * half(z) - 0.01, 0.088, 0.026), 0.006, tread, cells=6)
        parts += [p.moved(y=y - 0.012, z=z - 0.02) for p in step]
        for groove in (-0.022, 0.0, 0.022):
            line = [(-half(z) + 0.03, y - 0.012 + groove, z + 0.0062), (half(z) - 0.03, y - 0.012 + groove, z + 0.0062)]
            parts.append(tube(line, 0.003, dark, segments=8, flatten=0.5))
    parts += [p.moved(y=0.01, z=top - 0.03) for p in box((wide_top + 0.03, 0.235, 0.034), 0.012, dark, cells=6)]
    for z in (0.22 * top, 0.60 * top):
        y = _BACK * top * (1 - z / top)
        parts.append(tube([(-half(z), y, z), (half(z), y, z)], 0.010, bare, segments=14))
    for side in (-1, 1):
        z = 0.42 * top
        arm = [(side * half(z) * 0.93, -_LEAN * top * 0.58, z), (side * half(z) * 0.93, _BACK * top * 0.58, z)]
        parts.append(tube(arm, 0.007, bare, segments=10, flatten=0.5))
    if count >= 3:
        hold = [
            (-wide_top / 2, 0.05, top - 0.02),
            (-wide_top / 2, 0.075, top + 0.44),
            (-wide_top / 2 + 0.05, 0.078, top + 0.49),
        ]
        path = np.array([*hold, *[(-x, y, z) for x, y, z in hold[::-1]]])
        parts.append(tube(path, 0.0115, bare, segments=16))
        parts.append(tube([(-0.12, 0.078, top + 0.49), (0.12, 0.078, top + 0.49)], 0.016, dark, segments=18))
    return parts
