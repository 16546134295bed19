"""Colours from the photo onto surfaces, and the colours of what the photo does not show.

The light of the photo is divided out by the rig's relative light on each normal, and the renderer multiplies it in again for
the view: from the photo's own side the two cancel, and label and colour are the photo's.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from prodgen_render.model import Floats
from prodgen_render.photo.cutout import Cutout
from prodgen_render.photo.frame import PhotoCamera
from prodgen_render.rendering.lights import lighting, relative_light, turn
from prodgen_render.vectors import smoothstep
from prodgen_sdk.images.colour import to_linear, to_srgb
from prodgen_sdk.types import Mask

SHADING = 0.3
"""Power of the relative light: a photo's light is seldom as directed as the studio rig, and gloss makes up for part of it."""
_GRAZING, _CLEAR = 0.08, 0.25


@dataclass(frozen=True, eq=False)
class Shot:
    """A cut-out photo, the camera that took it, and the power of the rig's relative light that its own light is like."""

    cutout: Cutout
    camera: PhotoCamera
    power: float = SHADING


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


def shots_of(cutout: Cutout, camera: PhotoCamera, behind: Cutout | None, power: float = SHADING) -> list[Shot]:
    """The shots of a front photo and, where there is one, of a back photo, both in light of the same power."""
    shots = [Shot(cutout, camera, power)]
    if behind is not None:
        shots.append(Shot(behind, _behind_camera(camera, cutout.mask, behind.mask), power))
    return shots


_AT_ONCE = 2**17
"""Texels that are worked on at a time: a texture has millions, and each step makes arrays of its own."""


def bands(shape: tuple[int, ...]) -> Iterator[slice]:
    """Slices of the first axis of an array of this shape that hold few enough elements to work on at a time.

    >>> list(bands((99, 2**16)))[-1]
    slice(98, 99, None)
    """
    step = max(1, _AT_ONCE // max(1, math.prod(shape[1:])))
    return (slice(start, min(start + step, shape[0])) for start in range(0, shape[0], step))


def seen_in(shot: Shot, points: Floats, normals: Floats) -> tuple[Floats, Floats]:
    """Albedo [..., 3] of surface points as the photo shows them, and how well it does [...] (0 not at all, 1 fully).

    Args:
        points: [..., 3].
        normals: unit, outwards [..., 3].
    """
    albedo, weight = np.empty(points.shape, np.float32), np.empty(points.shape[:-1], np.float32)
    for band in bands(weight.shape):
        albedo[band], weight[band] = _seen_in(shot, points[band], normals[band])
    return albedo, weight


def _seen_in(shot: Shot, points: Floats, normals: Floats) -> tuple[Floats, Floats]:
    camera, colour = shot.camera, shot.cutout.colour
    x, y, _ = camera.project(points)
    away = camera.axes[0] - points
    facing = (away * normals).sum(-1) / np.linalg.norm(away, axis=-1)
    weight = smoothstep((facing - _GRAZING) / (_CLEAR - _GRAZING))
    height, width = colour.shape[:2]
    weight = weight * ((x > 0) & (x < width) & (y > 0) & (y < height))
    light = relative_light(
        lighting("studio"), turn(np.asarray(normals, np.float32).reshape(-1, 3), -camera.azimuth), shot.power
    )
    # A light that is nearly none would blow up the noise of dark edges.
    light = np.maximum(light.reshape(x.shape), 0.35)
    return bilinear(colour, x - 0.5, y - 0.5) / light[..., None], weight


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
