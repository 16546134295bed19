"""Duffel bags: for travel and the gym."""

from __future__ import annotations

import numpy as np

from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import (
    bent,
    loft,
    rounded_rectangle,
    slab,
    smooth_path,
    superellipse,
    tube,
)

DUFFELS = (
    "duffel", "duffle", "gym bag", "weekender", "weekend bag", "holdall", "travel bag", "sports bag", "旅行袋", "旅行包", "健身包", "运动包", "手提旅行",
)  # fmt: skip


def duffel(look: Look) -> list[Part]:
    """A long round bag with a zip along its top, webbing around it that ends in two handles, and a pocket in front."""
    wide, deep, high = 0.50 * look.uniform(0.93, 1.08), 0.26, 0.27 * look.uniform(0.93, 1.06)
    names = ("nylon", "canvas", "leather", "cotton", "suede")
    shade = look.colour("#26272a")
    cloth = look.main(*names, extent=(1.5 * (deep + high), wide), default="#26272a", period=0.06)
    web = look.plain("nylon" if cloth.name != "leather" else "leather", mix(shade, (0, 0, 0), 0.35))
    metal = look.plain("steel").but(bump=None)
    outline = superellipse(1.0, 1.0, 2.7, 96)
    # (place along it, share of its section): the ends bulge a little.
    rows = [
        (-0.5, 1e-4),
        (-0.503, 0.55),
        (-0.498, 0.9),
        (-0.47, 1.0),
        (0.0, 1.03),
        (0.47, 1.0),
        (0.498, 0.9),
        (0.503, 0.55),
        (0.5, 1e-4),
    ]
    sections = []
    for x, share in smooth_path(rows, 64).clip([-1, 1e-4], None):
        y, z = outline[:, 0] * deep * share, outline[:, 1] * high * share
        sections.append(np.column_stack([np.full(96, x * wide), y, np.maximum(z, -high * 0.46)]))
    seed = look.uniform(0, 6)

    def slack(p: np.ndarray) -> np.ndarray:
        dent = 0.006 * np.sin(13 * p[:, 0] + seed) * np.sin(9 * p[:, 2] + 2 * seed)
        return np.asarray(p + np.stack([0 * dent, np.sign(p[:, 1]) * dent, dent * (p[:, 2] > 0)], -1), np.float32)

    parts = [bent(loft(np.stack(sections), cloth), slack)]
    around = superellipse(deep, high, 2.7, 80)
    for x in (-0.475 * wide, 0.475 * wide):
        ring = np.column_stack([np.full(80, x), around[:, 0] * 1.012, np.maximum(around[:, 1] * 1.012, -high * 0.465)])
        parts.append(tube(ring, 0.0042, web, segments=10, closed=True, up=(1, 0, 0)))
    zip_line = np.column_stack([np.linspace(-0.42, 0.42, 40) * wide, np.zeros(40), np.full(40, high * 0.515)])
    parts.append(tube(zip_line, 0.011, web, flatten=0.2, segments=14))
    parts.append(tube(zip_line + np.array([0, 0, 0.002]), 0.0030, metal, segments=10))
    for side in (-1, 1):
        for x in (-0.23 * wide, 0.23 * wide):
            t = np.linspace(-0.95, 0.72, 40)
            out, up = np.cos(t) ** (2 / 2.7) * 1.035, np.sign(np.sin(t)) * np.abs(np.sin(t)) ** (2 / 2.7)
            web_line = np.column_stack(
                [np.full(40, x), side * deep / 2 * out, np.maximum(high / 2 * 1.035 * up, -high * 0.46)]
            )
            parts.append(tube(web_line, 0.017, web, flatten=0.14, up=(0, float(side), 0), segments=16))
        top = high * 0.40
        way = [
            (-0.23 * wide, side * deep * 0.40, top),
            (-0.19 * wide, side * deep * 0.30, high * 0.72),
            (0, side * deep * 0.16, high * 0.92),
            (0.19 * wide, side * deep * 0.30, high * 0.72),
            (0.23 * wide, side * deep * 0.40, top),
        ]
        parts.append(tube(smooth_path(way, 50), 0.0125, web, flatten=0.42, up=(0, float(side), 0), segments=18))
    pocket = slab(
        rounded_rectangle(wide * 0.34, high * 0.42, 0.02),
        0.012,
        0.005,
        cloth.but(texture=None, colour=tuple(cloth.mean_colour)),
    )
    parts.append(pocket.turned(90, "x").moved(y=-deep / 2 * 1.02, z=-high * 0.08))
    parts.append(
        tube(
            [(-wide * 0.15, -deep * 0.545, high * 0.09), (wide * 0.15, -deep * 0.545, high * 0.09)],
            0.0030,
            metal,
            segments=10,
        )
    )
    return [part.moved(z=high * 0.47) for part in parts]
