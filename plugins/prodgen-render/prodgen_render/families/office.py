"""A chair on castors."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.families.seating import CLOTHS, cushion_block
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import bent, smooth_path, tube

_SEAT = 0.47
"""Metres from the floor to the underside of the seat."""


def office_chair(look: Look) -> list[Part]:
    """A swivel chair: star base with castors, gas lift, padded seat and a tall curved back between armrests."""
    cloth = look.main(*CLOTHS, "matte plastic", extent=(0.5, 0.5), default="#2a2b2e", period=0.06)
    frame = look.part("base", look.plain("matte plastic", "#232427"), metal=True)
    width, tall = 0.50 * look.uniform(0.95, 1.05), 0.62 * look.uniform(0.85, 1.15)
    seat = [p.moved(z=_SEAT) for p in cushion_block((width, 0.48, 0.09), 0.04, 0.012, cloth)]
    back = [
        bent(p, _curved).moved(y=0.25, z=_SEAT + 0.13)
        for p in cushion_block((width * 0.94, 0.07, tall), 0.033, 0.01, cloth)
    ]
    spine = smooth_path(
        [(0, 0.05, _SEAT - 0.01), (0, 0.30, _SEAT + 0.01), (0, 0.335, _SEAT + 0.2), (0, 0.36, _SEAT + 0.42)], 24
    )
    parts = [*seat, *back, tube(spine, 0.026, frame, flatten=0.45, segments=20)]
    for side in (-1, 1):
        x = side * (width / 2 + 0.035)
        post = smooth_path([(side * width * 0.3, 0.03, _SEAT), (x, 0.03, _SEAT + 0.02), (x, 0.03, _SEAT + 0.19)], 20)
        parts += [tube(post, 0.013, frame, segments=16)]
        pad = tube(
            [(x, -0.12, _SEAT + 0.205), (x, 0.0, _SEAT + 0.21), (x, 0.13, _SEAT + 0.205)],
            0.035,
            frame,
            flatten=0.35,
            segments=20,
        )
        parts.append(pad)
    lift = [
        (1e-4, 0.09),
        (0.045, 0.09),
        (0.03, 0.2),
        (0.02, 0.21),
        (0.02, _SEAT - 0.05),
        (0.09, _SEAT - 0.005),
        (1e-4, _SEAT),
    ]
    parts.append(lathe(lift, [0, 0.004, 0.006, 0.002, 0.004, 0.01, 0], frame, 48))
    return [*parts, *_star(look, frame)]


def _star(look: Look, frame: Material) -> list[Part]:
    wheel = lathe(
        [(1e-4, -0.022), (0.027, -0.022), (0.027, 0.022), (1e-4, 0.022)],
        [0, 0.008, 0.008, 0],
        look.plain("rubber", "#17181a"),
        32,
    )
    parts = []
    for number in range(5):
        angle = np.radians(90 + 72 * number)
        away = np.array([np.cos(angle), np.sin(angle), 0])
        arm = smooth_path([away * 0.02 + [0, 0, 0.105], away * 0.18 + [0, 0, 0.09], away * 0.31 + [0, 0, 0.066]], 14)
        parts.append(tube(arm, np.linspace(0.026, 0.017, 14), frame, segments=18))
        spot = away * 0.30
        parts.append(
            wheel.turned(90, "x")
            .turned(float(np.degrees(angle)) + 20, "z")
            .moved(float(spot[0]), float(spot[1]), 0.028)
        )
    return parts


def _curved(points: Floats) -> Floats:
    """Hollowed from side to side, supporting the small of the back, leaning away above."""
    x, _, z = points.T
    y = -0.35 * x**2 - 0.02 * np.sin(4.5 * z) + 0.16 * np.maximum(z - 0.15, 0) ** 1.2 + 0.02
    return np.asarray(points + np.stack([0 * x, y, 0 * x], -1))
