"""Gloves and mittens, a pair beside each other."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.garment_kit import band
from prodgen_render.families.sewn import stitches
from prodgen_render.looks.finishes import FABRICS
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import planar_uv, tube
from prodgen_render.shapes.implicit import Field, capsule, clip, in_depth, join, mesh

_MITTENS = ("mitten", "mittens", "连指")
_FINGERS = ((-0.0305, 0.184, 0.0092), (-0.0106, 0.201, 0.0098), (0.0098, 0.196, 0.0097), (0.0292, 0.176, 0.0088))
"""Where each finger ends (across and up, in metres) and how thick it is; the thumb is on the right."""
_CUFF = 0.056


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
        body = join(hand(q), _wrist(q), 0.014)
        return np.asarray(body if knitted else body + _wrinkles(q), np.float32)

    skin = mesh(field, (-0.07, -0.05, -0.02), (0.08, 0.04, 0.235), 0.0034, cloth)
    skin = planar_uv(clip(skin, skin.vertices[:, 2] - np.float32(0.002)))
    plain = cloth if cloth.texture is None else look.plain(cloth.name, look.colour("#3a2c24"))
    rib = look.plain("knit", mix(look.colour("#3a2c24"), (0, 0, 0), 0.1)) if knitted else plain
    return [skin, *(_cuff(field, rib, long) if knitted else _seams(look, field, plain, long))]


def _wrist(p: Floats) -> Floats:
    """The cuff, a little wider at its edge, and the hand's root."""
    cuff = capsule(p, (0, 0, -0.04), (0, 0, 0.045), 0.045, 0.0365, 0.50)
    return join(cuff, capsule(p, (0, 0, 0.045), (0, 0, 0.080), 0.0350, 0.0370, 0.50), 0.012)


def _fingers(p: Floats) -> Floats:
    """A hand at ease: fingers close together and a little bent, the thumb beside the palm."""
    palm = capsule(p, (-0.0170, 0, 0.083), (-0.0175, 0, 0.110), 0.0265, 0.0240, 0.50)
    out = join(palm, capsule(p, (0.0150, 0, 0.083), (0.0165, 0, 0.106), 0.0265, 0.0235, 0.50), 0.014)
    for x, top, radius in _FINGERS:
        root, knuckle = (x * 0.98, 0.0, 0.104), (x * 1.03, -0.0012, 0.108 + 0.5 * (top - 0.108))
        out = join(out, capsule(p, root, knuckle, radius * 1.03, radius * 1.02, 0.86), 0.006)
        out = join(out, capsule(p, knuckle, (x * 1.05, -0.0080, top), radius * 1.02, radius * 0.95, 0.86), 0.004)
    return join(out, _thumb(p), 0.011)


def _thumb(p: Floats) -> Floats:
    base = capsule(p, (0.024, -0.002, 0.064), (0.047, -0.008, 0.104), 0.0165, 0.0122, 0.88)
    return join(base, capsule(p, (0.047, -0.008, 0.104), (0.0545, -0.013, 0.134), 0.0120, 0.0095, 0.92), 0.004)


def _wrinkles(p: Floats) -> Floats:
    """Fine folds across the knuckles, and where the cuff is gathered at the wrist."""
    x, y, z = p[:, 0], p[:, 1], p[:, 2]
    joint = np.exp(-(((z - 0.152 + 14 * x * x) / 0.012) ** 2)) + 0.8 * np.exp(-(((z - 0.118) / 0.010) ** 2))
    gathered = np.exp(-(((z - _CUFF) / 0.012) ** 2)) * np.sin(420 * x + 90 * y)
    return np.asarray(0.00028 * joint * np.sin(640 * z + 120 * x) + 0.0006 * gathered, np.float32)


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
    """A ribbed band round a knitted wrist."""
    centres = [np.array([0, 0, 0.001 + (_CUFF * long - 0.001) * k / 5], np.float32) for k in range(6)]
    return [band(field, centres, np.array([0, 0, 1.0], np.float32), 0.06, cloth, 0.0022)]


def _seams(look: Look, field: Field, cloth: Material, long: float) -> list[Part]:
    """The hem of the cuff, a gathered line at the wrist and three stitched lines on the back of the hand."""
    dark = look.plain("cotton", mix(look.colour("#3a2c24"), (0, 0, 0), 0.35)).but(bump=None)
    parts = [
        tube(_ring(field, 0.003), 0.0021, cloth, caps=False, segments=10),
        tube(_ring(field, _CUFF * long) * [1.0, 1.01, 1], 0.0011, dark, caps=False, segments=8),
    ]
    z = np.linspace(0.074, 0.118, 20) * long
    for x in (-0.0195, -0.0006, 0.0190):
        across = np.full(20, x) * np.linspace(0.82, 1.04, 20)
        out = in_depth(field, across.astype(np.float32), z.astype(np.float32), 0.05)
        parts.append(stitches(np.stack([across, -out - 0.0002, z], -1), dark, radius=0.0009))
    return parts
