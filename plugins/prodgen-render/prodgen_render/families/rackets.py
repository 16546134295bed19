"""Rackets for tennis and badminton, and bats for table tennis. They stand with their face to the viewer."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import slab, smooth_path, superellipse, tube

_TABLE = ("table tennis", "ping pong", "ping-pong", "乒乓球拍", "乒乓拍")
_TENNIS = ("tennis", "squash", "网球")
_LEAN, _ASIDE = 24, 14
"""Degrees by which it leans, and is turned aside, so that no side of it is a line."""


def racket(look: Look) -> list[Part]:
    """A badminton racket; one for tennis, or a bat, where the words say so."""
    table = look.says(_TABLE)
    made = _bat(look) if table else _strung(look, thick=look.says(_TENNIS))
    laid = [part.turned(_LEAN, "y").turned(_ASIDE) for part in made]
    low = min(float(part.vertices[:, 2].min()) for part in laid)
    return [part.moved(z=-low) for part in laid]


def _strung(look: Look, *, thick: bool) -> list[Part]:
    """A frame with strings, its throat or shaft, and a taped handle, the head up."""
    half, tall, frame_radius = (0.132, 0.172, 0.0105) if thick else (0.096, 0.122, 0.0050)
    shaft, handle = (0.15, 0.19) if thick else (0.26, 0.165)
    frame = look.solid("lacquer", "aluminium", "matte plastic", "plastic", default="#26272a")
    second = look.plain("lacquer", look.accent(look.colour("#26272a"), "#d6dade"))
    tape, strings = look.plain("rubber", "#1f2022").but(bump=None), look.plain("nylon", "#f1f0e6").but(bump=None)
    middle = handle + shaft + tall
    a = np.linspace(0, 2 * np.pi, 96, endpoint=False)
    head = np.stack([half * np.cos(a), 0 * a, middle + tall * np.sin(a)], -1)
    parts = [tube(head, frame_radius, frame, segments=20, closed=True, up=(0, 1, 0), flatten=1.25)]
    arc = np.linspace(0.25, np.pi - 0.25, 30)
    over = np.stack([half * np.cos(arc), 0 * arc, middle + tall * np.sin(arc)], -1)
    parts.append(tube(over, frame_radius * 1.03, second, segments=20, up=(0, 1, 0), flatten=1.25))
    step = 0.0165 if thick else 0.0092
    for x in np.arange(-half + step * 0.8, half - step * 0.5, step):
        reach = tall * np.sqrt(max(1 - (x / half) ** 2, 0))
        parts.append(tube([(x, 0, middle - reach), (x, 0, middle + reach)], 0.0007, strings, segments=6, caps=False))
    for z in np.arange(-tall + step * 0.8, tall - step * 0.5, step):
        reach = half * np.sqrt(max(1 - (z / tall) ** 2, 0))
        parts.append(tube([(-reach, 0, middle + z), (reach, 0, middle + z)], 0.0007, strings, segments=6, caps=False))
    low = middle - tall
    if thick:
        for side in (-1, 1):
            way = smooth_path(
                [
                    (side * half * 0.62, 0, middle - tall * 0.79),
                    (side * half * 0.30, 0, low - shaft * 0.45),
                    (side * 0.012, 0, handle - 0.005),
                ],
                30,
            )
            parts.append(tube(way, frame_radius, frame, segments=18, up=(0, 1, 0), flatten=1.2))
    else:
        parts.append(tube([(0, 0, handle - 0.01), (0, 0, low + 0.002)], 0.0036, second, segments=18))
        parts.append(tube([(-0.012, 0, low + 0.004), (0.012, 0, low + 0.004)], 0.0052, frame, segments=16))
    return [*parts, *_taped(tape, second, handle, 0.0155 if thick else 0.0125)]


def _taped(tape: Material, cap: Material, long: float, radius: float) -> list[Part]:
    """A handle wound with tape, whose turns overlap."""
    z = np.linspace(0.006, long, 150)
    rings = radius * (1 + 0.045 * ((z / 0.018) % 1.0)) * np.interp(z, [0, 0.02, long], [1.08, 1.0, 0.95])
    body = tube(np.stack([0 * z, 0 * z, z], -1), rings, tape, segments=8, flatten=0.88, up=(0, 1, 0))
    return [body, lathe([(1e-4, 0), (radius * 1.15, 0), (radius * 1.12, 0.012)], [0, 0.003, 0], cap, 40)]


def _bat(look: Look) -> list[Part]:
    """A blade with red rubber before and black behind, on a handle of wood."""
    wood = look.plain("wood")
    front = look.plain("rubber", look.note(look.colour("#b8252b"), "rubber")).but(bump=None, roughness=0.6)
    back, middle = look.plain("rubber", "#1c1d1f").but(bump=None), 0.165
    blade = superellipse(0.150, 0.158, 2.15)
    parts = [slab(blade, 0.006, 0.002, wood).turned(90, "x").moved(y=0.003, z=middle)]
    sheet = blade * [0.985, 0.985]
    cut = np.maximum(sheet[:, 1], -0.060)
    sheet = np.stack([sheet[:, 0], cut], -1)
    parts.append(slab(sheet, 0.0022, 0.0006, front).turned(90, "x").moved(y=-0.003, z=middle))
    parts.append(slab(sheet, 0.0022, 0.0006, back).turned(90, "x").moved(y=0.0052, z=middle))
    z = np.linspace(0.002, 0.102, 24)
    grip = tube(
        np.stack([0 * z, 0 * z, z], -1),
        np.interp(z, [0, 0.02, 0.07, 0.102], [0.0172, 0.0158, 0.0132, 0.0142]),
        wood,
        flatten=0.68,
        up=(0, 1, 0),
        segments=32,
    )
    return [*parts, grip]
