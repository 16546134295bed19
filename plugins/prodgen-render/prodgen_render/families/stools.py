"""Stools, low ones and those of bars."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.seating import CLOTHS
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import loft, slab, smooth_path, superellipse, tube

_BAR = (
    "bar stool",
    "bar stools",
    "barstool",
    "barstools",
    "counter stool",
    "counter stools",
    "bar chair",
    "吧台",
    "高脚凳",
)
_BACKED = ("back", "backs", "backrest", "backed", "靠背", "bar chair", "吧台椅")


def stool(look: Look) -> list[Part]:
    """A round stool with three legs; a bar stool is higher and has four, and a back where the words say so."""
    seat, radius = 0.45 * look.uniform(0.9, 1.3), 0.17 * look.uniform(0.92, 1.08)
    bar, backed = look.says(_BAR), look.says(_BACKED)
    seat *= 1.4 if bar else 1
    wood = look.main("wood", "walnut", "bamboo", "steel", "iron", "matte plastic", extent=(0.35, 0.35))
    soft = look.material_name in CLOTHS
    top = look.main(*CLOTHS, extent=(0.35, 0.35), period=0.05) if soft else wood
    top = look.part("seat", top)
    parts = [
        slab(
            superellipse(2 * radius, 2 * radius, 2, 128), 0.055 if soft else 0.032, 0.024 if soft else 0.010, top
        ).moved(z=seat - 0.02)
    ]
    legs = look.part("legs", wood, metal=True)
    ring_z = seat * 0.36
    for angle in (45, 135, 225, 315) if bar or backed else (90, 210, 330):
        a = np.radians(angle)
        d = np.array([np.cos(a), np.sin(a), 0])
        low, high = d * radius * 1.05 + [0, 0, 0.006], d * radius * 0.62 + [0, 0, seat - 0.005]
        parts.append(tube(np.linspace(low, high, 12), np.linspace(0.012, 0.018, 12), legs, segments=28))
    a = np.linspace(0, 2 * np.pi, 60)
    r = radius * (1.05 - 0.43 * ring_z / seat) * 0.98
    parts.append(
        tube(np.stack([r * np.cos(a), r * np.sin(a), np.full(60, ring_z)], -1), 0.008, legs, segments=20, caps=False)
    )
    return [*parts, *_low_back(radius, seat, top, legs)] if backed else parts


def _low_back(radius: float, seat: float, cloth: Material, posts: Material) -> list[Part]:
    """A curved rest around the rear of a round seat, on two posts."""
    turn = np.radians(np.linspace(20, 160, 48))[:, None]
    around = np.linspace(0, 2 * np.pi, 32, endpoint=False)[None]
    # It is rounded at both ends.
    full = np.sqrt(np.clip(1 - np.abs(np.linspace(-1, 1, 48)) ** 8, 1e-4, 1))[:, None]
    out = radius * 1.02 + 0.014 * full * np.cos(around)
    high = seat + 0.23 + 0.055 * full * np.sign(np.sin(around)) * np.abs(np.sin(around)) ** 0.7
    parts = [loft(np.stack([out * np.cos(turn), out * np.sin(turn), high], -1), cloth)]
    for side in (-1, 1):
        x, y = side * radius * 0.55, radius * 0.86
        post = [(x * 0.9, y * 0.85, seat), (x, y, seat + 0.08), (x, y + 0.004, seat + 0.23)]
        parts.append(tube(smooth_path(post, 20), 0.010, posts, segments=20))
    return parts
