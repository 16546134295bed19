"""Colours from the photo onto surfaces, and the colours of what the photo does not show.

The light of the photo is divided out by the rig's relative light on each normal, and the renderer multiplies it in again for
the view: from the photo's own side the two cancel, and label and colour are the photo's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prodgen_render.lights import lighting, relative_light, turn
from prodgen_render.model import Floats, to_linear, to_srgb
from prodgen_render.photo.cutout import Cutout
from prodgen_render.photo.frame import PhotoCamera
from prodgen_sdk.types import Mask

SHADING = 0.3
"""Power of the relative light: a photo's light is seldom as directed as the studio rig, and gloss makes up for part of it."""
_GRAZING, _CLEAR = 0.08, 0.25


@dataclass(frozen=True, eq=False)
class Shot:
    """A cut-out photo, and the camera that took it."""

    cutout: Cutout
    camera: PhotoCamera


def _behind_camera(camera: PhotoCamera, front: Mask, back: Mask) -> PhotoCamera:
    """The camera of a back photo, by laying the boxes around the two outlines over each other."""

    def box(mask: Mask) -> tuple[float, float, float]:
        rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        return (
            (columns[0] + columns[-1] + 1) / 2,
            (rows[0] + rows[-1] + 1) / 2,
            float(np.sqrt(len(rows) * len(columns))),
        )

    (fx, fy, fs), (bx, by, bs) = box(front), box(back)
    scale = bs / fs
    return PhotoCamera(
        camera.focal * scale,
        bx - (camera.x - fx) * scale,
        by + (camera.y - fy) * scale,
        camera.azimuth + 180,
        camera.elevation,
    )


def shots_of(cutout: Cutout, camera: PhotoCamera, behind: Cutout | None) -> list[Shot]:
    """The shots of a front photo and, where there is one, of a back photo."""
    shots = [Shot(cutout, camera)]
    if behind is not None:
        shots.append(Shot(behind, _behind_camera(camera, cutout.mask, behind.mask)))
    return shots


def seen_in(shot: Shot, points: Floats, normals: Floats) -> tuple[Floats, Floats]:
    """Albedo [..., 3] of surface points as the photo shows them, and how well it does [...] (0 not at all, 1 fully).

    Args:
        points: [..., 3].
        normals: unit, outwards [..., 3].
    """
    camera, colour = shot.camera, shot.cutout.colour
    x, y, _ = camera.project(points)
    away = camera.axes[0] - points
    facing = (away * normals).sum(-1) / np.linalg.norm(away, axis=-1)
    weight = smoothstep((facing - _GRAZING) / (_CLEAR - _GRAZING))
    height, width = colour.shape[:2]
    weight = weight * ((x > 0) & (x < width) & (y > 0) & (y < height))
    light = relative_light(
        lighting("studio"), turn(np.asarray(normals, np.float32).reshape(-1, 3), -camera.azimuth), SHADING
    )
    # A light that is nearly none would blow up the noise of dark edges.
    light = np.maximum(light.reshape(x.shape), 0.35)
    return (bilinear(colour, x - 0.5, y - 0.5) / light[..., None]).astype(np.float32), weight.astype(np.float32)


