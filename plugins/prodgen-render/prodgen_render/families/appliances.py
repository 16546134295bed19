"""Fan and air fryer."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import (
    loft,
    prism,
    rounded_path,
    rounded_rectangle,
    slab,
    smooth_path,
    superellipse,
    tube,
)

_PLASTICS = ("plastic", "matte plastic")
_STANDING = ("floor fan", "standing fan", "pedestal", "tower", "落地")
_TOWER = ("tower fan", "bladeless", "塔扇", "无叶")
_TWO_DRAWERS = (
    "dual zone", "dual-zone", "dual basket", "dual-basket", "dual drawer", "dual-drawer", "dual air fryer", "double drawer", "double basket",
    "two drawers", "two baskets", "2 drawers", "2 baskets", "2-basket", "2-drawer", "双篮", "双胆", "双锅", "双抽", "双仓",
)  # fmt: skip


def fan(look: Look) -> list[Part]:
    """A round grille before three blades, on a short stem, or on a pole that reaches the floor; a column where the words say tower."""
    if look.says(_TOWER):
        return _tower(look)
    radius = 0.15 * look.uniform(0.93, 1.1)
    stem = 0.80 if look.says(_STANDING) else 0.16
    shell = look.solid(*_PLASTICS, default="#f4f3ef")
    dark = look.plain("matte plastic", "#3a3b3e")
    middle = stem + radius + 0.02
    head = [*_cage(shell, radius), *_blades(look, radius), *_motor(shell)]
    parts = [part.turned(-6, "x").moved(z=middle) for part in head]
    base = lathe(
        [(1e-4, 0), (radius * 0.78, 0), (radius * 0.80, 0.008), (radius * 0.62, 0.022), (0.03, 0.034), (1e-4, 0.034)],
        [0, 0.003, 0.004, 0.02, 0.004, 0],
        shell,
    )
    pole = tube([(0, 0.03, 0.03), (0, 0.03, middle - 0.02)], np.array([0.017, 0.0145]), shell, segments=28)
    keys = [
        slab(rounded_rectangle(0.016, 0.010, 0.003), 0.005, 0.0015, dark).turned(10, "x").moved(x=x, y=-0.055, z=0.0225)
        for x in (-0.021, 0.0, 0.021)
    ]
    return [*parts, base.moved(y=0.02), pole, *keys]


def _tower(look: Look) -> list[Part]:
    """A slim column whose front blows through slats, on a round foot."""
    high, radius = 0.94 * look.uniform(0.92, 1.08), 0.072
    shell, dark = look.solid(*_PLASTICS, default="#f4f3ef"), look.plain("matte plastic", "#2b2c2f")
    outline = superellipse(2 * radius, 2.1 * radius, 2.6)
    low, top = 0.11, high - 0.075
    parts = [
        lathe(
            [(1e-4, 0), (0.148, 0), (0.150, 0.012), (0.055, 0.034), (1e-4, 0.034)], [0, 0.004, 0.008, 0.01, 0], shell
        ),
        slab(outline, high - 0.024, 0.012, shell).moved(z=0.024),
        slab(rounded_rectangle(1.16 * radius, top - low, 0.02), 0.008, 0.002, dark)
        .turned(90, "x")
        .moved(y=-1.05 * radius + 0.006, z=(low + top) / 2),
        lathe([(1e-4, 0), (0.030, 0), (0.028, 0.004), (1e-4, 0.0045)], [0, 0.001, 0.001, 0], dark, 48).moved(z=high),
    ]
    parts += [
        tube(
            [(x, -1.05 * radius - 0.002, low + 0.018), (x, -1.05 * radius - 0.002, top - 0.018)],
            0.0022,
            shell,
            segments=8,
        )
        for x in np.linspace(-0.48, 0.48, 9) * radius
    ]
    return parts


def _cage(shell: Material, radius: float) -> list[Part]:
    """Two domes of wires, the rim between them and the badge in front."""
    a = np.linspace(0, 2 * np.pi, 90)
    rim = np.stack([radius * np.cos(a), 0 * a, radius * np.sin(a)], -1)
    parts = [tube(rim, 0.0058, shell, caps=False, up=(0, 1, 0), segments=16)]
    t = np.linspace(0.16, 1, 16)
    for front in (-1, 1):
        bulge = front * (0.036 * np.sqrt(np.maximum(1 - (t * 0.92) ** 2, 0)) - 0.012)
        for angle in np.linspace(0, 2 * np.pi, 44, endpoint=False):
            swirl = angle + 0.35 * (1 - t)
            wire = np.stack([radius * t * np.cos(swirl), bulge, radius * t * np.sin(swirl)], -1)
            parts.append(tube(wire, 0.0012, shell, segments=6, caps=False))
    badge = lathe(
        [(1e-4, 0), (radius * 0.19, 0), (radius * 0.17, 0.007), (1e-4, 0.009)], [0, 0.001, 0.003, 0], shell, 64
    )
    return [*parts, badge.turned(90, "x").moved(y=-0.022)]


def _blades(look: Look, radius: float) -> list[Part]:
    """Broad curved blades, tilted against the wind."""
    tint = look.plain("plastic", look.accent(look.colour("#f4f3ef"), "#9fb4c4"))
    parts = []
    for number in range(3):
        t, s = np.linspace(0, 1, 16), np.linspace(-1, 1, 11)
        reach = 0.025 + (radius * 0.86 - 0.025) * t
        half = 0.50 * np.interp(t, [0, 0.5, 1], [0.55, 1.0, 0.75])
        angle = number * 2 * np.pi / 3 + half[:, None] * s + 0.3 * t[:, None]
        skew = 0.016 * s * np.interp(t, [0, 1], [1.0, 0.75])[:, None]
        front = np.stack([reach[:, None] * np.cos(angle), skew - 0.0008, reach[:, None] * np.sin(angle)], -1)
        back = front[:, ::-1] + np.array([0, 0.0016, 0])
        parts.append(loft(np.concatenate([front, back], 1), tint))
    return parts


def _motor(shell: Material) -> list[Part]:
    corners = [(1e-4, -0.07), (0.036, -0.07), (0.044, -0.05), (0.044, -0.012), (1e-4, -0.012)]
    return [lathe(corners, [0, 0.012, 0.01, 0.004, 0], shell, 64).turned(90, "x")]


def air_fryer(look: Look) -> list[Part]:
    """A rounded pot-bellied body with its drawer in front, a dark panel above and a knob or a lit display in it.

    Where the words say that it has two drawers, they are side by side in a wider body.
    """
    wide, high = 0.27 * look.uniform(0.94, 1.06), 0.31 * look.uniform(0.94, 1.06)
    deep, corner = wide * 1.06, wide * 0.34
    two = look.says(_TWO_DRAWERS)
    if two:
        wide, corner = wide * 1.45, corner * 0.7
    shell = look.solid(*_PLASTICS, "steel", default="#232427")
    dark = look.plain("plastic", "#141517")
    outline = rounded_rectangle(wide, deep, corner, corner=14)
    inset = min(0.115, 1.25 * corner)
    profile = rounded_path(
        [(inset, 0.004), (0.020, 0.004), (0.0, 0.05), (0.004, high * 0.62), (0.024, high), (inset + 0.015, high)],
        [0, 0.02, 0.03, 0.10, 0.05, 0],
    )
    parts = [prism(outline, profile, shell)]
    top = rounded_rectangle(wide - 2 * inset + 0.01, deep - 2 * inset + 0.014, 0.02)
    parts.append(slab(top, 0.002, 0.0008, shell).moved(z=high - 0.002))
    front = -deep / 2
    ring = rounded_rectangle(wide + 0.0006, deep + 0.0006, corner, corner=14)
    parts.append(slab(ring * [0.976, 0.976], 0.0026, 0.0006, dark).moved(z=high * 0.60))
    if two:
        gap = rounded_rectangle(0.0026, high * 0.55, 0.001)
        parts.append(slab(gap, 0.003, 0.0006, dark).turned(90, "x").moved(y=front + 0.0022, z=high * 0.325))
    handle = look.part("handle", dark)
    for x in (-wide / 4, wide / 4) if two else (0.0,):
        parts.append(_drawer_handle(handle, front, high).moved(x=x))
    return parts + _panel(look, front, high)


def _drawer_handle(material: Material, front: float, high: float) -> Part:
    grip = smooth_path(
        [
            (0, front + 0.012, high * 0.43),
            (0, front - 0.035, high * 0.445),
            (0, front - 0.052, high * 0.40),
            (0, front - 0.050, high * 0.22),
        ],
        40,
    )
    return tube(grip, np.linspace(0.021, 0.0165, 40), material, flatten=0.62, up=(0, 1, 0), segments=28)


def _panel(look: Look, front: float, high: float) -> list[Part]:
    dark = look.plain("plastic", "#101113")
    tilt = 12.0

    def placed(part: Part) -> Part:
        return part.turned(90 - tilt, "x").moved(y=front + 0.011, z=high * 0.80)

    parts = [placed(slab(rounded_rectangle(0.115, 0.068, 0.016), 0.006, 0.002, dark))]
    if look.chance(0.5):
        knob = lathe(
            [(1e-4, 0), (0.024, 0), (0.022, 0.016), (1e-4, 0.017)], [0, 0.001, 0.003, 0], look.plain("aluminium"), 64
        )
        mark = slab(rounded_rectangle(0.0022, 0.012, 0.001), 0.001, 0.0003, dark).moved(y=0.012, z=0.0165)
        return parts + [placed(part.moved(z=0.005)) for part in (knob, mark)]
    light = Material("display", (0.75, 0.9, 1.0), 0.4, emission=(0.55, 0.75, 0.9))
    bars = [(x, 0.010, w) for x, w in ((-0.020, 0.012), (-0.004, 0.012), (0.016, 0.016))] + [
        (x, -0.016, 0.007) for x in (-0.036, -0.018, 0.0, 0.018, 0.036)
    ]
    return parts + [
        placed(
            slab(rounded_rectangle(w, 0.018 if y > 0 else 0.007, 0.0015), 0.0006, 0.0002, light).moved(
                x=x, y=y, z=0.006
            )
        )
        for x, y, w in bars
    ]
