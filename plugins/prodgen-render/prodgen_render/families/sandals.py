"""Sandal, slipper and flip-flop. One shoe, its toe to the left, as the sneaker."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prodgen_render.families.footwear import heel_under, sole_plate
from prodgen_render.families.sewn import belt, ring, sheet, stitches
from prodgen_render.families.uppers import HALF, outline
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import brightness, mix, relief
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import bent, loft, planar_uv, slab, smooth_path, tube

_UPPERS = ("leather", "canvas", "velvet", "rubber", "denim", "nylon", "knit", "wool", "silk")
_THONGS = ("flip flop", "flip flops", "flip-flop", "flip-flops", "thong", "人字拖")
_SLIPPERS = ("slipper", "slippers", "slide", "slides", "slip-on", "拖鞋", "凉拖")
_HEELED = ("heeled", "heel", "heels", "stiletto", "高跟", "粗跟", "细跟")
_BLOCKS = ("block", "chunky", "粗跟")
_WEDGES = ("wedge", "wedges", "坡跟")
_FLUFFY = ("fluffy", "faux fur", "fuzzy", "plush", "毛绒", "毛毛", "棉拖")
_EXTENT = (0.15, 0.15)
"""Metres of a strap that a pattern's picture shows."""
_THICK = 0.0034
_ANKLE = np.array([0.090, 0.0, 0.098])
"""The middle of the strap around the ankle, in metres."""


def sandal(look: Look) -> list[Part]:
    """An open shoe whose straps go down into its sole: two bands and one round the ankle, a slipper's one broad band, or a thong."""
    thong, slipper = look.says(_THONGS), look.says(_SLIPPERS)
    light = thong or slipper
    usual = "#2b2c2f" if light else "#7a5236"
    shade = look.colour(usual)
    if fluffy := slipper and look.says(_FLUFFY):
        look.note(shade, "wool")
        strap = look.plain("wool", shade).but(bump=relief("velvet"))
    else:
        strap = look.main(*(("rubber", *_UPPERS) if light else _UPPERS), extent=_EXTENT, default=usual, period=0.03)
    high = 0.022 * look.uniform(0.8, 1.3)
    sole = look.part("sole", look.plain("rubber", shade if light else "#3a302a")).but(bump=None)
    bed = strap if fluffy else sole if light else look.plain("leather", "#c9a77c")
    parts = _sole(high, sole, bed if light else look.plain("kraft", "#b98d5c"), bed)
    if thong:
        return [*parts, *_thong(strap, high)]
    pale = brightness(shade) > 0.5
    thread = look.plain("cotton", mix(shade, (0, 0, 0) if pale else (250, 236, 210), 0.4)).but(bump=None)
    if slipper:
        band = _Band((-0.115, -0.004), (0.034, 0.056), high, 0.013 if fluffy else 0.0065)
        return [*parts, *(band.parts(strap, thread)[:1] if fluffy else band.parts(strap, thread))]
    metal = look.plain("brass" if look.chance(0.5) else "steel").but(bump=None)
    if look.says((*_HEELED, *_WEDGES)):
        return _heeled(look, strap, thread, metal)
    for across, rise in (((-0.112, -0.080), (0.029, 0.036)), ((-0.050, -0.016), (0.045, 0.052))):
        band = _Band(across, rise, high, _THICK)
        parts += [*band.parts(strap, thread), *band.buckle(metal)]
    return [*parts, *_ankle(strap, thread, metal, high)]


