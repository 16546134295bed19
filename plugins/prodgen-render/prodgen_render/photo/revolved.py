"""A turned body, or one that is flattened in depth: its sections, and where a photo shows it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from prodgen_render.model import Floats, bounding_sphere
from prodgen_render.photo.frame import PhotoCamera
from prodgen_sdk.types import Mask

_ROUND = 33
_OVAL, _BLEND = 2.6, 8
_DOME, _RIM = 0.25, 0.8
"""How high a dome above a rim is at most, and how wide that rim is at least, as shares of the greatest half-width."""


@dataclass(frozen=True, eq=False)
class Revolved:
    """A body of revolution, or one that is flattened in depth, about an upright axis.

    Args:
        camera: that took the photo; its `x` is the axis.
        radius, height: of the rings, from the lowest to the highest [n].
        squash: greatest depth as a share of the greatest width.
        thickest: half the greatest depth; rings that are no wider than that are circles, as the neck of a flat bottle is.
        fit: intersection over union of its picture with the outline's symmetric part.
        covers: share of the outline that its picture covers.
        sides: factors on the half-width at the viewer's left and right of each ring [2, n], where the outline is not symmetric.
    """

    camera: PhotoCamera
    radius: Floats
    height: Floats
    squash: float
    thickest: float
    fit: float
    covers: float
    sides: Floats | None = None

    @property
    def sphere(self) -> tuple[Floats, float]:
        """Centre and radius of the bounding sphere."""
        around = np.arange(8) * np.pi / 4
        across, away = section(around[None], self.flatness(self.radius)[:, None])
        points = np.stack(
            np.broadcast_arrays(self.radius[:, None] * across, self.radius[:, None] * away, self.height[:, None]), -1
        )
        return bounding_sphere(points.reshape(-1, 3))

    @property
    def opened(self) -> Revolved:
        """Without what closes it above its rim: what one looks into from above seems to have a low dome where the camera is taken for a lower one."""
        widest = float(self.radius.max())
        below = int(np.searchsorted(self.height, self.height[-1] - _DOME * widest))
        rim = below + int(self.radius[below:].argmax())
        if self.radius[rim] < _RIM * widest:
            return self
        kept = slice(0, rim + 1)
        sides = None if self.sides is None else self.sides[:, kept]
        return replace(self, radius=self.radius[kept], height=self.height[kept], sides=sides)

    def flatness(self, radius: Floats) -> Floats:
        """Depth as a share of width of rings."""
        return flatness(radius, self.thickest)

    def across(self, height: Floats, x: Floats) -> Floats:
        """Places across of points of symmetric rings at heights: each side as wide as the outline has it."""
        if self.sides is None:
            return x
        left, right = (np.interp(height, self.height, side) for side in self.sides)
        return np.asarray(x * np.where(x < 0, left, right))


def flatness(radius: Floats, thickest: float) -> Floats:
    """Depth as a share of width of rings that are at most so thick: a smooth minimum of 1 and `thickest / radius`."""
    if not np.isfinite(thickest):
        return np.ones_like(radius)
    return np.asarray((1 + (radius / thickest) ** _BLEND) ** (-1 / _BLEND))


def section(angle: Floats, flat: Floats) -> tuple[Floats, Floats]:
    """A cross-section of half-width 1: x and y at parameters from +x towards +y.

    A circle; flat ones are superellipses of a power up to `_OVAL`, for flat bottles have fuller sides than ellipses.
    """
    power = 2 / _power(flat)
    c, s = np.cos(angle), np.sin(angle)
    return np.sign(c) * np.abs(c) ** power, flat * np.sign(s) * np.abs(s) ** power


def section_normal(angle: Floats, flat: Floats) -> tuple[Floats, Floats]:
    """Outward normals of `section`, not of unit length."""
    power = 2 - 2 / _power(flat)
    c, s = np.cos(angle), np.sin(angle)
    return np.sign(c) * np.abs(c) ** power, np.sign(s) * np.abs(s) ** power / flat


def _power(flat: Floats) -> Floats:
    return np.asarray(2 + (_OVAL - 2) * np.clip((1 - np.asarray(flat)) / 0.15, 0, 1))


def ring(radius: Floats, height: Floats, camera: PhotoCamera, thickest: float) -> tuple[Floats, Floats]:
    """Pixel offsets from the axis and pixel rows of half of each ring, front to back [n, _ROUND]."""
    angle = np.linspace(0, np.pi, _ROUND)
    points = np.empty((len(radius), _ROUND, 3))
    across, away = section((angle - np.pi / 2)[None], flatness(radius, thickest)[:, None])
    points[..., 0] = radius[:, None] * across
    points[..., 1] = radius[:, None] * away
    points[..., 2] = height[:, None]
    x, y, _ = camera.project(points)
    return x - camera.x, y


def seen_widths(
    radius: Floats, height: Floats, camera: PhotoCamera, thickest: float, rows: int, dense: int = 3
) -> Floats:
    """Half the width of the body's picture in each row, in pixels; `dense` is how many rings are drawn for each."""
    fine = np.linspace(height[0], height[-1], dense * len(height))
    x, y = ring(np.interp(fine, height, radius), fine, camera, thickest)
    out = np.zeros(rows)
    # Between two points of a ring the picture is straight; a few steps on it leave no row out.
    for share in (0.0, 0.25, 0.5, 0.75):
        px = x[:, :-1] + (x[:, 1:] - x[:, :-1]) * share
        py = y[:, :-1] + (y[:, 1:] - y[:, :-1]) * share
        row = np.clip(py.astype(int), 0, rows - 1)
        np.maximum.at(out, row.reshape(-1), px.reshape(-1))
    return out


def picture_of(body: Revolved, shape: tuple[int, ...]) -> Mask:
    """Where the body is in the photo, bool [h, w]."""
    widths = seen_widths(body.radius, body.height, body.camera, body.thickest, shape[0])
    columns = np.arange(shape[1]) + 0.5
    return np.asarray(np.abs(columns - body.camera.x) <= widths[:, None])
