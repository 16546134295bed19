"""Lays one outline onto another: how far each place of a picture has to move for it."""

from __future__ import annotations

import numpy as np

from prodgen_render.model import Floats
from prodgen_sdk.types import Mask

_ROUNDS = ((2, 0.04, 25), (2, 0.02, 25), (1, 0.005, 20))
"""Coarse to fine: how many pixels a step of the picture is made of, over which share of its size neighbours move together, and how many steps
are made so."""
_STEP = 0.03
"""The most that one step moves a place by, as a share of the picture's size."""
_BESIDE = 2
"""Pixels beyond the source's outline that count as parts of it."""


def warp(source: Mask, target: Mask) -> Floats:
    """Movements [h, w, 2] in pixels, x and y, of each place of the source that lay its outline on the target's.

    Both outlines become distances to them, and each place moves down the slope of what they differ by, with all around it
    (Thirion's demons, 1998).

    >>> y, x = np.mgrid[0:64, 0:64]
    >>> moved = warp(np.hypot(x - 32, y - 32) < 16, np.hypot(x - 32, y - 32) < 20)
    >>> bool(3 < moved[32, 47, 0] < 5)
    True
    """
    here, there = _signed(source), _signed(target)
    moved: Floats = np.zeros((*source.shape, 2), np.float32)
    for coarse, share, steps in _ROUNDS:
        level = _bent(
            moved[::coarse, ::coarse] / coarse,
            here[::coarse, ::coarse] / coarse,
            there[::coarse, ::coarse] / coarse,
            share,
            steps,
        )
        moved = coarse * (level if coarse == 1 else _enlarged(level, coarse, source.shape))
    return moved


def _bent(moved: Floats, here: Floats, there: Floats, share: float, steps: int) -> Floats:
    """Some steps of `warp`, from where it is."""
    from scipy import ndimage

    size, counts = max(here.shape), (here > -_BESIDE).astype(np.float32)
    down, across = np.gradient(there)
    spread = share * size
    total = np.maximum(ndimage.gaussian_filter(counts, spread), 1e-6)[..., None]
    rows, columns = np.mgrid[0 : here.shape[0], 0 : here.shape[1]].astype(np.float32)
    for _ in range(steps):
        at = [rows + moved[..., 1], columns + moved[..., 0]]
        level, up, side = (
            ndimage.map_coordinates(values, at, order=1, mode="nearest") for values in (there, down, across)
        )
        wrong = np.clip(here - level, -_STEP * size, _STEP * size)
        slope = np.stack([side, up], -1)
        step = wrong[..., None] * slope / ((slope**2).sum(-1, keepdims=True) + 0.1)
        moved = ndimage.gaussian_filter((moved + step) * counts[..., None], (spread, spread, 0)) / total
    return moved


def _enlarged(values: Floats, times: int, shape: tuple[int, ...]) -> Floats:
    from scipy import ndimage

    at = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32) / times
    return np.stack([ndimage.map_coordinates(values[..., k], at, order=1, mode="nearest") for k in (0, 1)], -1)


def _signed(mask: Mask) -> Floats:
    """Distances to the outline in pixels, positive inside."""
    from scipy import ndimage

    inside, outside = (ndimage.distance_transform_edt(which) for which in (mask, ~mask))
    return np.asarray(ndimage.gaussian_filter(inside - outside, 0.7), np.float32)