def _heeled(look: Look, strap: Material, thread: Material, metal: Material) -> list[Part]:
    """A narrower sandal on a heel as the words say, with one band over the toes and one round the ankle."""
    wedge = look.says(_WEDGES)
    rise, low = 0.080 * look.uniform(0.85, 1.1), 0.020 if wedge else 0.007

    def floor(x: Floats) -> Floats:
        """The upper side of the sole over the ground."""
        t = np.clip((x + 0.060) / 0.140, 0, 1)
        return np.asarray(low + rise * (3 * t**2 - 2 * t**3))

    under = look.part("sole", look.plain("rubber", "#2a2623")).but(bump=None)
    sole = outline(HALF * [1.0, 0.97])
    level = [
        sole_plate(sole, 0.14, 1.0, 0.005, under).moved(z=-0.005),
        sole_plate(sole, 0.14, 0.985, 0.003, look.plain("leather", "#d9c3a5").but(bump=None)),
        *_Band((-0.116, -0.084), (0.030, 0.037), 0.0, _THICK).parts(strap, thread),
        *_ankle(strap, thread, metal, 0.0),
    ]
    parts = [bent(part, lambda v: v + np.stack([0 * v[:, 0], 0 * v[:, 0], floor(v[:, 0])], -1)) for part in level]
    if wedge:
        x, y = outline(HALF * [1.0, 0.965]).T
        cork = look.part("sole", look.plain("kraft", "#b98d5c"))
        parts.append(
            loft(np.stack([np.stack([x, y, floor(x) * s - 0.003 * s], -1) for s in np.linspace(0, 1, 8)]), cork)
        )
    else:
        parts.append(heel_under(sole, floor, strap, 0.62 if look.says(_BLOCKS) else 0.185, 0.060))
    return [part.scaled(0.90, 0.78, 1.0) for part in parts]


def _edge(x: ArrayLike) -> NDArray[np.float64]:
    """Half of the sole's width at x, in metres."""
    return np.asarray(np.interp(np.asarray(x, np.float64), HALF[::-1, 0], HALF[::-1, 1]))


def _sole(high: float, sole: Material, core: Material, bed: Material) -> list[Part]:
    """Outsole, core and a footbed that cups the heel and rises at its rim."""
    edge = outline()
    x, y = edge.T
    heel, arch = np.clip((x - 0.02) / 0.10, 0, 1), np.exp(-(((x - 0.03) / 0.05) ** 2))
    rows = [np.stack([share * x, share * y, 0 * x + high - drop], -1) for share, drop in ((0.97, 0.006), (1.0, 0.0015))]
    for share, drop in (
        (1.003, 0.0022),
        (0.995, 0.0005),
        *((s, 0.0) for s in (0.97, 0.93, 0.86, 0.76, 0.6, 0.4, 0.2, 0.002)),
    ):
        cup = (0.0025 + 0.0065 * heel + 0.003 * arch) * min(share, 1.0) ** 5
        rows.append(np.stack([share * x, share * y, high + cup - drop], -1))
    return [
        planar_uv(loft(np.stack(rows), bed), "z"),
        slab(edge * 0.992, high - 0.001, 0.003, core),
        slab(edge * 1.003, 0.0065, 0.0015, sole),
    ]


