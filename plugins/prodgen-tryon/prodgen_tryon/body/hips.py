"""Keeps lower clothes within the hips, where the hem of a dark top over dark trousers was taken for them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image
from prodgen_tryon.body.silhouette import cast
from prodgen_tryon.body.skeleton import Skeleton
from prodgen_tryon.filters import Float
from prodgen_tryon.sides import SIDES, SIGN


def within_hips(parts: dict[str, Float], frame: Skeleton, image: Image) -> dict[str, Float]:
    """The parts with lower clothes no wider at the hips than below them: what sticks out is the hem of a dark top over dark trousers.

    What has clearly the trousers' colour, and not the top's, is left to them: hips may be wide, or turned.
    """
    lower, w = parts["lower"], frame.width
    free = lower * (1 - parts["hands"])
    below = np.linspace(frame.torso + 0.4 * w, frame.torso + 0.65 * w, 6)
    ys, xs = np.nonzero(lower > 0.05)
    places = frame.local(np.stack([xs, ys], 1))
    out = np.zeros(len(xs), bool)
    for side in SIDES:
        sign = SIGN[side]
        outward = frame.right * sign
        widths = [cast(free, frame.at(sign * 0.25 * w, float(h)), outward, w) for h in below]
        widths = [width + 0.25 * w for width in widths if 0.05 * w < width < 0.9 * w]
        if len(widths) < 3:
            continue
        limit = max(1.06 * float(np.max(widths)), 0.4 * w)
        high = (places[:, 1] < frame.torso + 0.3 * w) & (places[:, 1] > 0.7 * frame.torso)
        out |= high & (places[:, 0] * sign > limit)
    out[out] &= ~_of_first(image[ys[out], xs[out]], *(_typical(image, parts[name]) for name in ("lower", "upper")))
    if not out.any():
        return parts
    upper, trimmed = parts["upper"].copy(), lower.copy()
    upper[ys[out], xs[out]] = np.maximum(upper[ys[out], xs[out]], lower[ys[out], xs[out]])
    trimmed[ys[out], xs[out]] = 0
    return parts | {"upper": upper, "lower": trimmed}


def _typical(image: Image, part: Float) -> NDArray[np.float64]:
    """The median colour of a part, RGB."""
    inside = part[::2, ::2] > 0.9
    middle: NDArray[np.float64] = np.median(image[::2, ::2][inside], axis=0) if inside.any() else np.zeros(3)
    return middle


def _of_first(colours: NDArray[np.uint8], first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which colours [n, 3] are less than half as far from `first` as from `second`."""
    near, far = (np.linalg.norm(colours - colour, axis=1) for colour in (first, second))
    alike: NDArray[np.bool_] = near < 0.5 * far
    return alike
