"""Bed and bedding."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prodgen_render.families.seating import CLOTHS, cushion_block
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import bent, box, loft, rounded_rectangle, tube

_FRAMES = ("wood", "walnut", "bamboo", "steel", "iron", "metal", "brass", "aluminium")
_SINGLE = ("single", "twin", "kids", "单人", "儿童")
_ALONE = ("mattress", "mattress topper", "床垫", "席梦思")
_BUNKS = ("bunk bed", "bunk beds", "上下床", "双层床", "高低床", "上下铺")
_LONG = 2.0
_COVER = 1.2
"""Metres of a cover that a pattern's picture shows."""


def bed(look: Look) -> list[Part]:
    """A made bed: upholstered where its words name a cloth or a colour alone, else of wood; one above another; or a mattress alone."""
    if look.says(_BUNKS):
        return _bunks(look)
    if look.says(_ALONE):
        return _mattress(look)
    upholstered = look.material_name in CLOTHS or (look.material_name == "" and look.colour_name != "")
    names = (*CLOTHS, *_FRAMES) if upholstered else _FRAMES
    frame = look.main(*names, extent=(0.9, 0.9), period=0.08)
    white = look.plain("cotton", "#f6f4ef")
    return _bed(look, frame, white, white, thick=0.09 if upholstered else 0.045)


def bedding(look: Look) -> list[Part]:
    """A bed as a shop shows its linen: the cover has the product's colour and pattern."""
    cover = look.main("cotton", *(name for name in CLOTHS if name != "cotton"), extent=(_COVER, _COVER), period=0.10)
    frame = look.plain("wood" if look.chance(0.5) else "walnut")
    return _bed(look, frame, cover, look.solid("cotton", *CLOTHS).but(texture=None), thick=0.045)


def _bunks(look: Look) -> list[Part]:
    """Two beds between four posts, the upper one with rails, and a ladder in front."""
    frame = (
        look.main(*_FRAMES, extent=(0.9, 0.9), period=0.08)
        if look.material_name in _FRAMES
        else look.plain("lacquer", look.note(look.colour("#f4f3ef"), "lacquer"))
    )
    sheet, cover = look.plain("cotton", "#f6f4ef"), look.plain("cotton", "#8fa6bd")
    wide, high, post = 0.98, 1.62 * look.uniform(0.97, 1.04), 0.07
    half_x, half_y = _LONG / 2 + post / 2, wide / 2

    def beam(size: tuple[float, float, float], x: float, y: float, z: float) -> list[Part]:
        return [part.moved(x, y, z) for part in box(size, 0.008, frame, cells=5)]

    parts = [part for x in (-1, 1) for y in (-1, 1) for part in beam((post, post, high), x * half_x, y * half_y, 0)]
    for low in (0.22, 0.98):
        for side in (-1, 1):
            parts += beam((_LONG, 0.028, 0.13), 0, side * half_y, low)
            parts += beam((0.028, wide - post, 0.13), side * half_x, 0, low)
            for z in (low + 0.26, low + 0.40):
                parts += beam((0.026, wide - post, 0.075), side * half_x, 0, z)
        parts += [
            part.moved(z=low + 0.05) for part in cushion_block((_LONG - 0.01, wide - 0.05, 0.16), 0.05, 0.008, sheet)
        ]
        parts += [
            part.moved(x=0.20, z=low + 0.19)
            for part in cushion_block((_LONG * 0.78, wide - 0.03, 0.055), 0.02, 0.012, cover)
        ]
        parts += [
            part.turned(90).moved(x=-_LONG / 2 + 0.26, z=low + 0.27) for part in _pillow(0.68, 0.40, 0.15, sheet, low)
        ]
    for side, reach in ((-1, 0.62), (1, 1.0)):
        for z in (1.26, 1.40):
            parts += beam((_LONG * reach, 0.026, 0.075), -_LONG * (1 - reach) / 2, side * half_y, z)
    edge = -_LONG / 2 + _LONG * 0.62
    parts += beam((0.05, 0.028, 0.42), edge, -half_y, 1.06)
    for x in (edge + 0.08, edge + 0.46):
        parts += beam((0.045, 0.045, 1.50), x, -half_y - 0.04, 0.0)
    for z in (0.26, 0.50, 0.74, 0.98):
        parts += beam((0.36, 0.05, 0.032), edge + 0.27, -half_y - 0.045, z)
    return parts


def _mattress(look: Look) -> list[Part]:
    """A quilted block with a band around its side, piped along both edges."""
    wide, thick = 0.95 if look.says(_SINGLE) else 1.5, 0.24 * look.uniform(0.85, 1.15)
    # Latex and foam are inside.
    shade = look.colour() if look.colour_name else look.note((246, 244, 239), "cotton")
    cover, side = look.plain("cotton", shade), look.plain("knit", look.accent(shade, "#b9bec6"))
    front, back, left, right, top, bottom = cushion_block((wide, _LONG, thick), 0.05, 0.012, cover)
    outline = rounded_rectangle(wide - 0.006, _LONG - 0.006, 0.05)
    edge = np.column_stack([outline, np.zeros(len(outline))])
    piping = [
        tube(np.add(edge, [0, 0, z]), 0.006, side.but(bump=None), segments=10, closed=True)
        for z in (0.035, thick - 0.035)
    ]
    return [bent(top, _quilted), *(part.but(material=side) for part in (front, back, left, right)), bottom, *piping]


