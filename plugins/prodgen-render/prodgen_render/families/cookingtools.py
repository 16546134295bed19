"""What one stirs, beats and turns with: whisks and spatulas."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import loft, smooth_path, tube

_WHISKS = ("whisk", "打蛋器", "搅拌器", "打蛋棒")
_SETS = (
    "utensil set",
    "utensils set",
    "kitchen utensils",
    "cooking utensils",
    "utensil holder set",
    "厨具套装",
    "厨具",
    "锅铲套装",
    "锅铲勺",
    "炊具套装",
)
_SOFT = ("scraper", "silicone", "rubber spatula", "刮刀", "硅胶")


def cooking_tool(look: Look) -> list[Part]:
    """A turner; a scraper of silicone, or a balloon whisk of wire, where the words say so. Upright, its head above; a set in a jar."""
    size = look.uniform(0.95, 1.06)
    if look.says(_SETS):
        return [part.scaled(float(size)) for part in _in_a_jar(look)]
    parts = _whisk(look) if look.says(_WHISKS) else _spatula(look)
    return [part.scaled(float(size)) for part in parts]


def _in_a_jar(look: Look) -> list[Part]:
    """Five tools, heads above, that lean in a jar."""
    jar = look.part("base", look.plain("ceramic", mix(look.colour("#e9e6df"), (250, 247, 240), 0.6)))
    wall = [(1e-4, 0.0), (0.058, 0.0), (0.062, 0.135), (0.057, 0.135), (0.054, 0.006), (1e-4, 0.006)]
    parts = [lathe(wall, [0, 0.008, 0.003, 0.003, 0.006, 0], jar, 96)]
    tools = (_spatula(look), _spoon(look, 0.030), _spatula(look, broad=True), _spoon(look, 0.036), _whisk(look))
    for tool, (x, y, lean) in zip(
        tools,
        (
            (-0.030, 0.012, -13.0),
            (0.006, 0.026, -3.0),
            (0.032, 0.010, 11.0),
            (-0.014, -0.012, -7.0),
            (0.018, -0.020, 6.0),
        ),
        strict=True,
    ):
        parts += [part.turned(lean, "y").moved(x, y, 0.016) for part in tool]
    return parts


def _spoon(look: Look, wide: float) -> list[Part]:
    """A spoon with a shallow bowl, of one piece with its stem."""
    stuff = look.solid("rubber", "wood", "bamboo", "steel", "plastic", "matte plastic", default="#c3272b")
    grip = look.part("handle", stuff if stuff.name in ("wood", "bamboo", "walnut", "steel") else look.plain("wood"))
    stem = smooth_path([(0, 0, 0.13), (0, 0, 0.19), (0, 0.004, 0.236)], 16)
    t, s = np.linspace(0, 1, 30), np.linspace(-1, 1, 17)
    half = wide * np.sin(np.pi * (0.05 + 0.95 * t) ** 0.85).clip(0.05) ** 0.6
    hollow = 0.016 * np.sin(np.pi * t).clip(0)[:, None] ** 0.8 * (1 - s**2)
    face = np.stack([half[:, None] * s, hollow + 0 * s, (0.225 + 2.6 * wide * t)[:, None] + 0 * s], -1)
    bowl = loft(np.concatenate([face, face[:, ::-1] + [0, 0.003, 0]], 1), stuff)
    return [_grip(grip, 0.135), tube(stem, 0.0060, stuff, segments=18, flatten=0.8), bowl]


def _grip(material: Material, high: float) -> Part:
    rows = [
        (1e-4, 0.0),
        (0.0105, 0.0),
        (0.0120, 0.010),
        (0.0090, high * 0.55),
        (0.0105, high * 0.92),
        (0.0072, high),
        (1e-4, high),
    ]
    return lathe(rows, [0, 0.006, 0.02, 0.04, 0.01, 0.002, 0], material, 56)


def _whisk(look: Look) -> list[Part]:
    steel = look.plain("steel").but(bump=None, roughness=0.2)
    named = look.colour_name or look.material_name not in ("", "steel", "metal")
    wire = look.plain("rubber", look.colour()) if look.says(("silicone", "硅胶")) else steel
    grip = look.part("handle", look.solid("matte plastic", "rubber", "wood", "plastic", "bamboo") if named else steel)
    look.note(look.colour("#c9cbcd"), grip.name)
    parts = [
        _grip(grip, 0.125),
        lathe([(1e-4, 0.122), (0.0082, 0.123), (0.0072, 0.136), (1e-4, 0.137)], [0, 0.001, 0.002, 0], steel, 48),
    ]
    for number in range(5):
        wide, high = 0.034 - 0.0012 * number, 0.288 - 0.004 * number
        half = [
            (0.0035, 0.128),
            (0.0085, 0.160),
            (wide * 0.82, 0.215),
            (wide, 0.250),
            (wide * 0.72, high - 0.012),
            (0.0, high),
        ]
        loop = [*half, *[(-x, z) for x, z in half[-2::-1]]]
        path = smooth_path([(x, 0, z) for x, z in loop], 80)
        parts.append(tube(path, 0.0012, wire, segments=8, up=(0, 1, 0)).turned(36 * number))
    return parts


def _spatula(look: Look, *, broad: bool = False) -> list[Part]:
    soft = look.says(_SOFT) and not broad
    steel = look.plain("steel").but(bump=None)
    head = look.solid(
        "rubber", "wood", "bamboo", "steel", "plastic", "matte plastic", default="#c3272b" if soft else "#26272a"
    )
    wooden = head.name in ("wood", "bamboo", "walnut")
    grip = look.part("handle", head if wooden else look.plain("wood") if soft or look.chance(0.5) else head)
    parts = [_grip(grip, 0.135)]
    stem = smooth_path([(0, 0, 0.13), (0, 0, 0.19), (0, 0.004, 0.232)], 16)
    parts.append(
        tube(
            stem,
            0.0065 if wooden or soft else 0.0042,
            head if wooden else grip if soft else steel,
            segments=18,
            flatten=0.8,
        )
    )
    z = np.linspace(0, 1, 40)
    wide = 0.0275 * np.interp(z, [0, 0.12, 0.35, 1.0], [0.25, 0.62, 0.95, 1.0] if soft else [0.22, 0.60, 1.05, 1.30])
    thick = np.interp(z, [0, 0.15, 1.0], [0.0060, 0.0048, 0.0018])
    u = np.linspace(-1, 1, 41)
    high = 0.085 * (1 if soft else 1.06)
    corner = np.clip((z[:, None] - 0.86) / 0.14, 0, 1) * np.abs(u)[None] ** 4 * (0.010 if soft else 0.004)
    face = np.stack(
        [wide[:, None] * u[None], 0.004 + 0.010 * z[:, None] ** 2 + 0 * u[None], 0.222 + high * z[:, None] - corner], -1
    )
    skin = []
    for side in (-1, 1):
        skin.append(face + [0, 1, 0] * (side * thick[:, None] / 2 * (1 - u[None] ** 8))[..., None])
    ring = np.concatenate([skin[0], skin[1][:, ::-1]], 1)
    ends = np.concatenate([face, face[:, ::-1]], 1)
    blade = loft(np.concatenate([ends[:1], ring, ends[-1:]]), head)
    return [*parts, blade]
