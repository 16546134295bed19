"""The upper of a shoe: one surface from the edge of the sole to where it ends, with panels and seams on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.detail import segments
from prodgen_render.shapes.geometry import loft, refine, smooth_path, tube

HALF = np.array(
    [
        (0.146, 0), (0.142, 0.017), (0.128, 0.030), (0.105, 0.0355), (0.065, 0.0365), (0.02, 0.0365), (-0.03, 0.0415),
        (-0.072, 0.0465), (-0.108, 0.0450), (-0.136, 0.0345), (-0.152, 0.0185), (-0.158, 0),
    ]
)  # fmt: skip
"""Half of a sole from above, from the heel to the toe, in metres."""


def outline(half: NDArray[np.float64] = HALF) -> NDArray[np.float64]:
    """A sole from above, counter-clockwise, [n, 2] in metres."""
    loop = np.concatenate([half, (half * [1, -1])[-2::-1]])
    around = np.concatenate([loop[-2:-1], loop, loop[1:2]])
    curve = smooth_path(around, 6 * (len(around) - 1) + 1)[6:-6]
    return refine(curve, 0.006)[:-1]


def toned(material: Material, share: float) -> Material:
    """A material in a darker colour."""
    return material.but(colour=tuple(share * c for c in material.colour))


@dataclass(frozen=True, eq=False)
class Upper:
    """The upper of a shoe, the same on both sides.

    Places on it are how far around (0 the heel, to 1 the toe; negative on the viewer's side), and how far up: 0 the sole, 1 where it
    ends, or where the shaft of a boot begins, which goes on to 2.

    Args:
        half: half of its lower edge from above, from the heel to the toe, [n, 2].
        ground: the height of the sole at x.
        top: its upper end: rows of how far around, and x, y, and height over the sole there.
        rise: how high it goes straight up from the sole, at the heel and at the toe.
        lean: rows of how far around, and how it arrives at its upper end: from what share of the way inwards, and from how far below.
        shaft: height of the shaft of a boot.
        belly: how much wider a shaft is in its middle.
    """

    half: NDArray[np.float64]
    ground: Callable[[Floats], Floats]
    top: NDArray[np.float64]
    rise: tuple[float, float]
    lean: NDArray[np.float64]
    shaft: float = 0.0
    belly: float = 0.0

    @cached_property
    def _edge(self) -> PchipInterpolator:
        half = smooth_path(self.half, 120)
        along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(half, axis=0), axis=1))])
        return PchipInterpolator(along / along[-1], half)

    @cached_property
    def _top(self) -> PchipInterpolator:
        return PchipInterpolator(self.top[:, 0], self.top[:, 1:])

    def at(self, around: Floats | float, up: Floats | float, away: Floats | float = 0.0) -> NDArray[np.float64]:
        """Points [..., 3] of the surface, `away` metres outside of it."""
        around, up = np.broadcast_arrays(np.asarray(around, float), np.asarray(up, float))
        place = self._on(around, up)
        if np.any(away):
            step, most = 1e-3, 2 if self.shaft else 1
            across = self._on(around + step, up) - self._on(around - step, up)
            upwards = self._on(around, np.minimum(up + step, most)) - self._on(around, np.maximum(up - step, 0))
            normal = np.cross(across, upwards)
            normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-12)
            place = place + normal * np.asarray(away)[..., None]
        return place

    def _on(self, around: Floats, up: Floats) -> NDArray[np.float64]:
        # Beyond heel and toe the other side begins.
        around = (around + 1) % 2 - 1
        share, side = np.abs(around), np.where(around < 0, -1.0, 1.0)
        edge, high = self._edge(share), self._top(share)
        low = np.concatenate([edge, self.ground(edge[..., 0])[..., None]], -1)
        high[..., 2] += self.ground(high[..., 0])
        inwards, drop = (np.interp(share, self.lean[:, 0], self.lean[:, k])[..., None] for k in (1, 2))
        upwards = np.array([0, 0, 1.0])
        toe = np.clip((share - 0.55) / 0.45, 0, 1)[..., None] ** 1.5
        first = low + (self.rise[0] + (self.rise[1] - self.rise[0]) * toe) * upwards
        second = high + (low - high) * [1, 1, 0] * inwards - drop * upwards
        t = np.minimum(up, 1)[..., None]
        place = (1 - t) ** 3 * low + 3 * t * (1 - t) ** 2 * first + 3 * t**2 * (1 - t) * second + t**3 * high
        if self.shaft:
            t = np.clip(up - 1, 0, 1)[..., None]
            axis = self._top(0.0) / 2 + self._top(1.0) / 2
            wider = 1 + self.belly * np.sin(np.pi * t * 0.75) * t**0.3
            place = np.where(
                t > 0, (high - axis) * [1, 1, 0] * wider + axis * [1, 1, 0], place * [1, 1, 0]
            ) + upwards * (np.where(t > 0, high + (self.shaft - high) * t, place))
        return np.asarray(place * np.stack([np.ones_like(side), side, np.ones_like(side)], -1))

    def skin(self, cloth: Material, extent: tuple[float, float] | None = None) -> Part:
        """The surface itself; where there is an extent, a texture of so many metres repeats on it."""
        rows = np.linspace(0, 1, segments(26, 12))
        if self.shaft:
            rows = np.concatenate([rows, np.linspace(1, 2, 14)[1:]])
        part = loft(self.at(np.linspace(0, 2, segments(160, 64), endpoint=False)[None], rows[:, None]), cloth)
        if extent is None:
            return part
        uv = part.uv * np.array(part.uv_metres, np.float32) / np.array(extent, np.float32)
        return part.but(uv=uv.astype(np.float32), uv_metres=extent)

    def rim(self, reach: float, radius: float, cloth: Material) -> Part:
        """The edge of the upper end, on both sides from the heel to `reach` around; all of it from 1 on."""
        end = 2.0 if self.shaft else 0.99
        if reach >= 1:
            return tube(self.at(np.linspace(0, 2, 97)[:-1], end), radius, cloth, segments=12, closed=True)
        return tube(self.at(np.linspace(-reach, reach, 80), end), radius, cloth, segments=12)

    def patch(
        self, low: float, high: float, left: Floats, right: Floats, cloth: Material, thick: float = 0.0011
    ) -> Part:
        """A panel on the surface: `left` and `right` are how far around its edges are, [n] each, at heights from `low` to `high`."""
        t = np.linspace(0, 1, len(left))
        s = np.concatenate([[0], np.linspace(0, 1, 14), [1]])
        around = left[:, None] + (right - left)[:, None] * s
        up = (low + (high - low) * t)[:, None] + 0 * s
        # The edges lie on the upper; the first step inwards is the panel's thickness.
        away = np.full(around.shape, thick)
        away[:, [0, -1]] = away[[0, -1]] = 0
        up[0], up[-1] = up[1], up[-2]
        around[0], around[-1] = around[1], around[-2]
        return loft(self.at(around, np.maximum(up, 0), away), cloth, closed=False)

    def seam(self, around: Floats, up: Floats, thread: Material) -> Part:
        """A line of stitches."""
        return tube(self.at(around, up, 0.0013), 0.00042, thread, segments=6)
