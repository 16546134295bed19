"""Handbag: panels with piping, a flap, and a handle in rings or a long strap."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prodgen_render.families.beltbags import BELT_BAGS, belt_bag
from prodgen_render.families.kit import lathe
from prodgen_render.families.sewn import Pouch, in_metres, ring, sheet, stitches
from prodgen_render.looks.finishes import FABRICS, woven
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import brightness, mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import box, refine, rounded_path, smooth_path, tube

_NAMES = ("leather", *FABRICS)
_LONG_STRAP = ("crossbody", "cross-body", "shoulder bag", "messenger", "sling", "斜挎", "单肩", "链条包")
_CLUTCH = ("clutch", "pouch", "手拿包")
_THICK = 0.0028
"""Of leather that is turned over and glued, in metres."""


def handbag(look: Look) -> list[Part]:
    """A bag with a flap and a clasp; a short handle, the long strap of a shoulder bag, or neither; one on a belt where the words say so."""
    if look.says(BELT_BAGS):
        return belt_bag(look)
    clutch, long = look.says(_CLUTCH), look.says(_LONG_STRAP)
    wide, tall = 0.27 * look.uniform(0.9, 1.1), (0.16 if clutch else 0.19) * look.uniform(0.9, 1.1)
    deep = (0.035 if clutch else 0.07 if long else 0.095) * look.uniform(0.9, 1.1)
    extent = (wide, tall)
    straw = look.woven and look.material_name != "leather"
    usual = "#d3b27a" if straw else "#7d4f2e"
    skin = look.main(*(("linen", *_NAMES) if straw else _NAMES), extent=extent, default=usual, period=0.04)
    if look.woven and skin.texture is None:
        skin = woven(skin, 0.04)
    shade = look.colour(usual)
    leather = look.plain("leather" if skin.name in ("leather", "suede") else skin.name, shade)
    edge = look.plain("leather", mix(shade, (20, 12, 8), 0.45)).but(bump=None)
    thread = look.plain("cotton", mix(shade, (0, 0, 0) if brightness(shade) > 0.6 else (255, 244, 224), 0.34)).but(
        bump=None
    )
    metal = look.plain("brass" if look.chance(0.6) else "steel").but(bump=None)
    body = _body(wide, tall, deep)
    flap = _Flap(body, wide * 0.47, tall, deep)
    lift = 0.004
    parts = [
        *body.parts(skin, extent, leather if skin.texture is None else skin),
        *body.piping(0.0028, edge),
        stitches(body.on_front(body.inset(body.edge + 0.004), 0.0004), thread, closed=True),
        *flap.parts(skin, edge, thread, extent),
        *_clasp(flap, metal),
    ]
    strap = look.part("strap", look.part("handle", leather))
    if long:
        parts += _long_strap(wide, tall, deep, strap, metal)
    elif not clutch:
        parts += _handle(tall, strap, metal, 0.10 * look.uniform(0.9, 1.15), wide * 0.23)
    for x in (-1, 1):
        for y in (-1, 1):
            foot = lathe([(1e-4, -lift), (0.005, -lift), (0.006, 0.001)], [0, 0.002, 0], metal, 20)
            parts.append(foot.moved(x * wide * 0.36, y * deep * 0.28))
    return [part.moved(z=lift) for part in parts]


def _body(wide: float, tall: float, deep: float) -> Pouch:
    """Narrower above than below; its bottom corners are round."""
    corners = [
        (0.0, tall), (-wide * 0.455, tall), (-wide / 2, 0.0), (wide / 2, 0.0), (wide * 0.455, tall), (0.0, tall),
    ]  # fmt: skip
    outline = refine(rounded_path(corners, [0, 0.022, 0.042, 0.042, 0.022, 0], 10), 0.008)[:-1]
    return Pouch(outline, deep, min(0.014, deep * 0.2), 0.010, dent=min(0.014, deep * 0.15))


class _Flap:
    """A sheet from behind the top over the front, its lower corners round."""

    def __init__(self, body: Pouch, half: float, tall: float, deep: float) -> None:
        self.body, self.half, self.tall, self.deep = body, half, tall, deep
        self.low, self.round = tall * 0.40, min(0.06, half * 0.5)

    def grid(self, inwards: float = 0.0, away: float = 0.0) -> NDArray[np.float64]:
        """Points [rows, columns, 3] of its middle, from the lower edge up and back."""
        across = np.sin(np.linspace(-np.pi / 2, np.pi / 2, 37)) * (self.half - inwards)
        beyond = np.maximum(np.abs(across) - (self.half - self.round), 0)
        low = self.low + inwards + self.round - np.sqrt(np.maximum((self.round - 0.25 * inwards) ** 2 - beyond**2, 0))
        low = np.minimum(low, self.tall - 0.03)
        over, turn = _THICK / 2 + 0.0014 + away, 0.016
        bend = self.tall + over - turn
        rows = []
        for t in np.linspace(0, 1, 26):
            z = low + (bend - low) * t
            rows.append(np.stack([across, self.body.front(across, z) - over, z], -1))
        y = rows[-1][:, 1]
        for a in np.linspace(0, np.pi / 2, 9)[1:]:
            rows.append(np.stack([across, y + turn * (1 - np.cos(a)), np.full(37, bend + turn * np.sin(a))], -1))
        for t in np.linspace(0, 1, 8)[1:]:
            back = self.deep / 2 - 0.006 - inwards
            rows.append(np.stack([across, (1 - t) * (y + turn) + t * back, np.full(37, bend + turn)], -1))
        grid = np.stack(rows)
        # Narrower where the body is.
        grid[..., 0] *= 1 - 0.06 * np.clip((grid[..., 2] - self.low) / (self.tall - self.low), 0, 1)
        return grid

    def parts(self, skin: Material, edge: Material, thread: Material, extent: tuple[float, float]) -> list[Part]:
        face = self.grid()
        around = _border(face)
        leaf = sheet(face, _THICK, skin, extent)
        x, y, z = leaf.vertices.T
        uv = np.stack(
            [x / extent[0] + 0.5, (z + np.where(z > self.tall - 0.005, y + self.deep / 2, 0)) / extent[1]], -1
        )
        return [
            leaf.but(uv=uv.astype(np.float32)),
            tube(around, _THICK * 0.56, edge, segments=8, closed=True),
            stitches(_border(self.grid(0.0055, _THICK / 2 + 0.0002))[: -(37 - 2)], thread),
        ]


def _border(face: NDArray[np.float64]) -> NDArray[np.float64]:
    """The loop around a grid, beginning at its upper end on the viewer's left, downwards first."""
    return np.concatenate([face[::-1, 0], face[0, 1:], face[1:, -1], face[-1, -2:0:-1]])


