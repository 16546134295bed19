"""Gable-top cartons."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.groceries import folding_box
from prodgen_render.families.kit import cap
from prodgen_render.looks.look import Look
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import box, loft


def carton(look: Look) -> list[Part]:
    """A gable-top drinks carton, or a plain folding box where the words say box."""
    if look.product.domain != "food" or look.says(("box", "盒", "tea", "茶")):
        return folding_box(look)
    width = 0.072 * look.uniform(0.95, 1.08)
    height = 0.185 * look.uniform(0.92, 1.08) * look.tallness(1000, 20)
    colour = look.colour("#f4f3ef")
    accent = look.accent(colour)
    parts = []
    half = width / 2
    roof, fin = width * 0.52, width * 0.24
    for number, part in enumerate(box((width, width, height), 0.0022, look.plain("paper", colour), cells=8)):
        if number in (0, 1, 2, 3):
            material = look.label(
                "paper",
                (width, height),
                colour,
                (0.07, 0.12, 0.93, 0.9),
                style="bare" if number in (0, 1) else "band",
                art=number in (0, 1),
            )
            parts.append(part.but(material=material.but(roughness=0.4, coat=0.25)))
        elif number == 5:
            parts.append(part)
    top_colour = look.plain("paper", accent).but(roughness=0.4, coat=0.25)
    n = 14
    x = np.linspace(-half + 0.001, half - 0.001, n)
    for side in (-1, 1):
        s = np.linspace(0, 1, 8)[:, None]
        y = side * (half * (1 - s) + 0.0014 * s) + 0 * x
        z = height - 0.001 + roof * s + 0 * x
        xs = np.broadcast_to(x, y.shape)
        parts.append(
            loft(np.stack([xs, y, z], -1) if side < 0 else np.stack([xs[:, ::-1], y, z], -1), top_colour, closed=False)
        )
        # The gusset folds in under the roof on each side.
        depth = 0.45 * half * s * (1 - 0.12 * s)
        across = np.linspace(-1, 1, n)
        gy = across * (half * (1 - s) + 0.0012)
        gx = (half - 0.001) - depth * (1 - np.abs(across)) * 1.0
        gz = height - 0.001 + roof * s + 0 * gy
        sections = np.stack([side * gx, side * gy, gz], -1)
        parts.append(loft(sections, top_colour, closed=False))
    crest = box((width - 0.002, 0.0032, fin), 0.0012, top_colour, cells=6)
    parts += [piece.moved(z=height + roof - 0.002) for piece in crest]
    if look.chance(0.6):
        lid = cap(
            0.013,
            0,
            0.011,
            look.part("lid", look.plain("plastic", accent if sum(accent) < 680 else (60, 120, 190))),
            ribs=24,
        )
        angle = np.degrees(np.arctan2(roof, half))
        parts.append(lid.turned(angle, "x").moved(y=-half * 0.55, z=height + roof * 0.45))
    return parts
