"""Two sleeves as on an invisible mannequin: where they run, how they join a body, and how they end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from prodgen_render.families.garment_kit import hem_lines, surface_ring
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import loft
from prodgen_render.shapes.implicit import capsule, join

LONG = 0.58
"""Metres of a sleeve to the wrist."""
_LONG_FROM = 0.3
"""Metres from which a sleeve narrows to the wrist and hangs down beside the body."""


@dataclass(frozen=True, eq=False)
class Sleeves:
    """Fields are in metres and negative inside.

    Args:
        starts: where they begin, inside the shoulders, and `axes` their directions.
        length: from there to their ends.
        thick: radius at the shoulder, and `end` at the end.
    """

    starts: tuple[Floats, Floats]
    axes: tuple[Floats, Floats]
    length: float
    thick: float
    end: float

    @classmethod
    def of(cls, out: float, height: float, length: float, thick: float = 0.080) -> Sleeves:
        """Sleeves that begin `out` metres from the middle at a height; long ones are narrower and hang steeper."""
        long = length > _LONG_FROM
        drop = np.radians(64 if long else 40)
        left, right = (np.array([side * out, 0.0, height], np.float32) for side in (-1, 1))
        down, along = (np.array([side * np.cos(drop), 0, -np.sin(drop)], np.float32) for side in (-1, 1))
        return cls((left, right), (down, along), length, thick, 0.046 if long else 0.074)

    @property
    def reach(self) -> float:
        """How far they come from the middle, in metres."""
        return float(abs((self.starts[0] + self.axes[0] * (self.length + 0.06))[0]) + 0.09)

    def _arm(self, p: Floats, side: int) -> Floats:
        end = self.starts[side] + self.axes[side] * np.float32(self.length + 0.06)
        return capsule(p, self.starts[side], end, self.thick, self.end, flatten=0.72)

    def joined(self, body: Floats, p: Floats) -> Floats:
        """A body's field at points [n, 3], with the sleeves grown on."""
        for side in (0, 1):
            body = join(body, self._arm(p, side), 0.04)
        return body

    def cut(self, keep: Floats, body: Floats, p: Floats) -> Floats:
        """Where cloth is kept, cut off at the ends of the sleeves, which are where their field is less than the body's."""
        for side in (0, 1):
            of_arm = self._arm(p, side) < body
            keep = np.where(of_arm, np.minimum(keep, self.length - (p - self.starts[side]) @ self.axes[side]), keep)
        return keep

    def hems(self, field: Callable[[Floats], Floats], cloth: Material, largest: float = 0.12) -> list[Part]:
        """Sewn edges."""
        parts = []
        for start, axis in zip(self.starts, self.axes, strict=True):
            parts += hem_lines(field, start + axis * np.float32(self.length), -axis, largest, cloth)
        return parts

    def cuffs(self, field: Callable[[Floats], Floats], cloth: Material) -> list[Part]:
        """Bands around the ends."""
        bands = []
        for start, axis in zip(self.starts, self.axes, strict=True):
            rings = [
                surface_ring(field, start + axis * (self.length - 0.05 + 0.053 * k / 5), axis, 0.12) for k in range(6)
            ]
            middles = [ring.mean(0) for ring in rings]
            skin = np.stack(
                [
                    m + (r - m) * (1.04 if 0 < k < 5 else 1.0)
                    for k, (r, m) in enumerate(zip(rings, middles, strict=True))
                ]
            )
            bands.append(loft(skin.astype(np.float64), cloth))
        return bands
