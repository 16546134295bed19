"""What opens down the front: shirt and jacket, with a folded collar."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter1d

from prodgen_render.families.garment_kit import collar, garment
from prodgen_render.families.kit import lathe
from prodgen_render.families.tops import hood_and_cords
from prodgen_render.families.torso import Torso
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import brightness, mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import loft, tube
from prodgen_render.words.reading import sleeves_of

_SHIRTS = ("cotton", "linen", "silk", "denim", "nylon", "wool", "velvet")
_JACKETS = ("denim", "cotton", "leather", "nylon", "wool", "canvas", "velvet", "linen")
_POLOS = ("cotton", "knit", "nylon", "linen", "wool", "silk")
_CARDIGANS = ("knit", "wool", "cotton", "linen", "velvet")
_LONG = ("coat", "overcoat", "trench", "parka", "大衣", "风衣")
_SYNTHETIC = (
    "rain jacket",
    "raincoat",
    "windbreaker",
    "anorak",
    "puffer",
    "down jacket",
    "ski jacket",
    "雨衣",
    "冲锋衣",
    "羽绒服",
    "棉服",
)
_HOODED = ("hood", "hooded", "连帽", "带帽")
_NECK = (0.095, 0.056, 0.018)


class _Sewn(NamedTuple):
    """A garment's body and what is sewn on it.

    Args:
        cloth: of collar, cuffs and pockets, in one colour.
        seam: a darker shade of it.
        patterned: whether the body has a pattern; pockets and placket then are of the body, and only their seams are seen.
    """

    torso: Torso
    cloth: Material
    seam: Material
    patterned: bool


def shirt(look: Look) -> list[Part]:
    """A buttoned shirt with a folded collar."""
    usual = "short" if look.says(("hawaiian",)) else "long"
    sleeves = sleeves_of(look.product) or usual
    torso = Torso.of(look, sleeve={"short": 0.24, "long": 0.59}.get(sleeves, 0.0), loose=1.02, neck=_NECK)
    parts, sewn = _body(look, torso, _SHIRTS)
    parts += [_collar(torso, sewn.cloth, 0.040), _placket(sewn, 0.016), *_buttons(torso, _button(look), 7)]
    if look.chance(0.6):
        parts += _pocket(sewn, (0.040, 0.122), (0.56, 0.72))
    return [*parts, *torso.sleeve_ends(sewn.cloth, cuffs=sleeves == "long"), *torso.hem(sewn.cloth)]


def polo(look: Look) -> list[Part]:
    """A knitted shirt with a soft collar and a short row of buttons."""
    sleeve = 0.59 if sleeves_of(look.product) == "long" else 0.21
    torso = Torso.of(look, sleeve=sleeve, neck=_NECK)
    parts, sewn = _body(look, torso, _POLOS)
    top = torso.length - torso.neck[1]
    parts += [_collar(torso, sewn.cloth, 0.038), _placket(sewn, 0.015, low=top - 0.15)]
    parts += _buttons(torso, _button(look), 3, low=top - 0.13)
    return [*parts, *torso.sleeve_ends(sewn.cloth, cuffs=True), *torso.hem(sewn.cloth)]


def cardigan(look: Look) -> list[Part]:
    """A knitted jacket with a deep neck and a band along its buttons."""
    torso = Torso.of(look, sleeve=0.58, loose=1.05, neck=(0.095, 0.24, 0.018))
    parts, sewn = _body(look, torso, _CARDIGANS)
    rib = look.plain("knit", mix(look.colour(), (0, 0, 0), 0.06))
    parts += [collar(torso.neckline(), 0.0075, rib), _placket(sewn, 0.018)]
    parts += _buttons(torso, _button(look), 5, radius=0.0085)
    for side in (-1, 1):
        parts += _pocket(sewn, (side * 0.065, side * 0.175), (0.10, 0.28))
    return [*parts, *torso.sleeve_ends(rib, cuffs=True), torso.waistband(rib)]


def jacket(look: Look) -> list[Part]:
    """A jacket or coat: buttoned where it is of denim or another woven cloth, else zipped."""
    long = look.says(_LONG)
    torso = Torso.of(look, sleeve=0.60, loose=1.12, longer=1.32 if long else 0.92, neck=_NECK)
    synthetic = look.says(_SYNTHETIC)
    parts, sewn = _body(look, torso, ("nylon", *_JACKETS) if synthetic else _JACKETS)
    material = sewn.cloth.name
    metal = look.plain("brass" if material == "denim" else "steel")
    hooded = look.says(_HOODED)
    parts += (
        hood_and_cords(torso.neckline(), torso.length, sewn.cloth) if hooded else [_collar(torso, sewn.cloth, 0.056)]
    )
    parts.append(_placket(sewn, 0.022))
    if material in ("leather", "nylon") and (look.material_name or synthetic):
        line = np.linspace(0.004, torso.length - torso.neck[1] - 0.004, 60)
        parts.append(tube(torso.on_front(0 * line, line, 0.005), 0.0034, metal, segments=10))
    else:
        parts += _buttons(torso, metal if material == "denim" else _button(look), 5 if long else 6, radius=0.0075)
    for side in (-1, 1):
        parts += _pocket(sewn, (side * 0.075, side * 0.185), (0.30, 0.47) if long else (0.14, 0.34))
        if material in ("denim", "canvas") and not long:
            parts += _pocket(sewn, (side * 0.055, side * 0.155), (0.60, 0.73))
    parts += torso.sleeve_ends(sewn.cloth, cuffs=True)
    return [*parts, *(torso.hem(sewn.cloth) if long else [torso.waistband(sewn.cloth)])]


def _body(look: Look, torso: Torso, names: tuple[str, ...]) -> tuple[list[Part], _Sewn]:
    parts = garment(look, torso.field, torso.bounds, torso.keep, prints=look.pattern_name == "logo", names=names)
    patterned = parts[0].material.texture is not None
    cloth = look.solid(*names) if patterned else parts[0].material
    seam = cloth.but(colour=tuple(0.72 * c for c in cloth.colour), bump=None, texture=None)
    return parts, _Sewn(torso, cloth, seam, patterned)


def _button(look: Look) -> Material:
    base = look.colour("#f4f3ef")
    return look.part(
        "buttons", look.plain("plastic", mix(base, (20, 20, 22), 0.55) if brightness(base) > 0.75 else (240, 236, 226))
    )


def _around_the_neck(torso: Torso) -> tuple[Floats, Floats]:
    """Points along the neckline from one side of the opening in front round to the other [n, 3], and outwards at each [n, 2]."""
    loop = torso.neckline()
    start = int(np.argmin(loop[:, 1] + 10 * np.abs(loop[:, 0])))
    loop = np.concatenate([np.roll(loop, -start, axis=0), loop[start : start + 1]])
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(loop, axis=0), axis=1))])
    places = np.linspace(0.006, along[-1] - 0.006, 120)
    path = np.stack([gaussian_filter1d(np.interp(places, along, axis), 3, mode="nearest") for axis in loop.T], -1)
    forward = np.gradient(path[:, :2], axis=0)
    away = np.stack([forward[:, 1], -forward[:, 0]], -1) / np.linalg.norm(forward, axis=1, keepdims=True)
    return path, away * np.sign((away * (path[:, :2] - path[:, :2].mean(0))).sum())


def _collar(torso: Torso, cloth: Material, leaf: float) -> Part:
    """A stand around the neck and a leaf folded over it, open in front.

    Args:
        leaf: how far it falls at the back, in metres; in front it is longer and ends in points.
    """
    path, away = _around_the_neck(torso)
    ahead = np.clip(-away[:, 1], 0, 1)[:, None] ** 3
    # (outwards, upwards) from the neckline: up the stand, over the fold, down the leaf.
    stand = np.array([[0.000, -0.006], [-0.010, 0.010], [-0.016, 0.026]])
    fold = np.array([[-0.015, 0.032], [-0.011, 0.033]])
    fall = np.linspace(0, 1, 9)[None, :, None]
    drop = leaf + 0.026 * ahead[:, None]
    down = fold[-1] + fall * np.concatenate([0.55 * drop, -drop], -1)
    strip = np.concatenate([np.broadcast_to(np.vstack([stand, fold]), (len(path), 5, 2)), down], 1)
    outside = np.empty((len(path), strip.shape[1], 3))
    outside[..., :2] = path[:, None, :2] + away[:, None] * strip[..., :1]
    outside[..., 2] = path[:, None, 2] + strip[..., 1]
    outside[:, 4:] = _outside(torso, outside[:, 4:], 0.004)
    inside = outside.copy()
    inside[..., :2] -= 0.0022 * away[:, None]
    rings = np.concatenate([outside, inside[:, ::-1]], 1)
    return loft(rings, cloth)


def _outside(torso: Torso, points: Floats, gap: float) -> Floats:
    """Points [n, m, 3], those moved that are less than `gap` before the body."""
    moved = points.reshape(-1, 3).astype(np.float32)
    step = np.eye(3, dtype=np.float32) * np.float32(0.002)
    for _ in range(5):
        depth = torso.field(moved)
        slope = np.stack([torso.field(moved + axis) - depth for axis in step], -1)
        slope /= np.linalg.norm(slope, axis=1, keepdims=True).clip(1e-9)
        moved = moved + slope * np.maximum(gap - depth, 0)[:, None]
    return moved.reshape(points.shape)


def _placket(sewn: _Sewn, half: float, low: float = 0.003) -> Part:
    """The strip down the front that the buttons are on, from `low` metres above the hem."""
    torso = sewn.torso
    height = np.linspace(low, torso.length - torso.neck[1] - 0.002, 70)
    if sewn.patterned:
        return tube(torso.on_front(half + 0 * height, height, 0.001), 0.0012, sewn.seam, segments=8)
    across = np.array([-1, -0.96, -0.5, 0, 0.5, 0.96, 1]) * half
    x, z = np.meshgrid(across, height)
    skin = torso.on_front(x, z, 0.001)
    skin[:, 1:-1, 1] -= 0.0025
    return loft(skin.astype(np.float64), sewn.cloth, closed=False)


def _buttons(torso: Torso, material: Material, count: int, radius: float = 0.0058, low: float = 0.07) -> list[Part]:
    heights = np.linspace(low, torso.length - torso.neck[1] - 0.012, count)
    places = torso.on_front(0 * heights, heights, 0.0035)
    disc = [(1e-4, 0.0), (radius, 0.0), (radius, 0.0024), (radius * 0.7, 0.0018), (1e-4, 0.0018)]
    button = lathe(disc, [0, 0.0006, 0.0008, 0.0004, 0], material, 32).turned(90, "x")
    return [button.moved(x=float(x), y=float(y), z=float(z)) for x, y, z in places]


def _pocket(sewn: _Sewn, across: tuple[float, float], heights: tuple[float, float]) -> list[Part]:
    """A pocket sewn on the front.

    Args:
        across: from one edge to the other, in metres from the middle.
        heights: from its bottom to its top, as shares of the trunk's length.
    """
    low, high = (share * sewn.torso.length for share in heights)
    x, z = np.meshgrid(np.linspace(min(across), max(across), 16), np.linspace(low, high, 16))
    skin = sewn.torso.on_front(x, z, 0.001)
    skin[1:-1, 1:-1, 1] -= 0.0024
    edge = np.concatenate([skin[::-1, 0], skin[0], skin[:, -1], skin[-1, ::-1]]) - [0, 0.0012, 0]
    pocket = [] if sewn.patterned else [loft(skin.astype(np.float64), sewn.cloth, closed=False)]
    return [*pocket, tube(edge, 0.0012, sewn.seam, segments=8)]
