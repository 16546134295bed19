"""Pictograms of things that a title names: leaves, fruit, beans, fish and the like."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from prodgen_sdk.images.pictograms import animals, plants, tropical
from prodgen_sdk.images.pictograms.outlines import (
    FIRST,
    SECOND,
    Motif,
    Outline,
    around,
    band,
    blade,
    curve,
    disc,
    ellipse,
    moved,
    polygon,
    stroke,
    turned,
)
from prodgen_sdk.images.pictograms.signs import drop, flower, hills, star, sun, waves
from prodgen_sdk.images.pictograms.subjects import subject_of

_T = np.linspace(0, 1, 24)


@cache
def things() -> dict[str, Motif]:
    """All pictograms by the names that `subject_of` gives them, each from -.95 to .95 in its longer direction."""
    drawn = {
        "almond": plants.almond(), "apple": plants.apple(), "bean": plants.bean(), "berry": plants.strawberry(), "blueberry": plants.blueberries(), "bubbles": _bubbles(), "cherry": plants.cherries(),
        "chili": plants.chili(), "citrus": plants.citrus(), "cocoa": plants.cocoa(), "drop": drop(), "oil": drop(), "ear": plants.ear(), "fish": _fish(), "flame": _flame(),
        "flower": flower(6), "blossom": flower(5), "daisy": flower(8), "grapes": plants.grapes(), "raspberry": plants.grapes(), "heart": _heart(), "hills": hills(), "honeycomb": _honeycomb(), "lavender": plants.lavender(),
        "leaf": plants.leaf(), "lemon": plants.citrus(), "lime": plants.citrus(), "moon": _moon(), "olive": plants.olive(), "paw": _paw(), "pea": plants.peas(), "rose": plants.rose(), "snowflake": _snowflake(),
        "sprig": plants.sprig(), "star": star(5), "sun": sun(12), "tea": plants.tea(), "tomato": plants.tomato(), "tooth": _tooth(), "waves": waves(),
        "bear": animals.bear(), "bee": animals.bee(), "bird": animals.bird(), "butterfly": animals.butterfly(), "cat": animals.cat(), "dinosaur": animals.dinosaur(), "dog": animals.dog(),
        "rabbit": animals.rabbit(), "whale": animals.whale(), "banana": tropical.banana(), "cactus": tropical.cactus(), "mushroom": tropical.mushroom(), "palm": tropical.palm(),
        "pineapple": tropical.pineapple(), "watermelon": tropical.watermelon(), "anchor": _anchor(), "car": _car(), "rocket": _rocket(),
    }  # fmt: skip
    return {name: _fitted(motif) for name, motif in drawn.items()}


def pictogram_of(title: str) -> Motif | None:
    """What goes with a title in English or Chinese; None where nothing does."""
    subject = subject_of(title)
    return things()[subject] if subject else None


def _fitted(motif: Motif) -> Motif:
    """In the middle of its place, and as large as that."""
    every = np.concatenate([points for _, points in motif])
    low, high = every.min(0), every.max(0)
    size = 1.9 / float((high - low).max())
    return tuple(Outline(ink, (points - (low + high) / 2) * size) for ink, points in motif)


def _fish() -> Motif:
    t = np.linspace(0, 1, 40)
    half = 0.42 * np.sin(math.pi * t**0.75) ** 0.9
    body = band(-0.95 + 1.45 * t, -half, half)
    tail = polygon(FIRST, (0.36, 0.0), (0.95, -0.46), (0.80, 0.0), (0.95, 0.46))
    gill = stroke(SECOND, curve((-0.42, -0.26), (-0.30, 0.0), (-0.42, 0.26)), 0.06)
    scales = (stroke(SECOND, curve((x, -0.18), (x + 0.10, 0.0), (x, 0.18)), 0.045) for x in (-0.14, 0.06, 0.26))
    return (
        Outline(FIRST, body),
        tail,
        blade(FIRST, math.radians(-20), 0.0, 0.5, 0.14, (-0.4, -0.38)),
        gill,
        *scales,
        disc(SECOND, -0.66, -0.08, 0.065),
    )


def _honeycomb() -> Motif:
    cell = np.stack([np.sin(around(6)), np.cos(around(6))], 1)
    places = ((0.0, 0.0), *((0.61 * math.sin(a), 0.61 * math.cos(a)) for a in around(6) + math.pi / 6))
    return tuple(Outline(SECOND if k == 0 else FIRST, 0.33 * cell + place) for k, place in enumerate(places))


def _flame() -> Motif:
    def tongue(ink: int, size: float, down: float) -> Outline:
        left = curve((0.0, 0.9), (-0.85, 0.7), (-0.55, -0.1), (0.05, -0.95))
        right = curve((0.05, -0.95), (0.0, -0.3), (0.85, 0.2), (0.0, 0.9))
        return Outline(ink, np.concatenate([left, right[1:-1]]) * size + (0, down))

    return tongue(FIRST, 1.0, 0.0), tongue(SECOND, 0.48, 0.42)


def _paw() -> Motif:
    pad = moved(
        (
            ellipse(FIRST, 0, 0.38, 0.46, 0.38),
            ellipse(FIRST, -0.22, 0.58, 0.24, 0.2),
            ellipse(FIRST, 0.22, 0.58, 0.24, 0.2),
        ),
        0,
        0,
    )
    toes = (ellipse(FIRST, x, y, 0.18, 0.25) for x, y in ((-0.66, 0.0), (-0.25, -0.42), (0.25, -0.42), (0.66, 0.0)))
    return (*pad, *toes)


def _heart() -> Motif:
    t = np.linspace(0, 2 * math.pi, 60, endpoint=False)
    down = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)) / 17
    return (Outline(FIRST, np.stack([0.95 * np.sin(t) ** 3, 0.95 * down], 1)),)


def _tooth() -> Motif:
    right = np.concatenate(
        [
            curve((0.0, -0.58), (0.25, -0.95), (0.85, -0.85), (0.72, -0.15)),
            curve((0.72, -0.15), (0.62, 0.35), (0.55, 1.0), (0.30, 0.85)),
            curve((0.30, 0.85), (0.18, 0.7), (0.2, 0.25), (0.0, 0.25)),
        ]
    )
    return (Outline(FIRST, np.concatenate([right, (right * (-1, 1))[::-1]])),)


def _moon() -> Motif:
    outer = np.linspace(math.radians(42.6), math.radians(317.4), 40)
    inner = np.linspace(math.radians(296.4), math.radians(63.6), 40)
    crescent = np.concatenate(
        [
            np.stack([0.9 * np.cos(outer), 0.9 * np.sin(outer)], 1),
            np.stack([0.36 + 0.68 * np.cos(inner), 0.68 * np.sin(inner)], 1),
        ]
    )
    stars = (
        Outline(SECOND, points * size + place)
        for size, place in ((0.28, (0.42, -0.12)), (0.17, (0.72, 0.38)))
        for _, points in star(5)
    )
    return (Outline(FIRST, crescent), *stars)


def _snowflake() -> Motif:
    arm = (
        stroke(FIRST, np.stack([_T * 0.95, 0 * _T], 1), 0.09),
        *(
            stroke(FIRST, np.array([(at, 0.0), (at + 0.2, side * 0.22)]), 0.07)
            for at in (0.45, 0.68)
            for side in (-1, 1)
        ),
    )
    return tuple(Outline(ink, turned(points, angle)) for angle in around(6) + math.pi / 6 for ink, points in arm)


def _bubbles() -> Motif:
    rings = ((-0.28, 0.22, 0.58), (0.52, -0.30, 0.38), (0.48, 0.55, 0.24), (-0.25, -0.68, 0.22))
    return tuple(
        outline
        for x, y, r in rings
        for outline in (disc(FIRST, x, y, r), ellipse(SECOND, x - 0.35 * r, y - 0.4 * r, 0.22 * r, 0.14 * r))
    )


def _anchor() -> Motif:
    arms = stroke(FIRST, curve((-0.78, 0.2), (-0.6, 1.0), (0.6, 1.0), (0.78, 0.2)), 0.17)
    return (
        stroke(FIRST, np.array([(0.0, -0.5), (0.0, 0.8)]), 0.17),
        stroke(FIRST, np.array([(-0.42, -0.28), (0.42, -0.28)]), 0.15),
        disc(FIRST, 0, -0.72, 0.24),
        disc(SECOND, 0, -0.72, 0.11),
        arms,
        *(polygon(FIRST, (s * 0.95, 0.42), (s * 0.82, 0.0), (s * 0.52, 0.32)) for s in (-1, 1)),
    )


def _car() -> Motif:
    roof = np.concatenate(
        [curve((-0.62, 0.0), (-0.45, -0.55), (-0.3, -0.5)), curve((0.25, -0.5), (0.42, -0.5), (0.62, 0.0))]
    )
    panes = (
        polygon(SECOND, (-0.42, -0.06), (-0.28, -0.38), (-0.04, -0.38), (-0.04, -0.06)),
        polygon(SECOND, (0.06, -0.06), (0.06, -0.38), (0.24, -0.38), (0.44, -0.06)),
    )
    wheels = (wheel for x in (-0.5, 0.5) for wheel in (disc(SECOND, x, 0.36, 0.25), disc(FIRST, x, 0.36, 0.14)))
    body = Outline(
        FIRST,
        np.concatenate(
            [curve((-0.98, 0.36), (-1.0, -0.02), (-0.6, -0.04)), curve((0.6, -0.04), (1.0, 0.0), (0.98, 0.36))]
        ),
    )
    return (Outline(FIRST, roof), body, *panes, *wheels)  # fmt: skip


def _rocket() -> Motif:
    hull = np.concatenate(
        [
            curve((0.0, -0.98), (0.5, -0.6), (0.42, 0.1), (0.26, 0.5)),
            curve((-0.26, 0.5), (-0.42, 0.1), (-0.5, -0.6), (0.0, -0.98))[:-1],
        ]
    )
    fins = (polygon(FIRST, (s * 0.34, 0.05), (s * 0.68, 0.62), (s * 0.24, 0.46)) for s in (-1, 1))
    flame = Outline(SECOND, np.array([(-0.18, 0.54), (0.18, 0.54), (0.0, 0.98)]))
    return (*fins, Outline(FIRST, hull), disc(SECOND, 0, -0.25, 0.18), flame)  # fmt: skip
