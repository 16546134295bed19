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

_TOPS, _PRINTED_TOPS, _LYING, _AROUND = 4.0, 8.0, 25.0, 4
"""Degrees from which a camera sees tops well enough for their colours, and for their print, what a side must be turned upwards by
to be one, and over how many edges of the outline before and behind that is told."""


_STEPS = 8
"""Texels of a wall from its front to its back."""
_CELLS, _PRINT = 128, 15
"""Cells along a photo, and over how many of them, across, print is left out of the colours of tops."""
_PASSED = 0.2
"""Share of a wall's depth over which the colours of the front's rim go over into those of the back."""


def wall_parts(
    plan: Plan, camera: PhotoCamera, points: Floats, behind: Floats, front: Shot, near: Floats, far: Floats
) -> list[Part]:
    """What of the wall the photo shows from above in the photo's colours; the rest passes from one rim's colour to the other's.

    Args:
        points, behind: the vertices in front and at the back.
        near, far: linear RGB [n, 3] of each vertex at the front and at the back.
    """
    rim = _in_order(plan.rim)
    a = rim[:, 0]
    tops = (camera.elevation > _TOPS) & _lies_up(plan)[a] & (behind[a, 1] - points[a, 1] > 1e-3)
    parts = []
    if tops.any():
        light = relative_light(lighting("studio"), np.array([[0, 0, 1]], np.float32), SHADING)
        lit = front.cutout.colour / np.maximum(light, 0.35)
        photo = lit if camera.elevation > _PRINTED_TOPS else _across(lit)
        uv = [_in_photo(place[ends], photo.shape, camera) for place in (points, behind) for ends in rim[tops].T]
        parts.append(_wall(rim[tops], points, behind, uv, photo))
    if not tops.all():
        rest = rim[~tops]
        share = smoothstep((np.arange(_STEPS) + 0.5) / _STEPS / _PASSED)[:, None, None]
        start, end = (colour[rest].mean(1)[None] for colour in (near, far))
        strip = (start * (1 - share) + end * share).astype(np.float32)
        along, margin = np.arange(len(rest) + 1) / len(rest), 0.5 / _STEPS
        uv = [np.stack([x, np.full(len(rest), y)], -1) for y in (1 - margin, margin) for x in (along[:-1], along[1:])]
        parts.append(_wall(rest, points, behind, uv, strip))
    return parts


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


def _lies_up(plan: Plan) -> Mask:
    """Which vertices of the rim have the product below them, by the middle of the rim around each."""
    a, b = plan.rim[:, 0], plan.rim[:, 1]
    count = len(plan.pixel)
    following = np.full(count, -1)
    following[a] = b
    edge = np.zeros((count, 2))
    edge[a] = plan.pixel[b] - plan.pixel[a]
    total, here = edge.copy(), np.arange(count)
    for _ in range(_AROUND):
        here = np.where(here >= 0, following[here], -1)
        ahead = np.where((here >= 0)[:, None], edge[here], 0)
        total += ahead
        back = here[here >= 0]
        np.add.at(total, back, edge[np.flatnonzero(here >= 0)])
    return np.asarray(np.degrees(np.arctan2(-total[:, 0], np.abs(total[:, 1]))) > _LYING)


def _in_photo(points: Floats, shape: tuple[int, ...], camera: PhotoCamera) -> Floats:
    """UV of points [n, 3] in the whole photo."""
    x, y, _ = camera.project(points)
    share = np.stack([x / shape[1], 1 - y / shape[0]], -1)
    return np.clip(share, 0.002, 0.998).astype(np.float32)


def _wall(rim: Ints, points: Floats, behind: Floats, uv: list[Floats], colour: Floats) -> Part:
    """Quads between the two rims.

    Args:
        uv: of each edge's start and end in front, then of its start and end at the back, each [k, 2].
    """
    a, b = rim[:, 0], rim[:, 1]
    count = len(a)
    vertices = np.concatenate([points[a], points[b], behind[b], behind[a]])
    first = np.arange(count)
    quads = [
        np.stack([first, first + 3 * count, first + 2 * count], -1),
        np.stack([first, first + 2 * count, first + count], -1),
    ]
    across = points[b] - points[a]
    outwards = np.stack([-across[:, 2], np.zeros(count), across[:, 0]], -1) * -1
    outwards /= np.maximum(np.linalg.norm(outwards, axis=1, keepdims=True), 1e-9)
    normals = np.concatenate([outwards] * 4).astype(np.float32)
    faces = np.concatenate(quads).astype(np.int32)
    p, q, r = (vertices[faces[:, k]] for k in range(3))
    flat = np.cross(q - p, r - p)
    if float((flat[:count] * outwards).sum()) < 0:
        faces = np.ascontiguousarray(faces[:, ::-1])
    place = np.concatenate([uv[0], uv[1], uv[3], uv[2]]).astype(np.float32)
    return Part(vertices.astype(np.float32), faces, normals, place, material(colour))