def _quilted(p: Floats) -> NDArray[np.float64]:
    """Points of the upper face, sunk along the seams of a quilt."""
    seams = np.minimum(np.abs(np.sin(11 * (p[:, 0] + p[:, 1]))), np.abs(np.sin(11 * (p[:, 0] - p[:, 1]))))
    return np.asarray(p - np.array([0, 0, 0.012], np.float32) * (1 - seams[:, None]) ** 4, np.float64)


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
    spread = _spread(width, cover, pillow)
    across = (0.0,) if single else (-width / 4, width / 4)
    pillows = [
        part.turned(-34, "x").moved(x=x, y=_LONG / 2 - 0.25, z=0.66)
        for x in across
        for part in _pillow(min(0.70, width * 0.455), 0.46, 0.19, pillow, x)
    ]
    return [*wood, *linen, *spread, *pillows]


def _spread(width: float, cover: Material, sheet: Material) -> list[Part]:
    """A duvet that hangs over both sides and the foot, its upper end turned back, and the sheet seen there."""
    head, foot = 0.30, -_LONG / 2 - 0.02
    across = np.linspace(-width / 2 - 0.34, width / 2 + 0.34, 76)
    along = np.linspace(foot - 0.32, head, 64)
    p, q = np.meshgrid(across, along)
    duvet = _draped(p, q, width / 2 + 0.012, foot, 0.0)
    turned = _draped(
        p[:18], np.linspace(head - 0.30, head + 0.012, 18)[:, None] + 0 * p[:18], width / 2 + 0.020, foot, 0.022
    )
    edge = turned[-1]
    parts = []
    for grid, cloth in ((duvet, cover), (turned, sheet)):
        part = loft(grid, cloth, closed=False)
        uv = part.uv * np.array(part.uv_metres, np.float32) / np.float32(_COVER)
        parts.append(part.but(uv=uv.astype(np.float32), uv_metres=(_COVER, _COVER)))
        rim = np.concatenate([grid[::-1, 0], grid[0], grid[:, -1]])
        parts.append(tube(rim, 0.006, cloth.but(bump=None, texture=None) if cloth is sheet else cloth, segments=8))
    return [*parts, tube(edge - [0, 0, 0.014], 0.018, sheet, segments=12)]


def _draped(p: Floats, q: Floats, half: float, foot: float, lift: float) -> NDArray[np.float64]:
    """Where a point of a cloth p metres across and q along lies, [..., 3]: on the bed, or hanging down beyond its edges in folds."""
    beyond_x, beyond_y = np.maximum(np.abs(p) - half, 0), np.maximum(foot - q, 0)
    beyond = np.hypot(beyond_x, beyond_y)
    out = 0.030 * (1 - np.exp(-beyond / 0.030))
    down = beyond - out
    share = 1 / np.maximum(beyond, 1e-9)
    folds = 0.016 * np.clip(beyond / 0.2, 0, 1) * (np.sin(15 * p + 17 * q + 2 * np.sin(4 * (p - q))) + 0.6)
    reach = out + folds
    u, v = np.clip(p / half, -1, 1), np.clip((q - foot) / 1.3, 0, 1)
    puff = 0.050 * (1 - u**6) * (1 - (1 - v) ** 8)
    waves = 0.009 * np.sin(7 * p + 2 * np.sin(5 * q)) * np.sin(6 * q + 1.3) + 0.005 * np.sin(17 * q + 9 * p)
    x = np.sign(p) * (np.minimum(np.abs(p), half) + beyond_x * share * reach)
    y = np.maximum(q, foot) - beyond_y * share * reach
    return np.stack([x, y, 0.508 + lift + puff + waves - down], -1)


def _pillow(wide: float, high: float, thick: float, cloth: Material, turn: float) -> list[Part]:
    """A soft pillow about the origin, its face up, with a seam around it."""
    s = np.sin(np.linspace(-np.pi / 2, np.pi / 2, 36))
    u, v = np.meshgrid(s, s)
    x, y = u * wide / 2 * (1 - 0.06 * (1 - v**2)), v * high / 2 * (1 - 0.06 * (1 - u**2))
    full = ((1 - np.abs(u) ** 2.6) * (1 - np.abs(v) ** 2.6)).clip(0) ** 0.55
    z = thick / 2 * full * (1 + 0.05 * np.sin(6 * u + 4 * v + 9 * turn)) + 0.002
    edge = np.concatenate([np.stack([a, b, 0 * a], -1) for a, b in ((x[0], y[0]), (x[1:, -1], y[1:, -1]))])
    seam = tube(np.concatenate([edge, -edge]), 0.0045, cloth.but(bump=None), segments=8, closed=True)
    return [loft(np.stack([x, y, side * z], -1), cloth, closed=False, flip=side < 0) for side in (1, -1)] + [seam]
