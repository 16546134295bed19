"""How deep a body is, and how far the camera looked down, by how the two ends of its outline curve.

A level ring of half-width R and depth share q, seen under an angle a, curves by q R sin(a). The camera sees the lower end from
further above than the upper one, by an angle that the frame tells, so that two ends tell both depth and elevation. Ends of boxes
are straight from everywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from prodgen_render.model import Floats
from prodgen_render.photo.frame import PhotoCamera
from prodgen_sdk.types import Mask

_SEEN = 0.88
"""Rounded edges curve by a little less than the ring that they go around."""
_LEAST_PIXELS, _LEAST_COLUMNS = 6, 10
_NECK, _NARROW = 0.7, 0.25
"""Ends narrower than the first share of the body are the necks of flat bottles, and no flatter than round; narrower than the second
they tell nothing."""
_WIDE = 0.6
_UNSHADED, _LEVEL = 4.0, 4.0
"""Degrees by which a shadow is usually off, and below which it tells a level camera."""
_UNLIKE, _OFF = 8.0, 5.0
_BOX, _FLATTEST, _ROUND, _VAGUE = 0.3, 0.42, 0.75, 0.2
_BLUR, _BENT, _ROUNDED = 0.02, 0.1, 2.0
"""By how much curves are usually off: as a share of the end's half-width, and of the curve; and the most of that by which a rounded end counts."""


@dataclass(frozen=True)
class Curve:
    """An end's curve as a share of its half-width, what the fit of it leaves over, and by how many radians more than the camera's
    elevation one looks down (or up, below 0) on it.
    """

    curve: float
    rough: float
    angle: float


@dataclass(frozen=True)
class Ends:
    """What the ends of an outline tell.

    Args:
        elevation: degrees that the camera looked down by.
        depth: as a share of the width, 0 to 1, and `spread` its standard deviation.
        misfit: how far from any such body the ends are: squares of standard deviations.
        wide: whether both ends are about as wide as the body.
        curves: of the ends themselves.
    """

    elevation: float
    depth: float
    spread: float
    misfit: float
    wide: bool
    curves: tuple[Curve, ...] = ()

    def against(self, elevation: Floats, depth: float) -> Floats:
        """What the ends tell against cameras that look down by these degrees, where the depth is known: squares of standard deviations.

        An end that curves more than its ring would is rounded, and tells no more than that.
        """
        out = np.zeros_like(elevation)
        for end in self.curves:
            ring = depth * np.abs(np.sin(np.radians(elevation) + end.angle))
            off = (end.curve - ring) / (_BLUR + _BENT * ring + end.rough)
            out += np.where(off > 0, np.minimum(off, _ROUNDED), off) ** 2
        return out

    @property
    def straight(self) -> bool:
        """Whether they are those of a box."""
        return self.wide and self.misfit < _OFF and self.depth + 2 * self.spread < _BOX

    @property
    def round(self) -> bool:
        """Whether they are those of a body with a round section."""
        return self.misfit < _UNLIKE and self.depth > _ROUND

    @property
    def oval(self) -> bool:
        """Whether they are those of a body that is flatter than round."""
        return self.misfit < _OFF and self.spread < _VAGUE and _FLATTEST < self.depth <= _ROUND


def told_by_ends(mask: Mask, axis: float, widths: Floats, camera: PhotoCamera, shadow: float | None) -> Ends | None:
    """What both ends of an outline tell; None where there are none.

    Args:
        axis: the column about which the outline is symmetric.
        widths: half-widths of the rows about it, below 0 where there is nothing.
        camera: whose focal length and middle are taken as they are.
        shadow: degrees that the camera looked down by, as the shadow has it.

    >>> y, x = np.mgrid[0:200, 0:200] + 0.5
    >>> box = (abs(x - 100) < 40) & (abs(y - 100) < 60)
    >>> widths = np.where(box.any(1), 40.0, -1.0)
    >>> told_by_ends(box, 100.0, widths, PhotoCamera(370.0, 100.0, 100.0), None).straight
    True
    """
    below, above = _end(mask, axis, widths), _end(mask[::-1], axis, widths[::-1])
    widest = float(widths.max())
    elevation, depth = np.radians(np.arange(0.0, 46.0))[:, None], np.arange(0.0, 1.01, 0.02)[None]
    against = 0.02 * np.degrees(elevation) + 0.0 * depth
    told, found = [], []
    for end, down in ((below, True), (above, False)):
        if end is None or end.half < _NARROW * widest:
            continue
        row = end.row if down else len(mask) - end.row
        found.append(Curve(end.curve, end.rough, math.atan((row - camera.y) / camera.focal)))
        angle = elevation + found[-1].angle
        share = np.minimum(1, depth * widest / end.half) if end.half < _NECK * widest else depth
        curve = _SEEN * share * np.abs(np.sin(angle))
        against = against + ((end.curve - curve) / (_BLUR + _BENT * curve + end.rough)) ** 2
        told.append(end.half)
    if not told:
        return None
    if shadow is not None:
        against = against + ((np.degrees(elevation) - (shadow if shadow > _LEVEL else 0)) / _UNSHADED) ** 2
    weight = np.exp(-0.5 * (against - against.min()))
    weight /= weight.sum()
    mean = float((weight * depth).sum())
    return Ends(
        float((weight * np.degrees(elevation)).sum()), mean, float(np.sqrt((weight * (depth - mean) ** 2).sum())),
        float(against.min()), len(told) == 2 and min(told) > _WIDE * widest, tuple(found),
    )  # fmt: skip


@dataclass(frozen=True)
class _End:
    """An end: the row beyond its last one, half its width in pixels, and its curve and what that leaves over, as shares of it."""

    row: int
    half: float
    curve: float
    rough: float


def _end(mask: Mask, axis: float, widths: Floats) -> _End | None:
    """The lower end of an outline: half an ellipse, as wide as the outline is where it begins."""
    rows = np.flatnonzero(widths > 0)
    if len(rows) < 8:
        return None
    last, curve, half, rough = int(rows[-1]) + 1, 0.02 * len(rows), 0.0, 0.0
    for _ in range(6):
        at = int(np.clip(last - curve - 3, rows[0], rows[-1]))
        half = float(np.median(widths[max(int(rows[0]), at - 2) : at + 1]))
        columns = np.arange(int(axis - 0.85 * half), int(axis + 0.85 * half) + 1)
        columns = columns[(columns >= 0) & (columns < mask.shape[1])]
        columns = columns[mask[:, columns].any(0)]
        if half < _LEAST_PIXELS or len(columns) < _LEAST_COLUMNS:
            return None
        edge = len(mask) - mask[::-1, columns].argmax(0).astype(np.float64)
        x = (columns + 0.5 - axis) / half
        terms = np.stack([np.ones_like(x), x, np.sqrt(np.maximum(1 - x * x, 0))], -1)
        found = np.linalg.lstsq(terms, edge, rcond=None)[0]
        curve, rough = max(0.0, float(found[2])), float(np.abs(edge - terms @ found).mean())
    return _End(last, half, curve / half, rough / half)
