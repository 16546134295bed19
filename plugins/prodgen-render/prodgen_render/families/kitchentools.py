"""Tools that lie about a kitchen: a block of knives, graters and rolling pins."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from prodgen_render.families.kit import lathe, metal_or
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Part
from prodgen_render.shapes.geometry import box, loft, rounded_path, rounded_rectangle, slab, tube

_FRENCH = ("french", "tapered", "擀面杖", "枣核")


def knife_block(look: Look) -> list[Part]:
    """A slanted block from whose upper end the handles of knives stand out."""
    wide, leaning = 0.105 * look.uniform(0.92, 1.1), np.radians(22)
    block = look.solid("wood", "bamboo", "walnut", "matte plastic", "plastic", default="#c79a66")
    up = np.array([-np.sin(leaning), np.cos(leaning)])
    back = np.array([np.cos(leaning), np.sin(leaning)])
    front = np.array([-0.045, 0.0])
    top_front, top_back = front + 0.19 * up, front + 0.19 * up + 0.125 * back
    low_back = top_back - up * top_back[1] / up[1]
    side = np.array([front, low_back, top_back, top_front, front])
    outline = np.concatenate([np.linspace(a, b, 12)[:-1] for a, b in pairwise(side)])
    body = slab(outline, wide, 0.003, block)
    # Its outline lies in y and z, and it is as thick as the block is wide.
    parts = [body.turned(90, "x").turned(90).moved(x=-wide / 2)]
    grip = look.part("handle", look.plain("matte plastic", "#1d1d1f"))
    steel = look.plain("steel").but(bump=None)
    rows = ((0.020, 0.125, 0.030), (0.052, 0.120, 0.027), (0.082, 0.105, 0.023), (0.108, 0.085, 0.018))
    for row, (into, long, broad) in enumerate(rows):
        for x in (-0.026, 0.026) if row else (0.0,):
            handle = [
                *box((0.0042, broad * 0.62, 0.018), 0.0008, steel),
                *(p.moved(z=0.014) for p in box((0.0165, broad * 0.78, 0.010), 0.003, steel)),
                *(p.moved(z=0.022) for p in box((0.0155, broad * 0.72, long - 0.022), 0.006, grip)),
                *(
                    tube([(-0.0082, 0, z), (0.0082, 0, z)], 0.0024, steel, segments=14)
                    for z in np.linspace(0.042, long - 0.022, 3)
                ),
            ]
            y, z = top_front + back * into
            parts += [p.turned(float(np.degrees(leaning)), "x").moved(x * wide / 0.105, y, z) for p in handle]
    return parts


def grater(look: Look) -> list[Part]:
    """A box of four sides with teeth, coarse in front and finer at its sides, under a handle."""
    steel = metal_or(look, "steel", "metal").but(bump=None)
    high, low, top = 0.21 * look.uniform(0.92, 1.08), np.array([0.115, 0.088]), np.array([0.080, 0.056])
    t = np.linspace(0, 1, 12)[:, None]
    rows = [np.insert(_around(low + (top - low) * s, 0.006), 2, high * s, axis=1) for s in t[:, 0]]
    parts = [loft(np.stack(rows), steel)]
    dark = steel.but(colour=(0.02, 0.02, 0.022), metallic=0.0)
    for turn, half, apart, size in (
        (0, 1, 0.0150, 0.0052), (90, 0, 0.0080, 0.0022), (180, 1, 0.0110, 0.0036), (270, 0, 0.0190, 0.0050),
    ):  # fmt: skip
        away = low[half] / 2, top[half] / 2
        lean = float(np.degrees(np.arctan2(away[0] - away[1], high)))
        for row, z in enumerate(np.arange(0.030, high - 0.028, apart)):
            wide = float(np.interp(z, [0, high], [low[1 - half], top[1 - half]])) - 0.024
            out = float(np.interp(z, [0, high], away))
            for x in np.arange(-wide / 2 + (row % 2) * apart / 2, wide / 2 + 1e-6, apart):
                tooth = [
                    lathe([(1e-4, 0.55 * size), (0.6 * size, 0.42 * size), (size, -0.2 * size)][::-1], 0, steel, 14),
                    lathe([(0.82 * size, 0.0), (1e-4, 0.0)], 0, dark, 14).scaled(1, 0.42, 1).moved(y=-0.62 * size, z=0.22 * size),
                ]  # fmt: skip
                parts += [p.turned(90 - lean, "x").moved(x, -out, z).turned(turn) for p in tooth]
    black = look.part("handle", look.plain("matte plastic", look.accent((196, 198, 201), "#1d1d1f")))
    foot = _around(low + 0.005, 0.009)
    parts.append(slab(foot, 0.012, 0.003, black))
    parts.append(slab(_around(top + 0.004, 0.009), 0.012, 0.003, black).moved(z=high - 0.010))
    arch = rounded_path([(-0.036, 0.0), (-0.034, 0.046), (0.034, 0.046), (0.036, 0.0)], 0.024, 12)
    way = np.stack([arch[:, 0], 0 * arch[:, 0], arch[:, 1] + high], -1)
    return [*parts, tube(way, 0.0085, black, segments=24, up=(0, 1, 0), flatten=1.35)]


def _around(sides: Floats, radius: float) -> NDArray[np.float64]:
    """An oblong of two sides."""
    return rounded_rectangle(float(sides[0]), float(sides[1]), radius)


def rolling_pin(look: Look) -> list[Part]:
    """A roller between two handles, or a rod that tapers; it lies."""
    wood = look.plain("wood")
    body = look.main("wood", "walnut", "bamboo", "marble", "rubber", "steel", extent=(0.25, 0.18), period=0.03)
    half, thick = 0.125 * look.uniform(0.92, 1.1), 0.028 * look.uniform(0.92, 1.08)
    if look.says(_FRENCH):
        corners = [
            (1e-4, -0.21),
            (0.012, -0.209),
            (0.020, -0.12),
            (0.0215, 0),
            (0.020, 0.12),
            (0.012, 0.209),
            (1e-4, 0.21),
        ]
        parts = [lathe(corners, [0, 0.004, 0.1, 0.2, 0.1, 0.004, 0], body, 72)]
        thick = 0.0215
    else:
        roller = [(1e-4, -half), (thick, -half), (thick, half), (1e-4, half)]
        grip = look.part("handle", body if body.name in ("wood", "walnut", "bamboo") else wood)
        handle = [(0.007, 0), (0.009, 0.012), (0.0155, 0.052), (0.0125, 0.084), (0.0145, 0.098), (1e-4, 0.106)]
        parts = [lathe(roller, 0.006, body, 96)]
        parts += [lathe(handle, [0, 0.01, 0.02, 0.02, 0.008, 0], grip, 48).moved(z=half)]
        parts += [parts[-1].turned(180, "x")]
    return [part.turned(90, "y").moved(z=thick) for part in parts]
