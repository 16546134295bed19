"""Colours of what a photo does not show of a body that goes round about: from what it does show, row by row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prodgen_render.model import Floats
from prodgen_render.photo.texture import bands, bilinear
from prodgen_render.vectors import smoothstep
from prodgen_sdk.images.colour import to_srgb
from prodgen_sdk.types import Mask


@dataclass(frozen=True)
class Ends:
    """Which cells at the end of the seen part of a row tell its material, as shares of that part.

    Args:
        skipped: left out, where gloss and edges are.
        band: what then counts.
        calm: rows, as a share of the height, over which a median is taken.
        seam: cells over which what is seen passes into what is made up.
    """

    skipped: float = 0.0
    band: float = 0.05
    calm: float = 0.06
    seam: float = 2.5


_COARSE_ROWS, _COARSE_COLUMNS = 256, 96
_OTHER, _CHANGE = 0.75, 0.15
"""What it costs to take the middle's colour for an end's own all the way down (the other end's twice that), and the most that a change from
one row to the next does."""


def complete_rows(colour: Floats, weight: Floats, *, ends: Ends | None = None) -> Floats:
    """Fills what was not seen of a texture [h, w, 3], whose last column meets the first, from what was.

    An unseen stretch of a row passes smoothly from the material at its one end to that at its other; of several cells at an end
    the median counts, and print that reaches an end is left out. Rows that nothing was seen of take the nearest that something
    was. The filling is made on a coarse grid: it has no detail.

    Args:
        weight: [h, w], how well each texel was seen.
    """
    from scipy import ndimage

    ends = ends or Ends()
    height, width = weight.shape
    down, across = max(1, height // _COARSE_ROWS), max(1, width // _COARSE_COLUMNS)
    sure = np.where(weight > 0.6, weight, 0)
    total = _boxes(sure[..., None], down, across)
    coarse = _boxes(colour * sure[..., None], down, across) / np.maximum(total, 1e-6)
    known = total[..., 0] > 0.3
    rows = np.flatnonzero(known.sum(1) >= max(1, 0.04 * known.shape[1]))
    if not len(rows):
        plain = (colour * weight[..., None]).sum((0, 1)) / np.maximum(weight.sum(), 1e-6)
        return np.broadcast_to(plain, colour.shape).astype(np.float32).copy()
    coarse[rows] = _filled(coarse[rows], known[rows], ends)
    nearest = rows[np.abs(np.arange(len(coarse))[:, None] - rows).argmin(1)]
    calm = ndimage.median_filter(
        coarse[nearest], size=(max(3, round(ends.calm * len(coarse)) | 1), 1, 1), mode="nearest"
    )
    coarse = np.where(known[..., None], coarse[nearest], calm)
    coarse = np.concatenate([coarse[:, -1:], coarse, coarse[:, :1]], 1)
    x, out = np.arange(width, dtype=np.float32), np.empty(colour.shape, np.float32)
    for band in bands(weight.shape):
        y = np.arange(band.start, band.stop, dtype=np.float32)
        fill = bilinear(coarse, *np.meshgrid((x + across + 0.5) / across - 0.5, (y + 0.5) / down - 0.5))
        soft = weight[band][..., None]
        out[band] = colour[band] * soft + fill * (1 - soft)
    return out


def _boxes(values: Floats, down: int, across: int) -> Floats:
    """Means over boxes of a texture; the last ones take what is left over."""
    height, width = values.shape[:2]
    rows, columns = np.arange(0, height, down), np.arange(0, width, across)
    sums = np.add.reduceat(np.add.reduceat(values, rows, 0), columns, 1)
    counts = np.diff([*rows, height])[:, None] * np.diff([*columns, width])
    return np.asarray(sums / counts[..., None])


def _filled(lines: Floats, known: Mask, ends: Ends) -> Floats:
    """Rows [h, n, 3] with their unseen stretches filled; of each row's longest one the ends are calmed together."""
    out = lines.copy()
    longest: list[tuple[int, tuple[int, int]]] = []
    met: list[tuple[Floats, Floats, Floats]] = []
    for number, (line, row) in enumerate(zip(lines, known, strict=True)):
        for place, run in enumerate(sorted(_runs(~row), key=lambda run: run[0] - run[1])):
            left, right = (_end(line, row, run, ends, before) for before in (True, False))
            if left is None and right is None:
                continue
            left, right = (right if left is None else left), (left if right is None else right)
            assert left is not None
            assert right is not None
            if place == 0:
                longest.append((number, run))
                met.append((left, np.median(line[row], axis=0), right))
            else:
                _fill(out[number], run, left, right, ends.seam)
    if longest:
        left, middle, right = (np.stack(colours) for colours in zip(*met, strict=True))
        calmed = zip(_calmed(left, middle, right), _calmed(right, middle, left), strict=True)
        for (number, run), (at_left, at_right) in zip(longest, calmed, strict=True):
            _fill(out[number], run, at_left, at_right, ends.seam)
    return out


def _fill(line: Floats, run: tuple[int, int], left: Floats, right: Floats, seam: float) -> None:
    """Fills a stretch of a row, from one colour to another; beside what is seen it begins with the colours there."""
    start, stop = run
    width, length = len(line), stop - start
    place = np.arange(length)[:, None]
    t = smoothstep((place + 0.5) / length)
    before, after = (line[np.arange(first, first + 2) % width].mean(0) for first in (start - 2, stop))
    fill = left * (1 - t) + right * t
    if seam:
        fill = fill + (before - left) * np.exp(-(place + 1) / seam) + (after - right) * np.exp((place - length) / seam)
    known = np.stack([left, right, before, after])
    line[np.arange(start, stop) % width] = np.clip(fill, known.min(0), known.max(0))


def _calmed(own: Floats, middle: Floats, other: Floats) -> Floats:
    """The colours [n, 3] of an end, row by row; where something is printed at it the row's middle's or its other end's.

    The path of the least change down the rows (Viterbi 1967): print begins and ends with a step that the ground beside it has not.
    """
    choices = np.stack([own, middle, other])
    shown = to_srgb(choices)
    glossy = np.array([_is_gloss_on(end, ground) for end, ground in zip(own, middle, strict=True)])
    dear = _OTHER / len(own)
    price = np.stack([np.where(glossy, dear, 0), np.where(glossy, 0, dear), np.full(len(own), 2 * dear)])
    total, came = price[:, 0], np.zeros((len(own), 3), np.int64)
    for row in range(1, len(own)):
        change = np.abs(shown[:, row - 1, None] - shown[None, :, row]).max(-1)
        paths = total[:, None] + np.minimum(change, _CHANGE)
        came[row] = paths.argmin(0)
        total = paths.min(0) + price[:, row]
    best = [int(total.argmin())]
    for row in range(len(own) - 1, 0, -1):
        best.append(int(came[row, best[-1]]))
    return np.asarray(choices[np.array(best[::-1]), np.arange(len(own))])


def _is_gloss_on(end: Floats, middle: Floats) -> bool:
    """Whether an end's colour is the middle's with a grazing shine upon it: a mixture of much of the middle and some white."""
    white = np.ones(3)
    share, shine = np.linalg.lstsq(np.stack([middle, white], 1), end, rcond=None)[0]
    left_over = np.abs(middle * share + white * shine - end).max()
    return bool(left_over < 0.02 + 0.03 * float(end.max()) and 0.55 < share < 1.5 and -0.01 < shine < 0.3)


def _runs(flags: Mask) -> list[tuple[int, int]]:
    """Stretches of True round about: start and stop; one that passes the end has its stop beyond the width."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    runs = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    if len(runs) > 1 and runs[0][0] == 0 and runs[-1][1] == len(flags):
        runs = [*runs[1:-1], (runs[-1][0], runs[0][1] + len(flags))]
    return runs


def _end(line: Floats, known: Mask, run: tuple[int, int], ends: Ends, before: bool) -> Floats | None:
    """The median of what is known before or after an unseen stretch."""
    seen = int(known.sum())
    skip, reach = round(ends.skipped * seen), max(1, round(ends.band * seen))
    at = (run[0] - skip - reach if before else run[1] + skip) + np.arange(reach)
    at = at % len(line)
    at = at[known[at]]
    return np.median(line[at], axis=0) if len(at) else None
