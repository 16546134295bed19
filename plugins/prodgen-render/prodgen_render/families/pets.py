"""What pets lie on and climb."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.seating import CLOTHS
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import bent, box, loft, slab, superellipse, tube


def pet_bed(look: Look) -> list[Part]:
    """A padded rim, lower in front, around a soft cushion."""
    wide, deep = 0.62 * look.uniform(0.92, 1.08), 0.50 * look.uniform(0.94, 1.06)
    cloth = look.main("wool", "velvet", *CLOTHS, extent=(0.5, 0.5), default="#8b8d90", period=0.06)
    rng = np.random.default_rng(5)
    a = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    low = 0.55 + 0.45 * np.clip(0.9 + np.sin(a), 0, 1)  # where one steps in
    around = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    thick = 0.082 * low * (1 + 0.05 * np.sin(16 * a) + 0.02 * rng.standard_normal(120))
    sections = np.empty((121, 40, 3))
    for row in range(121):
        k = row % 120
        out, up = thick[k] * np.cos(around), thick[k] * 1.15 * (1 + np.sin(around))
        sections[row] = np.stack(
            [(wide / 2 - 0.06 + out) * np.cos(a[k]), (deep / 2 - 0.06 + out) * np.sin(a[k]), up], -1
        )
    rim = loft(sections, cloth, flip=True)
    inner = look.plain(cloth.name, mix(look.colour("#8b8d90"), (250, 246, 238), 0.72)).but(texture=None)
    pad = slab(superellipse(wide - 0.16, deep - 0.16, 2.2, 120), 0.075, 0.035, inner)

    def dented(v: Floats) -> Floats:
        near = np.exp(-((v[:, 0] / (0.22 * wide)) ** 2 + (v[:, 1] / (0.22 * deep)) ** 2))
        return np.asarray(v - np.stack([0 * near, 0 * near, 0.022 * near * (v[:, 2] > 0.03)], -1), np.float32)

    return [rim, bent(pad, dented).moved(z=0.006)]


def cat_tree(look: Look) -> list[Part]:
    """Platforms and a house on posts that are wound with rope."""
    size = look.uniform(0.94, 1.06)
    plush = look.main("velvet", "wool", *CLOTHS, extent=(0.5, 0.5), default="#dcc9ad", period=0.06)
    rope = look.plain("canvas", "#c8a878")
    parts = _board(plush, 0.60, 0.48, 0.0, 0.0, 0.035)
    for x, y, low, high in (
        (-0.22, 0.10, 0.035, 1.16),
        (0.20, 0.12, 0.035, 0.86),
        (0.18, -0.14, 0.035, 0.40),
        (-0.02, 0.10, 0.86, 1.42),
    ):
        parts += _post(rope, x, y, low, high)
    parts += [part.moved(0.10, 0.0, 0.40) for part in _board(plush, 0.42, 0.42, 0.0, 0.0, 0.03)]
    parts += [part.moved(-0.16, 0.06, 0.40) for part in _house(look, plush)]
    parts += [part.moved(0.06, 0.09, 0.86) for part in _board(plush, 0.50, 0.38, 0.0, 0.0, 0.03)]
    parts += [part.moved(-0.22, 0.10, 1.15) for part in _board(plush, 0.30, 0.30, 0.0, 0.0, 0.03, round_=True)]
    parts += [part.moved(-0.02, 0.10, 1.41) for part in _board(plush, 0.34, 0.34, 0.0, 0.0, 0.03, round_=True)]
    a = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    edge = np.stack([-0.02 + 0.165 * np.cos(a), 0.10 + 0.165 * np.sin(a), np.full(60, 1.45)], -1)
    parts.append(tube(edge, 0.030, plush, closed=True, segments=20))
    return [part.scaled(size) for part in parts]


def _board(
    stuff: Material, wide: float, deep: float, x: float, y: float, thick: float, *, round_: bool = False
) -> list[Part]:
    return [slab(superellipse(wide, deep, 2.0 if round_ else 6.0, 120), thick, thick * 0.45, stuff).moved(x, y)]


def _post(rope: Material, x: float, y: float, low: float, high: float) -> list[Part]:
    t = np.linspace(0, 1, max(40, int((high - low) * 1400)))
    turns = (high - low) / 0.011
    a = 2 * np.pi * turns * t
    way = np.stack([x + 0.040 * np.cos(a), y + 0.040 * np.sin(a), low + (high - low) * t], -1)
    core = tube([(x, y, low), (x, y, high)], 0.040, rope.but(bump=None), segments=32)
    step = max(1, len(t) // int(turns * 12))
    return [core, tube(way[::step], 0.0056, rope, segments=6)]


def _house(look: Look, plush: Material) -> list[Part]:
    """A box with a round hole, which is dark inside."""
    parts = [p.moved(z=0.03) for p in box((0.30, 0.32, 0.30), 0.03, plush, steps=5, cells=8)]
    dark = look.plain("velvet", "#2a2622")
    hole = slab(superellipse(0.17, 0.17, 2.0, 80), 0.004, 0.001, dark).turned(90, "x").moved(y=-0.158, z=0.18)
    a = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    trim = np.stack([0.088 * np.cos(a), 0 * a - 0.162, 0.18 + 0.088 * np.sin(a)], -1)
    return [*parts, hole, tube(trim, 0.009, plush, closed=True, segments=14)]
