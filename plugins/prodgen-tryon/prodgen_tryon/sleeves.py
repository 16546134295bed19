"""Finds where the sleeves that are worn end: the best split of an arm's colours into cloth and skin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prodgen_tryon.filters import Float
from prodgen_tryon.skeleton import Side, Skeleton

COLOUR_WEIGHT = np.array([0.5, 1.4, 1.4], np.float32)  # lightness varies with folds, hue does not


@dataclass(frozen=True)
class Sleeve:
    """Where the old sleeve of an arm ends.

    Args:
        end: 0 at the shoulder, 1 at the elbow, 2 at the wrist, 3 at the knuckles; 0 means a bare arm.
        sure: how clearly the colours differ there, 0 to 1.
    """

    end: float
    sure: float


def arm_path(frame: Skeleton, side: Side) -> NDArray[np.float64]:
    """Shoulder, elbow, wrist, knuckles [4, 2]."""
    return np.vstack([frame.arm(side), frame.hand(side)])


def along_path(path: NDArray[Any], t: Any) -> NDArray[np.float64]:
    """Points of a polyline at parameters `t`, one unit a segment."""
    t = np.clip(np.atleast_1d(np.asarray(t, float)), 0, len(path) - 1)
    index = np.minimum(t.astype(int), len(path) - 2)
    fraction = (t - index)[:, None]
    result: NDArray[np.float64] = path[index] * (1 - fraction) + path[index + 1] * fraction
    return result


def beyond(shape: tuple[int, ...], path: NDArray[Any], t: float) -> NDArray[np.bool_]:
    """The half of the picture that lies farther along a limb than its point at `t`."""
    here, ahead = along_path(path, [t, t + 0.1])
    back = along_path(path, [t - 0.1])[0]
    direction = ahead - back
    ys, xs = np.mgrid[0 : shape[0], 0 : shape[1]]
    result: NDArray[np.bool_] = (xs - here[0]) * direction[0] + (ys - here[1]) * direction[1] >= 0
    return result


def find_sleeve(lab: Float, person: Float, frame: Skeleton, side: Side, skin: NDArray[Any]) -> Sleeve:
    """The best split of the colours along an arm into cloth, then skin.

    Args:
        lab: CIE L*a*b* [h, w, 3].
        skin: the colour of the face, Lab [3].
    """
    path = arm_path(frame, side)
    stations = np.linspace(0.15, 2.9, 56)
    centres = along_path(path, stations)
    radius = max(round(0.05 * frame.width), 1)
    profile = np.full((len(stations), 3), np.nan)
    for i, (x, y) in enumerate(np.round(centres).astype(int)):
        patch = lab[max(y - radius, 0) : y + radius + 1, max(x - radius, 0) : x + radius + 1]
        inside = person[max(y - radius, 0) : y + radius + 1, max(x - radius, 0) : x + radius + 1] > 0.6
        if inside.any():
            profile[i] = np.median(patch[inside], axis=0)
    known = ~np.isnan(profile[:, 0])
    if known.sum() < 12:
        return Sleeve(2.0, 0.0)
    # Weighted as in the colour costs; the hand's own colour is the best sample of this arm's skin.
    values = profile[known] * COLOUR_WEIGHT
    where = stations[known]
    hand = values[where > 2.3]
    skin_here = np.median(hand, axis=0) if len(hand) > 3 else skin * COLOUR_WEIGHT
    if np.linalg.norm((skin_here - skin * COLOUR_WEIGHT)[1:]) > 12:  # a glove, a bag, or a hand that is hidden
        skin_here = skin * COLOUR_WEIGHT
    best, best_gain = 0, 0.0
    total = values.mean(0)
    spread = float(((values - total) ** 2).sum())
    for cut in range(3, len(values) - 2):
        above, below = values[:cut].mean(0), values[cut:].mean(0)
        gain = cut * float(((above - total) ** 2).sum()) + (len(values) - cut) * float(((below - total) ** 2).sum())
        to_skin = float(np.linalg.norm(below - skin_here)) - float(np.linalg.norm(above - skin_here))
        if to_skin < 0 and gain > best_gain:
            best, best_gain = cut, gain
    if best == 0 or best_gain < 0.25 * spread:
        bare = float(np.linalg.norm((np.median(values, axis=0) - skin_here)[1:])) < 9
        return Sleeve(0.0 if bare else 2.1, 0.2)
    step = float(np.linalg.norm(values[:best].mean(0) - values[best:].mean(0)))
    if step < 6:
        bare = float(np.linalg.norm((np.median(values, axis=0) - skin * COLOUR_WEIGHT)[1:])) < 10
        return Sleeve(0.0 if bare else 2.1, 0.2)
    end = float((where[best - 1] + where[best]) / 2)
    return Sleeve(end if end > 0.25 else 0.0, float(np.clip(step / 25, 0, 1)))
