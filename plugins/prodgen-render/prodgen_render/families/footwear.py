"""Boot and court shoe. One shoe, its toe to the left, as the sneaker."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prodgen_render.families.uppers import HALF, Upper, outline, toned
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import bent, loft, slab, smooth_path, tube

_UPPERS = ("leather", "canvas", "velvet", "rubber", "denim", "nylon", "knit", "wool", "silk")
_TALL = (
    "knee high",
    "knee-high",
    "wellington",
    "wellies",
    "rain boot",
    "rain boots",
    "rubber boots",
    "长靴",
    "雨靴",
    "高筒",
)
_LACED = (
    "lace-up",
    "lace up",
    "hiking",
    "combat",
    "work boot",
    "work boots",
    "martin",
    "martens",
    "马丁",
    "登山",
    "系带",
)
_FLAT = ("flat", "flats", "ballet", "ballerina", "平底", "芭蕾")
_UPRIGHT = np.array([(0, 0.20, 0.035), (0.1, 0.25, 0.035), (0.4, 0.30, 0.030), (0.75, 0.30, 0.022), (1, 0.36, 0.026)])
"""How the foot of a boot goes over into its shaft: upright all around."""
_COURT = np.array(
    [
        (0.0, 0.0985, 0.0, 0.054), (0.08, 0.096, 0.010, 0.053), (0.2, 0.076, 0.0205, 0.045), (0.4, 0.03, 0.0235, 0.033),
        (0.6, -0.022, 0.0255, 0.027), (0.78, -0.062, 0.0215, 0.025), (0.9, -0.080, 0.0115, 0.0275), (1.0, -0.085, 0.0, 0.0285),
    ]
)  # fmt: skip
_CUPPED = np.array([(0, 1.3, 0.022), (0.15, 1.25, 0.018), (0.4, 0.9, 0.012), (0.7, 0.9, 0.006), (1, 0.6, 0.001)])


def boot(look: Look) -> list[Part]:
    """An ankle boot, tall or laced where the words say so."""
    tall = look.says(_TALL)
    shaft = (0.34 if tall else 0.17) * look.uniform(0.95, 1.08)
    upper = look.main(*_UPPERS, extent=(0.3, 0.3), default="#6b4630", period=0.04)
    sole = look.part("sole", look.plain("rubber", "#2a2623")).but(bump=None)
    lift = 0.010 * look.uniform(0.9, 1.2)
    bed = lift + 0.020
    body = Upper(
        HALF * [0.965, 0.94], lambda x: bed + 0 * x, _ankle(), (0.030, 0.055), _UPRIGHT, shaft + bed, 0.10 if tall else 0.0
    )  # fmt: skip
    dark, edge = toned(upper, 0.62), outline()
    parts = [
        body.skin(upper, (0.3, 0.3)),
        body.rim(1.0, 0.0028, dark),
        slab(edge, 0.011, 0.003, sole).moved(z=bed - 0.008),
        slab(edge * 0.985, 0.006, 0.001, toned(sole, 0.7)).moved(z=bed - 0.011),
        _heel_block(edge * 0.985, bed - 0.006, sole),
        tube(body.at(0.0, np.linspace(1.72, 2.02, 8), 0.003), 0.010, dark, flatten=0.22, up=(1, 0, 0), segments=16),
        *(
            body.seam(side * (0.22 - 0.14 * t**1.5), 1.15 * t, dark)
            for t in (np.linspace(0.12, 1, 24),)
            for side in (-1, 1)
        ),
    ]
    if look.says(_LACED):
        parts += _lacing(body, upper, look.part("laces", look.plain("cotton", "#efe6d4")))
    elif not tall:
        parts += _elastic(body, look.plain("knit", "#232325"))
    return [bent(part, lambda v: _on_its_ball(v, bed - 0.011)) for part in parts]


def _on_its_ball(points: Floats, heel: float) -> Floats:
    """Points [n, 3] of a shoe whose sole was level: it goes down before the heel, so many metres high, and its toe is a little up."""
    t = np.clip((0.050 - points[:, 0]) / 0.085, 0, 1)
    down = heel * (3 * t**2 - 2 * t**3) - 0.007 * np.clip((-0.095 - points[:, 0]) / 0.06, 0, 1) ** 2
    return points - np.stack([0 * down, 0 * down, down], -1).astype(points.dtype)


def _ankle() -> NDArray[np.float64]:
    """Where the foot of a boot ends and its shaft begins: a ring, higher in front."""
    share = np.linspace(0, 1, 13)
    angle = np.pi * share**0.75
    return np.stack([share, 0.086 + 0.047 * np.cos(angle), 0.038 * np.sin(angle), 0.083 - 0.012 * np.cos(angle)], -1)


def _heel_block(edge: NDArray[np.float64], height: float, sole: Material) -> Part:
    return slab(edge[edge[:, 0] > 0.055], height, 0.002, sole)


def _elastic(body: Upper, cloth: Material) -> list[Part]:
    """Stretch panels at both sides of an ankle."""
    t = np.linspace(0, 1, 20)
    middle, half = 0.335 - 0.015 * t, 0.035 + 0.075 * t
    return [body.patch(0.86, 1.93, side * middle - half, side * middle + half, cloth, 0.0006) for side in (-1, 1)]


def _lacing(body: Upper, leather: Material, lace: Material) -> list[Part]:
    """Edges with eyelets on both sides of the instep and the shin, and laces across."""
    steps = np.linspace(0, 1, 9)
    up, around = np.interp(steps, [0, 0.5, 1], [0.70, 1.0, 1.85]), np.interp(steps, [0, 0.5, 1], [0.89, 0.84, 0.80])
    parts, dark = [], _eyelet(leather)
    for side in (-1, 1):
        t = np.linspace(0, 1, 30)
        at, lean = np.interp(t, steps, up), np.interp(t, steps, around)
        grid = body.at(
            side * (lean[:, None] + [-0.09, -0.088, 0.045, 0.047]),
            at[:, None] + 0 * lean[:, None],
            np.array([0, 0.0014, 0.0014, 0]),
        )
        parts.append(loft(grid, toned(leather, 0.86), closed=False, flip=side < 0))
        parts.append(body.seam(side * (lean - 0.075), at, toned(leather, 0.6)))
        for place, out in zip(body.at(side * around, up, 0.0012), body.at(side * around, up, 0.003), strict=True):
            parts.append(tube([place, out], 0.0032, dark, segments=10))
    for k in range(len(steps) - 1):
        for side in (-1, 1):
            across = np.linspace(side * around[k], side * (2 - around[k + 1]), 16)
            parts.append(
                tube(
                    body.at(across, np.linspace(up[k], up[k + 1], 16), 0.0035 + 0.001 * (side > 0)),
                    0.0026,
                    lace,
                    flatten=0.6,
                    segments=10,
                )
            )
    return parts


def _eyelet(leather: Material) -> Material:
    return toned(leather, 0.35).but(bump=None, roughness=0.3)


def court_shoe(look: Look) -> list[Part]:
    """A shoe cut low, with a heel as the words say: high unless it is flat."""
    flat = look.says(_FLAT)
    high = 0.012 if flat else 0.085 * look.uniform(0.85, 1.1)
    upper = look.main(*_UPPERS, extent=(0.3, 0.3), default="#1d1d1f", period=0.04)
    under = look.part("sole", look.plain("rubber", "#2a2623")).but(bump=None)
    half = HALF * [0.77, 0.68] + [-0.011, 0]

    def floor(x: Floats) -> Floats:
        """The upper side of the sole over the ground."""
        t = np.clip((x + 0.055) / 0.135, 0, 1)
        return np.asarray(0.006 + high * (3 * t**2 - 2 * t**3))

    def on_floor(part: Part, lower: float) -> Part:
        return bent(part, lambda v: v + np.stack([0 * v[:, 0], 0 * v[:, 0], floor(v[:, 0]) - lower], -1))

    body = Upper(half * [1.0, 0.985], floor, _COURT, (0.013, 0.017), _CUPPED)
    sole = outline(half)
    parts = [
        body.skin(upper, (0.3, 0.3)),
        body.rim(1.0, 0.0014, toned(upper, 0.8)),
        on_floor(slab(sole, 0.0045, 0.0015, under), 0.004),
        on_floor(slab(sole * [0.97, 0.92], 0.002, 0.0008, look.plain("leather", "#d9c3a5").but(bump=None)), -0.001),
    ]
    if flat:
        return [*parts, slab(sole[sole[:, 0] > 0.05], 0.0155, 0.002, under)]
    path = smooth_path(
        [(0.076, 0, high + 0.004), (0.084, 0, high * 0.72), (0.090, 0, high * 0.35), (0.091, 0, 0.003)], 24
    )
    wide = np.interp(np.linspace(0, 1, 24), [0, 0.12, 0.4, 0.8, 1], [0.0235, 0.0190, 0.0095, 0.0058, 0.0056])
    tip = tube([(0.091, 0, 0.0025), (0.091, 0, 0.001)], 0.0058, under, segments=20)
    return [*parts, tube(path, wide, upper, segments=24), tip]
