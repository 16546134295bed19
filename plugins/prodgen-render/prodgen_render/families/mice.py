"""Computer mouse."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Part
from prodgen_render.shapes import detail
from prodgen_render.shapes.geometry import box, loft, slab, smooth_path, tube

_PLASTICS = ("matte plastic", "plastic", "aluminium")
_LOW = 0.0045
"""Height of the base, on which the shell stands, in metres."""
_HIGH = np.array([(-1, 0.36), (-0.8, 0.70), (-0.4, 0.98), (-0.1, 1.0), (0.3, 0.86), (0.7, 0.62), (1, 0.46)])
"""Height of the shell along its length, from the palm (-1) to the buttons (1), as a share of the highest."""
_SPLIT = 0.10
"""Where along its length the buttons begin."""


class _Shell:
    """The upper side: places are how far along, from the palm (-1) to the buttons (1), and how far across, from side to side (-1 to 1)."""

    def __init__(self, wide: float, long: float, high: float) -> None:
        self.wide, self.long, self.high = wide, long, high
        self.profile = smooth_path(_HIGH, 80)

    def half(self, along: ArrayLike) -> NDArray[np.float64]:
        """Half the width there."""
        t = np.asarray(along, np.float64)
        waist = 1 - 0.085 * np.exp(-(((t - 0.12) / 0.38) ** 2)) - 0.04 * t
        return np.asarray(self.wide / 2 * waist * np.maximum(1 - np.abs(t) ** 2.9, 0) ** (1 / 2.9))

    def at(self, along: ArrayLike, across: ArrayLike, away: float = 0.0) -> NDArray[np.float64]:
        """Points [..., 3], `away` metres above the surface."""
        t, s = np.broadcast_arrays(np.asarray(along, np.float64), np.asarray(across, np.float64))
        a = (1 - s) * np.pi / 2
        top = self.high * np.interp(t, *self.profile.T) * np.maximum(1 - np.abs(t) ** 14, 0) ** 0.4
        x = self.half(t) * np.sign(np.cos(a)) * np.abs(np.cos(a)) ** 0.62
        z = _LOW + np.maximum(top - _LOW, 0.001) * np.sin(a) ** 0.62
        return np.stack([x * (1 + away / self.wide), t * self.long / 2, z + away], -1)


def mouse(look: Look) -> list[Part]:
    """A computer mouse on its base, with two buttons, a wheel between them and two at its side; the buttons point to the back."""
    shell = look.solid(*_PLASTICS, default="#2a2b2e")
    wide, long, high = 0.064 * look.uniform(0.95, 1.06), 0.115 * look.uniform(0.95, 1.05), 0.038
    form = _Shell(wide, long, high)
    dark = look.plain("rubber", "#17181a").but(bump=None)
    gap = look.plain("matte plastic", "#0b0b0c").but(bump=None)
    along = np.sin(np.linspace(-1, 1, detail.segments(64, 24)) * np.pi / 2 * 0.999)
    across = np.sin(np.linspace(-1, 1, detail.segments(49, 21)) * np.pi / 2)
    body = loft(form.at(along[:, None], across), shell, closed=False, flip=True)
    t = np.linspace(-1, 1, 72)
    edge = np.concatenate(
        [np.stack([form.half(t), t * long / 2], -1), np.stack([-form.half(t), t * long / 2], -1)[-2:0:-1]]
    )
    base = slab(edge * 0.985, _LOW + 0.002, 0.0015, gap)
    front = np.linspace(_SPLIT, 0.93, 40)
    over = np.linspace(-0.80, 0.80, 48)
    sides = np.linspace(-0.72, 0.90, 50)
    parts = [body, base, tube(form.at(front, 0 * front), 0.0008, gap, segments=8)]
    parts.append(tube(form.at(_SPLIT - 0.10 * (over / 0.8) ** 2, over), 0.0006, gap, segments=8))
    # Below this line the flanks are a part of their own.
    parts += [tube(form.at(sides, side * (0.80 + 0.05 * sides**2)), 0.0006, gap, segments=8) for side in (-1, 1)]
    slot = np.linspace(0.36, 0.74, 20)
    parts.append(tube(form.at(slot, 0 * slot, -0.0016), 0.0036, gap, segments=16, flatten=0.5, up=(1, 0, 0)))
    z = float(form.at(0.55, 0.0)[2])
    tread = [(1e-4, -0.0032), (0.0086, -0.0032), (0.0095, -0.0018), (0.0095, 0.0018), (0.0086, 0.0032), (1e-4, 0.0032)]
    parts.append(
        lathe(tread, [0, 0.0006, 0.0006, 0.0006, 0.0006, 0], dark, 40)
        .turned(90, "y")
        .moved(y=0.55 * long / 2, z=z - 0.0052)
    )
    for middle in (0.10, -0.22):
        place = form.at(middle, 0.86, 0.0004)
        key = box((0.0026, 0.0150, 0.0052), 0.0012, dark, cells=3)
        parts += [part.turned(14, "y").moved(*(float(c) for c in place - [0, 0, 0.002])) for part in key]
    return [part.turned(180, "z") for part in parts]
