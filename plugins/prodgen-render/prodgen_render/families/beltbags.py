"""Bags on a belt: fanny packs."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.sewn import Pouch, belt, stitches
from prodgen_render.looks.finishes import FABRICS
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import box, refine, rounded_path, smooth_path, tube

BELT_BAGS = ("belt bag", "bum bag", "fanny pack", "waist bag", "waist pack", "hip pack", "腰包")
_NAMES = ("nylon", *(name for name in FABRICS if name != "nylon"), "leather")


def belt_bag(look: Look) -> list[Part]:
    """A pouch that is narrower below, a zip across it and one over its pocket, on a belt with a buckle behind."""
    wide, tall, deep = 0.29 * look.uniform(0.93, 1.07), 0.145 * look.uniform(0.93, 1.07), 0.062
    extent = (wide, tall)
    cloth = look.main(*_NAMES, extent=extent, default="#26272a", period=0.04)
    shade = look.colour("#26272a")
    web = look.part("strap", look.plain("nylon", mix(shade, (0, 0, 0), 0.45)))
    dark = look.plain("matte plastic", "#1b1c1e")
    metal = look.plain("steel").but(bump=None)
    outline = _outline(wide, tall)
    body = Pouch(outline, deep, 0.020, 0.012, dent=0.006, slack=0.0022)
    pocket = Pouch(
        np.add(_outline(wide * 0.74, tall * 0.56), [0, tall * 0.07]),
        0.020,
        0.010,
        0.008,
        place=-deep / 2 - 0.012,
        slack=0.0012,
    )
    parts = [
        *body.parts(cloth, extent),
        *body.piping(0.0028, web),
        *pocket.parts(cloth, extent),
        *pocket.piping(0.0020, web, back=False),
    ]
    for pouch, z, reach in ((body, tall * 0.83, wide * 0.42), (pocket, tall * 0.53, wide * 0.29)):
        line = pouch.on_front(np.column_stack([np.linspace(-reach, reach, 50), np.full(50, z)]), 0.0012)
        parts.append(tube(line, 0.0065, web, flatten=0.22, segments=12, up=(0, 1, 0)))
        parts.append(tube(line - [0, 0.0012, 0], 0.0022, metal, segments=8))
        end = line[-3] - [0, 0.004, 0]
        parts += [part.moved(*end) for part in box((0.008, 0.004, 0.010), 0.0015, metal, cells=3)]
        pull = smooth_path([end, np.add(end, [0.004, -0.004, -0.014]), np.add(end, [0.006, -0.002, -0.030])], 16)
        parts.append(tube(pull, 0.0032, web, flatten=0.4, segments=10))
    parts.append(stitches(body.on_front(body.inset(0.018), 0.0006), web, closed=True))
    high = tall * 0.70
    way = [
        (-wide * 0.44, 0.012, high), (-wide * 0.56, 0.045, high), (-0.160, 0.125, high + 0.004), (-0.085, 0.205, high + 0.006), (0, 0.222, high + 0.006),
    ]  # fmt: skip
    loop = smooth_path([*way, *[(-x, y, z) for x, y, z in way[-2::-1]]], 90)
    parts.append(belt(loop, (0, 0, 1.0), 0.030, 0.0026, web))
    for side in (-1, 1):
        wing = [(side * wide * 0.40, 0.010, high), (side * wide * 0.52, 0.030, high), (side * 0.170, 0.080, high)]
        parts.append(
            belt(
                smooth_path(wing, 24),
                (0, 0, 1.0),
                0.052,
                0.004,
                cloth.but(texture=None, colour=tuple(cloth.mean_colour)),
            )
        )
    parts += [part.moved(0, 0.224, high - 0.016) for part in box((0.058, 0.012, 0.042), 0.005, dark, cells=4)]
    return parts


def _outline(wide: float, tall: float) -> np.ndarray:
    corners = [
        (0.0, tall),
        (-wide * 0.47, tall),
        (-wide * 0.50, tall * 0.62),
        (-wide * 0.36, 0.0),
        (wide * 0.36, 0.0),
        (wide * 0.50, tall * 0.62),
        (wide * 0.47, tall),
        (0.0, tall),
    ]
    return refine(rounded_path(corners, [0, 0.030, 0.04, 0.050, 0.050, 0.04, 0.030, 0], 10), 0.008)[:-1]
