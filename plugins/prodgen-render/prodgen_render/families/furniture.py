"""Lamp and table."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.finishes import METALS, linear
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix, texture
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import (
    box,
    refine,
    revolve,
    rounded_rectangle,
    slab,
    smooth_path,
    superellipse,
    tube,
)
from prodgen_render.words.parts import part_words
from prodgen_render.words.reading import mentions

_HIGH = (
    "desk",
    "dining",
    "kitchen table",
    "console",
    "bar table",
    "workbench",
    "书桌",
    "餐桌",
    "办公桌",
    "电脑桌",
    "玄关桌",
)
"""Tables that one sits or stands at; others are for coffee."""
_FLOOR = ("floor lamp", "standing lamp", "tripod lamp", "落地灯")
_TO_WORK_BY = (
    "desk lamp",
    "task lamp",
    "reading lamp",
    "anglepoise",
    "阅读灯",
    "书桌灯",
    "architect",
    "study lamp",
    "护眼",
    "学习",
    "led台灯",
    "led灯台",
)
_FLOOR_LIFT = 1.05
"""Metres by which the shade of a floor lamp stands higher than a table lamp's."""
_FEET = (
    "ceramic",
    "brass",
    "wood",
    "walnut",
    "steel",
    "copper",
    "marble",
    "glass",
    "porcelain",
    "stoneware",
    "terracotta",
    "bamboo",
    "iron",
    "aluminium",
    "metal",
    "gold",
)
"""What the foot of a lamp may be of."""
_ROUND = ("round", "circular", "圆桌", "圆形", "圆餐桌", "圆茶几")


def lamp(look: Look) -> list[Part]:
    """A table lamp, or a floor lamp where the words say so, with a lit fabric shade."""
    height = 0.42 * look.uniform(0.9, 1.12) * look.tallness(0, 45)
    if look.says(_TO_WORK_BY):
        return _desk_lamp(look, height)
    lift = _FLOOR_LIFT if look.says(_FLOOR) else 0.0
    patterned = look.pattern_name not in ("plain", "logo")
    shaded = patterned and look.says(("shade", "lampshade", "灯罩")) and part_words(look.product, "shade") is None
    own = look.solid(*_FEET) if shaded else look.main(*_FEET, extent=(0.5, 0.25), period=0.05)
    foot = look.part("base", own, metal=True)
    if foot.name == "glass":
        foot = foot.but(transmission=0.85)
    wide = height * look.uniform(0.33, 0.40)
    narrow = wide * look.uniform(0.62, 0.95)
    base, metal = _standing(look, height, lift, own, foot)
    stem = tube([(0, 0, height * 0.42), (0, 0, height * 0.66)], 0.006, metal, segments=24)
    above = [stem, *_lit_shade(look, wide, narrow, height * 0.58, height, printed=shaded), _bulb(height)]
    return [*base, *([part.moved(z=lift) for part in above] if lift else above)]


def _standing(look: Look, height: float, lift: float, own: Material, foot: Material) -> tuple[list[Part], Material]:
    """A belly, a pole on a plate or three legs, of what the words say, and the metal of the rest."""
    kind = look.choice(3)
    # Only what can be a rod makes a pole or legs.
    rods = foot.name in (*METALS, "iron", "wood", "walnut", "bamboo")
    if not rods and look.material_name == foot.name:
        kind = 0
    if not rods and foot is not own and kind == 2:
        # Of a base of stone only the plate can be.
        kind = 1
    painted = look.plain("iron", look.colour()) if look.colour_name and not look.material_name else None
    metal = foot if foot.name in (*METALS, "iron") else look.plain("brass")
    if kind == 0 and not lift:
        return [_belly(height, height * look.uniform(0.13, 0.17), foot)], metal
    if kind < 2:
        return _pole(height, lift, foot, foot if rods else painted or metal), metal
    return _tripod(height, lift, foot if rods else painted or look.plain("walnut"), metal), metal


def _desk_lamp(look: Look, height: float) -> list[Part]:
    """A lit bar on two arms over a flat foot."""
    paint = look.main("matte plastic", "aluminium", "steel", "metal", "iron", extent=(0.2, 0.2), default="#f4f3ef")
    foot = slab(superellipse(0.19, 0.15, 2.6), 0.016, 0.005, paint)
    knee, head = (0.075, 0.02, 0.60 * height), (-0.03, 0.0, height)
    arms = [
        tube(np.linspace(a, b, 8), 0.0085, paint, segments=24) for a, b in (((0.02, 0.02, 0.01), knee), (knee, head))
    ]
    joints = [
        tube([np.add(place, (0, -0.012, 0)), np.add(place, (0, 0.012, 0))], 0.013, paint, segments=32)
        for place in (knee, head)
    ]
    bar = slab(rounded_rectangle(0.34, 0.045, 0.02, corner=10), 0.014, 0.004, paint)
    lit = look.plain("plastic", "#fffaf0").but(emission=(1.0, 0.94, 0.82))
    light = slab(rounded_rectangle(0.31, 0.030, 0.014, corner=10), 0.002, 0.0005, lit).moved(z=-0.0015)
    over = [part.turned(-6, "y").moved(x=-0.10, z=height - 0.012) for part in (bar, light)]
    return [foot, *arms, *joints, *over]


def _belly(height: float, body: float, foot: Material) -> Part:
    curve = smooth_path(
        [
            (body * 0.62, 0.0),
            (body * 0.98, height * 0.13),
            (body * 0.9, height * 0.25),
            (body * 0.36, height * 0.38),
            (body * 0.2, height * 0.45),
        ],
        40,
    )
    return revolve(
        refine(np.concatenate([[[1e-4, 0.001], [body * 0.55, 0.0]], curve, [[1e-4, height * 0.455]]]), 0.01),
        foot,
        96,
    )


