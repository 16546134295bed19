"""What stands on a kitchen's counter: coffee machine and toaster."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.families.whitegoods import block
from prodgen_render.looks.look import Look
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import prism, rounded_path, rounded_rectangle, slab, smooth_path, superellipse, tube


def coffee_machine(look: Look) -> list[Part]:
    """An espresso machine: a column with its head over a tray, a portafilter, a steam wand, and cups' rail on top."""
    wide, deep, high = 0.20 * look.uniform(0.95, 1.1), 0.26, 0.30 * look.uniform(0.95, 1.06)
    shell = look.main("steel", "lacquer", "plastic", "matte plastic", extent=(0.6, 0.3), default="#c9cbcd")
    steel, dark = look.plain("steel").but(bump=None), look.plain("matte plastic", "#1c1d1f")
    front, tray, head = -deep / 2, 0.055, high * 0.66
    parts = block((wide, deep, tray), (0, 0, 0), shell, 0.012)
    parts += block((wide, deep * 0.46, head - tray + 0.02), (0, deep * 0.27, tray - 0.01), shell, 0.012)
    parts += block((wide, deep, high - head), (0, 0, head), shell, 0.016)
    grill_y, grill_deep = front + deep * 0.27, deep * 0.40
    parts += block((wide * 0.86, grill_deep, 0.003), (0, grill_y, tray), dark, 0.001)
    for x in np.linspace(-0.38, 0.38, 13) * wide:
        parts.append(
            tube(
                [(x, grill_y - grill_deep * 0.46, tray + 0.004), (x, grill_y + grill_deep * 0.46, tray + 0.004)],
                0.0018,
                steel,
                segments=10,
            )
        )
    y = front + deep * 0.27
    parts.append(
        lathe([(1e-4, head - 0.022), (0.034, head - 0.022), (0.034, head + 0.002)], [0, 0.004, 0], steel).moved(y=y)
    )
    parts.append(
        lathe(
            [(1e-4, head - 0.05), (0.026, head - 0.048), (0.033, head - 0.022), (1e-4, head - 0.02)],
            [0, 0.006, 0.004, 0],
            steel,
        ).moved(y=y)
    )
    grip = smooth_path([(0, y - 0.03, head - 0.032), (0, y - 0.08, head - 0.036), (0, y - 0.155, head - 0.046)], 24)
    parts.append(
        tube(
            grip,
            np.interp(np.linspace(0, 1, 24), [0, 0.25, 0.6, 1], [0.006, 0.009, 0.0115, 0.013]),
            look.part("handle", dark),
            segments=24,
        )
    )
    for side in (-1, 1):
        parts.append(tube([(side * 0.009, y, head - 0.05), (side * 0.009, y, head - 0.064)], 0.004, steel, segments=14))
    wand = smooth_path(
        [
            (wide * 0.42, front + 0.05, head + 0.01),
            (wide * 0.47, front + 0.03, head - 0.03),
            (wide * 0.50, front + 0.012, tray + 0.045),
        ],
        30,
    )
    parts.append(tube(wand, 0.0042, steel, segments=16))
    dial = lathe([(1e-4, 0), (0.019, 0), (0.0175, 0.017), (1e-4, 0.018)], [0, 0.002, 0.003, 0], dark, 60).turned(
        90, "x"
    )
    middle = head + (high - head) * 0.52
    parts.append(dial.moved(x=wide * 0.33, y=front + 0.001, z=middle))
    gauge = lathe([(1e-4, 0), (0.021, 0), (0.021, 0.004), (1e-4, 0.0045)], [0, 0.001, 0.001, 0], steel, 60).turned(
        90, "x"
    )
    parts += [
        gauge.moved(y=front + 0.001, z=middle),
        gauge.scaled(0.86, 1, 0.86).but(material=look.plain("lacquer", "#f6f5f1")).moved(y=front - 0.001, z=middle),
    ]
    parts.append(
        tube(
            [(0, front - 0.0052, middle), (0.008, front - 0.0052, middle + 0.010)],
            0.0009,
            look.plain("plastic", "#c3272b"),
            segments=8,
        )
    )
    for k in range(3):
        key = lathe([(1e-4, 0), (0.0075, 0), (0.0075, 0.004), (1e-4, 0.0046)], [0, 0.001, 0.001, 0], steel, 32).turned(
            90, "x"
        )
        parts.append(key.moved(x=-wide * (0.40 - 0.11 * k), y=front + 0.001, z=middle))
    rail = rounded_rectangle(wide * 0.9, deep * 0.86, 0.02)
    ring = np.column_stack([rail, np.full(len(rail), high + 0.016)])
    parts.append(tube(ring, 0.003, steel, segments=12, closed=True))
    parts += [
        tube([(x, yy, high - 0.002), (x, yy, high + 0.016)], 0.0028, steel, segments=10)
        for x in (-wide * 0.4, wide * 0.4)
        for yy in (-deep * 0.38, deep * 0.38)
    ]
    return parts


def toaster(look: Look) -> list[Part]:
    """Two slots, a lever and a dial at one end, rounded shoulders."""
    long, deep, high = 0.29 * look.uniform(0.94, 1.06), 0.17, 0.185 * look.uniform(0.95, 1.05)
    shell = look.main("lacquer", "steel", "plastic", "matte plastic", extent=(0.9, 0.2), default="#cfd1d2")
    steel, dark = look.plain("steel").but(bump=None), look.plain("matte plastic", "#1d1e20")
    outline = superellipse(long, deep, 4.5)
    profile = rounded_path(
        [(deep * 0.45, 0.018), (0.006, 0.018), (0.0, 0.03), (0.0, high - 0.03), (0.03, high), (deep * 0.45, high)],
        [0, 0.004, 0.006, 0.03, 0.03, 0],
        10,
    )
    parts = [prism(outline, profile, shell), slab(outline * [0.96, 0.93], 0.02, 0.004, dark)]
    parts.append(slab(superellipse(long * 0.88, deep * 0.62, 5), 0.004, 0.0015, steel).moved(z=high - 0.001))
    for y in (-0.022, 0.022):
        parts.append(slab(rounded_rectangle(long * 0.72, 0.026, 0.006), 0.003, 0.0008, dark).moved(y=y, z=high + 0.002))
        for side in (-1, 1):
            parts.append(
                tube(
                    [(-long * 0.35, y + side * 0.010, high + 0.0052), (long * 0.35, y + side * 0.010, high + 0.0052)],
                    0.0012,
                    steel,
                    segments=8,
                )
            )
    end = -long / 2
    parts += block((0.004, 0.012, high * 0.5), (end - 0.0005, 0, high * 0.36), dark, 0.001)
    parts += block((0.026, 0.042, 0.012), (end - 0.014, 0, high * 0.70), look.part("handle", dark), 0.005)
    dial = lathe([(1e-4, 0), (0.018, 0), (0.0165, 0.012), (1e-4, 0.013)], [0, 0.002, 0.003, 0], steel, 60)
    parts.append(dial.turned(-90, "y").moved(x=end + 0.001, y=0.045 * 0, z=high * 0.22))
    return [part.turned(52) for part in parts]
