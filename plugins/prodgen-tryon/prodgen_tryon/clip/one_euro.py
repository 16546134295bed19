"""The One Euro filter over a track of poses.

Casiez, Roussel, Vogel: 1 Euro Filter (CHI 2012): a low-pass whose cut-off rises with speed, so that what rests does not tremble
and what moves does not lag. A clip is known to its end, so the filter is run in both directions and the two are averaged: their
lags cancel.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SLOWEST = 1.0  # Hz, cut-off at rest
SPEED = 2.5  # Hz more for each unit a second
OF_SPEED = 1.0  # Hz, cut-off of the speed itself


def one_euro(
    values: NDArray[np.float64], rate: float, slowest: float = SLOWEST, speed: float = SPEED
) -> NDArray[np.float64]:
    """The filter forwards over `values` [n, ...] at `rate` samples a second.

    >>> one_euro(np.full((5, 2), 3.0), 25)[-1].tolist()
    [3.0, 3.0]
    """
    out = np.array(values, float)
    slope = np.zeros_like(out[0]) if len(out) else out
    a_slope = _alpha(np.asarray(OF_SPEED), rate)
    for place in range(1, len(out)):
        change = (values[place] - out[place - 1]) * rate
        slope = a_slope * change + (1 - a_slope) * slope
        alpha = _alpha(slowest + speed * np.abs(slope), rate)
        out[place] = alpha * values[place] + (1 - alpha) * out[place - 1]
    return out


def _alpha(cutoff: NDArray[np.float64], rate: float) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + rate / (2 * np.pi * cutoff)))


def smooth_track(
    track: NDArray[np.float64], rate: float, steps: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """A track of landmarks [n, points, 3] (x, y in pixels, visibility), smoothed; frames without a pose are NaN.

    Gaps are bridged by straight lines before filtering, and ends held, so that every frame has a pose if any has. The filter's unit
    of length is the median distance of the points from their middle.

    Args:
        steps: how far each point moved since the frame before by what is seen in the pictures [n, points, 2]. What is filtered then
            is the pose relative to that motion, so that even a fast one is followed without lag.
    """
    known = np.flatnonzero(np.isfinite(track).all((1, 2)))
    if not len(known):
        return track
    path = np.zeros_like(track)
    if steps is not None:
        path[..., :2] = np.cumsum(steps, axis=0)
    filled = np.empty_like(track)
    flat = (track - path).reshape(len(track), -1)
    for column in range(flat.shape[1]):
        filled.reshape(len(track), -1)[:, column] = np.interp(np.arange(len(track)), known, flat[known, column])
    points = track[known][..., :2]
    unit = max(float(np.median(np.linalg.norm(points - points.mean(1, keepdims=True), axis=-1))), 1e-6)
    scaled = filled / np.array([unit, unit, 1.0])
    both = (one_euro(scaled, rate) + one_euro(scaled[::-1], rate)[::-1]) / 2
    return np.asarray(both * np.array([unit, unit, 1.0]) + path)
