"""Aprons."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prodgen_render.families.sewn import belt, laid, sheet, stitches
from prodgen_render.looks.finishes import FABRICS
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Material, Part
from prodgen_render.shapes import detail
from prodgen_render.shapes.geometry import smooth_path

_NAMES = ("cotton", *(name for name in FABRICS if name != "cotton"), "leather")
_HALF = ("waist apron", "half apron", "半身围裙", "半身")
_WIDE, _DEEP = 0.185, 0.125
"""Half the body that it is worn on, in metres."""


def apron(look: Look) -> list[Part]:
    """One as it hangs on nobody: a bib with a loop for the neck, a skirt with pockets, and ties that meet in a bow behind."""
    waist, top = 0.56 * look.uniform(0.95, 1.05), 0.90
    bib = not look.says(_HALF)
    extent = (0.68, top)
    cloth = look.main(*_NAMES, extent=extent, period=0.05)
    plain = look.plain(cloth.name, mix(look.colour(), (0, 0, 0), 0.06))
    tie = look.part("strap", look.plain(cloth.name, look.accent(look.colour()) if look.two_coloured else look.colour()))
    thread = look.plain("cotton", mix(look.colour(), (255, 255, 255), 0.35)).but(bump=None)
    seed = look.uniform(0, 6)
    heights = np.linspace(0.0, top if bib else waist + 0.01, detail.segments(90, 40))
    half = np.interp(
        heights, [0, waist - 0.04, waist, waist + 0.03, waist + 0.16, top], [0.300, 0.285, 0.272, 0.240, 0.146, 0.118]
    )

    def panel(s: NDArray[np.float64], z: NDArray[np.float64], away: float = 0.0) -> NDArray[np.float64]:
        """Where the cloth s metres aside of its middle is at a height."""
        s, z = np.broadcast_arrays(s, z)
        angle = s / (0.5 * (_WIDE + _DEEP))
        hangs = np.clip((waist - z) / waist, 0, 1)
        out = 1 + 0.10 * hangs + (0.042 + 0.212 * np.abs(s)) * hangs * np.sin(26 * s + seed + 1.5 * np.sin(4 * z))
        out = out - 0.10 * np.clip((z - waist) / 0.34, 0, 1) + 0.005 * np.sin(30 * z + 17 * s + seed) * np.sin(23 * s)
        x, y = _WIDE * np.sin(angle) * out, -_DEEP * np.cos(angle) * out
        return np.stack([x, y - away, z], -1)

    u = np.linspace(-1, 1, detail.segments(90, 40))
    face = panel(half[:, None] * u, heights[:, None])
    parts = [laid(sheet(face, 0.0022, cloth, extent), extent)]
    for side in (-0.965, 0.965):
        parts.append(stitches(panel(half * side, heights, 0.0016)[2:-2], thread, radius=0.0007))
    pocket_z, pocket_s = np.linspace(waist - 0.25, waist - 0.07, 24), np.linspace(-0.15, 0.15, 40)
    pocket = panel(pocket_s[None], pocket_z[:, None], 0.006)
    parts.append(laid(sheet(pocket, 0.002, plain if cloth.texture is None else cloth, extent), extent))
    around = [(s, pocket_z[0] + 0.006) for s in np.linspace(-0.146, 0.146, 30)]
    sides = [(-0.146, z) for z in pocket_z[::-1]] + around + [(0.146, z) for z in pocket_z]
    s, z = np.array(sides).T
    parts.append(stitches(panel(s, z, 0.0078), thread, radius=0.0007))
    middle = np.zeros(12), np.linspace(pocket_z[0] + 0.006, pocket_z[-1], 12)
    parts.append(stitches(panel(*middle, 0.0078), thread, radius=0.0007))
    return [*parts, *_ties(waist, top if bib else None, face, tie)]


def _ties(waist: float, top: float | None, face: NDArray[np.float64], tie: Material) -> list[Part]:
    parts = []
    up = (0, 0, 1.0)
    row = int(np.argmin(np.abs(face[:, 0, 2] - waist)))
    for side, edge in ((-1, face[row, 0]), (1, face[row, -1])):
        back = [edge, (side * 0.175, 0.055, waist + 0.004), (side * 0.10, 0.118, waist), (0, 0.135, waist - 0.004)]
        parts.append(belt(smooth_path(back, 40), up, 0.024, 0.0022, tie))
        loop = [
            (0, 0.140, waist),
            (side * 0.05, 0.150, waist + 0.028),
            (side * 0.10, 0.152, waist + 0.004),
            (side * 0.052, 0.148, waist - 0.016),
            (0, 0.141, waist - 0.002),
        ]
        parts.append(belt(smooth_path(loop, 50), up, 0.022, 0.0022, tie))
        end = [
            (0, 0.140, waist),
            (side * 0.02, 0.148, waist - 0.06),
            (side * 0.045, 0.146, waist - 0.16),
            (side * 0.05, 0.150, waist - 0.27),
        ]
        parts.append(belt(smooth_path(end, 40), (1.0, 0, 0), 0.024, 0.0022, tie))
    if top is not None:
        left = face[-1, 1]
        neck = [
            np.subtract(left, [0, 0, 0.02]),
            np.add(left, [0.012, 0.03, 0.075]),
            (-0.062, 0.045, top + 0.135),
            (0, 0.075, top + 0.150),
        ]
        way = smooth_path([*neck, *[(-p[0], p[1], p[2]) for p in np.array(neck)[-2::-1]]], 70)
        parts.append(belt(way, (0, 0.55, 0.3), 0.024, 0.0022, tie))
    return parts
