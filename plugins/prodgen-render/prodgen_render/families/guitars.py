"""Guitar, ukulele and violin, standing with the strings to the viewer."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import box, rounded_rectangle, slab, smooth_path, tube

_UKULELE = ("ukulele", "尤克里里", "乌克丽丽")
_VIOLIN = ("violin", "viola", "小提琴", "中提琴")


class _Kind(NamedTuple):
    """Metres: the body's height and depth, half widths of its lower bout, waist and upper bout as shares of its height; the neck's length and width; strings."""

    high: float
    deep: float
    bouts: tuple[float, float, float]
    neck: float
    wide: float
    strings: int


_GUITAR_KIND = _Kind(0.49, 0.105, (0.395, 0.245, 0.295), 0.36, 0.048, 6)
_UKULELE_KIND = _Kind(0.27, 0.065, (0.355, 0.225, 0.265), 0.20, 0.036, 4)
_VIOLIN_KIND = _Kind(0.355, 0.040, (0.292, 0.160, 0.235), 0.145, 0.026, 4)


def guitar(look: Look) -> list[Part]:
    """An acoustic guitar with six strings; a ukulele or a violin where the words say so."""
    bowed = look.says(_VIOLIN)
    kind = _VIOLIN_KIND if bowed else _UKULELE_KIND if look.says(_UKULELE) else _GUITAR_KIND
    top = look.solid("wood", "walnut", "lacquer", "plastic", default="#8a4a22" if bowed else "#d2a25f").but(
        coat=0.7, roughness=0.3
    )
    side, dark = look.plain("walnut"), look.plain("walnut", "#2f2119")
    metal, string = look.plain("steel").but(bump=None), look.plain("steel").but(bump=None, roughness=0.25)
    high, deep, front = kind.high, kind.deep, -kind.deep / 2
    outline = _outline(kind)

    def upright(part: Part, y: float, z: float = high / 2) -> Part:
        """What was made lying, standing with its upper face before the viewer."""
        return part.turned(90, "x").moved(y=y, z=z)

    parts = [
        upright(slab(outline, deep - 0.006, 0.004, side), deep / 2 - 0.003),
        upright(slab(outline * 1.006, 0.004, 0.0015, top), front + 0.003),
    ]
    hole, bridge = high * 0.605, high * (0.42 if bowed else 0.27)
    if bowed:
        for x in (-1, 1):
            way = smooth_path(
                [(x * 0.050, 0.155), (x * 0.040, 0.150), (x * 0.042, 0.175), (x * 0.034, 0.205), (x * 0.026, 0.200)], 24
            )
            parts.append(
                tube(
                    np.stack([way[:, 0], np.full(24, front - 0.0012), way[:, 1]], -1),
                    0.0022,
                    dark,
                    segments=8,
                    flatten=0.5,
                    up=(0, 1, 0),
                )
            )
        tail = slab(np.array([(-0.021, 0.055), (-0.013, -0.052), (0.013, -0.052), (0.021, 0.055)]), 0.006, 0.002, dark)
        parts.append(upright(tail, front - 0.006, 0.075))
        parts.append(
            slab(rounded_rectangle(0.088, 0.050, 0.024), 0.008, 0.003, dark)
            .turned(70, "x")
            .moved(-0.045, front - 0.012, 0.030)
        )
    else:
        radius = high * 0.092
        parts.append(
            upright(
                lathe([(1e-4, 0), (radius, 0)], 0, Material("hole", (0.012, 0.009, 0.007), 0.9), 72),
                front - 0.0016,
                hole,
            )
        )
        a = np.linspace(0, 2 * np.pi, 72, endpoint=False)
        ring = np.stack([1.14 * radius * np.cos(a), np.full(72, front - 0.0010), hole + 1.14 * radius * np.sin(a)], -1)
        parts.append(tube(ring, radius * 0.055, dark, segments=8, closed=True, up=(0, 1, 0), flatten=0.3))
        parts.append(
            upright(
                slab(rounded_rectangle(high * 0.32, high * 0.052, 0.006), 0.008, 0.003, dark), front - 0.001, bridge
            )
        )
    nut = high + kind.neck
    low = hole + high * (0.10 if not bowed else -0.09)
    lift = 0.016 if bowed else 0.005
    parts += [
        part.moved(0, front - lift / 2, low) for part in box((kind.wide, 0.010 + lift, nut - low), 0.003, dark, cells=4)
    ]
    parts += [
        part.moved(0, front + 0.014, high - 0.01)
        for part in box((kind.wide * 0.92, 0.022, kind.neck), 0.009, side, cells=4)
    ]
    if not bowed:
        scale = nut - bridge
        for fret in range(1, 19):
            z = nut - scale * (1 - 2 ** (-fret / 12))
            if z > low:
                parts.append(
                    tube(
                        [(-kind.wide * 0.47, front - lift - 0.0052, z), (kind.wide * 0.47, front - lift - 0.0052, z)],
                        0.0008,
                        metal,
                        segments=8,
                    )
                )
    parts += _head(kind, nut, front, side, metal, dark, scroll=bowed)
    for x in np.linspace(-0.38, 0.38, kind.strings) * kind.wide:
        rest = front - lift - 0.0075
        stop = bridge if not bowed else 0.125
        parts.append(
            tube(
                [
                    (x * 1.35, front - (0.030 if bowed else 0.012), stop),
                    (x, rest, nut),
                    (x * 1.1, front + 0.004, nut + 0.03),
                ],
                0.0007,
                string,
                segments=6,
            )
        )
    if bowed:
        parts += [
            part.moved(0, front - 0.016, bridge - 0.012)
            for part in box((0.042, 0.004, 0.032), 0.001, look.plain("wood", "#d9b27c"), cells=3)
        ]
        parts.append(
            tube(
                [(-0.021, front - 0.030, bridge + 0.018), (0.021, front - 0.030, bridge + 0.018)],
                0.0018,
                look.plain("wood", "#d9b27c"),
                segments=8,
            )
        )
    return parts


def _outline(kind: _Kind) -> np.ndarray:
    """Around the body [n, 2], counter-clockwise from the middle of its upper end."""
    lower, waist, upper = kind.bouts
    # (share of the height up from the bottom, half the width as a share of the height)
    half = [
        (0.0, 0.001),
        (0.012, lower * 0.42),
        (0.09, lower * 0.86),
        (0.25, lower),
        (0.42, lower * 0.86),
        (0.57, waist),
        (0.70, upper * 0.92),
        (0.81, upper),
        (0.92, upper * 0.84),
        (0.985, upper * 0.42),
        (1.0, 0.001),
    ]
    right = smooth_path([(w, s - 0.5) for s, w in half], 90) * kind.high
    right[:, 0] = right[:, 0].clip(0.0005)
    return np.concatenate([right, (right * [-1, 1])[::-1]])[:-1]


def _head(
    kind: _Kind, nut: float, front: float, wood: Material, metal: Material, dark: Material, *, scroll: bool
) -> list[Part]:
    """The head with its pegs, leant back, or a scroll."""
    long, wide = (0.085, 0.024) if scroll else (kind.high * 0.36, kind.wide * 1.5)
    plate = (
        slab(rounded_rectangle(wide, long, 0.010), 0.014, 0.004, wood)
        .turned(90, "x")
        .moved(y=front + 0.012, z=nut + long / 2 - 0.016)
    )
    parts = [plate]
    each = kind.strings // 2
    for side in (-1, 1):
        for k in range(each):
            z = nut + long * (0.25 + 0.62 * k / max(each - 1, 1))
            parts.append(
                tube(
                    [(side * wide * 0.32, front + 0.006, z), (side * (wide / 2 + 0.016), front + 0.006, z)],
                    0.0032 if not scroll else 0.0040,
                    dark if scroll else metal,
                    segments=14,
                )
            )
            knob = lathe([(1e-4, 0), (0.0085, 0), (0.0085, 0.006), (1e-4, 0.006)], 0.002, dark if scroll else metal, 32)
            parts.append(
                knob.scaled(0.6, 1, 1).turned(90, "y").moved(side * (wide / 2 + 0.016) - 0.003, front + 0.006, z)
            )
    if scroll:
        t = np.linspace(0, 2.6 * np.pi, 60)
        curl = np.stack(
            [
                0 * t,
                front + 0.016 + (0.019 - 0.0019 * t) * np.cos(t),
                nut + long - 0.004 + (0.019 - 0.0019 * t) * np.sin(t),
            ],
            -1,
        )
        parts.append(tube(curl, np.linspace(0.0085, 0.0045, 60), wood, segments=16, up=(1, 0, 0)))
    return parts
