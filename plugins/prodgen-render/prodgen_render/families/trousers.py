"""Trousers as on an invisible mannequin: straight and slim ones, jeans, leggings and shorts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from prodgen_render.families.garment_kit import (
    band,
    creases,
    garment,
    hem_lines,
    lying_on,
    smooth_table,
    surface_ring,
    tube_field,
)
from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import loft, refine, smooth_path, tube
from prodgen_render.shapes.implicit import Field, capsule, in_depth, join

_SHORT = (
    "shorts",
    "shortall",
    "shortalls",
    "short dungarees",
    "short overalls",
    "swim trunks",
    "短裤",
    "沙滩裤",
    "五分裤",
)
_TIGHT = ("leggings", "legging", "tights", "打底裤", "瑜伽裤", "pantyhose", "连裤袜", "丝袜", "打底袜")
_SOFT = (
    "sweatpants",
    "sweat pants",
    "joggers",
    "jogger",
    "track pants",
    "sweatshorts",
    "运动裤",
    "束脚裤",
    "卫裤",
    "tracksuit",
    "运动套装",
)
_FOOTED = ("tights", "pantyhose", "连裤袜", "丝袜", "打底袜")
_FOOTLESS = ("running", "training", "gym", "yoga", "sports", "compression", "footless", "跑步", "运动", "健身")
_WIDE = ("wide leg", "wide-leg", "palazzo", "阔腿")
_SLIM = ("skinny", "slim", "tapered", "紧身", "修身", "小脚", "铅笔裤", "烟管裤")
_CUTS = {"tight": _TIGHT, "wide": _WIDE, "soft": _SOFT, "slim": _SLIM}
_WIDTHS = {
    "tight": (0.042, 0.088, 0.126), "wide": (0.118, 0.095, 0.146), "soft": (0.056, 0.098, 0.126), "slim": (0.047, 0.091, 0.120),
    "": (0.0, 0.095, 0.126),
}  # fmt: skip
"""Hem, leg and how far legs are apart, by cut; see `Cut`. The hem of straight ones is drawn."""
_CLOTHS = ("denim", "cotton", "linen", "wool", "velvet", "canvas", "leather", "nylon")
_UP = np.array([0, 0, 1.0], np.float32)


class Cut(NamedTuple):
    """How trousers are cut, in metres.

    Args:
        length: from the waist to the ground.
        hem, leg: radii of a leg at its hem and at the thigh.
        apart: from the middle to the axis of a leg, at the ground.
        kind: `shorts`, `tight`, `soft`, `wide`, `slim`, or empty for straight ones.
    """

    length: float
    hem: float
    leg: float
    apart: float
    kind: str

    @property
    def crotch(self) -> float:
        return self.length - 0.26


def trousers(look: Look) -> list[Part]:
    """Straight trousers or jeans with a waistband; shorts, leggings, tights, sweatpants, slim or wide ones where the words say so."""
    short, soft = look.says(_SHORT), look.says(_SOFT)
    footed = look.says(_FOOTED) and not look.says(_FOOTLESS)
    length = 0.48 if short else 1.0 * look.uniform(0.97, 1.03)
    waist = 0.160 * look.uniform(0.95, 1.06)
    cut = cut_of(look, short, length)
    field = legs(cut, [(length - 0.02, waist, 0.098), (length + 0.03, waist, 0.098)], look.uniform(0, 6))

    if footed:
        field = _with_feet(field, cut)
    low = -0.12 if footed else 0.0

    def keep(p: Floats) -> Floats:
        return np.asarray(np.minimum(p[:, 2] - low, length - p[:, 2]), np.float32)

    names = _cloths(look)
    parts = garment(
        look,
        field,
        ((-0.29, -0.21 if footed else -0.16, low - 0.03), (0.29, 0.16, length + 0.03)),
        keep,
        prints=False,
        cell=0.0085,
        names=names,
    )
    cloth = look.plain(look.pick(*names), mix(look.colour(), (0, 0, 0), 0.05))
    denim = cloth.name == "denim"
    if denim and parts[0].material.texture is None:
        parts = [_faded(part, length, cut.crotch) for part in parts]
    thread = look.plain("cotton", "#b9803c" if denim else mix(look.colour(), (0, 0, 0), 0.4)).but(bump=None)
    parts += side_seams(field, length, thread)
    ankles = [np.array([side * cut.apart, 0, 0.001], np.float32) for side in (-1, 1)]
    if soft:
        return [*parts, *_ribbed(look, field, length, [] if short else ankles)]
    belt = surface_ring(field, np.array([0, 0, length - 0.02], np.float32), _UP, 0.3, 110)
    rise = [(1.0, -0.021), (1.02, -0.019), (1.022, 0.019), (1.0, 0.0215), (0.985, 0.019), (0.985, -0.015)]
    parts.append(loft(np.stack([belt * [s, s, 1] + [0, 0, dz] for s, dz in rise]), cloth))
    if footed:
        return [part.moved(z=0.104) for part in parts]
    for ankle in ankles:
        parts += hem_lines(field, ankle, _UP, 0.14, cloth)
    if look.says(_TIGHT):
        return parts
    return [*parts, *_stitches(field, length, cut.crotch, thread), *_waist(look, belt, length, cloth)]


def _cloths(look: Look) -> tuple[str, ...]:
    """Of what trousers are, the usual first."""
    if look.material_name or look.says(("jeans", "牛仔")):
        return _CLOTHS
    return ("cotton", *(name for name in _CLOTHS if name != "cotton"))


def _with_feet(field: Field, cut: Cut) -> Field:
    """Legs that go on into feet."""

    def closed(p: Floats) -> Floats:
        out = field(p)
        for side in (-1, 1):
            heel, toe = (side * cut.apart, -0.01, -0.072), (side * cut.apart * 1.06, -0.158, -0.082)
            out = join(out, capsule(p, heel, toe, 0.030, 0.021), 0.035)
        return out

    return closed


def cut_of(look: Look, short: bool, length: float) -> Cut:
    """The cut that the words say; straight ones differ in their hems."""
    kind = next((kind for kind, words in _CUTS.items() if look.says(words)), "")
    hem, leg, apart = _WIDTHS[kind]
    if short:
        tight = kind in ("tight", "soft")
        return Cut(length, 0.100, leg if tight else 0.095, 0.132, "shorts" if kind != "tight" else "tight")
    straight = 0.073 * look.uniform(0.85, 1.25)
    return Cut(length, hem or straight, leg, apart, kind)


def legs(cut: Cut, above: list[tuple[float, float, float]], seed: float, hip: float = 0.186) -> Field:
    """The trunk from the crotch up, and two legs.

    Args:
        above: height, half width and half depth of its sections from the waist up.
        hip: half the width of the hip.
    """
    crotch = cut.crotch
    # The hip narrows into the thighs below it, so that no edge of it shows.
    below = [(crotch - 0.05, 0.10, 0.05), (crotch, 0.140, 0.078), (crotch + 0.12, hip, 0.110)]
    heights, wide, deep = (list(column) for column in zip(*below, *above, strict=True))
    z, w = smooth_table(wide, heights)
    _, d = smooth_table(deep, heights)

    def field(p: Floats) -> Floats:
        out = np.maximum(tube_field(p, z, w, d, 2.4), crotch - p[:, 2])
        for side in (-1, 1):
            thigh = np.array([side * 0.093, 0, crotch + 0.11], np.float32)
            ankle = np.array([side * cut.apart, 0.004, -0.06], np.float32)
            out = join(out, capsule(p, ankle, thigh, cut.hem, cut.leg, flatten=1.0), 0.034)
        if cut.kind == "tight":
            return np.asarray(out, np.float32)
        folds = 0.0 if cut.kind == "shorts" else _folds(p, crotch, seed)
        return np.asarray(out + creases(p, seed, 0.0032) + folds, np.float32)

    return field


def _ribbed(look: Look, field: Field, length: float, ankles: list[Floats]) -> list[Part]:
    """The elastic waist of sweatpants with its cords, and the cuffs at their ankles."""
    rib = look.plain("knit", mix(look.colour(), (0, 0, 0), 0.08))
    steps = np.linspace(0, 0.052, 6)
    ends = [([np.array([0, 0, length - 0.050 + step], np.float32) for step in steps], 0.3)]
    ends += [([ankle + np.array([0, 0, step], np.float32) for step in steps], 0.14) for ankle in ankles]
    parts = [band(field, centres, _UP, most, rib, 0.0032) for centres, most in ends]
    cord = look.plain("cotton", "#f4f2ec").but(bump=None)
    for side in (-1, 1):
        z = length - np.array([0.024, 0.034, 0.08, 0.155])
        x = side * np.array([0.010, 0.013, 0.020, 0.024])
        out = in_depth(field, x.astype(np.float32), z.astype(np.float32), 0.3) + np.array([0.002, 0.007, 0.006, 0.006])
        parts.append(tube(smooth_path(np.stack([x, -out, z], -1), 24), 0.0028, cord, segments=10))
    return parts


def _folds(p: Floats, crotch: float, seed: float) -> Floats:
    """Folds at the knees, over the shoes, and those that run out from where the legs part, in metres."""
    x, y, z = np.abs(p[:, 0]), p[:, 1], p[:, 2]
    knee = 0.0045 * np.sin(34 * z + 9 * p[:, 0] + seed) * np.exp(-(((z - crotch * 0.52) / 0.10) ** 2))
    ankle = 0.0040 * np.sin(88 * z + 26 * y + 12 * p[:, 0] + seed) * np.exp(-(((z - 0.075) / 0.055) ** 2))
    angle, away = np.arctan2(z - crotch, x + 0.01), np.hypot(x + 0.01, z - crotch)
    rays = 0.0030 * np.sin(17 * angle + seed) * np.exp(-(((away - 0.09) / 0.05) ** 2)) * (angle > -1.2)
    return np.asarray(knee + ankle + rays, np.float32)


def _faded(part: Part, length: float, crotch: float) -> Part:
    """Denim that is lighter where it wears: down the middle of the thighs, at the knees, on the seat."""
    x, y, z = part.vertices.T
    thigh = np.exp(-(((np.abs(x) - 0.104) / 0.042) ** 2)) * np.exp(-(((z - 0.60 * length) / (0.2 * length)) ** 2))
    seat = np.exp(-(((np.abs(x) - 0.085) / 0.06) ** 2)) * np.exp(-(((z - crotch - 0.06) / 0.07) ** 2))
    worn = 0.90 + 0.42 * np.where(y < 0, thigh, 0.7 * seat + 0.3 * thigh)
    most = 0.95 / max(part.material.colour)
    shade = np.minimum(worn, max(most, 1.0))[:, None]
    return part.but(colours=np.repeat(shade, 3, 1).astype(np.float32))


def side_seams(field: Field, length: float, thread: Material) -> list[Part]:
    """The seam down the outside of each leg."""
    height = np.linspace(0.004, length - 0.045, 90).astype(np.float32)
    out = in_depth(lying_on(lambda p: field(np.stack([p[:, 1], 0 * p[:, 0], p[:, 2]], -1))), 0 * height, height, 0.3)
    dark = thread.but(colour=tuple(0.8 * c for c in thread.colour))
    return [tube(np.stack([-out, 0 * out, height], -1), 0.0011, dark, segments=6).scaled(s, 1, 1) for s in (1, -1)]


def _waist(look: Look, belt: Floats, length: float, cloth: Material) -> list[Part]:
    """The button and the loops of the waistband."""
    denim = cloth.name == "denim"
    front = belt[(np.abs(belt[:, 0]) + (belt[:, 1] > 0)).argmin()]
    button = lathe(
        [(1e-4, 0), (0.0085, 0), (0.0085, 0.002), (0.006, 0.003), (1e-4, 0.0025)],
        [0, 0.0006, 0.001, 0.001, 0],
        look.plain("copper" if denim else "matte plastic", None if denim else "#2c2c2e"),
        40,
    )
    parts = [button.turned(90, "x").moved(x=float(front[0]), y=float(front[1]) * 1.022, z=length - 0.02)]
    for angle in (-2.45, -0.69, 0.69, 2.45, 3.14):
        at = belt[np.abs(np.angle(np.exp(1j * (np.arctan2(belt[:, 0], -belt[:, 1]) - angle)))).argmin()]
        path = [
            (at[0] * 1.02, at[1] * 1.02, length - 0.045),
            (at[0] * 1.05, at[1] * 1.05, length - 0.035),
            (at[0] * 1.05, at[1] * 1.05, length - 0.005),
            (at[0] * 1.02, at[1] * 1.02, length + 0.001),
        ]
        parts.append(tube(path, 0.0045, cloth, flatten=0.4, up=(float(at[0]), float(at[1]), 0.0), segments=14))
    return parts


def _stitches(field: Field, length: float, crotch: float, thread: Material) -> list[Part]:
    """The seams of fly, front pockets and back pockets."""
    low = length - 0.042
    fly = [(0.004, low), (0.030, low - 0.02), (0.031, crotch + 0.095), (0.022, crotch + 0.07), (0.002, crotch + 0.058)]
    lines = [(-1, fly), (-1, [(0.0, low), (0.0, crotch + 0.03)])]
    for side in (-1, 1):
        lines.append(
            (-1, [(side * x, low - z) for x, z in ((0.098, 0), (0.108, 0.045), (0.128, 0.072), (0.160, 0.086))])
        )
        x = side * 0.085
        pocket = [(-0.052, 0), (-0.050, 0.085), (0, 0.115), (0.050, 0.085), (0.052, 0), (-0.052, 0)]
        lines.append((1, [(x + dx, low - 0.045 - dz) for dx, dz in pocket]))
    parts = []

    def behind(p: Floats) -> Floats:
        return field(p * np.array([1, -1, 1], np.float32))

    for back, corners in lines:
        curve = np.array(corners) if back > 0 or len(corners) == 2 else smooth_path(corners, 40)
        x, z = refine(np.asarray(curve, float), 0.008).T.astype(np.float32)
        deep = in_depth(behind if back > 0 else field, x, z, 0.3)
        parts.append(tube(np.stack([x, back * (deep + 0.0006), z], -1), 0.0010, thread, segments=6))
    return parts
