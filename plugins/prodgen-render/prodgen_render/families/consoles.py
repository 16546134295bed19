"""Game consoles: one with its screen between two controllers, or one that stands by the television."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.families.whitegoods import lit
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import texture
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import box, planar_uv, rounded_rectangle, slab, tube

_HELD = ("switch", "handheld", "steam deck", "portable", "掌机", "掌上", "便携")
_SHELLS = ("matte plastic", "plastic")


def game_console(look: Look) -> list[Part]:
    """A console that stands on end, or one that is held where the words say so."""
    return _held(look) if look.says(_HELD) else _standing(look)


def _held(look: Look) -> list[Part]:
    """A screen with a controller at either side in the two colours: a stick, four buttons and a shoulder key each."""
    wide, high, thick, side = 0.172, 0.102, 0.014, 0.036
    dark = look.plain("matte plastic", "#1b1c1e")
    left = look.solid(*_SHELLS, default="#26272a")
    right = (
        look.plain(left.name, look.accent(look.colour("#26272a"), "#26272a" if not look.colour_name else None))
        if look.two_coloured
        else left
    )
    picture = look.wallpaper(look.colour("#2f62ad"), 520, 292)
    face = Material("screen", (1, 1, 1), 0.1, coat=1.0, texture=texture(picture), emission=(0.1, 0.1, 0.1))
    parts = [slab(rounded_rectangle(wide, high, 0.006), thick, 0.003, dark)]
    screen = planar_uv(slab(rounded_rectangle(wide * 0.90, high * 0.84, 0.002), 0.0006, 0.0002, face), "z")
    parts.append(screen.moved(z=thick))
    outline = rounded_rectangle(2 * side, high, 0.034, corner=16)
    for sign, shell in ((-1, left), (1, right)):
        # The outer half of it alone, its straight side against the screen.
        half = outline[outline[:, 0] * sign >= 0]
        half = half[np.argsort(np.arctan2(half[:, 1], half[:, 0] * sign - side / 2))] if sign > 0 else half
        parts.append(slab(half, thick + 0.001, 0.005, shell).moved(x=sign * (wide / 2 - 0.0005), z=-0.0005))
        x = sign * (wide / 2 + side * 0.46)
        up, down = (0.026, -0.012) if sign < 0 else (-0.012, 0.024)
        stick = [
            (1e-4, 0),
            (0.0085, 0),
            (0.0085, 0.002),
            (0.0045, 0.003),
            (0.0045, 0.007),
            (0.0088, 0.009),
            (0.0080, 0.0105),
            (1e-4, 0.0098),
        ]
        parts.append(lathe(stick, [0, 0.0005, 0.001, 0.001, 0.001, 0.0012, 0.001, 0], dark, 48).moved(x, up, thick))
        knob = lathe([(1e-4, 0), (0.0040, 0), (0.0037, 0.0018), (1e-4, 0.0021)], [0, 0.0004, 0.0006, 0], dark, 32)
        parts += [
            knob.moved(x + dx, down + dy, thick + 0.0004)
            for dx, dy in ((0.0085, 0), (-0.0085, 0), (0, 0.0085), (0, -0.0085))
        ]
        parts.append(
            tube(
                [(x - 0.010, high / 2 - 0.004, thick / 2), (x + 0.006, high / 2 - 0.003, thick / 2)],
                0.0052,
                dark,
                segments=20,
            )
        )
    return [part.turned(78, "x").moved(z=high / 2 + 0.002) for part in parts]


def _standing(look: Look) -> list[Part]:
    """Two bowed covers around a dark core with a slot and a lamp, on a foot."""
    deep, high, core = 0.24, 0.36 * look.uniform(0.92, 1.05), 0.062
    shell = look.solid(*_SHELLS, default="#f4f3ef")
    dark = look.plain("plastic", "#17181a")
    parts = [part.moved(z=0.012) for part in box((core, deep * 0.94, high - 0.020), 0.010, dark, cells=6)]
    outline = rounded_rectangle(high, deep, 0.030, corner=12, side=16)
    for sign in (-1, 1):
        cover = slab(outline, 0.009, 0.004, shell).turned(90, "y")
        bow = cover.vertices.copy()
        t = bow[:, 2] / (high / 2)
        bow[:, 0] += sign * (core / 2 + 0.002 + 0.012 * np.abs(t) ** 2.2) - 0.0045
        parts.append(cover.but(vertices=bow.astype(np.float32)).moved(z=0.012 + high / 2 - 0.004))
    front = -deep * 0.47
    parts.append(
        tube(
            [(0, front - 0.001, high * 0.42), (0, front - 0.001, high * 0.82)],
            0.0022,
            look.plain("matte plastic", "#050506"),
            segments=10,
        )
    )
    for sign in (-1, 1):
        parts.append(
            tube(
                [(sign * core * 0.42, front - 0.001, high * 0.10), (sign * core * 0.42, front - 0.001, high * 0.93)],
                0.0011,
                lit(),
                segments=8,
            )
        )
    key = lathe(
        [(1e-4, 0), (0.0055, 0), (0.005, 0.0016), (1e-4, 0.0018)],
        [0, 0.0004, 0.0006, 0],
        look.plain("steel").but(bump=None),
        32,
    )
    parts += [key.turned(90, "x").moved(0, front, high * z) for z in (0.20, 0.27)]
    foot = lathe(
        [(1e-4, 0), (0.075, 0), (0.076, 0.006), (0.055, 0.014), (1e-4, 0.015)], [0, 0.002, 0.003, 0.003, 0], dark
    )
    return [*parts, foot]