def _clasp(flap: _Flap, metal: Material) -> list[Part]:
    """A turning lock: a plate, and a bar across it."""
    z = flap.low + 0.021
    y = float(flap.body.front(0.0, z)) - _THICK - 0.0014
    plate = lathe([(1e-4, 0.0), (0.0125, 0.0), (0.0125, 0.0022), (1e-4, 0.0026)], [0, 0.0004, 0.0012, 0], metal, 48)
    knob = lathe([(1e-4, 0.0), (0.0045, 0.0), (0.0045, 0.007), (1e-4, 0.007)], [0, 0, 0.001, 0], metal, 32)
    bar = [part.moved(z=0.006) for part in box((0.021, 0.007, 0.0045), 0.002, metal, cells=4)]
    lock = [plate.scaled(1.35, 1.0, 1.0), knob, *bar]
    return [part.turned(90, "x").moved(y=y, z=z) for part in lock]


def _tab(x: float, z: float, strap: Material, metal: Material) -> list[Part]:
    """A strip across the top of the flap that holds a ring, which stands across the bag."""
    strip = refine(
        rounded_path(
            [(-0.026, -0.002), (-0.008, 0.0), (-0.006, 0.006), (0.006, 0.006), (0.008, 0.0), (0.026, -0.002)], 0.003
        ),
        0.003,
    )
    side = np.linspace(-0.009, 0.009, 7)
    face = np.stack(np.broadcast_arrays(x + strip[None, :, 0], side[:, None], z + 0.0012 + strip[None, :, 1]), -1)
    return [
        sheet(face, 0.0024, strap, (0.1, 0.1)),
        ring(0.026, 0.022, 0.0019, metal).turned(90).moved(x=x, z=z + 0.0125),
    ]


