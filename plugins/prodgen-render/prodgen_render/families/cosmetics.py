"""Mascara, palette, spray can and bar of soap."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe, wrap_label
from prodgen_render.families.sticks import STICKS, stick
from prodgen_render.looks.finishes import METALLIC
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import Srgb, mix
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import planar_uv, revolve, rounded_rectangle, slab, superellipse, tube

_CASES = ("plastic", "matte plastic", "metal", "gold", "aluminium", "bamboo")
_PENS = ("eyeliner", "liner", "pencil", "concealer", "pen", "眼线", "眉笔", "遮瑕", "笔", "lash serum")
"""What comes in such a tube and has no brush."""
_SHADES: tuple[Srgb, ...] = (
    (244, 226, 206), (226, 184, 160), (205, 140, 118), (176, 98, 84), (140, 78, 62), (98, 58, 46),
    (233, 200, 190), (214, 152, 158), (178, 104, 118), (201, 158, 92), (128, 108, 98), (58, 46, 46),
)  # fmt: skip
"""What a palette holds where its words name no colour, light to dark."""


def mascara(look: Look) -> list[Part]:
    """A slim tube, and its cap beside it with the brush up; pens and pencils, whose caps hold none, are closed."""
    radius, low, high = 0.0085 * look.uniform(0.95, 1.2), 0.072, 0.126 * look.uniform(0.95, 1.08)
    case = look.solid(*_CASES, default="#1d1d1f")
    lid = look.part("lid", case, metal=True)
    metal = look.plain("gold" if look.chance(0.5) else "steel")
    body = [
        lathe([(1e-4, 0), (radius, 0), (radius, low), (radius * 0.8, low)], [0, 0.0015, 0.0008, 0], case, 72),
        lathe(
            [(radius * 0.97, low), (radius * 1.01, low), (radius * 1.01, low + 0.004), (radius * 0.6, low + 0.004)],
            0.0004,
            metal,
            72,
        ),
        wrap_label(look, radius + 0.0002, low * 0.12, low * 0.92, 0.4, look.colour("#1d1d1f"), material="plastic"),
    ]
    tall = high - low - 0.004
    cap = lathe(
        [(radius * 0.9, 0), (radius * 0.97, 0), (radius * 0.90, tall), (1e-4, tall)], [0, 0.0006, 0.003, 0], lid, 72
    )
    if look.says(_PENS):
        return [*body, cap.moved(z=low + 0.004)]
    neck = lathe(
        [(radius * 0.62, low + 0.004), (radius * 0.62, low + 0.013), (radius * 0.4, low + 0.0132)], 0.0004, lid, 48
    )
    wand = [cap.turned(180, "x").moved(z=tall), *_wand(look, radius, tall)]
    apart = 1.45 * radius
    return [*(part.moved(x=-apart) for part in (*body, neck)), *(part.moved(x=apart, y=0.004) for part in wand)]


def _wand(look: Look, radius: float, at: float) -> list[Part]:
    """The rod with its brush, upright from a height on."""
    black = look.plain("matte plastic", "#1b1b1d").but(bump=None)
    rod = tube([(0, 0, at - 0.002), (0, 0, at + 0.046)], 0.0011, black, segments=16)
    plug = lathe([(radius * 0.55, at), (radius * 0.55, at + 0.006), (1e-4, at + 0.0065)], 0.0004, black, 40)
    # Bristles in a screw around the wire, longest below the middle.
    t = np.linspace(0, 1, 3600)
    turn = 2 * np.pi * 60 * t
    long = 0.0042 * np.sin(np.pi * (0.10 + 0.85 * t)) ** 0.6 * np.where(np.arange(len(t)) % 2, 1.0, 0.16)
    # Between them nothing is seen through but near their tips.
    a = np.linspace(0, 1, 40)
    dense = np.stack([0.0029 * np.sin(np.pi * (0.04 + 0.92 * a)) ** 0.6, at + 0.022 + 0.026 * a], -1)
    spots = np.stack([long * np.cos(turn), long * np.sin(turn), at + 0.022 + 0.026 * t], -1)
    return [rod, plug, revolve(dense, black, 40), tube(spots, 0.00016, black, segments=3, caps=False)]


def palette(look: Look) -> list[Part]:
    """An open case: a mirror in the lid, pans of powder below."""
    columns, rows = (4, 3) if look.chance(0.6) else (3, 2)
    pitch = 0.026
    wide, deep = columns * pitch + 0.014, rows * pitch + 0.014
    case = look.plain("plastic", "#232327") if _tinted(look) else look.solid(*_CASES, default="#232327")
    look.note(look.colour("#232327"), "plastic")
    shape = rounded_rectangle(wide, deep, 0.006)
    parts = [
        slab(shape, 0.008, 0.002, case),
        slab(
            rounded_rectangle(wide - 0.006, deep - 0.006, 0.004), 0.001, 0.0003, look.plain("matte plastic", "#f4f1ec")
        ).moved(z=0.0074),
    ]
    for number in range(columns * rows):
        x, y = (number % columns - (columns - 1) / 2) * pitch, ((rows - 1) / 2 - number // columns) * pitch
        powder = look.plain("matte plastic", _shade(look, number)).but(roughness=0.9, bump=None)
        rim = slab(superellipse(0.0235, 0.0235, 5), 0.0012, 0.0004, look.plain("aluminium"))
        parts += [
            rim.moved(x=x, y=y, z=0.0078),
            slab(superellipse(0.0215, 0.0215, 5), 0.0016, 0.0008, powder).moved(x=x, y=y, z=0.0080),
        ]
    silver = Material("mirror", (0.88, 0.90, 0.91), 0.03, metallic=1.0)
    glass = slab(rounded_rectangle(wide - 0.012, deep - 0.012, 0.003), 0.0008, 0.0003, silver).moved(z=0.0045)
    for part in (slab(shape, 0.005, 0.0018, case), glass):
        parts.append(part.moved(y=deep / 2).turned(72, "x").moved(y=deep / 2, z=0.007))
    return parts


def _tinted(look: Look) -> bool:
    """Whether a named colour is the powder's, as most are, and not the case's."""
    return look.colour_name not in ("", "black", "white", *METALLIC)


def _shade(look: Look, number: int) -> Srgb:
    usual = _SHADES[number % len(_SHADES)]
    return mix(usual, look.colour(), 0.45) if _tinted(look) else usual


def spray_can(look: Look) -> list[Part]:
    """A pressure can with a cap; an oval case where it is a stick."""
    if look.says(STICKS):
        return stick(look)
    radius, high = 0.024 * look.uniform(0.94, 1.1), 0.155 * look.uniform(0.9, 1.1) * look.tallness(200, 17)
    colour = look.colour()
    printed = look.label("lacquer", (2 * np.pi * radius, high * 0.8), colour, (0.34, 0.12, 0.66, 0.86), style="bare")
    body = lathe([(radius * 0.97, 0.002), (radius, 0.005), (radius, high * 0.80)], [0, 0.002, 0], printed, 96)
    steel = look.plain("aluminium")
    foot = lathe(
        [(1e-4, 0.004), (radius * 0.9, 0.0), (radius, 0.0), (radius * 1.005, 0.005)], [0, 0.002, 0.001, 0], steel, 96
    )
    shoulder = lathe(
        [(radius, high * 0.80), (radius * 0.78, high * 0.84), (radius * 0.78, high * 0.85)], 0.004, steel, 96
    )
    cover = look.part("lid", look.plain("plastic", look.accent(colour, "#f4f3ef")), metal=True)
    cap = lathe(
        [(radius * 0.80, high * 0.825), (radius * 0.82, high * 0.99), (radius * 0.76, high), (1e-4, high)],
        [0, 0.004, 0.004, 0],
        cover,
        96,
    )
    return [body, foot, shoulder, cap]


def soap_bar(look: Look) -> list[Part]:
    """A bar of soap with its name pressed in."""
    wide, deep, high = 0.085 * look.uniform(0.92, 1.08), 0.056, 0.026 * look.uniform(0.9, 1.15)
    colour = look.colour("#efe3c8")
    bar = look.plain("ceramic", colour).but(roughness=0.6, coat=0.1, bump=None)
    look.note(colour, "ceramic")
    body = slab(superellipse(wide, deep, 4.2, 128), high, high * 0.42, bar)
    ink = mix(colour, (0, 0, 0), 0.22)
    face = look.label(
        "paper", (wide * 0.72, deep * 0.62), colour, (0.04, 0.06, 0.96, 0.94), style="bare", ink=ink, note=False
    )
    top = slab(superellipse(wide * 0.72, deep * 0.62, 4.2), 0.0006, 0.0003, face.but(roughness=0.6, bump=None))
    return [part.turned(18, "x").moved(z=0.012) for part in (body, planar_uv(top, "z").moved(z=high - 0.0003))]
