"""What hangs on a wall: clock, framed picture and mirror; the last two stand and lean back a little."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from prodgen_render.families.kit import lathe, metal_or
from prodgen_render.looks.lettering import write
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import ink_for, texture
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import (
    box,
    disc,
    planar_uv,
    refine,
    rounded_rectangle,
    slab,
    smooth_path,
    superellipse,
    tube,
)

_FRAMES = ("wood", "walnut", "bamboo", "matte plastic", "metal", "steel", "brass", "aluminium", "iron", "gold")
_RIMS = ("matte plastic", *_FRAMES)
_ROUND = ("round", "oval", "circular", "圆形", "圆镜", "椭圆")
_ARCHED = ("arch", "arched", "拱形", "拱门")

_TO_WAKE = ("alarm clock", "闹钟")
_DIGITAL = ("digital", "led clock", "led alarm", "数字", "电子钟", "电子闹钟", "led电子")


def clock(look: Look) -> list[Part]:
    """A round clock at ten past ten; a low box with lit digits where the words say that it is digital; one on feet under two bells to be woken by."""
    radius = 0.15 * look.uniform(0.9, 1.1)
    rim = metal_or(look, *_RIMS, default="#26272a")
    if look.says(_DIGITAL):
        return _digits(look, radius, rim)
    pale = not (look.colour_name == "black" and look.chance(0.3))
    ground = look.part_colour("dial", (250, 249, 245) if pale else (30, 30, 32))
    ring = [(radius * 0.93, 0.0), (radius, 0.0), (radius, 0.036), (radius * 0.955, 0.040), (radius * 0.93, 0.03)]
    parts = [lathe(ring, [0, 0.003, 0.006, 0.003, 0], rim, 128)]
    parts.append(disc(radius * 0.97, 0.002, look.plain("matte plastic", "#2a2b2e"), up=False))
    face = Material("paper", (1, 1, 1), 0.6, texture=texture(_dial(ground, numbers=look.chance(0.7))))
    parts.append(disc(radius * 0.94, 0.012, face, segments=96))
    hand = look.plain("metal", ink_for(ground))
    for angle, long, thick, z in ((-60, 0.52, 0.0042, 0.016), (60, 0.76, 0.0030, 0.019)):
        a = np.radians(90 + angle * -1)
        tip = np.array([np.cos(a), np.sin(a), 0]) * radius * long
        line = np.linspace(tip * -0.15, tip, 6)
        parts.append(tube(line, thick, hand, flatten=0.4, segments=12).moved(z=z))
    parts.append(lathe([(1e-4, 0.012), (0.007, 0.012), (0.007, 0.024), (1e-4, 0.025)], [0, 0.001, 0.003, 0], hand, 32))
    upright = [part.turned(90, "x").moved(z=radius) for part in parts]
    return _woken(look, upright, radius) if look.says(_TO_WAKE) else upright


def _woken(look: Look, face: list[Part], radius: float) -> list[Part]:
    """A small clock in a deep case, on two feet, with bells, their hammer and a handle."""
    share = 0.052 / radius
    case, metal = face[0].material, look.plain("metal").but(bump=None, roughness=0.2)
    drum = lathe([(1e-4, 0), (0.046, 0), (0.051, 0.006), (0.051, 0.038)], [0, 0.004, 0.004, 0], case, 96)
    parts = [part.scaled(share).moved(y=-0.012) for part in face]
    parts.append(drum.turned(90, "x").moved(y=0.026, z=0.052))
    bell = lathe([(0.021, 0), (0.0225, 0.001), (0.019, 0.011), (1e-4, 0.017)], [0, 0.001, 0.009, 0], metal, 64)
    for side in (-1, 1):
        parts.append(tube([(side * 0.030, 0.006, 0.094), (side * 0.036, 0.006, 0.106)], 0.0030, metal, segments=14))
        parts.append(bell.turned(side * 30, "y").moved(side * 0.037, 0.006, 0.103))
        parts.append(
            tube([(side * 0.030, 0.006, 0.012), (side * 0.040, 0.006, -0.008)], [0.0035, 0.0050], metal, segments=16)
        )
    parts.append(tube([(0, 0.006, 0.100), (0, 0.006, 0.117)], 0.0022, metal, segments=10))
    parts.append(tube([(-0.006, 0.006, 0.119), (0.006, 0.006, 0.119)], 0.0046, metal, segments=16))
    way = smooth_path(
        [(-0.036, 0.006, 0.118), (-0.024, 0.006, 0.139), (0.024, 0.006, 0.139), (0.036, 0.006, 0.118)], 40
    )
    parts.append(tube(way, 0.0022, metal, segments=12))
    return [part.moved(z=0.0135) for part in parts]


def _digits(look: Look, wide: float, shell: Material) -> list[Part]:
    """A box that stands, with the time on its front."""
    high, deep = 0.48 * wide, 0.36 * wide
    picture = Image.new("RGB", (512, 208), (14, 15, 17))
    write(picture, ["10:08"], (60, 24, 452, 184), (236, 244, 255), bold=0.02)
    lit = texture(picture)
    glass = Material("screen", (1, 1, 1), 0.15, coat=0.6, texture=lit, glow=lit, emission=(0.6, 0.6, 0.6))
    face = planar_uv(slab(rounded_rectangle(wide * 0.9, high * 0.78, 0.004), 0.001, 0.0004, glass), "z")
    body = box((wide, deep, high), 0.006, shell, cells=8)
    return [*body, face.turned(90, "x").moved(y=-deep / 2, z=high / 2)]


def _dial(ground: tuple[int, int, int], *, numbers: bool) -> Image.Image:
    """A clock's face, 512 pixels square."""
    size, ink = 512, ink_for(ground)
    picture = Image.new("RGB", (size, size), ground)
    draw = ImageDraw.Draw(picture)
    for minute in range(60):
        a = np.radians(6 * minute - 90)
        c, s = np.cos(a), np.sin(a)
        inner, width = (0.44, 6) if minute % 5 == 0 else (0.462, 2)
        draw.line(
            [size * (0.5 + inner * c), size * (0.5 + inner * s), size * (0.5 + 0.48 * c), size * (0.5 + 0.48 * s)],
            ink,
            width,
        )
        if numbers and minute % 5 == 0:
            x, y = size * (0.5 + 0.37 * c), size * (0.5 + 0.37 * s)
            write(picture, [str(minute // 5 or 12)], (x - 32, y - 26, x + 32, y + 26), ink, bold=0.02)
    return picture


def picture_frame(look: Look) -> list[Part]:
    """A picture with a mat in a frame."""
    wide, tall = 0.40 * look.uniform(0.9, 1.1), 0.50 * look.uniform(0.9, 1.15)
    wood = metal_or(look, *_FRAMES)
    art = look.wallpaper(look.accent(look.colour("#7f9bb3")), 640, round(640 * tall / wide))
    sheet = Material("paper", (1, 1, 1), 0.45, coat=0.3, texture=texture(art))
    mat = look.plain("paper", "#f8f6f1")
    plates = [(wide - 0.02, tall - 0.02, 0.006, mat), (wide * 0.68, tall * 0.70, 0.008, sheet)]
    sheets = [_plate(w, h, z, material, tall) for w, h, z, material in plates]
    return _leaning([*_frame(wood, wide, tall, 0.018), *sheets])


def mirror(look: Look) -> list[Part]:
    """A mirror in a thin frame, round or arched where the words say so."""
    round_glass, arched = look.says(_ROUND), look.says(_ARCHED)
    wide = 0.5 * look.uniform(0.9, 1.1)
    tall = wide if round_glass else wide * look.uniform(1.3, 2.0)
    frame = metal_or(look, *_RIMS, default="#26272a")
    silver = Material("mirror", (0.88, 0.90, 0.91), 0.03, metallic=1.0)
    if not (round_glass or arched):
        return _leaning([*_frame(frame, wide, tall, 0.02), _plate(wide - 0.02, tall - 0.02, 0.008, silver, tall)])
    shape = _arch(wide, tall) if arched else superellipse(wide, tall, 2, 128)
    edge = np.stack([shape[:, 0], 0 * shape[:, 0], shape[:, 1] + tall / 2], -1)
    ring = tube(np.concatenate([edge, edge[:2]]), 0.011, frame, caps=False, up=(0, 1, 0), segments=16)
    # Nearly flush with the frame, which it mirrors.
    glass = slab(shape * (1 - 0.010 / wide), 0.006, 0.001, silver).turned(90, "x").moved(z=tall / 2, y=-0.003)
    return _leaning([ring, glass])


def _arch(wide: float, tall: float) -> NDArray[np.float64]:
    """Half a circle on a rectangle, counter-clockwise around its middle [n, 2]."""
    turn = np.linspace(0, np.pi, 65)
    top = np.stack([np.cos(turn) * wide / 2, np.sin(turn) * wide / 2 + (tall - wide) / 2], -1)
    corners = np.array([[-wide, -tall], [wide, -tall]]) / 2
    return refine(np.concatenate([top, corners, top[:1]]), 0.02)[:-1]


def _leaning(parts: list[Part]) -> list[Part]:
    return [part.turned(-6, "x") for part in parts]


def _frame(material: Material, wide: float, tall: float, bar: float) -> list[Part]:
    """Four bars, standing."""
    deep = 0.022
    sides = [(x, 0.0, (bar, deep, tall)) for x in (-(wide - bar) / 2, (wide - bar) / 2)]
    ends = [(0.0, z, (wide - 2 * bar, deep, bar)) for z in (0.0, tall - bar)]
    parts = [p.moved(x=x, z=z) for x, z, size in (*sides, *ends) for p in box(size, 0.003, material, cells=4)]
    return [*parts, _plate(wide - 0.01, tall - 0.01, -0.008, material, tall)]


def _plate(wide: float, high: float, forward: float, material: Material, tall: float) -> Part:
    """A flat sheet in a frame `tall` metres high, some way before its middle."""
    sheet = slab(rounded_rectangle(wide, high, 0.001), 0.003, 0.0008, material)
    return sheet.turned(90, "x").moved(y=-forward + 0.003, z=tall / 2)
