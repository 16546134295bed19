"""Small pictures as labels and prints have them: suns, sprigs, fruit, hills and the like, as outlines in one or two inks.

Lengths are in sizes of the picture, with its middle at the origin and `down` growing downwards; the proportions are those of the
pictures that were learnt from.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from prodgen_mini.models.labels.outlines import (
    FIRST,
    SECOND,
    UP,
    Motif,
    Outline,
    around,
    band,
    disc,
    ellipse,
    petal,
    polygon,
)

_ROUND = np.linspace(0, 2 * np.pi, 48, endpoint=False)


def motifs() -> tuple[Motif, ...]:
    """All that there are, in the variants that can be told apart."""
    return tuple(draw(*more) for draw, *more in _VARIANTS)


def sprig(pairs: int) -> Motif:
    angles = (UP + side * (0.25 + 1.1 * k / pairs) for k in range(pairs) for side in (-1, 1))
    return tuple(petal(FIRST, angle, 0.55, 0.42, 0.15) for angle in angles)


def sun(rays: int) -> Motif:
    return (*(petal(FIRST, angle, 0.8, 0.2, 0.055) for angle in around(rays)), disc(SECOND, 0, 0, 0.4))


def flower(petals: int) -> Motif:
    return (*(petal(FIRST, angle, 0.55, 0.42, 1.5 / petals) for angle in around(petals)), disc(SECOND, 0, 0, 0.26))


def _fruit(count: int) -> Motif:
    places = ((0.0, 0.1, 0.55), (-0.55, 0.3, 0.42), (0.55, 0.3, 0.42))[:count]
    return (*(disc(FIRST, *place) for place in places), petal(SECOND, -0.9, 0.62, 0.3, 0.13))


def hills() -> Motif:
    return (
        disc(SECOND, 0.3, -0.35, 0.3),
        polygon(FIRST, (-1, 0.8), (-0.35, -0.35), (0.3, 0.8)),
        polygon(FIRST, (-0.3, 0.8), (0.4, 0.0), (1, 0.8)),
    )


def drop() -> Motif:
    body = np.stack([0.62 * np.sin(_ROUND) * np.sin(_ROUND / 2) ** 1.5, -0.85 * np.cos(_ROUND)], 1)
    return Outline(FIRST, body), disc(SECOND, 0.12, 0.42, 0.2)


def ear() -> Motif:
    places = ((side * 0.24, 0.6 - 0.36 * k) for k in range(5) for side in (-1, 1))
    return tuple(ellipse(FIRST, *place, 0.15, 0.18) for place in places)


def _rings(count: int) -> Motif:
    return tuple(disc(k % 2, 0, 0, 0.95 - 0.9 * k / count) for k in range(count))


def _diamond() -> Motif:
    return tuple(
        polygon(k % 2, (0, -reach), (0.75 * reach, 0), (0, reach), (-0.75 * reach, 0))
        for k, reach in enumerate((0.95, 0.6, 0.3))
    )


def _hexagon() -> Motif:
    corners = np.stack([np.sin(around(6)), np.cos(around(6))], 1)
    return Outline(FIRST, 0.95 * corners), Outline(SECOND, 0.62 * corners)


def star(points: int) -> Motif:
    angles, reach = around(2 * points), np.where(np.arange(2 * points) % 2, 0.45, 0.95)
    return (Outline(FIRST, np.stack([reach * np.sin(angles), -reach * np.cos(angles)], 1)),)


def waves() -> Motif:
    across = np.linspace(-1, 1, 40)
    tops = (0.5 * k - 0.6 + 0.16 * np.sin(5 * across + k) for k in range(3))
    return tuple(Outline(k % 2, band(across, top, top + 0.24)) for k, top in enumerate(tops))


def _arcs() -> Motif:
    angles = np.linspace(np.pi, 2 * np.pi, 40)
    reaches = (0.98 - 0.24 * k for k in range(4))
    return tuple(
        Outline(k % 2, np.stack([reach * np.cos(angles), 0.5 + 1.3 * reach * np.sin(angles)], 1))
        for k, reach in enumerate(reaches)
    )


_VARIANTS: tuple[tuple[Callable[..., Motif], *tuple[int, ...]], ...] = (
    *((sprig, pairs) for pairs in (3, 4, 5)),
    *((sun, rays) for rays in (8, 12, 16)),
    *((flower, petals) for petals in (5, 6, 8)),
    *((_fruit, count) for count in (1, 2, 3)),
    *((_rings, count) for count in (2, 3, 4)),
    *((star, points) for points in (5, 6, 8)),
    (hills,),
    (drop,),
    (ear,),
    (_diamond,),
    (_hexagon,),
    (waves,),
    (_arcs,),
)
