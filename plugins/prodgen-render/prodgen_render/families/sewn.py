"""What is sewn from panels: bags and pockets, their piping, stitches, tabs and rings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes import detail
from prodgen_render.shapes.geometry import loft, refine, rounded_path, tube

_STITCH = 0.0042
"""Metres from stitch to stitch."""


@dataclass(frozen=True, eq=False)
class Pouch:
    """A body of two crowned panels, in front and behind, and a band all round between them.

    Args:
        outline: the panels from the front, counter-clockwise, [n, 2] of x and z in metres, seen whole from its middle.
        deep: from panel to panel at their edges, in metres.
        crown: how much further forward (and back) the middle of a panel is.
        edge: radius of the edge between panel and band.
        dent: how far the band falls inwards between the panels, at the sides.
        place: y of the middle between the panels.
        slack: metres by which cloth is uneven.
    """

    outline: NDArray[np.float64]
    deep: float
    crown: float
    edge: float
    dent: float = 0.0
    place: float = 0.0
    slack: float = 0.0

    @cached_property
    def _normals(self) -> NDArray[np.float64]:
        along = np.roll(self.outline, -1, 0) - np.roll(self.outline, 1, 0)
        out = np.stack([along[:, 1], -along[:, 0]], -1)
        return np.asarray(out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12))

    @cached_property
    def middle(self) -> NDArray[np.float64]:
        """Place, x and z, that the panels are full around."""
        return np.asarray((self.outline.min(0) + self.outline.max(0)) / 2)

    def inset(self, by: float) -> NDArray[np.float64]:
        """The outline that far inwards."""
        return self.outline - by * self._normals

    def front(self, x: ArrayLike, z: ArrayLike) -> NDArray[np.float64]:
        """Place, y, of the front panel at x and z."""
        spots = np.stack(np.broadcast_arrays(np.asarray(x, float), np.asarray(z, float)), -1)
        away = spots - self.middle
        rim = self.inset(self.edge) - self.middle
        angle = np.arctan2(rim[:, 1], rim[:, 0])
        order = np.argsort(angle)
        reach = np.interp(
            np.arctan2(away[..., 1], away[..., 0]), angle[order], np.hypot(*rim.T)[order], period=2 * np.pi
        )
        share = np.minimum(np.hypot(away[..., 0], away[..., 1]) / reach, 1)
        return self._panel(share, spots)

    def _panel(self, share: Floats, spots: Floats) -> NDArray[np.float64]:
        half = np.ptp(self.outline, 0) / 2
        u, v = np.moveaxis((spots - self.middle) / half, -1, 0)
        full = self.crown * np.clip(1 - u * u, 0, 1) * np.clip(1 - v * v, 0, 1) * (1 - share**8)
        return np.asarray(self.place - self.deep / 2 - full + self._uneven(spots, share))

    def _uneven(self, spots: Floats, share: Floats) -> NDArray[np.float64]:
        x, z = (spots - self.middle).T if spots.ndim == 2 else np.moveaxis(spots - self.middle, -1, 0)
        size = float(np.ptp(self.outline, 0).max())
        wave = np.sin(11 * x / size + 5 * np.sin(6 * z / size)) * np.sin(14 * z / size + 4 * x / size + 1)
        pulled = np.sin(38 * z / size + 9 * x / size) * np.clip(np.abs(share) * 3 - 2, 0, 1)
        return np.asarray(self.slack * (wave + 0.4 * pulled))

    def parts(self, cloth: Material, extent: tuple[float, float], band: Material | None = None) -> list[Part]:
        """Front and back panel and the band; a texture of the cloth is so many metres wide and high."""
        arc = np.linspace(0, np.pi / 2, 5)
        inner = self.inset(self.edge)
        shares = np.linspace(1, 0, detail.segments(14, 7))[1:]
        shares[-1] = 0.001
        rows = []
        for a in arc:
            spots = self.inset(self.edge * (1 - np.cos(a)))
            y = (
                self.place
                - self.deep / 2
                + self.edge * (1 - np.sin(a))
                + self._uneven(inner, np.ones(len(inner))) * np.sin(a)
            )
            rows.append(np.stack([spots[:, 0], y, spots[:, 1]], -1))
        for share in shares:
            spots = self.middle + (inner - self.middle) * share
            rows.append(np.stack([spots[:, 0], self._panel(np.full(len(spots), share), spots), spots[:, 1]], -1))
        front = np.stack(rows)
        back = front * [1, -1, 1] + [0, 2 * self.place, 0]
        return [
            laid(loft(front, cloth), extent),
            laid(loft(back[:, ::-1], cloth), extent),
            self._band(front[0], band or cloth, extent),
        ]

    def _band(self, rim: NDArray[np.float64], cloth: Material, extent: tuple[float, float]) -> Part:
        t = np.linspace(1, -1, 9)[:, None]
        inwards = self.dent * (1 - t**2) * np.abs(self._normals[:, 0]) ** 3
        spots = self.outline[None] - self._normals[None] * inwards[..., None]
        depth = np.broadcast_to(self.place + t * (self.place - rim[:, 1])[None], spots.shape[:2])
        part = loft(np.stack([spots[..., 0], depth, spots[..., 1]], -1), cloth)
        return in_metres(part, extent)

    def piping(self, radius: float, material: Material, *, back: bool = True) -> list[Part]:
        """Cords in the seams of the panels."""
        lean = self.edge * (1 - np.sqrt(0.5))
        spots = self.inset(lean)
        y = self.deep / 2 - lean
        return [
            tube(
                np.stack([spots[:, 0], np.full(len(spots), self.place + side * y), spots[:, 1]], -1),
                radius, material, segments=8, closed=True, up=(0, 1, 0),
            )
            for side in ((-1, 1) if back else (-1,))
        ]  # fmt: skip

    def on_front(self, path: ArrayLike, away: float = 0.0) -> NDArray[np.float64]:
        """Points [n, 3] of the front panel at x and z [n, 2]."""
        x, z = np.asarray(path, np.float64).T
        return np.stack([x, self.front(x, z) - away, z], -1)


def laid(part: Part, extent: tuple[float, float]) -> Part:
    """UVs of what is seen from the front: a texture of so many metres, in its middle in the part's."""
    low, high = part.vertices.min(0), part.vertices.max(0)
    middle = (low + high) / 2
    u = (part.vertices[:, 0] - middle[0]) / extent[0] + 0.5
    v = (part.vertices[:, 2] - middle[2]) / extent[1] + 0.5
    return part.but(uv=np.stack([u, v], -1).astype(np.float32), uv_metres=extent)


