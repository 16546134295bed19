"""Bed and bedding."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.seating import CLOTHS, cushion_block
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import bent, box, tube

_FRAMES = ("wood", "walnut", "bamboo", "steel", "iron", "metal", "brass", "aluminium")
_SINGLE = ("single", "twin", "kids", "单人", "儿童")
_LONG = 2.0


def bed(look: Look) -> list[Part]:
    """A made bed: upholstered where its words name a cloth or a colour alone, else of wood."""
    upholstered = look.material_name in CLOTHS or (look.material_name == "" and look.colour_name != "")
    names = (*CLOTHS, *_FRAMES) if upholstered else _FRAMES
    frame = look.main(*names, extent=(0.9, 0.9), period=0.08)
    white = look.plain("cotton", "#f6f4ef")
    return _bed(look, frame, white, white, thick=0.09 if upholstered else 0.045)


def bedding(look: Look) -> list[Part]:
    """A bed as a shop shows its linen: the cover has the product's colour and pattern."""
    cover = look.main("cotton", *(name for name in CLOTHS if name != "cotton"), extent=(1.2, 1.2), period=0.10)
    frame = look.plain("wood" if look.chance(0.5) else "walnut")
    return _bed(look, frame, cover, look.solid("cotton", *CLOTHS).but(texture=None), thick=0.045)


def _bed(look: Look, frame: Material, cover: Material, pillow: Material, *, thick: float) -> list[Part]:
    """Frame, linen, cover and pillows; `thick` is the headboard's, in metres."""
    single = look.says(_SINGLE)
    width, head = 0.95 if single else 1.55 * look.uniform(0.95, 1.05), 1.05 * look.uniform(0.9, 1.1)
    board = box((width + 0.08, thick, head - 0.1), min(0.035, thick * 0.45), frame, cells=8)
    base = box((width + 0.06, _LONG, 0.2), min(0.03, thick * 0.3), frame, cells=8)
    wood = [part.moved(y=_LONG / 2 + thick / 2, z=0.1) for part in board] + [part.moved(z=0.12) for part in base]
    for x in (-1, 1):
        for y in (-1, 1):
            at = (x * (width / 2 - 0.06), y * (_LONG / 2 - 0.08))
            wood.append(tube(np.linspace((*at, 0.004), (*at, 0.13), 4), 0.025, frame, segments=18))
    linen = [part.moved(z=0.3) for part in cushion_block((width, _LONG - 0.04, 0.2), 0.06, 0.01, pillow)]
    quilt = cushion_block((width + 0.05, _LONG * 0.72, 0.23), 0.06, 0.012, cover)
    spread = [bent(part, _rumpled).moved(y=-_LONG * 0.135, z=0.31) for part in quilt]
    across = (0.0,) if single else (-width / 4, width / 4)
    pillows = [
        part.turned(-32, "x").moved(x=x, y=_LONG / 2 - 0.28, z=0.52)
        for x in across
        for part in cushion_block((min(0.68, width * 0.44), 0.4, 0.14), 0.065, 0.03, pillow)
    ]
    return [*wood, *linen, *spread, *pillows]


def _rumpled(points: Floats) -> Floats:
    """A quilt's soft waves, on top more than at the sides."""
    x, y = points[:, 0], points[:, 1]
    wave = 0.006 * np.sin(7 * x + 2 * np.sin(5 * y)) * np.sin(6 * y + 1.3)
    return np.asarray(points + np.stack([0 * x, 0 * x, wave * (points[:, 2] > 0.1)], -1))
