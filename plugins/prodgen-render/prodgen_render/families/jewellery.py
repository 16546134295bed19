"""Ring, necklace, earrings, bracelet and belt."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.kit import lathe, metal_or
from prodgen_render.looks.look import Look
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import box, revolve, smooth_path, tube

_METALS = ("gold", "metal", "steel", "brass", "copper")
_STONED = ("diamond", "gemstone", "solitaire", "engagement", "stone", "crystal", "zircon", "钻", "宝石", "锆石")
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
    metal = _polished(metal_or(look, *_METALS))
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
    """A pair of hoops, or of studs and drops where the words name stones or pearls."""
    metal = _polished(metal_or(look, *_METALS))
    radius = 0.014 * look.uniform(0.8, 1.3)
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


def necklace(look: Look) -> list[Part]:
    """A chain as it hangs, with a pendant; a string of pearls where the words say so."""
    metal = _polished(metal_or(look, *_METALS))
    a = np.linspace(0.04 * np.pi, 1.96 * np.pi, 64)
    # Wider above than below, as on a neck.
    chain = np.stack([0.075 * np.sin(a), 0.02 * np.cos(a) + 0.02, 0.105 * np.cos(a) + 0.02 * np.cos(2 * a)], -1)
    if look.says(_PEARLS):
        return [_pearl(0.0042).moved(*map(float, place)) for place in chain]
    parts = [tube(chain, 0.0011, metal, segments=12)]
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
    front = -float(radius[-1]) - 0.003
    sides = [((0.006, 0.005, wide + 0.010), x, -0.005) for x in (-0.020, 0.020)] + [
        ((0.040, 0.005, 0.005), 0.0, z) for z in (-0.005, wide)
    ]
    parts += [p.moved(x=x - 0.01, y=front, z=z) for size, x, z in sides for p in box(size, 0.0015, metal, cells=3)]
    return [
        *parts,
        tube([(-0.034, front - 0.003, wide / 2), (0.012, front - 0.003, wide / 2)], 0.0022, metal, segments=12),
    ]
