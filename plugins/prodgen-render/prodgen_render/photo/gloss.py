"""Gloss and shade that a photo of a turned body holds: told apart from its colours, they stay where the light is when the body turns.

Along a body's height light falls on each direction alike. So what changes across in the same way in most rows of about one colour, as
a shade of that colour with some white upon it, is light; and what only a few rows have is print.
"""

from __future__ import annotations

import numpy as np

from prodgen_render.model import Floats, Texture
from prodgen_render.photo.texture import Shot, bands
from prodgen_render.rendering.lights import turn
from prodgen_render.rendering.surface import bearing, gloss_at
from prodgen_render.vectors import smoothstep
from prodgen_sdk.types import Mask

_ROWS, _BINS = 128, 180
_PASSES, _ALIKE = ((0.16, 0.06), (0.05, 0.04)), 0.06
"""How far from a row, as a share of the height, others are that tell of its light, and what colours (as roots of linear light) usually miss it
by, first roughly and then nearby, for lights end somewhere; and how unlike its ground's colour theirs are."""
_PRINT = 0.15
"""Share of the height below which what makes up a row is taken for print upon its ground."""
_STEPS = 5
"""How often light is told anew, those counting less that miss it by more."""
_PRIOR = 0.005
"""What "neither shade nor gloss" counts beside what rows tell."""
_SHADE = (0.35, 2.0)
"""Factors of shade at most; beyond them it is another colour."""
_EXPLAINED = (0.3, 0.6)
"""From what share of the rows that show a direction its light is believed, and believed in full."""
_COLOURED = (0.03, 0.08)
"""Range of the roots of a colour from which white upon it tells light from print, and surely: grey upon grey may be either."""
_HELD = (0.5, 0.2)
"""Share of the height that has to hold a light on grey and on coloured ground."""
_LYING = (0.15, 0.4)
"""What faces up or down has no direction across, by the horizontal part of its normal."""

_MATTE, _LACQUER = 10.0, 0.35
"""How fast roughness falls with the white that is added where gloss is brightest, as on a blue can in studio light, and the least of it."""


def without_gloss(
    seen: list[tuple[Floats, Floats]], normals: Floats, shots: list[Shot]
) -> tuple[list[tuple[Floats, Floats]], Texture]:
    """What photos show of a surface without the light that they hold, and that light: as the first tells it, for all of them.

    Args:
        seen: colour [h, w, 3] and weight [h, w] of each shot.
        normals: unit [h, w, 3].
    """
    gloss = gloss_of(*seen[0], turn(normals, -shots[0].camera.azimuth))
    v = 1 - (np.arange(len(normals), dtype=np.float32) + 0.5) / len(normals)
    out = []
    for (colour, weight), shot in zip(seen, shots, strict=True):
        plain = np.empty(colour.shape, np.float32)
        for band in bands(weight.shape):
            turned = turn(normals[band], -shot.camera.azimuth)
            heights = np.repeat(v[band], turned.shape[1])
            shade, shine = gloss_at(gloss, heights, turned.reshape(-1, 3)).T.reshape(2, *turned.shape[:2], 1)
            plain[band] = np.maximum((colour[band] - shine) / shade, 0)
        out.append((plain, weight))
    return out, gloss


def gloss_of(colour: Floats, weight: Floats, normals: Floats) -> Texture:
    """The table of light by height and direction that `Material.gloss` is.

    Args:
        colour: linear [h, w, 3], as a photo shows the surface; its last row is the table's lowest.
        weight: [h, w], how well it does.
        normals: unit [h, w, 3], in the frame of the photo's camera.
    """
    seen, known = _by_direction(colour, weight, normals)
    shade, shine, sure = _told(seen, known, _ground(seen, known))
    rows = (np.arange(len(seen)) + 0.5) * len(colour) / len(seen)
    upright = np.hypot(normals[..., 0], normals[..., 1]).mean(1)[rows.astype(int)]
    sure = sure * smoothstep((upright - _LYING[0]) / (_LYING[1] - _LYING[0]))[:, None]
    return Texture(_carried(np.stack([1 + (shade - 1) * sure, shine * sure], -1), known))


def roughness_of(gloss: Texture) -> float:
    """About how rough a surface is that shows such gloss: from wholly matte to as smooth as lacquer."""
    return float(np.clip(1 - _MATTE * np.quantile(gloss.pixels[..., 1], 0.95), _LACQUER, 1))


def _by_direction(colour: Floats, weight: Floats, normals: Floats) -> tuple[Floats, Mask]:
    """Mean colours [rows, bins, 3] of what is seen well, and where there is any."""
    height = len(colour)
    rows = min(_ROWS, height)
    row = np.arange(height) * rows // height
    column = np.minimum((bearing(normals) * _BINS).astype(np.int64), _BINS - 1)
    place = (row[:, None] * _BINS + column).reshape(-1)
    sure = np.where(weight > 0.2, weight, 0).reshape(-1)
    total = np.bincount(place, sure, rows * _BINS)
    sums = [np.bincount(place, sure * colour[..., c].reshape(-1), rows * _BINS) for c in range(3)]
    seen = np.stack(sums, -1) / np.maximum(total, 1e-6)[:, None]
    return seen.reshape(rows, _BINS, 3), (total > 0).reshape(rows, _BINS)


