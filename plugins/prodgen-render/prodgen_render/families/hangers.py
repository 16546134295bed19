"""Clothes hangers."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import smooth_path, tube


def hanger(look: Look) -> list[Part]:
    """Two sloped arms with a bar below them and a hook; thin where it is of velvet or wire, round where of wood."""
    wide = 0.44 * look.uniform(0.95, 1.03) * (0.72 if look.says(("kids", "baby", "children", "儿童", "宝宝")) else 1.0)
    body = look.main(
        "wood",
        "walnut",
        "bamboo",
        "plastic",
        "velvet",
        "steel",
        "matte plastic",
        "rubber",
        extent=(0.45, 0.05),
        period=0.03,
    )
    steel = look.plain("steel").but(bump=None, roughness=0.2)
    thin = body.name in ("velvet", "plastic", "matte plastic", "rubber")
    wire = body.name in ("steel",)
    half = wide / 2
    arms = [
        (-half, 0.006, 0.0),
        (-half * 0.92, 0.002, 0.022),
        (-half * 0.45, -0.004, 0.078),
        (0, -0.006, 0.104),
        (half * 0.45, -0.004, 0.078),
        (half * 0.92, 0.002, 0.022),
        (half, 0.006, 0.0),
    ]
    path = smooth_path(arms, 90)
    broad = np.abs(np.linspace(-1, 1, 90))
    thick = 0.0018 if wire else 0.0058 if thin else 0.0105
    radius = thick * (1 + (0 if wire else 0.30) * (1 - broad)) * np.where(broad > 0.985, 0.85, 1.0)
    parts = [tube(path, radius, body, segments=20, flatten=0.62 if thin else 0.78, up=(0, 1, 0))]
    low = [
        (-half * 0.96, 0.005, 0.004),
        (-half * 0.90, 0.004, -0.010),
        (half * 0.90, 0.004, -0.010),
        (half * 0.96, 0.005, 0.004),
    ]
    bar = np.array(low) if wire else smooth_path(low, 40)
    parts.append(
        tube(
            bar,
            0.0018 if wire else 0.0038 if thin else 0.0058,
            body if thin or wire else body.but(bump=None),
            segments=16,
        )
    )
    a = np.linspace(-0.62 * np.pi, 0.95 * np.pi, 50)[::-1]
    bow = np.column_stack([0.021 * np.cos(a), 0 * a - 0.006, 0.172 + 0.021 * np.sin(a)])
    stem = [(0, -0.006, 0.104), (0, -0.006, 0.128)]
    turn = smooth_path([stem[0], stem[1], (0.002, -0.006, 0.142), tuple(bow[-1])], 16)
    parts.append(tube(np.concatenate([turn, bow[::-1][1:]]), 0.0019, steel, segments=14))
    if not wire:
        parts.append(
            lathe(
                [(1e-4, 0.106), (0.0052, 0.108), (0.0046, 0.118), (1e-4, 0.119)], [0, 0.001, 0.001, 0], steel, 32
            ).moved(y=-0.006)
        )
    if thin:
        for side in (-1, 1):
            notch = smooth_path(
                [
                    (side * half * 0.60, -0.003, 0.066),
                    (side * half * 0.585, -0.003, 0.076),
                    (side * half * 0.55, -0.003, 0.079),
                ],
                12,
            )
            parts.append(tube(notch, 0.0030, body, segments=12))
    return [part.moved(z=0.012) for part in parts]
