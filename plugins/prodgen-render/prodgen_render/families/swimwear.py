"""Swimsuit and bikini, as on an invisible mannequin."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.garment_kit import Bounds, bound_edges, creases, garment, smooth_table, tube_field
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import smooth_path, tube
from prodgen_render.shapes.implicit import Field, in_depth

_NAMES = ("nylon", "cotton", "silk", "knit", "velvet", "linen")
_Z = [-0.03, 0.0, 0.05, 0.11, 0.17, 0.24, 0.31, 0.38, 0.44, 0.50, 0.56, 0.62, 0.66]
_WIDE = [0.055, 0.070, 0.128, 0.172, 0.182, 0.160, 0.138, 0.146, 0.158, 0.160, 0.156, 0.146, 0.12]
_DEEP = [0.040, 0.058, 0.088, 0.108, 0.112, 0.096, 0.086, 0.094, 0.112, 0.108, 0.080, 0.046, 0.010]
_SHOULDER = 0.655
"""Where straps go over the shoulders, in metres."""
_LEGS = (0.040, 0.150, 0.175)
"""Half the width that stays between the legs, that over which the opening rises to the hip, and how high."""


def _body(look: Look) -> Field:
    """A body from the crotch at 0 to the shoulders, with a bust."""
    slim = look.uniform(0.95, 1.05)
    _, wide = smooth_table([w * slim for w in _WIDE], _Z)
    z, deep = smooth_table(_DEEP, _Z)
    seed = look.uniform(0, 6)

    def field(p: Floats) -> Floats:
        bust = (
            0.014
            * np.exp(-(((np.abs(p[:, 0]) - 0.068) / 0.040) ** 2 + ((p[:, 2] - 0.475) / 0.042) ** 2))
            * (p[:, 1] < 0)
        )
        body = np.maximum(tube_field(p, z, wide, deep, 2.2), p[:, 2] - _SHOULDER)
        return np.asarray(body - bust + creases(p, seed, 0.0008), np.float32)

    return field


_BOUNDS: Bounds = ((-0.21, -0.15, -0.03), (0.21, 0.15, 0.67))


def _above_legs(p: Floats) -> Floats:
    """Positive where cloth is around the legs, in metres."""
    between, over, high = _LEGS
    return np.asarray(p[:, 2] - high * np.clip((np.abs(p[:, 0]) - between) / over, 0, 1.2) ** 1.25, np.float32)


def swimsuit(look: Look) -> list[Part]:
    """A one-piece with shoulder straps, a scooped neck and a lower back."""
    field = _body(look)
    scoop = look.uniform(0.85, 1.15)

    def keep(p: Floats) -> Floats:
        deep = np.where(p[:, 1] < 0, 0.165 * scoop, 0.27)
        neck = (p[:, 0] / 0.086) ** 2 + ((p[:, 2] - 0.645) / deep) ** 2 - 1
        arms = ((np.abs(p[:, 0]) - 0.172) / 0.060) ** 2 + ((p[:, 2] - 0.615) / 0.135) ** 2 - 1
        return np.asarray(np.minimum(_above_legs(p), np.minimum(neck, arms) * 0.05), np.float32)

    parts = garment(look, field, _BOUNDS, keep, prints=False, cell=0.0062, names=_NAMES)
    return [*parts, *bound_edges(parts, 0.0017, look.solid(*_NAMES))]


def bikini(look: Look) -> list[Part]:
    """A top of two cups on a band, tied behind the neck, and briefs."""
    field = _body(look)
    rise = 0.155 * look.uniform(0.9, 1.25)

    def keep(p: Floats) -> Floats:
        briefs = np.minimum(_above_legs(p), rise - p[:, 2])
        front = p[:, 1] < 0
        side = np.abs(p[:, 0]) - 0.068
        # Each cup narrows upwards to where its string begins.
        cups = np.minimum(
            (0.072 - np.abs(side) * (1 + 0.2 * np.abs(side) / 0.07)) - np.clip(p[:, 2] - 0.435, 0, 1) * 0.52,
            p[:, 2] - 0.425,
        )
        cups = np.where(front, np.minimum(cups, 0.556 - p[:, 2]), -0.01)
        band = 0.0105 - np.abs(p[:, 2] - 0.432)
        return np.asarray(np.maximum(briefs, np.maximum(cups, band)), np.float32)

    parts = garment(look, field, _BOUNDS, keep, prints=False, cell=0.0055, names=_NAMES)
    cloth = look.solid(*_NAMES)
    return (
        parts
        + bound_edges(parts, 0.0014, cloth)
        + [_string(field, cloth, side) for side in (-1, 1)]
        + _bows(cloth, rise)
    )


def _string(field: Field, cloth: Material, side: int) -> Part:
    """From the tip of a cup round the neck."""
    at = np.array([side * 0.068], np.float32), np.array([0.545], np.float32)
    y = -float(in_depth(field, *at, 0.3)[0])
    way = [
        (side * 0.068, y, 0.540),
        (side * 0.062, y * 0.72, 0.60),
        (side * 0.048, 0.0, 0.648),
        (side * 0.02, 0.040, 0.645),
        (0, 0.048, 0.640),
    ]
    return tube(smooth_path(way, 40), 0.0036, cloth, flatten=0.6, segments=14)


def _bows(cloth: Material, rise: float) -> list[Part]:
    """A knot with two ends at either hip."""
    parts = []
    for side in (-1, 1):
        x = side * 0.178
        z = rise - 0.018
        loops = [
            [(x, 0, z), (x + side * 0.012, -0.022, z + 0.012), (x + side * 0.010, -0.040, z - 0.004), (x, -0.004, z)],
            [(x, 0, z), (x + side * 0.012, 0.022, z + 0.012), (x + side * 0.010, 0.040, z - 0.004), (x, 0.004, z)],
        ]
        ends = [
            [(x, 0, z), (x + side * 0.010, -0.012, z - 0.03), (x + side * 0.006, -0.020, z - 0.075)],
            [(x, 0, z), (x + side * 0.010, 0.012, z - 0.03), (x + side * 0.006, 0.020, z - 0.070)],
        ]
        parts += [tube(smooth_path(way, 24), 0.0032, cloth, flatten=0.6, segments=12) for way in (*loops, *ends)]
    return parts
