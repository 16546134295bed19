"""Umbrella."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import loft, planar_uv, smooth_path, tube

_STRAIGHT = ("folding", "compact", "travel", "折叠")


def umbrella(look: Look) -> list[Part]:
    """An open umbrella on its shaft, its cloth drawn in between eight ribs; a hook to hold, or a short grip where it folds."""
    radius, ribs = 0.52 * look.uniform(0.93, 1.06), 8
    rise, top = 0.17 * look.uniform(0.92, 1.1), 0.86
    names, extent = ("nylon", "silk", "cotton", "canvas"), (2 * radius, 2 * radius)
    cloth = look.film() if look.clear else look.main(*names, extent=extent, default="#1f2f55", period=0.11)
    metal, dark = look.plain("steel"), look.plain("matte plastic", "#2a2b2e")
    a = np.linspace(0, 2 * np.pi, 96, endpoint=False)
    t = np.linspace(0.015, 1, 34)
    edge = np.abs(np.sin(ribs * a / 2))  # 0 on a rib, 1 between two
    reach = t[:, None] * (1 - 0.075 * (t[:, None] ** 3) * edge)
    height = top - rise * (t**2.2)[:, None] - 0.016 * (t[:, None] ** 2) * edge

    def skin(shift: float) -> NDArray[np.float64]:
        return np.stack([radius * reach * np.cos(a), radius * reach * np.sin(a), height + shift], -1)

    # From the rim inwards, so that the outside is up.
    above = planar_uv(loft(skin(0.0)[::-1], cloth), "z")
    below = planar_uv(loft(skin(-0.0022), cloth.but(colour=tuple(0.8 * c for c in cloth.colour))), "z")
    parts = [above, below]
    for number in range(ribs):
        angle = 2 * np.pi * number / ribs
        out = np.array([np.cos(angle), np.sin(angle), 0])
        line = out * radius * t[:, None] + np.stack([0 * t, 0 * t, top - rise * t**2.2 - 0.0055], -1)
        parts.append(tube(line, 0.0022, metal, segments=8))
        parts.append(
            tube(
                [out * 0.012 + [0, 0, top - 0.27], out * radius * 0.5 + [0, 0, top - rise * 0.5**2.2 - 0.006]],
                0.002,
                metal,
                segments=8,
            )
        )
        parts.append(tube([line[-1], line[-1] + out * 0.012 - [0, 0, 0.006]], 0.0038, dark, segments=12))
    parts.append(tube([(0, 0, 0.12), (0, 0, top + 0.01)], 0.0055, metal, segments=20))
    parts.append(
        lathe(
            [
                (1e-4, top - 0.006),
                (0.016, top - 0.006),
                (0.007, top + 0.012),
                (0.0045, top + 0.06),
                (1e-4, top + 0.065),
            ],
            [0, 0.002, 0.006, 0.003, 0],
            dark,
            48,
        )
    )
    parts.append(
        lathe(
            [(0.005, top - 0.285), (0.0125, top - 0.285), (0.0125, top - 0.255), (0.005, top - 0.255)], 0.002, dark, 40
        )
    )
    return [*parts, _handle(look)]


def _handle(look: Look) -> Part:
    stuff = look.part("handle", look.plain("walnut") if look.chance(0.35) else look.plain("matte plastic", "#2a2b2e"))
    if look.says(_STRAIGHT):
        return tube([(0, 0, 0.145), (0, 0, 0.10), (0, 0, 0.012)], np.array([0.0115, 0.015, 0.0165]), stuff, segments=28)
    bow = np.linspace(0, np.pi * 1.05, 30)
    hook = np.stack([0.042 * (1 - np.cos(bow)), 0 * bow, 0.055 - 0.042 * np.sin(bow)], -1)
    way = np.concatenate([np.linspace((0, 0, 0.16), (0, 0, 0.06), 12), hook])
    return tube(smooth_path(way, 80), 0.0115, stuff, segments=24)
