"""Makeup brush: a handle, a ferrule of metal and a head of hairs."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Part
from prodgen_render.shapes.geometry import bent, refine, revolve, smooth_path, tube

_SET = ("set", "kit", "pack", "套", "件", "支装")


def makeup_brush(look: Look) -> list[Part]:
    """A powder brush that leans; five sizes side by side where the words speak of a set."""
    if not look.says(_SET):
        return [part.turned(-14, "y") for part in _brush(look, 1.0, 1.0)]
    kinds = ((1.0, 1.0), (0.9, 0.8), (0.82, 0.62), (0.74, 0.42), (0.68, 0.28))
    return [
        part.turned(6 - 3 * k, "y").moved(x=0.046 * (k - 2))
        for k, (tall, full) in enumerate(kinds)
        for part in _brush(look, tall, full)
    ]


def _brush(look: Look, tall: float, full: float) -> list[Part]:
    """An upright brush; `tall` and `full` are its length and the width of its head, as shares of the largest."""
    grip = look.solid("lacquer", "wood", "bamboo", "matte plastic", "metal", default="#1d1d1f")
    ferrule = look.plain("metal", "#d9a08f") if look.says(("rose gold", "玫瑰金")) else look.plain("brass")
    hairs = look.plain("velvet", look.accent(look.colour("#1d1d1f"), "#5a4030"))
    low, neck, width = 0.098 * tall, 0.135 * tall, 0.0075 + 0.005 * full
    handle = smooth_path(
        [
            (0.0028, 0.0),
            (0.0058, 0.006),
            (0.0048 + 0.001 * full, 0.045 * tall),
            (0.0062 + 0.0025 * full, low - 0.004),
            (0.0062 + 0.003 * full, low),
        ],
        40,
    )
    parts = [revolve(refine(np.concatenate([[[1e-4, 0.0]], handle]), 0.004), grip, 48)]
    parts.append(
        lathe(
            [(0.0066 + 0.003 * full, low - 0.006), (0.0068 + 0.0032 * full, low), (width, neck), (width * 0.9, neck)],
            [0, 0.002, 0.001, 0],
            ferrule.but(bump=None),
            64,
        )
    )
    for z in (low + 0.004, low + 0.008):
        a = np.linspace(0, 2 * np.pi, 49)[:-1]
        r = np.interp(z, [low, neck], [0.0068 + 0.0032 * full, width]) + 0.0002
        parts.append(
            tube(np.stack([r * np.cos(a), r * np.sin(a), z + 0 * a], -1), 0.0006, ferrule, segments=8, closed=True)
        )
    head = 0.042 * (0.55 + 0.45 * full)
    belly = width * (1.25 + 0.55 * full)
    crown = smooth_path(
        [
            (width * 0.9, neck - 0.002),
            (belly, neck + head * 0.55),
            (belly * 0.9, neck + head * 0.80),
            (belly * 0.5, neck + head * 0.97),
            (1e-4, neck + head),
        ],
        60,
    )
    brush = revolve(refine(crown, 0.0015), hairs, 160)

    def strands(v: Floats) -> Floats:
        """Fine grooves from the ferrule to the tips."""
        turn, up = np.arctan2(v[:, 1], v[:, 0]), np.clip((v[:, 2] - neck) / head, 0, 1)
        groove = 1 + 0.02 * np.sin(41 * turn + 3 * np.sin(9 * turn)) * np.sqrt(up)
        return np.column_stack([v[:, :2] * groove[:, None], v[:, 2] + 0.0012 * np.sin(57 * turn) * up**3])

    return [*parts, bent(brush, strands)]
