"""Electric heaters: an oil-filled radiator, a fan heater, or a dish that glows."""

from __future__ import annotations

import re

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.families.whitegoods import block, lit
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import rounded_rectangle, slab, smooth_path, superellipse, tube

_SHELLS = ("lacquer", "plastic", "matte plastic")
_BLOWN = ("fan heater", "ceramic heater", "space heater", "tower heater", "暖风机")
_GLOWING = ("halogen", "parabolic", "infrared heater", "dish heater", "小太阳")
_FINS = re.compile(r"(\d+)(?: ?片|[ -]fins?\b)")
_GLOW = Material("glow", (1.0, 0.42, 0.12), 0.5, emission=(1.3, 0.40, 0.07))


def heater(look: Look) -> list[Part]:
    """An oil-filled radiator; one that blows or glows where the words say so."""
    shell, dark = look.solid(*_SHELLS, default="#f4f3ef"), look.plain("matte plastic", "#2b2c2f")
    if look.says(_GLOWING):
        return _dish(look, shell, dark)
    return _blower(look, shell, dark) if look.says(_BLOWN) else _radiator(look, shell, dark)


def _radiator(look: Look, shell: Material, dark: Material) -> list[Part]:
    """Fins in a row on castors, as many as the title says, and a panel with two knobs at one end."""
    said = _FINS.search(look.product.title)
    fins = min(max(int(said[1]), 5), 15) if said else 9
    high, deep, pitch, lift = 0.56 * look.uniform(0.93, 1.07), 0.145, 0.046, 0.075
    half = pitch * (fins - 1) / 2
    ends = (-half, half)
    fin = slab(rounded_rectangle(high, deep, 0.055), 0.020, 0.009, shell).turned(90, "y")
    parts = [fin.moved(x=float(x) - 0.010, z=lift + high / 2) for x in np.linspace(*ends, fins)]
    rib = slab(rounded_rectangle(high - 0.12, 0.05, 0.024), 0.030, 0.010, shell).turned(90, "y")
    parts += [rib.moved(x=float(x) - 0.015, z=lift + high / 2) for x in np.linspace(*ends, fins)]
    parts += [
        tube([(ends[0], 0, z), (ends[1], 0, z)], 0.021, shell, segments=24) for z in (lift + 0.06, lift + high - 0.06)
    ]
    panel = half + 0.058
    parts += block((0.075, deep + 0.01, high - 0.02), (panel, 0, lift + 0.01), dark, 0.02)
    knob = lathe([(1e-4, 0), (0.027, 0), (0.023, 0.018), (1e-4, 0.019)], [0, 0.002, 0.004, 0], shell, 48)
    for z in (0.70, 0.46):
        parts.append(knob.turned(90, "y").moved(x=panel + 0.037, z=lift + z * high))
        parts.append(knob.turned(90, "x").scaled(0.6, 0.6, 0.6).moved(panel, -deep / 2 - 0.004, lift + z * high))
    grip = smooth_path(
        [
            (panel, -0.045, lift + high - 0.012),
            (panel, -0.03, lift + high + 0.035),
            (panel, 0.03, lift + high + 0.035),
            (panel, 0.045, lift + high - 0.012),
        ],
        30,
    )
    parts.append(tube(grip, 0.009, dark, segments=16))
    for x in (-half + pitch / 2, half - pitch / 2):
        parts.append(tube([(x, -0.12, 0.052), (x, 0.12, 0.052)], 0.012, dark, segments=16))
        wheel = lathe([(1e-4, -0.011), (0.024, -0.011), (0.024, 0.011), (1e-4, 0.011)], 0.004, dark, 40).turned(90, "y")
        for y in (-0.115, 0.115):
            parts += [wheel.moved(x, y, 0.024), tube([(x, y, 0.026), (x, y, 0.052)], 0.008, dark, segments=14)]
    return parts


