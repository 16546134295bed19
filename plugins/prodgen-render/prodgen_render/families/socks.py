"""A pair of socks."""

from __future__ import annotations

import numpy as np

from prodgen_render.families.garment_kit import band
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.implicit import Field, capsule, clip, ellipsoid, join, mesh

_ANKLE = ("ankle", "no-show", "船袜", "短袜")
_LONG = ("knee high", "knee-high", "over the calf", "长筒", "高筒")
_EXTENT = (0.35, 0.35)
_BEND = (0.000, 0.120)
"""The middle, x and z, of the bend between foot and leg."""
_TURN = 0.083
"""Metres from there to the middle of foot and leg."""


def socks(look: Look) -> list[Part]:
    """A pair as on two feet, one behind the other, with ribbed cuffs and heels and toes in another tone, or in the second colour that the words name."""
    low = look.says(_ANKLE)
    cloth = look.main("knit", "cotton", "wool", "silk", "nylon", extent=_EXTENT, period=0.035)
    other = look.unasked(0.35) or look.two_coloured
    plain = look.solid("knit", "cotton", "wool", "silk", "nylon")
    rib = look.plain("knit", look.accent(look.colour()) if other else mix(look.colour(), (0, 0, 0), 0.14))
    heel = rib if other else plain.but(colour=tuple(0.80 * c for c in plain.colour))
    top = 0.125 if low else 0.36 if look.says(_LONG) else 0.265

    def field(p: Floats) -> Floats:
        calf = 0.044 + 0.030 * max(0.0, top - 0.22)
        leg = capsule(p, (0.080, 0, 0.075), (0.076, 0, top + 0.05), 0.0345, calf, 0.94)
        instep = capsule(p, (0.066, 0, 0.066), (-0.070, 0, 0.0305), 0.037, 0.0275)
        ball = ellipsoid(p, (-0.078, 0.003, 0.0285), (0.052, 0.042, 0.0275))
        back = ellipsoid(p, (0.088, 0, 0.0350), (0.0300, 0.030, 0.035))
        out = join(join(join(leg, back, 0.03), instep, 0.035), ball, 0.025)
        return np.asarray(out + _creases(p), np.float32)

    skin = mesh(field, (-0.15, -0.07, -0.02), (0.17, 0.07, top + 0.03), 0.0055, cloth)
    skin = clip(skin, np.float32(top) - skin.vertices[:, 2])
    skin = skin.but(uv=_unrolled(skin.vertices) / np.float32(_EXTENT[0]), uv_metres=_EXTENT)
    pair = [*_in_tones(skin, heel), _cuff(field, top, rib, 0.016 if low else 0.045)]
    return [part.turned(-7 + 13 * k).moved(x=0.045 * k, y=-0.05 + 0.115 * k) for k in (0, 1) for part in pair]


def _creases(p: Floats) -> Floats:
    """Where the foot turns into the leg cloth is too long in front."""
    x, z = p[:, 0], p[:, 2]
    near = np.exp(-(((x - 0.035) / 0.030) ** 2) - (((z - 0.105) / 0.035) ** 2))
    return np.asarray(0.0022 * near * np.sin(150 * z - 75 * x) + 0.0006 * np.sin(46 * z + 20 * x), np.float32)


def _unrolled(points: Floats) -> Floats:
    """Metres around the sock and along it from the toe: rings of a pattern run around the foot as around the leg."""
    x, z = points[:, 0] - np.float32(_BEND[0]), points[:, 2] - np.float32(_BEND[1])
    foot, leg = x < 0, (z > 0) & (x >= 0)
    turned = _TURN * np.arctan2(np.maximum(-z, 0), np.maximum(x, 1e-6))
    along = np.where(leg, z, np.where(foot, x - _TURN * np.pi / 2, -turned))
    out = np.where(leg, x, np.where(foot, -z, np.hypot(x, z)))
    around = np.abs(np.arctan2(points[:, 1], _TURN - out))
    return np.stack([0.045 * around, along + 0.2], -1).astype(np.float32)


def _in_tones(skin: Part, tone: Material) -> list[Part]:
    """A sock whose toe and heel are of another material."""

    def apart(p: Floats) -> Floats:
        """Positive before the toe's seam, and away from the heel, whose seams run up to the ankle."""
        heel = np.hypot(p[:, 0] - 0.125, 0.9 * (p[:, 2] + 0.012)) - 0.082
        return np.asarray(np.minimum(p[:, 0] + 0.092, heel), np.float32)

    rest, ends = clip(skin, apart(skin.vertices)), clip(skin, -apart(skin.vertices))
    return [rest, ends.but(material=tone)]


def _cuff(field: Field, top: float, cloth: Material, high: float) -> Part:
    centres = [np.array([0.0765, 0, top - high + (high + 0.002) * k / 5], np.float32) for k in range(6)]
    return band(field, centres, np.array([0, 0, 1.0], np.float32), 0.1, cloth, 0.0022)
