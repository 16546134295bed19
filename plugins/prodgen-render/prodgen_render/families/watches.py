"""Watch: with hands, or with a screen where the words say that it is a smart one."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from prodgen_render.families.kit import lathe
from prodgen_render.looks.finishes import METALLIC
from prodgen_render.looks.lettering import write
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import ink_for, mix, texture
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import rounded_rectangle, slab, superellipse, tube

_SMART = ("smart", "smartwatch", "apple watch", "galaxy watch", "fitness", "tracker", "gps", "智能", "运动手表", "手环")
_ROUND = ("round", "circular", "圆形", "圆盘", "圆屏", "圆表盘")
_SLIM = ("fitness band", "fitness tracker", "activity tracker", "smart band", "手环")
_STRAPS = ("rubber", "leather", "canvas", "nylon", "steel", "metal", "gold", "aluminium")


def watch(look: Look) -> list[Part]:
    """A wristwatch on an invisible wrist, its face to the front."""
    smart = look.says(_SMART)
    case, strap = _materials(look, smart)
    width = (0.039 if smart else 0.040) * look.uniform(0.96, 1.06)
    middle, reach = 0.036, 0.031

    def facing(outline: NDArray[np.float64], height: float, edge: float, material: Material, y: float) -> Part:
        return slab(outline, height, edge, material).turned(90, "x").moved(y=y - reach + 0.003, z=middle)

    if smart:
        outline = _smart_outline(look, width)
        rim = facing(outline * 0.96, 0.0008, 0.0003, Material("rim", (0.01, 0.01, 0.011), 0.1, coat=1.0), -0.0101)
    else:
        outline = superellipse(width, width, 2, 120)
        rim = facing(outline * 0.95, 0.0012, 0.0005, case, -0.0099)
    face = Material(
        "dial", (1, 1, 1), 0.12, coat=1.0, texture=texture(_screen(look, outline) if smart else _dial(look))
    )
    side = float(outline[:, 0].max())
    crown = lathe([(1e-4, 0), (0.0034, 0), (0.0034, 0.0032), (1e-4, 0.0034)], [0, 0.0004, 0.0008, 0], case, 40)
    return [
        _band(strap, min(side * 0.9, width * 0.29) if smart else width * 0.24, reach, middle),
        facing(outline, 0.0105, 0.0032, case, 0.0),
        rim,
        facing(outline * (0.93 if smart else 0.88), 0.0008, 0.0003, face, -0.0106),
        crown.turned(90, "y").moved(x=side - 0.0004, y=-reach - 0.0022, z=middle + 0.004 * smart),
    ]


def _materials(look: Look, smart: bool) -> tuple[Material, Material]:
    """Of the case and of the strap: a colour is the strap's, unless it is a metal's or the words give the strap another."""
    sporty = smart and look.says(("sport band", "sport loop", "运动表带", "运动型表带"))
    body = look.solid(
        *(("rubber",) if sporty else _STRAPS if smart else ("leather", *_STRAPS)),
        default="#2b2c30" if smart else "#5b3a26",
    )
    soft = look.material_name in ("leather", "canvas", "nylon") and not smart
    if look.colour_name in METALLIC and (soft or not look.material_name):
        body = look.plain("metal", look.colour())  # gold is what the case is of
    band = look.plain(look.material_name if soft else "leather", "#5b3a26")
    said = look.part("strap", band if body.metallic else body, metal=True)
    strap = body if said is band and not soft else said
    if body.metallic:
        return body, strap
    if strap is not body and look.colour_name:
        return look.plain("steel", look.colour()), strap
    return look.plain("aluminium", "#3a3b3e") if smart else look.plain("steel"), strap


def _band(strap: Material, half_width: float, reach: float, middle: float) -> Part:
    """A flat loop around the wrist, from the upper edge of the case to the lower one."""
    angle = np.linspace(np.radians(28), np.radians(332), 90)
    path = np.stack([0 * angle, -reach * np.cos(angle), middle + 0.036 * np.sin(angle)], -1)
    swell = half_width * (0.82 + 0.18 * np.abs(np.cos(angle / 2)))
    return tube(path, swell, strap, flatten=0.13, up=(0.0, -1.0, 0.0), segments=40)


def _smart_outline(look: Look, width: float) -> NDArray[np.float64]:
    """A screen is upright and rounded; round or slim where the words say so."""
    if look.says(_ROUND):
        return superellipse(width * 1.08, width * 1.08, 2, 120)
    slim = look.says(_SLIM)
    across, high = (width * 0.52, width * 1.15) if slim else (width, width * 1.18)
    return rounded_rectangle(across, high, across * (0.48 if slim else 0.28), corner=12)


def _screen(look: Look, outline: NDArray[np.float64]) -> Image.Image:
    """The time over three rings, on a screen of this shape."""
    width, height = np.ptp(outline, axis=0)
    picture = Image.new("RGB", (420, round(420 * height / width)), (6, 6, 8))
    middle = picture.height / 2
    write(picture, ["10:09"], (60, round(middle - 158), 360, round(middle - 38)), (246, 246, 248), bold=0.02)
    draw = ImageDraw.Draw(picture)
    for i, colour in enumerate(((230, 70, 90), (140, 214, 72), (70, 190, 232))):
        r = 84 - 24 * i
        box = [210 - r, middle + 92 - r, 210 + r, middle + 92 + r]
        draw.arc(box, 0, 360, fill=mix(colour, (6, 6, 8), 0.75), width=17)
        draw.arc(box, -90, -90 + 120 + 70 * i + int(look.rng.integers(60)), fill=colour, width=17)
    return picture


def _dial(look: Look) -> Image.Image:
    ground = look.part_colour("dial", (246, 244, 238) if look.chance(0.6) else (24, 26, 32))
    ink = ink_for(ground)
    picture = Image.new("RGB", (480, 480), ground)
    draw = ImageDraw.Draw(picture)

    def ray(turn: float, start: float, end: float, width: int, colour: tuple[int, int, int] = ink) -> None:
        x, y = math.sin(turn * 2 * math.pi), -math.cos(turn * 2 * math.pi)
        draw.line([240 + start * x, 240 + start * y, 240 + end * x, 240 + end * y], fill=colour, width=width)

    for minute in range(60):
        hour = minute % 5 == 0
        ray(minute / 60, 186 if hour else 204, 216, 10 if hour else 3)
    ray((10 + 9 / 60) / 12, -20, 116, 14)
    ray(9 / 60, -20, 176, 10)
    ray(36 / 60, -40, 190, 4, (196, 60, 48))
    draw.ellipse([228, 228, 252, 252], fill=ink)
    return picture
