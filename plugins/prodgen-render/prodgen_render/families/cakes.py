"""Cakes with icing."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.finishes import srgb
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import brightness, mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import bent, tube

_CHOCOLATE = ("chocolate", "巧克力", "black forest", "黑森林", "提拉米苏", "tiramisu")
_CANDLES = ("#e86a92", "#4a90d9", "#f4c842", "#6dbb6a", "#9a6fc9")


def cake(look: Look) -> list[Part]:
    """A round cake on a board, with piped cream, fruit and, for a birthday, candles that burn."""
    brown = look.says(_CHOCOLATE)
    shade = look.note(look.colour("#5a3826" if brown else "#f6e9dc"), "plastic")
    icing = _soft(look, shade)
    cream = _soft(look, mix(shade, (255, 250, 244), 0.55) if brightness(shade) < 0.75 else (250, 200, 205))
    radius, high = 0.105 * look.uniform(0.92, 1.08), 0.092 * look.uniform(0.9, 1.15)
    silver = look.plain("metal", "#d9c28a").but(bump=None, roughness=0.35)
    parts = [
        lathe([(1e-4, 0), (radius * 1.22, 0), (radius * 1.22, 0.004), (1e-4, 0.004)], 0.0018, silver, 128),
        lathe([(radius, 0.004), (radius, high), (1e-4, high)], 0.010, icing, 128),
        _drip(radius, high, _soft(look, (74, 44, 30) if not brown else (246, 236, 224))),
    ]
    a = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    for number, angle in enumerate(a):
        parts += [
            part.moved(radius * 0.80 * np.cos(angle), radius * 0.80 * np.sin(angle), high)
            for part in _dollop(0.0155, cream)
        ]
        if number % 2 == 0:
            parts += [
                p.moved(radius * 0.80 * np.cos(angle), radius * 0.80 * np.sin(angle), high + 0.026)
                for p in _cherry(look)
            ]
    for angle in np.linspace(0, 2 * np.pi, 40, endpoint=False):
        bead = lathe([(0.0085, 0), (0.0080, 0.005), (1e-4, 0.0095)], 0.003, cream, 20)
        parts.append(bead.moved(radius * 1.02 * np.cos(angle), radius * 1.02 * np.sin(angle), 0.004))
    if look.says(("birthday", "candle", "candles", "生日")):
        for number, code in enumerate(_CANDLES):
            angle = 2 * np.pi * number / 5 + 0.3
            where = (radius * 0.40 * np.cos(angle), radius * 0.40 * np.sin(angle), high)
            parts += [part.moved(*where) for part in _candle(look, code)]
    return parts


def _soft(look: Look, shade: tuple[int, int, int]) -> Material:
    return look.plain("rubber", shade).but(bump=None, roughness=0.55, coat=0.25)


def _drip(radius: float, high: float, glaze: Material) -> Part:
    """A glaze over the top that runs down the side in drops of many lengths."""
    side = lathe(
        [(radius + 0.0014, -1.0), (radius + 0.0026, -0.6), (radius + 0.0026, 0.0), (1e-4, 0.0)],
        [0, 0.2, 0.0085, 0],
        glaze,
        240,
    )

    def hang(v: Floats) -> Floats:
        angle = np.arctan2(v[:, 1], v[:, 0])
        down = 0.018 + 0.011 * np.cos(11 * angle) + 0.006 * np.cos(7 * angle + 1.0) + 0.004 * np.cos(4 * angle)
        return np.stack([v[:, 0], v[:, 1], np.where(v[:, 2] < 0, v[:, 2] * down, v[:, 2]) + high + 0.0018], -1)

    return bent(side, hang)


def _dollop(size: float, cream: Material) -> list[Part]:
    """Cream out of a star nozzle."""
    corners = [
        (size * 0.9, 0),
        (size, size * 0.30),
        (size * 0.62, size * 0.95),
        (size * 0.22, size * 1.55),
        (1e-4, size * 1.85),
    ]
    body = lathe(corners, [0, size * 0.3, size * 0.3, size * 0.1, 0], cream, 64)

    def fluted(v: Floats) -> Floats:
        angle = np.arctan2(v[:, 1], v[:, 0]) + v[:, 2] / size * 0.9
        factor = 1 + 0.11 * np.cos(8 * angle)
        return np.stack([v[:, 0] * factor, v[:, 1] * factor, v[:, 2]], -1)

    return [bent(body, fluted)]


def _cherry(look: Look) -> list[Part]:
    a = np.linspace(-np.pi / 2, np.pi / 2, 18)
    ball = [(max(1e-4, 0.0088 * np.cos(t)), 0.0088 * np.sin(t)) for t in a]
    red = look.plain("plastic", srgb("#b3142a")).but(coat=0.8, bump=None)
    stem = tube(
        [(0, 0, 0.008), (0.002, 0, 0.017), (0.006, 0, 0.026)],
        0.0007,
        look.plain("matte plastic", "#5d6b33"),
        segments=8,
    )
    return [lathe(ball, 0, red, 32), stem]


def _candle(look: Look, code: str) -> list[Part]:
    wax = look.plain("plastic", code).but(bump=None)
    wick = look.plain("cotton", "#2a2624").but(bump=None)
    flame = Material("flame", (1.0, 0.75, 0.3), 0.6, emission=(1.6, 1.0, 0.32))
    return [
        lathe([(0.0032, -0.004), (0.0032, 0.060), (1e-4, 0.061)], 0.0008, wax, 24),
        tube([(0, 0, 0.060), (0, 0, 0.067)], 0.0006, wick, segments=8),
        lathe([(1e-4, 0.064), (0.0036, 0.070), (0.0030, 0.076), (1e-4, 0.087)], [0, 0.003, 0.004, 0], flame, 24),
    ]
