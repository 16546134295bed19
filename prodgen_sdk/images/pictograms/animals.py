"""Pictograms of animals."""

from __future__ import annotations

import math

import numpy as np

from prodgen_sdk.images.pictograms.outlines import (
    FIRST,
    SECOND,
    Motif,
    Outline,
    band,
    blade,
    curve,
    disc,
    ellipse,
    moved,
    polygon,
    stroke,
)


def _face(nose: float, eyes: float = 0.33) -> Motif:
    """Eyes, a nose and a mouth on a head about the origin."""
    mouth = tuple(
        stroke(SECOND, curve((0.0, nose + 0.06), (0.04 * side, nose + 0.26), (0.28 * side, nose + 0.2)), 0.06)
        for side in (-1, 1)
    )
    return (
        *(ellipse(SECOND, side * eyes, -0.04, 0.09, 0.12) for side in (-1, 1)),
        polygon(SECOND, (-0.12, nose - 0.05), (0.12, nose - 0.05), (0.0, nose + 0.1)),
        *mouth,
    )


def cat() -> Motif:
    ears = (polygon(FIRST, (s * 0.74, 0.0), (s * 0.72, -0.95), (s * 0.12, -0.48)) for s in (-1, 1))
    whiskers = (
        stroke(SECOND, np.array([(s * 0.36, y), (s * 0.72, y + lean)]), 0.04)
        for s in (-1, 1)
        for y, lean in ((0.26, -0.05), (0.38, 0.03))
    )
    return (*ears, ellipse(FIRST, 0, 0.14, 0.82, 0.7), *_face(0.24), *whiskers)


def dog() -> Motif:
    ears = (
        Outline(SECOND, np.concatenate([curve((s * 0.42, -0.62), (s * 0.95, -0.85), (s * 1.05, 0.3)), curve((s * 1.05, 0.3), (s * 0.7, 0.5), (s * 0.62, -0.1))[1:]]))
        for s in (-1, 1)
    )  # fmt: skip
    return (ellipse(FIRST, 0, -0.05, 0.72, 0.68), ellipse(FIRST, 0, 0.36, 0.46, 0.42), *ears, *_face(0.26, 0.28))


def rabbit() -> Motif:
    ears = tuple(
        outline
        for s in (-1, 1)
        for outline in (
            *moved((ellipse(FIRST, 0, 0, 0.2, 0.52),), s * 0.32, -0.5, 1, s * 0.16),
            *moved((ellipse(SECOND, 0, 0, 0.09, 0.36),), s * 0.32, -0.5, 1, s * 0.16),
        )
    )
    return (*ears, ellipse(FIRST, 0, 0.4, 0.62, 0.55), *moved(_face(0.2, 0.24), 0, 0.34, 0.85))


def bear() -> Motif:
    ears = tuple(
        outline for s in (-1, 1) for outline in (disc(FIRST, s * 0.62, -0.56, 0.3), disc(SECOND, s * 0.62, -0.56, 0.15))
    )
    return (*ears, ellipse(FIRST, 0, 0.1, 0.84, 0.76), *_face(0.26))


def butterfly() -> Motif:
    def wing(side: int) -> Motif:
        upper = np.concatenate(
            [curve((0, -0.1), (0.2, -1.0), (0.95, -0.95)), curve((0.95, -0.95), (1.1, -0.1), (0, 0.1))[1:]]
        )
        lower = np.concatenate(
            [curve((0, 0.05), (0.9, 0.1), (0.72, 0.7)), curve((0.72, 0.7), (0.35, 1.05), (0, 0.3))[1:]]
        )
        flip = np.array([side, 1])
        return (
            Outline(FIRST, upper * flip),
            Outline(FIRST, lower * flip),
            ellipse(SECOND, side * 0.62, -0.5, 0.17, 0.2),
            disc(SECOND, side * 0.42, 0.42, 0.12),
        )  # fmt: skip

    feelers = (stroke(FIRST, curve((0, -0.4), (s * 0.06, -0.75), (s * 0.26, -0.9)), 0.05) for s in (-1, 1))
    return (*wing(-1), *wing(1), ellipse(SECOND, 0, 0.05, 0.09, 0.5), *feelers)


