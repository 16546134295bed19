"""Dress and skirt as on an invisible mannequin."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.garment_kit import (
    Table,
    creases,
    garment,
    lying_on,
    seam_of,
    smooth_table,
    surface_ring,
    tube_field,
)
from prodgen_render.families.sleeves import Sleeves
from prodgen_render.families.torso import V_NECKED, armholes
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import loft, smooth_path, tube
from prodgen_render.words.reading import sleeves_of

_PLEATED = ("pleated", "pleats", "pleat", "百褶", "百褶裙", "褶")


_LENGTHS = (
    (("maxi", "floor length", "floor-length", "gown", "长款", "拖地"), 0.36),
    (("midi", "中长"), 0.14),
    (("mini", "miniskirt", "short skirt", "超短", "迷你"), -0.13),
)
"""Words for how long a skirt is, and metres more than the usual."""
_NARROW = ("bodycon", "sheath", "pencil", "tube dress", "slip dress", "旗袍", "包臀", "修身", "紧身", "鱼尾", "铅笔")
"""Words for a skirt that does not flare."""
_STRAPPED = ("spaghetti strap", "spaghetti straps", "cami", "slip dress", "strappy", "吊带")


def _longer(look: Look) -> float:
    return next((more for words, more in _LENGTHS if look.says(words)), 0.0)


def dress(look: Look) -> list[Part]:
    """A dress with a fitted waist and a flared, folded skirt; sleeveless where the words give it no sleeves."""
    usual = 0.95 * look.uniform(0.94, 1.06)
    longer = _longer(look)
    length = usual + longer

    def at(share: float) -> float:
        """A height above the hem as a share of the usual length: longer dresses have a longer skirt."""
        return longer + usual * share

    narrow = look.says(_NARROW)
    if narrow:
        hem = 0.178 * look.uniform(0.97, 1.03)
        widths, depths = [hem, 0.205, 0.190], [hem * 0.62, 0.13, 0.125]
    else:
        hem = 0.27 * look.uniform(0.85, 1.2)
        widths, depths = [hem, hem * 0.78, 0.165], [hem * 0.8, hem * 0.6, 0.115]
    top = length
    heights = [-0.05, 0.54 * at(0.52), *(at(share) for share in (0.52, 0.63, 0.76, 0.85, 0.95)), length + 0.03]
    z, w = smooth_table([*widths, 0.135, 0.165, 0.178, 0.160, 0.068], heights)
    # Front and back meet on the shoulders.
    _, d = smooth_table([*depths, 0.095, 0.115, 0.105, 0.066, 0.012], heights)
    folds, seed = round(look.uniform(9, 14)), look.uniform(0, 6)
    sleeve = {"long": 0.52, "short": 0.17}.get(sleeves_of(look.product))
    sleeves = Sleeves.of(0.135, at(0.885), sleeve, 0.062) if sleeve else None

    pointed, strapped = look.says(V_NECKED), sleeves is None and look.says(_STRAPPED)
    deep_neck, bust = 0.17 if pointed else 0.12, at(0.865)

    def body(p: Floats) -> Floats:
        angle = np.arctan2(p[:, 1], p[:, 0])
        depth = 0.0 if narrow else np.interp(p[:, 2], [0, at(0.55), at(0.62)], [0.020, 0.003, 0.0])
        pleats = depth * np.sin(folds * angle + seed + 0.8 * np.sin(3 * angle)) * 0.8
        return np.asarray(tube_field(p, z, w, d, 2.2) + pleats, np.float32)

    def field(p: Floats) -> Floats:
        grown = sleeves.joined(body(p), p) if sleeves else body(p)
        return np.asarray(grown + creases(p, seed, 0.0018), np.float32)

    def keep(p: Floats) -> Floats:
        front = p[:, 1] < 0
        if strapped:
            return np.asarray(np.minimum(p[:, 2], bust - p[:, 2]), np.float32)
        across, down = np.abs(p[:, 0]) / 0.082, np.abs(p[:, 2] - top) / np.where(front, deep_neck, 0.06)
        neck = np.where(front & pointed, across + down, across**2 + down**2) - 1
        holes = neck if sleeves else np.minimum(neck, armholes(p, 0.190, at(0.885), 0.062, 0.105))
        out = np.minimum(p[:, 2], top - 0.002 - p[:, 2])
        out = np.where(p[:, 2] > at(0.7), np.minimum(out, holes * 0.05), out)
        return np.asarray(sleeves.cut(out, body(p), p) if sleeves else out, np.float32)

    reach, deep = max(hem + 0.04, sleeves.reach if sleeves else 0.0), hem * 0.8 + 0.05
    names = ("cotton", "silk", "linen", "velvet", "knit", "denim", "wool", "nylon")
    parts = garment(
        look,
        field,
        ((-reach, -deep, -0.03), (reach, deep, length + 0.03)),
        keep,
        prints=False,
        cell=0.0105,
        names=names,
        skirt=((z, w, d), at(0.63)),
    )
    belt = surface_ring(field, np.array([0, 0, at(0.63)], np.float32), np.array([0, 0, 1.0]), 0.3, 96)
    band = np.stack(
        [
            belt * [1.0, 1.0, 1] + [0, 0, -0.014],
            belt * [1.025, 1.03, 1] + [0, 0, -0.012],
            belt * [1.025, 1.03, 1] + [0, 0, 0.012],
            np.add(belt, [0, 0, 0.014]),
        ]
    )
    parts.append(loft(band, look.plain("cotton", mix(look.colour(), (0, 0, 0), 0.18))))
    binding = look.solid(*names)
    if strapped:
        rim = surface_ring(field, np.array([0, 0, bust - 0.001], np.float32), np.array([0, 0, 1.0]), 0.3, 96)
        return [*parts, tube(rim, 0.0026, binding, segments=10, closed=True), *_straps(bust, top, (z, w, d), binding)]
    a = np.linspace(0.03, np.pi - 0.03, 60)
    falls = (deep_neck * (1 - np.abs(np.cos(a)) if pointed else np.sin(a)), 0.06 * np.sin(a))
    bound = [_bound(0.082 * np.cos(a), [top - fall for fall in falls], (z, w, d))]
    if sleeves:
        parts += [*sleeves.hems(field, binding), *sleeves.seams(field, binding)]
    else:
        a = np.linspace(0.45 * np.pi, 1.6 * np.pi, 90)
        hole = _bound(0.190 + 0.062 * np.cos(a), [at(0.885) + 0.105 * np.sin(a)] * 2, (z, w, d))
        bound += [hole, hole * [-1, 1, 1]]
    return [*parts, *(tube(loop, 0.0026, binding, segments=10, closed=True) for loop in bound)]


def _straps(low: float, top: float, table: Table, cloth: Material) -> list[Part]:
    """Two thin straps from the front over the shoulders to the back, where a body ends at a height."""
    z, w, d = table
    x = 0.082
    y = float(np.interp(low, z, d) * (1 - (x / np.interp(low, z, w)) ** 2.2) ** (1 / 2.2))
    way = smooth_path(
        [(x, -y, low - 0.004), (x * 1.02, -0.7 * y, (low + top) / 2), (x, 0, top - 0.012), (x * 0.96, 0.8 * y, (low + top) / 2), (x * 0.94, y, low - 0.004)],
        60,
    )  # fmt: skip
    return [tube(way * [side, 1, 1], 0.0042, cloth, flatten=0.4, segments=14) for side in (-1, 1)]


def _bound(x: Floats, heights: list[Floats], table: Table) -> Floats:
    """The edge of an opening, a loop [n, 3]: x and height in front, then behind, where the body of a table is as wide as that."""
    z, w, d = table
    halves = []
    for sign, height in zip((-1, 1), heights, strict=True):
        share = np.abs(x) / np.interp(height, z, w)
        on = share < 0.99
        y = sign * np.interp(height, z, d) * np.maximum(1 - share**2.2, 0) ** (1 / 2.2)
        halves.append(np.stack([x, y, height], -1)[on])
    return np.concatenate([halves[0], halves[1][::-1]])


def skirt(look: Look) -> list[Part]:
    """A flared, folded skirt with a waistband."""
    length = 0.58 * look.uniform(0.75, 1.2)
    if longer := _longer(look):
        length = 0.3 * length + 0.7 * (0.58 + longer)
    narrow = look.says(_NARROW)
    waist, hem = 0.150 * look.uniform(0.95, 1.05), (0.186 if narrow else 0.27) * look.uniform(0.85, 1.15)
    heights = [-0.05, length * 0.35, length * 0.75, length, length + 0.04]
    thigh, hip = (hem * 1.04, 0.196) if narrow else (hem * 0.86, max(0.19, hem * 0.66))
    z, w = smooth_table([hem * 1.03, thigh, hip, waist, waist * 0.98], heights)
    _, d = smooth_table(
        [hem * 0.7, 0.124, 0.130, 0.105, 0.103] if narrow else [hem * 0.85, hem * 0.68, 0.128, 0.105, 0.103], heights
    )
    folds, seed = round(look.uniform(9, 16)), look.uniform(0, 6)
    pleated, flared = look.says(_PLEATED), not narrow

    def field(p: Floats) -> Floats:
        angle = np.arctan2(p[:, 1], p[:, 0])
        if pleated:
            # Knife pleats: each rises slowly and falls back under the next.
            turn = (angle * 22 / (2 * np.pi)) % 1
            depth = np.interp(p[:, 2], [0, length * 0.6, length], [0.022, 0.014, 0.004])
            return np.asarray(
                tube_field(p, z, w, d, 2.2) - depth * (np.minimum(turn / 0.68, (1 - turn) / 0.32) - 0.5), np.float32
            )
        depth = np.interp(p[:, 2], [0, length * 0.7, length * 0.97], [0.022, 0.008, 0.0]) * flared
        pleats = depth * 0.8 * np.sin(folds * angle + seed + 0.6 * np.sin(3 * angle))
        return np.asarray(tube_field(p, z, w, d, 2.2) + pleats + creases(p, seed, 0.0015), np.float32)

    def keep(p: Floats) -> Floats:
        return np.asarray(np.minimum(p[:, 2], length - p[:, 2]), np.float32)

    names = ("cotton", "silk", "linen", "velvet", "knit", "denim", "wool", "leather", "nylon")
    reach, deep = hem + 0.05, hem * 0.85 + 0.05
    bounds = ((-reach, -deep, -0.03), (reach, deep, length + 0.03))
    parts = garment(look, field, bounds, keep, prints=False, cell=0.009, names=names, skirt=((z, w, d), np.inf))
    cloth = look.plain(look.pick(*names), mix(look.colour(), (0, 0, 0), 0.08))
    belt = surface_ring(field, np.array([0, 0, length - 0.02], np.float32), np.array([0, 0, 1.0]), 0.3, 110)
    line = surface_ring(lying_on(field), np.array([0, 0, 0.022], np.float32), np.array([0, 0, 1.0]), reach, 160)
    parts.append(tube(line, 0.0010, seam_of(cloth), segments=6, closed=True))
    rise = [(1.0, -0.019), (1.02, -0.017), (1.022, 0.019), (1.0, 0.0215), (0.985, 0.019), (0.985, -0.015)]
    return [*parts, loft(np.stack([belt * [s, s, 1] + [0, 0, dz] for s, dz in rise]), cloth)]
