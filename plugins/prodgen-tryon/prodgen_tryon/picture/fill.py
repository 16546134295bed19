"""Fills holes from what surrounds them: by patches that fit (texture goes on), and smoothly where none are at hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image
from prodgen_tryon.filters import Float, blur_inside, erode

WORKING = 3000  # pixels of the hole at the resolution at which matches are looked for, at most
LEVELS = 3
ROUNDS = 3
REACH = 2  # patches are 5 x 5
FAR = 3000.0  # squared difference of colours that a match from the other end of the picture costs
MEETING = 6.0  # pixels of the low resolution from the hole's rim over which copied texture takes the rim's colour
_SHIFTS = np.array([(dy, dx) for dy in range(-REACH, REACH + 1) for dx in range(-REACH, REACH + 1)])


def spread(values: Float, weight: Float) -> Float:
    """Known colours carried into the unknown, smoothly and exactly at the border (pull-push, Gortler et al. 1996).

    Args:
        values: float32 [h, w, c].
        weight: 1 where they are known, 0 where not [h, w].

    >>> known = np.zeros((8, 8), np.float32)
    >>> known[0] = 1
    >>> bool(np.allclose(spread(np.full((8, 8, 3), 7, np.float32), known), 7))
    True
    """
    height, width = weight.shape
    if min(height, width) <= 2:
        mean = (values * weight[..., None]).sum((0, 1)) / max(float(weight.sum()), 1e-6)
        even: Float = (values * weight[..., None] + mean * (1 - weight[..., None])).astype(np.float32)
        return even
    below = cv2.pyrDown(weight)
    above = cv2.pyrDown(values * weight[..., None]) / np.maximum(below, 1e-6)[..., None]
    coarse = spread(above.astype(np.float32), np.minimum(below * 2, 1.0).astype(np.float32))
    wide = cv2.pyrUp(coarse, dstsize=(width, height))
    result: Float = values * weight[..., None] + wide * (1 - weight[..., None])
    return result


def fill(image: Image, hole: NDArray[np.bool_], source: NDArray[np.bool_]) -> Image:
    """The picture with `hole` filled from pixels of `source`; other pixels are kept but never copied.

    Patches that fit are found coarse to fine at a low resolution (PatchMatch: Barnes et al. 2009; voting: Wexler, Shechtman
    and Irani 2007), and the picture's own pixels are copied from there. The same picture gives the same result.

    Args:
        image: uint8 RGB [h, w, 3].
        hole, source: bool [h, w].
    """
    if not hole.any() or not source.any():
        return image
    ys, xs = np.nonzero(hole)
    margin = round(0.6 * min(np.ptp(ys), np.ptp(xs))) + 16
    y0, y1 = max(int(ys.min()) - margin, 0), min(int(ys.max()) + margin + 1, image.shape[0])
    x0, x1 = max(int(xs.min()) - margin, 0), min(int(xs.max()) + margin + 1, image.shape[1])
    if source[y0:y1, x0:x1].mean() < 0.02:
        y0, y1, x0, x1 = 0, image.shape[0], 0, image.shape[1]
    box = (slice(y0, y1), slice(x0, x1))
    out = image.copy()
    out[box] = _fill_box(image[box], hole[box], source[box])
    return out


def _fill_box(image: Image, hole: NDArray[np.bool_], source: NDArray[np.bool_]) -> Image:
    scale = min(1.0, float(np.sqrt(WORKING / hole.sum())))
    size = (max(round(image.shape[1] * scale), 8), max(round(image.shape[0] * scale), 8))
    # Half-transparent rims belong to neither side.
    known = cv2.resize(erode(source, 2).astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.95
    wanted = cv2.resize(hole.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.0
    if not known.any():
        return image
    weight = cv2.resize(source.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    low = cv2.resize(image.astype(np.float32) * source[..., None], size, interpolation=cv2.INTER_AREA)
    low = low / np.maximum(weight, 1e-3)[..., None]
    smooth = spread(low, (weight > 0.5).astype(np.float32))
    matches = _matches(smooth, wanted | ~known, wanted, known)
    full = cv2.resize(smooth, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    out = image.copy()
    if matches is None:
        out[hole] = full[hole].round().clip(0, 255).astype(np.uint8)
        return out
    # Every pixel takes the picture's own pixel where its patch came from; four neighbouring patches have a say.
    ys, xs = np.nonzero(hole)
    fy, fx = image.shape[0] / size[1], image.shape[1] / size[0]
    total, count = np.zeros((len(ys), 3), np.float32), np.zeros(len(ys), np.float32)
    pixels, usable, width = image.reshape(-1, 3), source.ravel(), image.shape[1]
    offsets = matches - np.moveaxis(np.indices((size[1], size[0])), 0, -1)
    down, across = (np.round(offsets[..., axis] * factor).ravel() for axis, factor in ((0, fy), (1, fx)))
    row, column = (ys + 0.5) / fy - 0.5, (xs + 0.5) / fx - 0.5
    for dy in (0, 1):
        gy = np.clip(np.floor(row).astype(int) + dy, 0, size[1] - 1)
        high = (1 - np.abs(row - gy)).clip(0.01, 1)
        for dx in (0, 1):
            gx = np.clip(np.floor(column).astype(int) + dx, 0, size[0] - 1)
            from_cell = gy * size[0] + gx
            sy = np.clip(ys + down[from_cell], 0, image.shape[0] - 1)
            sx = np.clip(xs + across[from_cell], 0, width - 1)
            copied = (sy * width + sx).astype(int)
            near = high * (1 - np.abs(column - gx)).clip(0.01, 1)
            near = np.where(usable[copied], near**2, 0).astype(np.float32)
            total += pixels[copied] * near[:, None]
            count += near
    texture = np.where((count > 1e-4)[:, None], total / np.maximum(count, 1e-4)[:, None], full[ys, xs])
    texture = _met(texture, full, hole, MEETING * max(fx, fy))
    out[ys, xs] = texture.round().clip(0, 255).astype(np.uint8)
    return out


def _met(texture: Float, full: Float, hole: NDArray[np.bool_], reach: float) -> Float:
    """Copied pixels of the hole [n, 3] in the colours that the rim of the hole has: the best patch may be from a darker place.

    Args:
        full: the smooth continuation of what is known [h, w, 3].
        reach: from the rim, in pixels, over which that counts.
    """
    shift = np.zeros((*hole.shape, 3), np.float32)
    shift[hole] = full[hole] - texture
    inside = hole.astype(np.float32)
    level = blur_inside(shift, inside, max(0.7 * reach, 1.0))[hole]
    away = cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 3)[hole]
    result: Float = texture + level * np.exp(-away / reach)[:, None]
    return result


def _matches(
    start: Float, unknown: NDArray[np.bool_], wanted: NDArray[np.bool_], known: NDArray[np.bool_]
) -> NDArray[np.int64] | None:
    """The source pixel (row, column) for every pixel [h, w, 2]; None where no whole patch is known."""
    rng = np.random.default_rng(11)
    found: NDArray[np.int64] | None = None
    picture = start
    for level in range(LEVELS - 1, -1, -1):
        size = (max(start.shape[1] >> level, 8), max(start.shape[0] >> level, 8))
        valid = cv2.resize(known.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.9
        valid = cv2.erode(valid.astype(np.uint8), np.ones((2 * REACH + 1,) * 2, np.uint8), borderValue=0) > 0
        if valid.sum() < 12:
            continue
        hole = cv2.resize(wanted.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.0
        free = cv2.resize(unknown.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.5
        small = cv2.resize(start, size, interpolation=cv2.INTER_AREA)
        if found is None:
            picture = small
        else:
            guess = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)
            picture = np.where(hole[..., None], guess, small).astype(np.float32)
            ratio = np.array([size[1] / found.shape[0], size[0] / found.shape[1]])
            grown = cv2.resize(found.astype(np.float32), size, interpolation=cv2.INTER_NEAREST)
            found = (grown * ratio + ratio / 2).astype(np.int64)
        picture, found = _level(picture, hole, free, valid, found, rng)
    return found


def _level(
    picture: Float,
    hole: NDArray[np.bool_],
    free: NDArray[np.bool_],
    valid: NDArray[np.bool_],
    found: NDArray[np.int64] | None,
    rng: np.random.Generator,
) -> tuple[Float, NDArray[np.int64]]:
    height, width = hole.shape
    places = np.argwhere(hole)
    number = np.full((height, width), -1)
    number[hole] = np.arange(len(places))
    pool = np.argwhere(valid)
    grid = np.moveaxis(np.indices((height, width)), 0, -1)
    if not len(places):
        return picture, grid if found is None else found
    # Sure pixels decide, guesses only help; the first guess is too smooth to say anything.
    trust = np.where(free, 0.01 if found is None else 0.15, 1.0).astype(np.float32)
    weight = _patches(trust, cv2.BORDER_CONSTANT)[hole].reshape(len(places), -1) + np.float32(1e-3)
    weight = np.repeat(weight / weight.sum(1, keepdims=True), picture.shape[2], 1)

    def usable(candidates: NDArray[np.int64]) -> NDArray[np.bool_]:
        y, x = candidates.T
        inside = (y >= 0) & (x >= 0) & (y < height) & (x < width)
        result: NDArray[np.bool_] = inside & valid.ravel()[np.where(inside, y * width + x, 0)]
        return result

    best = pool[rng.integers(len(pool), size=len(places))]
    if found is not None:
        earlier = found[places[:, 0], places[:, 1]]
        best = np.where(usable(earlier)[:, None], earlier, best)
    for _ in range(ROUNDS):
        patches = _patches(picture, cv2.BORDER_REPLICATE)
        cost = partial(_cost, patches, patches[hole].reshape(weight.shape), weight, places)
        value = cost(np.arange(len(places)), best)
        for step in (3, 1):
            for move in np.array([(-step, 0), (0, -step), (step, 0), (0, step)]):
                near = places + move
                inside = (near >= 0).all(1) & (near[:, 0] < height) & (near[:, 1] < width)
                index = np.where(inside, number[near[:, 0].clip(0, height - 1), near[:, 1].clip(0, width - 1)], -1)
                candidate: NDArray[np.int64] = best[np.maximum(index, 0)] - move
                outside = np.flatnonzero(index < 0)  # known neighbours go on as they are
                candidate[outside] = places[outside] + np.sign(move) * 2 * max(step, REACH)
                _take(best, value, candidate, usable, cost)
        radius = max(height, width) / 2
        while radius > 2:
            candidate = best + rng.integers(-int(radius), int(radius) + 1, size=best.shape)
            _take(best, value, candidate, usable, cost)
            radius /= 3
        picture = _vote(picture, hole, places, best, value)
    found = grid.copy()
    found[hole] = best
    return picture, found


def _take(
    best: NDArray[np.int64],
    value: NDArray[np.float32],
    candidate: NDArray[np.int64],
    usable: Callable[..., NDArray[np.bool_]],
    cost: Callable[..., NDArray[np.float32]],
) -> None:
    """Replaces matches by candidates that are better."""
    chosen = np.flatnonzero(usable(candidate) & (candidate != best).any(1))
    new = cost(chosen, candidate[chosen])
    better = new < value[chosen]
    chosen = chosen[better]
    best[chosen], value[chosen] = candidate[chosen], new[better]


def _cost(
    patches: Float,
    target: Float,
    weight: Float,
    places: NDArray[np.int64],
    chosen: NDArray[np.int64],
    candidates: NDArray[np.int64],
) -> NDArray[np.float32]:
    """How far the patches at `candidates` [n, 2] are from those of the places `chosen` [n]: weighted squared distances.

    What lies far away counts as less alike: a scene changes from top to bottom.
    """
    difference = patches[candidates[:, 0], candidates[:, 1]].reshape(-1, target.shape[1]) - target[chosen]
    result: NDArray[np.float32] = np.einsum("ij,ij,ij->i", difference, difference, weight[chosen])
    away = (candidates - places[chosen]).astype(np.float32) / np.float32(max(patches.shape[:2]))
    result += np.float32(FAR) * (away**2).sum(1)
    return result


def _patches(picture: Float, border: int) -> Float:
    """The patches around the pixels of [h, w] or [h, w, c] as a view [h, w, 5, 5 c]; beyond the picture as `border` says."""
    wide = cv2.copyMakeBorder(picture, REACH, REACH, REACH, REACH, border)
    channels = picture.shape[2] if picture.ndim == 3 else 1
    rows = wide.reshape(wide.shape[0], -1)
    size = 2 * REACH + 1
    return np.lib.stride_tricks.sliding_window_view(rows, (size, size * channels))[:, ::channels]


def _vote(
    picture: Float, hole: NDArray[np.bool_], places: NDArray[np.int64], best: NDArray[np.int64], value: NDArray[Any]
) -> Float:
    """Every pixel of the hole becomes the mean of what the patches over it say, weighted by how well they fit."""
    weight = np.exp(-value / (2 * (float(np.quantile(value, 0.6)) + 1.0))).astype(np.float32) + np.float32(1e-4)
    # With a border, so that no patch reaches beyond the picture, and with one channel more, that counts.
    wide = hole.shape[1] + 2 * REACH
    counted = cv2.copyMakeBorder(
        np.dstack([picture, np.ones_like(picture[..., 0])]), *(REACH,) * 4, cv2.BORDER_CONSTANT
    )
    source = counted.reshape(-1, counted.shape[2])
    total = np.zeros_like(source)
    here, there = ((spots[:, 0] + REACH) * wide + spots[:, 1] + REACH for spots in (places, best))
    for dy, dx in _SHIFTS:
        shift = dy * wide + dx
        total[here + shift] += source[there + shift] * weight[:, None]
    total = total.reshape(counted.shape)[REACH:-REACH, REACH:-REACH]
    count = total[..., -1]
    out = picture.copy()
    done = hole & (count > 0)
    out[done] = total[done][:, :-1] / count[done][:, None]
    return out
