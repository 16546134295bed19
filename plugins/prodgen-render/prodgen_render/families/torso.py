"""The body that tops share, as on an invisible mannequin: a trunk and two sleeves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prodgen_render.families.garment_kit import Bounds, creases, smooth_table, surface_ring, tube_field
from prodgen_render.geometry import loft
from prodgen_render.implicit import capsule, join
from prodgen_render.looks import Look
from prodgen_render.model import Floats, Material, Part

_ARM = 0.080
_UP = np.array([0, 0, 1.0], np.float32)


@dataclass(frozen=True, eq=False)
class Torso:
    """A field in metres that is negative inside, and where it is cut open.

    Args:
        length: of the trunk, from the hem at 0 to the neck.
        sleeve: length of the sleeves, which run from `starts` along `axes`.
        neck: half the width of the neck's opening, and how deep it is cut in front and behind.
    """

    length: float
    sleeve: float
    loose: float
    wrist: float
    neck: tuple[float, float, float]
    table: tuple[list[float], list[float], list[float]]
    starts: tuple[Floats, Floats]
    axes: tuple[Floats, Floats]
    seed: float
    half: float

    @classmethod
    def of(
        cls,
        look: Look,
        *,
        sleeve: float,
        loose: float = 1.0,
        longer: float = 1.0,
        neck: tuple[float, float, float] = (0.092, 0.088, 0.026),
    ) -> Torso:
        """A torso with this product's proportions."""
        half = 0.245 * look.uniform(0.96, 1.06) * loose
        length = 0.73 * look.uniform(0.95, 1.05) * longer
        long = sleeve > 0.3
        shoulder = length - 0.075
        heights = [-0.06, 0.1, 0.28, 0.42, shoulder - 0.05, shoulder + 0.005, length - 0.035, length, length + 0.04]
        z, w = smooth_table(
            [half, half * 0.985, half * 0.97, half * 0.98, half * 0.95, half * 0.84, 0.158, 0.100, 0.03], heights
        )
        _, d = smooth_table([0.118, 0.116, 0.112, 0.116, 0.104, 0.092, 0.078, 0.066, 0.05], heights)
        seed = look.uniform(0, 6)
        drop = np.radians(64 if long else 40)
        starts = [np.array([side * half * 0.80, 0.0, shoulder - 0.050], np.float32) for side in (-1, 1)]
        axes = [np.array([side * np.cos(drop), 0, -np.sin(drop)], np.float32) for side in (-1, 1)]
        return cls(
            length, sleeve, loose, 0.046 if long else 0.074, neck, (z, w, [v * loose for v in d]),
            (starts[0], starts[1]), (axes[0], axes[1]), seed, half,
        )  # fmt: skip

    @property
    def bounds(self) -> Bounds:
        reach = float(max(abs((self.starts[0] + self.axes[0] * (self.sleeve + 0.06))[0]) + 0.09, self.half + 0.02))
        return (-reach, -0.17, -0.03), (reach, 0.17, self.length + 0.03)

    def _arm(self, p: Floats, side: int) -> Floats:
        start, end = self.starts[side], self.starts[side] + self.axes[side] * np.float32(self.sleeve + 0.06)
        return capsule(p, start, end, _ARM * self.loose, self.wrist, flatten=0.72)

    def _trunk(self, p: Floats) -> Floats:
        z, width, depth = self.table
        return tube_field(p, z, width, depth)

    def field(self, p: Floats) -> Floats:
        """The closed body with its folds, at points [n, 3]."""
        out = self._trunk(p)
        for side in (0, 1):
            out = join(out, self._arm(p, side), 0.04)
        return out + creases(p, self.seed, 0.0042)

    def keep(self, p: Floats) -> Floats:
        """Positive where cloth is: above the hem, outside the neck, before the ends of the sleeves."""
        half, front, back = self.neck
        deep = np.where(p[:, 1] < 0, front, back)
        neck = ((p[:, 0] / half) ** 2 + ((p[:, 2] - self.length) / deep) ** 2) - 1
        out = np.minimum(p[:, 2], np.where(p[:, 2] > self.length - 0.1, neck * 0.06, 1.0))
        out = np.minimum(out, self.length - p[:, 2])
        body = self._trunk(p)
        for side in (0, 1):
            of_arm = self._arm(p, side) < body
            out = np.where(of_arm, np.minimum(out, self.sleeve - (p - self.starts[side]) @ self.axes[side]), out)
        return np.asarray(out, np.float32)

    def neckline(self) -> Floats:
        """The edge of the neck's opening, a loop [n, 3] that begins at its right end and passes the front first."""
        t = np.linspace(0, np.pi, 60)
        half, front, back = self.neck
        z, w, d = self.table
        x = half * np.cos(t)
        halves = []
        for deep, sign in ((front, -1), (back, 1)):
            zz = self.length - deep * np.sin(t)
            ww, dd = np.interp(zz, z, w), np.interp(zz, z, d)
            y = sign * dd * np.maximum(1 - (np.abs(x) / ww) ** 2.5, 0) ** (1 / 2.5)
            halves.append(np.stack([x, y, zz], -1))
        return np.concatenate([halves[0][1:-1], halves[1][::-1][1:-1]])

    def on_front(self, x: Floats, height: Floats, away: float) -> Floats:
        """Points before the front of the body [..., 3]."""
        low, high = np.zeros(x.size, np.float32), np.full(x.size, 0.3, np.float32)
        for _ in range(20):
            middle = (low + high) / 2
            inside = self.field(np.stack([x.ravel(), -middle, height.ravel()], -1).astype(np.float32)) < 0
            low, high = np.where(inside, middle, low), np.where(inside, high, middle)
        return np.stack([x, -(low.reshape(x.shape) + away), height], -1)

    def cuffs(self, cloth: Material) -> list[Part]:
        """Bands around the ends of the sleeves."""
        bands = []
        for start, axis in zip(self.starts, self.axes, strict=True):
            rings = [
                surface_ring(self.field, start + axis * (self.sleeve - 0.05 + 0.053 * k / 5), axis, 0.12)
                for k in range(6)
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

    def waistband(self, cloth: Material) -> Part:
        """A band around the hem."""
        rings = [
            surface_ring(self.field, np.array([0, 0, 0.001 + 0.055 * k / 5], np.float32), _UP, 0.4, 120)
            for k in range(6)
        ]
        skin = np.stack([r * [1.012, 1.03, 1] if 0 < k < 5 else r * [1.0, 1.0, 1] for k, r in enumerate(rings)])
        return loft(skin.astype(np.float64), cloth)
