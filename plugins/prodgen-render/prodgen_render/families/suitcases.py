"""Suitcase."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Part
from prodgen_render.shapes.geometry import planar_uv, smooth_path, tube
from prodgen_render.shapes.implicit import mesh

_SETS: tuple[tuple[tuple[str, ...], tuple[float, ...]], ...] = (
    (("2 piece", "2-piece", "two piece", "set of 2", "两件套", "子母箱"), (1.0, 0.72)),
    (("luggage set", "suitcase set", "3 piece", "3-piece", "three piece", "set of 3", "三件套"), (1.0, 0.83, 0.67)),
)
"""Words of sets, and how large the cases of each are."""
_SHELLS = ("matte plastic", "plastic", "aluminium", "nylon", "leather", "canvas")


def rounded(p: Floats, centre: tuple[float, float, float], half: tuple[float, float, float], radius: float) -> Floats:
    """Distance to a box with rounded edges."""
    away = np.abs(p - np.asarray(centre, np.float32)) - (np.asarray(half, np.float32) - radius)
    outside = np.sqrt((np.maximum(away, 0) ** 2).sum(1))
    return np.asarray(outside + np.minimum(away.max(1), 0) - radius, np.float32)


def suitcase(look: Look) -> list[Part]:
    """A ribbed hard case with four wheels and a handle drawn out; smaller ones beside it where the words say that it is a set."""
    parts = _case(look)
    shares = next((shares for words, shares in _SETS if look.says(words)), (1.0,))
    wide = float(np.ptp(np.concatenate([part.vertices[:, 0] for part in parts]))) * 1.12
    middles = wide * (np.cumsum(shares) - np.array(shares) / 2 - sum(shares) / 2)
    return [
        part.scaled(share).moved(x=float(x), y=-0.05 * number)
        for number, (share, x) in enumerate(zip(shares, middles, strict=True))
        for part in parts
    ]


def _case(look: Look) -> list[Part]:
    """One of them."""
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
