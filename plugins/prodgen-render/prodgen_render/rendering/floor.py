"""The floor under the product: a shadow catcher, and the white sweep that lights it from below.

How much light reaches each place of the floor is tabulated once a model (dome) and once a camera azimuth (key light), over the
same few directions everywhere, which makes a smooth shadow without noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from prodgen_render.model import Floats
from prodgen_render.rendering.lights import Lighting, turn
from prodgen_render.rendering.sampling import cosine_hemisphere, r2
from prodgen_render.rendering.tracer import Tracer
from prodgen_render.vectors import plus, smoothstep
from prodgen_sdk.types import Mask

_DOME_DIRECTIONS, _KEY_DIRECTIONS = 96, 40
_LEAST = 0.012
"""Shadows fainter than this are cut, so that the background is exactly white where the eye sees white."""


@dataclass(frozen=True, eq=False)
class Floor:
    """Light on the floor z = `height`.

    Args:
        shade: float32 [n, n] in [0, 1], 0 where all light arrives; row 0 at the lowest y.
        low, high: corners [2] of the square it covers.
    """

    height: float
    shade: Floats
    low: Floats
    high: Floats

    def shade_at(self, xy: Floats) -> Floats:
        """The shade at places [n, 2]; 0 outside the table."""
        n = len(self.shade)
        x, y = ((xy[:, k] - self.low[k]) * (n / (self.high[k] - self.low[k])) - np.float32(0.5) for k in (0, 1))
        inside = np.flatnonzero((x > 0) & (x < n - 1.001) & (y > 0) & (y < n - 1.001))
        x, y = x[inside], y[inside]
        column, row = x.astype(np.int32), y.astype(np.int32)
        x -= column
        y -= row
        flat, first = self.shade.reshape(-1), row * n + column
        low, low_right, top, top_right = (flat.take(first + step) for step in (0, 1, n, n + 1))
        low += (low_right - low) * x
        top += (top_right - top) * x
        out = np.zeros(len(xy), np.float32)
        out[inside] = low + (top - low) * y
        return out

    def seen_from(self, origins: Floats, directions: Floats) -> Floats:
        """How bright the floor is where rays meet it, as a share of a floor in full light; 1 for rays that go up."""
        down = directions[:, 2]
        falls = np.flatnonzero(down < -1e-3)
        out = np.ones(len(origins), np.float32)
        start, direction = origins.take(falls, 0), directions.take(falls, 0)
        place = plus(start, direction, (np.float32(self.height) - start[:, 2]) / direction[:, 2])
        out[falls] = 1 - 0.85 * self.shade_at(place)
        return out


def _blur(grid: Floats) -> Floats:
    wide = np.pad(grid, 1, mode="edge")
    down = 0.25 * wide[:-2] + 0.5 * wide[1:-1] + 0.25 * wide[2:]
    return np.asarray(0.25 * down[:, :-2] + 0.5 * down[:, 1:-1] + 0.25 * down[:, 2:], np.float32)


def _enlarge(grid: Floats, size: int) -> Floats:
    from PIL import Image

    return np.asarray(Image.fromarray(grid.astype(np.float32)).resize((size, size), Image.Resampling.BICUBIC)).clip(
        0, 1
    )


class FloorMaker:
    """Makes the floors of one model; the part that no view changes is kept."""

    def __init__(
        self, tracer: Tracer, light: Lighting, detail: int, dome: int = _DOME_DIRECTIONS, key: int = _KEY_DIRECTIONS
    ) -> None:
        self.tracer, self.light, self.size = tracer, light, detail
        self.dome_directions, self.key_directions = dome, key
        low, high = tracer.low[:2], tracer.high[:2]
        margin = 0.5 + 0.3 * float(np.ptp(tracer.vertices[:, 2]))
        centre, half = (low + high) / 2, float((high - low).max() / 2) + margin
        self.low, self.high = (centre - half).astype(np.float32), (centre + half).astype(np.float32)
        at = self.low + (np.arange(detail, dtype=np.float32)[:, None] + 0.5) / detail * (self.high - self.low)
        x, y = np.meshgrid(at[:, 0], at[:, 1])
        self.places = np.stack([x, y, np.full_like(x, tracer.floor - 2e-4)], -1).astype(np.float32)
        away = np.hypot(x - centre[0], y - centre[1]) / half
        self.window = smoothstep((1 - away) / 0.55)
        self.at_azimuth = lru_cache(maxsize=16)(self._at_azimuth)

    def arrived(self, directions: Floats) -> Floats:
        """The share of these directions from which light reaches each place, [size, size]."""
        which, row, column = np.nonzero(self._shadowed(directions))
        hidden = 1 - self.tracer.light(self.places[row, column], directions.take(which, 0))
        lost = np.bincount(row * self.size + column, hidden, self.size**2)
        return np.asarray(1 - lost / len(directions), np.float32).reshape(self.size, self.size)

    def _shadowed(self, directions: Floats) -> Mask:
        """The places that the bounding box can shadow from lights in directions [n, 3]: bool [n, size, size]."""
        low, high = self.tracer.low, self.tracer.high
        slides = directions[:, :2] / np.maximum(directions[:, 2:], 1e-3) * (float(high[2] - low[2]) + 1e-2)
        # From the places straight under the box to those that its top throws its shadow on.
        scale = self.size / (self.high - self.low)
        first = np.floor((low[:2] - np.maximum(slides, 0) - self.low) * scale) - 1
        last = np.floor((high[:2] - np.minimum(slides, 0) - self.low) * scale) + 1
        cells = np.arange(self.size)
        x, y = ((cells >= first[:, axis, None]) & (cells <= last[:, axis, None]) for axis in (0, 1))
        return np.asarray(y[:, :, None] & x[:, None] & (self.window > 0))

    @cached_property
    def _dome(self) -> tuple[Floats, float, Floats, float]:
        """Shares that arrive from the dome [size, size] and its weight; directions [n, 3] to the key light and its weight."""
        box = self.light.rig.key
        points = r2(self.key_directions, 9) * 2 - 1
        towards = box.towards(points[:, 0], points[:, 1])
        key_weight = self.light.key_radiance * box.solid_angle * float(towards[:, 2].mean()) / np.pi
        up = np.array([[0, 0, 1]], np.float32)
        dome_weight = max(float(self.light.irradiance(up).mean()) - key_weight, 0.05)
        return self.arrived(cosine_hemisphere(r2(self.dome_directions, 5))), dome_weight, towards, key_weight

    def _at_azimuth(self, azimuth: float) -> Floor:
        dome, dome_weight, towards, key_weight = self._dome
        arrived = dome * dome_weight + self.arrived(turn(towards, azimuth)) * key_weight
        shade = _enlarge(_blur(1 - arrived / (dome_weight + key_weight)) * self.window, self.size * 3)
        return Floor(self.tracer.floor, np.maximum(shade - _LEAST, 0) / (1 - _LEAST), self.low, self.high)
