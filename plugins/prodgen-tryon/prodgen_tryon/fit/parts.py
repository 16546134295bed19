"""What fitting answers: pieces of cloth with their places, and the room in a garment."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from prodgen_tryon.filters import Contour
from prodgen_tryon.sides import Side


@dataclass(frozen=True)
class Ease:
    """How much room a garment has: least and most width relative to the body that is seen, and a factor on its own width."""

    low: float
    high: float
    factor: float = 1.0


@dataclass(frozen=True)
class Part:
    """One piece of cloth: control points on the garment's picture and on the body's, and its outline on both.

    Args:
        source, target: [n, 2] each.
        piece: the part's outline on the garment's picture [m, 2].
        shape: the part's outline on the body [m, 2].
        beside: a ring on the garment's picture beyond an edge that no outline shows: nothing in it belongs to the part [k, 2].
    """

    name: str
    source: Contour
    target: Contour
    piece: Contour
    shape: Contour
    beside: Contour | None = None


@dataclass(frozen=True)
class TopFit:
    """All parts of a fitted top, in drawing order, and the curve of its neckline on the body [n, 2].

    Args:
        hem: height of the hem below the shoulders.
        sleeve_ends: side -> end of the sleeve (0 none, 1 elbow, 2 wrist).
        tucked: whether lower clothes are worn over the hem, from the height `waist` on (None: where they were seen).
        collar: side -> the edge of a standing collar and of the shoulder below it on the body, from the top on [n, 2].
        panels, gap: worn open: the torso's two halves and what lies between them on the body [n, 2].
    """

    parts: tuple[Part, ...]
    neckline: Contour
    hem: float
    sleeve_ends: dict[Side, float]
    scale: float
    tucked: bool
    waist: float | None = None
    collar: dict[Side, Contour] = field(default_factory=dict)
    panels: tuple[Part, Part] | None = None
    gap: Contour | None = None


def between_edges(a: Contour, b: Contour, lift: float) -> Contour:
    """The closed outline of cloth between two edges [n, 2] from top to bottom, `lift` pixels longer at both ends."""
    up = np.array([0.0, lift])
    return np.vstack([a[:1] - up, a, a[-1:] + up, b[-1:] + up, b[::-1], b[:1] - up])


def segment(a: Contour, b: Contour, count: int = 4) -> Contour:
    """`count` points at equal steps from `a` to `b`."""
    return a + (b - a) * np.linspace(0, 1, count)[:, None]
