"""What materials look like: their colour, and how they take the light."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from prodgen_render.looks import patterns
from prodgen_render.looks.patterns import Srgb
from prodgen_render.model import Material, Rgb
from prodgen_sdk.images.colour import to_linear

FABRICS = ("cotton", "linen", "canvas", "denim", "knit", "wool", "velvet", "silk", "nylon")
METALS = {
    "steel": (0.66, 0.66, 0.67), "metal": (0.62, 0.62, 0.63), "aluminium": (0.78, 0.79, 0.80), "brass": (0.80, 0.60, 0.26),
    "copper": (0.84, 0.45, 0.31), "gold": (0.90, 0.66, 0.28),
}  # fmt: skip
FINISH: dict[str, dict[str, float]] = {
    "glass": {"roughness": 0.08, "transmission": 0.96},
    "porcelain": {"roughness": 0.4, "coat": 1.0},
    "ceramic": {"roughness": 0.5, "coat": 0.8},
    "stoneware": {"roughness": 0.7, "coat": 0.15},
    "terracotta": {"roughness": 0.85},
    "steel": {"roughness": 0.32, "metallic": 1.0},
    "metal": {"roughness": 0.3, "metallic": 1.0},
    "aluminium": {"roughness": 0.4, "metallic": 1.0},
    "brass": {"roughness": 0.28, "metallic": 1.0},
    "copper": {"roughness": 0.28, "metallic": 1.0},
    "gold": {"roughness": 0.2, "metallic": 1.0},
    "iron": {"roughness": 0.6, "metallic": 0.2},
    "walnut": {"roughness": 0.55, "coat": 0.15},
    "bamboo": {"roughness": 0.55, "coat": 0.15},
    "wood": {"roughness": 0.55, "coat": 0.15},
    "marble": {"roughness": 0.35, "coat": 0.6},
    "leather": {"roughness": 0.5, "coat": 0.1},
    "suede": {"roughness": 0.95, "sheen": 0.6},
    "denim": {"roughness": 0.95, "sheen": 0.3},
    "knit": {"roughness": 1.0, "sheen": 0.6},
    "wool": {"roughness": 1.0, "sheen": 0.8},
    "velvet": {"roughness": 0.9, "sheen": 1.6},
    "silk": {"roughness": 0.42, "sheen": 0.5},
    "linen": {"roughness": 0.95, "sheen": 0.2},
    "canvas": {"roughness": 0.95, "sheen": 0.2},
    "cotton": {"roughness": 0.95, "sheen": 0.35},
    "nylon": {"roughness": 0.55, "sheen": 0.2},
    "kraft": {"roughness": 0.85},
    "paper": {"roughness": 0.6},
    "rubber": {"roughness": 0.75},
    "matte plastic": {"roughness": 0.6},
    "plastic": {"roughness": 0.38, "coat": 0.35},
    "lacquer": {"roughness": 0.3, "coat": 1.0},
}
USUAL: dict[str, str] = {
    "wood": "#c79a66", "walnut": "#7a5236", "bamboo": "#dcb878", "kraft": "#c19a6b", "leather": "#7d4f2e", "suede": "#a98760", "denim": "#3d557c",
    "marble": "#f1efec", "iron": "#2c2d2f", "linen": "#d9ccb4", "canvas": "#e9dfca", "stoneware": "#cdc0aa", "terracotta": "#b8654a",
    "ceramic": "#ebe6da", "porcelain": "#f6f4ef", "cotton": "#efebe1", "wool": "#d5cbb9", "knit": "#dbd0bc", "silk": "#ecdfcb",
    "rubber": "#2a2a2c",
}  # fmt: skip
"""What a material usually looks like; a product whose words name it and no colour gets this one."""
OWN = (*METALS, "wood", "walnut", "bamboo", "kraft", "leather", "marble", "iron", "denim", "glass")
"""Materials that keep a colour of their own where the words name none."""
KIN = {"suede": "leather"}
"""Materials that suit whatever another one suits."""
METALLIC = ("gold", "silver", "rose gold")
"""Colours that are metals where a thing can be of metal."""


def srgb(code: str) -> Srgb:
    """`#rrggbb` as three integers."""
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def code_of(colour: Sequence[int]) -> str:
    """The code of a colour of three bytes.

    >>> code_of((255, 128, 0))
    '#ff8000'
    """
    return "#{:02x}{:02x}{:02x}".format(*colour)


def linear(colour: Srgb) -> Rgb:
    """Linear RGB of an 8-bit sRGB colour."""
    r, g, b = to_linear(np.array(colour) / 255).tolist()
    return r, g, b


def made_of(name: str, colour: Srgb | None, finish: Mapping[str, float]) -> Material:
    """A material in one colour, or in its own.

    Args:
        finish: how it takes the light: fields of `Material` that differ from 0, as in `FINISH`.
    """
    if name == "glass":
        tint = colour or (238, 246, 244)
        return Material("glass", linear(patterns.mix(tint, (255, 255, 255), 0.25)), **finish)  # type: ignore[arg-type]
    bump = patterns.relief(name)
    if name in METALS:
        return Material(name, _painted(METALS[name], colour), bump=bump, **finish)  # type: ignore[arg-type]
    code = colour or srgb(USUAL.get(name, "#e8e6e1"))
    if name in ("wood", "walnut", "bamboo"):
        return Material(name, (1, 1, 1), texture=patterns.wood(code), **finish)  # type: ignore[arg-type]
    if name == "marble":
        return Material(name, (1, 1, 1), texture=patterns.marble(code), **finish)  # type: ignore[arg-type]
    return Material(name, linear(code), bump=bump, **finish)  # type: ignore[arg-type]


def woven(strands: Material, across: float) -> Material:
    """A material as strands around stakes, in its own colour; so many metres of it are one tile of the weave."""
    r, g, b = (float(c) for c in strands.mean_colour)
    bump = patterns.relief("wicker")
    bump = bump and replace(bump, scale=across)
    return strands.but(colour=(r, g, b), texture=None, bump=bump, coat=0.0, roughness=0.65)


def _painted(metal: Rgb, colour: Srgb | None) -> Rgb:
    """A metal's own colour, or mostly the one that it is given."""
    if colour is None:
        return metal
    r, g, b = (0.25 * own + 0.75 * given for own, given in zip(metal, linear(colour), strict=True))
    return r, g, b
