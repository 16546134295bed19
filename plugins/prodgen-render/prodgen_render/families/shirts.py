"""What opens down the front: shirt and jacket, with a folded collar."""

from __future__ import annotations

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
    standing_collar,
)
from prodgen_render.families.garment_kit import band, collar
from prodgen_render.families.outfits import with_trousers
from prodgen_render.families.sewn import ring
from prodgen_render.families.sleeves import LONG
from prodgen_render.families.tops import hood_and_cords
from prodgen_render.families.torso import Torso
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import loft, tube
from prodgen_render.words.reading import sleeves_of

_SHIRTS = ("cotton", "linen", "silk", "denim", "nylon", "wool", "velvet")
_JACKETS = ("denim", "cotton", "leather", "nylon", "wool", "canvas", "velvet", "linen")
_POLOS = ("cotton", "knit", "nylon", "linen", "wool", "silk")
_CARDIGANS = ("knit", "wool", "cotton", "linen", "velvet")
_LONG = (
    "coat",
    "overcoat",
    "trench",
    "parka",
    "longline",
    "knee length",
    "knee-length",
    "大衣",
    "风衣",
    "长款",
    "过膝",
)
_SYNTHETIC = (
    "rain jacket",
    "raincoat",
    "windbreaker",
    "anorak",
    "puffer",
    "down jacket",
    "ski jacket",
    "bomber",
    "雨衣",
    "冲锋衣",
    "防晒衣",
    "皮肤衣",
    "防晒服",
    "羽绒服",
    "棉服",
)
_QUILTED = ("puffer", "quilted", "down jacket", "down coat", "羽绒服", "棉服")
_ROBES = ("robe", "bathrobe", "dressing gown", "浴袍", "睡袍")
_BELTED = ("trench", "belted", "风衣")
_HOODED = ("hood", "hooded", "连帽", "带帽", "冲锋衣", "防晒衣", "皮肤衣", "防晒服")
_STANDING = (
    "grandad", "mandarin collar", "band collar", "stand collar", "stand-up collar", "funnel neck", "bomber", "立领", "圆领衬衫", "中式",
)  # fmt: skip
_DOUBLE = ("double-breasted", "double breasted", "双排扣")
_NECK = (0.095, 0.056, 0.018)


def shirt(look: Look) -> list[Part]:
    """A buttoned shirt with a folded collar."""
    usual = "short" if look.says(("hawaiian",)) else "long"
    sleeves = sleeves_of(look.product) or usual
    torso = Torso.of(look, sleeve={"short": 0.24, "long": LONG}.get(sleeves, 0.0), loose=1.02, neck=_NECK)
    parts, sewn = body(look, torso, _SHIRTS)
    stand = look.says(_STANDING)
    parts += standing_collar(torso, sewn.cloth, 0.026) if stand else folded_collar(torso, sewn.cloth, 0.040)
    parts += [placket(sewn, 0.016), *buttons(torso, button(look), 7)]
    if look.chance(0.6):
        parts += pocket(sewn, (0.040, 0.122), (0.56, 0.72))
    parts += [*torso.sleeve_ends(sewn.cloth, cuffs=sleeves == "long"), *torso.hem(sewn.cloth)]
    return with_trousers(look, parts)


def polo(look: Look) -> list[Part]:
    """A knitted shirt with a soft collar and a short row of buttons."""
    sleeve = LONG if sleeves_of(look.product) == "long" else 0.21
    torso = Torso.of(look, sleeve=sleeve, neck=_NECK)
    parts, sewn = body(look, torso, _POLOS)
    top = torso.length - torso.neck[1]
    parts += [*folded_collar(torso, sewn.cloth, 0.038), placket(sewn, 0.015, low=top - 0.15)]
    parts += buttons(torso, button(look), 3, low=top - 0.13)
    return [*parts, *torso.sleeve_ends(sewn.cloth, cuffs=True), *torso.hem(sewn.cloth)]


def cardigan(look: Look) -> list[Part]:
    """A knitted jacket with a deep neck and a band along its buttons."""
    torso = Torso.of(look, sleeve=LONG, loose=1.05, neck=(0.095, 0.24, 0.018))
    parts, sewn = body(look, torso, _CARDIGANS)
    rib = look.plain("knit", mix(look.colour(), (0, 0, 0), 0.06))
    parts += [collar(torso.neckline(), 0.0075, rib), placket(sewn, 0.018)]
    parts += buttons(torso, button(look), 5, radius=0.0085)
    for side in (-1, 1):
        parts += pocket(sewn, (side * 0.065, side * 0.175), (0.10, 0.28))
    return [*parts, *torso.sleeve_ends(rib, cuffs=True), torso.waistband(rib)]


