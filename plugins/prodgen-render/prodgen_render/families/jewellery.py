"""Ring, necklace, earrings, bracelet and belt."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe, metal_or
from prodgen_render.families.sewn import ring as wire_ring
from prodgen_render.families.sewn import sheet, stitches
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import revolve, smooth_path, tube

_METALS = ("gold", "metal", "steel", "brass", "copper")
_STONED = (
    "diamond",
    "gemstone",
    "solitaire",
    "engagement",
    "stone",
    "crystal",
    "zircon",
    "zirconia",
    "sparkling",
    "halo",
    "钻",
    "宝石",
    "锆石",
)
_CUFFS = ("cufflink", "cufflinks", "cuff link", "cuff links", "袖扣")
_PEARLS = ("pearl", "pearls", "珍珠")


def _polished(material: Material) -> Material:
    """A material, without the marks of brushing if it is a metal: they would be coarse on things so small."""
    return material.but(bump=None, roughness=min(material.roughness, 0.16)) if material.metallic else material


def _stone(radius: float) -> Part:
    """A cut stone, its table upwards."""
    profile = np.array([(1e-4, -0.9), (1.0, 0.0), (0.62, 0.38), (1e-4, 0.38)]) * radius
    return revolve(profile, Material("glass", (0.93, 0.96, 0.98), 0.03, coat=1.0, transmission=0.45), 24)


def _pearl(radius: float) -> Part:
    a = np.linspace(0.01, np.pi - 0.01, 24)
    cream = Material("pearl", (0.86, 0.82, 0.76), 0.25, coat=1.0, sheen=0.3)
    return revolve(np.stack([np.sin(a), -np.cos(a)], -1) * radius, cream, 40)


def _circle(radius: float, count: int = 120) -> Floats:
    a = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.stack([radius * np.cos(a), 0 * a, radius * np.sin(a)], -1)


def ring(look: Look) -> list[Part]:
    """A finger ring that stands, with a stone where the words name one."""
    metal = _polished(metal_or(look, *(_METALS if look.own_colour else _METALS[1:])))
    radius, thick = 0.0092 * look.uniform(0.95, 1.08), 0.0014 * look.uniform(0.85, 1.3)
    band = tube(_circle(radius), thick, metal, closed=True, flatten=1.3, up=(0, 1, 0), segments=32)
    parts = [band.moved(z=radius + thick)]
    if look.says((*_STONED, *_PEARLS)):
        top = 2 * radius + 2 * thick
        jewel = _pearl(0.0036) if look.says(_PEARLS) else _stone(0.0034)
        parts.append(jewel.moved(z=top + 0.0022))
        cup = lathe([(0.0008, top - 0.0012), (0.0031, top + 0.0016), (0.0027, top + 0.0018)], 0.0003, metal, 32)
        parts.append(cup)
    return parts


def earrings(look: Look) -> list[Part]:
    """A pair of hoops, or of studs and drops where the words name stones or pearls; a pair of cuff links where they say so."""
    metal = _polished(metal_or(look, *_METALS))
    radius = 0.014 * look.uniform(0.8, 1.3)
    if look.says(_CUFFS):
        return _cuff_links(look, metal)
    if not look.says((*_STONED, *_PEARLS)):
        a = np.linspace(-0.47 * np.pi, 1.47 * np.pi, 110)
        hoop = np.stack([radius * np.cos(a), 0 * a, radius * np.sin(a)], -1)
        pair = [tube(hoop, 0.0013, metal, segments=24)]
    else:
        hook = [(0, 0.004, 0.012), (0, 0.006, 0.024), (0, 0.001, 0.030), (0, -0.002, 0.022), (0, 0, 0.010)]
        jewel = _pearl(0.006) if look.says(_PEARLS) else _stone(0.006)
        cup = lathe([(1e-4, 0.0042), (0.0026, 0.0044), (0.0008, 0.0105), (1e-4, 0.011)], 0.0004, metal, 32)
        pair = [tube(smooth_path(hook, 40), 0.0005, metal, segments=12), jewel, cup]
    return [part.turned(20 * side).moved(x=side * (radius + 0.006)) for side in (-1, 1) for part in pair]


def _cuff_links(look: Look, metal: Material) -> list[Part]:
    """Two faces with a rim, one seen from the front, the other from its side: post and bar behind."""
    face = look.plain("lacquer", look.accent(look.colour())) if look.two_coloured else metal
    rim = [
        (1e-4, 0),
        (0.0082, 0),
        (0.0086, 0.0008),
        (0.0086, 0.0030),
        (0.0076, 0.0034),
        (0.0074, 0.0026),
        (1e-4, 0.0026),
    ]
    link = [
        lathe(rim, [0, 0.0003, 0.0003, 0.0004, 0.0004, 0.0002, 0], metal, 72),
        lathe([(1e-4, 0.0024), (0.0072, 0.0026), (0.005, 0.0033), (1e-4, 0.0036)], [0, 0.0003, 0.002, 0], face, 64),
        tube([(0, 0, 0.0004), (0, 0, -0.0145)], 0.0013, metal, segments=16),
        tube([(-0.0078, 0, -0.0155), (0.0078, 0, -0.0155)], 0.0023, metal, segments=20),
    ]
    pair = []
    for x, turn in ((-0.014, -18), (0.014, 62)):
        pair += [part.turned(82, "x").turned(turn).moved(x=x, z=0.0088) for part in link]
    return pair


def necklace(look: Look) -> list[Part]:
    """A chain as it hangs, with a pendant; a string of pearls where the words say so."""
    metal = _polished(metal_or(look, *_METALS))
    chain = _hanging()
    if look.says(_PEARLS):
        return [_pearl(0.0042).moved(*map(float, place)) for place in _evenly(chain, 64)]
    parts = [_links(chain, metal)]
    low = chain[len(chain) // 2]
    pendant = (
        _stone(0.008).turned(90, "x")
        if look.says(_STONED)
        else lathe(
            [(1e-4, -0.001), (0.0095, -0.001), (0.0095, 0.001), (1e-4, 0.001)], [0, 0.0006, 0.0006, 0], metal, 48
        ).turned(90, "x")
    )
    loop = tube(_circle(0.0028, 24), 0.0006, metal, closed=True, up=(0, 1, 0), segments=10).turned(90, "z")
    x, y, z = map(float, low)
    return [*parts, loop.moved(x, y, z - 0.002), pendant.moved(x, y, z - 0.0135)]


def _hanging() -> Floats:
    """A closed chain from its clasp behind, over both sides of a neck, to the same place; [n, 3], wider above than below."""
    a = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    high = 0.105 * np.cos(a) + 0.02 * np.cos(2 * a)
    return np.stack([0.075 * np.sin(a), 0.055 * np.clip(np.cos(a), -0.2, 1) ** 2 * np.sign(np.cos(a)), high], -1)


def _evenly(loop: Floats, count: int) -> Floats:
    """So many places on a closed line [n, 3], as far apart along it."""
    line = np.concatenate([loop, loop[:1]])
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    places = np.arange(count) * along[-1] / count
    return np.stack([np.interp(places, along, line[:, k]) for k in range(3)], -1)


def _links(loop: Floats, metal: Material) -> Part:
    """Oval links along a closed line, each a quarter turn from the last."""
    long, wire = 0.0031, 0.00085
    length = float(np.linalg.norm(np.diff(np.concatenate([loop, loop[:1]]), axis=0), axis=1).sum())
    middles = _evenly(loop, 2 * round(length / (1.62 * long) / 2))
    along = np.roll(middles, -1, 0) - np.roll(middles, 1, 0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    side = np.cross(along, (0.0, 1.0, 0.0))
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    out = np.cross(side, along)
    even = (np.arange(len(middles)) % 2 == 0)[:, None]
    wide = np.where(even, side + out, side - out) / np.sqrt(2)
    deep = np.cross(along, wide)
    a = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    oval = tube(
        np.stack([long * np.cos(a), 0 * a, 0.64 * long * np.sin(a)], -1),
        wire,
        metal,
        closed=True,
        up=(0, 1, 0),
        segments=8,
    )
    frames = np.stack([along, deep, wide], 1)
    places = np.einsum("vk,nkj->nvj", oval.vertices, frames) + middles[:, None]
    normals = np.einsum("vk,nkj->nvj", oval.normals, frames)
    count = len(oval.vertices)
    faces = oval.faces[None] + count * np.arange(len(middles))[:, None, None]
    return oval.but(
        vertices=places.reshape(-1, 3).astype(np.float32),
        normals=normals.reshape(-1, 3).astype(np.float32),
        uv=np.tile(oval.uv, (len(middles), 1)),
        faces=faces.reshape(-1, 3).astype(np.int32),
    )


def bracelet(look: Look) -> list[Part]:
    """A bangle that lies, or a ring of beads."""
    metal = _polished(metal_or(look, *_METALS, "leather", "wood"))
    if look.says(("bead", "beads", "beaded", "珠", "手串", *_PEARLS)):
        a = np.linspace(0, 2 * np.pi, 22, endpoint=False)
        pearls = look.says(_PEARLS)
        bead = (
            _pearl(0.0043)
            if pearls
            else _pearl(0.0043).but(material=look.main("wood", "plastic", "glass", "walnut", *_METALS))
        )
        return [bead.moved(0.031 * float(np.cos(t)), 0.031 * float(np.sin(t)), 0.0043) for t in a]
    flat = np.stack([_circle(0.031)[:, 0], _circle(0.031)[:, 2], 0 * _circle(0.031)[:, 0] + 0.004], -1)
    return [tube(flat, 0.0018 * look.uniform(0.9, 1.5), metal, flatten=1.8, closed=True, segments=32)]


def belt(look: Look) -> list[Part]:
    """A belt rolled up, its buckle in front."""
    strap = look.main("leather", "canvas", "nylon", "cotton", "denim", "velvet", extent=(1.0, 0.035), period=0.03)
    metal = look.plain("metal" if look.chance(0.6) else "brass")
    wide = 0.034 * look.uniform(0.85, 1.15)
    turns, inner, gap = 2.6, 0.032, 0.0050
    a = np.linspace(0, 2 * np.pi * turns, 220)
    radius = inner + gap * a / (2 * np.pi)
    end = 1.5 * np.pi - a[-1]  # the outer end lies in front
    coil = np.stack([radius * np.cos(a + end), radius * np.sin(a + end), 0 * a + wide / 2], -1)
    parts = [tube(coil, wide / 2, strap, flatten=0.11, up=(1, 0, 0), segments=20)]
    front = -float(radius[-1]) - 0.0022
    edge = look.plain("leather", "#2c221b").but(bump=None)
    seams = (coil[70:-6] + np.array([0, 0, side * wide * 0.40]) for side in (-1, 1))
    away = np.stack([np.cos(a + end), np.sin(a + end), 0 * a], -1)[70:-6] * (wide / 2 * 0.11 + 0.0002)
    thread = look.plain("cotton", "#cbb893" if look.chance(0.5) else "#3a332c").but(bump=None)
    parts += [stitches(seam + away, thread) for seam in seams]
    frame = wire_ring(0.034, wide + 0.012, 0.0024, metal.but(bump=None)).moved(x=-0.012, y=front, z=wide / 2)
    pin = tube(
        smooth_path(
            [(-0.029, front + 0.001, wide / 2), (-0.014, front - 0.0026, wide / 2), (0.006, front - 0.0022, wide / 2)],
            12,
        ),
        0.0016,
        metal.but(bump=None),
        segments=12,
    )
    lap = np.array([-0.27, -0.20, -0.13]) * np.pi / 2
    holes = [
        tube([(x, y + 0.0002, wide / 2), (x, y - 0.0004, wide / 2)], 0.0017, edge, segments=14)
        for x, y in zip(radius[-1] * np.sin(-lap), -(radius[-1] + 0.0019) * np.cos(lap), strict=True)
    ]
    keeper = _keeper(float(radius[-1]), wide, strap)
    return [*parts, frame, pin, *holes, keeper]


def _keeper(radius: float, wide: float, strap: Material) -> Part:
    """The loop that keeps the end of a belt down, to the right of its buckle."""
    a = np.linspace(0.5 * np.pi, 2.5 * np.pi, 49)
    across = np.sign(np.sin(a)) * np.abs(np.sin(a)) ** 0.5 * (wide / 2 + 0.0016)
    through = np.sign(np.cos(a)) * np.abs(np.cos(a)) ** 0.4 * 0.0034
    turn = np.radians(24)
    rows = []
    for shift in np.linspace(-0.0045, 0.0045, 4):
        at = turn + shift / radius
        reach = radius + through
        rows.append(np.stack([reach * np.sin(at), -reach * np.cos(at), across + wide / 2], -1))
    return sheet(np.stack(rows), 0.0018, strap, (0.1, 0.1))
