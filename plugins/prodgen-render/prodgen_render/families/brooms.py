"""Brooms and mops."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.families.sewn import sheet
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import box, rounded_rectangle, slab, smooth_path, superellipse, tube

_MOPS = ("mop", "拖把", "平板拖")
_STRINGS = ("string", "cotton mop", "棉线", "布条", "圆头", "spin mop", "旋转拖把")


def broom(look: Look) -> list[Part]:
    """A broom with its dustpan; a flat mop, or one of strings, where the words say so."""
    shell = look.solid("plastic", "matte plastic", "wood", "bamboo", default="#1f7f86")
    pole = look.part(
        "handle",
        look.plain("wood")
        if look.material_name in ("wood", "bamboo")
        else look.plain("aluminium", "#d4d7da").but(bump=None),
    )
    long = 1.22 * look.uniform(0.96, 1.04)
    stick = [
        tube([(0, 0, 0.10), (0, 0, long)], 0.0115, pole, segments=22),
        tube([(0, 0, long - 0.16), (0, 0, long)], 0.0150, shell, segments=22),
        lathe([(0.012, 0.085), (0.022, 0.070), (0.016, 0.150), (0.0118, 0.152)], 0.004, shell, 40),
    ]
    if look.says(_MOPS):
        head = _strings(look) if look.says(_STRINGS) else _flat(look, shell.but(texture=None))
        return [*(part.turned(-9, "x").moved(z=-0.02) for part in stick), *head]
    return [*(part.moved(x=-0.10) for part in [*stick, *_bristles(look, shell)]), *_dustpan(look, shell)]


def _bristles(look: Look, shell: Material) -> list[Part]:
    hair = look.plain("nylon", mix(look.colour("#1f7f86"), (40, 42, 46), 0.7)).but(bump=None)
    parts = [slab(superellipse(0.27, 0.055, 3.5), 0.050, 0.018, shell).moved(z=0.085)]
    rng = np.random.default_rng(4)
    for x in np.linspace(-0.122, 0.122, 26):
        for y in (-0.014, 0.0, 0.014):
            lean = np.array([x * 0.24 + rng.normal(0, 0.004), y * 0.7 + rng.normal(0, 0.003), 0])
            low = np.array([x, y, 0.0]) + lean
            parts.append(
                tube(
                    smooth_path(np.vstack([(x, y, 0.095), np.array([x, y, 0.05]) + 0.45 * lean, low]), 5),
                    [0.0042] * 3 + [0.0046, 0.0038],
                    hair,
                    segments=6,
                )
            )
    return parts


def _dustpan(look: Look, shell: Material) -> list[Part]:
    place = (0.20, -0.06)
    u, v = np.meshgrid(np.linspace(-1, 1, 30), np.linspace(0, 1, 24))
    wall = 0.075 * np.clip((np.abs(u) - 0.88) / 0.12, 0, 1) * np.clip(v * 1.6, 0, 1) + 0.085 * np.clip(
        (v - 0.86) / 0.14, 0, 1
    )
    grid = np.stack([0.140 * u * (1 - 0.10 * v), -0.11 + 0.22 * v, 0.004 + 0.012 * v + wall], -1)
    grip = smooth_path([(0, 0.105, 0.085), (0, 0.135, 0.12), (0, 0.215, 0.16)], 20)
    pan = [
        sheet(grid, 0.0035, shell, (0.2, 0.2)),
        tube(grip, np.linspace(0.016, 0.013, 20), shell, flatten=0.7, segments=18),
    ]
    lip = [(-0.139, -0.111, 0.004), (0.139, -0.111, 0.004)]
    pan.append(tube(lip, 0.0035, look.plain("rubber", "#26272a"), segments=10))
    return [part.moved(*place) for part in pan]


def _flat(look: Look, shell: Material) -> list[Part]:
    cloth = look.plain("wool", look.accent(look.colour("#1f7f86"), "#e9ecee"))
    pad = slab(rounded_rectangle(0.42, 0.135, 0.03), 0.020, 0.010, cloth)
    plate = slab(rounded_rectangle(0.38, 0.095, 0.03), 0.014, 0.005, shell)
    joint = [part.moved(z=0.030) for part in box((0.05, 0.045, 0.030), 0.010, shell, cells=4)]
    return [pad, plate.moved(z=0.018), *joint, tube([(0, 0.0, 0.05), (0, 0.012, 0.085)], 0.014, shell, segments=20)]


def _strings(look: Look) -> list[Part]:
    cord = look.plain("wool", look.accent(look.colour("#1f7f86"), "#eef0f0"))
    disc = look.plain("plastic", look.colour("#1f7f86"))
    parts = [
        lathe(
            [(1e-4, 0.055), (0.070, 0.055), (0.075, 0.066), (0.030, 0.085), (1e-4, 0.088)],
            [0, 0.003, 0.004, 0.01, 0],
            disc,
            72,
        )
    ]
    rng = np.random.default_rng(7)
    for number in range(110):
        a = 2 * np.pi * number / 110 + rng.normal(0, 0.05)
        reach = 0.150 + 0.05 * rng.random()
        start = 0.030 + 0.042 * rng.random()
        out = np.array([np.cos(a), np.sin(a), 0])
        way = [
            out * start + [0, 0, 0.056],
            out * (start + 0.035) + [0, 0, 0.046],
            out * (0.11 + 0.03 * rng.random()) + [0, 0, 0.012],
            out * reach + [0, 0, 0.0045 + 0.004 * rng.random()],
        ]
        parts.append(tube(smooth_path(way, 10), 0.0050, cord, segments=6))
    return parts
