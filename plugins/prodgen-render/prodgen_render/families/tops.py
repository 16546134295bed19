"""Tops as on an invisible mannequin: T-shirt, sweater and hoodie."""

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
from prodgen_render.geometry import loft, smooth_path, tube
from prodgen_render.implicit import capsule, ellipsoid, join, mesh
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


def hoodie(look: Look) -> list[Part]:
    """A sweater with its hood down, a pouch pocket and cords."""
    prints = look.pattern_name == "logo"
    names = ("cotton", "wool", "knit", "velvet", "linen", "nylon")
    return _top(look, sleeve=0.58, prints=prints, names=names, loose=1.08, hood=True)


def _top(
    look: Look, *, sleeve: float, prints: bool, names: tuple[str, ...], loose: float = 1.0, hood: bool = False
) -> list[Part]:
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
    if hood:

        def on_front(x: Floats, height: Floats, away: float) -> Floats:
            low, high = np.zeros(x.size, np.float32), np.full(x.size, 0.3, np.float32)
            for _ in range(20):
                middle = (low + high) / 2
                inside = field(np.stack([x.ravel(), -middle, height.ravel()], -1).astype(np.float32)) < 0
                low, high = np.where(inside, middle, low), np.where(inside, high, middle)
            return np.stack([x, -(low.reshape(x.shape) + away), height], -1)

        parts += _hood(curve, length, plain) + _pouch(on_front, length, plain)
    if long:
        return parts + _bands(field, starts, ends, sleeve, rib)
    up = np.array([0, 0, 1.0], np.float32)
    parts += hem_lines(field, np.array([0, 0, 0.001], np.float32), up, 0.4, plain)
    for start, end in zip(starts, ends, strict=True):
        axis = (start - end) / np.linalg.norm(end - start)
        parts += hem_lines(field, start - axis * sleeve, axis, 0.12, plain)
    return parts


def _hood(neck: Floats, top: float, cloth: Material) -> list[Part]:
    """The hood as it lies around the neck and on the back, its opening hem, and two cords."""
    back = np.clip((neck[:, 1] + 0.06) / 0.12, 0, 1)
    back = back * back * (3 - 2 * back)
    middle = neck.copy()
    middle[:, 0] *= 1.06 + 0.16 * back
    middle[:, 1] += 0.002 + 0.048 * back
    middle[:, 2] += 0.004 + 0.020 * back
    closed = np.concatenate([middle, middle[:2]])
    size = np.concatenate([back, back[:2]])
    roll = tube(closed, 0.0135 + 0.021 * size, cloth, flatten=1.5, caps=False, up=(0, 1, 0), segments=28)
    drape = _sack(top, cloth)
    dark = cloth.but(colour=tuple(0.8 * c for c in cloth.colour))
    cords = []
    for side in (-1, 1):
        x, y = side * 0.028, float(neck[:, 1].min())
        path = smooth_path(
            [(x, y - 0.016, top - 0.085), (x * 1.1, y - 0.036, top - 0.115), (x * 1.2, y - 0.045, top - 0.235)], 30
        )
        cords.append(tube(path, 0.0031, dark, segments=14))
        cords.append(tube(path[-3:] - [0, 0, 0.012], 0.0042, dark, segments=14))
    return [roll, drape, *cords]


def _sack(top: float, cloth: Material) -> Part:
    """The rest of a hood, as it hangs on the back."""

    def field(p: Floats) -> Floats:
        a = ellipsoid(p, (0, 0.095, top - 0.045), (0.115, 0.040, 0.095))
        return join(a, ellipsoid(p, (0, 0.085, top + 0.015), (0.125, 0.045, 0.040)), 0.03)

    return mesh(field, (-0.15, 0.02, top - 0.17), (0.15, 0.16, top + 0.08), 0.009, cloth)


def _pouch(on_front: Callable[[Floats, Floats, float], Floats], length: float, cloth: Material) -> list[Part]:
    """A pocket across the belly, open at both slanted sides."""
    rows, columns = np.linspace(0, 1, 26), np.linspace(-1, 1, 40)
    low, high = 0.065, length * 0.37
    t, s = np.meshgrid(rows, columns, indexing="ij")
    half = 0.150 - 0.055 * np.clip((t - 0.25) / 0.75, 0, 1) ** 1.1
    x, height = s * half, low + (high - low) * t
    edge = np.minimum(np.minimum(t, 1 - t) * 9, (1 - np.abs(s)) * 12)
    skin = on_front(x, height, 0.001) - np.stack([0 * x, 0.0075 * np.clip(edge, 0, 1) ** 0.5, 0 * x], -1)
    rim = np.concatenate([skin[:, 0], skin[-1], skin[::-1, -1]]) - [0, 0.001, 0]
    dark = cloth.but(colour=tuple(0.78 * c for c in cloth.colour))
    return [loft(skin.astype(np.float64), cloth, closed=False), tube(rim, 0.0014, dark, segments=10)]


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
