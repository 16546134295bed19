"""The wall between the two rims of a relief."""

from __future__ import annotations

import numpy as np

from prodgen_render.model import Floats, Ints, Part
from prodgen_render.photo.frame import PhotoCamera
from prodgen_render.photo.plan import Plan
from prodgen_render.photo.solid import material
from prodgen_render.photo.texture import SHADING, Shot
from prodgen_render.rendering.lights import lighting, relative_light
from prodgen_render.vectors import smoothstep
from prodgen_sdk.types import Mask

_TOPS, _PRINTED_TOPS, _LYING = 4.0, 8.0, 25.0
"""Degrees from which a camera sees tops well enough for their colours, and for their print, and what a side must be turned upwards by to be one."""
_PASSES, _CORNER = 12, 0.5
"""How often directions and colours are calmed along a rim, which follows the steps of pixels; sides that differ by more than 60 degrees (the
second number is the cosine) meet in a corner, which stays."""
_NEXT = 1.5
"""Edges of a rim within which what the photo shows is the front, or still of the product."""


_STEPS = 8
"""Texels of a wall from its front to its back."""
_CELLS, _PRINT = 128, 15
"""Cells along a photo, and over how many of them, across, print is left out of the colours of tops."""
_PASSED = 0.2
"""Share of a wall's depth over which the colours of the front's rim go over into those of the back."""


def wall_parts(
    plan: Plan,
    camera: PhotoCamera,
    points: Floats,
    behind: Floats,
    front: Shot,
    near: Floats,
    between: Floats,
    far: Floats,
) -> list[Part]:
    """What of the wall the photo shows from above in the photo's colours; the rest passes from one rim's colours to others, and to the other rim's.

    Args:
        points, behind: the vertices in front and at the back.
        near, between, far: linear RGB [n, 3] beside each vertex, at the front, between the rims and at the back.
    """
    rim, normals = sides_of(plan, points)
    a = rim[:, 0]
    tops = np.zeros(len(rim), bool)
    if camera.elevation > _TOPS:
        up = normals[0, :, 2] > np.sin(np.radians(_LYING))
        tops = up & (behind[a, 1] - points[a, 1] > 1e-3) & _shown(plan, camera, behind[a], front.cutout.mask)
    parts = []
    if tops.any():
        light = relative_light(lighting("studio"), np.array([[0, 0, 1]], np.float32), SHADING)
        lit = front.cutout.colour / np.maximum(light, 0.35)
        photo = lit if camera.elevation > _PRINTED_TOPS else _across(lit)
        uv = [_in_photo(place[ends], photo.shape, camera) for place in (points, behind) for ends in rim[tops].T]
        parts.append(_wall(rim[tops], normals[:, tops], points, behind, uv, photo))
    if not tops.all():
        passed = 1 - smoothstep((np.arange(_STEPS) + 0.5) / _STEPS / _PASSED)[:, None, None]
        start, middle, end = (_calmed(colour[rim].mean(1), rim)[~tops] for colour in (near, between, far))
        strip = middle + (start - middle) * passed + (end - middle) * passed[::-1]
        count = len(strip[0])
        along, margin = np.arange(count + 1) / count, 0.5 / _STEPS
        uv = [np.stack([x, np.full(count, y)], -1) for y in (1 - margin, margin) for x in (along[:-1], along[1:])]
        parts.append(_wall(rim[~tops], normals[:, ~tops], points, behind, uv, strip.astype(np.float32)))
    return parts


def sides_of(plan: Plan, points: Floats) -> tuple[Ints, Floats]:
    """The rim's edges [k, 2] loop by loop, and which way the wall faces at the start and at the end of each [2, k, 3]."""
    rim = _in_order(plan.rim)
    before, after = _beside(rim)
    along = points[rim[:, 1]] - points[rim[:, 0]]
    out = _unit(np.stack([along[:, 2], np.zeros(len(rim)), -along[:, 0]], -1))

    def with_beside(number: Ints) -> Floats:
        other = out[number]
        return np.asarray(out + other * ((out * other).sum(-1, keepdims=True) > _CORNER))

    for _ in range(_PASSES):
        out = _unit(with_beside(before) + with_beside(after))
    return rim, np.stack([_unit(with_beside(before)), _unit(with_beside(after))])


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9))


