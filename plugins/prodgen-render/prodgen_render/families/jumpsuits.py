"""Jumpsuits, playsuits and dungarees, as on an invisible mannequin."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.bodices import Bodice
from prodgen_render.families.garment_kit import bound_edges, garment, hem_lines, seam_of, smooth_table, tube_field
from prodgen_render.families.kit import lathe
from prodgen_render.families.onepieces import WORK, boiler_suit
from prodgen_render.families.trousers import cut_of, legs, side_seams, trousers
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import smooth_path, tube
from prodgen_render.shapes.implicit import Field, in_depth

_BIBBED = ("dungarees", "dungaree", "overalls", "bib", "pinafore", "背带裤", "工装背带")
_SHORT = (
    "shorts", "playsuit", "romper", "rompers", "shortalls", "shortall", "短裤", "连体短裤", "哈衣", "爬服",
)  # fmt: skip
_CLOTHS = ("cotton", "linen", "silk", "denim", "velvet", "knit", "wool", "nylon", "leather")
_BODICE = 1.08
"""Metres: the scale of the bodice, see `Bodice`."""
_BIB = (0.25, 0.115, 0.098)
"""How high a bib is, and half its width at the waist and at its upper edge, in metres."""
_UP = np.array([0, 0, 1.0], np.float32)


def jumpsuit(look: Look) -> list[Part]:
    """A fitted bodice and trousers in one, with short legs where the words say so; dungarees where they have a bib; a boiler suit."""
    if look.says(WORK):
        return boiler_suit(look)
    if look.says(_BIBBED):
        return _dungarees(look)
    waist = (0.46 if look.says(_SHORT) else 0.98) * look.uniform(0.97, 1.03)
    cut = cut_of(look, look.says(_SHORT), waist)
    bodice = Bodice.of(look, waist - 0.63 * _BODICE, _BODICE)
    body = legs(cut, list(zip(*bodice.sections, strict=True)), look.uniform(0, 6), hip=0.174)

    def field(p: Floats) -> Floats:
        return bodice.joined(body(p), p)

    def keep(p: Floats) -> Floats:
        return bodice.keep(p, body)

    reach = max(0.29, bodice.sleeves.reach if bodice.sleeves else 0.0)
    bounds = ((-reach, -0.18, -0.03), (reach, 0.18, bodice.top + 0.03))
    parts = garment(look, field, bounds, keep, prints=False, names=_CLOTHS)
    cloth = look.solid(*_CLOTHS)
    parts += side_seams(body, waist, seam_of(cloth))
    for side in (-1, 1):
        parts += hem_lines(field, np.array([side * cut.apart, 0, 0.001], np.float32), _UP, 0.14, cloth)
    return [*parts, bodice.belt(look, field), *bodice.edges(field, bodice.sections, cloth)]


def _dungarees(look: Look) -> list[Part]:
    """Trousers with a bib in front, a low back, and straps over the shoulders."""
    parts = trousers(look)
    high, low, narrow = _BIB
    points = np.concatenate([part.vertices for part in parts[:2]])
    waist = float(points[:, 2].max())
    wide, deep = np.abs(points[points[:, 2] > waist - 0.03, :2]).max(0).tolist()
    z, w = smooth_table([wide, wide, wide * 1.06, 0.17], [waist - 0.1, waist, waist + 0.2, waist + 0.4])
    _, d = smooth_table([deep, deep, 0.112, 0.10], [waist - 0.1, waist, waist + 0.2, waist + 0.4])

    def field(p: Floats) -> Floats:
        return tube_field(p, z, w, d)

    def keep(p: Floats) -> Floats:
        up = p[:, 2] - waist
        front = np.minimum(high - up, low + (narrow - low) * up / high - np.abs(p[:, 0]))
        # The back rises from the sides to where the straps begin.
        back = np.minimum(0.17 - up, 0.055 + 0.55 * (0.17 - up) - np.abs(p[:, 0]))
        return np.asarray(np.minimum(up + 0.02, np.where(p[:, 1] < 0, front, back)), np.float32)

    cloth = look.plain(
        look.pick("denim", *_CLOTHS) if parts[0].material.name == "denim" else look.pick(*_CLOTHS), look.colour()
    )
    bib = garment(
        look,
        field,
        ((-0.22, -0.16, waist - 0.04), (0.22, 0.16, waist + high + 0.03)),
        keep,
        prints=False,
        names=(parts[0].material.name,),
    )
    return [
        *parts,
        *bib,
        *bound_edges(bib, 0.0020, cloth),
        *_straps(look, field, waist, cloth),
        *_pocket(look, field, waist, cloth),
    ]


def _straps(look: Look, field: Field, waist: float, cloth: Material) -> list[Part]:
    """Over the shoulders to a buckle and a button at either upper corner of the bib."""
    parts = []
    top = waist + _BIB[0]
    metal = look.plain("brass" if cloth.name == "denim" else "steel")
    button = lathe(
        [(1e-4, 0), (0.009, 0), (0.009, 0.003), (0.006, 0.004), (1e-4, 0.0035)], [0, 0.0006, 0.001, 0.001, 0], metal, 40
    )
    corner = np.array([0.078], np.float32), np.array([top - 0.028], np.float32)
    front = -float(in_depth(field, *corner, 0.3)[0])
    for side in (-1, 1):
        x = side * 0.078
        way = [
            (x, front - 0.006, top - 0.055), (x, front - 0.006, top - 0.01), (x * 1.02, front * 0.8, top + 0.09), (x, 0.0, top + 0.15),
            (x * 0.85, 0.085, top + 0.09), (x * 0.5, 0.112, top - 0.03), (x * 0.3, 0.113, waist + 0.15),
        ]  # fmt: skip
        parts.append(tube(smooth_path(way, 70), 0.0165, cloth, flatten=0.12, up=(1, 0, 0), segments=20))
        parts.append(button.turned(90, "x").moved(x=x, y=front - 0.0075, z=top - 0.028))
        loop = [
            (x + sx * 0.020, front - 0.009, top - 0.028 + dz)
            for sx, dz in ((-1, -0.016), (1, -0.016), (1, 0.022), (-1, 0.022))
        ]
        parts.append(tube([*loop, loop[0]], 0.0017, metal, segments=10))
    return parts


def _pocket(look: Look, field: Field, waist: float, cloth: Material) -> list[Part]:
    """The seams of the pocket on the bib."""
    thread = look.plain("cotton", "#b9803c" if cloth.name == "denim" else mix(look.colour(), (0, 0, 0), 0.4)).but(
        bump=None
    )
    x = np.interp(np.linspace(0, 4, 81), [0, 1, 2, 3, 4], [-0.066, -0.060, 0.060, 0.066, -0.066]).astype(np.float32)
    z = (
        np.interp(np.linspace(0, 4, 81), [0, 1, 2, 3, 4], [0.185, 0.065, 0.065, 0.185, 0.185]).astype(np.float32)
        + waist
    )
    return [tube(np.stack([x, -(in_depth(field, x, z, 0.3) + 0.0008), z], -1), 0.0012, thread, segments=6)]
