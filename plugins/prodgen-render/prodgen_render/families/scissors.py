"""Scissors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import planar_uv, slab, smooth_path, tube

_OPEN = 11.0
"""Degrees that each half is turned about the screw."""


def scissors(look: Look) -> list[Part]:
    """A pair a little open, upright on its handles as it leans back: two blades about a screw, a loop for the thumb and a longer one."""
    size = look.uniform(0.92, 1.08) * (0.72 if look.says(("nail", "embroidery", "眉", "美容", "小号")) else 1.0)
    steel = look.plain("steel").but(roughness=0.28)
    bare = look.material_name in ("steel", "metal") and not look.colour_name
    grip = look.part("handle", steel if bare else look.solid("plastic", "rubber", "matte plastic", default="#c3272b"))
    parts = []
    for side in (-1, 1):
        outline = np.array(
            [
                (-0.0095, 0.0),
                (-0.006, 0.098),
                (-0.0035, 0.112),
                (0.0030, 0.090),
                (0.0085, 0.020),
                (0.0095, 0.0),
                (0.0085, -0.016),
                (-0.006, -0.018),
            ]
        ) * [side, 1]
        curve = _closed(outline if side > 0 else outline[::-1])
        blade = planar_uv(slab(curve, 0.0022, 0.0006, steel), "z")
        half = [blade, *_loop(side, grip)]
        parts += [part.turned(side * _OPEN).moved(z=0.0012 * side) for part in half]
    screw = lathe(
        [(1e-4, 0), (0.0050, 0), (0.0044, 0.0014), (1e-4, 0.0018)], [0, 0.0003, 0.0005, 0], steel.but(bump=None), 40
    )
    parts += [screw.moved(z=0.0034), screw.scaled(1, 1, -1).moved(z=-0.0012)]
    parts = [part.turned(78, "x").scaled(float(size)) for part in parts]
    low = min(float(part.vertices[:, 2].min()) for part in parts)
    return [part.moved(z=-low) for part in parts]


def _closed(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """An outline through corners with straight sides, finely divided, counter-clockwise."""
    ends = np.roll(corners, -1, 0)
    line = np.concatenate(
        [a + (b - a) * np.linspace(0, 1, 10, endpoint=False)[:, None] for a, b in zip(corners, ends, strict=True)]
    )
    area = float(np.sum(line[:, 0] * np.roll(line[:, 1], -1) - np.roll(line[:, 0], -1) * line[:, 1]))
    return line if area > 0 else line[::-1]


def _loop(side: int, grip: Material) -> list[Part]:
    """A handle that grows out of a blade below the screw."""
    long = 0.036 if side > 0 else 0.028
    angle = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    middle = np.array([side * 0.0165, -0.040 - long])
    ring = middle + np.stack([0.0155 * np.cos(angle), (long - 0.004) * np.sin(angle)], -1)
    lean = np.radians(9 * side)
    about = np.array([[np.cos(lean), -np.sin(lean)], [np.sin(lean), np.cos(lean)]])
    ring = (ring - middle) @ about.T + middle
    flat = np.column_stack([ring, np.full(64, 0.0011)])
    stem = smooth_path([(0, -0.006, 0.0011), (side * 0.004, -0.030, 0.0011), (side * 0.011, -0.046, 0.0011)], 20)
    return [
        tube(flat, 0.0052, grip, segments=18, closed=True, flatten=0.8, up=(0, 0, 1)),
        tube(stem, np.linspace(0.0085, 0.0062, 20), grip, segments=18, flatten=0.62),
    ]
