"""Strollers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prodgen_render.families.kit import lathe
from prodgen_render.families.sewn import belt, sheet
from prodgen_render.looks.finishes import FABRICS
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import box, smooth_path, tube

_CLOTHS = ("nylon", *(name for name in FABRICS if name != "nylon"), "leather")
_SIDE = 0.235
"""From the middle to the tubes at either side, in metres."""


def stroller(look: Look) -> list[Part]:
    """A frame on four wheels, a seat with its harness, a hood over it, a bar before it and a basket below; the front to the viewer."""
    cloth = look.main(*_CLOTHS, extent=(0.5, 0.5), default="#4a4d52", period=0.06)
    shade = look.colour("#4a4d52")
    frame = look.part("legs", look.plain("aluminium", "#3a3b3e" if look.chance(0.6) else "#b9bcc0")).but(bump=None)
    dark = look.plain("matte plastic", "#1f2022")
    grip = look.part("handle", look.plain("rubber", "#26272a" if look.chance(0.6) else "#7d4f2e").but(bump=None))
    parts: list[Part] = []
    for side in (-1, 1):
        x = side * _SIDE
        main = [(x, 0.56, 1.02), (x, 0.44, 0.90), (x, 0.10, 0.55), (x * 0.97, -0.20, 0.26), (x * 0.92, -0.36, 0.17)]
        parts.append(tube(smooth_path(main, 50), 0.0135, frame, segments=18))
        parts.append(
            tube(
                smooth_path([(x, 0.02, 0.50), (x * 1.05, 0.18, 0.32), (x * 1.10, 0.32, 0.145)], 24),
                0.0125,
                frame,
                segments=18,
            )
        )
        hub = lathe([(1e-4, -0.02), (0.032, -0.02), (0.032, 0.02), (1e-4, 0.02)], [0, 0.006, 0.006, 0], dark, 40)
        parts.append(hub.turned(90, "y").moved(x, 0.06, 0.52))
        parts += [p.moved(x * 1.16, 0.33, 0.135) for p in _wheel(0.135, frame, dark)]
        for aside in (-0.026, 0.026):
            parts += [p.moved(x * 0.92 + aside, -0.375, 0.090) for p in _wheel(0.090, frame, dark, wide=0.022)]
        fork = [(x * 0.92, -0.355, 0.19), (x * 0.92, -0.372, 0.090)]
        parts.append(tube(fork, 0.014, dark, segments=16))
    bar = smooth_path([(-_SIDE, 0.56, 1.02), (-0.20, 0.595, 1.045), (0.20, 0.595, 1.045), (_SIDE, 0.56, 1.02)], 40)
    parts.append(tube(bar, 0.017, grip, segments=20))
    parts.append(tube([(-_SIDE * 1.1, 0.32, 0.15), (_SIDE * 1.1, 0.32, 0.15)], 0.011, frame, segments=14))
    rail = smooth_path(
        [(-_SIDE, 0.02, 0.60), (-0.21, -0.24, 0.665), (0, -0.315, 0.675), (0.21, -0.24, 0.665), (_SIDE, 0.02, 0.60)], 60
    )
    parts.append(tube(rail, 0.014, grip, segments=18))
    return [*parts, *_seat(look, cloth, shade, dark), *_hood(look, cloth, shade, frame), *_basket(look)]


def _wheel(radius: float, frame: Material, dark: Material, wide: float = 0.030) -> list[Part]:
    """A tyre, its rim and spokes, upright about the origin, its axle along x."""
    tyre = lathe(
        [(radius * 0.76, -wide / 2), (radius * 0.95, -wide / 2), (radius, 0), (radius * 0.95, wide / 2), (radius * 0.76, wide / 2)],
        [0, 0.006, 0.012, 0.006, 0], dark, 72,
    )  # fmt: skip
    ring = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    rim = tube(
        np.column_stack([0.76 * radius * np.cos(ring), 0.76 * radius * np.sin(ring), 0 * ring]),
        wide * 0.40,
        frame,
        segments=12,
        closed=True,
    )
    spokes = [
        tube(
            [(0, 0, 0), (0.76 * radius * np.cos(a), 0.76 * radius * np.sin(a), 0)],
            0.0075,
            frame,
            segments=12,
            flatten=0.7,
        )
        for a in np.linspace(0, 2 * np.pi, 5, endpoint=False)
    ]
    hub = lathe(
        [(1e-4, -wide * 0.6), (0.020, -wide * 0.6), (0.020, wide * 0.6), (1e-4, wide * 0.6)],
        [0, 0.004, 0.004, 0],
        dark,
        36,
    )
    return [part.turned(90, "y") for part in (tyre, rim, hub, *spokes)]


def _seat(look: Look, cloth: Material, shade: tuple[int, int, int], dark: Material) -> list[Part]:
    """A padded seat with raised sides, its rest for the feet, and a harness of five straps."""
    trim = look.plain("nylon", mix(shade, (0, 0, 0), 0.45))
    side_view = smooth_path(
        [
            (-0.40, 0.30),
            (-0.355, 0.36),
            (-0.30, 0.475),
            (-0.24, 0.50),
            (0.02, 0.465),
            (0.085, 0.50),
            (0.155, 0.70),
            (0.235, 0.945),
        ],
        60,
    )
    u = np.linspace(-1, 1, 34)
    up = np.clip((side_view[:, 1] - 0.42) / 0.1, 0, 1)[:, None] * np.clip((side_view[:, 0] + 0.31) / 0.1, 0, 1)[:, None]
    curl = 0.115 * np.clip(np.abs(u) - 0.74, 0, 1)[None] / 0.26 * up
    along = np.gradient(side_view, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    normal = np.stack([-along[:, 1], along[:, 0]], -1)
    wide = 0.200 - 0.018 * (1 - up)
    pad = 0.010 * np.sin(np.linspace(0, 7 * np.pi, 60))[:, None] ** 2 * np.cos(u * np.pi / 2)[None]
    face = np.stack(
        [
            wide * u[None] * (1 - 0.10 * curl / 0.115),
            side_view[:, :1] + normal[:, :1] * (curl + pad),
            side_view[:, 1:] + normal[:, 1:] * (curl + pad),
        ],
        -1,
    )
    parts = [sheet(face, 0.022, cloth, (0.5, 0.5))]
    rim = np.concatenate([face[:, 0], face[-1, 1:-1], face[::-1, -1], face[0, -2:0:-1]])
    parts.append(tube(rim, 0.0125, trim, segments=12, closed=True))
    buckle = np.array([0, -0.115, 0.535])
    for side in (-1, 1):
        strap = smooth_path(
            np.vstack([(side * 0.055, 0.178, 0.80), (side * 0.06, 0.095, 0.64), (side * 0.035, -0.04, 0.555), buckle]),
            30,
        )
        parts.append(belt(strap, (1.0, 0, 0), 0.028, 0.003, dark))
        pad_of = strap[2:14] + np.array([0, -0.006, 0.004])
        parts.append(belt(pad_of, (1.0, 0, 0), 0.046, 0.012, trim))
        lap = smooth_path(np.vstack([(side * 0.165, 0.0, 0.50), (side * 0.09, -0.07, 0.535), buckle]), 20)
        parts.append(belt(lap, (0, 0.6, 0.8), 0.026, 0.003, dark))
    parts.append(belt(smooth_path(np.vstack([(0, -0.215, 0.505), buckle]), 8), (1.0, 0, 0), 0.028, 0.003, dark))
    parts += [part.moved(*(buckle - [0, 0, 0.012])) for part in box((0.046, 0.022, 0.036), 0.008, dark, cells=4)]
    return parts


def _hood(look: Look, cloth: Material, shade: tuple[int, int, int], frame: Material) -> list[Part]:
    """Cloth over three hoops that turn about the same hinges; it sags between them."""
    hinge = np.array([0, 0.155, 0.745])
    turns = np.radians(np.linspace(42, 152, 45))
    t = np.linspace(0, np.pi, 40)
    hoops = np.linspace(0, 1, 45) * 3
    sag = 1 - 0.035 * np.sin(np.pi * hoops) ** 2

    def hoop(turn: NDArray[np.float64], share: NDArray[np.float64]) -> NDArray[np.float64]:
        reach = 0.335 * share[:, None] * np.sin(t)[None] ** 0.62
        x = -0.238 * np.sign(np.cos(t)) * np.abs(np.cos(t)) ** 0.62
        return hinge + np.stack(
            [np.broadcast_to(x, reach.shape), np.cos(turn)[:, None] * reach, np.sin(turn)[:, None] * reach], -1
        )

    del shade
    face = hoop(turns, sag)
    parts: list[Part] = [sheet(face[::-1], 0.006, cloth, (0.5, 0.5))]
    dark = look.plain("matte plastic", "#1f2022")
    for place in (0, 15, 30, 44):
        ring = hoop(turns[place : place + 1], np.ones(1))[0]
        parts.append(
            tube(ring, 0.0085, cloth.but(texture=None, bump=None, colour=tuple(0.7 * cloth.mean_colour)), segments=12)
        )
    for side in (-1, 1):
        disc = lathe([(1e-4, -0.010), (0.030, -0.010), (0.030, 0.010), (1e-4, 0.010)], [0, 0.004, 0.004, 0], dark, 36)
        parts.append(disc.turned(90, "y").moved(side * 0.240, 0.155, 0.745))
        arm = smooth_path([(side * 0.240, 0.155, 0.745), (side * 0.238, 0.12, 0.62), (side * _SIDE, 0.06, 0.52)], 16)
        parts.append(tube(arm, 0.011, frame, segments=14))
    return parts


def _basket(look: Look) -> list[Part]:
    """A bag of net between the wheels."""
    net = look.plain("nylon", "#26272a")
    u, v = np.meshgrid(np.linspace(-1, 1, 30), np.linspace(-1, 1, 30))
    depth = 0.085 * (1 - np.abs(u) ** 4) * (1 - np.abs(v) ** 4)
    slope = 0.275 - 0.03 * v - depth
    face = np.stack([0.205 * u, 0.02 + 0.245 * v, slope], -1)
    edge = np.concatenate([face[0, :-1], face[:-1, -1], face[-1, :0:-1], face[:0:-1, 0]])
    return [sheet(face, 0.006, net, (0.2, 0.2)), tube(edge, 0.008, net.but(bump=None), segments=10, closed=True)]
