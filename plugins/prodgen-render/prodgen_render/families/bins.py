"""Waste bin: with a pedal and a domed lid, or an open basket."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.families.whitegoods import block
from prodgen_render.looks.look import Look
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import smooth_path, tube

_OPEN = ("open", "waste paper", "wastepaper", "waste basket", "纸篓", "敞口", "无盖")


def waste_bin(look: Look) -> list[Part]:
    """A pedal bin; an open one where the words say so."""
    wide, high = 0.27 * look.uniform(0.92, 1.08), 0.42 * look.uniform(0.88, 1.15)
    # Steel of a colour is painted.
    painted = look.colour_name not in ("", "silver") and not look.material_name
    names = (
        ("lacquer", "steel", "plastic", "matte plastic")
        if painted
        else ("steel", "plastic", "matte plastic", "lacquer")
    )
    shell = look.main(*names, extent=(np.pi * wide, high))
    dark, radius = look.plain("matte plastic", "#1e1f21"), wide / 2
    if look.says(_OPEN):
        profile = [
            (1e-4, 0.004),
            (radius * 0.78, 0.004),
            (radius, high * 0.8),
            (radius - 0.003, high * 0.8),
            (radius * 0.78 - 0.003, 0.008),
            (1e-4, 0.008),
        ]
        return [lathe(profile, [0, 0.008, 0.0012, 0.0012, 0.006, 0], shell, 120)]
    body = high * 0.88
    parts = [
        lathe(
            [(1e-4, 0), (radius * 1.02, 0), (radius * 1.02, 0.028), (radius * 0.99, 0.032)],
            [0, 0.004, 0.003, 0],
            dark,
            120,
        ),
        lathe([(radius * 0.99, 0.03), (radius, 0.034), (radius, body)], 0.002, shell, 120),
        lathe(
            [
                (radius * 0.97, body),
                (radius * 1.015, body),
                (radius * 1.015, body + 0.014),
                (radius * 0.97, body + 0.016),
            ],
            0.003,
            dark,
            120,
        ),
        lathe(
            [(radius * 1.0, body + 0.016), (radius, body + 0.024), (radius * 0.72, high - 0.008), (1e-4, high)],
            [0, 0.008, 0.08, 0],
            look.part("lid", shell),
            120,
        ),
    ]
    pedal = smooth_path(
        [
            (-0.05, -radius - 0.002, 0.014),
            (-0.045, -radius - 0.036, 0.012),
            (0.045, -radius - 0.036, 0.012),
            (0.05, -radius - 0.002, 0.014),
        ],
        40,
    )
    parts.append(tube(pedal, 0.0055, look.plain("steel").but(bump=None), segments=16))
    parts += block((0.075, 0.026, 0.010), (0, -radius - 0.034, 0.010), dark, 0.004)
    parts += block((0.07, 0.016, 0.05), (0, radius + 0.004, body - 0.03), dark, 0.004)
    return parts
