"""Stools with a round seat: a turned disc on legs that stand in a circle about its axis, and a ring between them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from prodgen_render.model import Floats, Material, Part
from prodgen_render.photo.cutout import Cutout
from prodgen_render.photo.frame import AWAY, PhotoCamera
from prodgen_render.photo.furniture import leg_part, points_of
from prodgen_render.photo.legs import Legged, stood
from prodgen_render.photo.revolved import Revolved, ring
from prodgen_render.photo.solid import material, revolved_part
from prodgen_render.photo.texture import Shot
from prodgen_render.shapes.geometry import tube
from prodgen_sdk.types import Mask

_RINGS, _THINNEST, _WIDE = 14, 0.02, 0.5
_RUNG = 0.35
"""What is left of an outline between the legs is a ring where it goes this share of the way from leg to leg."""


def stool_parts(found: Legged, camera: PhotoCamera, cutout: Cutout) -> list[Part]:
    """The legs where they stand, the seat over the middle of their circle, and the ring between them where one is seen."""
    floor, depth = _about_axis(found, camera)
    seat, disc = _seat(found.top, camera, cutout)
    under = float(disc.height[0])
    depths = _leaning(found, depth)
    parts = [leg_part(leg, y, under, camera, cutout) for leg, y in zip(found.legs, depths, strict=True)]
    return [*parts, seat, *_rung(found, camera, cutout, depths, floor, under)]


def _about_axis(found: Legged, camera: PhotoCamera) -> tuple[float, Floats]:
    """Height of the floor, and each foot's place in depth where their circle's middle has depth 0."""
    across = np.array([leg.middle[0] - _axis(found.top) for leg in found.legs]) * AWAY / camera.focal
    middle = 0.0
    for _ in range(4):
        floor, depth = stood(found.legs, camera, middle)
        # |(x, y - c)|^2 = r^2 is linear in c and in r^2 - c^2.
        terms = np.stack([2 * depth, np.ones_like(depth)], -1)
        if np.ptp(depth) < 0.1:
            return floor, depth
        centre = float(np.linalg.lstsq(terms, across**2 + depth**2, rcond=None)[0][0])
        middle -= float(np.clip(centre, -0.3, 0.3))
    return floor, depth


def _leaning(found: Legged, depth: Floats) -> list[Floats]:
    """The depth of each leg at each of its rows: all lean towards the axis as those at the sides are seen to."""
    axis = _axis(found.top)
    away = [leg.middle - axis for leg in found.legs]
    outer = max(abs(float(a[0])) for a in away)
    kept = [float(np.clip(a[-1] / a[0], 0, 1.5)) for a in away if abs(a[0]) > 0.5 * outer]
    share = float(np.mean(kept)) if kept else 1.0
    return [
        y * (1 + (share - 1) * (leg.row[0] - leg.row) / max(leg.row[0] - leg.row[-1], 1.0))
        for leg, y in zip(found.legs, depth, strict=True)
    ]


def _axis(top: Mask) -> float:
    columns = np.flatnonzero(top.any(0))
    return float(columns[0] + columns[-1] + 1) / 2


def _seat(top: Mask, camera: PhotoCamera, cutout: Cutout) -> tuple[Part, Revolved]:
    """The disc whose picture has the top's width, its upper and its lower end."""
    axis, width = _axis(top), float(np.ptp(np.flatnonzero(top.any(0))) + 1)
    rows = np.flatnonzero(top.sum(1) > _WIDE * width)
    radius = np.array([width / 2 * AWAY / camera.focal])
    seen = camera.but(x=axis)

    def ends(height: float) -> tuple[float, float]:
        _, y = ring(radius, np.array([height]), seen, np.inf)
        return float(y.min()), float(y.max())

    high = _height(lambda z: ends(z)[0], float(rows[0]))
    low = _height(lambda z: ends(z)[1], float(rows[-1] + 1))
    low = min(low, high - _THINNEST)
    height = np.linspace(low, high, _RINGS)
    body = Revolved(seen, np.repeat(radius, _RINGS), height, 1.0, np.inf, 1.0, 1.0)
    part = revolved_part(body, [Shot(cutout, seen)])
    return part.moved(x=(axis - camera.x) * AWAY / camera.focal), body


def _height(row_of: Callable[[float], float], wanted: float) -> float:
    """The height at which something is seen in a row: what is higher is seen farther up."""
    low, high = -1.6, 1.6
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if row_of(middle) > wanted else (low, middle)
    return middle


def _rung(
    found: Legged, camera: PhotoCamera, cutout: Cutout, depths: list[Floats], floor: float, under: float
) -> list[Part]:
    """A ring on the circle of the legs where the outline goes on between them."""
    mask, top = cutout.mask, found.top
    first, last = int(np.flatnonzero(top.any(1))[-1]) + 4, int(min(leg.row[0] for leg in found.legs))
    columns = [np.interp(np.arange(len(mask)), leg.row[::-1], leg.middle[::-1]) for leg in found.legs]
    halves = [np.interp(np.arange(len(mask)), leg.row[::-1], leg.half[::-1]) for leg in found.legs]
    x = np.arange(mask.shape[1])[None] + 0.5
    left, right = np.min(columns, axis=0)[:, None], np.max(columns, axis=0)[:, None]
    free = (x > left) & (x < right)
    for column, half in zip(columns, halves, strict=True):
        free &= np.abs(x - column[:, None]) > half[:, None] + 2
    within = np.arange(len(mask))[:, None]
    free &= (within > first) & (within < last)
    share = (mask & free).sum(1) / np.maximum(free.sum(1), 1)
    seen = np.flatnonzero((mask & free).any(1))
    if len(seen) < 2 or (mask & free).any(0).sum() < _RUNG * free.any(0).sum():
        return []
    heavy = np.flatnonzero(share > 0.5 * share.max())
    row = float((heavy[0] + heavy[-1] + 1) / 2)
    axis = _axis(top)
    ray = camera.rays(np.array([axis]), np.array([row]))[0]
    at = camera.axes[0] - ray * (camera.axes[0][1] / ray[1])
    z = float(at[2])
    if not floor < z < under:
        return []
    away = []
    for leg, y in zip(found.legs, depths, strict=True):
        points = points_of(leg, y, camera)
        away.append(np.hypot(*(np.interp(z, points[:, 2], points[:, k] - at[k] * (k == 0)) for k in (0, 1))))
    radius = float(np.mean(away))
    thick = 0.45 * float(np.mean([leg.half.mean() for leg in found.legs])) * AWAY / camera.focal
    angle = np.linspace(0, 2 * np.pi, 61)
    path = np.stack([at[0] + radius * np.cos(angle), radius * np.sin(angle), np.full(61, z)], -1)
    colour = np.median(cutout.colour[mask & free], axis=0)
    plain: Material = material(np.broadcast_to(colour, (4, 4, 3)).astype(np.float32).copy())
    return [tube(path, thick, plain, segments=12, caps=False)]
