"""The leaf of a collar: cloth that is folded over and lies on the body below."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prodgen_render.families.torso import Torso
from prodgen_render.model import Floats

_GAP = 0.0042
"""Metres from the body to the middle of what lies on it."""
_ROUNDED = 5
"""Steps in which what is folded comes down onto the body."""


def lying(
    torso: Torso, starts: Floats, away: Floats, lengths: Floats, rim: float, steps: int = 14
) -> NDArray[np.float64]:
    """From where cloth is folded over [n, 3], outwards and down over the body, [n, steps, 3].

    Args:
        away: outwards at each start, [n, 2].
        lengths: how far each goes, in metres, [n].
        rim: the height at which the body ends; what lies above it comes down to it.
    """
    down = np.column_stack([0.62 * away, np.full(len(away), -0.78)])
    here, rows = starts.astype(np.float32), []
    first = torso.field(here)
    for step in range(1, steps + 1):
        rest = max(0.0, 1 - step / _ROUNDED)
        normal = _slope(torso, here)
        along = down - normal * (down * normal).sum(1, keepdims=True)
        along /= np.linalg.norm(along, axis=1, keepdims=True).clip(1e-9)
        here = (here + along * (lengths / steps)[:, None]).astype(np.float32)
        gap = _GAP + np.maximum(first - _GAP, 0) * rest**1.5
        for _ in range(2):
            here = (here + _slope(torso, here) * (gap - torso.field(here))[:, None]).astype(np.float32)
        here[:, 2] = np.minimum(here[:, 2], rim + 0.0036 + 0.03 * rest)
        rows.append(here.astype(np.float64))
    return np.stack(rows, 1)


def _slope(torso: Torso, points: Floats) -> Floats:
    """Away from the body at points [n, 3], of length 1."""
    step = np.eye(3, dtype=np.float32) * np.float32(0.002)
    depth = torso.field(points)
    found = np.stack([torso.field(points + axis) - depth for axis in step], -1)
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True).clip(1e-9))
