"""Pots that make coffee without a plug: French press and moka pot."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.finishes import linear
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import smooth_path, tube

_MOKA = ("moka", "stovetop", "摩卡")


def coffee_pot(look: Look) -> list[Part]:
    """A French press with coffee in it; a moka pot where the words say so."""
    size = look.uniform(0.93, 1.08)
    return [part.scaled(float(size)) for part in (_moka(look) if look.says(_MOKA) else _press(look))]


def _press(look: Look) -> list[Part]:
    frame = look.solid("steel", "metal", "copper", "brass", "matte plastic", default="#c9cbcd")
    frame = frame.but(bump=None)
    dark = look.part("handle", look.plain("matte plastic", "#1d1e20"))
    wide, high = 0.048, 0.170
    glass = look.plain("glass", (244, 249, 248))
    outside = [(1e-4, 0.012), (wide * 0.96, 0.012), (wide, 0.018), (wide, high)]
    inside = [(wide - 0.0025, high), (wide - 0.0025, 0.019), (1e-4, 0.015)]
    parts = [lathe(outside + inside, [0, 0.006, 0.004, 0.001, 0.001, 0.005, 0], glass, 112)]
    coffee = Material("liquid", linear((38, 20, 12)), 0.15)
    parts.append(
        lathe(
            [(1e-4, 0.0155), (wide - 0.003, 0.019), (wide - 0.003, 0.112), (1e-4, 0.112)], [0, 0.004, 0, 0], coffee, 96
        )
    )
    for z, thick in ((0.010, 0.004), (0.060, 0.0032), (high - 0.012, 0.0045)):
        band = [
            (wide * 1.006, z - thick),
            (wide * 1.035, z - thick),
            (wide * 1.035, z + thick),
            (wide * 1.006, z + thick),
        ]
        parts.append(lathe(band, 0.001, frame, 96))
    for angle in (35, 145, 215, 325):
        a = np.radians(angle)
        place = wide * 1.045 * np.array([np.cos(a), np.sin(a)])
        parts.append(tube([(*place, 0.002), (*place, high - 0.012)], 0.0032, frame, segments=12, flatten=0.7))
    lid = [
        (wide * 1.05, high - 0.001),
        (wide * 1.06, high + 0.008),
        (wide * 0.7, high + 0.020),
        (0.010, high + 0.024),
        (1e-4, high + 0.024),
    ]
    parts += [
        lathe([(1e-4, high - 0.002), *lid], [0, 0.001, 0.006, 0.02, 0.004, 0], frame, 112),
        tube([(0, 0, high + 0.02), (0, 0, high + 0.062)], 0.0022, frame, segments=14),
        lathe(
            [
                (1e-4, high + 0.058),
                (0.0075, high + 0.060),
                (0.0125, high + 0.072),
                (0.009, high + 0.082),
                (1e-4, high + 0.084),
            ],
            [0, 0.002, 0.006, 0.005, 0],
            dark,
            48,
        ),
        lathe(
            [(1e-4, 0.118), (wide - 0.0035, 0.118), (wide - 0.0035, 0.121), (1e-4, 0.121)],
            [0, 0.0008, 0.0008, 0],
            frame,
            80,
        ),
        tube([(0, 0, 0.12), (0, 0, high)], 0.0018, frame, segments=10),
    ]
    way = smooth_path(
        [
            (wide * 1.02, 0, high - 0.012),
            (wide + 0.035, 0, high - 0.010),
            (wide + 0.046, 0, high - 0.050),
            (wide + 0.036, 0, 0.075),
            (wide * 1.02, 0, 0.058),
        ],
        50,
    )
    parts.append(tube(way, 0.0085, dark, flatten=1.3, segments=22, up=(0, 1, 0)))
    spout = smooth_path(
        [(-wide * 0.94, 0, high - 0.004), (-wide - 0.006, 0, high + 0.004), (-wide - 0.014, 0, high + 0.008)], 12
    )
    parts.append(tube(spout, np.linspace(0.013, 0.007, 12), frame, segments=18, flatten=0.5))
    return parts


def _moka(look: Look) -> list[Part]:
    metal = look.solid("aluminium", "steel", "lacquer", "copper", default="#c9cbcd").but(bump=None, roughness=0.3)
    dark = look.part("handle", look.plain("matte plastic", "#1c1d1f"))
    # Eight flat sides: rings of as many corners, (radius, height).
    rows = [
        (1e-4, 0.0),
        (0.050, 0.0),
        (0.052, 0.003),
        (0.039, 0.074),
        (0.036, 0.080),
        (0.036, 0.090),
        (0.038, 0.094),
        (0.053, 0.168),
        (0.0535, 0.170),
        (1e-4, 0.170),
    ]
    parts = [lathe(rows, [0, 0.002, 0.002, 0.004, 0.002, 0.002, 0.003, 0.002, 0.0008, 0], metal, 8)]
    parts.append(lathe([(0.0365, 0.079), (0.0425, 0.080), (0.0425, 0.089), (0.0365, 0.090)], 0.002, metal, 96))
    lid = [(1e-4, 0.169), (0.0535, 0.170), (0.0535, 0.174), (0.020, 0.186), (1e-4, 0.187)]
    parts.append(lathe(lid, [0, 0.001, 0.001, 0.004, 0], metal, 8))
    parts.append(
        lathe(
            [(1e-4, 0.184), (0.006, 0.186), (0.0095, 0.196), (0.006, 0.206), (1e-4, 0.207)],
            [0, 0.002, 0.005, 0.004, 0],
            dark,
            40,
        )
    )
    valve = lathe(
        [(1e-4, 0), (0.0065, 0), (0.0050, 0.006), (1e-4, 0.0065)],
        [0, 0.001, 0.001, 0],
        look.plain("brass").but(bump=None),
        32,
    )
    parts.append(valve.turned(90, "x").moved(y=-0.0415, z=0.045))
    spout = smooth_path([(-0.040, 0, 0.128), (-0.056, 0, 0.158), (-0.066, 0, 0.172)], 14)
    parts.append(tube(spout, np.linspace(0.015, 0.007, 14), metal, segments=18, flatten=0.62))
    way = smooth_path(
        [(0.046, 0, 0.164), (0.074, 0, 0.172), (0.100, 0, 0.158), (0.101, 0, 0.120), (0.090, 0, 0.088)], 44
    )
    parts.append(tube(way, np.linspace(0.0075, 0.0088, 44), dark, flatten=1.35, segments=20, up=(0, 1, 0)))
    return [part.turned(22.5) if len(part.vertices) < 900 else part for part in parts]
