"""Rolls of tape."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import loft

_BROAD = ("duct", "packing", "packaging", "gaffer", "parcel", "布基", "封箱", "打包")
_CLEAR = ("magic", "clear", "invisible", "sellotape", "transparent", "透明")


def tape_roll(look: Look) -> list[Part]:
    """Tape wound on a core of board, standing, its end a little off."""
    broad = look.says(_BROAD)
    radius, wide = (0.052, 0.048) if broad else (0.042, 0.019)
    radius *= look.uniform(0.95, 1.08)
    core = radius * 0.72
    shade = look.colour("#e6dfce" if look.says(_CLEAR) else "#c4c6c9" if broad else "#f0e6d2")
    film = look.plain("plastic", shade).but(bump=None)
    look.note(shade, "plastic")
    wound = lathe([(core, 0.0), (radius, 0.0), (radius, wide), (core, wide)], [0, 0.0008, 0.0008, 0], film, 128)
    board = lathe(
        [(core, wide), (core - 0.003, wide - 0.0004), (core - 0.003, 0.0004), (core, 0.0)],
        0.0004,
        look.plain("kraft"),
        96,
    )
    rings = [
        lathe(
            [(r, wide + 0.0001), (r + 0.0004, wide + 0.0003), (r + 0.0008, wide + 0.0001)],
            0,
            film.but(colour=tuple(0.86 * c for c in film.colour)),
            96,
        )
        for r in np.linspace(core * 1.06, radius * 0.97, 5)
    ]
    t, z = np.linspace(0, 1, 24), np.linspace(0.0004, wide - 0.0004, 8)
    a = np.pi * 0.22 - 0.55 * t
    out = radius + 0.0006 + 0.020 * t**2.2
    strip = np.stack([out * np.cos(a), out * np.sin(a), 0 * t], -1)[:, None] + z[:, None] * np.array([0, 0, 1.0])
    end = loft(np.concatenate([strip, strip[:, ::-1] * [0.9925, 0.9925, 1]], 1), film)
    return [part.turned(90, "x").moved(y=wide / 2, z=radius) for part in (wound, board, *rings, end)]
