"""Things to sit on: chair, sofa, cushion."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.highchairs import HIGH, high_chair
from prodgen_render.families.sewn import Pouch, in_metres
from prodgen_render.looks.finishes import FABRICS
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import (
    bent,
    box,
    loft,
    refine,
    rounded_path,
    slab,
    smooth_path,
    superellipse,
    tube,
)

_SEATS = {
    1: ("one seater", "1-seater", "1 seater", "单人"),
    2: ("loveseat", "two seater", "two-seater", "2-seater", "2 seater", "双人"),
    3: ("three seater", "three-seater", "3-seater", "3 seater", "sectional", "三人"),
    4: ("four seater", "4-seater", "4 seater", "四人"),
}
_CORNER = ("corner sofa", "sectional", "l-shaped", "l-shape", "chaise", "转角", "贵妃")
_SLEPT_ON = ("pillow", "pillows", "pillowcase", "pillow case", "枕头", "羽绒枕", "乳胶枕", "记忆枕", "枕芯", "枕套")
_THROWN = (
    "cushion",
    "throw",
    "decorative",
    "lumbar",
    "pillow cover",
    "抱枕",
    "靠垫",
    "靠枕",
    "颈枕",
    "neck pillow",
    "travel pillow",
)
_CHAISE = 0.62
"""Metres that the long seat of a corner sofa comes forward."""
_CLOTH = (0.7, 0.7)
"""Metres of a sofa's cloth that a pattern's picture shows."""
CLOTHS = ("linen", *(name for name in FABRICS if name != "linen"), "leather")


def chair(look: Look) -> list[Part]:
    """A dining chair: legs, seat and back; upholstered where the words name a fabric or leather; a high one for a child."""
    if look.says(HIGH):
        return high_chair(look)
    width, depth, seat = 0.46 * look.uniform(0.94, 1.06), 0.45, 0.45 * look.uniform(0.96, 1.05)
    top = 0.83 * look.uniform(0.95, 1.08)
    soft = look.material_name in CLOTHS or look.material_name == "velvet"
    shell = look.material_name in ("plastic", "matte plastic")
    frame_names = ("wood", "walnut", "bamboo", "steel", "iron", "metal", "brass", "aluminium")
    frame = (
        look.main(*frame_names, extent=(0.5, 0.5))
        if look.material_name in frame_names
        else look.plain("wood" if not look.chance(0.35) else "walnut")
    )
    if look.material_name == "" and look.colour_name:
        soft = True
    surface = (
        look.main(*CLOTHS, extent=(width, depth), period=0.06)
        if soft
        else look.plain("matte plastic", look.colour("#f4f3ef"))
        if shell
        else frame
    )
    plank = look.part("seat", surface)
    parts: list[Part] = []
    thin = frame.name in ("steel", "iron", "metal", "brass", "aluminium")
    legs = look.part("legs", frame, metal=True)
    leg_top, leg_low = (0.011, 0.011) if thin else (0.020, 0.013)
    splay = look.uniform(0.0, 0.05)
    for sx in (-1, 1):
        for sy in (-1, 1):
            head = np.array([sx * (width / 2 - 0.045), sy * (depth / 2 - 0.045), seat - 0.02])
            foot = np.array([sx * (width / 2 - 0.04 + splay), sy * (depth / 2 - 0.04 + splay), 0.006])
            parts.append(tube(np.linspace(foot, head, 14), np.linspace(leg_low, leg_top, 14), legs, segments=28))
    for sy in (-1, 1):
        rail = np.linspace(
            [-(width / 2 - 0.05), sy * (depth / 2 - 0.048), seat - 0.035],
            [width / 2 - 0.05, sy * (depth / 2 - 0.048), seat - 0.035],
            8,
        )
        parts.append(tube(rail, leg_top * 0.85, frame, segments=20))
    for sx in (-1, 1):
        rail = np.linspace(
            [sx * (width / 2 - 0.048), -(depth / 2 - 0.05), seat - 0.035],
            [sx * (width / 2 - 0.048), depth / 2 - 0.05, seat - 0.035],
            8,
        )
        parts.append(tube(rail, leg_top * 0.85, frame, segments=20))
    plate = slab(superellipse(width, depth, 5.5, 128), 0.060 if soft else 0.024, 0.022 if soft else 0.009, plank)
    dip = 0.010 if soft else -0.008
    plate = bent(
        plate,
        lambda v: (
            v
            + np.stack(
                [
                    0 * v[:, 0],
                    0 * v[:, 0],
                    (v[:, 2] > 0.02)
                    * dip
                    * np.cos(v[:, 0] / width * np.pi).clip(0)
                    * np.cos(v[:, 1] / depth * np.pi).clip(0),
                ],
                -1,
            )
        ),
    )
    parts.append(plate.moved(z=seat - 0.012))
    back_height = top - seat - 0.10
    back = slab(
        superellipse(width * 0.96, back_height, 4.5, 128), 0.045 if soft else 0.018, 0.018 if soft else 0.008, surface
    )
    curve = 0.05
    back = bent(
        back.turned(90, "x").moved(y=depth / 2 - 0.02, z=top - back_height / 2),
        lambda v: (
            v
            + np.stack([0 * v[:, 0], -curve * (v[:, 0] / (width / 2)) ** 2 + 0.10 * (v[:, 2] - seat), 0 * v[:, 0]], -1)
        ),
    )
    parts.append(back)
    for sx in (-1, 1):
        x = sx * (width / 2 - 0.075)
        stand = depth / 2 - 0.035 - curve * ((width / 2 - 0.075) / (width / 2)) ** 2
        post = [
            (x, depth / 2 - 0.06, seat - 0.02),
            (x, stand + 0.016, seat + 0.05),
            (x, stand + 0.10 * (top - back_height * 0.6 - seat), top - back_height * 0.6),
        ]
        parts.append(tube(smooth_path(post, 24), leg_top * 0.9, frame, segments=24))
    return parts


def cushion_block(size: tuple[float, float, float], radius: float, puff: float, material: Material) -> list[Part]:
    """A rounded box whose faces swell a little."""
    width, depth, height = size

    def swell(v: np.ndarray) -> np.ndarray:
        x, y, z = v[:, 0] / (width / 2), v[:, 1] / (depth / 2), (v[:, 2] - height / 2) / (height / 2)
        cx, cy, cz = (np.cos(np.clip(a, -1, 1) * np.pi / 2) for a in (x, y, z))
        shift = np.stack(
            [
                np.sign(x) * np.abs(x) ** 3 * cy * cz,
                np.sign(y) * np.abs(y) ** 3 * cx * cz,
                np.sign(z) * np.abs(z) ** 3 * cx * cy,
            ],
            -1,
        )
        return v + puff * shift

    return [bent(part, swell) for part in box(size, radius, material, steps=6, cells=12)]


def sofa(look: Look) -> list[Part]:
    """A sofa for two or three with loose cushions, or as many as the words say; a corner sofa has a longer seat at its left."""
    drawn = 3 if look.chance(0.4) else 2
    return _sofa(look, _seats(look) or drawn, corner=look.says(_CORNER))


def armchair(look: Look) -> list[Part]:
    """A sofa for one."""
    return _sofa(look, 1)


def _seats(look: Look) -> int:
    """How many the words say, 0 where they say nothing."""
    return next((count for count, words in _SEATS.items() if look.says(words)), 0)


def _sofa(look: Look, seats: int, *, corner: bool = False) -> list[Part]:
    seat_width = 0.66 * look.uniform(0.94, 1.06)
    arm, depth, seat_z = 0.17 * look.uniform(0.8, 1.15), 0.88, 0.24
    width = seats * seat_width + 2 * arm
    cloth = look.main(*CLOTHS, extent=_CLOTH, default="#8f979b", period=0.09)
    parts = [in_metres(p, _CLOTH).moved(z=0.11) for p in box((width - 0.02, depth - 0.03, 0.15), 0.02, cloth, cells=14)]
    arm_height = 0.60 * look.uniform(0.92, 1.05)
    ground = cloth if cloth.texture is None else look.plain(cloth.name, look.colour("#8f979b"))
    welt = ground.but(bump=None, colour=tuple(0.8 * c for c in ground.colour))
    edge = min(0.06, arm * 0.4)
    for side in (-1, 1):
        block = [in_metres(p, _CLOTH) for p in cushion_block((arm, depth, arm_height - 0.11), edge, 0.008, cloth)]
        front = _welt_of_arm(arm, depth, arm_height - 0.11, edge, welt)
        parts += [p.moved(x=side * (width / 2 - arm / 2), z=0.11) for p in (*block, front)]
    parts += [
        in_metres(p, _CLOTH).moved(y=depth / 2 - 0.09, z=0.11)
        for p in cushion_block((width - 2 * arm + 0.01, 0.18, 0.66), 0.06, 0.006, cloth)
    ]
    for k in range(seats):
        x = -width / 2 + arm + seat_width * (k + 0.5)
        longer = _CHAISE if corner and k == 0 else 0.0
        seat = _loose_cushion(seat_width - 0.004, depth - 0.20 + longer, 0.135, 0.030, cloth, welt)
        parts += [p.turned(-90, "x").moved(x=x, y=-0.10 - longer / 2, z=seat_z + 0.085) for p in seat]
        if longer:
            base = box((seat_width + arm, longer + 0.1, 0.15), 0.02, cloth, cells=10)
            parts += [in_metres(p, _CLOTH).moved(x=x - arm / 2, y=-depth / 2 - longer / 2 + 0.05, z=0.11) for p in base]
        back = _loose_cushion(seat_width - 0.008, 0.45, 0.085, 0.060, cloth, welt, narrow=0.97)
        parts += [p.turned(-12, "x").moved(x=x, y=depth / 2 - 0.265, z=seat_z + 0.37) for p in back]
    wood = look.part("legs", look.plain("walnut" if look.chance(0.5) else "wood"), metal=True)
    for sx in (-1, 1):
        for sy in (-1, 1):
            x, y = sx * (width / 2 - 0.09), sy * (depth / 2 - 0.09)
            parts.append(
                tube(
                    np.linspace((x * 1.01, y * 1.02, 0.004), (x, y, 0.13), 8),
                    np.linspace(0.015, 0.024, 8),
                    wood,
                    segments=24,
                )
            )
    return parts


def _loose_cushion(
    wide: float, tall: float, deep: float, crown: float, cloth: Material, welt: Material, narrow: float = 1.0
) -> list[Part]:
    """A cushion about the origin that faces the viewer: two full panels, a band between them, and cords in the seams."""
    x, z = wide / 2, tall / 2
    corners = [(0.0, z), (-x * narrow, z), (-x, -z), (x, -z), (x * narrow, z), (0.0, z)]
    outline = refine(rounded_path(corners, [0, 0.05, 0.05, 0.05, 0.05, 0], 5), 0.06)[:-1]
    pouch = Pouch(outline, deep, crown, 0.022, dent=-0.010, slack=0.004)
    return [*pouch.parts(cloth, _CLOTH), *pouch.piping(0.0055, welt)]


def _welt_of_arm(wide: float, depth: float, high: float, edge: float, welt: Material) -> Part:
    """A cord around the front of an arm that stands on z = 0, in its rounded edge."""
    inwards = edge * (1 - np.sqrt(0.5))
    x, low, top = wide / 2 - inwards, inwards, high - inwards
    corners = [(0.0, top), (-x, top), (-x, low), (x, low), (x, top), (0.0, top)]
    path = refine(rounded_path(corners, [0, *[0.71 * edge] * 4, 0], 8), 0.03)[:-1]
    line = np.stack([path[:, 0], np.full(len(path), inwards - depth / 2), path[:, 1]], -1)
    return tube(line, 0.006, welt, segments=8, closed=True, up=(0, 1, 0))


def cushion(look: Look) -> list[Part]:
    """A throw pillow that stands on its lower edge, leaning back a little; a wider one to sleep on."""
    width = 0.45 * look.uniform(0.95, 1.05)
    height = width * (1.0 if look.chance(0.7) else 0.66)
    thick = 0.15 * look.uniform(0.85, 1.15)
    slept_on = look.says(_SLEPT_ON) and not look.says(_THROWN)
    if slept_on:
        width, height, thick = 1.5 * width, 0.98 * width, 1.25 * thick
    n = 56
    s = np.sin(np.linspace(-np.pi / 2, np.pi / 2, n))
    u, v = np.meshgrid(s, s)
    pull = 0.085
    x = (
        u
        * width
        / 2
        * (
            1
            - pull * (1 - u**2) * 0
            - pull * (1 - np.abs(v) ** 2.2) * np.abs(u) ** 3 * 0
            - pull * (1 - v**2) * u**2 * 0.9
        )
    )
    z = v * height / 2 * (1 - pull * (1 - u**2) * v**2 * 0.9)
    body = ((1 - np.abs(u) ** 2.4) * (1 - np.abs(v) ** 2.4)).clip(0) ** 0.52
    wave = 0.006 * np.sin(17 * u + 3 * v) * np.abs(v) ** 4 + 0.006 * np.sin(15 * v - 2 * u + 1) * np.abs(u) ** 4
    y = thick / 2 * body + wave * (body > 0.02) * body + 0.002
    usual = "#f4f3ef" if slept_on else None
    filling = look.material_name == "rubber" and look.own_colour  # latex is in it, not around it
    front_material = (
        look.plain("cotton", look.note((244, 243, 239), "cotton"))
        if filling
        else look.main(*CLOTHS, extent=(width, height), period=0.06, default=usual)
    )
    if look.pattern_name == "logo":
        front_material = look.label(
            look.pick(*CLOTHS), (width, height), look.colour(), (0.2, 0.25, 0.8, 0.75), style="bare"
        )
    back_material = front_material if filling else look.solid(*CLOTHS, default=usual)
    front = loft(np.stack([x, -y, z], -1), front_material, closed=False)
    back = loft(np.stack([-x, y, z], -1), back_material, closed=False)
    edge = np.concatenate(
        [
            np.stack([x[0], 0 * s, z[0]], -1),
            np.stack([x[:, -1], 0 * s, z[:, -1]], -1)[1:],
            np.stack([x[-1], 0 * s, z[-1]], -1)[::-1][1:],
            np.stack([x[:, 0], 0 * s, z[:, 0]], -1)[::-1][1:],
        ]
    )
    piping = tube(edge, 0.0038, back_material.but(bump=None), segments=14, caps=False, up=(0, 1, 0))
    return [p.turned(-9, "x") for p in (front, back, piping)]
