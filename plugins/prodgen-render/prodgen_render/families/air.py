"""Air purifier and humidifier."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.families.whitegoods import glass_front, lit
from prodgen_render.looks.look import Look
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import tube


def air_purifier(look: Look) -> list[Part]:
    """A column with slats all round, its outlet and a lit ring on top; a humidifier is one that is smaller and closed."""
    humid = look.says(("humidifier", "diffuser", "加湿器", "香薰机"))
    high, wide = (0.25, 0.17) if humid else (0.52 * look.uniform(0.92, 1.08), 0.24 * look.uniform(0.95, 1.06))
    shell = look.main("plastic", "matte plastic", "lacquer", extent=(np.pi * wide, high), default="#f4f3ef")
    dark, radius = look.plain("matte plastic", "#303236"), wide / 2
    low, top = high * 0.05, high * (0.62 if humid else 0.78)
    parts = [lathe([(1e-4, 0), (radius * 0.94, 0), (radius * 0.94, low)], [0, 0.006, 0], dark, 120)]
    if humid:
        parts.append(
            lathe(
                [
                    (radius * 0.96, low),
                    (radius, low),
                    (radius * 0.98, high - 0.05),
                    (radius * 0.45, high),
                    (radius * 0.2, high),
                ],
                [0, 0.004, 0.05, 0.03, 0],
                shell,
                120,
            )
        )
        parts.append(
            lathe(
                [(radius * 0.2, high), (radius * 0.16, high - 0.012), (1e-4, high - 0.012)], [0.001, 0.002, 0], dark, 60
            )
        )
    else:
        parts.append(lathe([(radius * 0.97, low), (radius, low + 0.004), (radius, low + 0.03)], 0.003, shell, 120))
        for z in np.arange(low + 0.032, top, 0.011):
            parts.append(
                lathe(
                    [(radius * 0.955, z), (radius, z + 0.001), (radius, z + 0.0065), (radius * 0.955, z + 0.0075)],
                    [0, 0.0012, 0.0012, 0],
                    shell,
                    96,
                )
            )
        parts.append(lathe([(radius * 0.955, low), (radius * 0.955, top)], 0, dark, 96))
        parts.append(
            lathe(
                [
                    (radius * 0.955, top),
                    (radius, top),
                    (radius, high - 0.012),
                    (radius * 0.93, high),
                    (radius * 0.78, high),
                ],
                [0, 0.002, 0.012, 0.006, 0],
                shell,
                120,
            )
        )
        parts.append(
            lathe(
                [(radius * 0.78, high), (radius * 0.76, high - 0.014), (1e-4, high - 0.014)],
                [0.001, 0.002, 0],
                dark,
                96,
            )
        )
        for k in range(18):
            a = np.radians(20 * k)
            parts.append(
                tube(
                    [
                        (0.24 * radius * np.cos(a), 0.24 * radius * np.sin(a), high - 0.008),
                        (0.77 * radius * np.cos(a + 0.5), 0.77 * radius * np.sin(a + 0.5), high - 0.006),
                    ],
                    0.0022,
                    dark,
                    segments=8,
                )
            )
        parts.append(
            lathe(
                [(1e-4, high - 0.004), (radius * 0.25, high - 0.004), (radius * 0.25, high - 0.013)],
                [0, 0.002, 0],
                glass_front(),
                60,
            )
        )
    a = np.linspace(0, 2 * np.pi, 61)[:-1]
    ring = radius * (0.5 if humid else 0.16)
    height = high * 0.24 if humid else high - 0.0035
    around = np.stack([ring * np.cos(a), ring * np.sin(a), height + 0 * a], -1)
    lamp = tube(
        around if not humid else np.stack([0.016 * np.cos(a), 0 * a - radius * 0.995, height + 0.016 * np.sin(a)], -1),
        0.0013,
        lit(),
        segments=8,
        closed=True,
    )
    return [*parts, lamp]
