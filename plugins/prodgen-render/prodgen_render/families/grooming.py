"""Hair dryer and toothbrush."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import loft, rounded_rectangle, slab, smooth_path, superellipse, tube

_PLASTICS = ("plastic", "matte plastic", "aluminium")
_ELECTRIC = ("electric", "sonic", "sonicare", "oral-b io", "oral-b pro", "rechargeable", "电动", "声波")


def hair_dryer(look: Look) -> list[Part]:
    """A dryer that blows to the viewer's left: nozzle, barrel, grille behind, a grip with two switches."""
    radius, long = 0.043 * look.uniform(0.93, 1.08), 0.17 * look.uniform(0.92, 1.1)
    shell = look.main(*_PLASTICS, extent=(0.27, long), default="#3b3d40", period=0.04)
    dark = look.plain("matte plastic", "#1b1c1e")
    middle = 0.205
    barrel = [
        (radius * 0.72, 0.0),
        (radius * 0.78, 0.0),
        (radius * 0.86, 0.02),
        (radius, long * 0.62),
        (radius * 1.02, long * 0.86),
        (radius * 0.9, long),
    ]
    grille = [
        (1e-4, long + 0.003),
        (radius * 0.55, long + 0.002),
        (radius * 0.86, long - 0.002),
        (radius * 0.9, long - 0.006),
    ]
    parts = [lathe(barrel, [0, 0.003, 0.02, 0.03, 0.012, 0], shell), lathe(grille, [0, 0.003, 0.003, 0], dark)]
    parts.append(lathe([(radius * 0.76, 0.004), (radius * 0.55, 0.002), (1e-4, 0.002)], 0.001, dark))
    around = np.linspace(0, 2 * np.pi, 60)
    for share in (0.3, 0.5, 0.7):
        ring = np.stack(
            [
                radius * share * np.cos(around),
                radius * share * np.sin(around),
                np.full(60, long + 0.004 - 0.004 * share**2),
            ],
            -1,
        )
        parts.append(tube(ring, 0.0013, look.plain("aluminium"), caps=False, segments=8))
    parts += _nozzle(radius, dark)
    laid = [part.turned(90, "y").moved(x=-long * 0.5, z=middle) for part in parts]
    return laid + _grip(look, shell, dark, radius, long, middle)


def _nozzle(radius: float, dark: Material) -> list[Part]:
    """The flat nozzle on the barrel's front end, before z = 0."""
    z = np.array([0.006, -0.004, -0.02, -0.045, -0.052, -0.050])
    across = np.array([0.80, 0.84, 0.82, 0.98, 1.0, 0.94]) * radius
    up = np.array([0.80, 0.84, 0.76, 0.34, 0.30, 0.24]) * radius
    outline = [superellipse(2 * a, 2 * b, 2.3, 72) for a, b in zip(up, across, strict=True)]
    sections = np.stack(
        [np.column_stack([points, np.full(72, height)]) for points, height in zip(outline, z, strict=True)]
    )
    return [loft(sections, dark, flip=True)]


def _grip(look: Look, shell: Material, dark: Material, radius: float, long: float, middle: float) -> list[Part]:
    x = long * 0.12
    way = smooth_path([(x, 0, middle - radius * 0.6), (x + 0.004, 0, 0.11), (x + 0.012, 0, 0.022)], 30)
    grip = tube(
        way,
        np.interp(np.linspace(0, 1, 30), [0, 0.25, 1], [0.024, 0.0185, 0.0165]),
        look.part("handle", shell.but(texture=None, colour=tuple(shell.mean_colour))),
        segments=32,
    )
    parts = [grip, tube([(x + 0.0125, 0, 0.016), (x + 0.015, 0, 0.004)], np.array([0.0075, 0.005]), dark, segments=18)]
    for number, height in enumerate((0.128, 0.100)):
        key = slab(
            rounded_rectangle(0.010, 0.018, 0.004),
            0.004,
            0.0015,
            dark if number else look.plain("plastic", look.accent(look.colour("#3b3d40"), "#c4c6c9")),
        )
        parts.append(key.turned(90, "x").moved(x=x + 0.005, y=-0.0165, z=height))
    return parts


