"""Charger and cable."""

from __future__ import annotations

import numpy as np

from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import box, rounded_rectangle, slab, smooth_path, tube

_PLASTICS = ("plastic", "matte plastic", "aluminium")
_SEVERAL = ("3-port", "4-port", "multi", "gan", "氮化镓", "多口", "三口", "四口")
_STRIP = (
    "power strip",
    "extension lead",
    "extension cord",
    "surge protector",
    "插座",
    "排插",
    "插线板",
    "接线板",
    "插排",
)
_LOOPS = 2.83
"""Turns of the coil, from where one end leaves it to where the other does."""


def charger(look: Look) -> list[Part]:
    """A wall charger: sockets in front, a seam round its back half, two flat pins behind; a power strip where the words say so."""
    if look.says(_STRIP):
        return _strip(look)
    several = look.says(_SEVERAL)
    wide, tall = (0.052 if several else 0.042) * look.uniform(0.94, 1.06), 0.046 * look.uniform(0.94, 1.06)
    deep = 0.058 * look.uniform(0.92, 1.1)
    shell = look.main(*_PLASTICS, extent=(wide, tall), default="#f4f3ef", period=0.02)
    dark = look.plain("matte plastic", "#141517")
    parts = box((wide, deep, tall), 0.009, shell, steps=8)
    seam = slab(rounded_rectangle(wide + 0.0003, tall + 0.0003, 0.009), 0.0007, 0.0002, dark)
    parts.append(seam.turned(90, "x").moved(y=deep * 0.18, z=tall / 2))
    heights = (0.74, 0.5, 0.26) if several else (0.5,)
    parts += [part for height in heights for part in _socket(look, -deep / 2, tall * height)]
    pin = [part.turned(-90, "x") for part in box((0.0016, 0.0064, 0.017), 0.0006, look.plain("steel"), cells=4)]
    return parts + [part.moved(x=x, y=deep / 2 - 0.001, z=tall / 2) for x in (-0.0064, 0.0064) for part in pin]


def _strip(look: Look) -> list[Part]:
    """Sockets in a row, a lit switch, and the cord; leant towards the viewer."""
    count = 5 if look.chance(0.5) else 4
    wide, deep, thick, pitch = 0.075 + 0.052 * count, 0.062, 0.036, 0.052
    shell = look.solid("plastic", "matte plastic", default="#f4f3ef")
    dark, grey = (
        look.plain("matte plastic", "#2b2c2f"),
        look.plain("plastic", mix(look.colour("#f4f3ef"), (0, 0, 0), 0.10)),
    )
    parts = [slab(rounded_rectangle(wide, deep, 0.012), thick, 0.006, shell)]
    left = -wide / 2 + 0.058
    for k in range(count):
        x = left + pitch * (k + 0.35)
        parts.append(slab(rounded_rectangle(0.043, 0.043, 0.010), 0.0012, 0.0004, grey).moved(x=x, z=thick))
        parts += [
            slab(rounded_rectangle(w, h, 0.0012), 0.0008, 0.0002, dark).moved(x + dx, dy, thick + 0.0010)
            for w, h, dx, dy in (
                (0.0026, 0.010, -0.0075, -0.004),
                (0.0026, 0.010, 0.0075, -0.004),
                (0.008, 0.0026, 0.0, 0.0095),
            )
        ]
    glow = Material("switch", (0.75, 0.06, 0.03), 0.3, coat=0.5, emission=(0.35, 0.02, 0.01))
    parts.append(
        slab(rounded_rectangle(0.017, 0.026, 0.003), 0.004, 0.0015, glow).moved(x=-wide / 2 + 0.026, z=thick - 0.001)
    )
    leant = [part.turned(52, "x").moved(z=0.045) for part in parts]
    cord = smooth_path(
        [
            (wide / 2 - 0.004, -0.012, 0.035),
            (wide / 2 + 0.04, -0.01, 0.028),
            (wide / 2 + 0.07, 0.04, 0.008),
            (wide / 2 - 0.03, 0.10, 0.005),
            (0, 0.11, 0.005),
        ],
        60,
    )
    low = min(float(part.vertices[:, 2].min()) for part in leant)
    return [*(part.moved(z=-low) for part in leant), tube(cord, 0.0042, grey, segments=14)]


def _socket(look: Look, front: float, height: float) -> list[Part]:
    """A USB-C socket: a rim, a dark hole and the tongue in it."""
    layers = (
        (0.0124, 0.0052, 0.0006, look.plain("aluminium")),
        (0.0102, 0.0036, 0.0008, look.plain("matte plastic", "#0b0b0c")),
        (0.0072, 0.0009, 0.0010, look.plain("matte plastic", "#6b6d70")),
    )
    return [
        slab(rounded_rectangle(w, h, h / 2), deep, 0.0002, stuff).turned(90, "x").moved(y=front + 0.0002, z=height)
        for w, h, deep, stuff in layers
    ]


def cable(look: Look) -> list[Part]:
    """A coiled cable that hangs together by a strap, its two plugs below."""
    radius, thick = 0.055 * look.uniform(0.92, 1.1), 0.0021 * look.uniform(0.92, 1.2)
    names = ("rubber", "plastic", "nylon", "matte plastic")
    skin = look.main(*names, extent=(0.6, 0.02), default="#f4f3ef", period=0.01)
    body = look.plain("matte plastic", look.colour("#f4f3ef"))
    middle = 0.045 + 1.9 * radius
    turn = np.radians(240) - np.linspace(0, 2 * np.pi * _LOOPS, 220)
    depth = np.linspace(-0.006, 0.006, 220)
    wide = radius * (1 + 0.07 * np.sin(0.43 * turn + 0.6))  # no two turns of a coil lie on each other
    coil = np.stack([wide * np.cos(turn), depth, middle + wide * np.sin(turn)], -1)
    ends = [(0.021, -0.008, 0.030), (0.018, -0.008, 0.052)], [(-0.018, 0.008, 0.052), (-0.021, 0.008, 0.030)]
    path = smooth_path([*ends[0], *coil[::6], *ends[1]], 400)
    parts = [tube(path, thick, skin, segments=18)]
    for x, y in ((0.021, -0.008), (-0.021, 0.008)):
        parts += [part.moved(x=x, y=y) for part in _plug(look, body, thick)]
    strap = look.plain("nylon", "#2b2c2f")
    ring = _loop(radius, middle)
    return [*parts, tube(ring, 0.0085, strap, flatten=0.16, caps=False, up=(-1, 0, 0), segments=20)]


def _loop(radius: float, middle: float) -> Floats:
    """The way of a strap round all turns where they are at the left."""
    a = np.linspace(0, 2 * np.pi, 40)
    return np.stack([-radius + 0.0062 * np.cos(a), 0.0105 * np.sin(a), np.full(40, middle)], -1)


def _plug(look: Look, body: Material, thick: float) -> list[Part]:
    """A USB-C plug that points down: sleeve, grip and metal tip."""
    tip = slab(rounded_rectangle(0.0084, 0.0026, 0.0013), 0.0072, 0.0004, look.plain("steel"))
    grip = slab(rounded_rectangle(0.0112, 0.0062, 0.0028), 0.019, 0.0014, body).moved(z=0.0066)
    sleeve = tube([(0, 0, 0.0245), (0, 0, 0.034)], np.linspace(thick * 1.55, thick * 1.15, 2), body, segments=18)
    return [tip, grip, sleeve]
