"""Toy car."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import loft, slab, superellipse, tube
from prodgen_render.shapes.implicit import capsule, cut, mesh

_ALONG = np.array([-0.094, -0.090, -0.076, -0.045, -0.024, -0.006, 0.020, 0.044, 0.062, 0.078, 0.090, 0.095])
_TOP = np.array([0.024, 0.034, 0.0405, 0.0425, 0.0435, 0.0445, 0.0445, 0.0445, 0.0440, 0.0425, 0.0385, 0.027])
_ROOF = ((-0.036, 0.036), (-0.012, 0.0575), (0.008, 0.0615), (0.034, 0.0595), (0.066, 0.036))
"""The cabin from the side: x and z of its outline."""
_AXLES = (-0.056, 0.056)
_WHEEL = 0.0175
_RAISED = 0.006
"""How much higher than the cabin is drawn the body ends that it stands on, in metres."""


def toy_car(look: Look) -> list[Part]:
    """A small car with a cabin, its front to the left."""
    wide = 0.076 * look.uniform(0.94, 1.06)
    paint = look.solid("lacquer", "wood", "plastic", "metal", "walnut", "bamboo", default="#c3272b")
    striped = look.chance(0.35)
    rubber, chrome = look.plain("rubber", "#1c1c1e").but(bump=None), look.plain("steel").but(bump=None, roughness=0.2)
    glass = Material("window", (0.02, 0.025, 0.03), 0.08, coat=1.0)

    def body(p: Floats) -> Floats:
        top = np.interp(p[:, 0], _ALONG, _TOP)
        half = wide / 2 * np.interp(p[:, 0], [-0.095, -0.080, -0.04, 0.06, 0.095], [0.80, 0.93, 1.0, 1.0, 0.88])
        middle, tall = (top + 0.010) / 2, (top - 0.010) / 2
        inside = (
            (np.abs(p[:, 1]) / half) ** 5 + (np.abs(p[:, 2] - middle) / tall) ** 4 + (np.abs(p[:, 0]) / 0.0955) ** 14
        ) ** 0.2 - 1
        out = (inside * np.minimum(half, tall) * 0.8).astype(np.float32)
        for x in _AXLES:
            for side in (-1, 1):
                arch = capsule(p, (x, side * 0.036, _WHEEL), (x, side * 0.08, _WHEEL), _WHEEL + 0.0020)
                out = cut(out, arch, 0.002)
        return np.asarray(out, np.float32)

    skin = mesh(body, (-0.105, -0.05, 0.0), (0.105, 0.05, 0.054), 0.0030, paint)
    uv = np.stack([skin.vertices[:, 0] / 0.2 + 0.5, skin.vertices[:, 2] / 0.06], -1).astype(np.float32)
    parts = [skin.but(uv=uv, uv_metres=(0.2, 0.06))]
    parts += [part.moved(z=_RAISED) for part in (_cabin(wide * 0.84, 1.0, paint), *_windows(wide * 0.84, glass))]
    parts += [part for x in _AXLES for side in (-1, 1) for part in _wheel(x, side * wide * 0.405, rubber, chrome)]
    parts.append(slab(superellipse(0.150, wide * 0.8, 4), 0.006, 0.002, rubber).moved(z=0.009))
    parts += [slab(superellipse(0.011, 0.008, 2.4), 0.003, 0.001, lamp).turned(90, "x").turned(-90).moved(x, y, z)
              for x, z, lamp in ((-0.0915, 0.0285, chrome), ) for y in (-wide * 0.32, wide * 0.32)]  # fmt: skip
    tail = Material("tail lamp", (0.55, 0.02, 0.02), 0.2, coat=1.0)
    parts += [
        slab(superellipse(0.010, 0.007, 3), 0.003, 0.001, tail).turned(90, "x").turned(90).moved(0.0925, y, 0.031)
        for y in (-wide * 0.33, wide * 0.33)
    ]
    for x in (-0.0935, 0.0935):
        parts.append(tube([(x, -wide * 0.36, 0.0145), (x, wide * 0.36, 0.0145)], 0.0032, chrome, segments=14))
    if striped:
        stripe = look.plain("lacquer", look.accent(look.colour("#c3272b")))
        parts += [_cabin(0.014, 1.012, stripe).moved(y=y, z=_RAISED) for y in (-0.011, 0.011)]
    return parts


def _outline(grow: float) -> Floats:
    """The cabin from the side, [n, 2] of x and z, its corners rounded."""
    from prodgen_render.shapes.geometry import rounded_path

    middle = np.array([0.014, 0.040])
    corners = (np.array(_ROOF) - middle) * grow + middle
    return rounded_path([tuple(c) for c in corners], [0, 0.012, 0.02, 0.014, 0], 8)


def _cabin(wide: float, grow: float, paint: Material) -> Part:
    """The cabin, narrower towards its roof."""
    line = _outline(grow)
    across = np.array([-1, -0.97, -0.88, -0.6, 0, 0.6, 0.88, 0.97, 1.0])
    drop = 0.0045 * np.abs(across) ** 6
    rows = []
    for x, z in line:
        lean = 1 - 3.2 * (z - 0.036)
        rows.append(np.stack([np.full(9, x), across * wide / 2 * lean, z - drop * (z > 0.045)], -1))
    sides = [np.concatenate([row, row[::-1] * [1, 1, 0] + [0, 0, 0.034]]) for row in rows]
    return loft(np.array(sides), paint)


def _windows(wide: float, glass: Material) -> list[Part]:
    """Side windows, windscreen and rear window."""
    parts = []
    for side in (-1, 1):
        for corners in ((-0.020, -0.010, 0.012, 0.012), (0.016, 0.016, 0.034, 0.044)):
            (a, b, c, d), low, high = corners, 0.0395, 0.0545
            t = np.linspace(0, 1, 6)[:, None]
            lower, upper = a + (d - a) * t, b + (c - b) * t

            def out(z: float, side: int = side) -> float:
                return side * (wide / 2 * (1 - 3.2 * (z - 0.036)) + 0.0006)

            grid = np.stack(
                [
                    np.concatenate([lower, np.full_like(t, out(low)), np.full_like(t, low)], 1),
                    np.concatenate([upper, np.full_like(t, out(high)), np.full_like(t, high)], 1),
                ]
            )
            parts.append(loft(grid, glass, closed=False, flip=side > 0))
    for lower_end, upper_end, ahead in (
        ((-0.033, 0.0395), (-0.0155, 0.0553), -1),
        ((0.0620, 0.0395), (0.0415, 0.0555), 1),
    ):
        y = np.linspace(-0.40, 0.40, 8)[None]
        ends = np.array([lower_end, upper_end])
        lean = 1 - 3.2 * (ends[:, 1:] - 0.036)
        grid = np.stack(np.broadcast_arrays(ends[:, :1] + ahead * 0.0008, y * wide * lean, ends[:, 1:] + 0.0006), -1)
        parts.append(loft(grid, glass, closed=False, flip=ahead > 0))
    return parts


def _wheel(x: float, y: float, rubber: Material, chrome: Material) -> list[Part]:
    tyre = [(0.010, -0.0055), (_WHEEL, -0.0055), (_WHEEL, 0.0055), (0.010, 0.0055)]
    hub = [(1e-4, -0.0062), (0.0104, -0.0052), (0.0104, 0.0052), (1e-4, 0.0062)]
    side = 1 if y > 0 else -1
    spokes = [
        tube([(0.002, 0, 0.0066), (0.0095, 0, 0.0056)], 0.0014, rubber, segments=8).turned(72 * k) for k in range(5)
    ]
    made = [lathe(tyre, [0, 0.002, 0.002, 0], rubber, 48), lathe(hub, 0.001, chrome, 48), *spokes]
    return [part.turned(-90 * side, "x").moved(x, y, _WHEEL) for part in made]
