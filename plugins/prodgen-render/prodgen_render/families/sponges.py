"""Sponges: to wash up with, and to spread make-up with."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix, relief
from prodgen_render.model import Bump, Part
from prodgen_render.shapes.geometry import rounded_rectangle, slab, smooth_path

_MAKEUP = ("makeup", "make-up", "beauty sponge", "blender", "cosmetic", "美妆蛋", "海绵蛋", "粉扑")


def _pores() -> Bump | None:
    rough = relief("velvet")
    return rough and replace(rough, scale=0.014, strength=0.8)


def sponge(look: Look) -> list[Part]:
    """A block with a scouring pad on it; a drop that stands on its broad end where it is for make-up."""
    makeup = look.says(_MAKEUP) or look.product.domain == "beauty"
    shade = look.colour("#eda5b6" if makeup else "#f0c33c")
    foam = look.plain("rubber", shade).but(bump=_pores(), roughness=0.95, sheen=0.3)
    look.note(shade, "foam")
    if makeup:
        radius, high = 0.021 * look.uniform(0.95, 1.06), 0.062 * look.uniform(0.95, 1.06)
        drop = [
            (0.0, 0.0),
            (0.55, 0.02),
            (0.92, 0.16),
            (1.0, 0.36),
            (0.82, 0.60),
            (0.44, 0.83),
            (0.16, 0.96),
            (0.0, 1.0),
        ]
        line = smooth_path(np.asarray(drop) * [radius, high], 60).clip([1e-4, 0], None)
        return [lathe([(float(r), float(z)) for r, z in line], 0, foam)]
    wide, deep, high = 0.110 * look.uniform(0.95, 1.05), 0.070, 0.024 * look.uniform(0.95, 1.1)
    outline = rounded_rectangle(wide, deep, 0.010)
    pad = look.plain("nylon", look.accent(shade, "#2f7a4a")).but(roughness=1.0)
    scour = slab(outline, 0.008, 0.002, pad.but(colour=pad.colour))
    seam = slab(
        rounded_rectangle(wide - 0.001, deep - 0.001, 0.0095),
        0.001,
        0.0004,
        look.plain("rubber", mix(shade, (60, 50, 30), 0.4)),
    )
    block = [slab(outline, high, 0.004, foam), seam.moved(z=high - 0.0004), scour.moved(z=high)]
    return [part.turned(14, "x").moved(z=0.010) for part in block]
