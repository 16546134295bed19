"""Repeating patterns as artwork: stripes, dots, checks, flowers and speckles that fit together at all four edges.

Each function draws into a `Canvas` with random numbers of its own, so that two products of the same words differ in scale, angle,
rhythm and colours.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from prodgen_render.asset.canvas import Canvas
from prodgen_render.looks.patterns import Srgb, brightness, mix
from prodgen_render.model import Floats

_DIRECTIONS = ((0, 1), (0, 1), (1, 0), (1, 0), (1, 1), (1, -1))


def stripes(canvas: Canvas, colours: Sequence[Srgb], rng: np.random.Generator) -> str:
    """Even, double, three-coloured or pin stripes; across, down or slanted."""
    x, y = canvas.grid()
    across, down = _DIRECTIONS[int(rng.integers(len(_DIRECTIONS)))]
    count = int(rng.integers(2, 7 if across * down == 0 else 5))
    phase = (count * (across * x + down * y) + rng.random()) % 1
    kind = str(rng.choice(["even", "double", "three", "pin", "group"]))
    first, second = colours[0], colours[1 % len(colours)]
    if kind == "even":
        canvas.fill(_band(phase, 0.1, 0.1 + float(rng.uniform(0.25, 0.5)), count), first)
    elif kind == "pin":
        canvas.fill(_band(phase, 0.4, 0.4 + float(rng.uniform(0.1, 0.2)), count), first)
    elif kind == "double":
        wide = float(rng.uniform(0.25, 0.4))
        canvas.fill(_band(phase, 0.05, 0.05 + wide, count), first)
        canvas.fill(_band(phase, wide + 0.2, wide + 0.3, count), first)
    elif kind == "three":
        canvas.fill(_band(phase, 0.05, 0.30, count), first)
        canvas.fill(_band(phase, 0.52, 0.72, count), second)
    else:
        for k in range(3):
            canvas.fill(_band(phase, 0.08 + 0.2 * k, 0.18 + 0.2 * k, count), second if k == 1 else first)
    return f"{kind}-{('down', 'across')[across == 0] if across * down == 0 else 'slanted'}"


def dots(canvas: Canvas, colours: Sequence[Srgb], rng: np.random.Generator) -> str:
    """A lattice of discs or rings, or confetti."""
    count = int(rng.integers(2, 6))
    kind = str(rng.choice(["even", "even", "rings", "two", "confetti"]))
    first, second = colours[0], colours[1 % len(colours)]
    if kind == "confetti":
        for number in range(int(rng.integers(14, 40))):
            size = float(rng.uniform(0.02, 0.055))
            canvas.ellipse(rng.random(), rng.random(), size, size, 0, (first, second, first)[number % 3])
        return "confetti"
    radius = float(rng.uniform(0.18, 0.36)) / count
    staggered = rng.random() < 0.7
    if staggered and count % 2:
        count += 1
        radius *= 0.85
    for row in range(count):
        for column in range(count):
            x = (column + (0.5 * (row % 2) if staggered else 0.0) + 0.25) / count
            y = (row + 0.25) / count
            odd = (row + column) % 2 == 1
            size = radius * (0.55 if kind == "two" and odd else 1.0)
            shade = second if kind == "two" and odd else first
            canvas.ellipse(x, y, size, size, 0, shade, hole=0.55 if kind == "rings" else 0.0)
    return f"{kind}-{'staggered' if staggered else 'square'}"


def checks(canvas: Canvas, colours: Sequence[Srgb], rng: np.random.Generator) -> str:
    """Gingham, tartan, window panes, a chess board or diamonds."""
    x, y = canvas.grid()
    kind = str(rng.choice(["gingham", "tartan", "tartan", "panes", "board", "diamonds"]))
    count = int(rng.integers(2, 5))
    first, second = colours[0], colours[1 % len(colours)]
    u: Floats = np.asarray((x * count + rng.random()) % 1, np.float32)
    v: Floats = np.asarray((y * count + rng.random()) % 1, np.float32)
    if kind == "diamonds":
        u = np.asarray((count * (x + y) + rng.random()) % 1, np.float32)
        v = np.asarray((count * (x - y) + rng.random()) % 1, np.float32)
        even = _band(u, 0.0, 0.5, count) * _band(v, 0.0, 0.5, count)
        canvas.fill(even + (1 - _band(u, 0.0, 0.5, count)) * (1 - _band(v, 0.0, 0.5, count)), first)
        for t in (u, v):
            canvas.fill(_band(t, 0.23, 0.27, count) * 0.8, second)
    elif kind == "board":
        a, b = _band(u, 0.0, 0.5, count), _band(v, 0.0, 0.5, count)
        canvas.fill(a * b + (1 - a) * (1 - b), first)
    elif kind == "panes":
        wide = float(rng.uniform(0.05, 0.12))
        for t in (u, v):
            canvas.fill(_band(t, 0.4, 0.4 + wide, count), first)
    else:
        width = float(rng.uniform(0.34, 0.5))
        a, b = _band(u, 0.0, width, count), _band(v, 0.0, width, count)
        canvas.fill(0.5 * (a + b), first)
        if kind == "tartan":
            at = width + (1 - width) / 2
            for t in (u, v):
                canvas.fill(_band(t, at - 0.03, at + 0.03, count) * 0.8, second)
                if width > 0.42:
                    canvas.fill(_band(t, width / 2 - 0.03, width / 2 + 0.03, count) * 0.7, second)
    return kind


def speckle(canvas: Canvas, colours: Sequence[Srgb], rng: np.random.Generator) -> str:
    """Fine spots, as of a glaze; dark, or in the second colour too."""
    two = rng.random() < 0.4
    spots = [mix(canvas.ground, (58, 44, 36), 0.75), colours[0]]
    largest = float(rng.uniform(0.010, 0.026))
    for number in range(int(rng.integers(60, 150))):
        size = largest * float(rng.uniform(0.3, 1.0))
        canvas.ellipse(rng.random(), rng.random(), size, size, 0, spots[number % 2 if two else 0])
    return "two-coloured" if two else "dark"


def floral(canvas: Canvas, colours: Sequence[Srgb], rng: np.random.Generator) -> str:
    """Scattered flowers: daisies, tulips, blossoms or leaves, dense or loose."""
    kind = str(rng.choice(["daisies", "blossoms", "tulips", "sprigs"]))
    rows = int(rng.integers(2, 5))
    leaf = mix((86, 128, 82), mix(canvas.ground, (0, 0, 0), 0.2), float(rng.uniform(0.05, 0.45)))
    heart = (240, 200, 80) if brightness(colours[0]) < 0.6 else (200, 120, 60)
    petals = int(rng.integers(5, 9 if kind == "daisies" else 6))
    # Two flowers take turns, as in a printed repeat; a hand's unevenness is small.
    pair = [
        (float(rng.uniform(0.26, 0.40)) / rows, float(rng.uniform(0, 6.28)), colours[k % len(colours)])
        for k in range(2)
    ]
    for row in range(rows):
        for column in range(rows):
            x = (column + 0.5 * (row % 2) + 0.06 * float(rng.uniform(-1, 1))) / rows
            y = (row + 0.06 * float(rng.uniform(-1, 1))) / rows
            size, turn, shade = pair[(row + column) % 2]
            _flower(canvas, kind, x, y, size, turn, petals, shade, leaf, heart)
    if rows < 4:
        for row in range(rows):
            for column in range(rows):
                canvas.ellipse((column + 0.5 * (row % 2) + 0.5) / rows, row / rows, 0.014, 0.014, 0, leaf)
    return kind


def _flower(
    canvas: Canvas, kind: str, x: float, y: float, size: float, turn: float, petals: int, shade: Srgb, leaf: Srgb, heart: Srgb
) -> None:  # fmt: skip
    def petal(
        angle: float, away: float, long: float, short: float, colour: Srgb, around: tuple[float, float] = (x, y)
    ) -> None:
        px, py = around[0] + math.cos(angle) * size * away, around[1] + math.sin(angle) * size * away
        canvas.ellipse(px, py, size * long, size * short, angle, colour)

    if kind == "sprigs":
        for k in range(5):
            along = (k - 2) * size * 0.42
            stem = x + math.cos(turn) * along, y + math.sin(turn) * along
            for side in (-1, 1):
                petal(turn + side * 0.9, 0.3, 0.34, 0.13, leaf, stem)
        petal(turn, 1.1, 0.24, 0.24, shade)
        return
    for k in range(1 if kind == "daisies" else 2):
        petal(turn + 2.2 + k * 2.0, 1.1, 0.55, 0.22, leaf)
    if kind == "tulips":
        for spread, light in ((-0.5, 0.0), (0.5, 0.0), (0.0, 0.18)):
            petal(turn + spread, 0.3, 0.62, 0.28, mix(shade, (255, 255, 255), light))
        return
    for k in range(petals):
        petal(turn + k * 2 * math.pi / petals, 0.55, 0.5, 0.17 if kind == "daisies" else 0.34, shade)
    petal(0.0, 0.0, 0.27, 0.27, heart)


def _band(phase: Floats, low: float, high: float, count: int) -> Floats:
    """1 where the phase lies between two values, with edges one pixel soft."""
    soft = 0.8 * count / phase.size**0.5 if min(phase.shape) > 1 else 0.8 * count / max(phase.shape)
    middle, half = (low + high) / 2, (high - low) / 2
    away = np.abs((phase - middle + 0.5) % 1 - 0.5)
    return np.asarray(np.clip((half - away) / soft + 0.5, 0, 1), np.float32)
