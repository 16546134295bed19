"""Tops and trousers in one that open down the front: boiler suits and snowsuits, and what babies wear."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from prodgen_render.families.fronts import (
    Sewn,
    body,
    button,
    buttons,
    folded_collar,
    placket,
    pocket,
    quilted,
)
from prodgen_render.families.garment_kit import band, bound_edges, collar, hem_lines, tube_field
from prodgen_render.families.sleeves import LONG
from prodgen_render.families.tops import hood_and_cords
from prodgen_render.families.torso import ROUND_NECK, Torso
from prodgen_render.families.trousers import Cut, legs
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Part
from prodgen_render.shapes.geometry import tube
from prodgen_render.shapes.implicit import ellipsoid, join
from prodgen_render.words.reading import sleeves_of

WORK = (
    "boiler suit", "boilersuit", "coverall", "coveralls", "flight suit", "work overall", "snowsuit", "snow suit", "ski suit", "puddle suit", "rain suit", "rainsuit",
    "连体服", "工装连体裤", "连体工作服", "连体滑雪服", "连体雨衣",
)  # fmt: skip
_WEATHER = ("snowsuit", "snow suit", "ski suit", "puddle", "rain", "滑雪", "雨衣")
_FOOTED = ("sleepsuit", "sleep suit", "babygrow", "footed", "footie", "onesie", "sleepsuits", "连脚", "包脚")
_SHORT = ("bodysuit", "bodysuits", "vest", "三角", "包屁衣", "哈衣")
_CLOTHS = ("cotton", "denim", "linen", "canvas", "nylon", "velvet", "wool", "knit")
_NECK = (0.095, 0.056, 0.018)
_UP = np.array([0, 0, 1.0], np.float32)
_CHEST = 0.30
"""Metres above the crotch from which a body is its trunk alone."""
_SMALL = 0.46
"""A baby's size, as a share of a grown-up's."""


def boiler_suit(look: Look) -> list[Part]:
    """A suit with a collar, a zip or buttons, chest pockets and a drawn-in waist; a hood and no buttons against snow and rain."""
    weather = look.says(_WEATHER)
    torso = _with_legs(
        look, Torso.of(look, sleeve=LONG, loose=1.08, neck=_NECK), Cut(0.98, 0.085, 0.100, 0.130, "tight"), 0.07
    )
    parts, sewn = body(look, torso, ("nylon", *_CLOTHS) if weather else _CLOTHS)
    top = torso.length - torso.neck[1]
    parts += (
        hood_and_cords(torso.neckline(), torso.length, sewn.cloth)
        if weather
        else folded_collar(torso, sewn.cloth, 0.05)
    )
    parts.append(placket(sewn, 0.02, low=-0.01))
    if weather or look.says(("zip", "zipped", "拉链")):
        line = np.linspace(0.0, top - 0.004, 60)
        parts.append(tube(torso.on_front(0 * line, line, 0.005), 0.0034, look.plain("steel"), segments=10))
    else:
        parts += buttons(torso, button(look), 6, radius=0.0075, low=0.03)
    if not weather:
        for side in (-1, 1):
            parts += pocket(sewn, (side * 0.055, side * 0.155), (0.60, 0.76))
    waist = [np.array([0, 0, 0.29 + 0.04 * k / 5], np.float32) for k in range(6)]
    parts.append(band(torso.field, waist, _UP, 0.4, sewn.cloth, 0.003))
    parts += torso.sleeve_ends(sewn.cloth, cuffs=True)
    for side in (-1, 1):
        parts += hem_lines(
            torso.field, np.array([side * 0.130, 0, torso.floor + 0.001], np.float32), _UP, 0.16, sewn.cloth
        )
    padded = look.says(("snowsuit", "snow suit", "padded", "quilted", "羽绒", "滑雪"))
    return [part.moved(z=-torso.floor) for part in ([quilted(part) for part in parts] if padded else parts)]


def baby_suit(look: Look) -> list[Part]:
    """A romper for a baby with snaps down its front; one with feet, or one that ends at the legs, where the words say so."""
    short, footed = look.says(_SHORT) and not look.says(_FOOTED), look.says(_FOOTED)
    sleeve = {"short": 0.20, "no": 0.0}.get(
        sleeves_of(look.product), 0.20 if short and not sleeves_of(look.product) else 0.47
    )
    torso = Torso.of(look, sleeve=sleeve, loose=1.0, neck=ROUND_NECK)
    torso = _with_legs(look, torso, Cut(0.30 + 0.26, 0.072, 0.112, 0.120, "tight"), 0.0, feet=footed)
    if short:
        torso = replace(torso, floor=-0.12, opened=_around_legs)
    parts, sewn = body(look, torso, _CLOTHS)
    rib = look.plain("knit", mix(look.colour(), (0, 0, 0), 0.06))
    parts.append(collar(torso.neckline(), 0.0062, rib))
    parts += [] if short else _snaps(look, sewn)
    parts += torso.sleeve_ends(rib, cuffs=sleeve > 0.3)
    if short:
        parts += bound_edges(parts[:2], 0.0045, rib)
    elif not footed:
        steps = np.linspace(0, 0.05, 6)
        for side in (-1, 1):
            ends = [np.array([side * 0.120, 0, torso.floor + 0.001 + step], np.float32) for step in steps]
            parts.append(band(torso.field, ends, _UP, 0.16, rib, 0.0034))
    low = min(float(part.vertices[:, 2].min()) for part in parts)
    return [part.moved(z=-low).scaled(_SMALL) for part in parts]


def _with_legs(look: Look, torso: Torso, cut: Cut, waist: float, *, feet: bool = False) -> Torso:
    """A torso that goes on in legs below; its waist is drawn in by a share of its width."""
    drop = cut.crotch + 0.02
    z, w, d = (np.asarray(column) for column in torso.table)
    width = w * (1 - waist * np.exp(-(((z - 0.31) / 0.07) ** 2)))
    rows = np.flatnonzero(z > 0.18)[::3]
    above = [(float(z[i]) + drop, float(width[i]), float(d[i])) for i in rows]
    field = legs(cut, above, look.uniform(0, 6), hip=0.198)
    lift = np.array([0, 0, drop], np.float32)

    def lower(p: Floats) -> Floats:
        if p[:, 2].min() > _CHEST:  # no legs there
            return tube_field(p, z.tolist(), width.tolist(), d.tolist(), 2.4)
        q = p + lift
        return _in_feet(field(q), q, cut) if feet else field(q)

    return replace(torso, lower=lower, floor=-drop - 0.2 if feet else -drop)


def _in_feet(legs_of: Floats, p: Floats, cut: Cut) -> Floats:
    """Legs whose field is given at points [n, 3], closed by feet that stand on the ground."""
    out = np.maximum(legs_of, -p[:, 2])
    for side in (-1, 1):
        foot = ellipsoid(p, (side * cut.apart, -0.050, 0.048), (0.062, 0.105, 0.052))
        out = join(out, foot, 0.03)
    return out


def _around_legs(p: Floats) -> Floats:
    """Positive where cloth is around the legs, in metres."""
    return np.asarray(p[:, 2] + 0.012 - 0.19 * np.clip((np.abs(p[:, 0]) - 0.050) / 0.150, 0, 1.2) ** 1.2, np.float32)


def _snaps(look: Look, sewn: Sewn) -> list[Part]:
    """A strip with snaps from the crotch to the neck."""
    snap = look.plain("plastic", mix(look.colour(), (255, 255, 255), 0.6))
    return [placket(sewn, 0.022, low=0.03), *buttons(sewn.torso, snap, 7, radius=0.0095, low=0.07)]
