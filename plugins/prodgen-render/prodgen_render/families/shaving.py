"""Razor: one with a cartridge of blades, or an electric shaver with three heads."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.families.whitegoods import block, lit
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import rounded_rectangle, slab, smooth_path, tube

_ELECTRIC = ("electric", "rechargeable", "cordless", "shaver", "rotary", "foil", "电动", "充电", "剃须刀", "刮胡刀")
_MANUAL = ("safety razor", "manual", "disposable", "cartridge", "blades", "手动", "刀片", "刀架", "刀头")


def razor(look: Look) -> list[Part]:
    """A razor, electric where the words say so."""
    high = 0.155 * look.uniform(0.94, 1.08)
    shell = look.solid("plastic", "matte plastic", "metal", "steel", "brass", "gold", "wood", default="#26313f")
    electric = look.says(_ELECTRIC) and not look.says(_MANUAL)
    return _shaver(look, high, shell) if electric else _wet(look, high * 0.92, shell)


def _wet(look: Look, high: float, shell: Material) -> list[Part]:
    """A ribbed handle that carries a cartridge of five blades across."""
    steel, dark = look.plain("steel").but(bump=None, roughness=0.2), look.plain("rubber", "#1e1f21").but(bump=None)
    way = smooth_path(
        [(0, 0.003, 0.004), (0, -0.003, high * 0.35), (0, 0.003, high * 0.75), (0, -0.004, high - 0.012)], 60
    )
    radii = np.interp(np.linspace(0, 1, 60), [0, 0.12, 0.4, 0.75, 1], [0.0050, 0.0066, 0.0062, 0.0046, 0.0036])
    parts = [tube(way, radii, shell, flatten=0.85, up=(0, 1, 0), segments=28)]
    for k in range(9):
        x, y, z = way[18 + 2 * k]
        parts.append(tube([(x - 0.0042, y - 0.0050, z), (x + 0.0042, y - 0.0050, z)], 0.0013, dark, segments=8))
    head = high - 0.004
    tilt = 24.0

    def placed(part: Part) -> Part:
        return part.turned(90 - tilt, "x").moved(y=-0.004, z=head)

    parts.append(placed(slab(rounded_rectangle(0.043, 0.024, 0.005), 0.0055, 0.0022, dark).moved(z=0.0005)))
    parts += [
        placed(
            slab(rounded_rectangle(0.037, 0.0014, 0.0006), 0.0012, 0.0004, steel).moved(y=-0.004 + 0.0030 * k, z=0.0057)
        )
        for k in range(5)
    ]
    strip = look.plain("plastic", look.accent(look.colour("#26313f"), "#7fc4c9"))
    parts.append(
        placed(slab(rounded_rectangle(0.038, 0.0032, 0.0014), 0.0012, 0.0005, strip).moved(y=0.0098, z=0.0052))
    )
    parts.append(tube([(-0.012, -0.001, head - 0.004), (0.012, -0.001, head - 0.004)], 0.0036, shell, segments=16))
    return parts


def _shaver(look: Look, high: float, shell: Material) -> list[Part]:
    """A body with a grip, a key and lamps in front, under three round heads."""
    dark = look.plain("rubber", "#1c1d20").but(bump=None)
    steel = look.plain("steel").but(bump=None, roughness=0.25)
    way = smooth_path([(0, 0.004, 0.006), (0, 0.002, high * 0.3), (0, 0.0, high * 0.55), (0, -0.005, high * 0.72)], 50)
    radii = np.interp(np.linspace(0, 1, 50), [0, 0.1, 0.4, 0.8, 1], [0.024, 0.028, 0.0285, 0.0245, 0.021])
    parts = [tube(way, radii, shell, flatten=0.82, up=(0, 1, 0), segments=48)]
    grip = smooth_path([(0, -0.0235, high * 0.16), (0, -0.0245, high * 0.30), (0, -0.0225, high * 0.46)], 24)
    parts.append(
        tube(
            grip,
            np.interp(np.linspace(0, 1, 24), [0, 0.5, 1], [0.013, 0.0155, 0.012]),
            dark,
            flatten=0.26,
            up=(0, 1, 0),
            segments=24,
        )
    )
    key = lathe([(1e-4, 0), (0.0078, 0), (0.0072, 0.0028), (1e-4, 0.0032)], [0, 0.0006, 0.001, 0], steel, 48)
    parts.append(key.turned(84, "x").moved(y=-0.0222, z=high * 0.545))
    parts += block((0.004, 0.002, 0.0022), (0, -0.0262, high * 0.40), lit(), 0.0006)
    tilt = 38.0

    def placed(part: Part) -> Part:
        return part.turned(tilt, "x").moved(y=-0.010, z=high * 0.80)

    neck = lathe(
        [(0.012, -0.022), (0.020, -0.016), (0.031, -0.004), (0.031, 0.004), (0.026, 0.009), (1e-4, 0.010)],
        [0, 0.004, 0.006, 0.003, 0.004, 0],
        shell,
        72,
    )
    parts.append(placed(neck))
    for k in range(3):
        a = np.radians(90 + 120 * k)
        x, y = 0.0155 * float(np.cos(a)), 0.0155 * float(np.sin(a))
        rim = [(1e-4, 0.006), (0.0135, 0.006), (0.0130, 0.0125), (0.0108, 0.0132), (0.0104, 0.0122)]
        foil = [
            (0.0104, 0.0122),
            (0.0078, 0.0131),
            (0.0064, 0.0122),
            (0.0050, 0.0122),
            (0.0036, 0.0130),
            (1e-4, 0.0130),
        ]
        parts += [
            placed(lathe(line, 0.0005, material, 48).moved(x, y)) for line, material in ((rim, dark), (foil, steel))
        ]
    return parts