def jacket(look: Look) -> list[Part]:
    """A jacket or coat: buttoned where it is of denim or another woven cloth, else zipped."""
    if look.says(_ROBES):
        return _robe(look)
    long = look.says(_LONG)
    torso = Torso.of(look, sleeve=LONG, loose=1.12, longer=1.32 if long else 0.97, neck=_NECK)
    synthetic = look.says(_SYNTHETIC)
    parts, sewn = body(look, torso, ("nylon", *_JACKETS) if synthetic else _JACKETS)
    material = sewn.cloth.name
    parts += _at_the_neck(look, torso, sewn.cloth)
    zipped = material in ("leather", "nylon") and (synthetic or bool(look.material_name))
    parts += _closed(look, sewn, zipped, 5 if long else 6)
    if look.says(_BELTED):
        parts += _belt(torso, sewn.cloth, look.plain("brass"))
    for side in (-1, 1):
        parts += pocket(sewn, (side * 0.075, side * 0.185), (0.22, 0.39) if long else (0.14, 0.34))
        if material in ("denim", "canvas") and not long:
            parts += pocket(sewn, (side * 0.055, side * 0.155), (0.60, 0.73))
    parts += torso.sleeve_ends(sewn.cloth, cuffs=True)
    parts += torso.hem(sewn.cloth) if long else [torso.waistband(sewn.cloth)]
    return [quilted(part) for part in parts] if look.says(_QUILTED) else parts


def _robe(look: Look) -> list[Part]:
    """A long robe with a shawl collar, tied with a belt of its cloth."""
    torso = Torso.of(look, sleeve=LONG, loose=1.1, longer=1.45, neck=(0.098, 0.30, 0.018), pointed=1.2)
    parts, sewn = body(look, torso, ("cotton", "wool", "silk", "linen", "velvet", "knit"))
    parts += [placket(sewn, 0.030), collar(torso.neckline(), 0.017, sewn.cloth), *_belt(torso, sewn.cloth, None)]
    for side in (-1, 1):
        parts += pocket(sewn, (side * 0.075, side * 0.185), (0.24, 0.38))
    return [*parts, *torso.sleeve_ends(sewn.cloth, cuffs=True), *torso.hem(sewn.cloth)]


def _at_the_neck(look: Look, torso: Torso, cloth: Material) -> list[Part]:
    """A hood, a standing collar or a folded one."""
    if look.says(_HOODED):
        return hood_and_cords(torso.neckline(), torso.length, cloth)
    if look.says((*_QUILTED, *_STANDING)):
        return standing_collar(torso, cloth, 0.048)
    return folded_collar(torso, cloth, 0.056)


def _closed(look: Look, sewn: Sewn, zipped: bool, number: int) -> list[Part]:
    """The front of a jacket: a zip, two rows of buttons over each other's cloth, or a row of a number of them."""
    torso, denim, double = sewn.torso, sewn.cloth.name == "denim", look.says(_DOUBLE)
    top = torso.length - torso.neck[1]
    metal = look.plain("brass" if denim else "steel")
    parts = [] if double else [placket(sewn, 0.022)]
    if zipped:
        line = np.linspace(0.004, top - 0.004, 60)
        return [*parts, tube(torso.on_front(0 * line, line, 0.005), 0.0034, metal, segments=10)]
    if not double:
        return parts + buttons(torso, metal if denim else button(look), number, radius=0.0075)
    height = np.linspace(0.003, top - 0.01, 60)
    parts.append(tube(torso.on_front(0.085 + 0 * height, height, 0.001), 0.0014, sewn.seam, segments=8))
    for x in (-0.055, 0.055):
        parts += buttons(torso, button(look), 3, radius=0.0095, low=0.55 * top, x=x)
    return parts


def _belt(torso: Torso, cloth: Material, metal: Material | None) -> list[Part]:
    """A belt of the cloth around the waist and the end that hangs down, with a buckle of a metal, or tied."""
    height, half = 0.53 * torso.length, 0.021
    centres = [np.array([0, 0, height + half * k / 3], np.float32) for k in range(-3, 4)]
    around = band(torso.field, centres, np.array([0, 0, 1.0], np.float32), torso.half + 0.035, cloth, 0.0042)
    x, z = np.meshgrid(np.linspace(0.030, 0.064, 6), np.linspace(height - 0.16, height + 0.012, 20))
    end = torso.on_front(x + 0.10 * (height - z), z, 0.0068)
    middle = torso.on_front(np.array([0.0]), np.array([height]), 0.008)[0]
    hanging = loft(end.astype(np.float64), cloth, closed=False)
    if metal is None:
        knot = tube(np.add(middle, [[0.034, -0.004, 0.018], [0.046, -0.008, -0.016]]), 0.017, cloth, flatten=0.7)
        return [around, hanging, hanging.moved(x=-0.042, z=0.02), knot]
    return [around, hanging, ring(0.046, 0.060, 0.0032, metal).moved(*(float(c) for c in middle))]
