"""The hips and what ends there: how wide lower clothes are, and the hem of the top above them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image
from prodgen_tryon.body.silhouette import cast, casts, smooth
from prodgen_tryon.body.skeleton import Skeleton
from prodgen_tryon.filters import Float
from prodgen_tryon.sides import SIDES, SIGN, Side

OPEN = 0.2  # how much lower an open jacket hangs at the sides than in the middle, in shoulder widths
TOLD = 25.0  # least distance of two colours between which a hem is seen, RGB
RAGGED = 0.06  # least step from column to column of a border that is no hem, on average, in shoulder widths


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


def below_forearms(parts: dict[str, Float], frame: Skeleton, image: Image) -> dict[str, Float]:
    """The parts with cloth below a forearm that crosses the waist given to the lower clothes, unless a hem is seen in it.

    A hem is a line between two colours. Where the border of upper and lower clothes is none, their colours do not tell them apart.
    """
    borders, _, arms = _waist_columns(parts, frame)
    if len(arms) <= len(borders) / 2:
        return parts
    along = frame.along(parts["upper"].shape)
    bare = (np.maximum(parts["skin"], parts["hands"]) > 0.5) & (along > 0.6 * frame.torso)
    below = np.logical_or.accumulate(bare, axis=0)
    apart = float(np.linalg.norm(_typical(image, parts["upper"] * below) - _typical(image, parts["lower"])))
    if apart > TOLD and float(np.abs(np.diff(borders)).mean()) < RAGGED * frame.width:
        return parts
    upper, lower = parts["upper"].copy(), parts["lower"].copy()
    lower[below] = np.maximum(lower, upper)[below]
    upper[below] = 0
    return parts | {"upper": upper, "lower": lower}


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


def old_hem(parts: dict[str, Float], frame: Skeleton) -> tuple[float | None, float | None, bool, bool]:
    """Heights below the shoulders at which the old top ends, and at which the lower clothes are first seen; whether it is tucked in,
    and whether it hangs open.
    """
    found, behind_arm, _ = _waist_columns(parts, frame)
    hidden = len(found) < 4  # an arm lies before the waist: the top ends somewhere behind it
    if hidden:
        found += behind_arm
    if len(found) < 4:
        return None, None, False, False
    hem, first, last = (float(np.quantile(found, share)) for share in (0.5, 0.1, 0.9))
    tucked = hem < 0.85 * frame.torso and (hidden or last - first < 0.15 * frame.width)
    return hem, first, tucked, last - hem > OPEN * frame.width


def _waist_columns(parts: dict[str, Float], frame: Skeleton) -> tuple[list[float], list[float], list[float]]:
    """Heights at which lower clothes begin in columns beside the axis, below cloth and below an arm; and where arms end above that cloth."""
    bare, w = np.maximum(parts["skin"], parts["hands"]), frame.width
    height, width = bare.shape
    along = np.arange(0.6 * frame.torso, 1.9 * frame.torso, max(0.01 * w, 1))
    below_cloth: list[float] = []
    below_arm: list[float] = []
    arms: list[float] = []
    for across in np.linspace(-0.3, 0.3, 9) * w:
        x, y = np.round(frame.at(float(across), 0.0)[:, None] + frame.down[:, None] * along).astype(int)
        inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
        x, y = x.clip(0, width - 1), y.clip(0, height - 1)
        ends = ~inside | (parts["lower"][y, x] > 0.5)
        end = int(ends.argmax())
        if not (ends[end] and inside[end]):
            continue
        arm = along[:end][bare[y[:end], x[:end]] > 0.5]
        if len(arm) and along[end] - arm[-1] < 0.06 * w:
            below_arm.append(float(along[end]))
            continue
        below_cloth.append(float(along[end]))
        if len(arm):
            arms.append(float(arm[-1]))
    return below_cloth, below_arm, arms


def hips_of(
    parts: dict[str, Float], frame: Skeleton, heights: NDArray[np.float64], edges: dict[Side, NDArray[np.float64]]
) -> dict[Side, NDArray[np.float64]]:
    """How far the lower clothes reach beside the axis; under a top that hides them, a little less than where they are first seen."""
    w, lower = frame.width, parts["person"] * (1 - parts["hands"]) * (1 - parts["upper"])
    result: dict[Side, NDArray[np.float64]] = {}
    for side in SIDES:
        outward = frame.outward(side)
        spine = frame.shoulders + frame.down * heights[:, None]
        seen = across_hands(lower, parts["hands"], spine + outward * 0.2 * w, outward, w) + 0.2 * w
        # Where a top hangs over them from the side, their own edge is hidden.
        x, y = np.round(spine + outward * (seen + 0.03 * w)[:, None]).astype(int).T
        x, y = x.clip(0, lower.shape[1] - 1), y.clip(0, lower.shape[0] - 1)
        valid = (seen > 0.36 * w) & (seen < 0.95 * w) & (heights > 0.6 * frame.torso) & (parts["upper"][y, x] < 0.5)
        if valid.sum() < 3:
            result[side] = edges[side] * 0.97
            continue
        first = int(np.flatnonzero(valid)[0])
        width = np.interp(heights, heights[valid], seen[valid])
        width[:first] = np.minimum(seen[first], 0.6 * w) * np.interp(
            heights[:first], [0.6 * frame.torso, max(float(heights[first]), frame.torso)], [0.88, 1.0]
        )
        result[side] = smooth(width)
    return result


def across_hands(
    lower: Float, hands: Float, origins: NDArray[np.float64], outward: NDArray[np.float64], reach: float
) -> NDArray[np.float64]:
    """How far the lower clothes go on from `origins` [n, 2], also behind a hand that lies on them."""
    bare = casts(lower, origins, outward[None], reach)
    through = casts(np.maximum(lower, hands), origins, outward[None], reach)
    result = bare.copy()
    for i in np.flatnonzero(through > bare + 1):
        steps = np.arange(through[i], bare[i], -1.0)
        x, y = np.round(origins[i][:, None] + outward[:, None] * steps).astype(int)
        x, y = x.clip(0, lower.shape[1] - 1), y.clip(0, lower.shape[0] - 1)
        seen = np.flatnonzero(lower[y, x] > 0.5)
        if len(seen):
            result[i] = steps[seen[0]]
    return result
