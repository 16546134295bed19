"""Outlines that pictograms are made of: discs, petals, leaves, lines.

Lengths are in half sizes of the pictogram, with its middle at the origin and `down` growing downwards; angles go from across to down.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.float64]

FIRST, SECOND = 0, 1
UP = -math.pi / 2
_ROUND = np.linspace(0, 2 * np.pi, 48, endpoint=False)
_T = np.linspace(0, 1, 24)


class Outline(NamedTuple):
    """A filled outline [n, 2], across and down, in the first or second ink; later ones lie over earlier ones."""

    ink: int
    points: Points


Motif = tuple[Outline, ...]


def around(count: int) -> Points:
    return np.arange(count, dtype=np.float64) * (2 * np.pi / count)


def disc(ink: int, across: float, down: float, radius: float) -> Outline:
    return ellipse(ink, across, down, radius, radius)


def ellipse(ink: int, across: float, down: float, wide: float, high: float) -> Outline:
    return Outline(ink, np.stack([across + wide * np.cos(_ROUND), down + high * np.sin(_ROUND)], 1))


def petal(ink: int, angle: float, away: float, long: float, short: float) -> Outline:
    """An ellipse that points away from the middle."""
    along, beside = away + long * np.cos(_ROUND), short * np.sin(_ROUND)
    cos, sin = math.cos(angle), math.sin(angle)
    return Outline(ink, np.stack([along * cos - beside * sin, along * sin + beside * cos], 1))


def polygon(ink: int, *corners: tuple[float, float]) -> Outline:
    return Outline(ink, np.array(corners, np.float64))


def band(across: Points, top: Points, bottom: Points) -> Points:
    return np.concatenate([np.stack([across, top], 1), np.stack([across, bottom], 1)[::-1]])


def blade(
    ink: int, angle: float, start: float, long: float, wide: float, at: tuple[float, float] = (0.0, 0.0)
) -> Outline:
    """A leaf pointed at both ends, from `start` away from a place, in a direction."""
    along = start + long * _T
    beside = wide * np.sin(math.pi * _T**0.85)
    both = np.concatenate([np.stack([along, beside], 1), np.stack([along, -beside], 1)[::-1]])
    return Outline(ink, turned(both, angle) + at)


def stroke(ink: int, path: Points, wide: float, thin: float | None = None) -> Outline:
    """A line along points [n, 2], as wide at its ends as is said."""
    along = np.gradient(path, axis=0)
    normal = np.stack([-along[:, 1], along[:, 0]], 1) / np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    half = np.linspace(wide, wide if thin is None else thin, len(path))[:, None] / 2
    return Outline(ink, np.concatenate([path + normal * half, (path - normal * half)[::-1]]))


def curve(*corners: tuple[float, float]) -> Points:
    """A Bézier curve of three or four corners, [24, 2]."""
    points = [np.array(corner, np.float64) for corner in corners]
    while len(points) > 1:
        points = [a + (b - a) * _T[:, None] for a, b in pairwise(points)]
    return np.asarray(points[0])


def turned(points: Points, angle: float) -> Points:
    cos, sin = math.cos(angle), math.sin(angle)
    return np.asarray(points @ np.array([[cos, sin], [-sin, cos]]))


def moved(motif: Motif, across: float, down: float, size: float = 1.0, angle: float = 0.0) -> Motif:
    return tuple(Outline(ink, turned(points * size, angle) + np.array([across, down])) for ink, points in motif)


def in_one_ink(motif: Motif) -> Motif:
    """Only what lies on the first ink keeps the second, to be cut out of it; what stands beside it would be lost."""
    firsts = [points for ink, points in motif if ink == FIRST]
    return tuple(
        Outline(ink if any(_holds(below, points.mean(0)) for below in firsts) else FIRST, points)
        for ink, points in motif
    )


def _holds(outline: Points, point: Points) -> bool:
    """Whether a point lies inside a closed outline [n, 2], by how often a ray to its right crosses that."""
    start, end = outline, np.roll(outline, -1, 0)
    crosses = (start[:, 1] > point[1]) != (end[:, 1] > point[1])
    start, end = start[crosses], end[crosses]
    at = start[:, 0] + (point[1] - start[:, 1]) / (end[:, 1] - start[:, 1]) * (end[:, 0] - start[:, 0])
    return bool((at > point[0]).sum() % 2)
