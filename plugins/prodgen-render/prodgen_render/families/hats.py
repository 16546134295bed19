"""Hats with a brim: bucket hat, straw hat and fedora."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import bent, refine, revolve, rounded_path, smooth_path, tube

_STRAW = ("straw", "sun hat", "beach", "panama", "raffia", "草帽", "编织", "遮阳帽")
_BUCKET = ("bucket hat", "fisherman hat", "渔夫帽", "盆帽")
_FELT = ("fedora", "cowboy", "trilby", "bowler", "homburg", "礼帽", "牛仔帽", "爵士帽")
_OVAL = 1.16
"""How much longer a head is than wide."""
_THICK = 0.0022


def hat(look: Look) -> list[Part]:
    """A bucket hat of cloth; of straw with a wide brim, or of felt with a dent and a band, where the words say so."""
    size = look.uniform(0.97, 1.04)
    straw, felt = look.says(_STRAW) and not look.says(_BUCKET), look.says(_FELT)
    make = _straw_hat if straw else _felt_hat if felt else _bucket_hat
    return [part.scaled(size) for part in make(look)]


def _bucket_hat(look: Look) -> list[Part]:
    names = ("cotton", "canvas", "denim", "nylon", "wool", "linen", "velvet", "leather")
    cloth = look.main(*names, extent=(0.56, 0.22), period=0.045)
    plain = look.solid(*names)
    thread = plain.but(colour=tuple(0.7 * c for c in plain.colour), bump=None)
    top, wide, brim = 0.088, 0.090, 0.133
    crown = [(1e-4, top), (0.070, top), (wide - 0.006, top - 0.010), (wide, 0.030)]
    skirt = [(wide, 0.030), (wide + 0.010, 0.026), (brim, -0.022)]
    parts = _shell(look, crown, [0, 0.012, 0.012, 0], cloth) + _shell(look, skirt, 0.008, cloth)
    for share in (0.25, 0.45, 0.65, 0.85):
        radius, height = wide + 0.010 + (brim - wide - 0.010) * share, 0.026 - 0.048 * share
        parts.append(_ring(radius, height + 0.0006, 0.0006, thread))
    parts.append(_ring(wide + 0.0012, 0.031, 0.0009, thread))
    parts.append(_ring(brim, -0.022, 0.0021, plain))
    return [bent(part, lambda v: v + _wave(v, 0.010, wide)) for part in parts]


def _straw_hat(look: Look) -> list[Part]:
    colour = look.colour("#d9bd86")
    straw = look.plain("linen", colour)
    look.note(colour, "straw")
    band = look.part(
        "hat band", look.plain("cotton", look.accent(colour, "#26262a") if not look.own_colour else "#26262a")
    )
    top, wide, brim = 0.105, 0.092, 0.185
    crown = [(1e-4, top), (0.062, top - 0.002), (wide - 0.004, top - 0.026), (wide, 0.004)]
    rim = [(wide, 0.004), (wide + 0.006, 0.0), (brim, -0.006)]
    parts = _shell(look, crown, [0, 0.03, 0.02, 0], straw) + _shell(look, rim, 0.005, straw)
    parts += [
        _ring(radius, -0.001 - 0.006 * (radius - wide) / (brim - wide), 0.0015, straw)
        for radius in np.arange(wide + 0.014, brim, 0.009)
    ]
    parts += [
        _ring(wide - 0.006 * max(0.0, z - 0.03) / 0.05 + 0.0004, z, 0.0015, straw)
        for z in np.arange(0.036, 0.082, 0.009)
    ]
    parts.append(_ring(brim, -0.006, 0.0028, straw))
    parts.append(
        revolve(refine(np.array([[wide + 0.0035, 0.005], [wide + 0.0028, 0.032]]), 0.006), band, 120, squash=_OVAL)
    )
    return [bent(part, lambda v: v + _wave(v, 0.014, wide)) for part in parts]


def _felt_hat(look: Look) -> list[Part]:
    felt = look.main("wool", "leather", "velvet", "canvas", extent=(0.6, 0.2), default="#5b4638", period=0.05)
    band = look.part("hat band", look.plain("silk", look.accent(look.colour(), "#1f1e20")))
    top, wide, brim = 0.118, 0.090, 0.152
    crown = [(1e-4, top), (0.060, top), (wide - 0.010, top - 0.018), (wide, 0.004)]
    rim = [(wide, 0.004), (wide + 0.007, 0.0), (brim - 0.02, 0.002), (brim, 0.007)]

    def dented(v: Floats) -> Floats:
        """A crease along the crown and a pinch on both sides in front."""
        up = np.clip((v[:, 2] - 0.055) / 0.06, 0, 1) ** 1.5
        crease = 0.026 * np.exp(-((v[:, 0] / 0.022) ** 2)) * np.clip((v[:, 2] - 0.08) / 0.035, 0, 1)
        ahead = np.clip(-v[:, 1] / 0.09, 0, 1) ** 1.5
        pinch = 1 - 0.34 * up * ahead
        return np.stack([v[:, 0] * pinch, v[:, 1], v[:, 2] - crease], -1)

    parts = _shell(look, crown, [0, 0.024, 0.02, 0], felt) + _shell(look, rim, 0.006, felt)
    parts.append(_ring(brim, 0.007, 0.0018, felt))
    parts.append(
        revolve(refine(np.array([[wide + 0.0028, 0.004], [wide + 0.0016, 0.036]]), 0.006), band, 120, squash=_OVAL)
    )
    knot = smooth_path([(wide + 0.004, -0.012, 0.020), (wide + 0.0055, 0.0, 0.020), (wide + 0.004, 0.014, 0.020)], 12)
    parts.append(tube(knot, 0.015, band, flatten=0.16, up=(1, 0, 0)))
    return [bent(part, lambda v: dented(v) + _wave(v, 0.012, wide)) for part in parts]


def _shell(look: Look, corners: list[tuple[float, float]], radii: list[float] | float, cloth: Material) -> list[Part]:
    """Cloth of some thickness around the axis: its outside, and its inside in a darker lining."""
    profile = refine(rounded_path(corners, radii, 10), 0.006)[::-1]
    lining = look.plain(
        cloth.name if cloth.name != "leather" else "cotton", mix(look.colour("#cfc4b0"), (30, 28, 26), 0.25)
    )
    inside = profile - [_THICK, _THICK]
    inside[:, 0] = inside[:, 0].clip(1e-4)
    return [revolve(profile, cloth, 120, squash=_OVAL), revolve(inside[::-1], lining, 120, squash=_OVAL)]


def _ring(radius: float, height: float, thick: float, material: Material) -> Part:
    """A cord around the hat."""
    a = np.linspace(0, 2 * np.pi, 121)[:-1]
    ring: NDArray[np.float64] = np.stack([radius * np.cos(a), _OVAL * radius * np.sin(a), height + 0 * a], -1)
    return tube(ring, thick, material, segments=8, closed=True)


def _wave(v: Floats, drop: float, wide: float) -> Floats:
    """How a brim hangs: lower in front and behind than at the sides."""
    out = np.clip((np.hypot(v[:, 0], v[:, 1] / _OVAL) - wide) / 0.06, 0, 1)
    turn = np.arctan2(v[:, 1] / _OVAL, v[:, 0])
    return np.asarray(np.stack([0 * out, 0 * out, drop * out**1.5 * np.cos(2 * turn)], -1), np.float32)
