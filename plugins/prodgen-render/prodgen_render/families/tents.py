"""Tents."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Material, Part
from prodgen_render.shapes import detail
from prodgen_render.shapes.geometry import loft, rounded_rectangle, slab, tube

_CLOTHS = ("nylon", "canvas", "cotton")
_DOOR = 0.60
"""Half the width of the door at the ground, in radians about the middle."""


def tent(look: Look) -> list[Part]:
    """A dome over two poles that cross: a fly in the product's colour above a band of another, a door of net half open, ropes and pegs."""
    wide, deep = 2.30 * look.uniform(0.93, 1.07), 2.05
    high = 1.28 * look.uniform(0.94, 1.06)
    cloth = look.main(*_CLOTHS, extent=(wide, high), default="#3f6b4a", period=0.25)
    shade = look.colour("#3f6b4a")
    band = look.plain("nylon", look.accent(shade) if look.two_coloured else mix(shade, (70, 74, 78), 0.72))
    dark = look.plain("matte plastic", "#1e1f21")
    net = Material("net", (0.045, 0.047, 0.05), 0.9)
    frame = look.plain("aluminium", "#8d9196").but(bump=None)
    rope = look.plain("nylon", "#e9802c").but(bump=None)

    def at(angle: NDArray[np.float64], t: NDArray[np.float64], away: float = 0.0) -> NDArray[np.float64]:
        """Where the cloth is at an angle about the middle (0 in front) and an angle t above the ground."""
        angle, t = np.broadcast_arrays(angle, t)
        square = (np.abs(np.sin(angle)) ** 4 + np.abs(np.cos(angle)) ** 4) ** -0.25
        share, up = np.cos(t), np.sin(t)
        # Between the poles cloth sags, the more the further it is from them.
        sag = (
            1
            - 0.055 * np.cos(2 * angle) ** 2 * np.sin(2 * t.clip(0, np.pi / 2))
            - 0.10 * np.cos(2 * angle) ** 2 * (1 - up) * up
        )
        out = square * share**0.92 * sag + away
        return np.stack(
            [wide / 2 * out * np.sin(angle), -deep / 2 * out * np.cos(angle), high * up**1.04 + 0 * out + away], -1
        )

    around = np.linspace(-np.pi, np.pi, detail.segments(145, 73))
    edge = 0.30
    low_t, high_t = np.linspace(0.012, edge, 14), np.linspace(edge, np.pi / 2 - 0.002, detail.segments(50, 24))
    body = loft(at(around[None], high_t[:, None]), cloth, closed=False)
    skirt = loft(at(around[None], low_t[:, None]), band, closed=False)
    parts = [body, skirt]
    seam = at(around[:-1], np.full(len(around) - 1, edge), 0.003)
    parts.append(tube(seam, 0.008, band, segments=8, closed=True))
    # The door: an arch of net below a flap that is rolled up half.
    a = np.linspace(-1, 1, 40)
    top = 0.98
    arch = top * np.sqrt(np.clip(1 - np.abs(a) ** 2.6, 0, 1))
    rows = np.linspace(0.02, 1, 24)[:, None]
    narrow = _DOOR * (1 - 0.10 * rows * arch)
    parts.append(loft(at(a[None] * narrow, 0.02 + (arch[None] - 0.02).clip(0) * rows, 0.005), net, closed=False))
    way = at(a * _DOOR * (1 - 0.10 * arch), np.maximum(arch, 0.02), 0.009)
    parts.append(tube(way, 0.011, dark, segments=10))
    b = np.linspace(0.10, 1, 14)
    over = np.interp(b, a, arch)
    flap = at(b[None] * _DOOR * (1 - 0.10 * rows * over), 0.02 + (over[None] - 0.02).clip(0) * rows, 0.012)
    parts.append(loft(flap, cloth.but(texture=None, colour=tuple(cloth.mean_colour)), closed=False))
    roll = at(np.full(20, 0.075), np.linspace(0.02, top - 0.02, 20), 0.022)
    parts.append(tube(roll, 0.030, cloth.but(texture=None, colour=tuple(0.85 * cloth.mean_colour)), segments=16))
    for corner in (-0.75, -0.25, 0.25, 0.75):
        pole = at(np.full(60, corner * np.pi), np.linspace(0.0, np.pi / 2, 60), 0.008)
        parts.append(tube(pole, 0.010, frame, segments=12))
        sleeve = pole[8:52]
        parts.append(tube(sleeve, 0.020, band, segments=12))
        foot = pole[0]
        out = foot * [1.0, 1.0, 0] / np.hypot(foot[0], foot[1])
        hook = [foot, foot + out * 0.05 + [0, 0, 0.004], foot + out * 0.09 - [0, 0, 0.0]]
        parts.append(tube(hook, 0.007, dark, segments=10))
        start = pole[22]
        end = foot + out * 0.52
        parts.append(tube(np.linspace(start, end * [1, 1, 0] + [0, 0, 0.02], 6), 0.0045, rope, segments=8))
        peg = end * [1, 1, 0]
        parts.append(tube([np.add(peg, [0, 0, 0.06]), peg], 0.008, frame, segments=10))
    floor = slab(rounded_rectangle(wide * 0.99, deep * 0.99, 0.08, side=20), 0.03, 0.008, dark)
    return [*parts, floor.scaled(0.985, 0.985, 1)]
