"""Things on the table and the shelf: mug, bowl, plate, vase, candle."""

from __future__ import annotations

import numpy as np

from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import refine, revolve, rounded_path, smooth_path, tube

_WARES = (
    "ceramic",
    "porcelain",
    "stoneware",
    "terracotta",
    "steel",
    "glass",
    "wood",
    "bamboo",
    "copper",
    "iron",
    "marble",
    "plastic",
    "matte plastic",
)


_POTS = ("planter", "plant pot", "plant pots", "flower pot", "flower pots", "花盆")


def mug(look: Look) -> list[Part]:
    """A mug with a loop handle at the viewer's right."""
    radius = 0.041 * look.uniform(0.93, 1.08)
    height = 0.094 * look.uniform(0.9, 1.15) * look.tallness(350, 10)
    taper, wall = look.uniform(0.86, 1.04), 0.0042
    belly = look.uniform(0, 0.08) if look.chance(0.4) else 0.0
    foot = radius * taper
    extent = (2 * np.pi * radius, height)
    if look.pattern_name == "logo":
        body_material = look.label(
            look.pick("ceramic", "porcelain"), extent, look.colour(), (0.36, 0.3, 0.64, 0.72), style="emblem"
        )
    else:
        body_material = look.main(*_WARES, extent=extent, period=0.026)
    plain = look.solid(*_WARES) if body_material.texture is not None else body_material
    side = [(foot * 0.82, 0.003), (foot * 0.86, 0), (foot * 0.97, 0)]
    shell = rounded_path([(1e-4, 0.003), *side], [0, 0.001, 0.001, 0])
    t = np.linspace(0, 1, 26)
    bulge = belly * np.sin(np.pi * t)
    corner = 0.010
    lift = np.where(t * height < corner, corner - np.sqrt(np.maximum(0, corner**2 - (corner - t * height) ** 2)), 0)
    wall_path = np.stack([(foot + (radius - foot) * t) * (1 + bulge) - lift * 0.6, t * height], -1)
    bottom = revolve(np.concatenate([shell, wall_path[2:4]]), plain)
    outer = revolve(wall_path[3:], body_material)
    rim_r = wall_path[-1, 0]
    angle = np.linspace(0, np.pi, 9)[1:]
    rim = np.stack([rim_r - wall / 2 + np.cos(angle) * wall / 2, height + np.sin(angle) * wall / 2], -1)
    inner_wall = wall_path[::-1] - [wall, 0]
    inner_wall = inner_wall[inner_wall[:, 1] > 0.012]
    floor = rounded_path([tuple(inner_wall[-1]), (foot - wall, 0.0065), (1e-4, 0.0065)], 0.010)
    rim_full = np.concatenate([[[rim_r, height]], rim])
    lip = revolve(rim_full, plain, 96)
    two_tone = look.chance(0.35) and plain.name in ("ceramic", "porcelain")
    glaze = look.plain("ceramic", (244, 242, 236)) if two_tone else plain
    inner = revolve(refine(np.concatenate([inner_wall, floor[1:]]), 0.006), glaze)
    grip = look.uniform(0.0046, 0.006)
    reach = look.uniform(0.026, 0.034)
    top, low = height * look.uniform(0.78, 0.86), height * look.uniform(0.2, 0.3)
    wall_low, wall_top = np.interp([low, top], wall_path[:, 1], wall_path[:, 0]) - wall * 0.55
    s = np.linspace(0, np.pi, 56)
    z = (top + low) / 2 + (top - low) / 2 * np.sign(np.cos(s)) * np.abs(np.cos(s)) ** 0.85
    x = np.interp(z, [low, top], [wall_low, wall_top]) + reach * np.sin(s) ** 0.62
    flare = 1 + 0.55 * np.abs(np.linspace(-1, 1, 56)) ** 8
    held = look.part("handle", plain)
    handle = tube(np.stack([x, 0 * x, z], -1), grip * flare, held, flatten=1.35, caps=False, up=(0, 1, 0))
    edge = _rim(look, np.concatenate([wall_path[3:], rim_full[1:], inner_wall]), plain)
    return [outer, bottom, lip, inner, handle, *edge]


def _rim(look: Look, profile: np.ndarray, plain: Material) -> list[Part]:
    """A band along the edge where the words give it a look of its own.

    Args:
        profile: [n, 2] metres, from the outside over the edge to the inside.
    """
    band = look.part("rim", plain, metal=True)
    if band is plain:
        return []
    profile = refine(profile, 0.001)
    along = np.gradient(profile, axis=0)
    outward = np.stack([along[:, 1], -along[:, 0]], -1) / np.linalg.norm(along, axis=1, keepdims=True).clip(1e-9)
    near = np.linalg.norm(profile - profile[profile[:, 1].argmax()], axis=1) < 0.005
    return [revolve((profile + 0.0003 * outward)[near], band, 112)]


