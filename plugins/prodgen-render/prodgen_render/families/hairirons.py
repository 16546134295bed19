"""Hair straightener and curling iron, lying before the viewer."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import loft, rounded_rectangle, slab, smooth_path, tube

_CURLS = ("curling", "curler", "wand", "tong", "tongs", "waver", "卷发棒", "卷发器", "电卷棒")
_PLASTICS = ("matte plastic", "plastic")


def hair_iron(look: Look) -> list[Part]:
    """Two hinged arms with a heated plate each; a heated barrel with a clip where the words speak of curls."""
    shell = look.solid(*_PLASTICS, default="#2b2c2f")
    dark = look.plain("rubber", "#1b1c1e").but(bump=None)
    return _curler(look, shell, dark) if look.says(_CURLS) else _straightener(look, shell, dark)


def _cord(dark: Material, x: float, z: float) -> list[Part]:
    """A flexible sleeve and the cord that lies in a bend behind."""
    bend = [
        (x + 0.03, 0, z),
        (x + 0.07, 0.01, 0.006),
        (x + 0.08, 0.07, 0.004),
        (x - 0.02, 0.10, 0.004),
        (x - 0.16, 0.095, 0.004),
    ]
    return [
        tube([(x, 0, z), (x + 0.034, 0, z - 0.002)], [0.0085, 0.0055], dark, segments=20),
        tube(smooth_path(bend, 60), 0.0032, dark, segments=12),
    ]


def _straightener(look: Look, shell: Material, dark: Material) -> list[Part]:
    long, wide, open_by = 0.285 * look.uniform(0.95, 1.06), 0.034 * look.uniform(0.9, 1.15), 9.0
    plate = look.plain("metal", look.accent(look.colour("#2b2c2f"), "#3a3b3e")).but(bump=None, roughness=0.25)
    trim = look.plain("metal").but(bump=None, roughness=0.2)
    # (distance from the tip, share of the width, thickness)
    rows = [
        (0.0, 0.55, 0.007),
        (0.004, 0.86, 0.012),
        (0.02, 1.0, 0.0155),
        (0.10, 1.0, 0.0165),
        (0.125, 0.86, 0.0165),
        (0.18, 0.76, 0.018),
        (long - 0.02, 0.74, 0.018),
        (long, 0.55, 0.014),
    ]
    at = smooth_path(rows, 60)
    half = rounded_rectangle(1.0, 1.0, 0.42)
    sections = np.stack(
        [np.c_[np.full(len(half), x), half[:, 0] * wide * share, (half[:, 1] + 0.5) * thick] for x, share, thick in at]
    )
    tip = [np.tile(sections[0].mean(0), (len(half), 1))[None], np.tile(sections[-1].mean(0), (len(half), 1))[None]]
    arm = [loft(np.concatenate([tip[0], sections, tip[1]]), shell)]
    heated = slab(rounded_rectangle(0.092, wide * 0.78, 0.004), 0.0036, 0.001, plate).moved(x=0.060, z=-0.0022)
    ring = tube([(0.118, 0, 0.0082), (0.122, 0, 0.0082)], wide * 0.47, trim, flatten=0.54, segments=40, up=(0, 0, 1))
    arm += [heated, ring]
    keys = [
        lathe([(1e-4, 0), (0.0052, 0), (0.0045, 0.002), (1e-4, 0.0022)], [0, 0.0006, 0.0008, 0], trim, 32).moved(
            x=x, z=0.0172
        )
        for x in (0.158, 0.176)
    ]
    lower = [part.scaled(1, 1, -1) for part in arm]
    upper = [*arm, *keys]

    def hinged(part: Part, turn: float) -> Part:
        return part.moved(x=-long).turned(turn, "y").moved(x=long / 2, z=0.035)

    parts = [hinged(part, open_by / 2) for part in upper] + [hinged(part, -open_by / 2) for part in lower]
    hub = tube([(0, -wide * 0.36, 0), (0, wide * 0.36, 0)], 0.0165, dark, segments=32).moved(
        x=long / 2 - 0.012, z=0.035
    )
    laid = [part.turned(-open_by / 2, "y").moved(z=-0.006) for part in [*parts, hub]]
    low = min(float(part.vertices[:, 2].min()) for part in laid)
    return [*(part.moved(z=-low) for part in laid), *_cord(dark, long / 2 + 0.002, 0.026)]


def _curler(look: Look, shell: Material, dark: Material) -> list[Part]:
    """A handle that carries a tapering or straight barrel, a clip along it and a cool tip."""
    clipped = not look.says(("wand", "无夹"))
    barrel = look.plain("metal", look.accent(look.colour("#2b2c2f"), "#c9cacc")).but(bump=None, roughness=0.22)
    thick = 0.0155 * look.uniform(0.9, 1.1)
    end = thick if clipped else thick * 0.62
    handle = [(1e-4, 0), (0.0125, 0.0), (0.0150, 0.03), (0.0140, 0.10), (0.0175, 0.142), (0.0175, 0.15), (1e-4, 0.15)]
    parts = [
        lathe(handle, [0, 0.004, 0.03, 0.03, 0.004, 0.002, 0], shell),
        lathe([(thick, 0.15), (end, 0.305), (1e-4, 0.306)], [0, 0.003, 0], barrel),
        lathe([(1e-4, 0.303), (end * 0.9, 0.304), (end * 0.8, 0.330), (1e-4, 0.334)], [0, 0.002, 0.006, 0], dark),
        lathe([(thick * 1.12, 0.144), (thick * 1.12, 0.158), (thick, 0.160)], 0.001, dark, 64),
    ]
    if clipped:
        angle = np.linspace(-0.85, 0.85, 24)
        z = np.linspace(0.135, 0.300, 40)
        out = thick + 0.0016 + 0.006 * np.clip((0.170 - z) / 0.035, 0, 1) ** 2
        shape = np.stack(
            [
                np.sin(angle) * np.ones((40, 1)) * out[:, None],
                -np.cos(angle) * out[:, None],
                np.broadcast_to(z[:, None], (40, 24)),
            ],
            -1,
        )
        inner = shape * [0.94, 0.94, 1]
        parts.append(loft(np.concatenate([shape, inner[:, ::-1]], 1), barrel))
        lever = smooth_path([(0, -thick - 0.004, 0.145), (0, -thick - 0.012, 0.125), (0, -thick - 0.016, 0.095)], 20)
        parts.append(tube(lever, 0.008, dark, flatten=0.35, up=(0, 1, 0), segments=20))
    key = slab(rounded_rectangle(0.008, 0.016, 0.0038), 0.003, 0.001, dark).turned(90, "x").moved(y=-0.0135, z=0.075)
    # The tip to the left, the clip up.
    laid = [part.turned(-90, "x").turned(90, "z").moved(x=0.165, z=0.020) for part in [*parts, key]]
    return [*laid, *_cord(dark, 0.166, 0.020)]
