"""Reliefs of materials, as heights over a plane; 1.0 is the edge of the picture at distance 1."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float64]


@dataclass(frozen=True)
class Material:
    """`height` takes x, y and a generator of random numbers; `gloss` is the strength of the highlight, 0 to 1."""

    height: Callable[[Plane, Plane, np.random.Generator], Plane]
    gloss: float
    woven: bool = False


def _weave(x: Plane, y: Plane, rng: np.random.Generator) -> Plane:
    """Plain weave: threads of uneven strength that go over and under each other in turn."""
    threads = 44.0
    uneven = 1 + 0.3 * np.sin(2 * np.pi * (5 * x + rng.random())) * np.sin(2 * np.pi * (7 * y + rng.random()))
    warp_on_top = (np.floor(x * threads) + np.floor(y * threads)) % 2 == 0
    warp = np.abs(np.sin(np.pi * x * threads)) ** 0.5 * np.abs(np.sin(np.pi * y * threads))
    weft = np.abs(np.sin(np.pi * y * threads)) ** 0.5 * np.abs(np.sin(np.pi * x * threads))
    return 0.006 * uneven * np.where(warp_on_top, warp, 0.8 * weft)


def _grain(x: Plane, y: Plane, rng: np.random.Generator) -> Plane:
    """Wood: year rings cut lengthwise, drawn out along x."""
    bend = 0.05 * np.sin(2 * np.pi * (0.9 * x + rng.random())) + 0.02 * np.sin(2 * np.pi * (2.3 * x + y + rng.random()))
    rings = np.sin(2 * np.pi * 11 * (y + bend))
    pores = np.sin(2 * np.pi * (90 * y + 3 * x + 4 * bend)) * np.sin(2 * np.pi * (5 * x + rng.random()))
    return 0.004 * rings + 0.0006 * pores


def _brushed(x: Plane, y: Plane, rng: np.random.Generator) -> Plane:
    """Brushed metal: scratches of many widths along x."""
    scratches = np.zeros_like(x)
    for waves in (23, 57, 101, 173, 240):
        scratches += np.sin(2 * np.pi * (waves * y + 0.4 * np.sin(2 * np.pi * (x + rng.random())))) / waves
    return 0.012 * scratches


def _dome(x: Plane, y: Plane, rng: np.random.Generator) -> Plane:
    """A smooth, slightly domed tile."""
    return -0.55 * (x**2 + y**2)


SMOOTH = Material(_dome, gloss=0.25)
_cloth = Material(_weave, gloss=0.03, woven=True)
_wood = Material(_grain, gloss=0.10)
_metal = Material(_brushed, gloss=0.35)
MATERIALS = {
    "cotton 棉": _cloth, "linen 麻": _cloth, "denim 牛仔": _cloth, "wool 羊毛": _cloth, "canvas 帆布": _cloth,
    "wood wooden oak walnut bamboo 木 竹": _wood, "steel metal aluminium aluminum 钢 金属 铝": _metal,
    "ceramic porcelain 陶 瓷": Material(_dome, gloss=0.5), "glass 玻璃": Material(_dome, gloss=0.7),
    "plastic 塑料": SMOOTH,
}  # fmt: skip
