"""Gift boxes and bouquets, with their ribbons."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prodgen_render.families.kit import lathe
from prodgen_render.families.sewn import belt, in_metres, sheet
from prodgen_render.looks.finishes import linear, srgb
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import Srgb, mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import box, loft, smooth_path, tube

_PAPERS = ("paper", "kraft", "velvet", "leather", "matte plastic", "silk")
_TULIPS = ("tulip", "tulips", "郁金香")
_MIXED = ("mixed", "wildflower", "wildflowers", "assorted", "混搭")
_POSY = ("#e8a0b4", "#f4d35e", "#f6f1e6", "#b9a6d9", "#ee7560")
"""Colours of mixed flowers."""
_LID = 0.036


def gift_box(look: Look) -> list[Part]:
    """A box with a lid and a ribbon round both, tied to a bow."""
    wide, deep, high = 0.22 * look.uniform(0.9, 1.1), 0.20 * look.uniform(0.85, 1.1), 0.13 * look.uniform(0.75, 1.25)
    extent = (0.24, 0.24)
    paper = look.main(*_PAPERS, extent=extent, default="#c3272b", period=0.03).but(bump=None)
    shade = srgb(look.noted["rgb"])
    ribbon = look.part("ribbon", look.plain("silk", look.accent(shade)))
    whole = [
        *box((wide, deep, high - 0.002), 0.0015, paper),
        *(part.moved(z=high - _LID) for part in box((wide + 0.006, deep + 0.006, _LID), 0.0015, paper)),
    ]
    parts = [in_metres(part, extent) for part in whole]
    for half, turn in ((wide / 2, 0), (deep / 2, 90)):
        x, top = half + 0.0035, high + 0.0006
        over = np.array([(-x, 0, 0.0), (-x, 0, top), (x, 0, top), (x, 0, 0.0)])
        for start, end in pairwise(over):
            parts.append(belt(np.linspace(start, end, 12), (0, 1, 0), 0.026, 0.0010, ribbon).turned(turn))
    return [*parts, *(part.turned(25).moved(z=high + 0.002) for part in bow(0.075, 0.026, ribbon))]


def bow(reach: float, wide: float, ribbon: Material) -> list[Part]:
    """A bow that lies on z = 0 about the origin: four loops, two tails and the knot."""
    loop = smooth_path([(0, 0, 0.004), (0.32, 0, 0.42), (0.72, 0, 0.56), (1.0, 0, 0.30), (0.72, 0, 0.06), (0, 0, 0.002)], 48)  # fmt: skip
    tail = smooth_path([(0, 0, 0.06), (0.4, 0.05, 0.10), (0.8, -0.04, 0.05), (1.12, 0.0, 0.04)], 32)
    parts = []
    for turn, size in ((0, 1.0), (180, 1.0), (82, 0.72), (262, 0.72)):
        parts.append(_ribbon(loop * reach * size, wide, ribbon, pinched=2).turned(turn))
    for turn in (-38, 218):
        parts.append(_ribbon(tail * reach, wide, ribbon, pinched=1).turned(turn))
    knot = tube([(-0.30 * wide, 0, 0.011), (0.30 * wide, 0, 0.011)], 0.36 * wide, ribbon, segments=24)
    return [*parts, knot]


def _ribbon(path: NDArray[np.float64], wide: float, cloth: Material, *, pinched: int) -> Part:
    """A strip along a path, gathered at its start and, where `pinched` is 2, at its end too."""
    t = np.linspace(0, 1, len(path))
    ends = np.minimum(t, 1 - t) if pinched == 2 else t
    half = wide / 2 * (0.35 + 0.65 * np.clip(ends / 0.25, 0, 1) ** 0.7)
    across = np.linspace(-1, 1, 9)
    side = np.array([0, 1.0, 0])
    face = path[:, None] + (half[:, None] * across)[..., None] * side
    return sheet(face, 0.0008, cloth, (0.1, 0.1))


def bouquet(look: Look) -> list[Part]:
    """Flowers in a cone of paper that a ribbon ties."""
    petals = look.note(look.colour("#c3272b"), "paper")
    if look.pattern_name == "floral":
        look.noted["pattern"] = "floral"  # "mixed flowers" asks for no print
    many = look.says(_MIXED) or bool(look.inks)
    shades = [srgb(code) for code in _POSY] if many else [petals, mix(petals, (255, 255, 255), 0.10)]
    flower = _tulip if look.says(_TULIPS) else _rose
    pale = look.plain("paper", look.accent(petals, "#efe6d6"))
    high, mouth = 0.25, 0.115 * look.uniform(0.95, 1.1)
    parts = [_wrap(look, mouth, high, pale, 0.0), _wrap(look, mouth * 0.93, high * 1.06, pale, 0.9)]
    for number in range(19):
        out = mouth * 0.86 * np.sqrt((number + 0.35) / 19)
        angle = 2.39996 * number
        lean = float(np.degrees(np.arctan2(out, 0.20)))
        size = 0.030 * look.uniform(0.92, 1.1)
        head = flower(size, shades[number % len(shades)], look, 0.7 * number)
        top = high + 0.075 * (1 - (out / mouth) ** 2) - 0.002
        parts += [p.turned(lean, "y").turned(float(np.degrees(angle))).moved(out * np.cos(angle), out * np.sin(angle), top) for p in head]  # fmt: skip
    green = look.plain("matte plastic", "#4c7a48").but(roughness=0.6, bump=None)
    moss = [(mouth * 0.88, high * 0.92), (mouth * 0.5, high + 0.030), (1e-4, high + 0.045)]
    parts.append(lathe(moss, 0.02, look.plain("wool", "#3c5a36")))
    for number in range(14):
        angle = 2.39996 * number + 0.5
        away = np.array([np.cos(angle), np.sin(angle), 0])
        way = smooth_path([away * mouth * 0.55 + [0, 0, high], away * mouth * 0.9 + [0, 0, high + 0.022], away * mouth * 1.05 + [0, 0, high + 0.036]], 14)  # fmt: skip
        parts.append(_blade(way, 0.017, green))
    tie = look.part("ribbon", look.plain("silk", mix(petals, (255, 255, 255), 0.15)))
    a = np.linspace(0, 2 * np.pi, 60)
    parts.append(
        belt(np.stack([0.030 * np.cos(a), 0.030 * np.sin(a), 0 * a + 0.075], -1), (0, 0, 1), 0.018, 0.002, tie)
    )
    parts += [p.turned(90, "x").moved(y=-0.033, z=0.075) for p in bow(0.055, 0.018, tie)]
    return parts


def _wrap(look: Look, mouth: float, high: float, paper: Material, turn: float) -> Part:
    """Paper that opens to both sides of where it is tied, its folds deeper towards the edge."""
    t = np.linspace(0, 1, 40)[:, None]
    a = np.linspace(0, 2 * np.pi, 181)[None, :-1] + np.pi / 2
    radius = np.interp(t, [0, 0.12, 0.30, 0.45, 1], [0.052, 0.042, 0.028, 0.045, mouth])
    fold = 1 + 0.10 * np.abs(t - 0.3) / 0.7 * np.cos(9 * a + turn) + 0.04 * t * np.cos(4 * a + 2 * turn)
    up = high * t * (1 + 0.05 * t * np.cos(5 * a + turn))
    x, y = radius * fold * np.cos(a), radius * fold * np.sin(a)
    rows = np.stack(np.broadcast_arrays(x, y, up), -1)
    return loft(np.concatenate([rows, rows[::-1] * [0.985, 0.985, 1.0]]), paper)


def _rose(size: float, shade: Srgb, look: Look, turn: float) -> list[Part]:
    """Petals as cups in one another, the outer ones lower and curled outwards."""
    parts = []
    for ring, (wide, high) in enumerate(((0.24, 0.80), (0.42, 0.84), (0.62, 0.80), (0.84, 0.68), (1.04, 0.50))):
        deep = mix(shade, (20, 0, 6), 0.30 - 0.06 * ring)
        parts.append(_cup(size, wide, high, 0.10 + 0.05 * ring, 3 + ring // 2, turn + 1.1 * ring, _petal(look, deep)))
    return parts


def _tulip(size: float, shade: Srgb, look: Look, turn: float) -> list[Part]:
    cups = ((0.62, 1.55, -0.10, 0.0), (0.70, 1.45, -0.06, 1.05))
    return [_cup(size, wide, high, curl, 3, turn + more, _petal(look, shade)) for wide, high, curl, more in cups]


def _petal(look: Look, shade: Srgb) -> Material:
    return look.plain("velvet", shade).but(colour=linear(shade), sheen=0.3, roughness=0.8, bump=None)


def _cup(size: float, wide: float, high: float, curl: float, petals: int, turn: float, skin: Material) -> Part:
    """A cup of petals that stands on z = 0: its edge is round in each petal and notched between them."""
    t = np.linspace(0, 1, 16)[:, None]
    a = np.linspace(0, 2 * np.pi, 61)[None, :-1]
    notch = np.abs(np.cos(petals * a / 2 + turn)) ** 0.6
    radius = size * (wide * np.sin(np.pi * 0.5 * t) ** 0.8 + curl * t**5) * (0.94 + 0.08 * notch)
    up = size * (high * t**1.3 * (0.86 + 0.14 * notch) - 0.22 * curl * t**8)
    rows = np.stack(np.broadcast_arrays(radius * np.cos(a), radius * np.sin(a), up), -1)
    return loft(np.concatenate([rows, (rows * [0.95, 0.95, 1.0])[::-1]]), skin)


def _blade(middle: Floats, half: float, green: Material) -> Part:
    """A leaf along its rib, folded a little."""
    t = np.linspace(0, 1, len(middle))
    away = np.array([middle[-1, 0], middle[-1, 1], 0]) - [middle[0, 0], middle[0, 1], 0]
    side = np.cross(away / np.linalg.norm(away), [0, 0, 1.0])
    s = np.linspace(-1, 1, 9)
    width = half * np.sin(np.pi * t.clip(0.02, 0.98) ** 0.8)
    face: ArrayLike = middle[:, None] + (width[:, None] * s)[..., None] * side + np.stack([0 * s, 0 * s, 0.4 * np.abs(s)], -1)[None] * width[:, None, None]  # fmt: skip
    return sheet(np.asarray(face), 0.0008, green, (0.1, 0.1))
