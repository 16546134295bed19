"""Brushes: for makeup, a handle, a ferrule of metal and a head of hairs; for the hair, pins in a cushion."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Part
from prodgen_render.shapes.geometry import bent, refine, revolve, slab, smooth_path, superellipse, tube

_SET = ("set", "kit", "pack", "套", "件", "支装")

_FOR_HAIR = ("hair brush", "hairbrush", "detangler", "paddle brush", "detangling", "气垫梳", "按摩梳", "梳子")


def makeup_brush(look: Look) -> list[Part]:
    """A powder brush that leans, five sizes side by side where the words speak of a set; a brush for the hair where they name one."""
    if look.says(_FOR_HAIR):
        return _paddle(look)
    if not look.says(_SET):
        return [part.turned(-14, "y") for part in _brush(look, 1.0, 1.0)]
    kinds = ((1.0, 1.0), (0.9, 0.8), (0.82, 0.62), (0.74, 0.42), (0.68, 0.28))
    return [
        part.turned(6 - 3 * k, "y").moved(x=0.046 * (k - 2))
        for k, (tall, full) in enumerate(kinds)
        for part in _brush(look, tall, full)
    ]


def _paddle(look: Look) -> list[Part]:
    """An oval head on a round handle, and in front a rubber cushion with pins; it stands on its handle."""
    shell = look.solid("lacquer", "wood", "bamboo", "matte plastic", default="#1d1d1f")
    wide, tall, low, deep = 0.076, 0.112, 0.118, 0.014
    head = slab(superellipse(wide, tall, 2.7), deep, 0.005, shell).moved(z=-deep / 2)
    pad = slab(superellipse(wide * 0.86, tall * 0.86, 2.5), 0.006, 0.004, look.plain("rubber", "#26262a")).moved(
        z=deep / 2 - 0.001
    )
    pin = tube(
        [(0, 0, deep / 2 + 0.003), (0, 0, deep / 2 + 0.018)],
        [0.0008, 0.0010],
        look.plain("plastic", "#3a3a3e"),
        segments=6,
    )
    rows = [(0.0085 * i, 0.0085 * j + 0.00425 * (i % 2)) for i in range(-4, 5) for j in range(-7, 7)]
    places = [(x, y) for x, y in rows if (x / (wide * 0.36)) ** 2 + (y / (tall * 0.38)) ** 2 < 1]
    upright = [
        part.turned(90, "x").moved(z=low + tall / 2) for part in (head, pad, *(pin.moved(x=x, y=y) for x, y in places))
    ]
    t = np.linspace(0, 1, 30)
    line = np.stack([0 * t, 0 * t, (low + 0.012) * t], -1)
    grip = np.interp(t, [0, 0.06, 0.35, 0.8, 1], [0.009, 0.0125, 0.0115, 0.0085, 0.012])
    return [part.turned(-8, "y") for part in (*upright, tube(line, grip, shell, segments=32))]


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
