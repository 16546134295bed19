"""Underpants and bra, as on an invisible mannequin."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.garment_kit import creases, garment, hem_lines, smooth_table, surface_ring, tube_field
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import loft, smooth_path, tube
from prodgen_render.shapes.implicit import Field, capsule, in_depth, join

_NAMES = ("cotton", "silk", "nylon", "knit", "linen", "velvet")
_BOXERS = ("boxer", "boxers", "boxer briefs", "trunks", "平角", "四角")
_UP = np.array([0, 0, 1.0], np.float32)


def underpants(look: Look) -> list[Part]:
    """Briefs with a waistband; with short legs where the words say boxers."""
    legs = 0.085 if look.says(_BOXERS) else 0.0
    rise = 0.195 * look.uniform(0.85, 1.1) + legs
    seed = look.uniform(0, 6)
    crotch = legs
    heights = [crotch - 0.05, crotch, crotch + 0.05, crotch + 0.11, crotch + 0.17, crotch + 0.26]
    z, wide = smooth_table([0.06, 0.088, 0.142, 0.178, 0.172, 0.150], heights)
    _, deep = smooth_table([0.04, 0.062, 0.092, 0.110, 0.108, 0.094], heights)

    def field(p: Floats) -> Floats:
        out = np.maximum(tube_field(p, z, wide, deep, 2.3), crotch - 0.01 - p[:, 2])
        if legs:
            for side in (-1, 1):
                thigh = (side * 0.088, 0, crotch + 0.06), (side * 0.098, 0, -0.06)
                out = join(out, capsule(p, *thigh, 0.088, 0.080), 0.03)
        return np.asarray(out + creases(p, seed, 0.0012), np.float32)

    def keep(p: Floats) -> Floats:
        out = rise - p[:, 2]
        if legs:
            return np.asarray(np.minimum(out, p[:, 2]), np.float32)
        # The leg's opening rises to the hip, higher in front.
        high = np.where(p[:, 1] < 0, 0.125, 0.095)
        leg = p[:, 2] - high * np.clip((np.abs(p[:, 0]) - 0.042) / 0.132, 0, 1.25) ** 1.2
        return np.asarray(np.minimum(out, leg), np.float32)

    bounds = ((-0.21, -0.15, -0.03), (0.21, 0.15, rise + 0.03))
    parts = garment(look, field, bounds, keep, prints=False, cell=0.0062, names=_NAMES)
    cloth = look.solid(*_NAMES)
    band = look.plain("knit", look.accent(look.colour()) if look.chance(0.4) else mix(look.colour(), (0, 0, 0), 0.12))
    rings = [
        surface_ring(field, np.array([0, 0, rise - 0.033 + dz], np.float32), _UP, 0.3, 100)
        for dz in np.linspace(0, 0.036, 6)
    ]
    swell = [1.002, 1.016, 1.018, 1.018, 1.016, 1.0]
    parts.append(
        loft(np.stack([ring * [s, s, 1] for ring, s in zip(rings, swell, strict=True)]).astype(np.float64), band)
    )
    if legs:
        for side in (-1, 1):
            parts += hem_lines(field, np.array([side * 0.096, 0, 0.001], np.float32), _UP, 0.13, cloth)
    return parts + _pouch(field, crotch, rise, cloth)


def _pouch(field: Field, low: float, high: float, cloth: Material) -> list[Part]:
    """The seams of the front."""
    dark = cloth.but(colour=tuple(0.72 * c for c in cloth.colour), bump=None, texture=None)
    t = np.linspace(0, 1, 24, dtype=np.float32)
    parts = []
    for side in (-1, 1):
        x = (side * (0.026 + 0.042 * np.sin(np.pi * 0.75 * t) * t)).astype(np.float32)
        z = (low + 0.012 + (high - 0.045 - low) * t).astype(np.float32)
        parts.append(tube(np.stack([x, -in_depth(field, x, z, 0.3) - 0.0004, z], -1), 0.0009, dark, segments=6))
    return parts


def bra(look: Look) -> list[Part]:
    """A bra: moulded cups on a band, with straps over the shoulders."""
    full = look.uniform(0.92, 1.1)
    seed = look.uniform(0, 6)
    z, wide = smooth_table([0.132, 0.140, 0.152, 0.158, 0.150], [-0.05, 0.0, 0.06, 0.13, 0.24])
    _, deep = smooth_table([0.086, 0.092, 0.100, 0.100, 0.080], [-0.05, 0.0, 0.06, 0.13, 0.24])

    def field(p: Floats) -> Floats:
        gap = ((np.abs(p[:, 0]) - 0.074) / 0.055) ** 2 + ((p[:, 2] - 0.068) / 0.058) ** 2
        bust = 0.046 * full * np.exp(-0.9 * gap) * (p[:, 1] < 0)
        return np.asarray((tube_field(p, z, wide, deep, 2.2) - bust) * 0.85 + creases(p, seed, 0.0005), np.float32)

    def keep(p: Floats) -> Floats:
        x = np.abs(p[:, 0]) - 0.074
        # Round below; above the edge falls from the strap to the middle and to the side.
        top = 0.128 - np.where(x < 0, 0.85 * x**2 / 0.074 + 0.35 * np.abs(x), 0.75 * x)
        cup = np.minimum(top - p[:, 2], p[:, 2] - 0.006)
        back = np.minimum(p[:, 2] - 0.004, 0.052 - p[:, 2])
        centre = 0.052 - p[:, 2] + 0 * x
        front = np.maximum(np.minimum(cup, 0.095 - x), np.minimum(centre, p[:, 2] - 0.006))
        return np.asarray(np.where(p[:, 1] < 0, front, back), np.float32)

    bounds = ((-0.20, -0.19, -0.03), (0.20, 0.14, 0.20))
    parts = garment(look, field, bounds, keep, prints=False, cell=0.0052, names=_NAMES)
    cloth = look.solid(*_NAMES)
    trim = cloth.but(colour=tuple(0.86 * c for c in cloth.colour), texture=None)
    rings = [
        surface_ring(field, np.array([0, 0, 0.004 + dz], np.float32), _UP, 0.3, 110) for dz in np.linspace(0, 0.012, 4)
    ]
    parts.append(
        loft(
            np.stack([r * [s, s, 1] for r, s in zip(rings, (1.0, 1.012, 1.012, 1.0), strict=True)]).astype(np.float64),
            trim,
        )
    )
    dark = cloth.but(colour=tuple(0.7 * c for c in cloth.colour), bump=None, texture=None)
    for side in (-1, 1):
        at = np.array([side * 0.082], np.float32), np.array([0.120], np.float32)
        y = -float(in_depth(field, *at, 0.3)[0])
        way = [
            (side * 0.082, y, 0.116),
            (side * 0.080, y * 0.86, 0.185),
            (side * 0.076, -0.02, 0.262),
            (side * 0.070, 0.035, 0.255),
            (side * 0.066, 0.086, 0.16),
            (side * 0.066, 0.099, 0.048),
        ]
        parts.append(tube(smooth_path(way, 60), 0.0062, trim, flatten=0.22, up=(0, -1, 0.3), segments=14))
        t = np.linspace(0, np.pi, 30)
        x, height = side * (0.074 - 0.056 * np.cos(t)), 0.062 - 0.050 * np.sin(t)
        wire = in_depth(field, x.astype(np.float32), height.astype(np.float32), 0.3) + 0.0006
        parts.append(tube(np.stack([x, -wire, height], -1), 0.0013, dark, segments=8))
    return parts
