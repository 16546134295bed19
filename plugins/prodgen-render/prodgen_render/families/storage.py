"""Shelf and cabinet."""

from __future__ import annotations

import re

import numpy as np

from prodgen_render.looks.finishes import METALS
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import brightness
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import box, tube
from prodgen_render.words.pieces import pieces_of
from prodgen_render.words.reading import words_of

_FLOATING = ("floating", "wall shelf", "wall shelves", "wall-mounted shelf", "一字隔板", "隔板", "壁挂")
_BOARDS = ("wood", "walnut", "bamboo", "matte plastic", "steel", "iron", "metal", "glass", "marble")
_TIERS = re.compile(r"(\d)[ -]?(?:tier|shel|层)")
_DRAWERS = re.compile(r"(\d)[ -]?(?:drawer|抽)")
_KINDS: tuple[tuple[tuple[str, ...], tuple[float, float, float], tuple[int, int]], ...] = (
    (("nightstand", "bedside table", "bedside", "床头柜"), (0.46, 0.40, 0.52), (1, 2)),
    (("wardrobe", "armoire", "closet", "衣柜"), (1.00, 0.56, 1.85), (2, 0)),
    (("tv stand", "tv cabinet", "tv unit", "media console", "电视柜"), (1.60, 0.40, 0.48), (3, 0)),
    (("dresser", "chest of drawers", "drawers", "斗柜", "抽屉柜"), (0.80, 0.45, 0.86), (1, 4)),
    (("sideboard", "buffet", "credenza", "餐边柜"), (1.40, 0.42, 0.78), (3, 0)),
    (("filing cabinet", "文件柜"), (0.42, 0.50, 0.90), (1, 3)),
    (("cabinet", "cupboard", "柜"), (0.80, 0.38, 1.00), (2, 0)),
)
"""Words, outer size in metres, and columns and rows of fronts: 0 rows are doors."""


_WOODEN = ("brown", "natural", "tan", "beige", "khaki")


def _boards(look: Look, width: float, height: float) -> Material:
    """Wood, or paint where the words name a colour that no wood has."""
    painted = look.material_name == "" and look.colour_name not in ("", *_WOODEN)
    names = ("matte plastic", *_BOARDS) if painted else _BOARDS
    return look.main(*names, extent=(width, height), period=0.06)


def shelf(look: Look) -> list[Part]:
    """An open shelf with a thin back, as many boards as the words say; boards alone where they go on a wall."""
    if look.says(_FLOATING):
        return _planks(look)
    said = _TIERS.search(words_of(look.product))
    tiers = int(np.clip(int(said[1]) if said else 3 + look.choice(3), 1, 7))
    width, depth = 0.80 * look.uniform(0.8, 1.15), 0.30 * look.uniform(0.9, 1.1)
    thick, height = 0.022, 0.35 * tiers + 0.06
    wood = _boards(look, width, height)
    boards = [(0.04 + (height - thick - 0.04) * k / tiers) for k in range(tiers + 1)]
    parts = [
        part.moved(x=side * (width - thick) / 2)
        for side in (-1, 1)
        for part in box((thick, depth, height), 0.003, wood, cells=6)
    ]
    for z in boards:
        parts += [part.moved(z=z) for part in box((width - 2 * thick, depth - 0.006, thick), 0.003, wood, cells=6)]
    back = box((width - thick, 0.006, height - 0.05), 0.002, wood, cells=6)
    return [*parts, *(part.moved(y=depth / 2 - 0.006, z=0.045) for part in back)]


def _planks(look: Look) -> list[Part]:
    """Boards that go on a wall, one over the other, each with the rail that it hangs on."""
    width, depth, thick = 0.60 * look.uniform(0.8, 1.15), 0.20 * look.uniform(0.9, 1.1), 0.036
    wood = _boards(look, width, 0.2)
    rail = [part.moved(y=depth / 2, z=0.006) for part in box((width * 0.9, 0.004, 0.024), 0.001, look.plain("steel"))]
    board = [*box((width, depth, thick), 0.003, wood, cells=6), *rail]
    steps = range(pieces_of(look.product))
    return [part.moved(x=0.1 * width * (-1) ** step, z=0.30 * step) for step in steps for part in board]


def cabinet(look: Look) -> list[Part]:
    """A cabinet with doors or drawers, by its words: nightstand, wardrobe, TV stand, dresser, sideboard."""
    text = words_of(look.product)
    known = (kind for kind in _KINDS if look.says(kind[0]))
    _, usual, (columns, rows) = next(known, _KINDS[-1])
    if said := _DRAWERS.search(text):
        columns, rows = 1, int(np.clip(int(said[1]), 1, 8))
    width, depth, height = (length * look.uniform(0.92, 1.08) for length in usual)
    wood = _boards(look, width, height)
    legs = look.part("legs", wood if wood.name not in ("glass", "marble") else look.plain("walnut"), metal=True)
    lift = 0.14 if height < 0.95 and look.chance(0.6) else 0.05
    parts = [part.moved(z=lift) for part in box((width, depth, height - lift), 0.005, wood, cells=8)]
    parts += _legs(width, depth, lift, legs)
    pull = look.part("handle", _pull(look, wood), metal=True)
    return parts + _fronts((width, depth, height), lift, (columns, max(rows, 1)), wood, pull, doors=rows == 0)


def _pull(look: Look, wood: Material) -> Material:
    dark = wood.name in METALS or brightness(look.colour("#c79a66")) > 0.55
    return look.plain("matte plastic", "#2b2c2f") if dark else look.plain("brass")


def _legs(width: float, depth: float, lift: float, material: Material) -> list[Part]:
    x, y = width / 2 - 0.05, depth / 2 - 0.05
    radii = np.linspace(0.011, 0.019, 6)
    feet = [(sx * x, sy * y) for sx in (-1, 1) for sy in (-1, 1)]
    return [
        tube(np.linspace((a * 1.02, b * 1.02, 0.004), (a, b, lift + 0.01), 6), radii, material, segments=20)
        for a, b in feet
    ]


def _fronts(
    size: tuple[float, float, float],
    lift: float,
    grid: tuple[int, int],
    wood: Material,
    pull: Material,
    *,
    doors: bool,
) -> list[Part]:
    """Fronts over the whole of the body's face, each with a bar to pull."""
    width, depth, height = size
    columns, rows = grid
    wide, high, gap = (width - 0.012) / columns, (height - lift - 0.012) / rows, 0.006
    # What is seen between fronts is in their shade.
    shade = wood.but(colour=tuple(0.4 * c for c in wood.colour))
    behind = box((width - 0.02, 0.004, height - lift - 0.02), 0.001, shade, cells=2)
    parts = [part.moved(y=-depth / 2, z=lift + 0.01) for part in behind]
    for column in range(columns):
        for row in range(rows):
            x, z = (column + 0.5 - columns / 2) * wide, lift + 0.006 + row * high
            front = box((wide - gap, 0.018, high - gap), 0.004, wood, cells=6)
            parts += [part.moved(x=x, y=-depth / 2 - 0.008, z=z + gap / 2) for part in front]
            # Doors are pulled where they open: the left one at its right edge.
            side = wide / 2 - 0.035 if column < columns / 2 else 0.035 - wide / 2
            long = min(0.16, 0.4 * (high if doors else wide))
            away = np.array([0, 0, long / 2]) if doors else np.array([long / 2, 0, 0])
            middle = np.array([x + side if doors else x, -depth / 2 - 0.03, z + high * (0.55 if doors else 0.62)])
            parts.append(tube(np.linspace(middle - away, middle + away, 6), 0.006, pull, segments=16))
    return parts