def smoothstep(t: Floats) -> Floats:
    """0 below 0, 1 above 1, and a smooth passage between."""
    t = np.clip(t, 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def bilinear(picture: Floats, x: Floats, y: Floats) -> Floats:
    """Values [..., channels] at places in pixels (0 the first pixel's middle); edges go on."""
    height, width = picture.shape[:2]
    x, y = np.clip(x, 0, width - 1.001), np.clip(y, 0, height - 1.001)
    x0, y0 = x.astype(np.int32), y.astype(np.int32)
    fx, fy = (x - x0)[..., None].astype(np.float32), (y - y0)[..., None].astype(np.float32)
    flat = picture.reshape(-1, picture.shape[2])
    first = y0 * width + x0
    top = flat[first] * (1 - fx) + flat[first + 1] * fx
    low = flat[first + width] * (1 - fx) + flat[first + width + 1] * fx
    return np.asarray(top * (1 - fy) + low * fy, np.float32)


def merged(seen: list[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    """One colour and weight from several photos': the mean by weight, for those who see a place well count more."""
    if len(seen) == 1:
        return seen[0]
    weights = np.stack([weight for _, weight in seen]) ** 2
    total = weights.sum(0)
    colour = (np.stack([c for c, _ in seen]) * weights[..., None]).sum(0) / np.maximum(total, 1e-6)[..., None]
    return colour.astype(np.float32), np.max([weight for _, weight in seen], axis=0)


@dataclass(frozen=True)
class Ends:
    """Which cells at the end of the seen part of a row tell its material, as shares of that part.

    Args:
        skipped: left out, where gloss and edges are.
        band: what then counts.
        calm: rows, as a share of the height, over which a median is taken.
    """

    skipped: float = 0.0
    band: float = 0.05
    calm: float = 0.06


def complete_rows(colour: Floats, weight: Floats, *, round_about: bool = True, ends: Ends | None = None) -> Floats:
    """Fills what was not seen of a texture [h, w, 3] from what was, row by row.

    An unseen stretch of a row passes smoothly from the material at its one end to that at its other; of several cells at an end
    the median counts, so that print does not smear. Rows that nothing was seen of take the nearest that something was. The
    filling is made on a coarse grid: it has no detail.

    Args:
        weight: [h, w], how well each texel was seen.
        round_about: whether the last column meets the first.
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
    for row in rows:
        coarse[row] = _filled(coarse[row], known[row], round_about, ends)
    nearest = rows[np.abs(np.arange(len(coarse))[:, None] - rows).argmin(1)]
    bands = ndimage.median_filter(
        coarse[nearest], size=(max(3, round(ends.calm * len(coarse)) | 1), 1, 1), mode="nearest"
    )
    coarse = np.where(known[..., None], coarse[nearest], bands)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    if round_about:
        coarse, x = np.concatenate([coarse[:, -1:], coarse, coarse[:, :1]], 1), x + across
    fill = bilinear(coarse, (x + 0.5) / across - 0.5, (y + 0.5) / down - 0.5)
    soft = weight[..., None]
    return np.asarray(colour * soft + fill * (1 - soft), np.float32)


UNSEEN = {True: 0.7, False: 0.3}
"""How far the colours of unseen sides go from the ground's towards the mean colour, where they may be printed and where not."""


def towards_mean(fill: Floats, colour: Floats, weight: Floats, share: float) -> Floats:
    """Colours of what was not seen, moved towards the mean (as it is displayed) of what was.

    What is on unseen sides is not known: somewhere between the ground's colour and the mean colour is least wrong.

    Args:
        fill: [..., 3], linear, and so are the others.
        colour, weight: of what was seen [h, w, 3], [h, w].
        share: how far, 0 to 1.
    """
    shown = to_srgb(colour)
    mean = (shown * weight[..., None]).sum((0, 1)) / np.maximum(weight.sum(), 1e-6)
    return to_linear(to_srgb(fill) * (1 - share) + mean * share)


_COARSE_ROWS, _COARSE_COLUMNS = 256, 96


def _boxes(values: Floats, down: int, across: int) -> Floats:
    """Means over boxes of a texture; the last ones take what is left over."""
    height, width = values.shape[:2]
    rows, columns = np.arange(0, height, down), np.arange(0, width, across)
    sums = np.add.reduceat(np.add.reduceat(values, rows, 0), columns, 1)
    counts = np.diff([*rows, height])[:, None] * np.diff([*columns, width])
    return np.asarray(sums / counts[..., None])


def _filled(line: Floats, known: np.ndarray, round_about: bool, ends: Ends) -> Floats:
    """One row [n, 3] with its unseen stretches filled."""
    out, width, seen = line.copy(), len(line), int(known.sum())
    middle = np.median(line[known], axis=0)
    skip, reach = round(ends.skipped * seen), max(1, round(ends.band * seen))
    for start, stop in _runs(~known, round_about):
        left = _median(line, known, np.arange(start - skip - reach, start - skip), round_about)
        right = _median(line, known, np.arange(stop + skip, stop + skip + reach), round_about)
        if left is None and right is None:
            continue
        left, right = (right if left is None else left), (left if right is None else right)
        assert left is not None
        assert right is not None
        left, right = _without_gloss(left, middle), _without_gloss(right, middle)
        t = smoothstep((np.arange(start, stop) - start + 0.5) / max(stop - start, 1))[:, None]
        out[np.arange(start, stop) % width] = left * (1 - t) + right * t
    return out


def _without_gloss(end: Floats, middle: Floats) -> Floats:
    """The middle's colour where the end's is that with a grazing shine upon it; else the end's own.

    Shine adds the light's colour: the end is then a mixture of much of the middle and some white.
    """
    white = np.ones(3)
    share, shine = np.linalg.lstsq(np.stack([middle, white], 1), end, rcond=None)[0]
    left_over = np.abs(middle * share + white * shine - end).max()
    alike = left_over < 0.02 + 0.03 * float(end.max()) and 0.55 < share < 1.5 and -0.01 < shine < 0.3
    return middle if alike else end


def _runs(flags: np.ndarray, round_about: bool) -> list[tuple[int, int]]:
    """Stretches of True: start and stop; with `round_about` one that passes the end has its stop beyond the width."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    runs = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    if round_about and len(runs) > 1 and runs[0][0] == 0 and runs[-1][1] == len(flags):
        runs = [*runs[1:-1], (runs[-1][0], runs[0][1] + len(flags))]
    return runs


def _median(line: Floats, known: np.ndarray, at: np.ndarray, round_about: bool) -> Floats | None:
    width = len(line)
    at = at % width if round_about else at[(at >= 0) & (at < width)]
    at = at[known[at]]
    return np.median(line[at], axis=0) if len(at) else None
