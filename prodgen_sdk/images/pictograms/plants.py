"""Pictograms of plants and of what grows on them."""

from __future__ import annotations

import math

import numpy as np

from prodgen_sdk.images.pictograms.outlines import (
    FIRST,
    SECOND,
    UP,
    Motif,
    Outline,
    around,
    blade,
    curve,
    disc,
    ellipse,
    moved,
    stroke,
    turned,
)
from prodgen_sdk.images.pictograms.signs import drop

_T = np.linspace(0, 1, 24)


def leaf() -> Motif:
    rib = curve((0.0, 0.95), (0.0, 0.2), (0.0, -0.6))
    veins = (
        stroke(
            SECOND, curve((0, 0.45 - 0.36 * k), (side * 0.18, 0.30 - 0.36 * k), (side * 0.34, 0.08 - 0.36 * k)), 0.05
        )
        for k in range(3)
        for side in (-1, 1)
    )
    return moved(
        (
            blade(FIRST, UP, -0.72, 1.67, 0.56),
            stroke(FIRST, curve((0, 0.7), (0.02, 0.85), (0.1, 1.0)), 0.1),
            stroke(SECOND, rib[4:], 0.07, 0.03),
            *veins,
        ),
        0,
        0,
        1.0,
        0.45,
    )


def tea() -> Motif:
    """Two leaves and a bud."""
    return (
        stroke(FIRST, curve((0.05, 0.95), (0.0, 0.5), (0.0, 0.1)), 0.09),
        blade(FIRST, UP - 0.85, 0.0, 1.0, 0.24, (0, 0.35)), blade(FIRST, UP + 0.85, 0.0, 1.0, 0.24, (0, 0.35)), blade(FIRST, UP, 0.0, 1.15, 0.17, (0, 0.2)),
        stroke(SECOND, np.stack([-0.62 * _T, 0.22 - 0.55 * _T], 1)[4:], 0.045), stroke(SECOND, np.stack([0.62 * _T, 0.22 - 0.55 * _T], 1)[4:], 0.045),
    )  # fmt: skip


def ear() -> Motif:
    stem = curve((0.0, 1.0), (0.02, 0.4), (0.0, -0.5))
    grains = (
        blade(FIRST, UP + side * 0.62, 0.03, 0.50, 0.105, (0.0, 0.45 - 0.27 * k)) for k in range(4) for side in (-1, 1)
    )
    return (stroke(FIRST, stem, 0.06), *grains, blade(FIRST, UP, 0.0, 0.48, 0.11, (0.0, -0.46)))


def sprig() -> Motif:
    stem = curve((-0.1, 1.0), (0.1, 0.3), (0.0, -0.5))
    pairs = ((stem[4 + 5 * k], side, 0.62 - 0.07 * k) for k in range(4) for side in (-1, 1))
    leaves = (
        blade(FIRST, UP + side * 0.95, 0.02, long, 0.28 * long, (float(at[0]), float(at[1])))
        for at, side, long in pairs
    )
    return (stroke(FIRST, stem, 0.07, 0.04), *leaves, blade(FIRST, UP, 0.0, 0.52, 0.15, (0.0, -0.45)))


def olive() -> Motif:
    stem = curve((-0.85, 0.75), (-0.1, 0.35), (0.75, -0.75))
    leaves = (
        blade(FIRST, math.radians(turn), 0.05, 0.68, 0.13, (float(x), float(y)))
        for (x, y), turn in zip(stem[[5, 8, 13, 16, 21]], (-115, 25, -110, 20, -100), strict=True)
    )
    fruit = (ellipse(SECOND, 0.28, 0.58, 0.21, 0.26), ellipse(SECOND, -0.25, 0.78, 0.19, 0.23))
    stalks = (
        stroke(FIRST, curve((0.02, 0.12), (0.2, 0.2), (0.28, 0.38)), 0.05),
        stroke(FIRST, curve((-0.35, 0.42), (-0.25, 0.5), (-0.25, 0.62)), 0.05),
    )
    return moved((stroke(FIRST, stem, 0.08, 0.04), *leaves, *stalks, *fruit), 0, 0.08, 0.86)


