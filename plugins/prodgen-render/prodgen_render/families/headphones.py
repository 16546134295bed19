"""Headphones, and what they hang on."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import brightness, mix
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import rounded_rectangle, slab, smooth_path, superellipse, tube

_SPOKEN_INTO = ("gaming", "headset", "boom mic", "microphone", "电竞", "带麦", "麦克风", "话务")
_SPAN = 0.132
"""Metres from the middle of an ear cup up to the top of the band."""


def headphone_stand(look: Look) -> list[Part]:
    """A stand with over-ear headphones hanging on it."""
    height = 0.26 * look.uniform(0.95, 1.08)
    stand = look.main(
        "walnut",
        "wood",
        "bamboo",
        "aluminium",
        "steel",
        "metal",
        "plastic",
        "matte plastic",
        extent=(0.15, 0.15),
        default="#7a5236",
    )
    metal = look.plain("aluminium") if stand.name in ("wood", "walnut", "bamboo") else stand
    base = slab(
        rounded_rectangle(0.115, 0.115, 0.012) if look.chance(0.5) else superellipse(0.12, 0.12), 0.012, 0.003, stand
    )
    stem = tube(
        [(0, 0.02, 0.008), (0, 0.02, height * 0.5), (0, 0.016, height * 0.86), (0, 0.0, height - 0.004)],
        0.0065,
        metal,
        segments=32,
    )
    saddle_path = smooth_path(
        [
            (0, 0.034, height - 0.012),
            (0, 0.018, height - 0.003),
            (0, 0, height),
            (0, -0.018, height - 0.003),
            (0, -0.034, height - 0.012),
        ],
        24,
    )
    saddle = tube(saddle_path, 0.017, stand, flatten=0.32, up=(0, 0, 1), segments=40)
    parts = [base, stem, saddle]
    shell = look.plain(
        "matte plastic",
        look.colour("#1d1d1f")
        if stand.name in ("wood", "walnut", "bamboo", "aluminium", "steel", "metal")
        else "#1d1d1f",
    )
    pad = look.plain("leather", "#232326" if brightness(look.colour("#1d1d1f")) < 0.5 else "#5b4a3f")
    pad = look.part("ear pads", pad)
    return [*parts, *_over_ears(look, height + 0.008, shell, pad)]


def headphones(look: Look) -> list[Part]:
    """Over-ear headphones, upright on their cups."""
    shell = look.main("matte plastic", "aluminium", "leather", "lacquer", extent=(0.1, 0.1), default="#1d1d1f")
    dark = brightness(look.colour("#1d1d1f")) < 0.5
    pad = look.part("ear pads", look.plain("leather", "#232326" if dark else mix(look.colour(), (91, 74, 63), 0.5)))
    band = look.plain("matte plastic", mix(look.colour("#1d1d1f"), (20, 20, 22), 0.25))
    parts = _over_ears(look, _SPAN, shell, pad, band)
    if look.says(_SPOKEN_INTO):
        parts += _boom(look)
    return [part.moved(z=0.051).turned(-8, "x") for part in parts]


def _boom(look: Look) -> list[Part]:
    """A microphone on an arm before the mouth, from the ear at the viewer's left."""
    dark = look.plain("matte plastic", "#1f2023")
    way = smooth_path(
        [(-0.094, -0.010, -0.006), (-0.098, -0.055, -0.028), (-0.080, -0.098, -0.048), (-0.052, -0.115, -0.056)], 40
    )
    return [
        tube(way, 0.0026, dark, segments=14),
        tube(way[-6:] + np.array([0.004, -0.001, -0.001]), 0.0062, dark.but(bump=None), segments=20),
    ]


def _over_ears(look: Look, top: float, shell: Material, pad: Material, frame: Material | None = None) -> list[Part]:
    """Headphones whose band reaches up to `top`."""
    parts = []
    frame = frame or look.plain("matte plastic", "#26272a")
    half, ear = 0.082, top - _SPAN
    arc = np.linspace(0, np.pi, 60)
    band_x, band_z = half * np.cos(arc), top - 0.088 + 0.088 * np.sin(arc) ** 0.8
    band = np.stack([band_x, 0 * arc, band_z], -1)
    parts.append(tube(band, 0.0125, frame, flatten=0.26, up=(0, 1, 0), segments=36))
    cushion = band[14:-14] - [0, 0, 0.0048]
    parts.append(tube(cushion, 0.0125, pad, flatten=0.42, up=(0, 1, 0), segments=36))
    for side in (-1, 1):
        x = side * half
        yoke = smooth_path([(x, 0, top - 0.088), (x * 1.035, 0, ear + 0.040), (x * 1.02, 0, ear + 0.022)], 20)
        wide = np.linspace(0.0115, 0.0085, 20)
        parts.append(tube(yoke, wide, frame, flatten=0.34, up=(0, 1, 0), segments=28))
        slide = smooth_path([(x, 0, top - 0.094), (x * 1.015, 0, top - 0.080)], 6)
        parts.append(tube(slide, 0.0128, look.plain("steel").but(bump=None), flatten=0.30, up=(0, 1, 0), segments=28))
        cup = lathe(
            [(1e-4, 0), (0.036, 0.0), (0.039, 0.012), (0.034, 0.021), (1e-4, 0.024)],
            [0, 0.004, 0.008, 0.006, 0],
            shell,
            80,
        )
        ring = lathe(
            [(0.0375, 0.0095), (0.0398, 0.010), (0.0398, 0.0115), (0.0375, 0.012)], 0.0004, look.plain("steel"), 80
        )
        t = np.linspace(0, 2 * np.pi, 40)
        ear_pad = lathe(
            [(float(0.027 + 0.0105 * np.cos(a)), float(-0.006 + 0.0095 * np.sin(a))) for a in t], 0.0, pad, 80
        )
        mesh = lathe([(1e-4, -0.004), (0.020, -0.004)], 0, look.plain("canvas", "#1a1a1c"), 48)
        disc_trim = lathe(
            [(1e-4, 0.0236), (0.017, 0.0236), (0.017, 0.0246), (1e-4, 0.0250)],
            [0, 0.0002, 0.0006, 0],
            look.plain("aluminium", "#77797d"),
            64,
        )
        for part in (cup, ring, ear_pad, mesh, disc_trim):
            parts.append(part.scaled(1.20, 0.96, 1.08).turned(90 * side, "y").moved(x=x * 0.93, z=ear))
    return parts
