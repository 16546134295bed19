"""Glasses and sunglasses."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import metal_or
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import slab, smooth_path, superellipse, tube

_DARK = ("sunglasses", "sunglass", "shades", "polarized", "太阳镜", "墨镜", "偏光")
_ROUND = ("round", "aviator", "圆框", "飞行员")
_FRAMES = ("plastic", "matte plastic", "metal", "steel", "gold", "brass", "aluminium", "bamboo", "wood")


def glasses(look: Look) -> list[Part]:
    """Two lenses in rims, a bridge, and temples that go back over the ears; dark where they are for the sun."""
    dark, round_lens = look.says(_DARK), look.says(_ROUND)
    frame = metal_or(look, *_FRAMES, default="#26272a")
    wide, high = 0.052 * look.uniform(0.95, 1.08), (0.048 if round_lens else 0.040) * look.uniform(0.95, 1.05)
    glass = look.plain("glass", "#f4f8f8")
    tint = Material("lens", (0.012, 0.013, 0.016), 0.06, coat=1.0) if dark else glass
    thick = 0.0013 if frame.metallic else 0.0028
    shape = superellipse(wide, high, 2.2 if round_lens else 3.2)
    gap, level = wide / 2 + 0.009, 0.024
    parts: list[Part] = []
    for side in (-1, 1):
        rim = np.stack([shape[:, 0] + side * gap, 0 * shape[:, 0], shape[:, 1] + level], -1)
        parts.append(tube(np.concatenate([rim, rim[:2]]), thick, frame, caps=False, up=(0, 1, 0), segments=14))
        lens = slab(shape, 0.0016, 0.0006, tint).turned(90, "x")
        parts.append(lens.moved(x=side * gap, y=0.0008, z=level))
        hinge, ear = side * (gap + wide / 2), side * 0.070
        arm = [
            (hinge, 0, level + 0.006),
            (hinge + side * 0.004, 0.01, level + 0.006),
            (ear, 0.06, level + 0.006),
            (ear, 0.10, level + 0.003),
            (ear * 0.97, 0.138, level - 0.024),
        ]
        parts.append(tube(smooth_path(arm, 50), 1.15 * thick, frame, flatten=0.8, segments=14))
    bridge = smooth_path([(-0.011, 0, level + 0.006), (0, -0.002, level + 0.010), (0.011, 0, level + 0.006)], 16)
    return [*parts, tube(bridge, thick, frame, segments=14)]
