"""Trays to serve and to bake on."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import metal_or
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import planar_uv, prism, rounded_path, rounded_rectangle, slab, superellipse, tube

_BAKING = ("baking", "oven", "roasting", "烤盘")
_ROUND = ("round", "circular", "圆形", "圆")
_LEGS = ("legs", "bed tray", "lap tray", "床上", "带腿", "折叠腿")
_MADE_OF = ("wood", "bamboo", "walnut", "plastic", "matte plastic", "steel", "brass", "iron", "marble", "leather")


def tray(look: Look) -> list[Part]:
    """A flat bottom with a rim and two handles, oblong or round, on legs where it goes over one's knees; one for the oven has none."""
    baking = look.says(_BAKING)
    wide, deep = 0.42 * look.uniform(0.92, 1.08), 0.30 * look.uniform(0.9, 1.08)
    high, wall = (0.030, 0.0014) if baking else (0.048, 0.009)
    if baking and not look.colour_name and not look.material_name:
        body = look.plain("iron", look.note((74, 76, 80), "iron")).but(bump=None, roughness=0.5)
    elif baking:
        body = metal_or(look, "steel", "aluminium", "iron", "copper").but(bump=None)
    else:
        body = look.main(*_MADE_OF, extent=(wide, deep), period=0.05)
    if look.says(_ROUND):
        outline = superellipse(deep * 1.15, deep * 1.15, samples=160)
        wide = deep = deep * 1.15
    else:
        outline = rounded_rectangle(wide, deep, 0.035, corner=12, side=24)
    flare = 0.012
    side = [(flare, 0.0), (0.0, high), (wall, high), (flare + wall, 0.006)]
    rim = prism(outline, rounded_path(side, [0, wall * 0.45, wall * 0.45, 0]), _plain(look, body))
    floor = slab(outline * (1 - 2 * (flare + wall * 0.3) / np.array([wide, deep])), 0.007, 0.002, body)
    parts = [rim, planar_uv(floor, "z")]
    if not baking:
        grip = look.part(
            "handle", look.plain("iron") if body.name in ("wood", "walnut", "bamboo") else _plain(look, body)
        )
        parts += [_handle(end * (wide / 2 - 0.004), high, grip) for end in (-1, 1)]
    if not look.says(_LEGS):
        return parts
    under = [part.moved(z=0.22) for part in parts]
    return [*under, *(_leg(end * wide * 0.40, deep * 0.36, 0.222, _plain(look, body)) for end in (-1, 1))]


def _plain(look: Look, body: Material) -> Material:
    """The body without its print, which has no place on a rim; wood and stone keep their grain."""
    return look.solid(*_MADE_OF) if look.noted.get("pattern") else body


def _handle(x: float, high: float, material: Material) -> Part:
    y = np.array([-0.062, -0.060, -0.045, 0.045, 0.060, 0.062])
    z = np.array([-0.012, 0.016, 0.030, 0.030, 0.016, -0.012])
    path = rounded_path(list(zip(y.tolist(), z.tolist(), strict=True)), 0.012)
    return tube(np.insert(path, 0, x, axis=1) + np.array([0, 0, high]), 0.0055, material, segments=20, up=(1, 0, 0))


def _leg(x: float, half: float, high: float, material: Material) -> Part:
    """A frame of a rod, from the bottom down to the ground and up again."""
    path = rounded_path([(-half, high), (-half * 1.08, 0.008), (half * 1.08, 0.008), (half, high)], 0.03)
    return tube(np.insert(path, 0, x, axis=1), 0.008, material, segments=20, up=(1, 0, 0))
