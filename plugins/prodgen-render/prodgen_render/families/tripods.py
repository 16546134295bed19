"""Tripods, and rings of light on them."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.families.whitegoods import block
from prodgen_render.looks.look import Look
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import rounded_rectangle, slab, tube

_RINGS = ("ring light", "补光灯", "环形灯")
_PHONES = ("phone", "selfie", "手机", "自拍")


def tripod(look: Look) -> list[Part]:
    """Three legs of several tubes around a column, and a head with its plate; a holder for phones, or a ring of light, above."""
    high = 0.92 * look.uniform(0.94, 1.06)
    shell = look.solid("matte plastic", "aluminium", "metal", "plastic", default="#1f2022")
    metal, dark = look.plain("aluminium", "#5a5d61").but(bump=None), look.plain("rubber", "#17181a").but(bump=None)
    hub = high * 0.60
    parts: list[Part] = []
    for k in range(3):
        a = np.radians(30 + 120 * k)
        way = np.array([np.cos(a), np.sin(a), 0])
        places = [
            way * 0.036 + [0, 0, hub],
            way * (0.036 + 0.10) + [0, 0, hub * 0.56],
            way * 0.235 + [0, 0, hub * 0.20],
            way * 0.295 + [0, 0, 0.010],
        ]
        for (low, top), radius in zip(((1, 0), (2, 1), (3, 2)), (0.0115, 0.0092, 0.0072), strict=True):
            parts.append(tube([places[low], places[top]], radius, shell, segments=20))
        for place, thick in ((places[1], 0.0145), (places[2], 0.0122)):
            lean = (places[0] - places[3]) / np.linalg.norm(places[0] - places[3])
            parts.append(tube([place - 0.016 * lean, place + 0.016 * lean], thick, dark, segments=20))
        parts.append(tube([places[3] + [0, 0, 0.008], places[3]], 0.0095, dark, segments=18))
        parts.append(tube([way * 0.02 + [0, 0, hub * 0.56], places[1] - 0.01 * way], 0.0035, metal, segments=10))
    parts.append(
        lathe(
            [(1e-4, hub - 0.025), (0.030, hub - 0.022), (0.040, hub), (0.030, hub + 0.020), (1e-4, hub + 0.022)],
            [0, 0.006, 0.008, 0.006, 0],
            shell,
            72,
        )
    )
    head = high * 0.80
    parts.append(tube([(0, 0, hub * 0.52), (0, 0, head)], 0.0105, metal, segments=24))
    parts.append(
        lathe(
            [
                (1e-4, head - 0.01),
                (0.019, head - 0.008),
                (0.021, head + 0.022),
                (0.012, head + 0.030),
                (1e-4, head + 0.030),
            ],
            [0, 0.003, 0.005, 0.003, 0],
            shell,
            60,
        )
    )
    if look.says(_RINGS):
        return [*parts, *_ring(look, head + 0.03)]
    parts.append(tube([(0.010, 0.004, head + 0.010), (0.085, 0.06, head - 0.045)], 0.0055, metal, segments=16))
    parts.append(tube([(0.085, 0.06, head - 0.045), (0.135, 0.098, head - 0.082)], 0.0105, dark, segments=20))
    plate = block((0.072, 0.054, 0.014), (0, 0, head + 0.034), shell, 0.004)
    plate += block((0.046, 0.036, 0.006), (0, 0, head + 0.047), dark, 0.002)
    return [*parts, *plate, *(_clamp(look, head + 0.05) if look.says(_PHONES) else [])]


def _clamp(look: Look, z: float) -> list[Part]:
    dark = look.plain("matte plastic", "#232427")
    parts = block((0.018, 0.014, 0.10), (0, 0, z), dark, 0.004)
    return parts + [p for low in (z, z + 0.092) for p in block((0.050, 0.030, 0.010), (0, -0.008, low), dark, 0.003)]


def _ring(look: Look, z: float) -> list[Part]:
    a = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    radius = 0.135
    ring = np.stack([radius * np.cos(a), 0 * a, z + radius + 0.012 + radius * np.sin(a)], -1)
    case = look.plain("matte plastic", "#1f2022")
    light = look.plain("plastic", "#fff8ea").but(emission=(1.05, 0.98, 0.86))
    phone = slab(rounded_rectangle(0.070, 0.148, 0.010), 0.008, 0.003, look.plain("plastic", "#101114"))
    hold = tube([(0, 0.004, z), (0, 0.004, z + radius * 0.6)], 0.005, case, segments=14)
    return [
        tube(ring, 0.020, case, flatten=0.45, up=(0, 1, 0), closed=True, segments=24),
        tube(ring - [0, 0.006, 0], 0.0165, light, flatten=0.35, up=(0, 1, 0), closed=True, segments=24),
        hold,
        phone.turned(90, "x").moved(y=0.004, z=z + radius + 0.012),
    ]
