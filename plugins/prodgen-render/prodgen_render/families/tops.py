"""Tops as on an invisible mannequin: T-shirt and sweater."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from prodgen_render.families.garment_kit import (
    COTTONS,
    collar,
    creases,
    garment,
    hem_lines,
    smooth_table,
    surface_ring,
    tube_field,
)
from prodgen_render.geometry import loft
from prodgen_render.implicit import capsule, join
from prodgen_render.looks import Look
from prodgen_render.model import Floats, Material, Part
from prodgen_render.patterns import mix


def tshirt(look: Look) -> list[Part]:
    """A short-sleeved T-shirt with a round neck."""
    return _top(
        look, sleeve=look.uniform(0.19, 0.22), prints=look.pattern_name == "logo" or look.chance(0.25), names=COTTONS
    )


def sweater(look: Look) -> list[Part]:
    """A long-sleeved pullover with ribbed cuffs, hem and collar."""
    return _top(
        look,
        sleeve=0.58,
        prints=look.pattern_name == "logo",
        names=("knit", "wool", "cotton", "velvet", "linen", "nylon"),
        loose=1.06,
    )


def _top(look: Look, *, sleeve: float, prints: bool, names: tuple[str, ...], loose: float = 1.0) -> list[Part]:
    half = 0.245 * look.uniform(0.96, 1.06) * loose
    length = 0.73 * look.uniform(0.95, 1.05)
    long = sleeve > 0.3
    shoulder = length - 0.075
    heights = [-0.06, 0.1, 0.28, 0.42, shoulder - 0.05, shoulder + 0.005, length - 0.035, length, length + 0.04]
    z, w = smooth_table(
        [half, half * 0.985, half * 0.97, half * 0.98, half * 0.95, half * 0.84, 0.158, 0.100, 0.03], heights
    )
    _, d = smooth_table([0.118, 0.116, 0.112, 0.116, 0.104, 0.092, 0.078, 0.066, 0.05], heights)
    d = [v * loose for v in d]
    seed = look.uniform(0, 6)
    drop = np.radians(64 if long else 40)
    ends, starts = [], []
    for side in (-1, 1):
        start = np.array([side * half * 0.80, 0.0, shoulder - 0.050], np.float32)
        starts.append(start)
        ends.append(start + np.array([side * np.cos(drop), 0, -np.sin(drop)], np.float32) * (sleeve + 0.06))
    wrist = 0.046 if long else 0.074

    def field(p: Floats) -> Floats:
        out = tube_field(p, z, w, d)
        for start, end in zip(starts, ends, strict=True):
            arm = capsule(p, start, end, 0.080 * loose, wrist, flatten=0.72)
            out = join(out, arm, 0.04)
        return out + creases(p, seed, 0.0042)

    def keep(p: Floats) -> Floats:
        front = p[:, 1] < 0
        deep = np.where(front, 0.088, 0.026)
        neck = ((p[:, 0] / 0.092) ** 2 + ((p[:, 2] - length) / deep) ** 2) - 1
        out = np.minimum(p[:, 2], np.where(p[:, 2] > length - 0.1, neck * 0.06, 1.0))
        out = np.minimum(out, length - p[:, 2])
        body = tube_field(p, z, w, d)
        for start, end in zip(starts, ends, strict=True):
            axis = (end - start) / np.linalg.norm(end - start)
            of_arm = capsule(p, start, end, 0.080 * loose, wrist, flatten=0.72) < body
            out = np.where(of_arm, np.minimum(out, sleeve - (p - start) @ axis), out)
        return np.asarray(out, np.float32)

    reach = float(max(np.abs(ends[0][0]) + 0.09, half + 0.02))
    parts = garment(
        look, field, ((-reach, -0.17, -0.03), (reach, 0.17, length + 0.03)), keep, prints=prints, names=names
    )
    plain = look.solid(*names)
    rib = look.plain("knit", mix(look.colour(), (0, 0, 0), 0.06)) if long else plain
    t = np.linspace(0, np.pi, 60)
    x = 0.092 * np.cos(t)
    halves = []
    for deep, sign in ((0.088, -1), (0.026, 1)):
        zz = length - deep * np.sin(t)
        ww, dd = np.interp(zz, z, w), np.interp(zz, z, d)
        y = sign * dd * np.maximum(1 - (np.abs(x) / ww) ** 2.5, 0) ** (1 / 2.5)
        halves.append(np.stack([x, y, zz], -1))
    curve = np.concatenate([halves[0][1:-1], halves[1][::-1][1:-1]])
    parts.append(collar(curve, 0.0050 if long else 0.0036, rib))
    if long:
        return parts + _bands(field, starts, ends, sleeve, rib)
    up = np.array([0, 0, 1.0], np.float32)
    parts += hem_lines(field, np.array([0, 0, 0.001], np.float32), up, 0.4, plain)
    for start, end in zip(starts, ends, strict=True):
        axis = (start - end) / np.linalg.norm(end - start)
        parts += hem_lines(field, start - axis * sleeve, axis, 0.12, plain)
    return parts


def _bands(
    field: Callable[[Floats], Floats], starts: list[Floats], ends: list[Floats], sleeve: float, rib: Material
) -> list[Part]:
    bands = []
    for start, end in zip(starts, ends, strict=True):
        axis = (end - start) / np.linalg.norm(end - start)
        rings = [surface_ring(field, start + axis * (sleeve - 0.05 + 0.053 * k / 5), axis, 0.12) for k in range(6)]
        middles = [ring.mean(0) for ring in rings]
        skin = np.stack(
            [m + (r - m) * (1.04 if 0 < k < 5 else 1.0) for k, (r, m) in enumerate(zip(rings, middles, strict=True))]
        )
        bands.append(loft(skin.astype(np.float64), rib))
    rings = [
        surface_ring(field, np.array([0, 0, 0.001 + 0.055 * k / 5], np.float32), np.array([0, 0, 1.0]), 0.4, 120)
        for k in range(6)
    ]
    skin = np.stack([r * [1.012, 1.03, 1] if 0 < k < 5 else r * [1.0, 1.0, 1] for k, r in enumerate(rings)])
    bands.append(loft(skin.astype(np.float64), rib))
    return bands
