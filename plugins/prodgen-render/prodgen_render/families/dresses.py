"""Dress and skirt as on an invisible mannequin."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.bodices import Bodice
from prodgen_render.families.garment_kit import (
    creases,
    garment,
    lying_on,
    seam_of,
    smooth_table,
    surface_ring,
    tube_field,
)
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Part
from prodgen_render.shapes.geometry import loft, tube

_PLEATED = ("pleated", "pleats", "pleat", "百褶", "百褶裙", "褶")


_LENGTHS = (
    (("maxi", "floor length", "floor-length", "gown", "长款", "拖地"), 0.36),
    (("midi", "中长"), 0.14),
    (("mini", "miniskirt", "short skirt", "超短", "迷你"), -0.13),
)
"""Words for how long a skirt is, and metres more than the usual."""
_NARROW = ("bodycon", "sheath", "pencil", "tube dress", "slip dress", "旗袍", "包臀", "修身", "紧身", "鱼尾", "铅笔")
"""Words for a skirt that does not flare."""


def _longer(look: Look) -> float:
    return next((more for words, more in _LENGTHS if look.says(words)), 0.0)


def dress(look: Look) -> list[Part]:
    """A dress with a fitted waist and a flared, folded skirt; sleeveless where the words give it no sleeves."""
    usual = 0.95 * look.uniform(0.94, 1.06)
    longer = _longer(look)
    length = usual + longer

    bodice = Bodice.of(look, longer, usual)
    at = bodice.at
    narrow = look.says(_NARROW)
    if narrow:
        hem = 0.178 * look.uniform(0.97, 1.03)
        widths, depths = [hem, 0.205, 0.190], [hem * 0.62, 0.13, 0.125]
    else:
        hem = 0.27 * look.uniform(0.85, 1.2)
        widths, depths = [hem, hem * 0.78, 0.165], [hem * 0.8, hem * 0.6, 0.115]
    above, wide, deep = bodice.sections
    heights = [-0.05, 0.54 * at(0.52), at(0.52), *above]
    z, w = smooth_table([*widths, *wide], heights)
    _, d = smooth_table([*depths, *deep], heights)
    folds, seed = round(look.uniform(9, 14)), look.uniform(0, 6)

    def body(p: Floats) -> Floats:
        angle = np.arctan2(p[:, 1], p[:, 0])
        depth = 0.0 if narrow else np.interp(p[:, 2], [0, at(0.55), at(0.62)], [0.020, 0.003, 0.0])
        pleats = depth * np.sin(folds * angle + seed + 0.8 * np.sin(3 * angle)) * 0.8
        return np.asarray(tube_field(p, z, w, d, 2.2) + pleats, np.float32)

    def field(p: Floats) -> Floats:
        return np.asarray(bodice.joined(body(p), p) + creases(p, seed, 0.0018), np.float32)

    def keep(p: Floats) -> Floats:
        return bodice.keep(p, body)

    reach, behind = max(hem + 0.04, bodice.sleeves.reach if bodice.sleeves else 0.0), hem * 0.8 + 0.05
    names = ("cotton", "silk", "linen", "velvet", "knit", "denim", "wool", "nylon")
    parts = garment(
        look,
        field,
        ((-reach, -behind, -0.03), (reach, behind, length + 0.03)),
        keep,
        prints=False,
        cell=0.0105,
        names=names,
        skirt=((z, w, d), at(0.63)),
    )
    return [*parts, bodice.belt(look, field), *bodice.edges(field, (z, w, d), look.solid(*names))]


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
