"""Watering cans."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import smooth_path, tube

_INDOOR = ("indoor", "long spout", "succulent", "长嘴", "多肉", "室内")


def watering_can(look: Look) -> list[Part]:
    """A can with a brace, a spout that ends in a rose and one handle over it all; a thin spout without rose for plants indoors."""
    indoor = look.says(_INDOOR)
    size = (0.62 if indoor else 1.0) * look.uniform(0.95, 1.05)
    wall = look.solid("plastic", "matte plastic", "lacquer", "steel", "copper", "metal", "iron", default="#3f8a55")
    wall = wall.but(roughness=max(wall.roughness, 0.35))
    grip = look.part("handle", wall)
    tall, foot, rim = 0.20 * look.uniform(0.94, 1.06), 0.100, 0.092
    outside = [(1e-4, 0.0), (foot * 0.95, 0.0), (foot, 0.008), (rim, tall), (rim * 0.62, tall + 0.022)]
    inside = [(rim * 0.60, tall + 0.018), (rim * 0.96, tall - 0.006), (foot * 0.95, 0.014), (1e-4, 0.010)]
    parts = [lathe(outside + inside, [0, 0.004, 0.004, 0.010, 0.002, 0.002, 0.008, 0.006, 0], wall, 120)]
    for z, radius in ((0.012, foot * 1.002), (tall - 0.004, rim * 1.006)):
        ring = np.linspace(0, 2 * np.pi, 90, endpoint=False)
        hoop = np.column_stack([radius * np.cos(ring), radius * np.sin(ring), np.full(90, z)])
        parts.append(tube(hoop, 0.0035, wall, segments=12, closed=True))
    # The spout to the left, so that it is seen from the front.
    end = np.array([-0.255, 0, tall + 0.075])
    way = (
        [(-foot * 0.8, 0, 0.03), (-0.175, 0, 0.10), (-0.225, 0, tall + 0.03), (-0.285, 0, tall + 0.055)]
        if indoor
        else [(-foot * 0.7, 0, 0.045), (-0.150, 0, 0.105), tuple(end)]
    )
    path = smooth_path(way, 50)
    wide = np.interp(np.linspace(0, 1, 50), [0, 0.3, 1], [0.030, 0.020, 0.007 if indoor else 0.0125])
    parts.append(tube(path, wide, wall, segments=28))
    if not indoor:
        along = (path[-1] - path[-6]) / np.linalg.norm(path[-1] - path[-6])
        turn = float(np.degrees(np.arctan2(-along[0], along[2])))
        head = [(0.0125, -0.006), (0.016, 0.010), (0.040, 0.040), (0.041, 0.046), (0.034, 0.052), (1e-4, 0.055)]
        rose = [lathe(head, [0, 0.008, 0.006, 0.002, 0.004, 0], look.part("rim", wall), 64)]
        dark = look.plain("matte plastic", "#202124")
        hole = lathe([(1e-4, 0.0), (0.0016, 0.0), (1e-4, 0.0008)], 0, dark, 12)
        for count, radius in ((1, 0.0), (7, 0.012), (13, 0.024)):
            for number in range(count):
                angle = 2 * np.pi * number / count
                rose.append(hole.moved(radius * np.cos(angle), radius * np.sin(angle), 0.0550 - 2.6 * radius**2))
        parts += [part.turned(-turn, "y").moved(*end) for part in rose]
        brace = [(-rim * 0.98, 0, tall * 0.93), (-0.205, 0, tall * 0.93)]
        parts.append(tube(brace, 0.006, wall, segments=16))
    over = [
        (-rim * 0.55, 0, tall + 0.008), (-rim * 0.50, 0, tall + 0.075), (0.01, 0, tall + 0.120), (0.110, 0, tall + 0.085),
        (0.165, 0, tall - 0.02), (0.140, 0, 0.075), (foot * 0.93, 0, 0.045),
    ]  # fmt: skip
    parts.append(tube(smooth_path(over, 90), 0.0095, grip, flatten=1.35, segments=22, up=(0, 1, 0)))
    return [part.scaled(size) for part in parts]