def bowl(look: Look) -> list[Part]:
    """An open bowl on a foot ring."""
    radius, height = 0.08 * look.uniform(0.9, 1.15), 0.062 * look.uniform(0.85, 1.25)
    curve, wall = look.uniform(0.5, 0.75), 0.004
    foot = radius * look.uniform(0.38, 0.5)
    t = np.linspace(0, 1, 30)
    outside = np.stack(
        [
            foot + (radius - foot) * np.sin(t * np.pi / 2) ** curve,
            0.008 + (height - 0.008) * (1 - np.cos(t * np.pi / 2)) ** 0.85,
        ],
        -1,
    )
    inside = np.stack([np.maximum(outside[:, 0] - wall, 1e-4), outside[:, 1] + wall * 0.35 * (1 - t)], -1)[::-1]
    base = rounded_path(
        [(1e-4, 0.004), (foot - 0.006, 0.004), (foot - 0.005, 0), (foot, 0), (foot, 0.008), tuple(outside[1])],
        [0, 0.001, 0.001, 0.0015, 0.003, 0],
    )
    angle = np.linspace(0, np.pi, 9)[1:-1]
    rim = np.stack([radius - wall / 2 + np.cos(angle) * wall / 2, height + np.sin(angle) * wall / 2], -1)
    extent = (2 * np.pi * radius * 0.8, 0.11)
    outer_material = look.main(*_WARES, extent=extent, period=0.03)
    plain = (
        look.solid(*_WARES) if outer_material.texture is not None and look.pattern_name != "plain" else outer_material
    )
    inner_material = (
        look.plain("ceramic", (246, 244, 238)) if look.chance(0.4) and plain.name in ("ceramic", "porcelain") else plain
    )
    bottom = rounded_path([tuple(inside[-2]), (foot * 0.7, 0.0095), (1e-4, 0.009)], 0.01)
    outer = revolve(np.concatenate([base[:-1], outside[1:]]), outer_material, 112)
    inner = revolve(refine(np.concatenate([outside[-1:], rim, inside[:-1], bottom[1:]]), 0.006), inner_material, 112)
    edge = _rim(look, np.concatenate([outside, rim, inside]), plain)
    return [outer, inner, *edge]


