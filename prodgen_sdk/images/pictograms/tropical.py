"""Pictograms of what grows in the warmth: pineapples, bananas, melons, palms, cacti."""

from __future__ import annotations

import math

import numpy as np

from prodgen_sdk.images.pictograms.outlines import (
    FIRST,
    SECOND,
    UP,
    Motif,
    Outline,
    band,
    blade,
    curve,
    ellipse,
    moved,
    stroke,
)


def pineapple() -> Motif:
    crown = (
        blade(SECOND, UP + turn, 0.0, long, 0.12, (0.0, -0.22))
        for turn, long in ((-1.0, 0.5), (1.0, 0.5), (-0.5, 0.68), (0.5, 0.68), (0.0, 0.78))
    )
    lines = (
        stroke(SECOND, np.array([(-0.44 * s, 0.02 + 0.3 * k), (0.44 * s, 0.36 + 0.3 * k)]), 0.045)
        for s in (-1, 1)
        for k in range(-1, 2)
    )
    return (*crown, ellipse(FIRST, 0, 0.36, 0.48, 0.62), *lines)


def banana() -> Motif:
    body = np.concatenate(
        [
            curve((-0.75, -0.62), (-0.5, 0.3), (0.1, 0.55), (0.85, 0.42)),
            curve((0.85, 0.42), (0.4, 0.95), (-0.7, 0.95), (-0.92, -0.52))[1:],
        ]
    )
    ridge = stroke(SECOND, curve((-0.8, -0.4), (-0.55, 0.62), (0.2, 0.72), (0.7, 0.52)), 0.05, 0.02)
    return (Outline(FIRST, body), ridge, stroke(SECOND, np.array([(-0.84, -0.55), (-0.86, -0.9)]), 0.16, 0.12))


def watermelon() -> Motif:
    """A slice."""
    t = np.linspace(0, math.pi, 40)
    half = np.stack([np.cos(t), np.sin(t)], 1)
    rind = (stroke(SECOND, 0.92 * part - [0, 0.4], 0.12) for part in (half[:21], half[20:]))
    seeds = ((-0.45, -0.12), (0.0, -0.08), (0.45, -0.12), (-0.22, 0.18), (0.22, 0.18))
    return (Outline(FIRST, 0.8 * half - [0, 0.4]), *rind, *(ellipse(SECOND, x, y, 0.05, 0.085) for x, y in seeds))


def palm() -> Motif:
    """A leaf with its fingers."""
    stem = curve((-0.75, 0.9), (-0.3, 0.2), (0.7, -0.8))
    fingers = (
        blade(FIRST, math.radians(-50 + s * (58 - 1.2 * k)), 0.02, 0.8 - 0.022 * k, 0.075, (float(stem[k][0]), float(stem[k][1])))
        for k in range(7, 24, 3)
        for s in (-1, 1)
    )  # fmt: skip
    return (stroke(FIRST, stem, 0.08, 0.03), *fingers, blade(FIRST, math.radians(-50), 0.0, 0.42, 0.08, (0.6, -0.68)))


def cactus() -> Motif:
    def arm(side: int, at: float, top: float) -> Outline:
        path = curve((0.0, at), (side * 0.62, at + 0.06), (side * 0.56, at - 0.1), (side * 0.56, top))
        return stroke(FIRST, path, 0.26)

    ridges = (stroke(SECOND, np.array([(x, -0.6), (x, 0.45)]), 0.04) for x in (-0.1, 0.1))
    pot = Outline(SECOND, band(np.array([-0.42, 0.42]), np.full(2, 0.58), np.full(2, 0.72)))
    foot = Outline(SECOND, np.array([(-0.36, 0.7), (0.36, 0.7), (0.27, 0.98), (-0.27, 0.98)]))
    return (
        Outline(FIRST, band(np.array([-0.22, 0.22]), np.full(2, -0.72), np.full(2, 0.6))),
        ellipse(FIRST, 0, -0.72, 0.22, 0.22),
        arm(-1, 0.22, -0.3),
        ellipse(FIRST, -0.56, -0.3, 0.13, 0.13),
        arm(1, 0.02, -0.42),
        ellipse(FIRST, 0.56, -0.42, 0.13, 0.13),
        *ridges,
        pot,
        foot,
    )


def mushroom() -> Motif:
    t = np.linspace(math.pi, 2 * math.pi, 40)
    cap = np.concatenate(
        [np.stack([0.92 * np.cos(t), 0.05 + 0.85 * np.sin(t)], 1), curve((0.92, 0.05), (0.0, 0.3), (-0.92, 0.05))[1:-1]]
    )
    stem = np.concatenate(
        [curve((-0.26, 0.1), (-0.2, 0.6), (-0.34, 0.92)), curve((0.34, 0.92), (0.2, 0.6), (0.26, 0.1))]
    )
    spots = (
        ellipse(SECOND, x, y, r, 0.85 * r) for x, y, r in ((-0.45, -0.2, 0.16), (0.05, -0.48, 0.17), (0.5, -0.16, 0.14))
    )
    return moved((Outline(SECOND, stem), Outline(FIRST, cap), *spots), 0, 0)  # fmt: skip
