"""Tub: a cup of paper or plastic with a printed wall and a lid: noodles, yogurt, ice cream."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import loft

_WIDE = (
    "ice cream",
    "noodle",
    "ramen",
    "soup",
    "popcorn",
    "泡面",
    "方便面",
    "拉面",
    "冰淇淋",
    "冰激凌",
    "粉丝",
    "米线",
    "自热",
)


def tub(look: Look) -> list[Part]:
    """Wider at its top, a rolled rim, a flat lid; what is written goes around its front."""
    wide = look.says(_WIDE)
    top = (0.052 if wide else 0.038) * look.uniform(0.95, 1.06)
    high = (0.105 if wide else 0.085) * look.uniform(0.92, 1.1)
    low = top * 0.76
    colour = look.colour("#f4f3ef")
    printed = look.label("paper", (2 * np.pi * top, high), colour, (0.30, 0.10, 0.70, 0.90), style="panel")
    a = np.linspace(0, 2 * np.pi, 129)[:-1] - np.pi / 2 - np.pi
    rows = np.linspace(0, 1, 14)
    radius = low + (top - low) * rows
    wall = np.stack(
        [
            np.column_stack([r * np.cos(a), r * np.sin(a), np.full(len(a), 0.003 + (high - 0.008) * t)])
            for r, t in zip(radius, rows, strict=True)
        ]
    )
    white = look.plain("paper", "#f6f4ee")
    lid = look.part("lid", look.plain("lacquer", colour) if wide else look.plain("aluminium", "#d9dadc").but(bump=None))
    edge = [
        (top - 0.001, high - 0.010),
        (top + 0.0035, high - 0.009),
        (top + 0.0035, high - 0.002),
        (top - 0.002, high),
    ]
    return [
        loft(wall, printed),
        lathe([(1e-4, 0.004), (low * 0.94, 0.004), (low * 0.96, 0.0), (low, 0.004)], [0, 0.001, 0.001, 0], white, 120),
        lathe(edge, [0, 0.003, 0.003, 0], lid if wide else white, 120),
        lathe(
            [
                (top - 0.001, high - 0.0005),
                (top - 0.006, high + 0.0004),
                (top - 0.010, high - 0.003),
                (1e-4, high - 0.003),
            ],
            [0, 0.001, 0.002, 0],
            lid,
            120,
        ),
    ]
