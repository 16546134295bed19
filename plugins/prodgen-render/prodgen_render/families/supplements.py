"""What vitamins, tablets and powders to drink come in: an opaque bottle, or a tub."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import cap, lathe, wrap_label
from prodgen_render.looks.look import Look
from prodgen_render.model import Part

SUPPLEMENTS = (
    "vitamin", "vitamins", "multivitamin", "multivitamins", "supplement", "supplements", "capsules", "softgels", "tablets", "gummies", "probiotic", "probiotics", "omega-3", "fish oil", "collagen", "melatonin", "whey", "protein powder", "creatine", "chewing gum",
    "维生素", "钙片", "胶囊", "鱼油", "益生菌", "褪黑素", "辅酶", "葡萄糖胺", "蛋白粉", "口香糖",
)  # fmt: skip
_POWDERS = ("whey", "protein powder", "creatine", "mass gainer", "pre-workout", "蛋白粉", "增肌粉")


def supplement(look: Look) -> list[Part]:
    """A bottle of plastic with a ribbed cap and a label all around; powder in a tub whose lid is as wide as it is."""
    tub = look.says(_POWDERS)
    radius = 0.030 * look.uniform(0.92, 1.12)
    high = 0.105 * look.uniform(0.9, 1.12)
    if tub:
        radius, high = 2.6 * radius, 2.1 * high
    white = look.plain("plastic", "#f6f5f2")
    shell = look.plain("plastic", look.colour("#1d1d1f" if tub else "#f6f5f2"))
    look.note(look.colour("#1d1d1f" if tub else "#f6f5f2"), "plastic")
    neck, body_top = radius * (0.97 if tub else 0.80), high * (0.86 if tub else 0.78)
    wall = [(1e-4, 0.002), (radius * 0.85, 0), (radius, 0), (radius, body_top), (neck, body_top + radius * 0.22)]
    parts = [
        lathe([*wall, (neck, high - 0.004)], [0, 0.002, 0.006, radius * 0.16, 0.003, 0], shell, 112),
        cap(
            neck * 1.07, high - high * (0.11 if tub else 0.20), high, look.part("lid", shell if tub else white), ribs=int(72 * np.sqrt(radius / 0.03)), edge=0.0022
        ),
    ]  # fmt: skip
    ground = look.accent(look.colour("#1d1d1f" if tub else "#f6f5f2"), None if look.two_coloured or tub else "#2f62ad")
    if look.colour_name not in ("", "white"):
        ground = look.colour()
    label = wrap_label(look, radius + 0.0003, high * 0.09, body_top - high * 0.06, 1.0, ground, style="bare")
    return [*parts, label]
