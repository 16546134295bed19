"""Outerwear worn open: the front is cut along its middle, and both halves are drawn aside."""

from __future__ import annotations

import numpy as np

from prodgen_tryon.body.skeleton import Skeleton
from prodgen_tryon.filters import Contour
from prodgen_tryon.fit.parts import Part, TopFit
from prodgen_tryon.garment.keypoints import TopShape
from prodgen_tryon.picture.layers import STIFFNESS
from prodgen_tryon.picture.tps import ThinPlate
from prodgen_tryon.sides import SIDES, SIGN

GAP = (0.07, 0.2)  # half of the opening at the neck and at the hem, in shoulder widths
STATIONS = 10


def open_front(fitted: TopFit, shape: TopShape, frame: Skeleton) -> tuple[tuple[Part, Part], Contour]:
    """The two halves of a fitted torso, and the gap between them on the body [n, 2].

    Cloth near the middle moves most and cloth at the sides stays, as a panel looks narrower that turns around the body.
    """
    torso, w = fitted.parts[0], frame.width
    lowest = shape.neckline[int(shape.neckline[:, 1].argmax())]
    hem = (shape.points["hem_a"] + shape.points["hem_b"]) / 2
    end = np.array([hem[0], float(torso.source[:, 1].max())])
    axis = lowest + (end - lowest) * np.linspace(0, 1, STATIONS)[:, None]
    middle = ThinPlate(torso.source, torso.target, STIFFNESS)(axis)
    places = frame.local(middle)
    top, bottom = float(places[0, 1]), float(places[-1, 1])

    def moved(points: Contour, sign: float) -> Contour:
        local = frame.local(points)
        share = np.clip((local[:, 1] - top) / max(bottom - top, 1.0), 0, 1)
        gap = w * (GAP[0] + (GAP[1] - GAP[0]) * share) * np.clip((local[:, 1] + 0.1 * w - top) / (0.1 * w), 0, 1)
        centre = np.interp(local[:, 1], places[:, 1], places[:, 0])
        away = np.clip(1 - np.abs(local[:, 0] - centre) / (0.62 * w), 0, 1)
        result: Contour = points + np.outer(sign * gap * away, frame.right)
        return result

    panels = []
    for side in SIDES:
        sign = SIGN[side]
        own = (torso.source[:, 0] - np.interp(torso.source[:, 1], axis[:, 1], axis[:, 0])) * sign > 0.02 * shape.width
        source = np.vstack([torso.source[own], axis])
        target = np.vstack([moved(torso.target[own], sign), moved(middle, sign)])
        panels.append(Part(f"panel_{side}", source, target, _half(torso.piece, axis, sign), torso.shape))
    gap = np.vstack([moved(middle, -1.0), moved(middle, 1.0)[::-1]])
    return (panels[0], panels[1]), gap


def _half(ring: Contour, axis: Contour, sign: float) -> Contour:
    """The part of a ring on one side of a line from top to bottom (Sutherland and Hodgman, CACM 1974)."""
    a, b = axis[0], axis[-1]
    normal = np.array([b[1] - a[1], a[0] - b[0]]) * sign
    side = (ring - a) @ normal
    kept = []
    for i in range(len(ring)):
        j = (i + 1) % len(ring)
        if side[i] >= 0:
            kept.append(ring[i])
        if (side[i] >= 0) != (side[j] >= 0):
            kept.append(ring[i] + (ring[j] - ring[i]) * side[i] / (side[i] - side[j]))
    return np.array(kept)
