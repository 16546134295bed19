"""Small pictures as labels and prints have them: suns, sprigs, fruit, hills and the like, as outlines in one or two inks.

Lengths are in sizes of the picture, with its middle at the origin and `down` growing downwards; the proportions are those of the
pictures that were learnt from.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.float64]

FIRST, SECOND = 0, 1
_ROUND = np.linspace(0, 2 * np.pi, 48, endpoint=False)
_UP = -math.pi / 2


class Outline(NamedTuple):
    """A filled outline [n, 2], across and down, in the first or second ink; later ones lie over earlier ones."""

    ink: int
    points: Points


Motif = tuple[Outline, ...]


def motifs() -> tuple[Motif, ...]:
    """All that there are, in the variants that can be told apart."""
    return tuple(draw(*more) for draw, *more in _VARIANTS)


def _sprig(pairs: int) -> Motif:
    angles = (_UP + side * (0.25 + 1.1 * k / pairs) for k in range(pairs) for side in (-1, 1))
    return tuple(_petal(FIRST, angle, 0.55, 0.42, 0.15) for angle in angles)


def _sun(rays: int) -> Motif:
    return (*(_petal(FIRST, angle, 0.8, 0.2, 0.055) for angle in _around(rays)), _disc(SECOND, 0, 0, 0.4))


def _flower(petals: int) -> Motif:
    return (*(_petal(FIRST, angle, 0.55, 0.42, 1.5 / petals) for angle in _around(petals)), _disc(SECOND, 0, 0, 0.26))


def _fruit(count: int) -> Motif:
    places = ((0.0, 0.1, 0.55), (-0.55, 0.3, 0.42), (0.55, 0.3, 0.42))[:count]
    return (*(_disc(FIRST, *place) for place in places), _petal(SECOND, -0.9, 0.62, 0.3, 0.13))


def _hills() -> Motif:
    return (
        _disc(SECOND, 0.3, -0.35, 0.3),
        _polygon(FIRST, (-1, 0.8), (-0.35, -0.35), (0.3, 0.8)),
        _polygon(FIRST, (-0.3, 0.8), (0.4, 0.0), (1, 0.8)),
    )


def _drop() -> Motif:
    body = np.stack([0.62 * np.sin(_ROUND) * np.sin(_ROUND / 2) ** 1.5, -0.85 * np.cos(_ROUND)], 1)
    return Outline(FIRST, body), _disc(SECOND, 0.12, 0.42, 0.2)


def _ear() -> Motif:
    places = ((side * 0.24, 0.6 - 0.36 * k) for k in range(5) for side in (-1, 1))
    return tuple(_ellipse(FIRST, *place, 0.15, 0.18) for place in places)


def _rings(count: int) -> Motif:
    return tuple(_disc(k % 2, 0, 0, 0.95 - 0.9 * k / count) for k in range(count))


def _diamond() -> Motif:
    return tuple(
        _polygon(k % 2, (0, -reach), (0.75 * reach, 0), (0, reach), (-0.75 * reach, 0))
        for k, reach in enumerate((0.95, 0.6, 0.3))
    )


def _hexagon() -> Motif:
    corners = np.stack([np.sin(_around(6)), np.cos(_around(6))], 1)
    return Outline(FIRST, 0.95 * corners), Outline(SECOND, 0.62 * corners)


def _star(points: int) -> Motif:
    angles, reach = _around(2 * points), np.where(np.arange(2 * points) % 2, 0.45, 0.95)
    return (Outline(FIRST, np.stack([reach * np.sin(angles), -reach * np.cos(angles)], 1)),)


def _waves() -> Motif:
    across = np.linspace(-1, 1, 40)
    tops = (0.5 * k - 0.6 + 0.16 * np.sin(5 * across + k) for k in range(3))
    return tuple(Outline(k % 2, _band(across, top, top + 0.24)) for k, top in enumerate(tops))


def _arcs() -> Motif:
    angles = np.linspace(np.pi, 2 * np.pi, 40)
    reaches = (0.98 - 0.24 * k for k in range(4))
    return tuple(
        Outline(k % 2, np.stack([reach * np.cos(angles), 0.5 + 1.3 * reach * np.sin(angles)], 1))
        for k, reach in enumerate(reaches)
    )


_VARIANTS: tuple[tuple[Callable[..., Motif], *tuple[int, ...]], ...] = (
    *((_sprig, pairs) for pairs in (3, 4, 5)),
    *((_sun, rays) for rays in (8, 12, 16)),
    *((_flower, petals) for petals in (5, 6, 8)),
    *((_fruit, count) for count in (1, 2, 3)),
    *((_rings, count) for count in (2, 3, 4)),
    *((_star, points) for points in (5, 6, 8)),
    (_hills,),
    (_drop,),
    (_ear,),
    (_diamond,),
    (_hexagon,),
    (_waves,),
    (_arcs,),
)


def _around(count: int) -> Points:
    return np.arange(count, dtype=np.float64) * (2 * np.pi / count)


def _disc(ink: int, across: float, down: float, radius: float) -> Outline:
    return _ellipse(ink, across, down, radius, radius)


def _ellipse(ink: int, across: float, down: float, wide: float, high: float) -> Outline:
    return Outline(ink, np.stack([across + wide * np.cos(_ROUND), down + high * np.sin(_ROUND)], 1))


def _petal(ink: int, angle: float, away: float, long: float, short: float) -> Outline:
    """An ellipse that points away from the middle."""
    along, beside = away + long * np.cos(_ROUND), short * np.sin(_ROUND)
    cos, sin = math.cos(angle), math.sin(angle)
    return Outline(ink, np.stack([along * cos - beside * sin, along * sin + beside * cos], 1))


def _polygon(ink: int, *corners: tuple[float, float]) -> Outline:
    return Outline(ink, np.array(corners, np.float64))


def _band(across: Points, top: Points, bottom: Points) -> Points:
    return np.concatenate([np.stack([across, top], 1), np.stack([across, bottom], 1)[::-1]])
