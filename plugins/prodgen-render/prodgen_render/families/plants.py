"""A plant in a pot."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import loft, smooth_path, tube

_POTS = (
    "ceramic",
    "terracotta",
    "porcelain",
    "stoneware",
    "matte plastic",
    "plastic",
    "iron",
    "marble",
    "bamboo",
    "wood",
    "copper",
    "brass",
)
_BLADES = ("snake plant", "sansevieria", "aloe", "grass", "虎尾兰", "虎皮兰", "芦荟")
_ROSETTE = ("succulent", "echeveria", "cactus", "多肉", "仙人掌")
_SPLIT = ("monstera", "swiss cheese", "philodendron", "龟背竹")
_GREEN_POTS = ("green pot", "green ceramic pot", "green planter", "绿盆", "绿色盆", "绿色花盆")
_GREENS = ("#3f7a45", "#4c8a4a", "#34693f")


def plant(look: Look) -> list[Part]:
    """A potted plant: broad leaves on stems, upright blades or a rosette, by its words."""
    rim, high = 0.085 * look.uniform(0.9, 1.15), 0.14 * look.uniform(0.9, 1.15)
    pot = look.main(*_POTS, extent=(0.5, high), default="#f1eee6", period=0.05)
    if "green" in look.colour_name and not look.says(_GREEN_POTS):
        pot = look.plain(pot.name, "#f1eee6")  # so are its leaves
    corners = [(1e-4, 0.0), (rim * 0.72, 0.0), (rim, high), (rim - 0.007, high), (rim * 0.93, high * 0.86)]
    parts = [lathe(corners, [0, 0.006, 0.003, 0.003, 0], pot)]
    soil = lathe([(rim * 0.95, high * 0.87), (1e-4, high * 0.9)], 0, look.plain("rubber", "#4a3728"))
    turn = look.uniform(0, 6.28)
    if look.says(_BLADES):
        leaves = _blades(look, rim, turn)
    elif look.says(_ROSETTE):
        leaves = _rosette(look, rim, turn)
    else:
        leaves = _broad(look, turn)
    return [*parts, soil, *(part.moved(z=high * 0.88) for part in leaves)]


def _green(look: Look, number: int) -> Material:
    return look.plain("matte plastic", _GREENS[number % len(_GREENS)]).but(roughness=0.5, coat=0.2, bump=None)


def _broad(look: Look, turn: float) -> list[Part]:
    """Leaves as wide as long on arching stems, split where the words name a plant with such leaves."""
    parts, split = [], look.says(_SPLIT)
    for number in range(11):
        angle = turn + 2.4 * number  # the golden angle: no leaf stands over the last
        out, up = 0.10 + 0.012 * (number % 4), 0.34 - 0.021 * number
        away = np.array([np.cos(angle), np.sin(angle), 0])
        stem = smooth_path([0 * away, away * out * 0.35 + [0, 0, up * 0.6], away * out + [0, 0, up]], 16)
        green = _green(look, number)
        parts.append(tube(stem, np.linspace(0.0035, 0.002, 16), green, segments=10))
        tip = away * (out + 0.13) + [0, 0, up - 0.05]
        middle = smooth_path([stem[-1], away * (out + 0.06) + [0, 0, up + 0.012], tip], 72 if split else 16)
        parts += _leaf(middle, 0.074 if split else 0.058, green, fold=0.25, lobes=6 if split else 0)
    return parts


def _blades(look: Look, rim: float, turn: float) -> list[Part]:
    """Stiff leaves that stand up."""
    parts = []
    for number in range(9):
        angle = turn + 2.4 * number
        away = np.array([np.cos(angle), np.sin(angle), 0]) * rim * (0.15 + 0.05 * number)
        up = 0.38 - 0.025 * number
        middle = smooth_path([away, away * 1.3 + [0, 0, up * 0.5], away * 1.9 + [0, 0, up]], 18)
        parts += _leaf(middle, 0.024, _green(look, number), fold=0.5)
    return parts


def _rosette(look: Look, rim: float, turn: float) -> list[Part]:
    """Thick leaves in rings, the inner ones steeper."""
    parts = []
    for number in range(26):
        angle, share = turn + 2.4 * number, number / 26
        away = np.array([np.cos(angle), np.sin(angle), 0])
        reach, up = rim * (1.05 - 0.85 * share), 0.012 + 0.075 * share
        middle = smooth_path(
            [0.01 * away, away * reach * 0.6 + [0, 0, up * 0.6], away * reach + [0, 0, up + 0.012]], 10
        )
        parts += _leaf(middle, 0.019 - 0.009 * share, _green(look, number), fold=0.35, thick=0.004)
    return parts


def _leaf(
    middle: Floats, half: float, green: Material, *, fold: float, thick: float = 0.0007, lobes: int = 0
) -> list[Part]:
    """A pointed leaf along a midrib [n, 3], both sides of it.

    Args:
        half: half of its greatest width in metres.
        fold: how far its edges rise above the midrib, as a share of their distance from it.
        lobes: into how many parts each side is split, 0 for a whole leaf.
    """
    along = np.gradient(middle, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    flat = np.array([middle[-1, 0], middle[-1, 1], 0]) - [middle[0, 0], middle[0, 1], 0]
    side = np.cross(flat / max(np.linalg.norm(flat), 1e-9), [0, 0, 1.0])
    up = np.cross(side, along)
    t = np.linspace(0, 1, len(middle))
    width = half * (np.sin(np.pi * t**0.75) ** 0.8).clip(0.02)
    s = np.linspace(-1, 1, 9)
    if lobes:
        # Heart-shaped, and cut in from the edges between the ribs.
        width = half * (np.sin(np.pi * t.clip(0.02, 0.98) ** 0.62) ** 0.7).clip(0.02)
        cut = np.clip(1.6 * np.cos(np.pi * lobes * t) ** 8 - 0.3, 0, 1) * (t > 0.1) * (t < 0.93)
        width = width * (1 - 0.62 * cut)
    sheet = middle[:, None] + (width[:, None] * s)[..., None] * side
    if lobes:  # the ribs run outwards and forwards
        sheet = (
            sheet
            + (0.42 * half * np.sin(np.pi * t)[:, None] * (np.abs(s) * width[:, None] / half))[..., None]
            * along[:, None]
        )
    sheet = sheet + (fold * width[:, None] * np.abs(s) ** 1.5)[..., None] * up[:, None]
    body = (thick * (1 - s**2))[None, :, None] * up[:, None]
    return [loft(sheet + body, green, closed=False), loft((sheet - body)[:, ::-1], green, closed=False)]
