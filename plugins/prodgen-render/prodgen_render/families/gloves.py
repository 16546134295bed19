"""Gloves and mittens, a pair beside each other."""

from __future__ import annotations

import numpy as np

from prodgen_render.looks.finishes import FABRICS
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import planar_uv, tube
from prodgen_render.shapes.implicit import Field, capsule, clip, in_depth, join, mesh

_MITTENS = ("mitten", "mittens", "连指")
_FINGERS = ((-0.029, 0.180, 0.0088), (-0.0098, 0.196, 0.0094), (0.0098, 0.191, 0.0094), (0.0285, 0.168, 0.0084))
"""Where each finger ends (across and up, in metres) and how thick it is; the thumb is on the right."""
_CUFF = 0.052


def gloves(look: Look) -> list[Part]:
    """A pair that stands on its cuffs, the backs of both hands to the viewer."""
    names = ("leather", *FABRICS, "rubber")
    cloth = look.main(
        *(("knit", *names) if look.says(_MITTENS) else names), extent=(0.12, 0.2), default="#3a2c24", period=0.022
    )
    hand = _mitten if look.says(_MITTENS) else _fingers
    long = look.uniform(0.94, 1.06)
    knitted = cloth.name in ("knit", "wool")
    right = _glove(look, hand, cloth, knitted, long)
    left = [part.scaled(-1, 1, 1) for part in right]
    return [
        part.moved(x=x)
        for x, pair in ((-0.071, right), (0.071, left))
        for part in (p.turned(3 if x < 0 else -3, "y") for p in pair)
    ]


def _glove(look: Look, hand: Field, cloth: Material, knitted: bool, long: float) -> list[Part]:
    def field(p: Floats) -> Floats:
        q: Floats = p * np.array([1, 1, 1 / long], np.float32)
        return np.asarray(join(hand(q), _wrist(q), 0.016), np.float32)

    skin = mesh(field, (-0.07, -0.04, -0.02), (0.08, 0.04, 0.235), 0.0036, cloth)
    skin = planar_uv(clip(skin, skin.vertices[:, 2] - np.float32(0.002)))
    plain = cloth if cloth.texture is None else look.plain(cloth.name, look.colour("#3a2c24"))
    return [skin, *(_cuff(field, plain, long) if knitted else _seams(look, field, plain, long))]


def _wrist(p: Floats) -> Floats:
    return capsule(p, (0, 0, -0.03), (0, 0, 0.07), 0.037, 0.034, 0.52)


def _fingers(p: Floats) -> Floats:
    palm = capsule(p, (-0.0135, 0, 0.085), (-0.0135, 0, 0.105), 0.027, 0.027, 0.55)
    out = join(palm, capsule(p, (0.0135, 0, 0.085), (0.0135, 0, 0.102), 0.027, 0.026, 0.55), 0.012)
    for x, top, radius in _FINGERS:
        out = join(out, capsule(p, (x * 0.86, 0, 0.105), (x * 1.12, -0.004, top), radius * 1.12, radius, 0.86), 0.005)
    return join(out, _thumb(p), 0.012)


def _thumb(p: Floats) -> Floats:
    return capsule(p, (0.026, 0, 0.062), (0.058, -0.006, 0.116), 0.0145, 0.0108, 0.86)


def _mitten(p: Floats) -> Floats:
    palm = capsule(p, (-0.008, 0, 0.085), (-0.006, -0.002, 0.148), 0.034, 0.031, 0.55)
    return join(
        join(palm, capsule(p, (0.010, 0, 0.085), (0.008, -0.002, 0.142), 0.031, 0.028, 0.55), 0.012), _thumb(p), 0.014
    )


def _ring(field: Field, height: float) -> Floats:
    """The outline of a glove at a height, a loop [60, 3]."""
    a = np.linspace(0, 2 * np.pi, 60)
    rays = np.stack([np.cos(a), np.sin(a), 0 * a], -1).astype(np.float32)
    low, high = np.zeros(60, np.float32), np.full(60, 0.06, np.float32)
    for _ in range(18):
        middle = (low + high) / 2
        inside = field(rays * middle[:, None] + np.array([0, 0, height], np.float32)) < 0
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return np.asarray(rays * low[:, None] + np.array([0, 0, height], np.float32))


def _cuff(field: Field, cloth: Material, long: float) -> list[Part]:
    """Ribs round a knitted wrist."""
    heights = np.linspace(0.004, _CUFF * long, 9)
    return [tube(_ring(field, float(z)) * [1.02, 1.04, 1], 0.0034, cloth, caps=False, segments=10) for z in heights]


def _seams(look: Look, field: Field, cloth: Material, long: float) -> list[Part]:
    """The hem of the cuff, a gathered line at the wrist and three stitched lines on the back of the hand."""
    dark = look.plain("cotton", mix(look.colour("#3a2c24"), (0, 0, 0), 0.35)).but(bump=None)
    parts = [
        tube(_ring(field, 0.003), 0.0021, cloth, caps=False, segments=10),
        tube(_ring(field, _CUFF * long) * [1.0, 1.01, 1], 0.0011, dark, caps=False, segments=8),
    ]
    z = np.linspace(0.078, 0.112, 16) * long
    for x in (-0.0165, 0.0, 0.0165):
        across = np.full(16, x) * np.linspace(0.85, 1.08, 16)
        out = in_depth(field, across.astype(np.float32), z.astype(np.float32), 0.05)
        parts.append(tube(np.stack([across, -out - 0.0002, z], -1), 0.0010, dark, segments=8))
    return parts
