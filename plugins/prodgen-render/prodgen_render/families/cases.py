"""Cases for phones and tablets."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import loft, prism, rounded_path, rounded_rectangle, slab

_TABLETS = ("tablet", "ipad", "kindle", "e-reader", "平板")
_SKINS = ("matte plastic", "leather", "plastic", "rubber", "canvas", "denim", "wood", "walnut", "bamboo", "marble")
_CLEAR = ("clear", "transparent", "crystal", "透明")


def device_case(look: Look) -> list[Part]:
    """The back of a case, as it is shown: upright, its hollow side away; larger for a tablet."""
    large = look.says(_TABLETS)
    wide = (0.182 if large else 0.0765) * look.uniform(0.97, 1.04)
    tall = wide * (1.42 if large else 2.08)
    deep, wall = (0.011, 0.0020) if large else (0.0105, 0.0016)
    corner = wide * (0.075 if large else 0.17)
    clear = look.says(_CLEAR)
    if clear:
        look.note(look.colour("#f4f8f8"), "plastic")
        skin = Material("clear plastic", (0.94, 0.96, 0.96), 0.1, transmission=0.86)
    else:
        extent = (wide + 2 * deep, tall + 2 * deep)
        if look.pattern_name == "logo":
            name = look.pick("matte plastic", "plastic", "rubber", "leather")
            skin = look.label(name, extent, look.colour("#24343f"), (0.2, 0.26, 0.8, 0.58), style="emblem")
        else:
            skin = look.main(*_SKINS, extent=extent, default="#24343f", period=0.02)
    parts = _shell(wide, tall, deep, wall, corner, skin)
    ringed = look.chance(0.35) or look.says(("magsafe", "magnetic", "磁吸"))
    size = 0.030 if large else wide * 0.47
    x, z = (0.0, tall / 2 - 0.030) if large else (-wide / 2 + size / 2 + 0.0055, tall / 2 - size / 2 - 0.006)
    parts += [part.moved(x, z) for part in _camera(look, 0.022 if large else size, large)]
    if ringed and not large:
        pale = look.plain("plastic", "#e9ebec").but(transmission=0.0)
        parts.append(
            lathe(
                [
                    (wide * 0.30, deep),
                    (wide * 0.30, deep + 0.0004),
                    (wide * 0.345, deep + 0.0004),
                    (wide * 0.345, deep),
                ],
                0.0001,
                pale,
                96,
            ).moved(y=-tall * 0.06)
        )
    keys = skin.but(colour=look.plain("plastic", look.colour("#24343f")).colour, texture=None) if skin.texture else skin
    for low, high in ((0.12, 0.20), (0.23, 0.31)):
        key = slab(rounded_rectangle(tall * (high - low) * 0.9, 0.0032, 0.0015), 0.0012, 0.0005, keys)
        parts.append(key.turned(90).turned(90, "y").moved(wide / 2 - 0.0002, tall * (low + high) / 2, deep * 0.45))
    return [part.turned(90 - 8, "x").moved(z=tall / 2) for part in parts]


def _shell(wide: float, tall: float, deep: float, wall: float, corner: float, skin: Material) -> list[Part]:
    """An open tray with a round edge that lies on its opening."""
    outline = rounded_rectangle(wide, tall, corner, corner=14)
    round_edge = min(deep * 0.5, 0.005)
    profile = rounded_path(
        [(wall, 0.0), (0.0, 0.0005), (0.0, deep), (round_edge * 1.5, deep)], [0, 0.0005, round_edge, 0], 8
    )
    side = prism(outline, profile, skin)
    inner = [(round_edge * 1.5, deep - wall), (wall, deep - wall), (wall, 0.0)]
    hollow = prism(outline, rounded_path(inner, [0, round_edge * 0.8, 0], 8), skin)
    parts = [side, hollow]
    for part, z in ((side, deep), (hollow, deep - wall)):
        ring = part.vertices[np.abs(part.vertices[:, 2] - z) < 1e-6]
        edge = (
            ring[np.hypot(*(ring[:, :2] / [wide, tall]).T) > 0][-len(outline) - 1 : -1]
            if z == deep
            else ring[: len(outline)]
        )
        shrink = np.array([1.0, 0.8, 0.4, 1e-3])[:, None, None]
        flat = loft(edge[None].astype(np.float64) * [1, 1, 0] * shrink + [0, 0, z], skin)
        parts.append(flat)
    # The print goes on over the edge, as if that were unrolled into the plane of the back.
    along = np.append(0, np.cumsum(np.hypot(*np.diff(profile, axis=0).T)))
    unrolled = np.stack([profile[-1, 0] - (along[-1] - along), 0 * along], -1)
    laid = [prism(outline, unrolled, skin), *parts[1:]]
    extent = np.array([wide + 2 * deep, tall + 2 * deep])
    return [
        part.but(uv=(flat.vertices[:, :2] / extent + 0.5).astype(np.float32), uv_metres=(extent[0], extent[1]))
        for part, flat in zip(parts, laid, strict=True)
    ]


def _camera(look: Look, size: float, large: bool) -> list[Part]:
    """The raised rim around the hole for the cameras, and what is seen in it; around the middle, on the back at z."""
    dark = look.plain("matte plastic", "#111214")
    top = 0.0122 if not large else 0.0127
    plate = slab(rounded_rectangle(size, size, size * 0.28, corner=10), 0.0012, 0.0004, dark).moved(z=top - 0.0013)
    rim = look.plain("plastic", "#5a5d61").but(bump=None)
    edge = rounded_rectangle(size + 0.0016, size + 0.0016, size * 0.30, corner=10)
    parts = [
        plate,
        prism(
            edge,
            np.array([(0.0, top - 0.0013), (0.0, top + 0.0003), (0.0009, top + 0.0003), (0.0009, top - 0.001)]),
            rim,
        ),
    ]
    lens = [
        (1e-4, 0),
        (size * 0.19, 0),
        (size * 0.18, 0.0012),
        (size * 0.13, 0.0012),
        (size * 0.12, 0.0006),
        (1e-4, 0.0006),
    ]
    glass = Material("lens", (0.02, 0.02, 0.035), 0.06, coat=1.0)
    places = ((0.0, 0.0),) if large else ((-0.22, 0.22), (-0.22, -0.22), (0.22, 0.0))
    return parts + [lathe(lens, 0.0002, glass, 40).moved(x * size, y * size, top) for x, y in places]
