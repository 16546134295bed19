"""Vegetables and fruit with a surface of their own: onions, garlic, peppers, cucumbers, corn, mushrooms, cabbages, durians ..."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from prodgen_render.families.leaves import LEAVES
from prodgen_render.looks.finishes import srgb
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import bent, revolve, smooth_path, tube

_Profile = list[tuple[float, float]]


class _Kind(NamedTuple):
    """What is known of one.

    Args:
        profile: radius and height in metres, from below to above.
        uneven: a factor on the radius, by angle and by share of the height.
        lies: whether it lies on its side.
        shown: how many.
        stalk: the colour of what sticks out above, or an empty text.
        dyed: whether it has the colour that words name.
    """

    words: tuple[str, ...]
    colour: str
    profile: _Profile
    uneven: Callable[[Floats, Floats], Floats]
    lies: bool = False
    shown: int = 3
    stalk: str = ""
    dyed: bool = False


def _even(a: Floats, t: Floats) -> Floats:
    return np.asarray(1 + 0.008 * np.sin(2 * a))


def _skins(a: Floats, t: Floats) -> Floats:
    return np.asarray(1 + 0.006 * np.sin(26 * a) * np.sin(np.pi * t))


def _cloves(a: Floats, t: Floats) -> Floats:
    return np.asarray(1 + 0.085 * (np.abs(np.cos(4 * a)) - 0.6) * np.sin(np.pi * np.clip(t * 1.25, 0, 1)))


def _lobes(a: Floats, t: Floats) -> Floats:
    return np.asarray(1 + 0.16 * (np.abs(np.cos(1.5 * a + 0.4)) - 0.6) * (0.35 + 0.65 * t))


def _warts(a: Floats, t: Floats) -> Floats:
    return np.asarray(
        1 + 0.05 * np.maximum(np.sin(7 * a + 40 * t) * np.sin(5 * a - 61 * t), 0) ** 3 + 0.012 * np.cos(6 * a)
    )


def _kernels(a: Floats, t: Floats) -> Floats:
    return np.asarray(1 + 0.10 * np.sqrt(np.abs(np.sin(8 * a)) * np.abs(np.sin(48 * t * np.pi / 2))))


def _gourd(a: Floats, t: Floats) -> Floats:
    return np.asarray(1 + 0.10 * (np.abs(np.cos(5 * a)) ** 0.6 - 0.6) * np.sin(np.pi * np.clip(t, 0.01, 0.99)) ** 0.5)


def _spikes(a: Floats, t: Floats) -> Floats:
    row = np.floor(18 * t)
    tip = np.abs(np.sin(9 * a + np.pi / 2 * row)) * np.abs(np.sin(18 * np.pi * t))
    return np.asarray(1 + 0.20 * tip**1.6 * np.sin(np.pi * np.clip(t, 0.01, 0.99)) ** 0.4 + 0.05 * np.cos(5 * a))


def _net(a: Floats, t: Floats) -> Floats:
    return np.asarray(
        1 + 0.012 * np.abs(np.sin(13 * a + 9 * np.sin(7 * t))) * np.abs(np.sin(40 * t + 3 * np.sin(4 * a)))
    )


_BULB: _Profile = [
    (0.0, 0.003),
    (0.012, 0.0),
    (0.030, 0.012),
    (0.038, 0.034),
    (0.030, 0.056),
    (0.012, 0.070),
    (0.0045, 0.082),
    (0.003, 0.092),
    (0.0, 0.093),
]
_LONG: _Profile = [
    (0.0, 0.0),
    (0.010, 0.003),
    (0.0165, 0.018),
    (0.0185, 0.06),
    (0.0185, 0.13),
    (0.0165, 0.178),
    (0.009, 0.194),
    (0.0, 0.197),
]
_BALL: _Profile = [
    (0.0, 0.0),
    (0.028, 0.004),
    (0.058, 0.028),
    (0.070, 0.068),
    (0.060, 0.108),
    (0.030, 0.130),
    (0.0, 0.134),
]
_BLOCK: _Profile = [
    (0.0, 0.010),
    (0.014, 0.004),
    (0.026, 0.006),
    (0.034, 0.030),
    (0.038, 0.062),
    (0.033, 0.082),
    (0.018, 0.086),
    (0.006, 0.078),
    (0.0, 0.077),
]
_COB: _Profile = [
    (0.0, 0.0),
    (0.012, 0.002),
    (0.021, 0.02),
    (0.024, 0.07),
    (0.022, 0.13),
    (0.014, 0.165),
    (0.005, 0.182),
    (0.0, 0.184),
]
_DROP: _Profile = [
    (0.0, 0.0),
    (0.016, 0.003),
    (0.031, 0.022),
    (0.034, 0.058),
    (0.026, 0.105),
    (0.020, 0.140),
    (0.014, 0.158),
    (0.0, 0.160),
]
_KINDS: tuple[_Kind, ...] = (
    _Kind(("red onion", "red onions", "紫洋葱", "红洋葱"), "#7c2748", _BULB, _skins),
    _Kind(("onion", "onions", "shallots", "洋葱"), "#c98e4f", _BULB, _skins),
    _Kind(("garlic", "大蒜", "蒜头"), "#ece3d6", [(0.85 * r, 0.72 * z) for r, z in _BULB], _cloves),
    _Kind(("bell pepper", "bell peppers", "sweet pepper", "sweet peppers", "彩椒", "甜椒"), "#c3272b", _BLOCK, _lobes, stalk="#5f7d3a", dyed=True),
    _Kind(("green pepper", "青椒"), "#3f8a45", _BLOCK, _lobes, stalk="#5f7d3a"),
    _Kind(("cucumber", "cucumbers", "黄瓜"), "#41702f", _LONG, _warts, lies=True),
    _Kind(("courgette", "courgettes", "zucchini", "西葫芦"), "#557d35", _LONG, _even, lies=True),
    _Kind(("aubergine", "aubergines", "eggplant", "eggplants", "茄子"), "#3b2244", _DROP, _even, lies=True, shown=2, stalk="#5f7d3a"),
    _Kind(("sweetcorn cob", "corn on the cob", "corn cob", "corn cobs", "水果玉米", "甜玉米", "糯玉米", "玉米棒"), "#f0c54a", _COB, _kernels, lies=True),
    _Kind(("pumpkin", "pumpkins", "南瓜"), "#d9792b", [(1.35 * r, 0.95 * z) for r, z in _BALL], _gourd, shown=1, stalk="#7f8048"),
    _Kind(("papaya", "木瓜"), "#d99a3a", [(1.6 * r, 1.3 * z) for r, z in _DROP], _even, lies=True, shown=1),
    _Kind(("cantaloupe", "honeydew", "hami melon", "哈密瓜", "甜瓜"), "#cdb978", _BALL, _net, shown=1),
    _Kind(("coconut", "coconuts", "椰子", "椰青"), "#7b5a3c", [(0.85 * r, 0.85 * z) for r, z in _BALL], _skins, shown=1),
    _Kind(("durian", "durians", "榴莲", "金枕"), "#a39245", [(1.5 * r, 1.75 * z) for r, z in _BALL], _spikes, shown=1, stalk="#7b6a3c"),
    _Kind(("jackfruit", "菠萝蜜"), "#9a9a48", [(1.7 * r, 2.4 * z) for r, z in _BALL], _spikes, shown=1, stalk="#7b6a3c"),
)  # fmt: skip
_PLACES = ((-0.052, -0.02, 10.0), (0.050, -0.012, 130.0), (0.0, 0.062, 250.0))


def greens(look: Look) -> list[Part] | None:
    """Those that the words name, or None."""
    for words, draw in LEAVES:
        if look.says(words):
            return draw(look)
    kind = next((kind for kind in _KINDS if look.says(kind.words)), None)
    return None if kind is None else _several(look, kind)


def _several(look: Look, kind: _Kind) -> list[Part]:
    shade = look.note(look.colour(kind.colour) if kind.dyed else srgb(kind.colour), "plastic")
    skin = look.plain("matte plastic", shade).but(bump=None, roughness=0.42, coat=0.15)
    parts = []
    for number in range(kind.shown):
        size = look.uniform(0.94, 1.06)
        one = [part.scaled(size).turned(97.0 * number) for part in _one(look, kind, skin)]
        if kind.lies:
            thick = size * max(r for r, _ in kind.profile)
            long = size * kind.profile[-1][1]
            one = [part.moved(z=-long / 2).turned(90, "y").turned(8 * (number - 1)) for part in one]
            one = [part.moved(y=2.15 * thick * (number - (kind.shown - 1) / 2), z=thick) for part in one]
        elif kind.shown > 1:
            x, y, _ = _PLACES[number]
            one = [part.moved(x=x, y=y) for part in one]
        parts += one
    return parts


def _one(look: Look, kind: _Kind, skin: Material) -> list[Part]:
    profile = smooth_path(np.asarray(kind.profile), 150).clip([1e-4, -1], None)
    top = float(profile[-1, 1])

    def shaped(v: Floats) -> Floats:
        factor = kind.uneven(np.arctan2(v[:, 1], v[:, 0]), np.clip(v[:, 2] / top, 0, 1))
        return np.asarray(v * np.stack([factor, factor, 1 + 0 * factor], -1), np.float32)

    body = bent(revolve(profile, skin, 192), shaped)
    if not kind.stalk:
        return [body]
    green = look.plain("matte plastic", kind.stalk).but(bump=None)
    wide = 0.16 * float(profile[:, 0].max())
    way = smooth_path([(0, 0, top - 0.006), (0.002, 0, top + 0.012), (0.007, 0, top + 0.024)], 16)
    return [body, tube(way, np.linspace(1.3 * wide, wide, 16), green, segments=18)]