class _Band:
    """A band over the foot, between two places along it, that rises from a height at the first to one at the second."""

    def __init__(self, across: tuple[float, float], rise: tuple[float, float], low: float, thick: float) -> None:
        self.across, self.rise, self.low, self.thick = across, rise, low, thick

    def at(self, x: ArrayLike, around: ArrayLike, away: float = 0.0) -> NDArray[np.float64]:
        """Points [..., 3]: `around` is 0 in the sole on the viewer's side, and 1 in it on the other."""
        x, a = np.broadcast_arrays(np.asarray(x, float), np.pi * np.asarray(around, float))
        high = np.interp(x, self.across, self.rise) + away
        wide = _edge(x) - 0.0042 + away
        y = -wide * np.sign(np.cos(a)) * np.abs(np.cos(a)) ** 0.72
        # It lies on the ball of the foot, which is higher on the inner side.
        z = self.low - 0.004 + (high + 0.004) * np.sin(a) ** 0.80 * (1 - 0.07 * np.cos(a))
        return np.stack([x + 0.006 * np.cos(a) * np.sin(a), y, z], -1)

    def parts(self, cloth: Material, thread: Material) -> list[Part]:
        x, around = np.linspace(*self.across, 12)[:, None], np.linspace(0, 1, 56)
        lines = (self.across[0] + 0.0038, self.across[1] - 0.0038)
        return [
            sheet(self.at(x, around), self.thick, cloth, _EXTENT),
            *(stitches(self.at(line, np.linspace(0.06, 0.94, 60), self.thick / 2 + 0.0002), thread) for line in lines),
        ]

    def buckle(self, metal: Material) -> list[Part]:
        """A frame with its pin on the viewer's side."""
        middle, around = sum(self.across) / 2, 0.20
        place = self.at(middle, around, self.thick / 2 + 0.0012)
        up = self.at(middle, around + 0.02) - self.at(middle, around - 0.02)
        lean = float(np.degrees(np.arctan2(up[1], up[2])))
        frame = ring(abs(self.across[1] - self.across[0]) + 0.007, 0.015, 0.0015, metal)
        pin = tube([(0, -0.0014, -0.006), (0, -0.0018, 0.0075)], 0.0011, metal, segments=10)
        return [part.turned(-lean, "x").moved(*(float(c) for c in place)) for part in (frame, pin)]


def _ankle(cloth: Material, thread: Material, metal: Material, low: float) -> list[Part]:
    """A strap round the ankle with a buckle, held by one from each side of the heel."""
    a = np.linspace(-0.06 * np.pi, 2.02 * np.pi, 72)
    loop = _ANKLE + np.stack([0.050 * np.cos(a), 0.033 * np.sin(a), -0.011 * np.cos(a)], -1)
    outwards = np.stack([np.cos(a), np.sin(a), 0 * a], -1)
    parts = [belt(loop, np.array([0.12, 0, 1.0]) - 0.16 * outwards, 0.015, 0.0028, cloth)]
    seams = (loop + np.array([0.001 * s, 0, 0.0052 * s]) + outwards * (0.0016 - 0.0009 * s) for s in (-1, 1))
    parts += [stitches(seam, thread) for seam in seams]
    for side in (-1, 1):
        foot = float(_edge(0.050)) - 0.0042
        strap = [
            (0.048, side * foot, low - 0.004), (0.052, side * (foot + 0.0015), low + 0.014), (0.064, side * 0.0375, low + 0.044), (0.077, side * 0.0338, 0.098),
        ]  # fmt: skip
        line = smooth_path(strap, 26)
        parts += [belt(line, (1, 0, -0.25), 0.017, 0.0028, cloth)]
        parts += [stitches(line[5:-2] + np.array([s * 0.0062, side * 0.0017, -s * 0.0012]), thread) for s in (-1, 1)]
    frame = ring(0.013, 0.020, 0.0015, metal)
    pin = tube([(-0.006, -0.0016, 0), (0.007, -0.0020, 0)], 0.0011, metal, segments=10)
    return [*parts, *(part.moved(x=0.097, y=-0.0345, z=0.0965) for part in (frame, pin))]


def _thong(strap: Material, high: float) -> list[Part]:
    """A post between the toes, from which a strap goes down into each side."""
    parts = [tube([(-0.100, 0, high - 0.004), (-0.0985, 0, high + 0.016)], [0.0042, 0.0050], strap, segments=16)]
    for side in (-1, 1):
        path = [
            (-0.102, side * 0.001, high + 0.016), (-0.090, side * 0.009, high + 0.026), (-0.055, side * 0.030, high + 0.036), (-0.015, side * 0.0390, high + 0.027),
            (0.014, side * 0.0305, high - 0.004),
        ]  # fmt: skip
        line = smooth_path(path, 48)
        wide = np.interp(np.linspace(0, 1, 48), [0, 0.15, 0.55, 1], [0.0050, 0.0060, 0.0092, 0.0078])
        parts.append(tube(line, wide, strap, flatten=0.42, segments=20, up=(0, side * 0.6, 1)))
    return parts
