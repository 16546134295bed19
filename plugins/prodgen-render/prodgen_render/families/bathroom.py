"""Shower heads."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe, metal_or
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import rounded_rectangle, slab, smooth_path, superellipse, tube

_OVERHEAD = ("rain", "rainfall", "overhead", "fixed", "顶喷", "大花洒", "淋浴顶")
_SQUARE = ("square", "方形")


def shower_head(look: Look) -> list[Part]:
    """One with a handle, its nozzles to the front; or a plate on an arm from the wall, tilted so that they are seen."""
    plated = not look.colour_name and not look.material_name
    body = look.plain("metal", look.note((198, 200, 203), "metal")) if plated else metal_or(look, "metal", "steel", "brass", "copper", "plastic", "matte plastic")  # fmt: skip
    body = body.but(bump=None, roughness=min(body.roughness, 0.16)) if body.metallic else body
    plate = look.plain("matte plastic", "#eceded" if not look.says(("black", "黑")) else "#2a2b2d")
    rubber = look.plain("rubber", "#8f9498").but(bump=None)
    if look.says(_OVERHEAD):
        return _overhead(look, body, rubber)
    radius = 0.058 * look.uniform(0.9, 1.15)
    # The head's axis is z; it is turned to the front afterwards.
    bowl = [(1e-4, -0.030), (radius * 0.45, -0.028), (radius * 0.92, -0.010), (radius, 0.004), (radius * 0.97, 0.010), (radius * 0.90, 0.010)]  # fmt: skip
    head = [
        lathe(bowl, [0, 0.02, 0.02, 0.006, 0.003, 0], body),
        lathe([(radius * 0.91, 0.0095), (radius * 0.5, 0.0115), (1e-4, 0.012)], [0, 0.02, 0], plate),
        *_nozzles(radius * 0.80, 4, 0.0112, 0.0022, rubber),
    ]
    parts = [part.turned(90 - 14, "x").moved(y=-0.018, z=0.235) for part in head]
    way = smooth_path([(0, -0.002, 0.230), (0, 0.006, 0.188), (0, 0.010, 0.12), (0, 0.006, 0.025)], 60)
    thick = np.interp(np.linspace(0, 1, 60), [0, 0.12, 0.4, 0.8, 1], [0.019, 0.0155, 0.0125, 0.0135, 0.0115])
    thread = [(0.0095, 0.0), *((0.0095 + 0.0009 * (k % 2), 0.0012 * k) for k in range(1, 15)), (0.0095, 0.020)]
    screw = lathe(thread, 0.0003, look.plain("metal").but(bump=None), 48).moved(y=0.006)
    nut = lathe([(0.0115, 0.018), (0.0145, 0.020), (0.0145, 0.030), (0.0125, 0.033)], 0.001, body, 48).moved(y=0.006)
    return [*parts, tube(way, thick, body, segments=40), screw, nut]


def _overhead(look: Look, body: Material, rubber: Material) -> list[Part]:
    wide = 0.125 * look.uniform(0.9, 1.1)
    square = look.says(_SQUARE)
    outline = rounded_rectangle(2 * wide, 2 * wide, 0.02, corner=10, side=20) if square else superellipse(2 * wide, 2 * wide, samples=160)  # fmt: skip
    plate = [
        slab(outline, 0.010, 0.003, body),
        *_nozzles(wide * 0.86, 7, 0.0002, 0.0030, rubber, square=square, down=True),
    ]
    joint = lathe([(0.028, 0.009), (0.022, 0.020), (0.013, 0.026), (0.013, 0.048)], 0.004, body, 48)
    # It hangs from an arm; tilted, so that one sees the nozzles.
    head = [part.moved(z=-0.048).turned(-26, "x") for part in (*plate, joint)]
    arm = smooth_path([(0, 0, -0.006), (0, 0.010, 0.030), (0, 0.060, 0.055), (0, 0.16, 0.058), (0, 0.26, 0.040)], 60)
    rose = (
        lathe([(1e-4, 0), (0.030, 0), (0.030, 0.004), (0.013, 0.012)], 0.002, body, 64)
        .turned(90, "x")
        .moved(y=0.268, z=0.039)
    )
    return [part.moved(z=0.16) for part in (*head, tube(arm, 0.0105, body, segments=32), rose)]


def _nozzles(
    reach: float, rings: int, z: float, size: float, rubber: Material, *, square: bool = False, down: bool = False
) -> list[Part]:
    """Small knobs in rings or rows."""
    sign = -1 if down else 1
    knob = lathe([(size, 0), (size * 0.8, size * 0.7), (1e-4, size * 0.75)], size * 0.2, rubber, 12)
    knob = knob.turned(180, "x") if down else knob
    if square:
        row = np.linspace(-reach, reach, 2 * rings)
        places = np.stack(np.meshgrid(row, row), -1).reshape(-1, 2)
    else:
        rounds = [np.linspace(0, 2 * np.pi, 6 * k, endpoint=False) + 0.2 * k for k in range(1, rings + 1)]
        places = np.concatenate(
            [reach * k / rings * np.stack([np.cos(a), np.sin(a)], -1) for k, a in enumerate(rounds, 1)]
        )
    return [knob.moved(float(x), float(y), z * abs(sign)) for x, y in places]
