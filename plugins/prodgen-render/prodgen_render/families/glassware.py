"""Drinking glass, wine glass and travel mug."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import refine, revolve, rounded_path, smooth_path

_STEMMED = ("wine", "champagne", "goblet", "flute", "cocktail", "martini", "红酒", "香槟", "高脚")
_FLASKS = ("steel", "matte plastic", "plastic", "aluminium", "bamboo", "glass", "ceramic")


def drinking_glass(look: Look) -> list[Part]:
    """An empty glass; for wine on a stem."""
    glass = look.plain("glass", look.colour("#f4f8f8"))
    look.note(look.colour("#f4f8f8"), "glass")
    if look.says(_STEMMED):
        return _stemmed(look, glass)
    radius, high = 0.038 * look.uniform(0.92, 1.1), 0.11 * look.uniform(0.8, 1.25)
    foot = radius * look.uniform(0.78, 0.98)
    outer = rounded_path([(1e-4, 0), (foot, 0), (radius, high)], [0, 0.005, 0])
    inner = rounded_path([(radius - 0.0022, high), (foot - 0.0025, 0.010), (1e-4, 0.010)], [0, 0.006, 0])
    return [revolve(refine(np.concatenate([outer, _lip(radius, high), inner]), 0.006), glass, 112)]


def _stemmed(look: Look, glass: Material) -> list[Part]:
    stem, bowl = 0.095 * look.uniform(0.85, 1.15), 0.042 * look.uniform(0.9, 1.15)
    high = stem + bowl * look.uniform(2.1, 2.9)
    belly = smooth_path(
        [(0.005, stem), (bowl * 0.82, stem + bowl * 0.55), (bowl, stem + bowl * 1.15), (bowl * 0.74, high)], 40
    )
    foot = rounded_path(
        [(1e-4, 0), (bowl * 0.92, 0), (bowl * 0.92, 0.002), (0.006, 0.009), (0.0042, 0.03), (0.0042, stem - 0.012)],
        [0, 0.0008, 0.0008, 0.02, 0.01, 0],
    )
    inside = belly[::-1] - [0.0016, 0]
    inside = np.concatenate([inside[(inside[:, 1] > stem + 0.004) & (inside[:, 0] > 0.004)], [[1e-4, stem + 0.005]]])
    return [
        revolve(
            refine(np.concatenate([foot, belly, _lip(float(belly[-1, 0]), high, 0.0016), inside]), 0.005), glass, 112
        )
    ]


def _lip(radius: float, high: float, wall: float = 0.0022) -> Floats:
    angle = np.linspace(0, np.pi, 7)[1:-1]
    return np.stack([radius - wall / 2 + np.cos(angle) * wall / 2, high + np.sin(angle) * wall / 2], -1)


def travel_mug(look: Look) -> list[Part]:
    """An insulated cup without handle, with a lid to drink through."""
    radius, high = 0.041 * look.uniform(0.94, 1.06), 0.175 * look.uniform(0.9, 1.1) * look.tallness(450, 0)
    body = look.main(*_FLASKS, extent=(2 * np.pi * radius, high), period=0.04)
    skin = lathe(
        [(1e-4, 0), (radius * 0.76, 0), (radius * 0.82, high * 0.4), (radius, high * 0.86), (radius, high * 0.92)],
        [0, 0.004, 0.06, 0.03, 0],
        body,
        112,
    )
    steel = lathe([(radius * 1.002, high * 0.90), (radius * 1.002, high * 0.925)], 0, look.plain("steel"), 96)
    dark = mix(look.colour("#3a3d42"), (0, 0, 0), 0.7)
    cover = look.part("lid", look.plain("plastic", dark), metal=True)
    lid = lathe(
        [
            (radius * 1.03, high * 0.915),
            (radius * 1.04, high * 0.975),
            (radius * 0.93, high),
            (radius * 0.88, high * 0.985),
            (1e-4, high * 0.985),
        ],
        [0, 0.003, 0.004, 0.002, 0],
        cover,
        112,
    )
    tab = lathe(
        [(1e-4, high * 0.985), (0.011, high * 0.985), (0.010, high * 1.03), (1e-4, high * 1.035)],
        [0, 0.001, 0.003, 0],
        cover,
        40,
    )
    return [skin, steel, lid, tab.moved(y=-radius * 0.45)]