def _beside(rim: Ints) -> tuple[Ints, Ints]:
    """The numbers of the edges before and after each of a rim that is in order."""
    starts = np.flatnonzero(np.append(True, rim[1:, 0] != rim[:-1, 1]))
    stops = np.append(starts[1:], len(rim))
    before, after = np.arange(len(rim)) - 1, np.arange(len(rim)) + 1
    before[starts], after[stops - 1] = stops - 1, starts
    return before, after


def _calmed(values: Floats, rim: Ints) -> Floats:
    """Values of a rim's edges [k, 3], passing softly from each to the next."""
    before, after = _beside(rim)
    for _ in range(_PASSES):
        values = (values[before] + 2 * values + values[after]) / 4
    return values


def _shown(plan: Plan, camera: PhotoCamera, back: Floats, mask: Mask) -> Mask:
    """Whether the photo shows tops as far as to these places [k, 3] at the back: beyond the front, and not beyond the outline."""
    from scipy import ndimage, spatial

    x, y, _ = camera.project(back)
    near = _NEXT * float(np.median(np.linalg.norm(np.diff(plan.pixel[plan.rim], axis=1), axis=-1)))
    beyond, _ = spatial.KDTree(plan.pixel).query(np.stack([x, y], -1))
    outside = ndimage.distance_transform_edt(~mask)
    column, row = (np.clip(at.astype(int), 0, size - 1) for at, size in ((x, mask.shape[1]), (y, mask.shape[0])))
    return np.asarray((beyond > near) & (outside[row, column] < near))


def _across(colour: Floats) -> Floats:
    """A photo without what varies across it: a few of its rows are drawn out over all of a top's depth, and print would become streaks."""
    from scipy import ndimage

    step = max(1, max(colour.shape[:2]) // _CELLS)
    small = ndimage.median_filter(colour[step // 2 :: step, step // 2 :: step], size=(1, _PRINT, 1), mode="nearest")
    scale = (colour.shape[0] / small.shape[0], colour.shape[1] / small.shape[1], 1)
    return np.asarray(ndimage.zoom(small, scale, order=1), np.float32)


def _in_order(rim: Ints) -> Ints:
    """Edges [k, 2], each followed by the one that begins where it ends, loop by loop."""
    starting: dict[int, list[int]] = {}
    for number, start in enumerate(rim[:, 0].tolist()):
        starting.setdefault(start, []).append(number)
    order = []
    for first in rim[:, 0].tolist():
        here = first
        while starting.get(here):
            edge = starting[here].pop()
            order.append(edge)
            here = int(rim[edge, 1])
    return rim[order]


def _in_photo(points: Floats, shape: tuple[int, ...], camera: PhotoCamera) -> Floats:
    """UV of points [n, 3] in the whole photo."""
    x, y, _ = camera.project(points)
    share = np.stack([x / shape[1], 1 - y / shape[0]], -1)
    return np.clip(share, 0.002, 0.998).astype(np.float32)


def _wall(rim: Ints, normals: Floats, points: Floats, behind: Floats, uv: list[Floats], colour: Floats) -> Part:
    """Quads between the two rims.

    Args:
        normals: at each edge's start and end [2, k, 3].
        uv: of each edge's start and end in front, then of its start and end at the back, each [k, 2].
    """
    (a, b), first = rim.T, np.arange(len(rim))
    count = len(rim)
    faces = np.concatenate(
        [
            np.stack([first, first + 3 * count, first + 2 * count], -1),
            np.stack([first, first + 2 * count, first + count], -1),
        ]
    )
    return Part(
        np.concatenate([points[a], points[b], behind[b], behind[a]]).astype(np.float32),
        faces.astype(np.int32),
        np.concatenate([*normals, *normals[::-1]]).astype(np.float32),
        np.concatenate([uv[0], uv[1], uv[3], uv[2]]).astype(np.float32),
        material(colour),
    )
