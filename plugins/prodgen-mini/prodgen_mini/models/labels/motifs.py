"""Small pictures as labels and prints have them: suns, sprigs, fruit, hills and the like, as outlines in one or two inks.

Lengths are in sizes of the picture, with its middle at the origin and `down` growing downwards; the proportions are those of the
pictures that were learnt from.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from prodgen_sdk.images.pictograms.outlines import FIRST, SECOND, UP, Motif, Outline, around, disc, ellipse, petal
from prodgen_sdk.images.pictograms.signs import diamond, drop, flower, hills, rings, star, sun, waves


def motifs() -> tuple[Motif, ...]:
    """All that there are, in the variants that can be told apart."""
    return tuple(draw(*more) for draw, *more in _VARIANTS)


def foods() -> tuple[bool, ...]:
    """Which of them are to eat."""
    return tuple(draw in (_fruit, ear) for draw, *_ in _VARIANTS)


def sprig(pairs: int) -> Motif:
    angles = (UP + side * (0.25 + 1.1 * k / pairs) for k in range(pairs) for side in (-1, 1))
    return tuple(petal(FIRST, angle, 0.55, 0.42, 0.15) for angle in angles)


def _fruit(count: int) -> Motif:
    places = ((0.0, 0.1, 0.55), (-0.55, 0.3, 0.42), (0.55, 0.3, 0.42))[:count]
    return (*(disc(FIRST, *place) for place in places), petal(SECOND, -0.9, 0.62, 0.3, 0.13))


def ear() -> Motif:
    places = ((side * 0.24, 0.6 - 0.36 * k) for k in range(5) for side in (-1, 1))
    return tuple(ellipse(FIRST, *place, 0.15, 0.18) for place in places)


def _hexagon() -> Motif:
    corners = np.stack([np.sin(around(6)), np.cos(around(6))], 1)
    return Outline(FIRST, 0.95 * corners), Outline(SECOND, 0.62 * corners)


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
    *((rings, count) for count in (2, 3, 4)),
    *((star, points) for points in (5, 6, 8)),
    (hills,),
    (drop,),
    (ear,),
    (diamond,),
    (_hexagon,),
    (waves,),
    (_arcs,),
)
