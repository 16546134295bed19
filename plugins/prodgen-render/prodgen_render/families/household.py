"""Storage basket or box, and tissues."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.families.softpacks import SOFT_PACKS, soft_pack
from prodgen_render.looks.finishes import FABRICS, woven
from prodgen_render.looks.look import Look
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import box, loft, prism, rounded_path, rounded_rectangle, slab, smooth_path, tube

_LIDDED = ("lid", "lids", "box", "bin", "盖", "盒", "箱")

_FOR_FOOD = (
    "food storage",
    "food container",
    "food containers",
    "lunch box",
    "bento box",
    "保鲜盒",
    "便当盒",
    "饭盒",
    "密封盒",
)
_ROLLS = (
    "toilet paper",
    "toilet roll",
    "toilet rolls",
    "toilet tissue",
    "kitchen roll",
    "kitchen rolls",
    "paper towel",
    "paper towels",
    "卷纸",
    "卫生卷纸",
    "厨房纸",
)
_KITCHEN = ("kitchen", "paper towel", "paper towels", "厨房")


def storage_box(look: Look) -> list[Part]:
    """An open basket with a rolled rim and two handles; with a lid where it is a box."""
    wide, deep, high = 0.34 * look.uniform(0.92, 1.08), 0.25 * look.uniform(0.92, 1.08), 0.20 * look.uniform(0.85, 1.1)
    food = look.says(_FOR_FOOD)
    if food:
        wide, deep, high = 0.6 * wide, 0.6 * deep, 0.45 * high
    lidded = food or look.says(_LIDDED)
    usual = () if lidded else ("bamboo",)
    names = (*usual, "matte plastic", "plastic", *FABRICS, "bamboo", "wood", "kraft")
    extent, shade = (2 * (wide + deep), high), "#e9e6df" if lidded else None
    skin = (
        look.film()
        if look.clear or (food and look.own_colour and look.material_name in ("", "glass"))
        else look.main(*names, extent=extent, default=shade, period=0.06)
    )
    if skin.name == "bamboo" and not lidded:
        wicker = woven(skin, 0.07)
        patterned = look.pattern_name not in ("plain", "logo")
        skin = wicker.but(colour=skin.colour, texture=skin.texture) if patterned else wicker
    outline = rounded_rectangle(wide, deep, 0.035, corner=12)
    wall = 0.006
    profile = [
        (0.10, 0.003),
        (0.022, 0.003),
        (0.016, 0.012),
        (0.0, high),
        (wall, high),
        (0.016 + wall, 0.012),
        (0.10, 0.010),
    ]
    parts = [prism(outline, rounded_path(profile, [0, 0.008, 0.01, 0.002, 0.002, 0.006, 0]), skin)]
    parts.append(slab(rounded_rectangle(wide - 0.19, deep - 0.19, 0.02), 0.004, 0.001, skin).moved(z=0.0035))
    if lidded:
        return parts + _lid(look, wide, deep, high)
    loop = np.concatenate([outline, outline[:2]])
    rim = tube(np.column_stack([loop, np.full(len(loop), high)]), 0.0075, skin, caps=False, segments=16)
    for side in (-1, 1):
        x = side * (wide / 2 + 0.004)
        way = smooth_path(
            [
                (x, -0.05, high - 0.035),
                (x + side * 0.016, -0.045, high + 0.012),
                (x + side * 0.018, 0.045, high + 0.012),
                (x, 0.05, high - 0.035),
            ],
            40,
        )
        parts.append(tube(way, 0.0075, look.part("handle", skin), segments=18))
    return [*parts, rim]


def _lid(look: Look, wide: float, deep: float, high: float) -> list[Part]:
    cover = look.part("lid", look.plain("matte plastic", look.accent(look.colour("#e9e6df"), "#f6f5f1")))
    lid = slab(rounded_rectangle(wide + 0.014, deep + 0.014, 0.04, corner=12), 0.020, 0.006, cover).moved(
        z=high - 0.006
    )
    clasp = [
        part
        for x in (-1, 1)
        for part in (
            p.moved(x=x * (wide / 2 + 0.008), z=high - 0.032) for p in box((0.010, 0.07, 0.042), 0.004, cover, cells=4)
        )
    ]
    return [lid, *clasp]


def tissues(look: Look) -> list[Part]:
    """A box of tissues with one drawn out of the slot in its top; a roll, or a soft pack of wipes or nappies, where the words name one."""
    if look.says(SOFT_PACKS):
        return soft_pack(look)
    if look.says(_ROLLS):
        return _roll(look)
    wide, deep, high = 0.225 * look.uniform(0.95, 1.05), 0.118, 0.082 * look.uniform(0.9, 1.2)
    ground = look.colour("#8fbfe4")
    printed = look.label("paper", (wide, high), ground, (0.12, 0.14, 0.88, 0.86))
    faces = box((wide, deep, high), 0.004, look.plain("paper", ground))
    parts = [face.but(material=printed) for face in faces[:2]] + faces[2:]
    film = look.plain("plastic", "#eef1f3")
    slot = slab(rounded_rectangle(wide * 0.62, 0.040, 0.020, corner=10), 0.0012, 0.0004, film).moved(z=high - 0.0003)
    return [*parts, slot, _tuft(look, high)]


def _roll(look: Look) -> list[Part]:
    """Paper wound on a tube of board, its end hanging down in front."""
    radius, high = 0.055 * look.uniform(0.95, 1.05), 0.225 if look.says(_KITCHEN) else 0.1
    paper = look.plain("paper", look.note((250, 249, 246), "paper")).but(roughness=0.95, sheen=0.2)
    core = 0.021
    wound = [(core, 0.0), (radius, 0.0), (radius, high), (core, high)]
    board = [(core - 0.001, high - 0.001), (core - 0.001, 0.001)]
    z, t = np.linspace(0.0005, high - 0.0005, 12), np.linspace(0, 1, 16)
    side = np.stack([-radius - 0.0008 - 0.012 * t**2, -0.062 * t, 0 * t], -1)
    end = side[:, None] + z[:, None] * np.array([0, 0, 1.0])
    return [
        lathe(wound, 0.002, paper),
        lathe(board, 0, look.plain("kraft")),
        loft(np.concatenate([end, end[:, ::-1] + np.array([0.0006, 0, 0])], 1), paper),
    ]


def _tuft(look: Look, high: float) -> Part:
    """A tissue as it stands in its slot: narrow below, spread and folded above."""
    t, s = np.linspace(0, 1, 26), np.linspace(-1, 1, 60)
    half = np.interp(t, [0, 0.25, 0.7, 1], [0.020, 0.030, 0.052, 0.058])
    x = half[:, None] * s
    y = (0.004 + 0.018 * t)[:, None] * np.sin(5.2 * s + 2.4 * t[:, None]) + 0.012 * t[:, None] ** 2
    z = high + 0.078 * t[:, None] * (1 - 0.28 * s**2) + 0.006 * np.sin(9 * s) * t[:, None]
    front = np.stack([x, y - 0.0005, z], -1)
    paper = look.plain("paper", "#fbfaf8").but(roughness=0.9, sheen=0.2)
    return loft(np.concatenate([front, front[:, ::-1] + np.array([0, 0.001, 0])], 1), paper)
