"""Light bulbs."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import smooth_path, tube

_FILAMENT = ("filament", "edison", "vintage", "clear", "爱迪生", "复古", "透明", "灯丝")


def bulb(look: Look) -> list[Part]:
    """A pear of milk glass on its screw, upright; clear with its filaments where the words say so."""
    size = look.uniform(0.94, 1.08)
    clear = look.says(_FILAMENT)
    metal = look.plain("aluminium").but(bump=None, roughness=0.25)
    dark = look.plain("matte plastic", "#1d1e20")
    warm = look.note(look.colour("#fff3dc"), "glass")
    shape = [
        (0.0130, 0.032),
        (0.0165, 0.044),
        (0.0285, 0.068),
        (0.0300, 0.086),
        (0.0225, 0.104),
        (0.0100, 0.1125),
        (1e-4, 0.114),
    ]
    radii = [0, 0.02, 0.02, 0.02, 0.015, 0.010, 0]
    parts: list[Part] = []
    if clear:
        parts.append(lathe(shape, radii, look.plain("glass", (255, 247, 232)).but(transmission=0.93), 96))
        glow = Material("light", (1.0, 0.72, 0.35), 0.5, emission=(1.6, 0.9, 0.35))
        parts.append(
            tube([(0, 0, 0.03), (0, 0, 0.066)], [0.0060, 0.0022], look.plain("glass", (250, 250, 248)), segments=20)
        )
        for angle in np.radians((0, 90, 180, 270)):
            c, s = np.cos(angle), np.sin(angle)
            way = smooth_path(
                [
                    (0.003 * c, 0.003 * s, 0.052),
                    (0.010 * c, 0.010 * s, 0.062),
                    (0.0125 * c, 0.0125 * s, 0.090),
                    (0.003 * c, 0.003 * s, 0.098),
                ],
                24,
            )
            parts.append(tube(way, 0.0009, glow, segments=8))
    else:
        milk = Material("light", tuple((np.array(warm) / 255.0) ** 2.2), 0.3, coat=0.5, emission=(0.16, 0.15, 0.12))
        parts.append(lathe(shape, radii, milk, 96))
        parts.append(
            lathe(
                [(0.0128, 0.024), (0.0150, 0.026), (0.0185, 0.0465), (0.0168, 0.0485), (0.0130, 0.034)],
                0.001,
                look.plain("plastic", "#f6f5f1"),
                80,
            )
        )
    z = np.linspace(0.0055, 0.0255, 150)
    turns = 2 * np.pi * 5 * np.linspace(0, 1, 150)
    thread = np.column_stack([0.0126 * np.cos(turns), 0.0126 * np.sin(turns), z])
    parts += [
        lathe(
            [(1e-4, 0.003), (0.0095, 0.004), (0.0125, 0.006), (0.0125, 0.028), (0.0135, 0.033), (1e-4, 0.033)],
            [0, 0.002, 0.001, 0.001, 0.001, 0],
            metal,
            72,
        ),
        tube(thread, 0.0012, metal, segments=10),
        lathe([(1e-4, 0.001), (0.0088, 0.003), (0.0095, 0.0045), (1e-4, 0.005)], [0, 0.001, 0.001, 0], dark, 48),
        lathe(
            [(1e-4, 0.0), (0.0042, 0.0004), (0.0042, 0.0022), (1e-4, 0.0024)],
            [0, 0.0008, 0.0004, 0],
            look.plain("brass").but(bump=None),
            32,
        ),
    ]
    return [part.scaled(float(size)) for part in parts]
