"""The parts of bicycles and kick scooters: wheels, grips, handlebar, saddle, chain, mudguards."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import loft, rounded_rectangle, slab, smooth_path, superellipse, tube


def xyz(*metres: float) -> Floats:
    """A point, or a way between two."""
    return np.array(metres)


def wheel(radius: float, thick: float, tyre: Material, rim: Material, spokes: int = 0) -> list[Part]:
    """A wheel in the plane of x and z about the origin: spoked, or a solid disc.

    Args:
        thick: radius of the tyre's section.
    """
    a = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    circle = np.stack([np.cos(a), 0 * a, np.sin(a)], -1)
    parts = [tube(circle * (radius - thick), thick, tyre, segments=20, closed=True, up=(0, 1, 0))]
    inner = radius - 2.0 * thick
    if not spokes:
        hub = [
            (1e-4, -thick * 0.55),
            (inner * 0.4, -thick * 0.75),
            (inner + 0.002, -thick * 0.5),
            (inner + 0.002, thick * 0.5),
            (inner * 0.4, thick * 0.75),
            (1e-4, thick * 0.55),
        ]
        return [*parts, lathe(hub, 0.002, rim, 56).turned(90, "x")]
    parts.append(tube(circle * inner, thick * 0.55, rim, segments=14, closed=True, up=(0, 1, 0)))
    parts.append(tube([(0, -0.035, 0), (0, 0.035, 0)], 0.016, rim, segments=24))
    for k, angle in enumerate(np.linspace(0, 2 * np.pi, spokes, endpoint=False)):
        out = np.array([np.cos(angle + 0.25 * (-1) ** (k // 2)), 0, np.sin(angle + 0.25 * (-1) ** (k // 2))])
        start = np.array([0.014 * np.cos(angle), 0.026 * (-1) ** k, 0.014 * np.sin(angle)])
        parts.append(tube([start, out * inner], 0.0013, rim, segments=6, caps=False))
    return parts


def grips(ends: Sequence[tuple[float, float, float]], dark: Material, long: float = 0.105) -> list[Part]:
    """Rubber over the ends of a handlebar that lies along y."""
    return [tube([(x, y - np.sign(y) * long, z), (x, y, z)], 0.0165, dark, segments=24) for x, y, z in ends]


def stabilisers(rear: Floats, metal: Material, dark: Material, rim: Material) -> list[Part]:
    """A small wheel at either side of the rear one."""
    parts = []
    for y in (-0.17, 0.17):
        parts += [part.moved(float(rear[0]) + 0.02, y, 0.062) for part in wheel(0.060, 0.014, dark, rim)]
        arm = [rear + xyz(0, 0.3 * y, 0), rear + xyz(0.01, 0.8 * y, -0.02), xyz(rear[0] + 0.02, y, 0.062)]
        parts.append(tube(smooth_path(arm, 16), 0.008, metal, segments=14))
    return parts


def saddle(size: float, dark: Material) -> Part:
    """A saddle, its nose to the left."""
    rows = [
        (-0.135, 0.018, 0.022),
        (-0.125, 0.030, 0.030),
        (-0.06, 0.046, 0.040),
        (0.02, 0.078, 0.046),
        (0.09, 0.136, 0.050),
        (0.128, 0.128, 0.044),
        (0.140, 0.02, 0.01),
    ]
    outline = superellipse(1.0, 1.0, 2.6, 56)
    return loft(
        np.stack(
            [
                np.c_[np.full(56, x), outline[:, 0] * wide, outline[:, 1] * high + 0.02]
                for x, wide, high in smooth_path(rows, 36)
            ]
        ),
        dark,
    ).scaled(size, size, size)


def handlebar(head: Floats, top: Floats, half: float, metal: Material, dark: Material) -> list[Part]:
    """A stem, the bar that it holds, and grips."""
    stem = top + xyz(-0.045, 0, 0.006)
    way = [
        stem + xyz(0.03, -half, 0.025),
        stem + xyz(0, -half * 0.4, 0.018),
        stem,
        stem + xyz(0, half * 0.4, 0.018),
        stem + xyz(0.03, half, 0.025),
    ]
    ends = [(float(stem[0]) + 0.03, side * half, float(stem[2]) + 0.025) for side in (-1, 1)]
    return [
        tube(np.stack([head, top]), 0.0155, metal, segments=20),
        tube(np.stack([top, stem]), 0.0145, metal, segments=20),
        tube(smooth_path(way, 40), 0.0120, metal, segments=20),
        *grips(ends, dark),
    ]


def drive(crank: Floats, rear: Floats, ring: float, metal: Material, dark: Material) -> list[Part]:
    """Chain wheel, chain, cranks and pedals."""
    y, small = -0.046, 0.035
    plate = lathe([(1e-4, 0), (ring, 0), (ring, 0.004), (1e-4, 0.004)], 0.001, dark, 64).turned(90, "x")
    arc = np.linspace(np.pi / 2, 3 * np.pi / 2, 16)
    left = np.stack([crank[0] + ring * np.cos(arc), np.full(16, y), crank[2] + ring * np.sin(arc)], -1)
    right = np.stack([rear[0] - small * np.cos(arc), np.full(16, y), rear[2] - small * np.sin(arc)], -1)
    parts = [
        plate.moved(float(crank[0]), y + 0.002, float(crank[2])),
        tube(np.concatenate([left, right]), 0.0042, metal, segments=8, closed=True, up=(0, 1, 0)),
    ]
    parts.append(tube(np.stack([crank - xyz(0, 0.06, 0), crank + xyz(0, 0.06, 0)]), 0.016, dark, segments=20))
    reach = np.array([-ring * 1.55, 0, -ring * 0.85])
    for side in (-1, 1):
        end = crank + reach * -side + xyz(0, side * 0.075, 0)
        parts.append(tube(np.stack([crank + xyz(0, side * 0.06, 0), end]), 0.0095, metal, segments=16))
        pedal = slab(rounded_rectangle(0.085, 0.075, 0.012), 0.020, 0.006, dark)
        parts.append(pedal.moved(float(end[0]), float(end[1]) + side * 0.048, float(end[2]) - 0.010))
    return parts


def guards(front: Floats, rear: Floats, radius: float, paint: Material) -> list[Part]:
    """Mudguards over both wheels."""
    parts = []
    for at, start, end in ((front, 0.9, 2.75), (rear, 0.1, 2.0)):
        t = np.linspace(start, end, 24)
        way = np.stack([at[0] + radius * 1.09 * np.cos(t), 0 * t, at[2] + radius * 1.09 * np.sin(t)], -1)
        parts.append(tube(way, 0.030, paint, flatten=0.14, up=(1, 0, 0), segments=20))
    return parts
