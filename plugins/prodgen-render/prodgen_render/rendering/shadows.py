"""Soft shadows: how much of the light that would reach a point gets there.

The share is estimated as a ratio of two sums over the same directions (ratio estimator, Heitz, Hill and McGuire 2018), so that
a point with nothing in its way has exactly 1 and no noise; only penumbrae are sampled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from prodgen_render.model import Floats, Ints
from prodgen_render.rendering.floor import Floor
from prodgen_render.rendering.lights import Lighting, look_up, turn
from prodgen_render.rendering.sampling import cosine_hemisphere, frames, interleaved, r2
from prodgen_render.rendering.tracer import Tracer
from prodgen_render.vectors import dot

OFFSET = 4e-4
DOME_RAYS, KEY_RAYS = 10, 6
_PAD = 2


def light_share(
    tracer: Tracer,
    light: Lighting,
    floor: Floor | None,
    position: Floats,
    normal: Floats,
    flat_normal: Floats,
    pixel: tuple[Ints, Ints],
    azimuth: float,
    seed: int,
) -> Floats:
    """The share of diffuse light that reaches each point, [n] in [0, 1].

    Args:
        pixel: x and y of each point's pixel: the choice of directions depends on them and on the seed alone.
        azimuth: of the camera, which the lights follow.
    """
    count = len(position)
    if count == 0:
        return np.zeros(0, np.float32)
    start = position + flat_normal * np.float32(OFFSET)
    x, y = pixel
    dome_points = cosine_hemisphere(r2(DOME_RAYS * 16, seed))
    local = dome_points.take(interleaved(x, y, DOME_RAYS), 0)
    directions = _about(normal, local).reshape(-1, 3)
    origins = start.repeat(DOME_RAYS, 0)
    radiance = look_up(light.dome, turn(directions, -azimuth))
    # A direction that dips below the true surface is no light to miss: it counts on neither side of the ratio.
    radiance *= dot(directions, flat_normal.repeat(DOME_RAYS, 0)) > 0
    through = tracer.light(origins, directions)
    if floor is not None:
        through *= floor.seen_from(origins, directions)
    arrived = (radiance * through).reshape(count, DOME_RAYS).mean(1)
    expected = radiance.reshape(count, DOME_RAYS).mean(1)

    box = light.rig.key
    key_points = r2(KEY_RAYS * 16, seed + 1) * 2 - 1
    towards = turn(box.towards(key_points[:, 0], key_points[:, 1]), azimuth).take(interleaved(x, y, KEY_RAYS), 0)
    cosine = np.maximum(dot(towards, normal[:, None]), np.float32(0))
    lit = np.flatnonzero(cosine.any(1))
    weight = np.float32(light.key_radiance * box.solid_angle / np.pi / KEY_RAYS)
    if len(lit):
        key_origins = start.take(lit, 0).repeat(KEY_RAYS, 0)
        through = tracer.light(key_origins, towards.take(lit, 0).reshape(-1, 3)).reshape(-1, KEY_RAYS)
        cosine = cosine.take(lit, 0)
        arrived[lit] += (cosine * through).sum(1) * weight
        expected[lit] += cosine.sum(1) * weight
    return np.asarray(arrived / np.maximum(expected, 1e-6), np.float32)


def _about(normal: Floats, local: Floats) -> Floats:
    """Directions [n, k, 3] given about +Z, about each normal [n, 3]."""
    axes = (*frames(normal), normal)
    out = np.empty(local.shape, np.float32)
    x, y, z = (np.ascontiguousarray(local[..., k]) for k in range(3))
    for k in range(3):
        a, b, c = (axis[:, k, None] for axis in axes)
        out[..., k] = a * x + b * y + c * z
    return out


@dataclass(frozen=True, eq=False)
class ShareGrid:
    """Light shares at every `stride`-th pixel, smoothed, and looked up at points between."""

    index: Ints
    share: Floats
    position: Floats
    normal: Floats
    stride: int
    reach: float

    def smoothed(self) -> ShareGrid:
        """Averages over a 4 x 4 window (the interleaving's tile) of points on the same surface."""
        known = np.argwhere(self.index >= 0)
        if len(known) == 0:
            return self
        (top, left), (bottom, right) = known.min(0), known.max(0) + 1
        index = self.index[top:bottom, left:right]
        height, width = index.shape
        alive, *here, share = (
            _plane(index, values) for values in (np.ones_like(self.share), *self.position.T, *self.normal.T, self.share)
        )
        middle = [plane[_PAD : _PAD + height, _PAD : _PAD + width] for plane in here]
        total, weight = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32)
        for dy in range(-_PAD, _PAD + 1):
            for dx in range(-_PAD, _PAD + 1):
                # Outer taps count half, so that the window is four wide and centred.
                tap = (0.5 if abs(dy) == 2 else 1.0) * (0.5 if abs(dx) == 2 else 1.0)
                window = slice(_PAD + dy, _PAD + dy + height), slice(_PAD + dx, _PAD + dx + width)
                close = self._alike([plane[window] for plane in here], middle) * alive[window]
                close *= np.float32(tap)
                weight += close
                close *= share[window]
                total += close
        total /= np.maximum(weight, np.float32(1e-6))
        smooth = np.empty_like(self.share)
        smooth[index[index >= 0]] = total[index >= 0]
        return replace(self, share=smooth)

    def _alike(self, there: Sequence[Floats], here: Sequence[Floats]) -> Floats:
        """How much points lie on one surface, 0 to 1; both as x, y, z of places and of normals, arrays of one shape."""
        nx, ny, nz = here[3:]
        gx, gy, gz = (a - b for a, b in zip(there[:3], here[:3], strict=True))
        plane = np.abs(gx * nx + gy * ny + gz * nz)
        near = np.clip(np.float32(1.5) - plane * np.float32(1 / self.reach), 0, 1)
        near *= gx * gx + gy * gy + gz * gz < np.float32((self.reach * 12) ** 2)
        alike = np.maximum(there[3] * nx + there[4] * ny + there[5] * nz, 0)
        alike *= alike
        alike *= alike
        alike *= alike
        alike *= near
        return np.asarray(alike, np.float32)

    def at(self, x: Floats, y: Floats, position: Floats, normal: Floats) -> tuple[Floats, Floats]:
        """Shares at image places (in pixels), and how well the grid knows them (0 not at all, about 1 fully)."""
        height, width = self.index.shape
        gx = np.clip((x - 0.5) / self.stride, 0, width - 1)
        gy = np.clip((y - 0.5) / self.stride, 0, height - 1)
        x0, y0 = gx.astype(np.int32), gy.astype(np.int32)
        fx, fy = gx - x0, gy - y0
        total, weight = np.zeros(len(x), np.float32), np.zeros(len(x), np.float32)
        known = (*np.ascontiguousarray(self.position.T), *np.ascontiguousarray(self.normal.T))
        here = (*np.ascontiguousarray(position.T), *np.ascontiguousarray(normal.T))
        flat = self.index.reshape(-1)
        for dy in (0, 1):
            for dx in (0, 1):
                there = flat.take(np.minimum(y0 + dy, height - 1) * width + np.minimum(x0 + dx, width - 1))
                tap = np.abs(1 - dx - fx) * np.abs(1 - dy - fy) + np.float32(0.02)
                close = tap * self._alike([line.take(there) for line in known], here)
                close *= there >= 0
                total += close * self.share.take(there)
                weight += close
        return total / np.maximum(weight, 1e-6), weight


def _plane(index: Ints, values: Floats) -> Floats:
    """Values of points as a picture with a margin; 0 where there is no point."""
    height, width = index.shape
    out = np.zeros((height + 2 * _PAD, width + 2 * _PAD), np.float32)
    known = index >= 0
    out[_PAD : _PAD + height, _PAD : _PAD + width][known] = values[index[known]]
    return out
