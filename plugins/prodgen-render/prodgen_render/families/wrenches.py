"""Wrenches and pliers, that stand with their working end above, and saws."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prodgen_render.families.kit import lathe, metal_or
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import loft, refine, rounded_path, slab, smooth_path, superellipse, tube

_ADJUSTABLE = ("adjustable", "活动扳手", "活络扳手", "monkey")


def wrench(look: Look) -> list[Part]:
    """An adjustable wrench, or one with an open end and a ring."""
    steel = metal_or(look, "steel", "metal", "iron").but(bump=None)
    parts = _adjustable(look, steel) if look.says(_ADJUSTABLE) else _combination(steel)
    return [part.turned(90 - 14, "x").turned(10).moved(z=0.128) for part in parts]


def _adjustable(look: Look, steel: Material) -> list[Part]:
    """It lies: its handle along y, its jaws at the upper end and open to the upper left."""
    handle = np.array([(-0.0105, -0.125), (0.0105, -0.125), (0.0085, 0.06), (-0.0085, 0.06)])
    grip = look.part("handle", steel)
    shaft = slab(_closed(handle, 0.008), 0.009, 0.002, grip)
    hang = lathe([(0.0042, 0.0094), (0.0060, 0.0094)], 0, steel.but(colour=(0.03, 0.03, 0.03)), 32).moved(y=-0.113)
    head = [
        _plate([(-0.030, 0.040), (-0.012, 0.030), (0.014, 0.048), (0.030, 0.074), (0.026, 0.086), (0.000, 0.068), (-0.026, 0.062)], 0.014, steel),
        _plate([(0.006, 0.072), (0.030, 0.072), (0.033, 0.092), (0.024, 0.122), (0.013, 0.124), (0.010, 0.100)], 0.014, steel),
        _plate([(-0.030, 0.058), (-0.008, 0.068), (-0.009, 0.092), (-0.014, 0.112), (-0.024, 0.110), (-0.032, 0.080)], 0.012, steel).moved(z=0.001),
    ]  # fmt: skip
    screw = lathe([(1e-4, -0.011), (0.0062, -0.011), *((0.0062 - 0.0012 * (k % 2), -0.011 + 0.00157 * k) for k in range(15)), (1e-4, 0.011)], 0.0002, steel, 40)  # fmt: skip
    return [shaft.moved(z=0.0025), hang, *head, screw.turned(90, "y").turned(18).moved(-0.010, 0.052, 0.0085)]


def _combination(steel: Material) -> list[Part]:
    """An open end above and a ring below."""
    bar = slab(
        _closed(np.array([(-0.0075, -0.105), (0.0075, -0.105), (0.0085, 0.085), (-0.0085, 0.085)]), 0.003),
        0.0065,
        0.002,
        steel,
    )
    jaws = [
        _plate([(-0.016, 0.078), (0.016, 0.078), (0.020, 0.094), (0.0, 0.096), (-0.020, 0.094)], 0.0085, steel),
        _plate([(0.009, 0.092), (0.020, 0.088), (0.022, 0.104), (0.016, 0.124), (0.0095, 0.122)], 0.0085, steel),
        _plate([(-0.009, 0.092), (-0.020, 0.088), (-0.022, 0.104), (-0.016, 0.124), (-0.0095, 0.122)], 0.0085, steel),
    ]
    eye = lathe([(0.0095, 0), (0.0165, 0), (0.0165, 0.010), (0.0095, 0.010), (0.0095, 0)], 0.0012, steel, 72).moved(
        y=-0.112
    )
    return [bar.moved(z=0.001), *jaws, eye]


def pliers(look: Look) -> list[Part]:
    """Two levers that cross at a pin, with grips."""
    steel = look.plain("steel").but(bump=None)
    grips = look.solid("rubber", "plastic", "matte plastic", default="#c3272b").but(bump=None)
    parts = []
    for side in (-1, 1):
        bar = smooth_path([(-0.011 * side, 0.020, 0), (-0.004 * side, 0.0, 0), (0.013 * side, -0.030, 0), (0.026 * side, -0.075, 0), (0.022 * side, -0.135, 0)], 60)  # fmt: skip
        thick = np.interp(np.linspace(0, 1, 60), [0, 0.2, 0.5, 1], [0.0085, 0.0095, 0.0075, 0.0065])
        parts.append(tube(bar[:26], thick[:26], steel, flatten=0.62, segments=24))
        fat = np.interp(np.linspace(0, 1, 36), [0, 0.06, 0.5, 0.92, 1], [0.0105, 0.0098, 0.0088, 0.0095, 0.0078])
        parts.append(tube(bar[24:], fat, grips, flatten=0.80, segments=28))
        jaw = [(0.0006, 0.012), (0.0155, 0.008), (0.0165, 0.022), (0.0115, 0.046), (0.0058, 0.068), (0.0006, 0.069)]
        parts.append(_plate([(side * x, y) for x, y in jaw], 0.0105, steel).moved(z=-0.00525))
    disc = slab(superellipse(0.032, 0.034, samples=64), 0.0115, 0.002, steel).moved(y=0.008, z=-0.00575)
    pin = lathe([(0.0072, 0), (0.0062, 0.0016), (1e-4, 0.0018)], 0.0005, steel, 40).moved(y=0.008, z=0.0056)
    dark = steel.but(colour=(0.10, 0.10, 0.11))
    grooves = [
        tube([(-0.0045, y, 0.00535), (0.0045, y, 0.00535)], 0.0006, dark, segments=6)
        for y in np.arange(0.034, 0.064, 0.0030)
    ]
    return [part.turned(90, "x").moved(z=0.145) for part in (*parts, disc, pin, *grooves)]


def saw(look: Look) -> list[Part]:
    """A hand saw on its teeth, its handle at the viewer's right and a little nearer."""
    steel = look.plain("steel").but(bump=None, roughness=0.22)
    wood = look.solid("wood", "walnut", "plastic", "matte plastic", "rubber", default="#c79a66")
    long = 0.40 * look.uniform(0.92, 1.08)
    count = 64
    x = np.repeat(np.linspace(-long, 0.0, count + 1), 2)[1:-1]
    teeth = np.tile([0.0, -0.0045], count)
    tip, heel = 0.040, 0.105
    top = np.interp(x, [-long, 0], [tip, heel])
    rows = np.stack(
        [
            np.stack([x, 0 * x + y, z], -1)
            for y, z in ((0.0005, teeth), (0.0005, top), (-0.0005, top), (-0.0005, teeth))
        ],
        1,
    )
    blade = loft(rows, steel)
    ends = [
        loft(np.stack([r, 0 * r + r.mean(0)]), steel, flip=flip) for r, flip in ((rows[0], True), (rows[-1], False))
    ]
    path = rounded_path(
        [(0.018, 0.050), (-0.012, 0.085), (0.026, 0.124), (0.072, 0.116), (0.108, 0.060), (0.094, 0.012), (0.040, -0.004), (0.010, 0.016), (0.018, 0.050)], 0.018, 10,
    )  # fmt: skip
    line = refine(np.asarray(path), 0.004)[:-1]
    t = np.linspace(0, 2 * np.pi, len(line))
    loop = np.stack([line[:, 0], 0 * line[:, 0], line[:, 1]], -1)
    grip = tube(loop, 0.0145 + 0.0025 * np.cos(t), wood, closed=True, segments=28, flatten=0.72, up=(0, 1, 0))
    plate = _plate(
        [(-0.030, 0.012), (0.030, 0.004), (0.040, 0.06), (0.030, 0.112), (-0.020, 0.098)], 0.018, wood
    ).moved(z=-0.009)
    bolts = [
        lathe([(0.0065, 0), (0.0055, 0.0012), (1e-4, 0.0014)], 0.0004, look.plain("brass").but(bump=None), 32).moved(
            bx, bz, 0.0088
        )
        for bx, bz in ((-0.012, 0.030), (-0.006, 0.080), (0.016, 0.020))
    ]
    upright = [part.turned(90, "x") for part in (plate, *bolts)]
    return [part.moved(x=long / 2, z=0.006).turned(-12) for part in (blade, *ends, grip, *upright)]


def _closed(corners: NDArray[np.float64], radius: float) -> NDArray[np.float64]:
    """The outline through corners, counter-clockwise, rounded and fine enough to be a slab's."""
    middle = (corners[0] + corners[-1]) / 2
    loop = [(float(x), float(y)) for x, y in (middle, *corners, middle)]
    return refine(rounded_path(loop, radius), 0.006)[:-1]


def _plate(corners: list[tuple[float, float]], thick: float, material: Material) -> Part:
    """A plate of an outline in x and y whose corners may run either way round."""
    points = np.array(corners)
    x, y = points.T
    if float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) < 0:
        points = points[::-1]
    return slab(_closed(points, 0.004), thick, min(0.002, thick * 0.3), material)
