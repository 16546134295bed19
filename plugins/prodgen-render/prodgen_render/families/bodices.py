"""What dresses and jumpsuits are above their waist: fitted, with a neck, straps, sleeves or holes for the arms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prodgen_render.families.garment_kit import Table, surface_ring
from prodgen_render.families.sleeves import PUFFED, Sleeves, fullness_of
from prodgen_render.families.torso import V_NECKED, armholes
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import loft, smooth_path, tube
from prodgen_render.shapes.implicit import Field
from prodgen_render.words.reading import sleeves_of

_STRAPPED = ("spaghetti strap", "spaghetti straps", "cami", "slip dress", "strappy", "吊带")
_STRAPLESS = ("strapless", "bandeau", "tube dress", "抹胸")
_UP = np.array([0, 0, 1.0], np.float32)


@dataclass(frozen=True, eq=False)
class Bodice:
    """Heights in metres are `base + scale * share`: the waist has the share 0.63, the top of the shoulders 1.

    Args:
        sleeves: None for a bodice with armholes, or with bare shoulders.
        pointed: whether the neck is a V.
        straps: 2 thin ones, 0 for none above the bust, None for a bodice that covers the shoulders.
    """

    base: float
    scale: float
    sleeves: Sleeves | None
    pointed: bool
    straps: int | None

    @classmethod
    def of(cls, look: Look, base: float, scale: float) -> Bodice:
        """The bodice that the words say; sleeveless where they give it no sleeves."""
        said = sleeves_of(look.product) or ("short" if look.says(PUFFED) else "")
        sleeve = {"long": 0.52, "short": 0.17}.get(said)
        full = fullness_of(look, sleeve or 0.0)
        sleeves = Sleeves.of(0.135, base + scale * 0.885, sleeve, 0.062, full) if sleeve else None
        bare = 0 if look.says(_STRAPLESS) else 2 if look.says(_STRAPPED) else None
        return cls(base, scale, sleeves, look.says(V_NECKED), None if sleeves else bare)

    def at(self, share: float) -> float:
        """A height in metres."""
        return self.base + self.scale * share

    @property
    def top(self) -> float:
        return self.at(1.0)

    @property
    def _bust(self) -> float:
        return self.at(0.865)

    @property
    def _deep(self) -> float:
        return 0.17 if self.pointed else 0.12

    @property
    def sections(self) -> Table:
        """Heights from the waist up, with half widths and half depths; front and back meet on the shoulders."""
        heights = [*(self.at(share) for share in (0.63, 0.76, 0.85, 0.95)), self.top + 0.03]
        return heights, [0.135, 0.165, 0.178, 0.160, 0.068], [0.095, 0.115, 0.105, 0.066, 0.012]

    def joined(self, body: Floats, p: Floats) -> Floats:
        """A body's field at points [n, 3], with the sleeves if there are any."""
        return self.sleeves.joined(body, p) if self.sleeves else body

    def keep(self, p: Floats, body: Field) -> Floats:
        """Positive where cloth is: above the hem at 0, outside the neck and the armholes, before the ends of the sleeves."""
        if self.straps is not None:
            return np.asarray(np.minimum(p[:, 2], self._bust - p[:, 2]), np.float32)
        front = p[:, 1] < 0
        across, down = np.abs(p[:, 0]) / 0.082, np.abs(p[:, 2] - self.top) / np.where(front, self._deep, 0.06)
        neck = np.where(front & self.pointed, across + down, across**2 + down**2) - 1
        holes = neck if self.sleeves else np.minimum(neck, armholes(p, 0.190, self.at(0.885), 0.062, 0.105))
        out = np.minimum(p[:, 2], self.top - 0.002 - p[:, 2])
        out = np.where(p[:, 2] > self.at(0.7), np.minimum(out, holes * 0.05), out)
        return np.asarray(self.sleeves.cut(out, body(p), p) if self.sleeves else out, np.float32)

    def belt(self, look: Look, field: Field) -> Part:
        """A band around the waist, a shade darker."""
        ring = surface_ring(field, np.array([0, 0, self.at(0.63)], np.float32), _UP, 0.3, 96)
        rows = [
            ring * [1.0, 1.0, 1] + [0, 0, -0.014],
            ring * [1.025, 1.03, 1] + [0, 0, -0.012],
            ring * [1.025, 1.03, 1] + [0, 0, 0.012],
            np.add(ring, [0, 0, 0.014]),
        ]
        return loft(np.stack(rows), look.plain("cotton", mix(look.colour(), (0, 0, 0), 0.18)))

    def edges(self, field: Field, table: Table, cloth: Material) -> list[Part]:
        """The bound edges of its openings, its straps, and the seams of its sleeves, on a body with these sections."""
        if self.straps is not None:
            rim = surface_ring(field, np.array([0, 0, self._bust - 0.001], np.float32), _UP, 0.3, 96)
            straps = _straps(self._bust, self.top, table, cloth) if self.straps else []
            return [tube(rim, 0.0026, cloth, segments=10, closed=True), *straps]
        a = np.linspace(0.03, np.pi - 0.03, 60)
        falls = (self._deep * (1 - np.abs(np.cos(a)) if self.pointed else np.sin(a)), 0.06 * np.sin(a))
        bound = [_bound(0.082 * np.cos(a), [self.top - fall for fall in falls], table)]
        parts = []
        if self.sleeves:
            parts = [*self.sleeves.hems(field, cloth), *self.sleeves.seams(field, cloth)]
        else:
            a = np.linspace(0.45 * np.pi, 1.6 * np.pi, 90)
            hole = _bound(0.190 + 0.062 * np.cos(a), [self.at(0.885) + 0.105 * np.sin(a)] * 2, table)
            bound += [hole, hole * [-1, 1, 1]]
        return [*parts, *(tube(loop, 0.0026, cloth, segments=10, closed=True) for loop in bound)]


def _straps(low: float, top: float, table: Table, cloth: Material) -> list[Part]:
    """Two thin straps from the front over the shoulders to the back, where a body ends at a height."""
    z, w, d = table
    x = 0.082
    y = float(np.interp(low, z, d) * (1 - (x / np.interp(low, z, w)) ** 2.2) ** (1 / 2.2))
    way = smooth_path(
        [(x, -y, low - 0.004), (x * 1.02, -0.7 * y, (low + top) / 2), (x, 0, top - 0.012), (x * 0.96, 0.8 * y, (low + top) / 2), (x * 0.94, y, low - 0.004)],
        60,
    )  # fmt: skip
    return [tube(way * [side, 1, 1], 0.0042, cloth, flatten=0.4, segments=14) for side in (-1, 1)]


def _bound(x: Floats, heights: list[Floats], table: Table) -> Floats:
    """The edge of an opening, a loop [n, 3]: x and height in front, then behind, where the body of a table is as wide as that."""
    z, w, d = table
    halves = []
    for sign, height in zip((-1, 1), heights, strict=True):
        share = np.abs(x) / np.interp(height, z, w)
        on = share < 0.99
        y = sign * np.interp(height, z, d) * np.maximum(1 - share**2.2, 0) ** (1 / 2.2)
        halves.append(np.stack([x, y, height], -1)[on])
    return np.concatenate([halves[0], halves[1][::-1]])
