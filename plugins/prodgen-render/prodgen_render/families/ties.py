"""Necktie."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prodgen_render.families.sewn import sheet, stitches
from prodgen_render.looks.finishes import FABRICS
from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import mix
from prodgen_render.model import Floats, Material, Part
from prodgen_render.shapes.geometry import loft, tube

_NARROW = ("skinny", "slim", "narrow", "窄")
_HIGH = 0.50
"""Metres from the tip to the knot."""
_CLOTH = (0.24, 0.24)
"""Metres of the cloth that the pattern's picture shows."""
_SLANT = np.radians(40)
_BAND = 0.034
"""Height of what goes round the neck, in metres."""
_TILT = np.radians(52)
"""How steeply that rises from the knot."""


def tie(look: Look) -> list[Part]:
    """A knotted tie: a wide blade with a dimple below its knot, the narrow one behind, and the band around the neck."""
    half = (0.026 if look.says(_NARROW) else 0.041) * look.uniform(0.93, 1.07)
    names = ("silk", *(name for name in FABRICS if name != "silk"))
    cloth = look.main(*names, extent=_CLOTH, default="#1f2f55", period=0.03)
    lining = look.plain("silk", mix(look.colour("#1f2f55"), (10, 10, 14), 0.4))
    long = _HIGH * look.uniform(0.95, 1.05)
    return [
        *_blade(cloth, lining, half, long, 0.0, 0.0),
        *_blade(cloth, lining, half * 0.52, long * 0.93, long * 0.10, 0.011),
        *_knot(cloth, half, long),
        *_band(cloth, half, long),
    ]


def _blade(cloth: Material, lining: Material, half: float, top: float, low: float, y: float) -> list[Part]:
    """A blade with a point, from the knot down, its edges rolled; the lining shows behind."""
    point = half * 0.98
    z = np.concatenate(
        [
            low + point * np.array([0, 0.02, 0.06, 0.12, *np.linspace(0.2, 1, 12)]),
            np.linspace(low + point * 1.15, top, 34),
        ]
    )
    width = half * np.clip((z - low) / point, 0.012, 1) * np.interp(z, [low, low + point, top], [1, 1, 0.40])
    s = np.linspace(-1, 1, 33)
    face = np.empty((len(z), 33, 3))
    face[..., 0], face[..., 2] = width[:, None] * s, z[:, None]
    # The middle is full, the edges are rolled back; it swings a little, and two folds run down from the knot.
    down = (top - z)[:, None]
    fold = 0.0068 * np.exp(-((face[..., 0] / (0.16 * half)) ** 2)) * np.exp(-down / (1.5 * half))
    beside = (
        0.0030 * np.exp(-(((np.abs(face[..., 0]) - 0.32 * half) / (0.16 * half)) ** 2)) * np.exp(-down / (1.7 * half))
    )
    swing = 0.006 * np.sin(2.6 * (z - low) / (top - low))[:, None]
    wave = 0.0012 * np.sin(46 * z + 1.2)[:, None] * s
    face[..., 1] = y - 0.0042 * np.sqrt(np.maximum(1 - np.abs(s) ** 5, 0)) + fold - beside - swing + wave
    back = face[::2, 2:-2] * [0.96, 1, 1] + [0, 0.0045, 0]
    return [_slanted(sheet(face, 0.0030, cloth, _CLOTH)), sheet(back, 0.0008, lining, _CLOTH)]


def _knot(cloth: Material, half: float, top: float) -> list[Part]:
    """A half Windsor: its front wraps across, broader above than below, and a little askew."""
    t = np.linspace(0, 1, 22)
    z = top - 0.034 + 0.052 * t
    width = half * np.interp(t, [0, 0.1, 0.55, 0.9, 1], [0.40, 0.47, 0.62, 0.76, 0.70])
    depth = np.interp(t, [0, 0.08, 0.45, 0.85, 1], [0.0085, 0.0125, 0.0155, 0.0140, 0.0090])
    around = np.linspace(0, 2 * np.pi, 52, endpoint=False)
    c, s = np.cos(around), np.sin(around)
    x, y = np.sign(c) * np.abs(c) ** 0.8, np.sign(s) * np.abs(s) ** 0.75
    # Soft ridges where the cloth is pulled across.
    pulled = 1 + 0.035 * np.sin(5 * t[:, None] * np.pi + 2.2 * c) * np.clip(-s, 0, 1)
    body = np.stack(
        [
            width[:, None] * x * (0.9 + 0.1 * pulled),
            depth[:, None] * y * pulled - 0.003,
            z[:, None] + 0.0035 * c - 0.004 * np.clip(-s, 0, 1) * (1 - np.abs(c)),
        ],
        -1,
    )
    middle = body.mean(1, keepdims=True)
    closed = np.concatenate(
        [
            middle[:1] + (body[:1] - middle[:1]) * 0.02,
            body,
            middle[-1:] + (body[-1:] - middle[-1:]) * 0.55,
            middle[-1:] + (body[-1:] - middle[-1:]) * 0.02,
        ]
    )
    return [_slanted(loft(closed, cloth), np.radians(-35))]


def _band(cloth: Material, half: float, top: float) -> list[Part]:
    """From the knot up and round the neck, folded over as under a collar, higher behind than in front."""
    a = np.linspace(-0.5 * np.pi + 0.03, 1.5 * np.pi - 0.03, 76)
    back = (1 + np.sin(a)) / 2
    up, through = np.sin(_TILT), np.cos(_TILT)
    rise = 0.124 * back
    line = np.stack([(0.060 - 0.012 * back**3) * np.cos(a), 0.002 + through * rise, top + 0.008 + up * rise], -1)
    outwards = np.stack([np.cos(a), through * np.sin(a), up * np.sin(a)], -1)
    # Its lower edge stands out, as the inside of a collar leans.
    across = np.array([0, -up, through]) - 0.42 * outwards
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    narrow = np.interp(back, [0, 0.12, 1], [half * 0.62, _BAND * 0.8, _BAND]) / 2
    t = np.linspace(-1, 1, 9)[:, None, None]
    bulge = 0.0022 * (1 - t**2) * outwards
    face = line + t * narrow[:, None] * across + bulge
    edge = line + narrow[:, None] * across
    return [
        _slanted(sheet(face, 0.0042, cloth, _CLOTH)),
        _slanted(tube(edge, 0.0024, cloth, segments=10)),
        stitches(line[30:46] - outwards[30:46] * 0.0026, cloth.but(texture=None, bump=None), radius=0.0004),
    ]


def _slanted(part: Part, angle: float = _SLANT) -> Part:
    """Patterns lie across, as the cloth of a tie is cut aslant to its threads."""
    x, z = part.vertices[:, 0], part.vertices[:, 2]
    c, s = np.cos(angle), np.sin(angle)
    uv: Floats | NDArray[np.float64] = np.stack([(c * x + s * z) / _CLOTH[0], (c * z - s * x) / _CLOTH[1]], -1)
    return part.but(uv=uv.astype(np.float32), uv_metres=_CLOTH)
