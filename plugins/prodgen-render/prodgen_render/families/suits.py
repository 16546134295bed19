"""Blazer with lapels, and vests: of a suit, knitted or quilted."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.fronts import (
    Sewn,
    around_the_neck,
    body,
    button,
    buttons,
    clear_of,
    folded_collar,
    placket,
    pocket,
    quilted,
    with_pattern_of,
)
from prodgen_render.families.garment_kit import collar
from prodgen_render.families.outfits import with_trousers
from prodgen_render.families.sleeves import LONG
from prodgen_render.families.torso import Torso
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Part
from prodgen_render.shapes.geometry import loft, tube

_CLOTHS = ("wool", "cotton", "linen", "velvet", "denim", "silk", "nylon", "leather")
_KNITTED = ("knit", "sweater vest", "knitted", "针织", "毛线", "毛衣")
_QUILTED = ("puffer", "quilted", "down", "gilet", "羽绒", "棉马甲", "绗缝")
_DOUBLE = ("double-breasted", "double breasted", "双排扣")
_GORGE = 0.90
"""Where a lapel meets the collar, as a share of the way up the front edge."""


def blazer(look: Look) -> list[Part]:
    """A tailored jacket: notched lapels, two buttons (six where the words say double-breasted), pockets with flaps."""
    torso = Torso.of(look, sleeve=LONG, loose=1.02, longer=1.06, neck=(0.098, 0.31, 0.020), pointed=1.3)
    parts, sewn = body(look, torso, _CLOTHS)
    front = torso.length - torso.neck[1]
    turned = [*_lapels(sewn), _collar(sewn)]
    parts += [
        with_pattern_of(part, parts[0]) if sewn.patterned and part.material is sewn.cloth else part for part in turned
    ]
    line = np.linspace(0.003, front - 0.002, 50)
    parts.append(tube(torso.on_front(0.012 + 0 * line, line, 0.0012), 0.0012, sewn.seam, segments=8))
    fastener = button(look)
    for x in (-0.055, 0.055) if look.says(_DOUBLE) else (0.0,):
        parts += buttons(torso, fastener, 3 if x else 2, radius=0.0095, low=front - (0.22 if x else 0.13), x=x)
    for side in (-1, 1):
        parts += pocket(sewn, (side * 0.075, side * 0.195), (0.215, 0.275))
    parts += pocket(sewn, (0.085, 0.165), (0.635, 0.665))
    parts += [*torso.sleeve_ends(sewn.cloth, cuffs=False), *torso.hem(sewn.cloth)]
    return with_trousers(look, parts)


def _collar(sewn: Sewn) -> Part:
    """From lapel to lapel behind the neck: a low stand, folded over and lying on the shoulders."""
    torso = sewn.torso
    path, away = around_the_neck(torso)
    reached = path[:, 2] > torso.length - torso.neck[1] * (1 - _GORGE)
    path, away = path[reached], away[reached]
    ends = np.clip(np.minimum(np.arange(len(path)), np.arange(len(path))[::-1]) / 8, 0, 1)[:, None]
    out = np.array([0.004, 0.012, 0.022, 0.032, 0.038]) * (0.75 + 0.25 * ends)
    leaf = np.concatenate([path[:, None, :2] + away[:, None] * out[..., None], np.repeat(path[:, None, 2:], 5, 1)], -1)
    leaf = clear_of(torso, leaf, 0.007, close=True)
    rise = np.array([-0.004, 0.004, 0.010])[None, :, None] * [0, 0, 1] * (0.5 + 0.5 * ends[..., None])
    stand = (
        path[:, None]
        + rise
        + np.concatenate([away * [1.0], 0 * ends], -1)[:, None] * np.array([-0.004, -0.004, -0.001])[:, None]
    )
    outside = np.concatenate([stand, leaf], 1)
    inside = outside[:, ::-1] - np.concatenate([away, 0 * ends + 0.5], -1)[:, None] * 0.002
    return loft(np.concatenate([outside, inside], 1), sewn.cloth)


def vest(look: Look) -> list[Part]:
    """A buttoned waistcoat; a pullover without sleeves, or a quilted one with a zip, where the words say so."""
    if look.says(_KNITTED):
        return _knitted_vest(look)
    if look.says(_QUILTED):
        return _quilted_vest(look)
    torso = Torso.of(look, sleeve=0.0, loose=0.95, longer=0.86, neck=(0.095, 0.24, 0.018), pointed=1.3)
    parts, sewn = body(look, torso, _CLOTHS)
    parts += [collar(torso.neckline(), 0.0022, sewn.seam), placket(sewn, 0.013)]
    parts += buttons(torso, button(look), 5, radius=0.007)
    for side in (-1, 1):
        parts += pocket(sewn, (side * 0.065, side * 0.15), (0.26, 0.295))
    return [*parts, *torso.hem(sewn.cloth)]


def _knitted_vest(look: Look) -> list[Part]:
    torso = Torso.of(look, sleeve=0.0, loose=0.98, longer=0.9, neck=(0.095, 0.20, 0.018), pointed=1.3)
    parts, _ = body(look, torso, ("knit", "wool", "cotton"))
    rib = look.plain("knit", mix(look.colour(), (0, 0, 0), 0.08))
    return [*parts, collar(torso.neckline(), 0.0075, rib), torso.waistband(rib)]


def _quilted_vest(look: Look) -> list[Part]:
    torso = Torso.of(look, sleeve=0.0, loose=1.06, longer=0.92, neck=(0.095, 0.05, 0.018))
    parts, sewn = body(look, torso, ("nylon", "cotton", "canvas", "leather", "velvet"))
    zip_line = np.linspace(0.004, torso.length - torso.neck[1] - 0.004, 60)
    metal = look.plain("steel")
    sewn_on = [
        *folded_collar(torso, sewn.cloth, 0.04),
        tube(torso.on_front(0 * zip_line, zip_line, 0.005), 0.0032, metal, segments=10),
        torso.waistband(sewn.cloth),
    ]

    return [quilted(part) for part in (*parts, *sewn_on)]


def _lapels(sewn: Sewn) -> list[Part]:
    """The fronts turned outwards along the opening, as wide as a hand at the notch, each with the seam along its edge."""
    torso, parts = sewn.torso, []
    half, deep, _ = torso.neck
    share = np.linspace(0, _GORGE, 40)[:, None]
    across = np.concatenate([[0, 0.03], np.linspace(0.08, 0.94, 10), [1, 1]])[None]
    edge_z = torso.length - deep * (1 - share) + 0 * across
    edge_x = half * (1 - np.clip((torso.length - edge_z) / deep, 0, 1) ** torso.pointed) ** (1 / torso.pointed)
    wide = 0.088 * np.clip(share / 0.66, 0, 1) ** 0.9 * np.where(share > 0.66, 1 - 1.6 * (share - 0.66), 1)
    x, z = edge_x + wide * across, edge_z - 0.16 * wide * across
    away = 0.0035 + 0.004 * np.sin(np.pi * across) * np.clip(share / 0.3, 0, 1)
    away = np.where((across == 0) | (np.arange(across.shape[1])[None] == across.shape[1] - 1), 0.0, away)
    for side in (-1, 1):
        skin = torso.on_front(side * x, z, away)
        parts.append(loft(skin.astype(np.float64), sewn.cloth, closed=False, flip=side < 0))
        rim = np.concatenate([skin[2:, -2], skin[-1, -2:2:-1]])
        parts.append(tube(rim.astype(np.float64), 0.0011, sewn.seam, segments=8))
    return parts
