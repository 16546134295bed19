"""Pens and pencils, lying before the viewer."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.finishes import srgb
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import revolve, rounded_path, tube
from prodgen_render.words.pieces import pieces_of

_PENCILS = ("pencil", "pencils", "铅笔", "彩铅")
_COLOURED = ("coloured pencils", "colored pencils", "colouring pencils", "彩色铅笔", "彩铅")
_MARKERS = (
    "marker",
    "markers",
    "highlighter",
    "highlighters",
    "felt tip",
    "felt tips",
    "马克笔",
    "荧光笔",
    "记号笔",
    "水彩笔",
)
_MANY = ("#c3272b", "#e9802c", "#f0c33c", "#3f8a55", "#2f62ad", "#7a55a3")
_APART = 0.024


def pen(look: Look) -> list[Part]:
    """As many as are sold together, up to six; pencils or markers where the words say so, in many colours where they say that."""
    coloured = look.says((*_COLOURED, *_MARKERS)) and not look.colour_name
    count = max(pieces_of(look.product), 6 if coloured or look.inks else 1)
    draw = _pencil if look.says(_PENCILS) else _marker if look.says(_MARKERS) else _pen
    parts = []
    for number in range(count):
        shade = (
            srgb(_MANY[number % 6])
            if coloured or look.inks
            else look.colour("#f0c33c" if draw is _pencil else "#1d1d1f")
        )
        y = (number - (count - 1) / 2) * _APART
        parts += [
            part.moved(y=y) for part in draw(look, look.plain("lacquer" if draw is _pencil else "plastic", shade))
        ]
    look.note(look.colour("#f0c33c" if draw is _pencil else "#1d1d1f"), parts[0].material.name)
    return [part.turned(24) for part in parts]


def _laid(parts: list[Part], radius: float, long: float) -> list[Part]:
    """What was made upright, its tip down, with the tip to the left."""
    return [part.turned(90, "y").moved(x=-long / 2, z=radius) for part in parts]


def _pencil(look: Look, paint: Material) -> list[Part]:
    """Six sides, a cone of bare wood with its lead, a ferrule and an eraser."""
    radius, long = 0.0038, 0.178
    wood, lead = (
        look.plain("wood", "#dcb27d"),
        paint if look.says(_COLOURED) else look.plain("matte plastic", "#2f3033"),
    )
    body = revolve(np.array([(radius, 0.021), (radius, long - 0.016)]), paint, 6)
    cone = revolve(np.array([(0.0011, 0.0045), (radius * 0.97, 0.0225)]), wood, 48)
    tip = lathe([(1e-4, 0), (0.0004, 0.0003), (0.0011, 0.0046)], 0, lead, 24)
    ferrule = lathe(
        [(radius * 0.98, long - 0.017), (radius * 1.02, long - 0.012), (radius * 1.02, long - 0.004)],
        0.0005,
        look.plain("brass").but(bump=None),
        40,
    )
    eraser = lathe(
        [(radius * 0.97, long - 0.005), (radius * 0.97, long + 0.003), (1e-4, long + 0.004)],
        [0, 0.001, 0],
        look.plain("rubber", "#d98c8c"),
        40,
    )
    return _laid([body, cone, tip, ferrule, eraser], radius, long)


def _pen(look: Look, shell: Material) -> list[Part]:
    """A barrel with a grip and a cone, a push button and a clip."""
    radius, long = 0.0054, 0.142
    metal, dark = look.plain("metal").but(bump=None, roughness=0.2), look.plain("rubber", "#26272a").but(bump=None)
    profile = rounded_path(
        [(radius * 0.92, 0.043), (radius, 0.05), (radius, 0.118), (radius * 0.86, long - 0.006)], 0.002
    )
    cone = lathe(
        [(0.0005, 0), (0.0008, 0.002), (0.0019, 0.004), (radius * 0.82, 0.017)], [0, 0.0005, 0.001, 0], metal, 48
    )
    grip = lathe([(radius * 0.84, 0.016), (radius * 0.98, 0.021), (radius * 0.95, 0.043)], 0.002, dark, 48)
    button = lathe(
        [(radius * 0.52, long - 0.007), (radius * 0.5, long + 0.006), (1e-4, long + 0.0065)], [0, 0.001, 0], metal, 40
    )
    clip = tube(
        [(0, -radius - 0.0018, long - 0.008), (0, -radius - 0.0016, long - 0.045)],
        0.0016,
        metal,
        flatten=0.5,
        segments=14,
    )
    hold = tube([(0, -radius * 0.6, long - 0.009), (0, -radius - 0.0018, long - 0.009)], 0.0016, metal, segments=14)
    # The clip up, where it is seen.
    return _laid(
        [part.turned(90) for part in (revolve(profile, shell, 64), cone, grip, button, clip, hold)], radius, long
    )


def _marker(look: Look, shell: Material) -> list[Part]:
    """A thick barrel, its cap beside it off, with a soft point."""
    radius, long = 0.0075, 0.135
    white = look.plain("plastic", "#f4f3ef")
    body = lathe(
        [(radius * 0.7, 0.016), (radius, 0.024), (radius, 0.095), (radius * 0.92, long), (1e-4, long)],
        [0, 0.002, 0.002, 0.002, 0],
        shell,
        56,
    )
    neck = lathe([(0.0026, 0.006), (0.0044, 0.010), (radius * 0.72, 0.018)], 0.002, white, 48)
    point = lathe(
        [(1e-4, 0), (0.0016, 0.0006), (0.0024, 0.008)], [0, 0.001, 0], shell.but(coat=0.0, roughness=0.95), 32
    )
    band = lathe([(radius * 1.004, 0.05), (radius * 1.004, 0.088)], 0, white, 56)
    return _laid([body, neck, point, band], radius, long)
