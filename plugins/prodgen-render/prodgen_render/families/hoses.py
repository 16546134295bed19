"""Garden hoses."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import rounded_path, smooth_path, tube

_SIDES = 9
"""Turns that lie on one another, in rings of three."""


def garden_hose(look: Look) -> list[Part]:
    """A hose in a coil that stands on its edge and leans back, tied twice, with a nozzle at its outer end."""
    skin = look.main("rubber", "plastic", "nylon", extent=(0.09, 0.09), default="#3f8a55", period=0.03).but(
        roughness=0.5
    )
    thick, inner = 0.0100, 0.150 * look.uniform(0.95, 1.05)
    lines = []
    for turn in range(_SIDES):
        layer, place = divmod(turn, 3)
        a = np.linspace(0, 2 * np.pi, 100, endpoint=turn == _SIDES - 1) - np.pi / 2
        nxt_layer, nxt_place = divmod(turn + 1, 3) if turn < _SIDES - 1 else (layer, place)
        # It steps over to the next turn within the last quarter of its own.
        step = np.clip((np.linspace(0, 1, len(a)) - 0.75) / 0.25, 0, 1)
        step = step * step * (3 - 2 * step)
        out = inner + 2 * thick * ((1 - step) * layer + step * nxt_layer)
        up = (
            2
            * thick
            * (
                (1 - step) * (place if layer % 2 == 0 else 2 - place)
                + step * (nxt_place if nxt_layer % 2 == 0 else 2 - nxt_place)
            )
        )
        lines.append(np.stack([out * np.cos(a), out * np.sin(a), up], -1))
    coil = np.concatenate(lines)
    tail = coil[-1] + np.array(
        [(0.02, -0.001, 0.001), (0.09, -0.010, 0.006), (0.150, -0.004, 0.010), (0.200, 0.014, 0.010)]
    )
    line = np.concatenate([coil, smooth_path(np.concatenate([coil[-1:], tail]), 40)[1:]])
    parts = [tube(line, thick, skin, segments=20)]
    heading = (line[-1] - line[-4]) / np.linalg.norm(line[-1] - line[-4])
    turn_by = float(np.degrees(np.arctan2(heading[1], heading[0])))
    parts += [p.turned(90, "y").turned(turn_by).moved(*line[-1]) for p in _nozzle(look, thick)]
    start = [p.turned(90, "y").turned(180).moved(*line[0]) for p in _socket(look, thick)]
    tie = look.plain("nylon", "#1d1d1f").but(bump=None)
    for angle in (0.25 * np.pi, 0.75 * np.pi):
        low, high = inner - thick - 0.002, inner + 5 * thick + 0.002
        loop = rounded_path([(low, 2 * thick), (low, -thick - 0.002), (high, -thick - 0.002), (high, 5 * thick + 0.002), (low, 5 * thick + 0.002), (low, 2 * thick)], 0.008)  # fmt: skip
        way = np.stack([loop[:, 0], 0 * loop[:, 0], loop[:, 1]], -1)
        parts.append(
            tube(way[:-1], 0.0075, tie, flatten=0.22, closed=True, up=(0, 1, 0), segments=16).turned(
                float(np.degrees(angle))
            )
        )
    return [part.turned(68, "x").moved(z=0.23) for part in (*parts, *start)]


def _socket(look: Look, thick: float) -> list[Part]:
    """A quick coupling about z from the origin."""
    grey, orange = look.plain("matte plastic", "#2c2e31"), look.plain("plastic", "#ef7d1a").but(bump=None)
    ridged = [(thick * (1.45 + 0.10 * (k % 2)), 0.002 + 0.0016 * k) for k in range(12)]
    return [
        lathe([(thick, -0.001), *ridged, (thick * 1.3, 0.022)], 0.0003, grey, 64),
        lathe(
            [(thick * 1.36, 0.021), (thick * 1.36, 0.040), (thick * 1.1, 0.044), (thick * 0.8, 0.044)],
            0.0015,
            orange,
            64,
        ),
    ]


def _nozzle(look: Look, thick: float) -> list[Part]:
    """A coupling with a spray nozzle on it."""
    orange = look.plain("plastic", "#ef7d1a").but(bump=None)
    dark: Material = look.plain("matte plastic", "#2c2e31")
    body = [(thick * 1.0, 0.042), (thick * 1.05, 0.070), (thick * 0.95, 0.090), (thick * 1.55, 0.096), (thick * 1.55, 0.118), (thick * 0.85, 0.132), (thick * 0.4, 0.132)]  # fmt: skip
    band = [(thick * 1.60, 0.099), (thick * 1.68, 0.101), (thick * 1.68, 0.113), (thick * 1.60, 0.115)]
    return [*_socket(look, thick), lathe(body, 0.003, dark, 64), lathe(band, 0.001, orange, 64)]
