"""Hand tools for a garden: trowels, forks, spades and rakes."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import loft, smooth_path, tube

_FORKS = ("fork", "forks", "叉")
_RAKES = ("rake", "cultivator", "耙")
_LONG = ("spade", "shovel", "hoe", "digging", "铁锹", "铁铲", "锄头")
_SETS = ("set", "kit", "piece", "套装", "件套", "and fork", "& fork")


def garden_tool(look: Look) -> list[Part]:
    """A trowel, a fork or a small rake, upright; a spade on a long shaft, or several together, where the words say so."""
    steel = look.plain("steel" if look.own_colour else "lacquer", None if look.own_colour else look.colour())
    steel = steel.but(bump=None, roughness=0.35)
    usual = look.solid("wood", "bamboo", "rubber", "matte plastic", "plastic", default="#c79a66")
    grip = look.part("handle", usual if look.material_name or look.own_colour else look.plain("wood"))
    size = look.uniform(0.95, 1.05)
    if look.says(_LONG):
        return [part.scaled(size) for part in _spade(look, grip, steel)]
    kinds = [name for name, words in (("fork", _FORKS), ("rake", _RAKES)) if look.says(words)]
    if look.says(_SETS):
        kinds = ["trowel", "fork", "rake"] if len(kinds) != 1 else ["trowel", *kinds]
    kinds = kinds or ["trowel"]
    parts = []
    for number, kind in enumerate(kinds):
        head = {"trowel": _trowel, "fork": _tines, "rake": _tines}[kind]
        bend = 0.045 if kind == "rake" else 0.012
        tool = [*_handle(grip, steel), *head(steel, bend)]
        parts += [part.moved(x=(number - (len(kinds) - 1) / 2) * 0.105) for part in tool]
    return [part.scaled(size).turned(-8, "x") for part in parts]


def _handle(grip: Material, steel: Material) -> list[Part]:
    rows = [
        (1e-4, 0.0),
        (0.011, 0.0),
        (0.0150, 0.012),
        (0.0115, 0.055),
        (0.0140, 0.095),
        (0.0095, 0.122),
        (1e-4, 0.122),
    ]
    ferrule = [(0.0096, 0.118), (0.0096, 0.140), (0.0065, 0.143)]
    neck = smooth_path([(0, 0, 0.138), (0, 0.012, 0.165), (0, 0.006, 0.192)], 20)
    return [
        lathe(rows, [0, 0.006, 0.02, 0.03, 0.02, 0.003, 0], grip, 56),
        lathe(ferrule, [0, 0.002, 0], steel, 48),
        tube(neck, 0.0055, steel, segments=18),
    ]


def _trowel(steel: Material, bend: float) -> list[Part]:
    return [_blade(steel, 0.185, 0.150, [0.010, 0.033, 0.039, 0.037, 0.026, 0.003], bend)]


def _blade(steel: Material, low: float, long: float, halves: list[float], hollow: float) -> Part:
    """A hollow sheet from `low` upwards; its half widths at even steps."""
    t, s = np.linspace(0, 1, 40), np.linspace(-1, 1, 25)
    half = smooth_path(np.column_stack([np.linspace(0, 1, len(halves)), halves]), 40)[:, 1].clip(0.002)
    y = hollow * (np.asarray(s)[None] ** 2 - 1) * (half / half.max())[:, None] + 0.006
    face = np.stack([half[:, None] * s, np.broadcast_to(y, (40, 25)), (low + long * t)[:, None] + 0 * s], -1)
    return loft(np.concatenate([face, face[:, ::-1] + [0, 0.0016, 0]], 1), steel)


def _tines(steel: Material, bend: float) -> list[Part]:
    """Three prongs from one root, that bow forward; far forward where it is a rake."""
    parts = []
    for side in (-1, 0, 1):
        x = 0.026 * side
        way: Floats = np.asarray(
            [(0, 0.006, 0.185), (x * 0.9, 0.004, 0.205), (x, 0.0, 0.250), (x * 1.05, -bend * 0.4, 0.295), (x * 1.02, -bend, 0.320)]
        )  # fmt: skip
        parts.append(
            tube(
                smooth_path(way, 40),
                np.interp(np.linspace(0, 1, 40), [0, 0.8, 1], [0.0046, 0.004, 0.0012]),
                steel,
                segments=14,
            )
        )
    return parts


def _spade(look: Look, grip: Material, steel: Material) -> list[Part]:
    """A blade with a tread below a shaft that ends in a grip across."""
    halves = [0.072, 0.092, 0.094, 0.090, 0.060] if look.says(("shovel", "铲")) else [0.084, 0.088, 0.090, 0.090, 0.086]
    blade = _blade(steel, 0.0, 0.29, halves[::-1], 0.022)
    parts = [blade.moved(y=0.004)]
    parts.append(
        tube(
            smooth_path([(0, 0.002, 0.22), (0, 0.004, 0.30), (0, 0.0, 0.40)], 20),
            np.linspace(0.013, 0.019, 20),
            steel,
            segments=24,
        )
    )
    parts.append(tube([(0, 0, 0.39), (0, 0, 0.94)], 0.0175, grip, segments=28))
    for side in (-1, 1):
        parts.append(
            tube([(side * 0.022, 0.004, 0.290), (side * 0.088, 0.004, 0.290)], 0.006, steel, flatten=0.5, segments=14)
        )
        fork = smooth_path([(0, 0, 0.92), (side * 0.030, 0, 0.965), (side * 0.052, 0, 1.02)], 20)
        parts.append(tube(fork, 0.0105, grip, segments=18))
    return [*parts, tube([(-0.055, 0, 1.02), (0.055, 0, 1.02)], 0.0145, grip, segments=24)]