def _pole(height: float, lift: float, foot: Material, rod: Material) -> list[Part]:
    plate = height * (0.3 if lift else 0.17)
    return [
        lathe([(1e-4, 0), (plate, 0), (plate, 0.018), (1e-4, 0.022)], [0, 0.003, 0.006, 0], foot),
        tube([(0, 0, 0.015), (0, 0, lift + height * 0.5)], 0.008, rod, segments=32),
    ]


def _tripod(height: float, lift: float, rod: Material, metal: Material) -> list[Part]:
    parts = []
    for k in range(3):
        a = np.radians(90 + 120 * k)
        out = (0.15 * lift * np.cos(a), 0.15 * lift * np.sin(a))
        leg = [
            (0.16 * height * np.cos(a) * 1.5 + out[0], 0.16 * height * np.sin(a) * 1.5 + out[1], 0.008),
            (0.012 * np.cos(a), 0.012 * np.sin(a), lift + height * 0.5),
        ]
        thick = np.linspace(0.006, 0.009, 12) * (1.5 if lift else 1.0)
        parts.append(tube(np.linspace(leg[0], leg[1], 12), thick, rod, segments=24))
    low, high = lift + height * 0.48, lift + height * 0.52
    parts.append(lathe([(1e-4, low), (0.024, low), (0.024, high), (1e-4, lift + height * 0.525)], 0.004, metal))
    return parts


def _lit_shade(look: Look, wide: float, narrow: float, low: float, high: float, *, printed: bool) -> list[Part]:
    """A cone of cloth from radius `wide` at the height `low` to `narrow` at `high`, lit from within, with its two rims."""
    ground = (250, 245, 232)
    cloth_colour = ground if printed else look.accent(ground, "#f6efdf")
    glow = np.array(linear(cloth_colour)) * [0.62, 0.50, 0.34]
    cloth = look.part("shade", look.plain("linen", cloth_colour)).but(emission=tuple(float(v) for v in glow))
    if printed:
        picture = texture(look.surface((2 * np.pi * wide, high - low), ground, 0.09))
        cloth = cloth.but(colour=(1.0, 1.0, 1.0), texture=picture, glow=picture)
        look.noted["pattern"] = look.pattern_name
    outer = revolve(refine(np.array([[wide, low], [narrow, high]]), 0.012), cloth, 112)
    inner = revolve(
        refine(np.array([[narrow - 0.0015, high], [wide - 0.0015, low]]), 0.012),
        cloth.but(emission=(1.0, 0.86, 0.62), bump=None),
        112,
    )
    angle = np.linspace(0, 2 * np.pi, 13)
    rims = []
    for r, z in ((wide, low), (narrow, high)):
        rim = [(float(r - 0.0008 + 0.0022 * np.cos(a)), float(z + 0.003 * np.sin(a))) for a in angle]
        rims.append(lathe(rim, 0, look.plain("linen", mix(cloth_colour, (160, 140, 110), 0.25)), 112))
    return [outer, inner, *rims]


def _bulb(height: float) -> Part:
    return lathe(
        [
            (1e-4, height * 0.64),
            (0.014, height * 0.66),
            (0.017, height * 0.7),
            (0.024, height * 0.76),
            (0.012, height * 0.80),
            (1e-4, height * 0.805),
        ],
        [0, 0.004, 0.01, 0.02, 0.012, 0],
        Material("bulb", (1, 1, 1), 0.3, emission=(1.6, 1.4, 1.1)),
        48,
    )


def table(look: Look) -> list[Part]:
    """A table, round or rectangular."""
    title = look.product.title.lower()
    high = any(mentions(title, word) >= 0 for word in _HIGH)
    top_material = look.main(
        "wood", "walnut", "bamboo", "marble", "glass", "steel", "matte plastic", extent=(0.8, 0.8), default=None
    )
    if top_material.name == "glass":
        top_material = top_material.but(transmission=0.85)
    # The draw comes first, so that the others keep their places.
    round_top = (look.chance(0.45) and not high) or any(mentions(title, word) >= 0 for word in _ROUND)
    height = 0.44 * look.uniform(0.9, 1.25)
    height = 0.74 if high else height
    width = (1.35 if high else 0.85) * look.uniform(0.9, 1.1)
    depth = width if round_top else width * look.uniform(0.55, 0.7)
    outline = superellipse(width, depth, 2, 160) if round_top else rounded_rectangle(width, depth, 0.04)
    parts = [slab(outline, 0.028, 0.008, top_material).moved(z=height - 0.028)]
    wooden = top_material.name in ("wood", "walnut", "bamboo")
    leg_material = look.part("legs", top_material if wooden else look.plain("iron"), metal=True)
    reach = 0.30 if round_top else 0.42
    thick = 1.4 if high else 1.0
    for sx in (-1, 1):
        for sy in (-1, 1):
            x, y = sx * width * reach, sy * depth * reach
            parts.append(
                tube(
                    np.linspace((x * 1.08, y * 1.08, 0.006), (x * 0.94, y * 0.94, height - 0.02), 12),
                    thick * np.linspace(0.013, 0.021, 12),
                    leg_material,
                    segments=28,
                )
            )
    if not round_top:
        for sy in (-1, 1):
            parts += [
                p.moved(y=sy * depth * 0.385, z=height - 0.085)
                for p in box((width * 0.80, 0.02, 0.06), 0.004, leg_material, cells=4)
            ]
    return parts
