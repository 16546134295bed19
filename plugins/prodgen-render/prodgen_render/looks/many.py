"""Patterns of many colours: rainbow stripes, confetti dots."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw

from prodgen_render.looks.patterns import Srgb

RAINBOW: tuple[Srgb, ...] = (
    (208, 52, 56),
    (236, 130, 46),
    (244, 200, 66),
    (76, 158, 96),
    (52, 112, 186),
    (124, 84, 164),
)
MUTED: tuple[Srgb, ...] = (
    (190, 84, 68),
    (226, 168, 82),
    (238, 226, 200),
    (92, 144, 138),
    (52, 78, 112),
    (206, 148, 140),
)
"""What goes together where no rainbow is asked for."""


def draw_many(
    name: str, width: int, height: int, base: Srgb, inks: tuple[Srgb, ...], rng: np.random.Generator, repeat: float
) -> Image.Image:
    """A picture of stripes that leave no ground between them, or of dots on one. It tiles sideways.

    Args:
        name: stripes or dots.
        inks: the colours, in the order of the stripes.
        repeat: how many periods of a pattern in two colours fit across the width.

    >>> draw_many("stripes", 64, 32, (0, 0, 0), RAINBOW, np.random.default_rng(0), 4).size
    (64, 32)
    """
    w, h = 2 * width, 2 * height
    picture = Image.new("RGB", (w, h), base)
    draw = ImageDraw.Draw(picture)
    period = w / max(1, round(repeat))
    if name == "stripes":
        count = len(inks) * max(1, round(h / (0.55 * period * len(inks))))
        for i in range(count):
            draw.rectangle([0, i * h / count, w, (i + 1) * h / count], fill=inks[i % len(inks)])
    else:
        radius, step = 0.22 * period, 0.5 * period
        for row in range(-1, math.ceil(h / step) + 1):
            order = rng.integers(len(inks), size=round(repeat))
            for column in range(-1, round(repeat) + 1):
                x, y = (column + 0.5 * (row % 2) + 0.25) * period, (row + 0.5) * step
                draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=inks[order[column % len(order)]])
    return picture.resize((width, height), Image.Resampling.BOX)