def citrus() -> Motif:
    """A slice: peel, pith, and eight segments."""
    inner = 0.70
    wedge = np.array([(0.10, 0.0), *(inner * np.stack([np.cos(a), np.sin(a)]) for a in np.linspace(-0.32, 0.32, 8))])
    segments = (Outline(FIRST, turned(wedge + np.array([0.03, 0.0]), angle)) for angle in around(8))
    return (disc(FIRST, 0, 0, 0.95), disc(SECOND, 0, 0, 0.80), *segments)


def _calyx(ink: int, down: float, size: float, leaves: int = 5) -> tuple[Outline, ...]:
    return tuple(
        blade(ink, angle, 0.0, size, size * 0.2, (0.0, down))
        for angle in np.linspace(math.radians(165), math.radians(375), leaves)
    )


def strawberry() -> Motif:
    t = np.linspace(0, 2 * math.pi, 48, endpoint=False)
    body = np.stack([0.72 * np.sin(t) * (0.82 + 0.18 * np.cos(t)), 0.12 - 0.78 * np.cos(t)], 1)
    body[:, 0] *= np.interp(body[:, 1], [-0.66, 0.1, 0.9], [1.0, 1.0, 0.72])
    seeds = (
        ellipse(SECOND, x, y, 0.045, 0.07)
        for x, y in (
            (-0.36, 0.0),
            (0.0, 0.02),
            (0.36, 0.0),
            (-0.2, 0.3),
            (0.2, 0.3),
            (0.0, 0.56),
            (-0.42, -0.3),
            (0.42, -0.3),
        )
    )
    return (Outline(FIRST, body), *_calyx(SECOND, -0.62, 0.5), *seeds)


def cherries() -> Motif:
    return (
        stroke(SECOND, curve((-0.45, 0.4), (-0.35, -0.3), (0.25, -0.9)), 0.07), stroke(SECOND, curve((0.5, 0.5), (0.55, -0.3), (0.25, -0.9)), 0.07),
        blade(SECOND, math.radians(12), 0.0, 0.72, 0.2, (0.22, -0.84)),
        disc(FIRST, -0.45, 0.5, 0.42), disc(FIRST, 0.5, 0.55, 0.38),
    )  # fmt: skip


def blueberries() -> Motif:
    """Three berries, each with its crown."""
    places = ((-0.46, 0.36, 0.46), (0.48, 0.40, 0.44), (0.02, -0.42, 0.48))
    crown = np.stack([np.sin(around(10)), -np.cos(around(10))], 1) * np.where(np.arange(10) % 2, 0.4, 1.0)[:, None]
    return tuple(
        outline
        for x, y, size in places
        for outline in (disc(FIRST, x, y, size), Outline(SECOND, 0.45 * size * crown + (x, y - 0.12 * size)))
    )


def grapes() -> Motif:
    rows = (
        ((k - (count - 1) / 2) * 0.40, -0.30 + 0.34 * row)
        for row, count in enumerate((4, 3, 2, 1))
        for k in range(count)
    )
    return (
        stroke(SECOND, curve((0.0, -0.3), (0.0, -0.7), (0.14, -0.98)), 0.09),
        blade(SECOND, math.radians(-160), 0.0, 0.75, 0.24, (0.05, -0.72)),
        *(disc(FIRST, x, y, 0.205) for x, y in rows),
    )


def apple() -> Motif:
    t = np.linspace(0, 2 * math.pi, 60, endpoint=False)
    reach = 0.74 * (
        1
        - 0.16 * np.exp(-((np.abs(t - math.pi) / 0.45) ** 2))
        - 0.10 * np.exp(-((np.minimum(t, 2 * math.pi - t) / 0.35) ** 2))
    )
    body = np.stack([1.04 * reach * np.sin(t), 0.18 + reach * np.cos(t)], 1)
    return (
        Outline(FIRST, body),
        stroke(SECOND, curve((0.0, -0.34), (0.0, -0.7), (0.12, -0.92)), 0.09),
        blade(SECOND, math.radians(-28), 0.0, 0.62, 0.17, (0.05, -0.58)),
    )