def bird() -> Motif:
    t = np.linspace(0, 1, 40)
    body = band(-0.75 + 1.2 * t, 0.05 - 0.5 * np.sin(math.pi * t**0.8), 0.05 + 0.42 * np.sin(math.pi * t**0.8))
    return (
        polygon(FIRST, (0.25, -0.05), (0.98, -0.28), (0.9, 0.02), (0.98, 0.2), (0.3, 0.22)),
        Outline(FIRST, body),
        disc(FIRST, -0.5, -0.32, 0.34),
        polygon(SECOND, (-0.8, -0.42), (-1.0, -0.28), (-0.8, -0.2)),
        disc(SECOND, -0.56, -0.38, 0.065),
        blade(SECOND, math.radians(-12), 0.0, 0.66, 0.17, (-0.3, 0.12)),
        *(stroke(FIRST, np.array([(x, 0.4), (x, 0.75)]), 0.06) for x in (-0.2, 0.02)),
    )


def bee() -> Motif:
    wings = (moved((ellipse(SECOND, 0, 0, 0.24, 0.42),), s * 0.28 + 0.05, -0.5, 1, s * 0.5)[0] for s in (-1, 1))
    stripes = (
        Outline(SECOND, band(np.array([x - 0.07, x + 0.07]), np.full(2, 0.2 - h), np.full(2, 0.2 + h)))
        for x, h in ((-0.14, 0.42), (0.16, 0.43), (0.44, 0.34))
    )
    return (
        *wings,
        ellipse(FIRST, 0.08, 0.2, 0.72, 0.46),
        disc(FIRST, -0.66, 0.12, 0.28),
        *stripes,
        disc(SECOND, -0.74, 0.06, 0.06),
        polygon(FIRST, (0.74, 0.1), (1.0, 0.2), (0.74, 0.3)),
    )


def dinosaur() -> Motif:
    back = np.concatenate(
        [
            curve((0.98, 0.62), (0.55, 0.6), (0.35, 0.1), (0.0, -0.05)),
            curve((0.0, -0.05), (-0.28, -0.15), (-0.1, -0.9), (-0.55, -0.92)),
            curve((-0.55, -0.92), (-1.0, -0.95), (-1.0, -0.55), (-0.9, -0.5)),
            curve((-0.9, -0.5), (-0.6, -0.4), (-0.62, -0.3), (-0.6, 0.2)),
            curve((-0.6, 0.2), (-0.6, 0.5), (-0.4, 0.62), (-0.2, 0.62)),
            curve((-0.2, 0.62), (0.2, 0.68), (0.6, 0.78), (0.98, 0.62)),
        ]
    )
    legs = (
        Outline(FIRST, band(np.array([x - 0.11, x + 0.11]), np.full(2, 0.4), np.full(2, 0.95))) for x in (-0.32, 0.16)
    )
    plates = (
        polygon(SECOND, (x - 0.12, y + 0.05), (x + 0.06, y - 0.2), (x + 0.13, y + 0.12))
        for x, y in ((-0.16, -0.5), (-0.02, -0.12), (0.26, 0.1), (0.48, 0.36))
    )
    return (*plates, Outline(FIRST, back), *legs, disc(SECOND, -0.66, -0.7, 0.07))


def whale() -> Motif:
    body = np.concatenate(
        [
            curve((-0.95, 0.2), (-0.95, -0.55), (0.1, -0.5), (0.5, 0.0)),
            curve((0.5, 0.0), (0.62, 0.1), (0.72, -0.1), (0.74, -0.3)),
            curve((0.74, -0.3), (0.9, -0.1), (0.85, 0.55), (0.2, 0.62)),
            curve((0.2, 0.62), (-0.6, 0.75), (-0.95, 0.55), (-0.95, 0.2)),
        ]
    )
    tail = (blade(FIRST, math.radians(turn), 0.0, 0.5, 0.13, (0.74, -0.22)) for turn in (-150, -30))
    spout = (stroke(SECOND, curve((-0.4, -0.45), (-0.42, -0.8), (-0.4 + s * 0.3, -0.85)), 0.07) for s in (-1, 1))
    belly = stroke(SECOND, curve((-0.92, 0.32), (-0.4, 0.5), (0.2, 0.42)), 0.06)
    return (Outline(FIRST, body), *tail, *spout, belly, disc(SECOND, -0.62, 0.05, 0.07))
