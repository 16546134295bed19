"""Sneaker: a rubber sole, a cloth or leather upper, and laces. One shoe, its toe to the left."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import refine, slab, smooth_path, tube
from prodgen_render.shapes.implicit import Field, capsule, clip, cut, ellipsoid, join, mesh

_UPPERS = ("canvas", "leather", "knit", "cotton", "denim", "nylon", "velvet", "wool")


def sneaker(look: Look) -> list[Part]:
    """A low sneaker."""
    size, lift = look.uniform(0.96, 1.05), 0.019 * look.uniform(0.85, 1.2)
    upper = look.solid(*_UPPERS, default="#f1efe9")
    rgb = look.colour("#f1efe9")
    # The outline's UV lies flat, so that a relief would be drawn out along the edge.
    sole = look.part("sole", look.plain("rubber", "#f3f1ea")).but(bump=None)
    stripe = look.plain("rubber", look.accent(rgb, None if look.chance(0.5) else "#2b2c30")).but(bump=None)
    lace = look.plain("cotton", "#fbfaf6" if look.chance(0.7) else mix(rgb, (0, 0, 0), 0.5))
    lace = look.part("laces", lace)

    def solid(p: Floats) -> Floats:
        heel = capsule(p, (0.098, 0, 0.03), (0.104, 0, 0.100), 0.037, 0.033)
        instep = capsule(p, (0.085, 0, 0.050), (-0.060, 0, 0.022), 0.043, 0.036)
        tongue = capsule(p, (0.060, 0, 0.085), (-0.020, 0, 0.050), 0.036, 0.034)
        toe = ellipsoid(p, (-0.088, 0, 0.024), (0.060, 0.046, 0.034))
        return join(join(join(heel, instep, 0.03), tongue, 0.02), toe, 0.03)

    def shell(p: Floats) -> Floats:
        mouth = capsule(p, (0.088, 0, 0.175), (0.088, 0, 0.090), 0.040, 0.024)
        return np.asarray(cut(solid(p), mouth, 0.012), np.float32)

    skin = mesh(shell, (-0.17, -0.07, -0.02), (0.17, 0.07, 0.16), 0.0045, upper)
    skin = clip(skin, skin.vertices[:, 2] - np.float32(0.004)).moved(z=lift)
    edge = outline()
    parts = [skin, slab(edge, lift + 0.008, 0.005, sole)]
    parts.append(slab(edge * 1.004, 0.0035, 0.0012, stripe).moved(z=lift * 0.55))
    parts.append(
        slab(
            edge * 0.99,
            0.004,
            0.001,
            look.plain("rubber", "#8d6f4c" if look.chance(0.4) else "#e9e6dd").but(bump=None),
        )
    )
    parts += [part.moved(z=lift) for part in laces_across(solid, lace)]
    heel_tab = [(0.1365, 0, 0.055), (0.1385, 0, 0.085), (0.1365, 0, 0.112)]
    parts.append(tube(smooth_path(heel_tab, 20), 0.009, stripe, flatten=0.25, up=(1, 0, 0)).moved(z=lift))
    return [part.scaled(size) for part in parts]


def outline() -> NDArray[np.float64]:
    """The sole from above, counter-clockwise, [n, 2] in metres."""
    x = np.array([0.128, 0.075, 0.01, -0.055, -0.105, -0.140])
    half = np.array([0.035, 0.038, 0.038, 0.046, 0.045, 0.032])
    back, front = np.stack([x, half], -1), np.stack([x[::-1], -half[::-1]], -1)
    loop = np.concatenate([[[0.145, 0.0]], back, [[-0.158, 0.0]], front, [[0.145, 0.0]]])
    return refine(smooth_path(loop, 160), 0.006)[:-1]


def laces_across(field: Field, lace: Material, first: float = 0.040) -> list[Part]:
    """Rows of lace across the instep, the upper one `first` metres from the middle, and a bow's two ends."""
    y = np.linspace(-0.027, 0.027, 24, dtype=np.float32)
    rows = []
    for k in range(5):
        x = np.full_like(y, first - 0.0185 * k)
        x = x + np.float32(0.004) * np.sin(y / np.float32(0.027) * np.float32(np.pi / 2)) * (-1) ** k
        path = np.stack([x, y, _height(field, x, y) + np.float32(0.0012)], -1)
        rows.append(tube(path, 0.0036, lace, flatten=0.45, segments=16))
    for side in (-1, 1):
        t = np.linspace(0, 1, 24, dtype=np.float32)
        x, across = first + 0.006 - 0.012 * np.sin(t * np.float32(np.pi)), side * (0.002 + 0.036 * t)
        path = np.stack([x, across, _height(field, x, across) + np.float32(0.004) * (1 - t) + np.float32(0.0014)], -1)
        rows.append(tube(path, 0.0027, lace, flatten=0.6, segments=14))
    return rows


def _height(field: Field, x: Floats, y: Floats) -> Floats:
    """Where the upper side of a solid lies over points of the ground, [n] in metres."""
    low, high = np.full_like(x, 0.03), np.full_like(x, 0.2)
    for _ in range(20):
        middle = (low + high) / 2
        inside = field(np.stack([x, y, middle], -1).astype(np.float32)) < 0
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return low
