"""Kettle grills."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import smooth_path, tube


def grill(look: Look) -> list[Part]:
    """A round bowl under its lid on three legs, two of them with wheels; a pan for the ash, handles and a vent."""
    size = look.uniform(0.95, 1.05)
    shell = look.solid("lacquer", "steel", "iron", default="#1d1d1f").but(coat=1.0)
    dark = look.plain("matte plastic", "#1b1c1e")
    metal = look.plain("aluminium").but(bump=None)
    wood = look.part("handle", dark)
    rim, wide = 0.60, 0.285
    bowl = [
        (1e-4, rim - 0.225),
        (0.090, rim - 0.215),
        (0.215, rim - 0.140),
        (wide, rim - 0.030),
        (wide + 0.006, rim),
        (wide - 0.006, rim),
        (0.205, rim - 0.130),
        (1e-4, rim - 0.205),
    ]
    lid = [
        (wide - 0.004, rim + 0.004),
        (wide + 0.009, rim + 0.004),
        (wide + 0.006, rim + 0.030),
        (0.235, rim + 0.135),
        (0.110, rim + 0.205),
        (1e-4, rim + 0.218),
    ]
    parts = [
        lathe(bowl, [0, 0.06, 0.09, 0.03, 0.003, 0.003, 0.08, 0], shell, 128),
        lathe(lid, [0, 0.003, 0.02, 0.10, 0.09, 0], shell, 128),
    ]
    pan = [
        (1e-4, rim - 0.305),
        (0.085, rim - 0.305),
        (0.105, rim - 0.280),
        (0.100, rim - 0.280),
        (0.082, rim - 0.300),
        (1e-4, rim - 0.300),
    ]
    parts.append(lathe(pan, [0, 0.004, 0.001, 0.001, 0.004, 0], metal, 80))
    parts.append(tube([(0, 0, rim - 0.3), (0, 0, rim - 0.2)], 0.022, metal, segments=20))
    feet = [(np.radians(angle), angle) for angle in (-90, 30, 150)]
    ends, tops = [], []
    for angle, degrees in feet:
        out = np.array([np.cos(angle), np.sin(angle), 0.0])
        foot = out * 0.315 + [0, 0, 0.075 if degrees != -90 else 0.012]
        parts.append(tube([out * 0.175 + [0, 0, rim - 0.165], foot], 0.0125, metal, segments=18))
        ends.append(foot)
        tops.append(out * 0.175 + [0, 0, rim - 0.165])
        if degrees == -90:
            parts.append(
                lathe([(1e-4, 0), (0.016, 0), (0.0145, 0.03), (1e-4, 0.03)], [0, 0.003, 0.002, 0], dark, 32).moved(
                    *(foot * [1, 1, 0])
                )
            )
        else:
            wheel = lathe(
                [(1e-4, -0.017), (0.070, -0.017), (0.077, 0.0), (0.070, 0.017), (1e-4, 0.017)],
                [0, 0.006, 0.008, 0.006, 0],
                dark,
                64,
            )
            parts.append(wheel.turned(90, "y").moved(foot[0] + 0.026 * np.sign(foot[0]), foot[1], 0.077))
            hub = lathe([(1e-4, 0), (0.030, 0), (0.026, 0.006), (1e-4, 0.007)], [0, 0.002, 0.002, 0], metal, 40)
            parts.append(
                hub.turned(90 * np.sign(foot[0]), "y").moved(foot[0] + 0.043 * np.sign(foot[0]), foot[1], 0.077)
            )
    parts.append(tube([ends[1], ends[2]], 0.008, metal, segments=14))
    shelf = [0.45 * low + 0.55 * high for low, high in zip(ends, tops, strict=True)]
    parts += [
        tube([a, b], 0.005, metal, segments=10)
        for a, b in ((shelf[0], shelf[1]), (shelf[1], shelf[2]), (shelf[2], shelf[0]))
    ]
    for spot, reach in (((0, 0, rim + 0.216), 0.062), ((0, -wide - 0.004, rim - 0.04), 0.075)):
        x, y, z = spot
        if y:
            way = smooth_path(
                [
                    (x - reach, y + 0.012, z),
                    (x - reach, y - 0.038, z),
                    (x + reach, y - 0.038, z),
                    (x + reach, y + 0.012, z),
                ],
                40,
            )
        else:
            way = smooth_path(
                [
                    (x - reach, y, z - 0.010),
                    (x - reach, y, z + 0.040),
                    (x + reach, y, z + 0.040),
                    (x + reach, y, z - 0.010),
                ],
                40,
            )
        parts.append(tube(way, 0.0065, metal, segments=14))
        grip = way[13:27]
        parts.append(tube(grip, 0.0155, wood, segments=20))
    vent = lathe([(1e-4, 0), (0.040, 0), (0.038, 0.004), (1e-4, 0.005)], [0, 0.001, 0.002, 0], metal, 56)
    parts.append(vent.turned(38, "x").turned(-38).moved(0.090, -0.115, rim + 0.172))
    return [part.scaled(float(size)) for part in parts]
