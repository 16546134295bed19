"""Backpack, handbag and suitcase."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Part
from prodgen_render.shapes.geometry import box, planar_uv, smooth_path, tube
from prodgen_render.shapes.implicit import Field, in_depth, join, mesh

_CLOTHS = ("nylon", "canvas", "leather", "cotton", "denim", "wool")
_SHELLS = ("matte plastic", "plastic", "aluminium", "nylon", "leather", "canvas")
_LONG_STRAP = ("crossbody", "cross-body", "shoulder bag", "messenger", "sling", "斜挎", "单肩", "链条包")


def rounded(p: Floats, centre: tuple[float, float, float], half: tuple[float, float, float], radius: float) -> Floats:
    """Distance to a box with rounded edges."""
    away = np.abs(p - np.asarray(centre, np.float32)) - (np.asarray(half, np.float32) - radius)
    outside = np.sqrt((np.maximum(away, 0) ** 2).sum(1))
    return np.asarray(outside + np.minimum(away.max(1), 0) - radius, np.float32)


def backpack(look: Look) -> list[Part]:
    """A backpack with a front pocket, zips, a loop to carry it by and two padded straps behind."""
    wide, tall = 0.30 * look.uniform(0.92, 1.08), 0.43 * look.uniform(0.92, 1.08)
    cloth = look.main(*_CLOTHS, extent=(wide, tall), default="#3a3d42", period=0.05)
    shade = look.plain(cloth.name, mix(look.colour("#3a3d42"), (0, 0, 0), 0.35)).but(bump=None)

    def field(p: Floats) -> Floats:
        narrow = p * np.array([1, 1, 1], np.float32)
        narrow[:, 0] *= 1 + 0.12 * np.clip(p[:, 2] / tall - 0.5, 0, 1)
        body = rounded(narrow, (0, 0, tall / 2), (wide / 2, 0.075, tall / 2), 0.07)
        pocket = rounded(p, (0, -0.075, tall * 0.27), (wide * 0.40, 0.045, tall * 0.22), 0.035)
        return join(body, pocket, 0.012)

    skin = mesh(field, (-wide, -0.16, -0.02), (wide, 0.12, tall + 0.03), 0.009, cloth)
    parts = [planar_uv(skin)]
    a = np.linspace(0.12 * np.pi, 0.88 * np.pi, 40)
    over = np.stack([wide * 0.40 * np.cos(a), -0.052 + 0 * a, tall * 0.55 + tall * 0.40 * np.sin(a) ** 0.6], -1)
    across = np.linspace([-wide * 0.33, 0, tall * 0.44], [wide * 0.33, 0, tall * 0.44], 20)
    parts += [tube(_on_front(field, path), 0.0045, shade, segments=10) for path in (over, across)]
    loop = smooth_path(
        [
            (-0.035, 0.055, tall - 0.01),
            (-0.03, 0.06, tall + 0.035),
            (0.03, 0.06, tall + 0.035),
            (0.035, 0.055, tall - 0.01),
        ],
        30,
    )
    parts.append(tube(loop, 0.010, shade, flatten=0.3, up=(0, 1, 0), segments=16))
    for side in (-1, 1):
        x = side * wide * 0.24
        strap = [
            (x, 0.06, tall - 0.05),
            (x * 1.05, 0.13, tall * 0.86),
            (x * 1.2, 0.16, tall * 0.55),
            (x * 1.5, 0.11, tall * 0.25),
            (x * 1.6, 0.07, tall * 0.12),
        ]
        parts.append(
            tube(
                smooth_path(strap, 50),
                np.interp(np.linspace(0, 1, 50), [0, 0.6, 0.75, 1], [0.032, 0.030, 0.013, 0.012]),
                shade,
                flatten=0.28,
                up=(0, 1, 0),
                segments=20,
            )
        )
    return parts


def _on_front(field: Field, path: Floats) -> Floats:
    """A path's points moved in depth onto the front of a field."""
    x, z = path[:, 0], path[:, 2]
    return np.stack([x, -in_depth(field, x, z, 0.3) - 0.001, z], -1)