def plate(look: Look) -> list[Part]:
    """A dinner plate, propped up on its rim would hide it: it lies flat."""
    radius = 0.13 * look.uniform(0.9, 1.1)
    well = radius * look.uniform(0.62, 0.72)
    profile = rounded_path(
        [
            (1e-4, 0.003),
            (well * 0.9, 0.003),
            (well * 0.92, 0),
            (well * 0.98, 0),
            (well * 1.05, 0.006),
            (radius, 0.022),
            (radius - 0.001, 0.026),
            (well, 0.011),
            (well * 0.93, 0.007),
            (1e-4, 0.0065),
        ],
        [0, 0.001, 0.002, 0.003, 0.01, 0.002, 0.002, 0.01, 0.02, 0],
    )
    plain = look.solid(*_WARES, default="#f4f3ef")
    lower, upper = profile[: len(profile) * 3 // 5], profile[len(profile) * 3 // 5 - 1 :]
    face = look.main(*_WARES, extent=(0.8, 0.13), default="#f4f3ef", period=0.04)
    parts = [revolve(refine(lower, 0.006), plain, 112), revolve(refine(upper, 0.006), face, 112)]
    return [*parts, *_rim(look, profile, plain)]


def vase(look: Look) -> list[Part]:
    """A turned vase with a narrow neck; a pot for plants where the words say so."""
    if look.says(_POTS):
        return _pot(look)
    height = 0.26 * look.uniform(0.85, 1.2) * look.tallness(0, 26)
    belly, neck = 0.075 * look.uniform(0.8, 1.15), look.uniform(0.3, 0.62)
    at = look.uniform(0.3, 0.55)
    foot, mouth = belly * look.uniform(0.5, 0.7), belly * neck * look.uniform(1.15, 1.6)
    points = [
        (foot, 0.004),
        (belly * 0.88, height * at * 0.45),
        (belly, height * at),
        (belly * 0.8, height * (at + 0.2)),
        (belly * neck, height * (at + 0.36) if at < 0.45 else height * 0.86),
        (mouth, height),
    ]
    curve = smooth_path(points, 60)
    wall = 0.004
    base = rounded_path(
        [(1e-4, 0.002), (foot - 0.006, 0.002), (foot - 0.004, 0), (foot, 0.0), (foot, 0.004)],
        [0, 0.001, 0.001, 0.002, 0],
    )
    inside = curve[::-1] - [wall, 0]
    inside = inside[inside[:, 1] > 0.01]
    angle = np.linspace(0, np.pi, 8)[1:-1]
    rim = np.stack([mouth - wall / 2 + np.cos(angle) * wall / 2, height + np.sin(angle) * wall / 2], -1)
    glass = look.material_name == "glass"
    material = look.main(
        *_WARES, extent=(2 * np.pi * belly, height * 1.1), period=0.05, default="#bcd8d8" if glass else None
    )
    outer = revolve(refine(np.concatenate([base[:-1], curve]), 0.008), material)
    plain = look.solid(*_WARES, default="#bcd8d8" if glass else None) if material.texture is not None else material
    inner = revolve(refine(np.concatenate([curve[-1:], rim, inside, [[1e-4, 0.01]]]), 0.01), plain)
    return [outer, inner, *_rim(look, np.concatenate([curve, rim, inside]), plain)]


def _pot(look: Look) -> list[Part]:
    """A pot that widens upwards to a thick rim, in its saucer."""
    radius, high = 0.080 * look.uniform(0.9, 1.15), 0.140 * look.uniform(0.85, 1.15)
    foot, lift, wall = radius * 0.68, 0.008, 0.006
    material = look.main(*_WARES, extent=(2 * np.pi * radius, high * 1.1), period=0.05)
    plain = look.solid(*_WARES) if material.texture is not None else material
    rim = high - 0.032
    outside = [
        (1e-4, lift), (foot, lift), (radius * 0.955, rim), (radius * 1.02, rim), (radius * 1.04, high), (radius * 1.04 - wall * 1.6, high),
        (foot, lift + 0.03), (1e-4, lift + 0.03),
    ]  # fmt: skip
    saucer = [
        (1e-4, 0),
        (foot * 1.12, 0),
        (foot * 1.38, 0.020),
        (foot * 1.33, 0.021),
        (foot * 1.08, 0.005),
        (1e-4, 0.005),
    ]
    pot = refine(rounded_path(outside, [0, 0.004, 0.002, 0.003, 0.003, 0.003, 0.01, 0]), 0.008)
    return [
        revolve(pot, material, 112),
        revolve(refine(rounded_path(saucer, [0, 0.004, 0.001, 0.001, 0.004, 0]), 0.008), plain, 112),
    ]


_PILLARS = (
    "pillar candle",
    "pillar candles",
    "church candle",
    "tea light",
    "tea lights",
    "tealight",
    "tealights",
    "柱蜡",
    "圆柱蜡烛",
)


def _pillar(look: Look, radius: float, height: float) -> list[Part]:
    """Wax that stands by itself, a little hollow where it burns; low in a cup of metal as a tea light."""
    low = look.says(("tea light", "tea lights", "tealight", "tealights"))
    height = radius * 0.85 if low else height
    shade = look.note(look.colour("#f2ead6"), "wax")
    wax = Material("wax", look.plain("ceramic", shade).colour, 0.55, coat=0.15)
    level = height - 0.003
    outline = [
        (1e-4, 0.0),
        (radius, 0.0),
        (radius, height),
        (radius * 0.94, height),
        (radius * 0.6, level),
        (1e-4, level),
    ]
    body = revolve(refine(rounded_path(outline, [0, 0.002, 0.003, 0.002, 0.01, 0]), 0.006), wax)
    cup = rounded_path([(radius * 0.98, -0.0005), (radius * 1.03, 0), (radius * 1.03, height + 0.001)], 0.001)
    return [body, _wick(look, level), *([revolve(refine(cup, 0.006), look.plain("aluminium"))] if low else [])]


def _wick(look: Look, level: float) -> Part:
    way = [(0, 0, level - 0.004), (0.0004, 0, level + 0.006), (0.0022, 0.0005, level + 0.011)]
    return tube(smooth_path(way, 12), 0.0009, look.plain("cotton", (52, 46, 42)), segments=12)


def candle(look: Look) -> list[Part]:
    """A scented candle in a tumbler, with wax, a wick and a label; a pillar of wax alone where the words say so."""
    radius, height = 0.04 * look.uniform(0.92, 1.1), 0.095 * look.uniform(0.85, 1.15)
    if look.says(_PILLARS):
        return _pillar(look, radius, height * 1.3)
    wall = 0.003
    clear = look.material_name in ("", "glass")
    colour = look.colour("#f0e6d2")
    look.note(colour, "glass" if clear else look.material_name)
    jar = look.plain("glass", (246, 249, 248)) if clear else look.main("ceramic", *_WARES, extent=(0.25, height))
    angle = np.linspace(0, np.pi, 8)[1:-1]
    rim = np.stack([radius - wall / 2 + np.cos(angle) * wall / 2, height + np.sin(angle) * wall / 2], -1)
    outer_profile = rounded_path([(1e-4, 0), (radius, 0), (radius, height)], [0, 0.006, 0])
    inner_profile = rounded_path([(radius - wall, height), (radius - wall, 0.007), (1e-4, 0.007)], [0, 0.006, 0])
    glass = revolve(refine(np.concatenate([outer_profile, rim, inner_profile]), 0.006), jar)
    level = height * look.uniform(0.72, 0.84)
    wax_radius = radius - wall - 0.0004
    wax_material = Material("wax", look.plain("ceramic", colour).colour, 0.55, coat=0.2)
    wax_profile = rounded_path(
        [(1e-4, 0.0075), (wax_radius, 0.0075), (wax_radius, level + 0.001), (wax_radius * 0.96, level), (1e-4, level)],
        [0, 0.005, 0.001, 0.003, 0],
    )
    wax = revolve(refine(wax_profile, 0.006), wax_material)
    parts = [glass, wax, _wick(look, level)]
    from prodgen_render.families.kit import wrap_label

    parts.append(wrap_label(look, radius + 0.0003, height * 0.2, height * 0.68, 0.32, (250, 247, 240), style="panel"))
    return parts
