"""Scales: for people, leant back to show their glass, and for the kitchen."""

from __future__ import annotations

from prodgen_render.families.kit import lathe
from prodgen_render.families.whitegoods import block, glass_front, lit
from prodgen_render.looks.look import Look
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import rounded_rectangle, slab, tube

_KITCHEN = ("kitchen", "food scale", "coffee scale", "baking", "厨房", "烘焙", "咖啡秤")


def scale(look: Look) -> list[Part]:
    """A square of glass with a display and four electrodes; a plate over a display and two keys where it is for the kitchen."""
    return _kitchen(look) if look.says(_KITCHEN) else _person(look)


def _person(look: Look) -> list[Part]:
    wide = 0.29 * look.uniform(0.95, 1.06)
    glass = look.solid("lacquer", "plastic", "bamboo", "steel", default="#f4f3ef").but(coat=1.0)
    foot, metal = look.plain("matte plastic", "#3a3b3e"), look.plain("steel").but(bump=None)
    outline = rounded_rectangle(wide, wide, 0.035)
    parts = [slab(outline, 0.008, 0.003, glass).moved(z=0.016), slab(outline * 0.93, 0.016, 0.004, foot)]
    window = slab(rounded_rectangle(wide * 0.30, wide * 0.15, 0.006), 0.0012, 0.0004, glass_front())
    parts.append(window.moved(y=wide * 0.34, z=0.0235))
    for k in range(3):
        parts += block((0.012, 0.020, 0.001), (0.018 * (k - 1), wide * 0.34, 0.0244), lit(), 0.0004)
    pad = slab(rounded_rectangle(wide * 0.15, wide * 0.24, 0.008), 0.0010, 0.0003, metal)
    parts += [pad.moved(x * wide * 0.36, y * wide * 0.21 - 0.02, 0.0238) for x in (-1, 1) for y in (-1, 1)]
    leant = [part.turned(58, "x") for part in parts]
    low = min(float(part.vertices[:, 2].min()) for part in leant)
    return [part.moved(z=-low) for part in leant]


def _kitchen(look: Look) -> list[Part]:
    wide, deep = 0.175, 0.225 * look.uniform(0.95, 1.06)
    plate = look.solid("steel", "lacquer", "plastic", "bamboo", "glass", default=None)
    base = look.plain("matte plastic", look.accent((40, 41, 44), "#2b2c2f"))
    parts = [slab(rounded_rectangle(wide, deep, 0.022), 0.016, 0.005, base)]
    top = slab(rounded_rectangle(wide * 0.94, deep * 0.68, 0.018), 0.007, 0.002, plate)
    parts.append(top.moved(y=deep * 0.135, z=0.016))
    parts.append(
        slab(rounded_rectangle(0.062, 0.028, 0.003), 0.0012, 0.0004, glass_front()).moved(y=-deep * 0.345, z=0.0158)
    )
    for k in range(4):
        parts += block((0.007, 0.014, 0.0008), (0.011 * (k - 1.5), -deep * 0.345, 0.0168), lit(), 0.0003)
    key = lathe(
        [(1e-4, 0), (0.0085, 0), (0.008, 0.0018), (1e-4, 0.002)],
        [0, 0.0004, 0.0006, 0],
        look.plain("rubber", "#8b8d90"),
        36,
    )
    parts += [key.moved(x, -deep * 0.345, 0.0158) for x in (-0.058, 0.058)]
    feet = [
        tube([(x * wide * 0.4, y * deep * 0.42, -0.001), (x * wide * 0.4, y * deep * 0.42, 0.002)], 0.008, base)
        for x in (-1, 1)
        for y in (-1, 1)
    ]
    leant = [part.turned(24, "x") for part in (*parts, *feet)]
    low = min(float(part.vertices[:, 2].min()) for part in leant)
    return [part.moved(z=-low) for part in leant]
