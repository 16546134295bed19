"""Ironing boards and toilet brushes."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.finishes import FABRICS
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import planar_uv, refine, rounded_path, slab, tube

_COVERS = ("cotton", *(name for name in FABRICS if name != "cotton"))


def ironing_board(look: Look) -> list[Part]:
    """A padded board, round at its left end, on crossed legs, with a rest for the iron at the right."""
    long, wide, high = 1.22 * look.uniform(0.95, 1.05), 0.38, 0.88
    cloth = look.main(*_COVERS, extent=(long, wide), default="#9ea4aa", period=0.08)
    frame = look.part("legs", look.plain("lacquer", "#d9dbdd")).but(bump=None)
    dark = look.plain("rubber", "#2a2b2e").but(bump=None)
    half = long / 2
    corners = [
        (half, 0.0), (half, wide / 2), (-half * 0.30, wide / 2), (-half * 0.86, wide * 0.28), (-half, 0.0), (-half * 0.86, -wide * 0.28),
        (-half * 0.30, -wide / 2), (half, -wide / 2), (half, 0.0),
    ]  # fmt: skip
    outline = refine(rounded_path(corners, [0, 0.03, 0.30, 0.12, 0.05, 0.12, 0.30, 0.03, 0], 12), 0.03)[:-1]
    parts = [planar_uv(slab(outline, 0.032, 0.014, cloth), "z").moved(z=high)]
    edge = np.column_stack([outline * [0.992, 0.975], np.full(len(outline), high + 0.002)])
    parts.append(
        tube(edge, 0.007, look.plain("cotton", mix(look.colour("#9ea4aa"), (0, 0, 0), 0.35)), segments=10, closed=True)
    )
    for y, way in ((0.055, 1), (0.105, -1)):
        for side in (-1, 1):
            low, top = (way * 0.42, side * y * 1.0, 0.012), (-way * 0.34, side * y * 0.8, high)
            parts.append(tube([low, top], 0.0115, frame, segments=16))
        x = way * 0.42
        parts.append(tube([(x, -0.20, 0.012), (x, 0.20, 0.012)], 0.0115, frame, segments=16))
        parts += [tube([(x, end * 0.20, 0.012), (x, end * 0.225, 0.012)], 0.0145, dark, segments=16) for end in (-1, 1)]
    parts.append(tube([(0.03, -0.11, high * 0.515), (0.03, 0.11, high * 0.515)], 0.008, frame, segments=12))
    ends = [(half - 0.01, 0.14), (half + 0.24, 0.14), (half + 0.24, -0.14), (half - 0.01, -0.14)]
    rest = np.array([(x, y, high + 0.004) for x, y in rounded_path(ends, 0.03)])
    parts.append(tube(rest, 0.006, frame, segments=12))
    for y in (-0.07, 0.0, 0.07):
        parts.append(tube([(half - 0.01, y, high + 0.004), (half + 0.24, y, high + 0.004)], 0.004, frame, segments=10))
    return parts


def toilet_brush(look: Look) -> list[Part]:
    """A holder with the brush in it: a handle with a cap above the rim."""
    size = look.uniform(0.94, 1.06)
    body = look.main(
        "plastic",
        "matte plastic",
        "ceramic",
        "steel",
        "bamboo",
        "wood",
        extent=(0.3, 0.14),
        default="#f4f3ef",
        period=0.05,
    )
    steel = look.plain("steel").but(bump=None)
    grip = look.part("handle", steel if look.chance(0.6) else body.but(texture=None, colour=tuple(body.mean_colour)))
    outside = [(1e-4, 0.0), (0.047, 0.0), (0.049, 0.006), (0.049, 0.135), (0.046, 0.138)]
    inside = [(0.044, 0.134), (0.044, 0.010), (1e-4, 0.008)]
    cover = [(1e-4, 0.137), (0.0462, 0.137), (0.0462, 0.141), (0.014, 0.150), (1e-4, 0.151)]
    stem = [(1e-4, 0.145), (0.0075, 0.146), (0.0075, 0.365), (0.0105, 0.372), (0.0105, 0.395), (1e-4, 0.397)]
    parts = [
        lathe(outside + inside, [0, 0.006, 0.006, 0.003, 0.002, 0.002, 0.004, 0], body, 112),
        lathe(cover, [0, 0.001, 0.002, 0.006, 0], grip, 96),
        lathe(stem, [0, 0.002, 0.004, 0.004, 0.004, 0], grip, 56),
    ]
    return [part.scaled(float(size)) for part in parts]