def in_metres(part: Part, extent: tuple[float, float]) -> Part:
    """UVs that repeat a texture of so many metres, and no longer stretch it over the part."""
    uv = part.uv * np.array(part.uv_metres, np.float32) / np.array(extent, np.float32)
    return part.but(uv=uv.astype(np.float32), uv_metres=extent)


def stitches(path: ArrayLike, thread: Material, *, closed: bool = False, radius: float = 0.0006) -> Part:
    """Stitches along a path on a surface: a thread that dives into it between them."""
    line = np.asarray(path, np.float64)
    if closed:
        line = np.concatenate([line, line[:1]])
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    count = max(2, round(float(along[-1]) / detail.length(_STITCH)))
    places = (np.arange(count)[:, None] + [0.12, 0.3, 0.7, 0.88]).ravel() * along[-1] / count
    fine = np.stack([np.interp(places, along, line[:, k]) for k in range(3)], -1)
    return tube(fine, np.tile([0.15, 1.0, 1.0, 0.15], count) * radius, thread, segments=4, caps=False)


def ring(wide: float, high: float, wire: float, metal: Material) -> Part:
    """An oblong ring of wire, upright across x and z, about the origin."""
    r = min(wide, high) * 0.3
    corners = [
        (0.0, high / 2),
        (-wide / 2, high / 2),
        (-wide / 2, -high / 2),
        (wide / 2, -high / 2),
        (wide / 2, high / 2),
        (0.0, high / 2),
    ]
    loop = refine(rounded_path(corners, r), 0.004)[:-1]
    return tube(
        np.stack([loop[:, 0], 0 * loop[:, 0], loop[:, 1]], -1), wire, metal, segments=10, closed=True, up=(0, 1, 0)
    )


def sheet(face: NDArray[np.float64], thick: float, material: Material, extent: tuple[float, float]) -> Part:
    """Leather or cloth of a thickness over a grid of points [rows, columns, 3], whose normal side is the outer one.

    Columns run to the viewer's right and rows upwards, seen from outside.
    """
    across, upwards = np.gradient(face, axis=1), np.gradient(face, axis=0)
    normal = np.cross(across, upwards)
    normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-12)
    outer, inner = face + normal * thick / 2, face - normal * thick / 2
    skin = np.concatenate([outer, inner[:, ::-1]], 1)
    # Its upper and lower edge close on the middle of the sheet.
    ends = np.concatenate([face, face[:, ::-1]], 1)
    skin = np.concatenate([ends[:1], skin, ends[-1:]])
    return in_metres(loft(skin, material), extent)


def belt(path: ArrayLike, across: ArrayLike, wide: float, thick: float, material: Material) -> Part:
    """A strap along a path, its width in direction `across`, [3] or one a point, as near as that lies square to the path."""
    line = np.asarray(path, np.float64)
    along = np.gradient(line, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    aim = np.broadcast_to(np.asarray(across, np.float64), line.shape)
    side = aim - along * (along * aim).sum(1, keepdims=True)
    side /= np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-9)
    t = np.linspace(-wide / 2, wide / 2, 7)[:, None, None]
    return sheet(line + t * side, thick, material, (0.1, 0.1))