def _blower(look: Look, shell: Material, dark: Material) -> list[Part]:
    """A rounded tower whose front glows through slats, its keys on top."""
    wide, deep, high = 0.20 * look.uniform(0.9, 1.1), 0.155, 0.33 * look.uniform(0.85, 1.3)
    outline = superellipse(wide, deep, 3.2)
    front, low, top = -deep / 2, 0.07, high - 0.055
    parts = [slab(outline, high - 0.015, 0.014, shell).moved(z=0.015), slab(outline * 0.96, 0.02, 0.004, dark)]
    window = slab(rounded_rectangle(wide * 0.72, top - low, 0.018), 0.010, 0.003, dark)
    parts.append(window.turned(90, "x").moved(y=front + 0.007, z=(low + top) / 2))
    parts += block(
        (wide * 0.6, 0.002, (top - low) * 0.8),
        (0, front - 0.0032, low + (top - low) * 0.1),
        _GLOW.but(emission=(0.30, 0.05, 0.01)),
        0.0008,
    )
    parts += [
        tube([(-wide * 0.34, front - 0.004, z), (wide * 0.34, front - 0.004, z)], 0.0026, shell, segments=10)
        for z in np.linspace(low + 0.012, top - 0.012, 14)
    ]
    dial = lathe([(1e-4, 0), (0.024, 0), (0.021, 0.014), (1e-4, 0.015)], [0, 0.002, 0.004, 0], dark, 48)
    return [*parts, dial.moved(x=-0.035, z=high), *block((0.045, 0.018, 0.002), (0.035, 0, high), lit(), 0.0008)]


def _dish(look: Look, shell: Material, dark: Material) -> list[Part]:
    """A polished dish with a glowing coil in its middle behind a guard, on a foot."""
    radius, middle = 0.165 * look.uniform(0.92, 1.1), 0.33
    bright = look.plain("copper").but(bump=None, roughness=0.18)
    t = np.linspace(0.02, 1, 24)
    inside = np.stack([radius * t, 0.085 * t**2], -1)
    outside = np.stack([radius * 1.03 * t, 0.085 * t**2 - 0.010], -1)
    bowl = [
        lathe([tuple(p) for p in inside[::-1]], 0, bright, 112),
        lathe([tuple(p) for p in outside], 0, shell, 112),
        lathe([(radius * 1.03, 0.072), (radius * 1.05, 0.088), (radius * 0.99, 0.088)], 0.003, shell, 112),
        lathe([(1e-4, 0), (0.022, 0), (0.022, 0.022), (1e-4, 0.022)], 0.003, look.plain("ceramic", "#f4f1ea"), 40),
        lathe([(1e-4, 0.022), (0.017, 0.022), (0.014, 0.075), (1e-4, 0.078)], [0, 0.002, 0.006, 0], _GLOW, 40),
    ]
    a = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    for share in (0.34, 0.67):
        ring = np.stack(
            [radius * share * np.cos(a), radius * share * np.sin(a), 0.094 + 0.012 * (1 - share) + 0 * a], -1
        )
        bowl.append(tube(ring, 0.0016, shell, segments=8, closed=True))
    for angle in np.linspace(0, 2 * np.pi, 12, endpoint=False):
        way = np.array([(0.012, 0.106), (radius * 0.5, 0.101), (radius * 1.0, 0.088)])
        bowl.append(
            tube(
                np.stack([way[:, 0] * np.cos(angle), way[:, 0] * np.sin(angle), way[:, 1]], -1),
                0.0016,
                shell,
                segments=8,
            )
        )
    head = [part.turned(84, "x").moved(y=0.03, z=middle) for part in bowl]
    foot = lathe(
        [(1e-4, 0), (0.115, 0), (0.117, 0.010), (0.10, 0.026), (0.03, 0.036), (1e-4, 0.036)],
        [0, 0.003, 0.006, 0.01, 0.006, 0],
        shell,
    )
    pole = tube([(0, 0.045, 0.03), (0, 0.045, middle)], [0.018, 0.015], shell, segments=28)
    key = lathe([(1e-4, 0), (0.017, 0), (0.015, 0.012), (1e-4, 0.013)], [0, 0.002, 0.003, 0], dark, 40)
    return [*head, foot.moved(y=0.03), pole, key.turned(70, "x").moved(y=-0.055, z=0.028)]
