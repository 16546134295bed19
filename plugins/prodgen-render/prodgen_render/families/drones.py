"""Drone."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import loft, planar_uv, tube
from prodgen_render.shapes.implicit import ball, capsule, ellipsoid, join, mesh

_PLASTICS = ("matte plastic", "plastic")
_HIGH = 0.062
"""Metres of the body's middle above the ground."""


def drone(look: Look) -> list[Part]:
    """Four arms with motors and blades on a slim body, a camera under its nose, four short legs."""
    reach = 0.135 * look.uniform(0.93, 1.08)
    shell = look.main(*_PLASTICS, extent=(0.1, 0.2), default="#b9bcc0", period=0.03)
    dark = look.plain("matte plastic", "#26272a")

    def field(p: Floats) -> Floats:
        flat = (p - np.array([0, 0, _HIGH], np.float32)) * np.array([1, 1, 1.35], np.float32)
        body = join(
            capsule(flat, (0, -0.06, 0), (0, 0.062, 0.004), 0.029, 0.033),
            ellipsoid(flat, (0, 0.01, 0.016), (0.029, 0.072, 0.028)),
            0.02,
        )
        q = np.stack([np.abs(p[:, 0]), p[:, 1], p[:, 2]], -1)  # both sides are alike
        for y, up in ((-0.72, 0.006), (0.80, -0.004)):
            body = join(
                body,
                capsule(q, (0.018, 0.045 * np.sign(y), _HIGH), (reach, reach * y, _HIGH + up), 0.0115, 0.0085),
                0.012,
            )
        return body

    half = reach + 0.03
    parts = [planar_uv(mesh(field, (-half, -half, 0.0), (half, half, _HIGH + 0.06), 0.0042, shell), "z")]
    for x in (-1, 1):
        for y, up in ((-0.72, 0.006), (0.80, -0.004)):
            turn = 35 * x + (20 if y < 0 else -40)
            parts += [part.moved(x=x * reach, y=reach * y, z=_HIGH + up) for part in _rotor(look, dark, turn)]
    return [*parts, *_camera(dark)]


def _rotor(look: Look, dark: Material, turn: float) -> list[Part]:
    """A motor with two blades above and a leg below."""
    motor = lathe(
        [(1e-4, -0.012), (0.0115, -0.012), (0.0125, 0.008), (0.0105, 0.014), (1e-4, 0.014)],
        [0, 0.002, 0.002, 0.002, 0],
        dark,
        48,
    )
    hub = lathe(
        [(1e-4, 0.013), (0.0062, 0.013), (0.005, 0.020), (1e-4, 0.020)],
        [0, 0.001, 0.002, 0],
        look.plain("aluminium"),
        36,
    )
    leg = tube([(0, 0, -0.008), (0, 0.002, -_HIGH + 0.004)], np.array([0.0065, 0.0045]), dark, segments=16)
    blades = [blade.turned(turn + half) for half in (0, 180) for blade in _blade(dark)]
    return [motor, hub, leg, *(blade.moved(z=0.0165) for blade in blades)]


def _blade(dark: Material) -> list[Part]:
    """One twisted blade along +X, both of its sides."""
    t, s = np.linspace(0, 1, 24), np.linspace(-1, 1, 7)
    half = 0.0095 * np.interp(t, [0, 0.12, 0.4, 0.85, 1], [0.35, 0.6, 1, 0.62, 0.2])
    lift = np.interp(t, [0, 1], [0.34, 0.12])  # its pitch flattens to the tip
    sheet = np.empty((24, 7, 3))
    sheet[..., 0] = (0.004 + 0.088 * t)[:, None]
    sheet[..., 1] = half[:, None] * s
    sheet[..., 2] = half[:, None] * s * lift[:, None] + 0.002 * (t**2)[:, None]
    thick = 0.0006 * (1.2 - s**2)[None, :, None] * np.array([0, 0, 1.0])
    return [loft(sheet + thick, dark, closed=False), loft((sheet - thick)[:, ::-1], dark, closed=False)]


def _camera(dark: Material) -> list[Part]:
    """A camera on its gimbal below the nose, and two eyes above it."""
    lens = Material("lens", (0.01, 0.012, 0.02), 0.08, coat=1.0)
    ring = lathe(
        [(1e-4, 0), (0.0105, 0), (0.0105, 0.006), (0.0088, 0.006), (1e-4, 0.0048)],
        [0, 0.001, 0.001, 0.0005, 0],
        dark,
        56,
    )
    glass = lathe([(1e-4, 0.004), (0.0082, 0.004), (0.006, 0.0062), (1e-4, 0.0068)], [0, 0.001, 0.002, 0], lens, 48)
    head = ball((0, -0.086, 0.044), (0.0165, 0.0155, 0.0155), dark, 0.0028)
    yoke = tube([(0.018, -0.080, 0.046), (0.020, -0.072, 0.060), (0, -0.066, 0.068)], 0.004, dark, segments=14)
    eye = glass.scaled(0.55)
    return [
        head,
        yoke,
        *(part.turned(90, "x").moved(y=-0.097, z=0.044) for part in (ring, glass)),
        *(eye.turned(90, "x").moved(x=x, y=-0.0875, z=0.069) for x in (-0.013, 0.013)),
    ]
