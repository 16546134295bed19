"""Child car seats and soothers."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.families.sewn import belt
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import bent, box, rounded_rectangle, slab, smooth_path, superellipse, tube

_CLOTHS = ("nylon", "cotton", "canvas", "linen", "knit", "leather")


def car_seat(look: Look) -> list[Part]:
    """A shell with wings at the head and the sides, cushions in it, a harness, and its base."""
    shade = look.colour("#4a4d52")
    cloth = look.main(*_CLOTHS, extent=(0.4, 0.4), default="#4a4d52", period=0.04)
    inner = look.plain(cloth.name, look.accent(shade) if look.two_coloured else mix(shade, (20, 20, 22), 0.45))
    shell = look.plain("matte plastic", "#1f2023")
    reclined = 14.0
    back = [
        *_cushion(0.37, 0.075, 0.52, 0.030, shell),
        *(p.moved(y=-0.035, z=0.03) for p in _cushion(0.27, 0.055, 0.36, 0.026, inner)),
        *(p.moved(x, -0.060, 0.06) for x in (-0.158, 0.158) for p in _cushion(0.062, 0.155, 0.30, 0.029, cloth)),
        # The part for the head stands before the back, its wings further out.
        *(p.moved(y=-0.045, z=0.375) for p in _cushion(0.25, 0.070, 0.215, 0.030, inner)),
        *(p.moved(x, -0.085, 0.365) for x in (-0.142, 0.142) for p in _cushion(0.066, 0.175, 0.245, 0.032, cloth)),
        *(p.moved(y=-0.012, z=0.545) for p in _cushion(0.30, 0.085, 0.060, 0.026, cloth)),
    ]
    parts = [part.turned(-reclined, "x").moved(y=0.13, z=0.155) for part in back]
    parts += [
        *(p.moved(y=-0.03, z=0.115) for p in _cushion(0.30, 0.36, 0.085, 0.036, inner)),
        *(p.moved(x, -0.035, 0.105) for x in (-0.178, 0.178) for p in _cushion(0.068, 0.36, 0.165, 0.033, cloth)),
        *(p.moved(y=-0.02) for p in _cushion(0.41, 0.40, 0.125, 0.040, shell)),
        *(p.moved(y=-0.20, z=0.070) for p in _cushion(0.30, 0.045, 0.095, 0.022, cloth)),
    ]
    web = look.plain("nylon", "#2a2b2e").but(bump=None)
    pad = look.plain(cloth.name, mix(shade, (12, 12, 14), 0.7))
    for side in (-1, 1):
        way = smooth_path([(0.052 * side, 0.040, 0.535), (0.056 * side, -0.012, 0.430), (0.045 * side, -0.050, 0.330), (0.012 * side, -0.100, 0.247)], 40)  # fmt: skip
        parts.append(belt(way, (1, 0, 0), 0.028, 0.003, web))
        parts.append(belt(way[9:27] + np.array([0, -0.004, 0.002]), (1, 0, 0), 0.048, 0.011, pad))
        hip = smooth_path(
            [(0.014 * side, -0.104, 0.242), (0.075 * side, -0.070, 0.222), (0.130 * side, -0.020, 0.205)], 24
        )
        parts.append(belt(hip, (0, -0.35, 1), 0.026, 0.003, web))
    crotch = smooth_path([(0, -0.108, 0.236), (0, -0.140, 0.222), (0, -0.165, 0.196)], 20)
    parts.append(belt(crotch, (1, 0, 0), 0.034, 0.006, pad))
    clasp = slab(rounded_rectangle(0.056, 0.062, 0.016, corner=10), 0.018, 0.006, look.plain("plastic", "#17181a"))
    button = slab(rounded_rectangle(0.028, 0.022, 0.006), 0.004, 0.0015, look.plain("plastic", "#c3272b")).moved(
        y=-0.008, z=0.0165
    )
    return [*parts, *(p.turned(38, "x").moved(y=-0.100, z=0.240) for p in (clasp, button))]


def _cushion(wide: float, deep: float, high: float, radius: float, cloth: Material) -> list[Part]:
    """A box so rounded that it looks stuffed."""
    return box((wide, deep, high), radius, cloth, steps=8)


def soother(look: Look) -> list[Part]:
    """A shield with holes, the button and the ring in front of it, and the teat behind."""
    shade = look.colour("#8fbfe4")
    body = look.main(
        "plastic", "rubber", "matte plastic", "wood", extent=(0.045, 0.036), default="#8fbfe4", period=0.008
    ).but(bump=None)
    silicone = Material("silicone", (0.93, 0.90, 0.82), 0.25, transmission=0.35, coat=0.4)
    pale = look.plain("plastic", look.accent(shade) if look.two_coloured else mix(shade, (255, 255, 255), 0.55)).but(
        bump=None
    )
    size = look.uniform(0.95, 1.08)
    outline = superellipse(0.046 * size, 0.037 * size, 2.5, 120)
    # Narrower in the middle of its upper edge, for the nose.
    nose = 1 - 0.16 * np.exp(-((outline[:, 0] / 0.009) ** 2)) * (outline[:, 1] > 0)
    outline = outline * np.stack([np.ones_like(nose), nose], -1)

    def curved(v: Floats) -> Floats:
        return np.stack([v[:, 0], v[:, 1], v[:, 2] - 5.5 * v[:, 0] ** 2 - 2.0 * v[:, 1] ** 2], -1)

    # It lies on its teat: the axis is z, the front is up, and it is turned afterwards.
    shield = bent(slab(outline, 0.0032, 0.0014, body), curved)
    hole = lathe(
        [(0.0030, 0.0), (0.0026, 0.0002), (1e-4, 0.0002)], 0, body.but(colour=(0.05, 0.05, 0.06), texture=None), 32
    )
    holes = [hole.scaled(1.0, 1.6, 1.0).moved(x, 0.0, 0.0034 - 5.5 * x * x) for x in (-0.0160 * size, 0.0160 * size)]
    button = lathe(
        [(0.0105, 0.001), (0.0105, 0.0050), (0.0085, 0.0068), (1e-4, 0.0072)], [0, 0.0012, 0.002, 0], pale, 64
    )
    a = np.linspace(0, 2 * np.pi, 81)[:-1]
    loop = np.stack([0.0155 * np.cos(a), 0.0145 * np.sin(a) - 0.0150, 0.0062 + 0 * a], -1)
    handle = tube(loop, 0.0022, body if body.texture is None else pale, closed=True, segments=20).moved(z=0.0020)
    teat = [(0.0125, 0.0), (0.0090, -0.0025), (0.0062, -0.0080), (0.0060, -0.0130), (0.0088, -0.0200), (0.0086, -0.0270), (0.0050, -0.0315), (1e-4, -0.0325)]  # fmt: skip
    soft = lathe(teat[::-1], [0, 0.003, 0.004, 0.004, 0.004, 0.003, 0.001, 0], silicone, 64)
    parts = [shield, *holes, button, handle, soft]
    return [part.turned(90 - 10, "x").turned(-18).moved(z=0.031) for part in parts]
