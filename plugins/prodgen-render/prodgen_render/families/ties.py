"""Necktie."""

from __future__ import annotations

import numpy as np

from prodgen_render.looks.finishes import FABRICS
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.shapes.geometry import loft, tube

_NARROW = ("skinny", "slim", "narrow", "窄")
_HIGH = 0.55
"""Metres from the tip to the knot."""
_CLOTH = (0.24, 0.24)
"""Metres of the cloth that the pattern's picture shows."""
_SLANT = np.radians(40)


def tie(look: Look) -> list[Part]:
    """A knotted tie that hangs from its loop, the narrow end behind the wide one."""
    half = (0.026 if look.says(_NARROW) else 0.040) * look.uniform(0.93, 1.07)
    names = ("silk", *(name for name in FABRICS if name != "silk"))
    cloth = look.main(*names, extent=_CLOTH, default="#1f2f55", period=0.03)
    long = _HIGH * look.uniform(0.95, 1.05)
    parts = [_blade(cloth, half, long, 0.0, -0.010), _blade(cloth, half * 0.55, long * 0.9, long * 0.1, 0.006)]
    parts.append(_knot(cloth, half, long))
    a = np.linspace(-0.5 * np.pi + 0.16, 1.5 * np.pi - 0.16, 70)
    loop = np.stack([0.062 * np.cos(a), 0.055 + 0.062 * np.sin(a), long + 0.012 + 0.030 * (1 + np.sin(a))], -1)
    parts.append(_slanted(tube(loop, 0.0155, cloth, flatten=0.22, up=(0, -1, 0.5), segments=20)))
    return parts


def _blade(cloth: Material, half: float, top: float, low: float, y: float) -> Part:
    """A flat blade with a point, from the knot down; thin at its edges, full in the middle."""
    z = np.concatenate(
        [
            [low, low + half * 0.02],
            np.linspace(low + half * 0.04, low + half * 1.02, 14),
            np.linspace(low + half * 1.15, top, 30),
        ]
    )
    point = np.clip((z - low) / (half * 1.02), 0.004, 1)
    taper = np.interp(z, [low, low + half * 1.02, top], [1, 1, 0.42])
    width = half * point * taper
    s = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    across, through = np.sign(np.cos(s)) * np.abs(np.cos(s)) ** 0.8, np.sign(np.sin(s)) * np.abs(np.sin(s)) ** 0.55
    sections = np.empty((len(z), 40, 3))
    sections[..., 0] = width[:, None] * across
    sections[..., 1] = (
        y
        + 0.0042 * np.minimum(1, 0.3 + point)[:, None] * through
        - 0.004 * np.sin(np.pi * (z - low) / (top - low))[:, None]
    )
    sections[..., 2] = z[:, None]
    return _slanted(loft(sections, cloth))


def _knot(cloth: Material, half: float, top: float) -> Part:
    """Broader above than below, with a dimple in what comes out of it."""
    z = np.linspace(top - 0.028, top + 0.016, 16)
    t = np.linspace(0, 1, 16)
    width = np.interp(t, [0, 0.12, 0.85, 1], [half * 0.36, half * 0.43, half * 0.60, half * 0.50])
    depth = np.interp(t, [0, 0.15, 0.8, 1], [0.008, 0.0125, 0.0145, 0.008])
    s = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    sections = np.empty((18, 48, 3))
    rows = np.concatenate([[0], np.arange(16), [15]])
    shrink = np.ones(18)
    shrink[[0, -1]] = 0.02
    sections[..., 0] = (width[rows] * shrink)[:, None] * np.sign(np.cos(s)) * np.abs(
        np.cos(s)
    ) ** 0.75 + 0.003 * np.sin(3 * t[rows])[:, None]
    sections[..., 1] = (depth[rows] * shrink)[:, None] * np.sin(s) - 0.004
    sections[..., 2] = z[rows][:, None]
    return _slanted(loft(sections, cloth))


def _slanted(part: Part) -> Part:
    """Patterns lie across, as the cloth of a tie is cut aslant to its threads."""
    x, z = part.vertices[:, 0], part.vertices[:, 2]
    c, s = np.cos(_SLANT), np.sin(_SLANT)
    uv = np.stack([(c * x + s * z) / _CLOTH[0], (c * z - s * x) / _CLOTH[1]], -1)
    return part.but(uv=uv.astype(np.float32), uv_metres=_CLOTH)
