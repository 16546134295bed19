"""Small pictures for labels and prints: suns, sprigs, fruit, hills and the like."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from prodgen_render.asset.canvas import Canvas
from prodgen_render.looks.patterns import Srgb, mix

_WHITE: Srgb = (255, 255, 255)
_LEAF: Srgb = (74, 128, 66)


def draw_motif(
    canvas: Canvas, kind: str, inks: Sequence[Srgb], at: float, size: float, rng: np.random.Generator
) -> str:
    """Draws a small picture at the middle of a canvas's width.

    Args:
        kind: a name of `MOTIFS`.
        inks: its first two are used.
        at: height of its middle, size: half its edge, both in sheets.

    Returns:
        `kind`.
    """
    pen = _Pen(canvas, canvas.aspect / 2, at, min(size, 0.42 * canvas.aspect), inks[0], inks[1 % len(inks)], rng)
    MOTIFS[kind](pen)
    return kind


@dataclass(frozen=True)
class _Pen:
    """Draws on a canvas in coordinates of a motif: its middle is (0, 0), its corners are (-1, -1) and (1, 1), y is down."""

    canvas: Canvas
    x: float
    y: float
    size: float
    first: Srgb
    second: Srgb
    rng: np.random.Generator

    def ink(self, place: int) -> Srgb:
        """The two inks in turn."""
        return (self.first, self.second)[place % 2]

    def disc(self, x: float, y: float, radius: float, colour: Srgb, tall: float = 1.0) -> None:
        self.canvas.disc(self.x + x * self.size, self.y + y * self.size, radius * self.size, colour, tall)

    def polygon(self, points: Sequence[tuple[float, float]], colour: Srgb) -> None:
        self.canvas.polygon([(self.x + x * self.size, self.y + y * self.size) for x, y in points], colour)

    def petal(self, angle: float, away: float, long: float, short: float, colour: Srgb) -> None:
        """An ellipse that points away from the middle."""
        t = np.linspace(0, 2 * np.pi, 24)
        x, y = long * np.cos(t) + away, short * np.sin(t)
        turned_x, turned_y = x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)
        self.polygon(_points(turned_x, turned_y), colour)


def _sprig(pen: _Pen) -> None:
    count = int(pen.rng.integers(3, 6))
    for k in range(count):
        for side in (-1, 1):
            angle = -math.pi / 2 + side * (0.25 + 1.1 * k / count)
            pen.petal(angle, 0.55, 0.42, 0.15, mix(pen.first, pen.second, 0.2 * k))


def _sun(pen: _Pen) -> None:
    rays = int(pen.rng.integers(8, 17))
    for k in range(rays):
        pen.petal(k * 2 * math.pi / rays, 0.8, 0.2, 0.055, pen.first)
    pen.disc(0, 0, float(pen.rng.uniform(0.32, 0.5)), pen.second)


def _fruit(pen: _Pen) -> None:
    pieces = ((0.0, 0.1, 0.55), (-0.55, 0.3, 0.42), (0.55, 0.3, 0.42))
    for k, (x, y, radius) in enumerate(pieces[: int(pen.rng.integers(1, 4))]):
        pen.disc(x, y, radius, mix(pen.first, _WHITE, 0.14 * k))
    pen.petal(-0.9, 0.62, 0.3, 0.13, mix(_LEAF, pen.second, 0.3))
    pen.disc(-0.2, -0.12, 0.1, mix(pen.first, _WHITE, 0.6))


def _hills(pen: _Pen) -> None:
    pen.disc(0.3, -0.35, 0.3, pen.second)
    pen.polygon([(-1, 0.8), (-0.35, -0.35), (0.3, 0.8)], pen.first)
    pen.polygon([(-0.3, 0.8), (0.4, 0.0), (1, 0.8)], mix(pen.first, (0, 0, 0), 0.25))


def _drop(pen: _Pen) -> None:
    t = np.linspace(0, 2 * np.pi, 60)
    pen.polygon(_points(0.62 * np.sin(t) * np.sin(t / 2) ** 1.5, -0.85 * np.cos(t)), pen.first)
    pen.disc(0.12, 0.42, 0.2, mix(pen.first, _WHITE, 0.5))


def _ear(pen: _Pen) -> None:
    """An ear of grain."""
    for k in range(5):
        for side in (-1, 1):
            pen.disc(side * 0.24, 0.6 - 0.36 * k, 0.15, mix(pen.first, pen.second, 0.12 * k), 1.2)


def _flower(pen: _Pen) -> None:
    petals = int(pen.rng.integers(5, 10))
    for k in range(petals):
        pen.petal(k * 2 * math.pi / petals, 0.55, 0.42, 1.5 / petals, pen.first)
    pen.disc(0, 0, 0.26, pen.second)


def _rings(pen: _Pen) -> None:
    count = int(pen.rng.integers(2, 5))
    for k in range(count):
        pen.disc(0, 0, 0.95 - 0.9 * k / count, pen.ink(k))


def _diamond(pen: _Pen) -> None:
    for k, reach in enumerate((0.95, 0.6, 0.3)):
        pen.polygon([(0, -reach), (reach * 0.75, 0), (0, reach), (-reach * 0.75, 0)], pen.ink(k))


def _hexagon(pen: _Pen) -> None:
    for k, reach in enumerate((0.95, 0.62)):
        corners = [(reach * math.sin(a * math.pi / 3), reach * math.cos(a * math.pi / 3)) for a in range(6)]
        pen.polygon(corners, pen.ink(k))


def _star(pen: _Pen) -> None:
    points = int(pen.rng.integers(5, 9))
    reaches = [0.95 if k % 2 == 0 else 0.45 for k in range(2 * points)]
    angles = [k * math.pi / points for k in range(2 * points)]
    pen.polygon([(r * math.sin(a), -r * math.cos(a)) for r, a in zip(reaches, angles, strict=True)], pen.first)


def _waves(pen: _Pen) -> None:
    for k in range(3):
        x = np.linspace(-1, 1, 40)
        top = 0.5 * k - 0.6 + 0.16 * np.sin(x * 5 + k)
        pen.polygon([*_points(x, top), *_points(x[::-1], top[::-1] + 0.24)], pen.ink(k))


def _arcs(pen: _Pen) -> None:
    t = np.linspace(np.pi, 2 * np.pi, 40)
    for k in range(4):
        reach = 0.98 - 0.24 * k
        pen.polygon(_points(reach * np.cos(t), 0.5 + 1.3 * reach * np.sin(t)), pen.ink(k))


def _blocks(pen: _Pen) -> None:
    for k in range(int(pen.rng.integers(3, 7))):
        x, y, edge = (float(pen.rng.uniform(low, high)) for low, high in ((-0.7, 0.5), (-0.8, 0.5), (0.25, 0.6)))
        pen.polygon([(x, y), (x + edge, y), (x + edge, y + edge), (x, y + edge)], pen.ink(k))


def _points(x: np.ndarray, y: np.ndarray) -> list[tuple[float, float]]:
    return list(zip(x.tolist(), y.tolist(), strict=True))


MOTIFS: dict[str, Callable[[_Pen], None]] = {
    "sprig": _sprig,
    "sun": _sun,
    "fruit": _fruit,
    "hills": _hills,
    "drop": _drop,
    "ear": _ear,
    "flower": _flower,
    "rings": _rings,
    "diamond": _diamond,
    "hexagon": _hexagon,
    "star": _star,
    "waves": _waves,
    "arcs": _arcs,
    "blocks": _blocks,
}
"""How each motif is drawn."""
