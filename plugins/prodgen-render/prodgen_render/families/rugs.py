"""Rug."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import Srgb, brightness, mix, noise, relief, texture
from prodgen_render.model import Bump, Floats, Material, Part
from prodgen_render.shapes import detail
from prodgen_render.shapes.geometry import bent, loft, planar_uv, rounded_rectangle, superellipse, tube

_CLOTHS = ("wool", "cotton", "knit", "linen", "velvet", "nylon")
_THICK = 0.020
_FLOOR = 0.40
"""Metres of a rug that lie on the floor."""
_TURN, _LEAN = 0.26, np.radians(80)
"""The radius in metres by which it goes over into what stands, and how steep that is."""


def rug(look: Look) -> list[Part]:
    """A rug as it is shown, its end on the floor, the rest leaning back; round where the words say so, else with fringe at both ends."""
    is_round = look.says(("round", "圆形"))
    wide = (1.5 if is_round else 1.15) * look.uniform(0.9, 1.1)
    tall = wide if is_round else 1.65
    cloth, shade = look.main(*_CLOTHS, extent=(wide, tall), period=0.16), look.colour()
    if cloth.texture is None:
        cloth = cloth.but(colour=(1.0, 1.0, 1.0), texture=texture(_bordered(shade, wide, tall, is_round)))
    cloth = cloth.but(bump=_pile("velvet" if cloth.name == "velvet" else "knit"), sheen=max(cloth.sheen, 0.8))
    bound = look.plain("wool", mix(shade, (0, 0, 0), 0.25)).but(bump=None)
    # What is round is not bent: half a disc on the floor would look like a seat.
    drape = partial(_draped, tall=tall, floor=-_TURN * _LEAN if is_round else _FLOOR)
    if is_round:
        shape = superellipse(wide, tall, 2, 180)
        edges = [_level(shape)]
    else:
        shape = rounded_rectangle(wide, tall, 0.012, corner=3, side=44)
        y = np.linspace(-tall / 2, tall / 2, 80)
        edges = [_level(np.stack([np.full(80, x), y], -1)) for x in (-wide / 2, wide / 2)]
    parts = [bent(_mat(shape, cloth), drape)]
    parts += [tube(drape(edge), _THICK * 0.52, bound, segments=10, closed=is_round, up=(1, 0, 0)) for edge in edges]
    if is_round:
        return parts
    thread = look.plain("cotton", mix(shade, (250, 243, 226), 0.72)).but(bump=None)
    return [*parts, *(tube(drape(path), 0.0042, thread, segments=6) for path in _fringe(wide, tall))]


def _level(outline: NDArray[np.float64]) -> NDArray[np.float64]:
    """An outline at half the height of the pile."""
    return np.column_stack([outline, np.full(len(outline), _THICK / 2)])


def _mat(shape: NDArray[np.float64], cloth: Material) -> Part:
    """A mat that lies flat, with places all over it by which it can be bent."""
    rings = np.linspace(1, 0.001, detail.segments(28, 12))
    below = [np.column_stack([shape * share, np.zeros(len(shape))]) for share in rings[::-1]]
    above = [np.column_stack([shape * share, np.full(len(shape), _THICK)]) for share in rings]
    return planar_uv(loft(np.stack([*below, *above]), cloth), "z")


def _draped(points: Floats, tall: float, floor: float) -> Floats:
    """Points [n, 3] of a rug that lay flat, where they are when its upper part stands."""
    x, along, high = points[:, 0], points[:, 1] + tall / 2, points[:, 2]
    turn = np.clip((along - floor) / _TURN, 0, _LEAN)
    rest = np.maximum(along - floor - _TURN * _LEAN, 0)
    # It is not quite flat: it waves a little where it stands, and its corners curl.
    high = high + 0.006 * np.sin(4.1 * x + 1) * np.sin(3.3 * along) * np.clip(rest * 3, 0, 1)
    y = np.minimum(along, max(floor, 0)) + _TURN * np.sin(turn) + rest * np.cos(_LEAN) - high * np.sin(turn)
    z = _TURN * (1 - np.cos(turn)) + rest * np.sin(_LEAN) + high * np.cos(turn)
    return np.stack([x, y, z - max(-floor, 0) / _LEAN * (1 - np.cos(_LEAN))], -1)


def _fringe(wide: float, tall: float) -> list[NDArray[np.float64]]:
    """Tassels of a rug that lies flat, [n, 3] each: they lie on at its lower end, and fall over its front at the upper."""
    paths = []
    for number, x in enumerate(np.linspace(-wide / 2 + 0.012, wide / 2 - 0.012, 52)):
        lean, long = 0.010 * np.sin(7.3 * number), 0.065 + 0.008 * np.sin(3.1 * number)
        low = [(x, 0.004, 0.010), (x + 0.3 * lean, -0.4 * long, 0.005), (x + lean, -long, 0.004)]
        high = [(x, -0.004, 0.010), (x, 0.012, 0.018), (x, 0.010, 0.029), (x + lean, -long, 0.026)]
        paths += [np.array(path) + np.array([0, end * tall / 2, 0]) for path, end in ((low, -1), (high, 1))]
    return paths


def _pile(name: str) -> Bump | None:
    """Loops or a pile as coarse as a rug's."""
    fine = relief(name)
    return None if fine is None else Bump(fine.normals, 0.24, 1.0)


def _bordered(shade: Srgb, wide: float, tall: float, is_round: bool) -> Image.Image:
    """One colour, uneven as dyed wool is, with two lines along the edge."""
    height = 768
    width = round(height * wide / tall)
    metre = height / tall
    dark = brightness(shade) < 0.25
    line = mix(shade, (255, 246, 226) if dark else (40, 30, 26), 0.45 if dark else 0.32)
    picture = Image.new("RGB", (width, height), shade)
    draw = ImageDraw.Draw(picture)
    for inset, thick in ((0.075, 0.028), (0.125, 0.009)):
        area = [inset * metre, inset * metre, width - inset * metre, height - inset * metre]
        (draw.ellipse if is_round else draw.rectangle)(area, outline=line, width=max(2, round(thick * metre)))
    uneven = noise(256, ((5, 9, 0.5), (24, 64, 0.6), (96, 128, 0.5)), 17)
    shades = np.asarray(Image.fromarray(uneven).resize((width, height), Image.Resampling.BICUBIC))[..., None]
    return Image.fromarray((np.asarray(picture, np.float32) * (1 + 0.045 * shades)).clip(0, 255).astype(np.uint8))
