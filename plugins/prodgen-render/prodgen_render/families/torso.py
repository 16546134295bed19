"""The body that tops share, as on an invisible mannequin: a trunk and two sleeves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prodgen_render.families.garment_kit import Bounds, band, creases, hem_lines, smooth_table, tube_field
from prodgen_render.families.sleeves import Sleeves, fullness_of
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.implicit import Field, in_depth

_SHOULDER = 0.012
"""How far below the neck's height the seam on the shoulder lies, where the opening's front goes over into its back."""
_ROUNDINGS = 4
ROUND_NECK = (0.092, 0.088, 0.026)
"""Half the width of an opening, and how deep it is cut in front and behind, in metres."""
V_NECK = (0.088, 0.17, 0.026)
V_NECKED = ("v-neck", "v neck", "v-necked", "vneck", "v领", "鸡心领")
_CROPPED = ("cropped", "crop", "短款", "露脐")
_UP = np.array([0, 0, 1.0], np.float32)


def armholes(p: Floats, out: float, height: float, wide: float, high: float) -> Floats:
    """Positive outside the holes for the arms [n]: ellipses across, `out` metres from the middle at a height."""
    return ((np.abs(p[:, 0]) - out) / wide) ** 2 + ((p[:, 2] - height) / high) ** 2 - 1


@dataclass(frozen=True, eq=False)
class Torso:
    """A field in metres that is negative inside, and where it is cut open.

    Args:
        length: of the trunk, from the hem at 0 to the neck.
        sleeves: None for a body with armholes.
        neck: half the width of the neck's opening, and how deep it is cut in front and behind.
        pointed: exponent of the opening's front: 2 is round, 1 a V.
        lower: the whole body's field where it goes on below the hem, which then is at the height `floor`.
        opened: positive where cloth is, where it is cut open besides.
    """

    length: float
    sleeves: Sleeves | None
    neck: tuple[float, float, float]
    table: tuple[list[float], list[float], list[float]]
    seed: float
    half: float
    pointed: float = 2.0
    lower: Field | None = None
    floor: float = 0.0
    opened: Field | None = None

    @classmethod
    def of(
        cls,
        look: Look,
        *,
        sleeve: float,
        loose: float = 1.0,
        longer: float = 1.0,
        neck: tuple[float, float, float] = ROUND_NECK,
        pointed: float = 2.0,
    ) -> Torso:
        """A torso with this product's proportions.

        Args:
            sleeve: length of the sleeves in metres; 0 for none.
        """
        half = 0.224 * look.uniform(0.96, 1.06) * loose
        length = 0.73 * look.uniform(0.95, 1.05) * longer * (0.8 if look.says(_CROPPED) else 1)
        shoulder = length - 0.075
        trunk = [0.16 * shoulder, 0.43 * shoulder, 0.7 * shoulder]
        heights = [-0.06, *trunk, shoulder - 0.05, shoulder + 0.005, length - 0.035, length, length + 0.04]
        z, w = smooth_table(
            [half, half * 0.975, half * 0.955, half * 0.985, half * 0.98, half * 0.92, 0.162, 0.100, 0.03], heights
        )
        _, d = smooth_table([0.118, 0.116, 0.112, 0.116, 0.104, 0.092, 0.078, 0.066, 0.05], heights)
        seed = look.uniform(0, 6)
        full = fullness_of(look, sleeve)
        sleeves = Sleeves.of(half * 0.77, shoulder - 0.045, sleeve, 0.064 * loose, full) if sleeve else None
        return cls(length, sleeves, neck, (z, w, [v * loose for v in d]), seed, half, pointed)

    @property
    def bounds(self) -> Bounds:
        reach = max(self.sleeves.reach if self.sleeves else 0.0, self.half + 0.02)
        return (-reach, -0.17, min(self.floor, self._wrist) - 0.03), (reach, 0.17, self.length + 0.03)

    @property
    def _wrist(self) -> float:
        """The height of the lowest end of a sleeve."""
        return self.sleeves.lowest if self.sleeves else 0.0

    def _trunk(self, p: Floats) -> Floats:
        if self.lower:
            return self.lower(p)
        z, width, depth = self.table
        return tube_field(p, z, width, depth)

    def field(self, p: Floats) -> Floats:
        """The closed body with its folds, at points [n, 3]."""
        trunk = self._trunk(p)
        grown = self.sleeves.joined(trunk, p) if self.sleeves else trunk
        return np.asarray(grown + creases(p, self.seed, 0.0042), np.float32)

    def keep(self, p: Floats) -> Floats:
        """Positive where cloth is: above the hem, outside the neck, before the ends of the sleeves."""
        half, front, back = self.neck
        ahead = p[:, 1] < 0
        across, down = p[:, 0] / half, (p[:, 2] - self.length) / np.where(ahead, front, back)
        neck = across**2 + down**2 - 1
        if self.pointed != 2:
            pointed = np.abs(across) ** self.pointed + np.abs(down) ** self.pointed - 1
            neck = np.where(ahead, pointed, neck)
        hem = p[:, 2] - self.floor
        if self.opened:
            hem = np.minimum(hem, self.opened(p))
        if self.sleeves and self._wrist < 0:  # a short trunk ends above the wrists
            hem = np.where(self.sleeves.nearer(self._trunk(p), p), np.float32(1), hem)
        out = np.minimum(hem, np.where(p[:, 2] > self.length - max(0.1, front), neck * 0.06, 1.0))
        out = np.minimum(out, self.length - _SHOULDER - p[:, 2])
        if self.sleeves:
            out = self.sleeves.cut(out, self._trunk(p), p)
        else:
            out = np.minimum(out, armholes(p, self.half * 0.96, self.length - 0.13, 0.075, 0.125) * 0.06)
        return np.asarray(out, np.float32)

    def neckline(self) -> Floats:
        """The edge of the neck's opening, a loop [n, 3] that begins at its right end and passes the front first."""
        half, front, back = self.neck
        z, w, d = self.table
        halves = []
        for deep, sign, power in ((front, -1, self.pointed), (back, 1, 2.0)):
            ends = np.arcsin((_SHOULDER / deep) ** (power / 2))
            t = np.linspace(ends, np.pi - ends, 60)
            x = half * np.sign(np.cos(t)) * np.abs(np.cos(t)) ** (2 / power)
            zz = self.length - deep * np.sin(t) ** (2 / power)
            ww, dd = np.interp(zz, z, w), np.interp(zz, z, d)
            y = sign * dd * np.maximum(1 - (np.abs(x) / ww) ** 2.5, 0) ** (1 / 2.5)
            halves.append(np.stack([x, y, zz], -1))
        loop = np.concatenate([halves[0], halves[1][::-1]])
        for _ in range(_ROUNDINGS):
            loop = 0.25 * np.roll(loop, 1, 0) + 0.5 * loop + 0.25 * np.roll(loop, -1, 0)
        return np.asarray(loop)

    def on_front(self, x: Floats, height: Floats, away: Floats | float) -> Floats:
        """Points before the front of the body [..., 3]."""
        return np.stack([x, -(in_depth(self.field, x, height, 0.3) + away), height], -1)

    def hem(self, cloth: Material) -> list[Part]:
        """The sewn edge at the bottom."""
        return hem_lines(self.field, np.array([0, 0, 0.001], np.float32), _UP, 0.4, cloth)

    def sleeve_ends(self, cloth: Material, *, cuffs: bool) -> list[Part]:
        """Bands around the ends of the sleeves, or sewn edges; nothing where there are none."""
        if self.sleeves is None:
            return []
        ends = self.sleeves.cuffs(self.field, cloth) if cuffs else self.sleeves.hems(self.field, cloth)
        return [*ends, *self.sleeves.seams(self.field, cloth)]

    def waistband(self, cloth: Material) -> Part:
        """A band around the hem."""
        centres = [np.array([0, 0, 0.001 + 0.055 * k / 5], np.float32) for k in range(6)]
        return band(self.field, centres, _UP, 0.4, cloth, 0.0034)
