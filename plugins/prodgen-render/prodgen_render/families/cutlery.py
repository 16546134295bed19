"""Kitchen knife, and cutlery for one."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe, metal_or
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import loft, smooth_path, tube

_METALS = ("steel", "gold", "brass", "copper", "metal")
_BROAD = ("cleaver", "菜刀", "切片刀", "斩骨刀", "砍骨刀")
_TURNED = 10.0
"""Degrees that a knife is turned, so that its ends show more than an edge."""
_SERVERS = ("salad server", "salad servers", "serving set", "serving spoon and fork", "沙拉勺", "沙拉叉", "分餐")
_WOODS = ("wood", "walnut", "bamboo")
_STICKS = ("chopstick", "chopsticks", "chopstick set", "筷子")
_SHORT = ("paring", "fruit knife", "水果刀")


def knife(look: Look) -> list[Part]:
    """A knife in profile with its edge down, point to the left, handle riveted; a broad blade where it is a cleaver."""
    broad, short = look.says(_BROAD), look.says(_SHORT)
    long = (0.11 if short else 0.185 if broad else 0.205) * look.uniform(0.95, 1.06)
    high = (0.024 if short else 0.088 if broad else 0.047) * look.uniform(0.95, 1.05)
    steel = (
        look.solid("steel", "metal")
        if look.material_name in ("steel", "metal", "") and look.own_colour
        else look.plain("steel")
    )
    grip = look.part("handle", _grip_of(look))
    t = np.linspace(0, 1, 60)
    if broad:
        back, edge = np.full(60, high), 0.004 * (2 * t - 1) ** 2
        back = back - 0.010 * np.clip(0.12 - t, 0, 1) / 0.12
    else:
        back = high * (1 - 0.45 * (1 - np.clip(t / 0.75, 0, 1)) ** 1.8)
        edge = high * 0.52 * (1 - np.clip(t / 0.62, 0, 1)) ** 2.2
    x = -long + long * t
    parts = [_blade(x, edge, back, steel), *_handle(look, grip, high, broad, short)]
    return [part.moved(x=long * 0.2, z=0.004).turned(-_TURNED) for part in parts]


def _grip_of(look: Look) -> Material:
    """Of the wood or plastic that the words name, or of the colour that they name, or dark."""
    if look.material_name in ("wood", "walnut", "bamboo", "plastic", "matte plastic"):
        return look.plain(look.material_name, None if look.own_colour else look.colour())
    if not look.own_colour:
        return look.plain("matte plastic", look.colour())
    return look.plain("walnut") if look.chance(0.5) else look.plain("matte plastic", "#232427")


def _blade(x: Floats, edge: Floats, back: Floats, steel: Material) -> Part:
    """Ground from a back of two millimetres to nothing along its edge."""
    s = np.array([0.0, 0.18, 0.5, 0.86, 1.0])
    thick = np.array([0.00012, 0.0007, 0.0010, 0.0011, 0.0008])
    z = edge[:, None] + (back - edge)[:, None] * s
    wide = thick * np.interp(x, [x[0], x[0] * 0.6, x[-1]], [0.5, 1, 1])[:, None]
    front = np.stack([np.broadcast_to(x[:, None], z.shape), -wide, z], -1)
    rear = (front * [1, -1, 1])[:, ::-1]
    sections = np.concatenate([front, rear], 1)
    ends = [sections[:1] * [1, 0.02, 1], sections, sections[-1:] * [1, 0.02, 1]]
    return loft(np.concatenate(ends)[:, ::-1], steel)


def _handle(look: Look, grip: Material, high: float, broad: bool, short: bool) -> list[Part]:
    """A grip that swells in the middle and at its end, with a bolster and three rivets."""
    long = (0.095 if short else 0.115) * look.uniform(0.95, 1.05)
    top = high - 0.002
    t = np.linspace(0, 1, 50)
    tall = np.interp(t, [0, 0.1, 0.45, 0.75, 1], [0.0105, 0.0118, 0.0138, 0.0118, 0.0142]) * (0.82 if short else 1.0)
    line = np.stack([0.010 + long * t, 0 * t, top - 0.0125 - 0.005 * np.sin(np.pi * t) * (not broad)], -1)
    bolster = tube(
        [(-0.004, 0, line[0, 2] + 0.001), (0.011, 0, line[0, 2])],
        np.array([0.0118, 0.0112]) * (0.82 if short else 1.0),
        look.plain("steel"),
        flatten=0.5,
        up=(0, 1, 0),
        segments=28,
    )
    parts = [bolster, tube(smooth_path(line, 50), tall, grip, flatten=0.58, up=(0, 1, 0), segments=36)]
    rivet = lathe(
        [(1e-4, -0.0087), (0.0031, -0.0087), (0.0031, 0.0087), (1e-4, 0.0087)],
        [0, 0.0004, 0.0004, 0],
        look.plain("steel"),
        32,
    ).turned(90, "x")
    return parts + [
        rivet.scaled(1, 0.92 if short else 1, 1).moved(x=float(line[i, 0]), z=float(line[i, 2])) for i in (9, 24, 39)
    ]


def cutlery(look: Look) -> list[Part]:
    """Fork, knife and spoon upright beside each other; a broad fork and spoon of wood or metal where they serve salad."""
    if look.says(_STICKS):
        return _chopsticks(look)
    servers = look.says(_SERVERS)
    metal = look.solid(*_WOODS, *_METALS) if servers else metal_or(look, *_METALS)
    scale = look.uniform(0.95, 1.06)
    handle = look.part("handle", metal)
    parts = []
    if servers:
        for x, head in ((-0.05, _broad(metal, tines=True)), (0.05, _broad(metal, tines=False))):
            parts += [part.scaled(1.4 * scale).moved(x=x * scale) for part in (*head, _stem(handle))]
        return parts
    for x, head in ((-0.042, _fork(metal)), (0.0, _table_knife(metal)), (0.042, _spoon(metal))):
        parts += [part.scaled(scale).moved(x=x * scale) for part in (*head, _stem(handle))]
    return parts


def _chopsticks(look: Look) -> list[Part]:
    """Five pairs side by side, square where they are held and round below, leaning back."""
    stuff = look.solid(
        "wood", "walnut", "bamboo", *_METALS, "matte plastic", default="#1d1d1f" if look.material_name == "" else None
    )
    tip = look.part("handle", stuff)
    outline = np.stack([np.cos(np.linspace(0, 2 * np.pi, 33)[:-1]), np.sin(np.linspace(0, 2 * np.pi, 33)[:-1])], -1)
    square = outline / np.maximum(np.abs(outline[:, :1]), np.abs(outline[:, 1:]))
    parts = []
    for number in range(10):
        z = np.linspace(0, 0.225, 40)
        share = np.clip((z - 0.08) / 0.05, 0, 1)[:, None, None]
        thick = np.interp(z, [0, 0.225], [0.0020, 0.0034])[:, None, None]
        ring = (outline * (1 - share) + square * 0.94 * share) * thick
        rows = np.concatenate([ring, np.broadcast_to(z[:, None, None], (40, 32, 1))], -1)
        x = (number // 2 - 2) * 0.024 + (0.0045 if number % 2 else -0.0045)
        body = loft(np.concatenate([rows[:1] * [0, 0, 1], rows, rows[-1:] * [0, 0, 1]]), stuff if number % 2 else tip)
        parts.append(body.turned(1.6 if number % 2 else -1.6, "y").moved(x=x))
    return [part.turned(-10, "x") for part in parts]


def _flat(z: Floats, half: Floats, thick: Floats, y: Floats, stuff: Material) -> Part:
    """A band that stands: half its width, thickness and depth at heights z."""
    s = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    c, d = np.sign(np.cos(s)) * np.abs(np.cos(s)) ** 0.7, np.sign(np.sin(s)) * np.abs(np.sin(s)) ** 0.7
    rows = [np.stack([half[k] * c, y[k] + thick[k] * d, np.full(36, z[k])], -1) for k in range(len(z))]
    ends = [rows[0] * [0.05, 1, 1], *rows, rows[-1] * [0.05, 1, 1]]
    return loft(np.stack(ends), stuff)


def _stem(stuff: Material) -> Part:
    """A handle that is broad below and slim above."""
    z = np.linspace(0.002, 0.130, 40)
    t = np.linspace(0, 1, 40)
    half = np.interp(t, [0, 0.03, 0.1, 0.5, 0.85, 1], [0.0050, 0.0078, 0.0090, 0.0056, 0.0034, 0.0034])
    thick = np.interp(t, [0, 0.1, 1], [0.0011, 0.0016, 0.0016])
    return _flat(z, half, thick, 0.004 * np.sin(np.pi * t) - 0.002, stuff)


def _spoon(stuff: Material) -> list[Part]:
    """A shallow bowl, both of its sides."""
    t = np.linspace(0, 1, 36)
    z = 0.128 + 0.064 * t
    half = 0.0205 * np.sin(np.pi * (0.06 + 0.94 * t) ** 0.85).clip(0.02) ** 0.5
    s = np.linspace(-1, 1, 15)
    hollow = 0.0105 * np.sin(np.pi * t).clip(0)[:, None] ** 0.8 * (1 - s**2)
    sheet = np.stack(
        [
            half[:, None] * s,
            np.broadcast_to(hollow - 0.002 - 0.004 * t[:, None], hollow.shape),
            np.broadcast_to(z[:, None], hollow.shape),
        ],
        -1,
    )
    back = sheet + np.array([0, 0.0013, 0])
    skin = np.concatenate([sheet, back[:, ::-1]], 1)
    return [loft(skin, stuff)]


def _broad(stuff: Material, *, tines: bool) -> list[Part]:
    """The head of a salad server, thick as of wood; three broad tines where it is the fork."""
    t = np.linspace(0, 1, 40)
    z, edge = 0.126 + 0.074 * t, 0.026 * np.sin(np.pi * (0.015 + 0.98 * t) ** 0.9).clip(0.012) ** 0.6
    bowl = 0.010 * np.sin(np.pi * t)
    thick = np.interp(t, [0, 0.15, 1], [0.0030, 0.0022, 0.0018])
    if not tines:
        return [_flat(z, edge, thick, bowl - 0.002, stuff)]
    palm = 22
    prongs = []
    for middle in (-0.66, 0.0, 0.66):
        prong = _flat(z[palm - 3 :], edge[palm - 3 :] * 0.25, thick[palm - 3 :], bowl[palm - 3 :] - 0.002, stuff)
        prongs.append(prong.moved(x=float(middle * edge[palm] * 1.1)))
    return [_flat(z[:palm], edge[:palm], thick[:palm], bowl[:palm] - 0.002, stuff), *prongs]


def _fork(stuff: Material) -> list[Part]:
    """A palm and four tines that bow forward."""
    t = np.linspace(0, 1, 20)
    palm = _flat(
        0.128 + 0.030 * t,
        np.interp(t, [0, 0.5, 1], [0.0034, 0.0098, 0.0120]),
        np.full(20, 0.0012),
        -0.002 + 0.004 * np.sin(2 * t),
        stuff,
    )
    parts = [palm]
    for number in range(4):
        x = (number - 1.5) * 0.0066
        way = smooth_path([(x, 0.0018, 0.155), (x, 0.0012, 0.170), (x * 1.02, -0.004, 0.196)], 24)
        parts.append(tube(way, np.linspace(0.0021, 0.0011, 24), stuff, flatten=0.62, up=(0, 1, 0), segments=14))
    return parts


def _table_knife(stuff: Material) -> list[Part]:
    t = np.linspace(0, 1, 40)
    z = 0.128 + 0.092 * t
    half = np.interp(t, [0, 0.1, 0.25, 0.8, 0.95, 1], [0.0034, 0.0058, 0.0078, 0.0084, 0.0058, 0.0018])
    return [_flat(z, half, np.interp(t, [0, 0.2, 1], [0.0015, 0.0009, 0.0005]), np.full(40, -0.002), stuff)]
