"""Two sleeves as on an invisible mannequin: where they run, how they join a body, and how they end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prodgen_render.families.garment_kit import band, hem_lines, lying_on, seam_of, surface_ring
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import tube
from prodgen_render.shapes.implicit import capsule, join

LONG = 0.635
"""Metres of a sleeve to the wrist."""
_LONG_FROM = 0.3
"""Metres from which a sleeve narrows to the wrist and hangs down beside the body."""
PUFFED = (
    "puff sleeve",
    "puff sleeves",
    "puffed sleeve",
    "puffed sleeves",
    "puff-sleeve",
    "puff sleeved",
    "泡泡袖",
    "公主袖",
)
_BISHOP = (
    "bishop sleeve", "bishop sleeves", "balloon sleeve", "balloon sleeves", "lantern sleeve", "lantern sleeves", "blouson sleeve", "灯笼袖", "气球袖",
)  # fmt: skip
_BELL = (
    "bell sleeve", "bell sleeves", "flared sleeve", "flared sleeves", "flare sleeve", "trumpet sleeve", "kimono sleeve", "喇叭袖",
)  # fmt: skip


@dataclass(frozen=True)
class Fullness:
    """How full sleeves are where they are not straight.

    Args:
        at: where they are fullest, in metres from the shoulder, and `spread` how far that reaches.
        more: metres of radius that they have more there, gathered in folds.
        end: radius at the end.
    """

    at: float
    spread: float
    more: float
    end: float


def fullness_of(look: Look, length: float) -> Fullness | None:
    """How full the words make sleeves of a length; None for straight ones."""
    long = length > _LONG_FROM
    if look.says(PUFFED):
        return Fullness(0.085, 0.10 if long else 0.075, 0.042, 0.040 if long else 0.048)
    if look.says(_BISHOP):
        return Fullness(length - (0.13 if long else 0.08), 0.16 if long else 0.09, 0.042, 0.038 if long else 0.052)
    return Fullness(0.0, 1.0, 0.0, 0.115) if look.says(_BELL) else None


@dataclass(frozen=True, eq=False)
class Sleeves:
    """Fields are in metres and negative inside.

    Args:
        starts: where they begin, inside the shoulders, and `axes` their directions.
        length: from there to their ends.
        thick: radius at the shoulder, and `end` at the end.
        full: how they widen between; None for straight ones.
    """

    starts: tuple[Floats, Floats]
    axes: tuple[Floats, Floats]
    length: float
    thick: float
    end: float
    full: Fullness | None = None

    @classmethod
    def of(
        cls, out: float, height: float, length: float, thick: float = 0.080, full: Fullness | None = None
    ) -> Sleeves:
        """Sleeves that begin `out` metres from the middle at a height; long ones are narrower and hang steeper."""
        long = length > _LONG_FROM
        drop = np.radians(66 if long else 44)
        left, right = (np.array([side * out, 0.0, height], np.float32) for side in (-1, 1))
        down, along = (np.array([side * np.cos(drop), 0, -np.sin(drop)], np.float32) for side in (-1, 1))
        end = full.end if full else 0.040 if long else thick * 0.97
        return cls((left, right), (down, along), length, thick, end, full)

    @property
    def reach(self) -> float:
        """How far they come from the middle, in metres."""
        return float(abs((self.starts[0] + self.axes[0] * (self.length + 0.06))[0]) + max(0.09, self.end + 0.03))

    @property
    def lowest(self) -> float:
        """The height of what is lowest of them, in metres."""
        return float((self.starts[0] + self.axes[0] * np.float32(self.length))[2]) - self.end

    def nearer(self, body: Floats, p: Floats) -> NDArray[np.bool_]:
        """Which points [n, 3] are of a sleeve, and not of a body with this field."""
        return np.asarray(np.minimum(self._arm(p, 0), self._arm(p, 1)) < body)

    def _arm(self, p: Floats, side: int) -> Floats:
        end = self.starts[side] + self.axes[side] * np.float32(self.length + 0.06)
        arm = capsule(p, self.starts[side], end, self.thick, self.end, flatten=0.8)
        return arm - self._puff(p, side) if self.full and self.full.more else arm

    def _puff(self, p: Floats, side: int) -> Floats:
        """Metres by which gathered cloth stands out, in folds along the sleeve."""
        assert self.full is not None
        away = p - self.starts[side]
        along = away @ self.axes[side]
        across = away @ np.cross(self.axes[side], np.array([0, 1, 0], np.float32))
        full = np.exp(-(((along - self.full.at) / self.full.spread) ** 2))
        gathers = 0.09 * np.cos(13 * np.arctan2(across, away[:, 1]) + 5 * along)
        return np.asarray(self.full.more * full * (1 + gathers), np.float32)

    def _folds(self, p: Floats, side: int) -> Floats:
        """The folds of a long sleeve about its elbow, in metres."""
        along = (p - self.starts[side]) @ self.axes[side] / self.length
        deep = 0.0055 * np.exp(-(((along - 0.50) / 0.20) ** 2)) * (self.length > _LONG_FROM)
        across = np.abs(p[:, 0]) - 0.9 * p[:, 1]
        wave = np.sin(40 * along - 26 * across + side) * (0.55 + 0.45 * np.sin(9 * along + 31 * across + 2 * side))
        return np.asarray(deep * wave, np.float32)

    def joined(self, body: Floats, p: Floats) -> Floats:
        """A body's field at points [n, 3], with the sleeves grown on."""
        for side in (0, 1):
            body = join(body, self._arm(p, side) + self._folds(p, side), 0.030)
        return body

    def seams(self, field: Callable[[Floats], Floats], cloth: Material) -> list[Part]:
        """Where the sleeves are sewn to the body: a line around each shoulder."""
        dark, parts = seam_of(cloth), []
        for start in self.starts:
            centre = start * np.array([1.20, 1, 1], np.float32) - np.array([0, 0, 0.045], np.float32)
            ring = surface_ring(
                lying_on(field), centre, np.array([1, 0, 0.02 * np.sign(start[0])], np.float32), 0.2, 96
            )
            parts.append(tube(ring, 0.0012, dark, segments=8, closed=True))
        return parts

    def cut(self, keep: Floats, body: Floats, p: Floats) -> Floats:
        """Where cloth is kept, cut off at the ends of the sleeves, which are where their field is less than the body's."""
        for side in (0, 1):
            of_arm = self._arm(p, side) < body
            keep = np.where(of_arm, np.minimum(keep, self.length - (p - self.starts[side]) @ self.axes[side]), keep)
        return keep

    def hems(self, field: Callable[[Floats], Floats], cloth: Material, largest: float = 0.15) -> list[Part]:
        """Sewn edges."""
        parts = []
        for start, axis in zip(self.starts, self.axes, strict=True):
            parts += hem_lines(field, start + axis * np.float32(self.length), -axis, largest, cloth)
        return parts

    def cuffs(self, field: Callable[[Floats], Floats], cloth: Material) -> list[Part]:
        """Bands around the ends."""
        bands = []
        for start, axis in zip(self.starts, self.axes, strict=True):
            centres = [start + axis * (self.length - 0.05 + 0.053 * k / 5) for k in range(6)]
            bands.append(band(field, centres, axis, 0.12, cloth, 0.0024))
        return bands
