"""Lamps that hang: a shade on a cord from the ceiling."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.finishes import woven
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import refine, revolve, rounded_path, tube

_SHADES = ("metal", "aluminium", "steel", "brass", "copper", "glass", "bamboo", "linen", "ceramic", "plastic", "wood")


_AT_THE_CEILING = ("ceiling light", "ceiling lamp", "flush mount", "吸顶灯")


def pendant_lamp(look: Look) -> list[Part]:
    """A dome, a cone or a globe, with its cord and the rose that it hangs from; a flat round lamp where it is at the ceiling."""
    if look.says(_AT_THE_CEILING):
        return _flush(look)
    wide, drop = 0.19 * look.uniform(0.9, 1.15), 0.34 * look.uniform(0.9, 1.2)
    kind = 2 if look.says(("globe", "ball", "球")) else look.choice(2)
    opal = look.material_name == "glass"
    shade = look.main(*_SHADES, extent=(2 * np.pi * wide, 0.3), default="#f6f1e6" if opal else "#26272a", period=0.06)
    if look.woven:
        shade = woven(shade, 0.05)
    if opal:
        shade = shade.but(transmission=0.0, emission=tuple(0.55 * c for c in shade.colour))
    metal = look.part("base", look.plain("brass"))
    inner = shade if opal else look.plain("matte plastic", "#fbf8f0")
    profile = {
        0: rounded_path([(0.026, 0.205), (0.040, 0.200), (wide * 0.62, 0.165), (wide * 0.97, 0.06), (wide, 0.0)], [0, 0.02, 0.1, 0.05, 0], 12),
        1: rounded_path([(0.026, 0.19), (0.034, 0.185), (wide, 0.0)], [0, 0.01, 0], 8),
        2: np.stack([0.5 * wide * np.sin(t := np.linspace(0.18, np.pi * 0.86, 60)), 0.5 * wide * (1 + np.cos(t))], -1),
    }[kind]  # fmt: skip
    outside = refine(profile, 0.008)[::-1]
    inside = np.maximum(outside - [0.003, 0.003], [1e-4, -1.0])[::-1]
    top = float(outside[:, 1].max())
    parts = [
        revolve(outside, shade, 120),
        revolve(inside, inner, 120),
        tube([(0, 0, top - 0.03), (0, 0, top + 0.035)], 0.027, metal, segments=40),
        lathe([(1e-4, top + 0.035), (0.027, top + 0.035), (0.010, top + 0.055), (1e-4, top + 0.056)], [0, 0.004, 0.003, 0], metal, 48),
        tube([(0, 0, top + 0.05), (0, 0, top + drop)], 0.0032, look.plain("cotton", mix(look.colour("#26272a"), (20, 20, 22), 0.7)), segments=16),
        lathe([(1e-4, 0), (0.055, 0), (0.055, 0.022), (1e-4, 0.024)], [0, 0.003, 0.006, 0], metal).moved(z=top + drop),
        lathe([(1e-4, -0.045), (0.030, -0.040), (0.031, -0.015), (0.014, 0.02), (0.013, 0.045)], [0, 0.02, 0.02, 0.01, 0], Material("bulb", (1, 1, 1), 0.3, emission=(1.6, 1.4, 1.1))).moved(z=top - 0.075),
    ]  # fmt: skip
    if kind < 2:
        a = np.linspace(0, 2 * np.pi, 121)[:-1]
        parts.append(
            tube(np.stack([wide * np.cos(a), wide * np.sin(a), 0 * a], -1), 0.0028, shade, segments=10, closed=True)
        )
    return parts


def _flush(look: Look) -> list[Part]:
    """A ceiling lamp as one sees it from below: a shining disc in a rim, tilted towards the viewer."""
    radius, thick = 0.22 * look.uniform(0.9, 1.15), 0.07
    rim = look.main("metal", "wood", "plastic", "brass", extent=(2 * np.pi * radius, thick), default="#f4f3ef")
    shining = Material("shade", (0.95, 0.94, 0.90), 0.5, emission=(0.62, 0.60, 0.54))
    parts = [
        lathe([(1e-4, 0), (radius * 0.9, 0), (radius, 0.012), (radius, thick), (radius * 0.965, thick), (radius * 0.965, thick - 0.012)], [0, 0.006, 0.008, 0.004, 0.003, 0], rim, 120),
        lathe([(radius * 0.965, thick - 0.010), (radius * 0.90, thick + 0.012), (1e-4, thick + 0.020)], [0, 0.05, 0], shining, 120),
    ]  # fmt: skip
    return [part.turned(78, "x").moved(z=radius) for part in parts]