def _handle(tall: float, strap: Material, metal: Material, rise: float, reach: float) -> list[Part]:
    """A rolled handle between two rings; its ends are turned round them and stitched flat."""
    top = tall + _THICK + 0.002
    low = top + 0.0225
    bow = [
        (-reach, low - 0.001), (-reach * 1.02, low + rise * 0.35), (-reach * 0.86, low + rise * 0.72), (-reach * 0.45, low + rise * 0.96), (0.0, low + rise),
    ]  # fmt: skip
    bow += [(-x, z) for x, z in bow[-2::-1]]
    line = smooth_path(np.array([(x, 0.0, z) for x, z in bow]), 72)
    t = np.abs(np.linspace(-1, 1, 72))
    thick = np.interp(t, [0, 0.7, 0.84, 1], [0.0085, 0.0080, 0.0042, 0.0034])
    bar = tube(line, thick, strap, segments=22, flatten=1.0, up=(0, 1, 0))
    wide = np.interp(t, [0, 0.7, 0.84, 1], [1.0, 1.0, 2.0, 2.5])[..., None]
    bar = _widened(bar, len(line), wide)
    parts = [in_metres(bar, (0.1, 0.1))]
    for x in (-1, 1):
        parts += _tab(x * reach, top, strap, metal)
        loop = [(x * reach, -0.0082, low), (x * reach, 0.0082, low)]
        parts.append(tube(refine(np.array(loop), 0.004), 0.0045, strap, segments=16))
    return parts


def _widened(bar: Part, points: int, wide: Floats) -> Part:
    """A tube that is so many times as wide across the bag at each of its points."""
    vertices = bar.vertices.reshape(points + 12, -1, 3).copy()
    factor = np.concatenate([np.repeat(wide[:1], 6, 0), wide, np.repeat(wide[-1:], 6, 0)])
    vertices[..., 1] *= factor
    return bar.but(vertices=vertices.reshape(-1, 3).astype(np.float32))


def _long_strap(wide: float, tall: float, deep: float, strap: Material, metal: Material) -> list[Part]:
    """A strap in rings at both ends of the top, drawn as it hangs from above."""
    parts: list[Part] = []
    x, z = wide * 0.455 + 0.004, tall - 0.012
    for side in (-1, 1):
        tab = np.array(
            [
                (side * (x - 0.010), 0.006),
                (side * (x + 0.001), 0.006),
                (side * (x + 0.004), -0.004),
                (side * (x + 0.004), -0.03),
            ]
        )
        strip = refine(rounded_path([tuple(p) for p in tab], 0.005), 0.003)[::side]
        y = np.linspace(-0.010, 0.010, 7)[:, None]
        face = np.stack(np.broadcast_arrays(strip[None, :, 0], y, z + strip[None, :, 1]), -1)
        parts.append(sheet(face, 0.0026, strap, (0.1, 0.1)))
        parts.append(ring(0.028, 0.022, 0.0019, metal).turned(90).moved(x=side * (x + 0.002), z=z + 0.016))
    low = z + 0.0255
    path = [
        (-x - 0.002, 0, low), (-x * 0.97, 0, low + 0.10), (-x * 0.72, 0, low + 0.21), (-x * 0.36, 0, low + 0.275), (0.0, 0, low + 0.295),
    ]  # fmt: skip
    path += [(-a, b, c) for a, b, c in path[-2::-1]]
    line = smooth_path(path, 90)
    normal = np.gradient(line, axis=0)
    normal = np.stack([-normal[:, 2], 0 * normal[:, 0], normal[:, 0]], -1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    y = np.linspace(-0.0095, 0.0095, 7)
    face = line[None] + y[:, None, None] * [0, 1, 0] + 0 * normal[None]
    parts.append(sheet(face, 0.0030, strap, (0.1, 0.1)))
    for side in (-1, 1):
        end = (side * (x + 0.002), low)
        parts.append(
            tube(
                refine(np.array([(end[0], -0.0088, end[1]), (end[0], 0.0088, end[1])]), 0.004),
                0.0042,
                strap,
                segments=14,
            )
        )
    return parts
