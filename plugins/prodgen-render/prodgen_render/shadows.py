"""Soft shadows: how much of the light that would reach a point gets there.

The share is estimated as a ratio of two sums over the same directions (ratio estimator, Heitz, Hill and McGuire 2018), so that
a point with nothing in its way has exactly 1 and no noise; only penumbrae are sampled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prodgen_render.floor import Floor
from prodgen_render.lights import Lighting, look_up, turn
from prodgen_render.model import Floats, Ints
from prodgen_render.sampling import cosine_hemisphere, frames, interleaved, r2
from prodgen_render.tracer import Tracer
from prodgen_render.vectors import dot

OFFSET = 4e-4
DOME_RAYS, KEY_RAYS = 10, 6


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
    dome_points = cosine_hemisphere(r2(DOME_RAYS * 16, seed))[interleaved(x, y, DOME_RAYS)]
    side, other = frames(normal)
    local = dome_points
    directions = (
        side[:, None] * local[..., :1] + other[:, None] * local[..., 1:2] + normal[:, None] * local[..., 2:]
    ).reshape(-1, 3)
    origins = np.repeat(start, DOME_RAYS, 0)
    radiance = look_up(light.dome, turn(directions, -azimuth))
    # A direction that dips below the true surface is no light to miss: it counts on neither side of the ratio.
    radiance *= dot(directions, np.repeat(flat_normal, DOME_RAYS, 0)) > 0
    through = tracer.light(origins, directions)
    if floor is not None:
        through *= floor.seen_from(origins, directions)
    arrived = (radiance * through).reshape(count, DOME_RAYS).mean(1)
    expected = radiance.reshape(count, DOME_RAYS).mean(1)

    box = light.rig.key
    key_points = r2(KEY_RAYS * 16, seed + 1) * 2 - 1
    towards = turn(box.towards(key_points[:, 0], key_points[:, 1]), azimuth)[interleaved(x, y, KEY_RAYS)]
    cosine = np.maximum(dot(towards, normal[:, None]), np.float32(0))
    lit = np.flatnonzero((cosine > 0).any(1))
    weight = np.float32(light.key_radiance * box.solid_angle / np.pi / KEY_RAYS)
    if len(lit):
        key_origins = np.repeat(start[lit], KEY_RAYS, 0)
        through = tracer.light(key_origins, towards[lit].reshape(-1, 3)).reshape(-1, KEY_RAYS)
        arrived[lit] += dot(cosine[lit], through) * weight
        expected[lit] += cosine[lit].sum(1) * weight
    return np.asarray(arrived / np.maximum(expected, 1e-6), np.float32)


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
        height, width = self.index.shape
        rows, columns = np.nonzero(self.index >= 0)
        here = self.index[rows, columns]
        padded = np.full((height + 4, width + 4), -1, np.int32)
        padded[2:-2, 2:-2] = self.index
        total, weight = np.zeros(len(self.share), np.float32), np.zeros(len(self.share), np.float32)
        for dy in range(-2, 3):
            for dx in range(-2, 3):
                # Outer taps count half, so that the window is four wide and centred.
                tap = (0.5 if abs(dy) == 2 else 1.0) * (0.5 if abs(dx) == 2 else 1.0)
                there = padded[rows + 2 + dy, columns + 2 + dx]
                close = np.float32(tap) * self._likeness(there, self.position[here], self.normal[here])
                total[here] += close * self.share[there]
                weight[here] += close
        return ShareGrid(
            self.index, total / np.maximum(weight, 1e-6), self.position, self.normal, self.stride, self.reach
        )

    def _likeness(self, there: Ints, position: Floats, normal: Floats) -> Floats:
        gap = self.position[there] - position
        plane = np.abs(dot(gap, normal))
        near = np.clip(1.5 - plane / np.float32(self.reach), 0, 1) * (
            dot(gap, gap) < np.float32((self.reach * 12) ** 2)
        )
        alike = np.maximum(dot(self.normal[there], normal), 0)
        alike = alike * alike
        alike = alike * alike
        return np.where(there >= 0, near * alike * alike, 0).astype(np.float32)

    def at(self, x: Floats, y: Floats, position: Floats, normal: Floats) -> tuple[Floats, Floats]:
        """Shares at image places (in pixels), and how well the grid knows them (0 not at all, about 1 fully)."""
        height, width = self.index.shape
        gx = np.clip((x - 0.5) / self.stride, 0, width - 1)
        gy = np.clip((y - 0.5) / self.stride, 0, height - 1)
        x0, y0 = gx.astype(np.int32), gy.astype(np.int32)
        fx, fy = gx - x0, gy - y0
        total, weight = np.zeros(len(x), np.float32), np.zeros(len(x), np.float32)
        for dy in (0, 1):
            for dx in (0, 1):
                there = self.index[np.minimum(y0 + dy, height - 1), np.minimum(x0 + dx, width - 1)]
                tap = np.abs(1 - dx - fx) * np.abs(1 - dy - fy) + 0.02
                close = (tap * self._likeness(there, position, normal)).astype(np.float32)
                total += close * self.share[there]
                weight += close
        return total / np.maximum(weight, 1e-6), weight
