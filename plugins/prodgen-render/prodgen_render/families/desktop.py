"""Television and monitor, keyboard, power bank."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.screens import screen
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import brightness, mix, texture
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import box, rounded_rectangle, slab, tube

_TELEVISIONS = ("tv", "television", "smart tv", "电视")
_PLASTICS = ("matte plastic", "plastic", "aluminium")


def display(look: Look) -> list[Part]:
    """A flat screen: a television on two feet, a monitor on a stand."""
    television = look.says(_TELEVISIONS)
    wide = (1.2 if television else 0.6) * look.uniform(0.92, 1.08)
    tall, deep, lift = wide * 0.565, 0.035 if television else 0.028, 0.07 if television else 0.13
    shell = look.solid(*_PLASTICS, default="#232427")
    rim = 0.006 if television else 0.010

    def upright(part: Part) -> Part:
        return part.turned(90, "x").moved(z=lift + tall / 2)

    edge = Material("bezel", (0.01, 0.01, 0.011), 0.2, coat=0.6)
    parts = [
        upright(slab(rounded_rectangle(wide, tall, 0.01), deep, 0.008, shell)),
        upright(slab(rounded_rectangle(wide - 0.004, tall - 0.004, 0.009), 0.001, 0.0004, edge).moved(z=deep - 0.0004)),
        upright(
            slab(
                rounded_rectangle(wide - 2 * rim, tall - 2 * rim, 0.004), 0.001, 0.0004, _picture(look, television)
            ).moved(z=deep)
        ),
    ]
    if television:
        for side in (-1, 1):
            x = side * wide * 0.36
            head = (x, -deep / 2, lift + 0.03)
            parts += [tube(np.linspace(head, (x, y, 0.006), 6), 0.008, shell, segments=16) for y in (-0.13, 0.09)]
        return parts
    parts += [p.moved(y=0.02, z=0.008) for p in box((0.06, 0.03, lift + tall * 0.45), 0.006, shell, cells=4)]
    return [*parts, slab(rounded_rectangle(wide * 0.38, 0.18, 0.02), 0.012, 0.004, shell).moved(y=0.01)]


def _picture(look: Look, television: bool) -> Material:
    if not television:
        return screen(look, 1024, 576, phone=False)
    picture = look.wallpaper(
        look.colour("#2f62ad") if look.colour_name not in ("black", "white", "grey", "silver") else (47, 98, 173),
        1024,
        576,
    )
    return Material("screen", (0.9, 0.9, 0.9), 0.12, coat=1.0, texture=texture(picture))


_ROWS = (15, 14, 13, 12, 11)
"""Keys a row from the back; those at the ends are as wide as is left."""


def keyboard(look: Look) -> list[Part]:
    """A keyboard with caps of its colour, a touch darker or lighter than its case."""
    pitch = 0.019
    wide, deep = 15.4 * pitch, 5.5 * pitch
    case = look.solid(*_PLASTICS, default="#2a2b2e")
    base = look.colour("#2a2b2e")
    cap = look.plain(
        "matte plastic", mix(base, (0, 0, 0), 0.12) if brightness(base) > 0.5 else mix(base, (255, 255, 255), 0.10)
    )
    accent = look.plain("matte plastic", look.accent(base, None if look.chance(0.4) else "#8b8d90"))
    parts = [slab(rounded_rectangle(wide, deep, 0.008), 0.018, 0.004, case)]
    for row, count in enumerate(_ROWS):
        y = (2 - row) * pitch
        end = (15 - (count - 2)) / 2
        widths = [end, *[1.0] * (count - 2), end] if row < 4 else [1.25, 1.25, 1.25, 6.0, *[1.0] * 2, 1.05, 1.1, 1.1]
        left = -sum(widths) / 2
        for number, width in enumerate(widths):
            special = (row == 0 and number == 0) or (row == 2 and number == len(widths) - 1)
            key = slab(
                rounded_rectangle(width * pitch - 0.003, pitch - 0.003, 0.003, corner=4, side=2),
                0.009,
                0.003,
                accent if special else cap,
                steps=3,
            )
            parts.append(key.moved(x=(left + width / 2) * pitch, y=y, z=0.0165))
            left += width
    return [part.turned(-4, "x").moved(z=0.004) for part in parts]


def power_bank(look: Look) -> list[Part]:
    """A flat battery that stands up, with two sockets at the top and a row of lights."""
    wide, tall, deep = 0.068 * look.uniform(0.95, 1.1), 0.14 * look.uniform(0.9, 1.1), 0.017
    shell = look.main(*_PLASTICS, extent=(wide, tall), default="#f1efe9", period=0.02)
    body = (
        slab(rounded_rectangle(wide, tall, 0.010, corner=10), deep, 0.006, shell)
        .turned(90, "x")
        .moved(y=deep / 2, z=tall / 2)
    )
    dark = look.plain("plastic", "#17181a")
    parts = [body]
    for x, size in ((-0.014, 0.013), (0.012, 0.009)):
        parts += [p.moved(x=x, z=tall - 0.0022) for p in box((size, 0.0055, 0.0024), 0.001, dark, cells=3)]
    light = Material("light", (0.7, 0.85, 1.0), 0.4, emission=(0.5, 0.7, 0.9))
    for number in range(4):
        dot = slab(rounded_rectangle(0.003, 0.003, 0.0015), 0.0006, 0.0002, light).turned(90, "x")
        parts.append(dot.moved(x=-wide * 0.28 + 0.006 * number, y=-deep / 2, z=tall * 0.88))
    return parts