def toothbrush(look: Look) -> list[Part]:
    """A toothbrush that stands upright, its bristles to the viewer; thicker and with a button where it is electric."""
    electric = look.says(_ELECTRIC)
    high = 0.19 * look.uniform(0.95, 1.06)
    shell = look.main(
        "plastic",
        "bamboo",
        "wood",
        "matte plastic",
        extent=(0.1, high),
        default="#f4f3ef" if electric else "#8fbfe4",
        period=0.02,
    )
    white = look.plain("plastic", "#f7f6f3")
    neck = high - 0.028
    if electric:
        corners = [(1e-4, 0), (0.0135, 0), (0.0145, 0.05), (0.0125, 0.135), (0.0078, 0.142), (1e-4, 0.142)]
        parts = [lathe(corners, [0, 0.005, 0.05, 0.01, 0.002, 0], shell)]
        stem = smooth_path([(0, 0, 0.138), (0, 0.001, 0.165), (0, 0, neck)], 24)
        parts.append(tube(stem, np.linspace(0.0062, 0.0032, 24), white, segments=24))
        ring = [(0.0076, 0.1405), (0.0086, 0.1405), (0.0086, 0.1445), (0.0066, 0.1445)]
        parts.append(lathe(ring, 0.0005, look.plain("plastic", look.accent(look.colour("#f4f3ef"), "#c4c6c9"))))
        key = slab(
            rounded_rectangle(0.011, 0.016, 0.0054), 0.002, 0.0008, look.plain("rubber", "#3b3d40").but(bump=None)
        )
        parts.append(key.turned(90, "x").moved(y=-0.0138, z=0.092))
        light = Material("light", (0.7, 0.85, 1.0), 0.4, emission=(0.5, 0.7, 0.9))
        parts += [
            slab(rounded_rectangle(0.004, 0.0014, 0.0007), 0.0006, 0.0002, light).turned(90, "x").moved(y=-0.0143, z=z)
            for z in (0.066, 0.060, 0.054)
        ]
    else:
        way = smooth_path([(0, 0, 0.004), (0, -0.003, 0.045), (0, 0.001, 0.10), (0, 0, neck)], 60)
        radii = np.interp(np.linspace(0, 1, 60), [0, 0.1, 0.45, 0.75, 1], [0.0055, 0.0068, 0.0062, 0.0042, 0.0032])
        parts = [tube(way, radii, shell, flatten=0.75, up=(0, 1, 0), segments=28)]
    head = slab(rounded_rectangle(0.0125, 0.031, 0.006), 0.0052, 0.0018, white if electric else shell)
    return [*parts, head.turned(90, "x").moved(y=0.0026, z=neck + 0.013), *_bristles(look, neck + 0.013)]


def _bristles(look: Look, middle: float) -> list[Part]:
    """Tufts in rows, those in the middle of the second colour."""
    white = look.plain("nylon", "#fbfaf7").but(bump=None)
    tint = look.plain("nylon", look.accent(look.colour("#8fbfe4"), "#8fbfe4")).but(bump=None)
    parts = []
    for row in range(8):
        for column in range(4 if 0 < row < 7 else 2):
            count = 4 if 0 < row < 7 else 2
            x, z = (column - (count - 1) / 2) * 0.0027, middle + (row - 3.5) * 0.0034
            long = 0.0105 + 0.0012 * (row % 2)
            parts.append(
                tube(
                    [(x, -0.0022, z), (x, -0.0026 - long, z)],
                    0.00125,
                    tint if 2 <= row <= 5 and column in (1, 2) else white,
                    segments=10,
                )
            )
    return parts
