"""Fills holes from what surrounds them: by patches that fit (texture goes on), and smoothly where none are at hand."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image
from prodgen_tryon.filters import Float, erode

WORKING = 3000  # pixels of the hole at the resolution at which matches are looked for, at most
LEVELS = 3
ROUNDS = 3
REACH = 2  # patches are 5 x 5
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
    row, column = (ys + 0.5) / fy - 0.5, (xs + 0.5) / fx - 0.5
    for dy in (0, 1):
        for dx in (0, 1):
            gy = np.clip(np.floor(row).astype(int) + dy, 0, size[1] - 1)
            gx = np.clip(np.floor(column).astype(int) + dx, 0, size[0] - 1)
            offset = matches[gy, gx] - np.stack([gy, gx], 1)
            sy = np.round(ys + offset[:, 0] * fy).astype(int).clip(0, image.shape[0] - 1)
            sx = np.round(xs + offset[:, 1] * fx).astype(int).clip(0, image.shape[1] - 1)
            near = (1 - np.abs(row - gy)).clip(0.01, 1) * (1 - np.abs(column - gx)).clip(0.01, 1)
            near = np.where(source[sy, sx], near**2, 0)
            total += image[sy, sx] * near[:, None].astype(np.float32)
            count += near.astype(np.float32)
    texture = np.where((count > 1e-4)[:, None], total / np.maximum(count, 1e-4)[:, None], full[ys, xs])
    out[ys, xs] = texture.round().clip(0, 255).astype(np.uint8)
    return out


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
    padded = REACH
    # Sure pixels decide, guesses only help; the first guess is too smooth to say anything.
    trust = np.where(free, 0.01 if found is None else 0.15, 1.0).astype(np.float32)
    trust = np.pad(trust, padded, mode="constant", constant_values=0)
    py, px = (places[:, None, i] + _SHIFTS[None, :, i] + padded for i in (0, 1))
    weight = trust[py, px] + 1e-3

    def cost(candidates: NDArray[np.int64], target: Float, source: Float) -> NDArray[np.float32]:
        values = source[candidates[:, :1] + _SHIFTS[None, :, 0], candidates[:, 1:] + _SHIFTS[None, :, 1]]
        difference = ((values - target) ** 2).sum(-1) * weight
        result: NDArray[np.float32] = difference.sum(1) / weight.sum(1)
        return result

    def usable(candidates: NDArray[np.int64]) -> NDArray[np.bool_]:
        inside = (candidates >= 0).all(1) & (candidates[:, 0] < height) & (candidates[:, 1] < width)
        clipped = np.minimum(np.maximum(candidates, 0), [height - 1, width - 1])
        result: NDArray[np.bool_] = inside & valid[clipped[:, 0], clipped[:, 1]]
        return result

    best = pool[rng.integers(len(pool), size=len(places))]
    if found is not None:
        earlier = found[places[:, 0], places[:, 1]]
        best = np.where(usable(earlier)[:, None], earlier, best)
    for _ in range(ROUNDS):
        extended = np.pad(picture, ((padded, padded), (padded, padded), (0, 0)), mode="edge")
        target = extended[py, px]
        value = cost(best, target, picture)
        for step in (3, 1):
            for move in np.array([(-step, 0), (0, -step), (step, 0), (0, step)]):
                near = places + move
                inside = (near >= 0).all(1) & (near[:, 0] < height) & (near[:, 1] < width)
                index = np.where(inside, number[near[:, 0].clip(0, height - 1), near[:, 1].clip(0, width - 1)], -1)
                candidate: NDArray[np.int64] = best[np.maximum(index, 0)] - move
                outside = np.flatnonzero(index < 0)  # known neighbours go on as they are
                candidate[outside] = places[outside] + np.sign(move) * 2 * max(step, REACH)
                _take(best, value, candidate, usable, cost, target, picture)
        radius = max(height, width) / 2
        while radius > 2:
            candidate = best + rng.integers(-int(radius), int(radius) + 1, size=best.shape)
            _take(best, value, candidate, usable, cost, target, picture)
            radius /= 3
        picture = _vote(picture, hole, places, best, value)
    found = grid.copy()
    found[hole] = best
    return picture, found


def _take(
    best: NDArray[np.int64],
    value: NDArray[np.float32],
    candidate: NDArray[np.int64],
    usable: Any,
    cost: Any,
    target: Float,
    picture: Float,
) -> None:
    """Replaces matches by candidates that are better."""
    allowed = usable(candidate)
    trial = np.where(allowed[:, None], candidate, best)
    new = cost(trial, target, picture)
    better = allowed & (new < value)
    best[better], value[better] = trial[better], new[better]


def _vote(
    picture: Float, hole: NDArray[np.bool_], places: NDArray[np.int64], best: NDArray[np.int64], value: NDArray[Any]
) -> Float:
    """Every pixel of the hole becomes the mean of what the patches over it say, weighted by how well they fit."""
    height, width = hole.shape
    total, count = np.zeros_like(picture), np.zeros((height, width), np.float32)
    weight = np.exp(-value / (2 * (float(np.quantile(value, 0.6)) + 1.0))).astype(np.float32) + 1e-4
    for dy, dx in _SHIFTS:
        y, x = places[:, 0] + dy, places[:, 1] + dx
        inside = (y >= 0) & (x >= 0) & (y < height) & (x < width)
        y, x = y[inside], x[inside]
        total[y, x] += picture[best[inside, 0] + dy, best[inside, 1] + dx] * weight[inside, None]
        count[y, x] += weight[inside]
    out = picture.copy()
    done = hole & (count > 0)
    out[done] = total[done] / count[done][:, None]
    return out
