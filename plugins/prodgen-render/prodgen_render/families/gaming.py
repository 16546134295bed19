"""Game controller."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import box, planar_uv
from prodgen_render.shapes.implicit import Field, ball, capsule, ellipsoid, in_depth, join, mesh

_PLASTICS = ("matte plastic", "plastic")
_BUTTONS = ("#4d9e57", "#c8453c", "#3d6fb4", "#d9a93a")
"""South, east, west and north."""


def game_controller(look: Look) -> list[Part]:
    """A controller for two hands, its face to the viewer: two sticks, a cross, four buttons, shoulder keys above."""
    grip = look.uniform(0.94, 1.08)
    shell = look.main(*_PLASTICS, extent=(0.16, 0.11), default="#26272a", period=0.02)
    dark = look.plain("matte plastic", "#151618")

    def field(p: Floats) -> Floats:
        q = np.stack([np.abs(p[:, 0]), p[:, 1], p[:, 2]], -1)  # both halves are alike
        shoulder = ellipsoid(q, (0.043, 0, 0.076), (0.036, 0.020, 0.031))
        bridge = ellipsoid(p, (0, 0, 0.079), (0.052, 0.017, 0.026))
        handle = capsule(q, (0.053, 0.002, 0.062), (0.072 * grip, 0.010, 0.010), 0.0225, 0.0150, 0.85)
        return join(join(shoulder, bridge, 0.02), handle, 0.018)

    body = planar_uv(mesh(field, (-0.11, -0.05, -0.02), (0.11, 0.05, 0.13), 0.0032, shell))
    parts = [body, *_sticks(field, dark), *_cross(field, dark), *_face(look, field), *_middle(look, field, dark)]
    parts += [ball((x, 0.008, 0.101), (0.022, 0.010, 0.0078), dark, 0.0022) for x in (-0.048, 0.048)]
    return [part.turned(-12, "x") for part in parts]


def _front(field: Field, x: float, z: float) -> float:
    """How far out the face is at a place, as y."""
    return -float(in_depth(field, np.array([x], np.float32), np.array([z], np.float32), 0.1)[0])


def _round(x: float, z: float, front: float, radius: float, out: float, stuff: Material, bulge: float = 0.2) -> Part:
    """A round key that stands out of the face."""
    corners = [(1e-4, -0.004), (radius, -0.004), (radius, out * (1 - bulge)), (radius * 0.72, out), (1e-4, out)]
    return lathe(corners, [0, 0.0003, 0.0012, 0.001, 0], stuff, 48).turned(90, "x").moved(x=x, y=front, z=z)


def _sticks(field: Field, dark: Material) -> list[Part]:
    parts = []
    for x, z in ((-0.046, 0.085), (0.021, 0.059)):
        front = _front(field, x, z)
        well = [(0.0134, -0.005), (0.0134, 0.0022), (0.0118, 0.0024), (0.0108, 0.0008), (1e-4, 0.0008)]
        stem = [(0.0052, -0.002), (0.0046, 0.005), (0.0088, 0.0070), (0.0092, 0.0096), (0.0068, 0.0102), (1e-4, 0.0092)]
        for corners, radii in ((well, 0.0006), (stem, 0.0012)):
            parts.append(lathe(corners, radii, dark, 56).turned(90, "x").moved(x=x, y=front, z=z))
    return parts


def _cross(field: Field, dark: Material) -> list[Part]:
    x, z = -0.021, 0.059
    front = _front(field, x, z)
    arms = [
        *box((0.023, 0.006, 0.0078), 0.0016, dark, cells=3),
        *(part.moved(z=-0.0076) for part in box((0.0078, 0.006, 0.023), 0.0016, dark, cells=3)),
    ]
    return [part.moved(x=x, y=front, z=z - 0.0039) for part in arms]


def _face(look: Look, field: Field) -> list[Part]:
    """The four buttons, in their colours or all in the second colour that the words name."""
    x, z, apart = 0.046, 0.086, 0.0115
    places = ((0, -1), (1, 0), (-1, 0), (0, 1))
    coloured = look.colour_name in ("", "black", "white", "grey")
    plain = look.plain("plastic", look.accent(look.colour("#26272a"), "#d8d9db"))
    return [
        _round(
            x + apart * dx,
            z + apart * dz,
            _front(field, x + apart * dx, z + apart * dz),
            0.0048,
            0.0032,
            look.plain("plastic", code) if coloured else plain,
            0.4,
        )
        for (dx, dz), code in zip(places, _BUTTONS, strict=True)
    ]


def _middle(look: Look, field: Field, dark: Material) -> list[Part]:
    """The home button, and a small one at either side."""
    light = Material("light", (0.9, 0.92, 0.95), 0.35, coat=0.6)
    parts = [_round(0, 0.094, _front(field, 0, 0.094), 0.0058, 0.0012, light)]
    return parts + [_round(x, 0.082, _front(field, x, 0.082), 0.0026, 0.0012, dark) for x in (-0.0115, 0.0115)]
