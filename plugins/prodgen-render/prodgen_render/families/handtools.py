"""Tools: drill, hammer and screwdriver."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import box, loft, smooth_path, superellipse, tube
from prodgen_render.shapes.implicit import capsule, cut, ellipsoid, join, mesh

_PLASTICS = ("matte plastic", "plastic")


def _swept(rows: Sequence[tuple[float, ...]], axis: str, material: Material, power: float = 2.8) -> Part:
    """A body whose sections are superellipses: place along it, two coordinates of their middle, and their two sides."""
    outline = superellipse(1.0, 1.0, power, 64)
    sections = []
    for at, a, b, wide, high in smooth_path(rows, 60):
        first, second = a + outline[:, 0] * max(wide, 1e-4), b + outline[:, 1] * max(high, 1e-4)
        along = np.full(64, at)
        sections.append(np.column_stack([along, first, second] if axis == "x" else [first, second, along]))
    return loft(np.stack(sections), material)


def drill(look: Look) -> list[Part]:
    """A cordless drill on its battery, its chuck with a bit to the left; grip and vents in black."""
    size = look.uniform(0.95, 1.06)
    shell = look.solid(*_PLASTICS, default="#1f7f86")
    dark = look.plain("matte plastic", look.accent(look.colour("#1f7f86"), "#202124"))
    rubber = look.plain("rubber", "#1b1c1e").but(bump=None)
    steel = look.plain("steel").but(bump=None, roughness=0.22)
    high = 0.188
    motor = [
        (-0.062, 0, high, 0.046, 0.046), (-0.060, 0, high, 0.056, 0.056), (-0.020, 0, high, 0.064, 0.066), (0.030, 0, high, 0.066, 0.070),
        (0.078, 0, high - 0.001, 0.064, 0.066), (0.092, 0, high - 0.001, 0.052, 0.054), (0.094, 0, high - 0.001, 1e-3, 1e-3),
    ]  # fmt: skip
    grip = [
        (0.052, 0.046, 0, 0.052, 0.040), (0.085, 0.037, 0, 0.044, 0.036), (0.120, 0.028, 0, 0.043, 0.036), (0.150, 0.020, 0, 0.052, 0.040), (0.178, 0.012, 0, 0.075, 0.046),
    ]  # fmt: skip
    parts = [_swept(motor, "x", shell), _swept(grip, "z", shell)]
    pad = [(z, x + 0.006, y, wide * 0.94, deep * 1.06) for z, x, y, wide, deep in grip[:4]]
    parts.append(_swept(pad, "z", rubber))
    foot = [
        (0.044, 0.028, 0, 0.118, 0.066),
        (0.056, 0.030, 0, 0.116, 0.064),
        (0.066, 0.040, 0, 0.064, 0.046),
        (0.068, 0.042, 0, 1e-3, 1e-3),
    ]
    parts.append(_swept(foot, "z", shell, 4.0))
    cell = [
        (0.0, 0.028, 0, 1e-3, 1e-3),
        (0.001, 0.028, 0, 0.112, 0.064),
        (0.006, 0.028, 0, 0.122, 0.072),
        (0.036, 0.028, 0, 0.124, 0.074),
        (0.044, 0.028, 0, 0.118, 0.068),
    ]
    parts.append(_swept(cell, "z", dark, 5.0))
    parts += [p.moved(-0.034, 0, 0.018) for p in box((0.006, 0.034, 0.016), 0.002, rubber, cells=3)]
    # Ring of torques and chuck.
    turned = [
        lathe(
            [(1e-4, 0.0), (0.0290, 0.0), (0.0300, 0.004), (0.0300, 0.020), (0.0275, 0.024), (1e-4, 0.024)],
            [0, 0.002, 0.002, 0.002, 0.002, 0],
            dark,
            96,
        ),
        lathe(
            [
                (1e-4, 0.023),
                (0.0215, 0.023),
                (0.0215, 0.046),
                (0.0200, 0.049),
                (0.0110, 0.068),
                (0.0085, 0.069),
                (1e-4, 0.069),
            ],
            [0, 0.001, 0.001, 0.002, 0.002, 0.001, 0],
            rubber,
            96,
        ),
        lathe([(0.0214, 0.047), (0.0224, 0.048), (0.0224, 0.0515), (0.0186, 0.054)], 0.0005, steel, 72),
        lathe(
            [(1e-4, 0.066), (0.0060, 0.066), (0.0060, 0.072), (0.0030, 0.074), (0.0030, 0.118), (1e-4, 0.124)],
            [0, 0.0004, 0.0006, 0.0006, 0.0004, 0],
            steel,
            32,
        ),
    ]
    for number in range(24):
        angle = 2 * np.pi * number / 24
        place = 0.0302 * np.array([np.cos(angle), np.sin(angle)])
        turned.append(tube([(*place, 0.005), (*place, 0.018)], 0.0011, rubber, segments=6))
    for number in range(12):
        angle = 2 * np.pi * number / 12
        place = 0.0214 * np.array([np.cos(angle), np.sin(angle)])
        turned.append(tube([(*place, 0.026), (*place, 0.044)], 0.0012, rubber, segments=6))
    groove = np.linspace(0, 1, 60)
    flute = np.column_stack([0.0030 * np.cos(groove * 22), 0.0030 * np.sin(groove * 22), 0.076 + 0.040 * groove])
    turned.append(tube(flute, 0.0009, look.plain("metal", "#6a6c70").but(bump=None), segments=8))
    parts += [part.turned(-90, "y").moved(x=-0.060, z=high) for part in turned]
    trigger = [
        (0.124, 0.002, 0, 0.012, 0.016),
        (0.132, -0.005, 0, 0.018, 0.019),
        (0.150, -0.013, 0, 0.020, 0.020),
        (0.160, -0.014, 0, 0.014, 0.018),
    ]
    parts.append(_swept(trigger, "z", dark))
    for side in (-1, 1):
        parts += [p.moved(0.012, side * 0.0225, 0.158) for p in box((0.014, 0.004, 0.010), 0.002, rubber, cells=3)]
        for number in range(5):
            x = 0.048 + 0.0075 * number
            parts.append(
                tube(
                    [(x, side * 0.0318, high - 0.014), (x + 0.004, side * 0.0318, high + 0.016)],
                    0.0018,
                    rubber,
                    segments=8,
                    flatten=0.6,
                    up=(0, 1, 0),
                )
            )
    parts += [p.moved(0.028, 0, high + 0.026) for p in box((0.052, 0.022, 0.010), 0.003, dark, cells=4)]
    return [part.scaled(size) for part in parts]


def hammer(look: Look) -> list[Part]:
    """A claw hammer that stands on the end of its handle; a mallet of rubber where the words say so."""
    mallet = look.says(("mallet", "rubber hammer", "橡皮锤", "橡胶锤", "木锤"))
    long = 0.33 * look.uniform(0.94, 1.05)
    steel = look.plain("steel").but(roughness=0.35)
    wooden = look.material_name in ("wood", "walnut", "bamboo") or (
        not look.material_name and not look.colour_name and look.chance(0.5)
    )
    handle = look.part(
        "handle",
        look.main("wood", "walnut", "bamboo", extent=(0.1, 0.33))
        if wooden
        else look.solid("rubber", "plastic", default="#e9802c").but(bump=None),
    )
    rows = [
        (0.004, 0, 0, 0.020, 0.026),
        (0.0, 0, 0, 0.026, 0.034),
        (0.02, 0, 0, 0.029, 0.038),
        (0.06, 0, 0, 0.024, 0.032),
        (0.11, 0, 0, 0.027, 0.036),
        (0.15, 0, 0, 0.020, 0.027),
        (long - 0.03, 0, 0, 0.018, 0.024),
        (long + 0.012, 0, 0, 0.0175, 0.023),
        (long + 0.013, 0, 0, 1e-3, 1e-3),
    ]
    stem = [(z, b, a, high, wide) for z, a, b, wide, high in rows]
    parts = []
    if wooden:
        parts.append(_swept(stem, "z", handle, 2.4))
    else:
        parts.append(_swept([*stem[:6], (0.152, 0, 0, 1e-3, 1e-3)], "z", handle, 2.4))
        parts.append(
            _swept(
                [(0.14, 0, 0, 0.023, 0.015), (long + 0.012, 0, 0, 0.021, 0.014), (long + 0.013, 0, 0, 1e-3, 1e-3)],
                "z",
                steel,
                2.6,
            )
        )
        for z in (0.03, 0.045, 0.085, 0.10, 0.115):
            ring = superellipse(
                np.interp(z, [0.02, 0.06, 0.11], [0.0385, 0.0325, 0.0365]),
                np.interp(z, [0.02, 0.06, 0.11], [0.0295, 0.0245, 0.0275]),
                2.4,
                48,
            )
            parts.append(
                tube(
                    np.column_stack([ring, np.full(48, z)]),
                    0.0011,
                    look.plain("rubber", "#1b1c1e"),
                    segments=8,
                    closed=True,
                )
            )
    if mallet:
        head = lathe(
            [(1e-4, -0.052), (0.030, -0.052), (0.0325, 0.0), (0.030, 0.052), (1e-4, 0.052)],
            [0, 0.006, 0.03, 0.006, 0],
            look.plain("rubber", "#1d1e20"),
            72,
        )
        return [*parts, head.turned(90, "y").moved(z=long - 0.004)]

    def field(p: Floats) -> Floats:
        eye = ellipsoid(p, (0, 0, long), (0.019, 0.016, 0.021))
        neck = capsule(p, (-0.015, 0, long), (-0.040, 0, long), 0.0120, 0.0105)
        face = np.maximum(capsule(p, (-0.044, 0, long), (-0.060, 0, long), 0.0150), -0.062 - p[:, 0])
        out = join(join(eye, neck, 0.012), face, 0.006)
        # The claw bends down and thins out to its edge; a notch parts it.
        x = np.clip(p[:, 0], 0, 0.085)
        middle = long + 0.004 - 5.2 * x**2
        thick = np.interp(x, [0, 0.03, 0.075], [0.013, 0.0085, 0.0022])
        wide = np.interp(x, [0, 0.03, 0.075], [0.012, 0.0135, 0.0165])
        claw = np.maximum(
            np.maximum(np.abs(p[:, 2] - middle) * 0.8 - thick, np.abs(p[:, 1]) - wide),
            np.maximum(p[:, 0] - 0.076, -p[:, 0]),
        )
        notch = np.abs(p[:, 1]) - np.interp(x, [0.028, 0.045, 0.085], [-0.004, 0.0022, 0.0062])
        claw = cut(claw, notch, 0.002)
        return join(out, claw, 0.006)

    head = mesh(field, (-0.07, -0.026, long - 0.06), (0.09, 0.026, long + 0.032), 0.0026, steel)
    return [*parts, head]


def screwdriver(look: Look) -> list[Part]:
    """One that lies before the viewer: a fluted handle in two colours, and a shaft with a flat or a crossed tip."""
    size = look.uniform(0.92, 1.1)
    body = look.part("handle", look.solid("plastic", "matte plastic", "wood", "rubber", default="#c3272b"))
    soft = look.plain("rubber", look.accent(look.colour("#c3272b"), "#1b1c1e")).but(bump=None)
    steel = look.plain("steel").but(bump=None, roughness=0.2)
    handle = [
        (1e-4, 0.0),
        (0.0105, 0.0),
        (0.0135, 0.012),
        (0.0150, 0.040),
        (0.0145, 0.070),
        (0.0095, 0.092),
        (0.0125, 0.104),
        (0.0085, 0.110),
        (1e-4, 0.110),
    ]
    parts = [lathe(handle, [0, 0.006, 0.01, 0.02, 0.02, 0.008, 0.003, 0.002, 0], body, 96)]
    for number in range(6):
        angle = 2 * np.pi * number / 6
        z = np.linspace(0.012, 0.074, 16)
        out = np.interp(z, [0.012, 0.040, 0.070, 0.074], [0.0125, 0.0140, 0.0137, 0.0128])
        strip = np.column_stack([out * np.cos(angle), out * np.sin(angle), z])
        parts.append(tube(strip, 0.0036, soft, segments=14, flatten=0.6, up=(np.cos(angle), np.sin(angle), 0)))
    shaft = [(1e-4, 0.108), (0.0030, 0.108), (0.0030, 0.205), (1e-4, 0.206)]
    parts.append(lathe(shaft, [0, 0.0004, 0.0008, 0], steel, 40))
    if look.says(("phillips", "cross", "十字")):
        parts.append(lathe([(0.0030, 0.203), (0.0012, 0.214), (1e-4, 0.216)], 0.0006, steel, 24))
    else:
        rows: NDArray[np.float64] = smooth_path(
            [
                (0.196, 0, 0, 0.0058, 0.0058),
                (0.204, 0, 0, 0.0066, 0.0040),
                (0.216, 0, 0, 0.0060, 0.0011),
                (0.2165, 0, 0, 1e-3, 1e-3),
            ],
            20,
        )
        parts.append(_swept([tuple(row) for row in rows], "z", steel, 4.0))
    return [part.turned(-90, "y").moved(x=0.108, z=0.0178).turned(-14).scaled(size) for part in parts]
