"""Small pictures for labels and prints: suns, sprigs, fruit, hills and the like."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from prodgen_render.asset.canvas import Canvas
from prodgen_render.looks.patterns import Srgb, mix


def draw_motif(
    canvas: Canvas, kind: str, inks: Sequence[Srgb], at: float, size: float, rng: np.random.Generator
) -> str:
    """A small picture about (middle, at)."""
    size = min(size, 0.42 * canvas.aspect)
    x = canvas.aspect / 2
    first, second = inks[0], inks[1 % len(inks)]

    def disc(px: float, py: float, radius: float, colour: Srgb) -> None:
        canvas.disc(x + px * size, at + py * size, radius * size, colour)

    def polygon(points: Sequence[tuple[float, float]], colour: Srgb) -> None:
        canvas.polygon([(x + px * size, at + py * size) for px, py in points], colour)

    def petal(angle: float, away: float, long: float, short: float, colour: Srgb) -> None:
        t = np.linspace(0, 2 * np.pi, 24)
        px, py = long * np.cos(t) + away, short * np.sin(t)
        polygon(
            list(
                zip(
                    (px * math.cos(angle) - py * math.sin(angle)).tolist(),
                    (px * math.sin(angle) + py * math.cos(angle)).tolist(),
                    strict=True,
                )
            ),
            colour,
        )

    if kind == "sprig":
        count = int(rng.integers(3, 6))
        for k in range(count):
            for side in (-1, 1):
                angle = -math.pi / 2 + side * (0.25 + 1.1 * k / count)
                petal(angle, 0.55, 0.42, 0.15, mix(first, second, 0.2 * k))
    elif kind == "sun":
        rays = int(rng.integers(8, 17))
        for k in range(rays):
            petal(k * 2 * math.pi / rays, 0.8, 0.2, 0.055, first)
        disc(0, 0, float(rng.uniform(0.32, 0.5)), second)
    elif kind == "fruit":
        for k in range(int(rng.integers(1, 4))):
            disc(
                (0.0, -0.55, 0.55)[k], (0.1, 0.3, 0.3)[k], (0.55, 0.42, 0.42)[k], mix(first, (255, 255, 255), 0.14 * k)
            )
        petal(-0.9, 0.62, 0.3, 0.13, mix((74, 128, 66), second, 0.3))
        disc(-0.2, -0.12, 0.1, mix(first, (255, 255, 255), 0.6))
    elif kind == "hills":
        disc(0.3, -0.35, 0.3, second)
        polygon([(-1, 0.8), (-0.35, -0.35), (0.3, 0.8)], first)
        polygon([(-0.3, 0.8), (0.4, 0.0), (1, 0.8)], mix(first, (0, 0, 0), 0.25))
    elif kind == "drop":
        t = np.linspace(0, 2 * np.pi, 60)
        polygon(
            list(zip((0.62 * np.sin(t) * np.sin(t / 2) ** 1.5).tolist(), (-0.85 * np.cos(t)).tolist(), strict=True)),
            first,
        )
        disc(0.12, 0.42, 0.2, mix(first, (255, 255, 255), 0.5))
    elif kind == "ear":
        for k in range(5):
            for side in (-1, 1):
                canvas.disc(
                    x + side * 0.24 * size, at + (0.6 - 0.36 * k) * size, 0.15 * size, mix(first, second, 0.12 * k), 1.2
                )
    elif kind == "flower":
        petals = int(rng.integers(5, 10))
        for k in range(petals):
            petal(k * 2 * math.pi / petals, 0.55, 0.42, 1.5 / petals, first)
        disc(0, 0, 0.26, second)
    elif kind == "rings":
        count = int(rng.integers(2, 5))
        for k in range(count):
            disc(0, 0, 0.95 - 0.9 * k / count, (first, second)[k % 2])
    elif kind == "diamond":
        for k, reach in enumerate((0.95, 0.6, 0.3)):
            polygon([(0, -reach), (reach * 0.75, 0), (0, reach), (-reach * 0.75, 0)], (first, second)[k % 2])
    elif kind == "hexagon":
        for k, reach in enumerate((0.95, 0.62)):
            polygon(
                [(reach * math.sin(a * math.pi / 3), reach * math.cos(a * math.pi / 3)) for a in range(6)],
                (first, second)[k],
            )
    elif kind == "star":
        points = int(rng.integers(5, 9))
        polygon(
            [
                (
                    (0.95 if k % 2 == 0 else 0.45) * math.sin(k * math.pi / points),
                    -(0.95 if k % 2 == 0 else 0.45) * math.cos(k * math.pi / points),
                )
                for k in range(2 * points)
            ],
            first,
        )
    elif kind == "waves":
        for k in range(3):
            s = np.linspace(-1, 1, 40)
            top = 0.5 * k - 0.6 + 0.16 * np.sin(s * 5 + k)
            polygon(
                [
                    *zip(s.tolist(), top.tolist(), strict=True),
                    *zip(s[::-1].tolist(), (top[::-1] + 0.24).tolist(), strict=True),
                ],
                (first, second)[k % 2],
            )
    elif kind == "arcs":
        for k in range(4):
            reach = 0.98 - 0.24 * k
            t = np.linspace(np.pi, 2 * np.pi, 40)
            polygon(
                [*zip((reach * np.cos(t)).tolist(), (0.5 + 1.3 * reach * np.sin(t)).tolist(), strict=True)],
                (first, second)[k % 2],
            )
    else:
        for k in range(int(rng.integers(3, 7))):
            px, py, edge = float(rng.uniform(-0.7, 0.5)), float(rng.uniform(-0.8, 0.5)), float(rng.uniform(0.25, 0.6))
            polygon([(px, py), (px + edge, py), (px + edge, py + edge), (px, py + edge)], (first, second)[k % 2])
    return kind