def bean() -> Motif:
    """Two coffee beans."""
    seam = stroke(SECOND, curve((0.0, -0.62), (0.3, -0.2), (-0.3, 0.2), (0.0, 0.62)), 0.11)
    one = (ellipse(FIRST, 0, 0, 0.44, 0.62), seam)
    return (*moved(one, -0.36, 0.12, 0.95, 0.5), *moved(one, 0.44, -0.08, 0.85, -0.35))


def cocoa() -> Motif:
    """A pod with its grooves."""
    grooves = (stroke(SECOND, curve((0.0, -0.8), (x, -0.1), (0.0, 0.75)), 0.06, 0.03) for x in (-0.55, 0.0, 0.55))
    pod = (
        blade(FIRST, math.pi / 2, -0.92, 1.84, 0.55),
        *grooves,
        stroke(FIRST, curve((0, -0.8), (0, -0.92), (0.05, -1.0)), 0.12),
    )
    return moved(pod, 0, 0, 0.98, 0.5)


def almond() -> Motif:
    one = (
        Outline(FIRST, turned(drop()[0].points * (0.95, 0.95), 0.0)),
        *(stroke(SECOND, curve((0.0, -0.55), (x, 0.0), (x * 0.7, 0.62)), 0.05) for x in (-0.26, 0.0, 0.26)),
    )
    return (*moved(one, -0.34, 0.12, 0.82, 0.45), *moved(one, 0.44, 0.0, 0.68, -0.5))


def peas() -> Motif:
    """An open pod."""
    pod = blade(FIRST, 0.0, -1.0, 2.0, 0.40)
    return moved((pod, *(disc(SECOND, x, 0.0, 0.19) for x in (-0.5, -0.0, 0.5))), 0, 0, 0.98, -0.45)


def chili() -> Motif:
    body = stroke(FIRST, curve((-0.5, -0.5), (0.15, -0.45), (0.35, 0.35), (0.85, 0.8)), 0.50, 0.02)
    return (
        body,
        ellipse(SECOND, -0.52, -0.52, 0.22, 0.25),
        stroke(SECOND, curve((-0.55, -0.6), (-0.62, -0.85), (-0.35, -0.98)), 0.12),
    )


def tomato() -> Motif:
    return (
        ellipse(FIRST, 0, 0.12, 0.84, 0.74),
        *(blade(SECOND, UP + angle, 0.0, 0.48, 0.10, (0.0, -0.46)) for angle in (-1.9, -1.05, 0.0, 1.05, 1.9)),
    )


def lavender() -> Motif:
    def stalk(lean: float, high: float) -> Motif:
        stem = curve((0.0, 0.95), (lean * 0.3, 0.3), (lean, -high))
        buds = (
            ellipse(SECOND, float(x) + side * 0.10, float(y), 0.10, 0.085) for x, y in stem[13::2] for side in (-1, 1)
        )
        return (stroke(FIRST, stem, 0.06), *buds)

    return (
        *stalk(-0.55, 0.6),
        *stalk(0.55, 0.6),
        *stalk(0.0, 0.9),
        blade(FIRST, math.radians(-150), 0.0, 0.55, 0.09, (0, 0.85)),
        blade(FIRST, math.radians(-30), 0.0, 0.55, 0.09, (0, 0.85)),
    )


def rose() -> Motif:
    petals = tuple(
        moved((ellipse(FIRST, 0.0, 0.0, 0.46, 0.40),), 0.42 * math.cos(a), 0.42 * math.sin(a), 1.0, a)[0]
        for a in around(5)
    )
    curls = (
        stroke(SECOND, np.stack([r * np.cos(turn), r * np.sin(turn)], 1), 0.07)
        for r, turn in (
            (0.55, np.linspace(0.3, 2.4, 20)),
            (0.45, np.linspace(2.7, 4.8, 20)),
            (0.33, np.linspace(4.9, 7.0, 20)),
            (0.17, np.linspace(0.5, 5.2, 20)),
        )
    )
    leaves = (blade(SECOND, math.radians(25), 0.55, 0.48, 0.17), blade(SECOND, math.radians(155), 0.55, 0.48, 0.17))
    return (*leaves, *petals, *curls)
