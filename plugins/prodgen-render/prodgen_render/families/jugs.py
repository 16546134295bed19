"""Large plastic bottles with a handle: cooking oil and water by the litre, detergent."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prodgen_render.families.contents import contents_colour
from prodgen_render.families.kit import cap
from prodgen_render.looks.finishes import linear
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import loft, planar_uv, rounded_rectangle, slab, smooth_path, superellipse, tube
from prodgen_render.words.dimensions import capacity_ml

WASHING = (
    "detergent", "laundry liquid", "fabric softener", "fabric conditioner", "bleach", "洗衣液", "柔顺剂", "柔顺液", "消毒液", "84消毒",
)  # fmt: skip
_LARGE = 2400
"""Millilitres from which a bottle has a handle."""


def is_large(look: Look) -> bool:
    """Whether the words state so much that a bottle of it has a handle."""
    return (capacity_ml(look.product) or 0) >= _LARGE


def jug(look: Look) -> list[Part]:
    """A bottle with flat sides, a screw cap, a handle at its shoulder and a label; food is seen through it."""
    high = 0.31 * look.uniform(0.95, 1.05) * look.tallness(5000)
    wide, deep, neck = high * 0.52 * look.uniform(0.93, 1.07), high * 0.38, high * 0.075
    seen = look.product.domain == "food"
    lid = look.part("lid", look.plain("plastic", look.accent(look.colour("#f4f3ef"), "#c3272b" if seen else None)))
    skin = _body(wide, deep, high, neck)
    if seen:
        tint = contents_colour(look, "#e8f2f4")
        clear = sum(tint) > 690
        drink = Material(
            "liquid",
            linear(mix(tint, (255, 255, 255), 0.4 if clear else 0.02)),
            0.12,
            transmission=0.9 if clear else 0.0,
        )
        shell = look.plain("glass", (242, 248, 246)).but(roughness=0.14)
        look.note(look.colour() if look.colour_name else tint, "plastic")
        full = skin[(skin[:, 0, 2] > 0.004) & (skin[:, 0, 2] < high * 0.74)]
        inside = np.concatenate([full[:1] * [0, 0, 1], full * [0.975, 0.975, 1], full[-1:] * [0, 0, 1]])
        parts = [loft(skin, shell), loft(inside, drink)]
    else:
        shell = look.solid("plastic", "matte plastic", default="#2f62ad")
        parts = [loft(skin, shell)]
    parts.append(cap(neck * 1.16, high * 0.925, high, lid, ribs=36))
    way = smooth_path(
        [
            (neck * 0.9, 0, high * 0.895),
            (wide * 0.30, 0, high * 0.90),
            (wide * 0.455, 0, high * 0.80),
            (wide * 0.475, 0, high * 0.62),
        ],
        40,
    )
    parts.append(tube(way, high * 0.030, lid if seen else shell, flatten=0.72, up=(0, 1, 0), segments=24))
    size = wide * 0.74, high * 0.36
    ground = (250, 247, 240) if seen or look.colour_name in ("", "white") else mix(look.colour(), (255, 255, 255), 0.86)
    printed = look.label("paper", size, ground, (0.06, 0.06, 0.94, 0.94), style="bare", note=False)
    panel = planar_uv(slab(rounded_rectangle(*size, 0.012), 0.0012, 0.0005, printed), "z")
    return [*parts, panel.turned(90, "x").moved(y=-deep / 2 + 0.0006, z=high * 0.34)]


def _body(wide: float, deep: float, high: float, neck: float) -> NDArray[np.float64]:
    """Sections [rows, columns, 3] from the middle of the base to the mouth, square below and round above."""
    # (height, share of the width, how square)
    rows = [
        (0.0, 0.90, 5.0),
        (0.02, 0.985, 5.0),
        (0.06, 1.0, 5.0),
        (0.60, 1.0, 5.0),
        (0.68, 0.97, 4.4),
        (0.78, 0.78, 3.2),
        (0.87, 0.40, 2.3),
        (0.905, 0.0, 2.0),
        (0.96, 0.0, 2.0),
    ]
    sections = []
    for height, share, power in smooth_path(rows, 70):
        share = float(np.clip(share, 0, 1))
        size = (max(wide * share, 2 * neck), max(deep * share, 2 * neck))
        sections.append(
            np.column_stack([superellipse(*size, float(np.clip(power, 2, 5))), np.full(96, max(height, 0) * high)])
        )
    return np.concatenate([sections[0][None] * [0, 0, 1], np.stack(sections)])