def handbag(look: Look) -> list[Part]:
    """A bag with a flap and a clasp; a short handle, or the long strap of a shoulder bag."""
    names = ("leather", "canvas", "velvet", "denim", "nylon", "cotton", "silk")
    wide, tall, deep = 0.27 * look.uniform(0.9, 1.1), 0.19 * look.uniform(0.9, 1.1), 0.05
    skin = look.main(*names, extent=(wide, tall), default="#7d4f2e", period=0.04)
    metal = look.plain("brass" if look.chance(0.6) else "steel")

    def field(p: Floats) -> Floats:
        wider = p.copy()
        wider[:, 0] /= 1.06 - 0.12 * np.clip(p[:, 2] / tall, 0, 1)
        return rounded(wider, (0, 0, tall / 2), (wide / 2, deep * 1.0, tall / 2), 0.028)

    body = planar_uv(mesh(field, (-wide, -0.1, -0.02), (wide, 0.1, tall + 0.02), 0.006, skin))

    def lid(p: Floats) -> Floats:
        outer = rounded(p, (0, -0.004, tall * 0.73), (wide * 0.49, deep + 0.006, tall * 0.30), 0.03)
        edge = tall * (0.44 + 0.10 * (p[:, 0] / (wide / 2)) ** 2) - p[:, 2]
        return np.asarray(np.maximum(outer, edge), np.float32)

    flap = planar_uv(mesh(lid, (-wide, -0.1, tall * 0.3), (wide, 0.1, tall + 0.02), 0.005, skin))
    clasp = [
        p.turned(90, "x").moved(y=-deep - 0.008, z=tall * 0.47)
        for p in box((0.03, 0.022, 0.006), 0.002, metal, cells=4)
    ]
    strap = look.part("strap", look.part("handle", skin.but(texture=None, colour=tuple(skin.mean_colour))))
    long = look.says(_LONG_STRAP)
    rise, reach = (0.30, wide * 0.50) if long else (0.10, wide * 0.26)
    path = smooth_path(
        [
            (-reach, 0, tall * 0.92),
            (-reach * 0.92, 0, tall + rise * 0.55),
            (-reach * 0.45, 0, tall + rise * 0.95),
            (reach * 0.45, 0, tall + rise * 0.95),
            (reach * 0.92, 0, tall + rise * 0.55),
            (reach, 0, tall * 0.92),
        ],
        70,
    )
    return [
        body,
        flap,
        *clasp,
        tube(path, 0.0085 if long else 0.011, strap, flatten=0.3 if long else 0.8, up=(0, 1, 0), segments=18),
    ]


def suitcase(look: Look) -> list[Part]:
    """A ribbed hard case with four wheels and a handle drawn out."""
    wide, tall, deep = 0.38 * look.uniform(0.95, 1.1), 0.55 * look.uniform(0.9, 1.2), 0.23
    shell = look.main(*_SHELLS, extent=(wide, tall), default="#2f62ad", period=0.06)
    dark = look.plain("matte plastic", "#2a2b2e")
    lift = 0.05

    def field(p: Floats) -> Floats:
        ribs = 0.004 * np.cos(p[:, 0] / wide * 2 * np.pi * 7)
        hull = rounded(p, (0, 0, lift + tall / 2), (wide / 2, deep / 2, tall / 2), 0.05)
        return np.asarray(hull + ribs, np.float32)

    parts = [
        planar_uv(
            mesh(field, (-wide * 0.6, -deep * 0.65, 0.02), (wide * 0.6, deep * 0.65, lift + tall + 0.02), 0.008, shell)
        )
    ]
    around = np.linspace(0, 2 * np.pi, 80)
    ring = np.stack(
        [
            np.sign(np.cos(around)) * np.abs(np.cos(around)) ** 0.35 * (wide / 2 + 0.001),
            0 * around,
            lift + tall / 2 + np.sign(np.sin(around)) * np.abs(np.sin(around)) ** 0.35 * (tall / 2 + 0.001),
        ],
        -1,
    )
    parts.append(tube(ring, 0.005, dark, caps=False, up=(0, 1, 0), segments=12))
    top = lift + tall
    drawn = smooth_path(
        [
            (-0.09, 0.06, top - 0.02),
            (-0.09, 0.06, top + 0.24),
            (-0.085, 0.06, top + 0.262),
            (0.085, 0.06, top + 0.262),
            (0.09, 0.06, top + 0.24),
            (0.09, 0.06, top - 0.02),
        ],
        60,
    )
    parts.append(tube(drawn, 0.008, look.plain("aluminium"), segments=16))
    parts.append(
        tube([(-0.07, 0.06, top + 0.262), (0.07, 0.06, top + 0.262)], 0.013, look.part("handle", dark), segments=18)
    )
    carry = smooth_path(
        [
            (-0.06, -0.02, top - 0.005),
            (-0.05, -0.02, top + 0.022),
            (0.05, -0.02, top + 0.022),
            (0.06, -0.02, top - 0.005),
        ],
        24,
    )
    parts.append(tube(carry, 0.008, dark, segments=14))
    wheel = lathe(
        [(1e-4, -0.011), (0.024, -0.011), (0.024, 0.011), (1e-4, 0.011)], [0, 0.004, 0.004, 0], dark, 28
    ).turned(90, "y")
    for x in (-1, 1):
        for y in (-1, 1):
            spot = (x * (wide / 2 - 0.05), y * (deep / 2 - 0.045))
            parts.append(wheel.moved(*spot, 0.024))
            parts.append(tube([(*spot, 0.036), (*spot, lift + 0.012)], 0.014, dark, segments=16))
    return parts