def _ground(seen: Floats, known: Mask) -> Floats:
    """What most of each row is like [rows, 3], without print that runs across."""
    from scipy import ndimage

    rows = np.flatnonzero(known.any(1))
    if not len(rows):
        return np.ones((len(seen), 3))
    middle = np.stack([np.median(seen[row][known[row]], axis=0) for row in rows])
    middle = ndimage.median_filter(middle, size=(max(3, round(_PRINT * len(seen)) | 1), 1), mode="nearest")
    return np.asarray(middle[np.abs(np.arange(len(seen))[:, None] - rows).argmin(1)])


def _told(seen: Floats, known: Mask, ground: Floats) -> tuple[Floats, Floats, Floats]:
    """Shade (a factor), shine (added) and how sure they are [rows, bins]: least squares over alike rows, weighed anew by what they miss."""
    from scipy import ndimage

    count = len(seen)
    place, root = np.arange(count) / count, np.sqrt(np.maximum(ground, 0))
    alike = ((root[:, None] - root[None]) ** 2).sum(-1) / (2 * _ALIKE**2)
    base = np.broadcast_to(ground[:, None], seen.shape)
    # A step in linear light is seen the better, the darker it is.
    scale, every = 0.25 / (np.sqrt(np.maximum(seen, 0)) + 0.1) ** 2, known.astype(float)
    missed = seen - base
    missed -= ndimage.median_filter(missed, size=(round(_PASSES[0][0] * count) | 1, 1, 1), mode="nearest")
    for near, off in _PASSES:
        window = np.exp(-(((place[:, None] - place[None]) / near) ** 2) / 2 - alike)
        for _ in range(_STEPS):
            share = every / (1 + (scale * missed**2).sum(-1) / off**2) ** 2
            shade, shine = _fitted(seen, base, scale, window, share)
            missed = seen - base * shade[..., None] - shine[..., None]
    explained = (window @ share) / np.maximum(window @ every, 1e-6)
    sure = smoothstep((explained - _EXPLAINED[0]) / (_EXPLAINED[1] - _EXPLAINED[0]))
    return shade, shine, sure * _shared(root, base * shade[..., None] + shine[..., None], known)


def _shared(root: Floats, lit: Floats, known: Mask) -> Floats:
    """How sure light is [rows, bins] by how much of a body's height has at least half of it at the same direction: as much white, or as deep a shade.

    Args:
        root: roots of the ground's colours [rows, 3].
        lit: those colours in the light [rows, bins, 3].
    """
    base, level = (root**2).mean(-1)[:, None], lit.mean(-1)
    held = np.zeros(level.shape)
    for change in (level - base, np.log((level + 0.01) / (base + 0.01))):
        alike = np.sign(change)[:, None] * change[None] >= np.abs(change)[:, None] / 2
        held = np.maximum(held, (alike & known[None]).sum(1) / np.maximum(known.sum(0), 1))
    coloured = smoothstep((np.ptp(root, axis=-1) - _COLOURED[0]) / (_COLOURED[1] - _COLOURED[0]))
    wanted = _HELD[0] + (_HELD[1] - _HELD[0]) * coloured[:, None]
    return np.asarray(np.clip(held / wanted * 2 - 1, 0, 1))


def _fitted(seen: Floats, base: Floats, scale: Floats, window: Floats, share: Floats) -> tuple[Floats, Floats]:
    """The factor on the ground's colour and what is added to it [rows, bins], by least squares over the rows of a window."""

    def total(values: Floats, share: Floats) -> Floats:
        return np.asarray(window @ ((scale * values).sum(-1) * share))

    white = np.ones_like(base)
    squares, ones = total(base**2, share) + 1e-9, total(white, share) + 1e-9
    bb, b, one = squares * (1 + _PRIOR), total(base, share), ones * (1 + _PRIOR)
    ab, a = total(seen * base, share) + _PRIOR * squares, total(seen, share)
    shade = np.clip((ab * one - b * a) / np.maximum(bb * one - b * b, 1e-12), *_SHADE)
    shine = (a - shade * b) / one
    shade = np.where(shine < 0, np.clip(ab / bb, *_SHADE), shade)
    return np.asarray(shade), np.maximum(shine, 0)


def _carried(table: Floats, known: Mask) -> Floats:
    """The table with what no row shows of a direction as at the nearest one that it does; where a row shows none, as without light."""
    from scipy import ndimage

    out = np.broadcast_to(np.array([1.0, 0.0]), table.shape).copy()
    places = np.arange(_BINS)
    for row in np.flatnonzero(known.any(1)):
        shown = np.flatnonzero(known[row])
        apart = np.abs(places[:, None] - shown[None])
        out[row] = table[row, shown[np.minimum(apart, _BINS - apart).argmin(1)]]
    return np.asarray(ndimage.gaussian_filter1d(out, 1.0, axis=1, mode="wrap"), np.float32)
