"""Sticks that are turned out of an oval case: deodorant, sunscreen, balm for the skin."""

from __future__ import annotations

from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import prism, refine, rounded_path, slab, superellipse

STICKS = (
    "deodorant stick",
    "antiperspirant stick",
    "stick",
    "solid deodorant",
    "sunscreen stick",
    "止汗膏",
    "止汗棒",
    "防晒棒",
)


def stick(look: Look) -> list[Part]:
    """An oval case with a cap as wide, on a wheel."""
    wide, deep, high = 0.064 * look.uniform(0.94, 1.06), 0.034, 0.118 * look.uniform(0.94, 1.06)
    colour = look.colour("#f4f3ef")
    outline = superellipse(wide, deep, 2.6, 128)
    low, rim = 0.006, high * 0.66
    printed = look.label("plastic", (wide * 2.6, rim - low), colour, (0.385, 0.08, 0.615, 0.92), style="bare")
    body = prism(outline, rounded_path([(0.001, low), (0.0, low + 0.002), (0.0, rim)], 0.001), printed)
    dark = look.plain("plastic", mix(colour, (20, 20, 24), 0.5))
    wheel = slab(0.93 * outline, low + 0.001, 0.001, dark)
    lid = look.part(
        "lid", look.plain("plastic", look.accent(colour, "#2f62ad" if look.colour_name in ("", "white") else "#f4f3ef"))
    )
    curve = [(0.0, rim + 0.0006), (0.0004, high * 0.90), (0.008, high * 0.995), (deep * 0.48, high)]
    top = refine(rounded_path(curve, [0, 0.01, 0.01, 0], 8), 0.004)
    return [body, wheel, prism(outline, top, lid)]
