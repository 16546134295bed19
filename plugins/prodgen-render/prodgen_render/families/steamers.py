"""Steamers for clothes: one that is held, or one that stands, with a pole and a hose."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.families.whitegoods import block
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import loft, rounded_rectangle, slab, smooth_path, superellipse, tube

_STANDING = ("upright", "standing steamer", "立式", "双杆", "单杆", "落地")


def garment_steamer(look: Look) -> list[Part]:
    """A steamer whose head faces the viewer's left; on a pole where the words say that it stands."""
    shell, dark = look.solid("plastic", "matte plastic", default="#f4f3ef"), look.plain("matte plastic", "#2b2c2f")
    tank = look.plain("glass", look.accent(look.colour("#f4f3ef"), "#a9c4d6")).but(roughness=0.2, transmission=0.5)
    return _standing(look, shell, dark, tank) if look.says(_STANDING) else _held(look, shell, dark, tank)


def _head(shell: Material, steel: Material, dark: Material) -> list[Part]:
    """A body that narrows from an oval steel plate with holes, which faces -x."""
    rows = [
        (-0.070, 0.050, 0.100),
        (-0.062, 0.054, 0.106),
        (-0.040, 0.052, 0.096),
        (0.000, 0.046, 0.066),
        (0.045, 0.044, 0.054),
        (0.070, 0.034, 0.040),
        (0.074, 0.001, 0.001),
    ]
    outline = superellipse(1.0, 1.0, 2.4, 72)
    sections = np.stack(
        [np.c_[np.full(72, x), outline[:, 0] * wide, outline[:, 1] * high] for x, wide, high in smooth_path(rows, 40)]
    )
    plate = slab(superellipse(0.094, 0.044, 2.3), 0.006, 0.002, steel).turned(-90, "y").moved(x=-0.069)
    hole = lathe([(1e-4, 0), (0.0026, 0), (0.0026, 0.001), (1e-4, 0.001)], 0, dark, 16).turned(-90, "y")
    holes = [hole.moved(-0.0748, y, z) for z in (-0.03, -0.015, 0.0, 0.015, 0.03) for y in (-0.009, 0.009)]
    return [loft(sections, shell), plate, *holes]


def _held(look: Look, shell: Material, dark: Material, tank: Material) -> list[Part]:
    """The head over a handle, the water in the handle's foot, a trigger before it."""
    size, steel = look.uniform(0.94, 1.06), look.plain("steel").but(bump=None)
    parts = [part.moved(z=0.205) for part in _head(shell, steel, dark)]
    grip = smooth_path([(0.020, 0, 0.195), (0.030, 0, 0.150), (0.034, 0, 0.110), (0.034, 0, 0.075)], 40)
    parts.append(tube(grip, np.interp(np.linspace(0, 1, 40), [0, 0.4, 1], [0.025, 0.0195, 0.027]), shell, segments=36))
    outline = superellipse(0.098, 0.066, 3)
    parts += [
        slab(outline, 0.078, 0.014, tank).moved(x=0.030, z=0.008),
        slab(outline * 0.97, 0.010, 0.004, shell).moved(x=0.030),
    ]
    trigger = smooth_path([(0.004, 0, 0.172), (0.006, 0, 0.155), (0.013, 0, 0.140)], 16)
    parts.append(tube(trigger, 0.0075, dark, flatten=0.7, up=(1, 0, 0), segments=18))
    cord = smooth_path(
        [(0.078, 0, 0.020), (0.115, 0.004, 0.012), (0.135, 0.06, 0.004), (0.06, 0.10, 0.004), (-0.05, 0.09, 0.004)], 60
    )
    parts += [
        tube([(0.074, 0, 0.024), (0.088, 0, 0.018)], 0.007, dark, segments=18),
        tube(cord, 0.0034, dark, segments=12),
    ]
    return [part.scaled(size, size, size).turned(38) for part in parts]


def _standing(look: Look, shell: Material, dark: Material, tank: Material) -> list[Part]:
    """A base with its tank, two poles with a hanger, and the head that hangs on it by its hose."""
    steel = look.plain("aluminium").but(bump=None)
    high = 1.42 * look.uniform(0.96, 1.04)
    parts = [slab(rounded_rectangle(0.34, 0.28, 0.09), 0.15, 0.03, shell).moved(z=0.03)]
    parts += [slab(rounded_rectangle(0.20, 0.20, 0.06), 0.17, 0.03, tank).moved(x=-0.055, z=0.165)]
    parts += block((0.18, 0.18, 0.02), (-0.055, 0, 0.33), shell, 0.008)
    wheel = lathe([(1e-4, -0.012), (0.030, -0.012), (0.030, 0.012), (1e-4, 0.012)], 0.004, dark, 40).turned(90, "y")
    parts += [wheel.moved(x, y, 0.030) for x in (-0.14, 0.14) for y in (-0.10, 0.10)]
    for y in (-0.035, 0.035):
        parts.append(tube([(0.10, y, 0.16), (0.10, y, high)], 0.010, steel, segments=20))
    parts += block((0.05, 0.12, 0.05), (0.10, 0, high - 0.02), dark, 0.012)
    for side in (-1, 1):
        arm = smooth_path(
            [(0.10, 0, high + 0.02), (0.10 + side * 0.09, 0, high + 0.035), (0.10 + side * 0.21, 0, high - 0.055)], 30
        )
        parts.append(tube(arm, 0.009, dark, flatten=0.7, segments=18))
    head = [
        part.scaled(0.9, 0.9, 0.9).turned(90, "z").moved(0.10, -0.09, high - 0.10)
        for part in _head(shell, look.plain("steel").but(bump=None), dark)
    ]
    hose = smooth_path(
        [(0.10, -0.05, high - 0.14), (0.12, -0.03, high - 0.35), (0.20, -0.04, 0.75), (0.22, -0.05, 0.40), (0.17, -0.03, 0.26), (0.13, 0, 0.17)],
        90,
    )  # fmt: skip
    return [
        *parts,
        *head,
        tube(hose, 0.013, dark, segments=18),
        tube([(0.10, -0.07, high - 0.05), (0.10, -0.05, high - 0.15)], 0.02, shell),
    ]
