"""Blender, rice cooker and cutting board."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.families.mixers import HAND, hand_blender
from prodgen_render.families.whitegoods import block, glass_front, lit
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import (
    loft,
    prism,
    refine,
    rounded_path,
    rounded_rectangle,
    slab,
    smooth_path,
    superellipse,
    tube,
)


def blender(look: Look) -> list[Part]:
    """A jug of glass on a base with its motor, a dial in front; one that is held in the hand where the words say so."""
    if look.says(HAND):
        return hand_blender(look)
    high, wide = 0.40 * look.uniform(0.94, 1.06), 0.155 * look.uniform(0.95, 1.08)
    shell = look.solid("plastic", "steel", "matte plastic", "lacquer", default="#25262a")
    buttons = look.chance(0.4)
    steel, dark = look.plain("steel").but(bump=None), look.plain("matte plastic", "#1d1e20")
    base = high * 0.34
    profile = rounded_path(
        [(wide * 0.3, 0.004), (0.004, 0.0), (0.0, 0.02), (wide * 0.17, base), (wide * 0.4, base)],
        [0, 0.006, 0.02, 0.015, 0],
    )
    parts = [prism(superellipse(wide, wide, 3.2), refine(profile, 0.012), shell)]
    parts.append(
        lathe([(wide * 0.30, base - 0.004), (wide * 0.30, base + 0.018), (wide * 0.26, base + 0.024)], 0.003, dark)
    )
    foot, rim, top = wide * 0.235, wide * 0.40, high - 0.035
    low = base + 0.024
    outside = [(1e-4, low), (foot, low), (foot + 0.004, low + 0.03), (rim, top)]
    inside = [(rim - 0.003, top), (foot + 0.001, low + 0.03), (foot - 0.004, low + 0.006), (1e-4, low + 0.005)]
    glass = look.plain("glass", (246, 250, 249))
    parts.append(lathe(outside + inside, [0, 0.004, 0.01, 0.0012, 0.0012, 0.01, 0.006, 0], glass, 112))
    parts.append(
        lathe(
            [
                (1e-4, top - 0.008),
                (rim - 0.004, top - 0.008),
                (rim + 0.004, top),
                (rim + 0.002, top + 0.016),
                (0.03, top + 0.020),
                (0.028, high),
                (1e-4, high),
            ],
            [0, 0.002, 0.002, 0.005, 0.003, 0.004, 0],
            look.part("lid", dark),
        )
    )
    x = np.linspace(0, 1, 4)
    grip = np.stack(
        [
            np.interp(x, [0, 0.33, 0.66, 1], [rim - 0.004, rim + 0.048, rim + 0.036, foot + 0.012]),
            0 * x,
            np.interp(x, [0, 0.2, 0.7, 1], [top - 0.02, top - 0.03, low + 0.06, low + 0.035]),
        ],
        -1,
    )
    parts.append(tube(smooth_path(grip, 40), 0.0105, look.part("handle", dark), flatten=1.3, up=(0, 1, 0), segments=20))
    for turn in range(4):
        blade = [(0.006, 0, low + 0.012), (0.020, 0, low + 0.014 + 0.012 * (turn % 2))]
        parts.append(tube(blade, 0.0042, steel, flatten=0.2, segments=10).turned(90 * turn + 30))
    front = -wide * 0.41
    if buttons:
        parts += [
            p
            for k in range(3)
            for p in block((0.020, 0.006, 0.012), (0.028 * (k - 1), front - 0.012, base * 0.36), steel, 0.002)
        ]
    else:
        dial = lathe([(1e-4, 0), (0.023, 0), (0.021, 0.016), (1e-4, 0.017)], [0, 0.002, 0.004, 0], steel, 60)
        parts.append(dial.turned(78, "x").moved(y=front - 0.009, z=base * 0.42))
    return parts


def rice_cooker(look: Look) -> list[Part]:
    """A round-cornered pot with a hinged lid, a display and keys in front, and a handle across."""
    wide, high = 0.255 * look.uniform(0.95, 1.06), 0.215 * look.uniform(0.95, 1.08)
    shell = look.solid("plastic", "matte plastic", "steel", "lacquer", default="#f3f2ee")
    dark_lid = look.chance(0.5)
    dark, steel = look.plain("plastic", "#202124"), look.plain("steel").but(bump=None)
    lid_material = look.part("lid", dark if dark_lid else shell)
    outline, split = superellipse(wide, wide * 1.1, 3.4), high * 0.70
    # Shares of the outline at heights: its corners are too narrow for insets.
    body = [(0.3, 0.006), (0.86, 0.004), (1.0, 0.045), (0.985, split), (0.3, split)]
    lid = [(0.97, split + 0.003), (0.985, split + 0.012), (0.74, high - 0.006), (0.3, high), (1e-3, high)]
    parts = [
        _moulded(outline, body, [0, 0.02, 0.04, 0.006, 0], shell),
        _moulded(outline, lid, [0, 0.004, 0.05, 0.05, 0], lid_material),
    ]
    parts.append(slab(outline * 0.992, 0.004, 0.001, steel).moved(z=split))
    front = -wide * 0.55
    screen = slab(rounded_rectangle(0.105, 0.082, 0.016), 0.004, 0.0015, glass_front()).turned(88, "x")
    parts.append(screen.moved(y=front + 0.002, z=high * 0.40))
    parts += [
        p
        for x in (-0.018, -0.004, 0.014)
        for p in block((0.010, 0.002, 0.017), (x, front - 0.0022, high * 0.43), lit(), 0.0008)
    ]
    key = lathe([(1e-4, 0), (0.0075, 0), (0.0075, 0.003), (1e-4, 0.0034)], [0, 0.0006, 0.001, 0], steel, 32).turned(
        90, "x"
    )
    parts += [key.moved(x, front - 0.001, high * 0.29) for x in (-0.034, 0.0, 0.034)]
    parts += block((0.05, 0.012, 0.012), (0, front + 0.006, split - 0.004), steel, 0.003)
    vent = slab(superellipse(0.05, 0.036, 3), 0.008, 0.003, dark if not dark_lid else steel)
    parts.append(vent.moved(y=wide * 0.18, z=high - 0.006))
    reach = wide * 0.47
    grip = [
        (-reach, 0.01, split + 0.012),
        (-reach * 1.06, -0.005, split + 0.004),
        (-reach * 0.98, -wide * 0.42, split - 0.010),
        (0, -wide * 0.60, split - 0.013),
    ]
    return [
        *parts,
        tube(
            smooth_path(grip + [(-x, y, z) for x, y, z in grip[-2::-1]], 80),
            0.008,
            look.part("handle", dark),
            flatten=0.6,
            segments=16,
        ),
    ]


def _moulded(outline: Floats, path: list[tuple[float, float]], radii: list[float], material: Material) -> Part:
    """A body whose sections are one outline at scales that go with height, [n] of both, with rounded corners."""
    curve = refine(rounded_path(path, radii), 0.03)
    return loft(
        np.stack([np.column_stack([outline * scale, np.full(len(outline), z)]) for scale, z in curve]), material
    )


def cutting_board(look: Look) -> list[Part]:
    """A board that leans back, with a groove around and a hole to hang it by."""
    wide, tall = 0.26 * look.uniform(0.9, 1.12), 0.38 * look.uniform(0.92, 1.1)
    thick, holed = 0.018, look.chance(0.7)
    board = look.main(
        "wood", "bamboo", "walnut", "marble", "plastic", "matte plastic", extent=(wide, tall), period=0.05
    )
    hole = (0.0, tall / 2 - 0.032)
    if holed:
        board = board.but(holes=_hole(wide, tall, hole, 0.012))
    outline = rounded_rectangle(wide, tall, 0.028, corner=12)
    parts = [slab(outline, thick, 0.004, board)]
    groove = rounded_rectangle(wide - 0.036, tall - 0.036, 0.016, corner=10)
    if holed:
        groove = groove - [0, 0.020]
        groove = groove * [1, (tall - 0.076) / (tall - 0.036)]
        wall = lathe(
            [(0.0121, 0.0004), (0.0121, thick - 0.0004)],
            0,
            board.but(holes=None, texture=None, colour=tuple(float(c) for c in 0.6 * board.mean_colour)),
            40,
        )
        parts.append(wall.moved(*hole))
    dark = board.but(holes=None, texture=None, bump=None, colour=tuple(float(c) for c in 0.55 * board.mean_colour))
    line = np.column_stack([groove, np.full(len(groove), thick)])
    parts.append(tube(line, 0.0022, dark, flatten=0.12, segments=10, closed=True))
    return [part.turned(80, "x").moved(z=tall / 2) for part in parts]


def _hole(wide: float, tall: float, at: tuple[float, float], radius: float) -> np.ndarray:
    """Where a plate of this size, whose UV covers its bounding box, has a round hole."""
    rows, columns = 512, round(512 * wide / tall)
    x = ((np.arange(columns) + 0.5) / columns - 0.5) * wide - at[0]
    y = (0.5 - (np.arange(rows) + 0.5) / rows) * tall - at[1]
    return np.asarray(np.hypot(x[None], y[:, None]) < radius)
