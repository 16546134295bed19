"""Depth, normal and silhouette of a model, for models that paint over its geometry (see `Generated.maps`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from prodgen_render.model import Floats, Ints
from prodgen_render.rendering.camera import Camera, camera
from prodgen_render.rendering.surface import normals
from prodgen_render.rendering.tracer import Tracer
from prodgen_sdk.types import MapKind, Mask, View

_NEAREST = 0.05
"""A point that is nearer to the camera than this along its axis, in radii, has no place in the picture."""


def geometry_maps(tracer: Tracer, view: View, size: int, kinds: Sequence[MapKind]) -> dict[MapKind, Any]:
    """The maps of one view, by one ray through the middle of each pixel; glass counts as surface.

    Returns:
        `depth`: float32 [size, size] along the camera's axis, in radii of the bounding sphere, infinite beside the model.
        `normal`: float32 [size, size, 3], unit vectors in the camera's axes right, up, towards the viewer; zero beside it.

    >>> from prodgen_sdk.types import Product
    >>> from prodgen_render.parametric import build_model
    >>> tracer = Tracer(build_model(Product(sku="m", title="Red mug", category="home/mug"), seed=1))
    >>> geometry_maps(tracer, View(), 32, ("normal",))["normal"].shape
    (32, 32, 3)
    """
    return geometry(tracer, view, size, kinds)[1] if kinds else {}


def geometry(tracer: Tracer, view: View, size: int, kinds: Sequence[MapKind]) -> tuple[Mask, dict[MapKind, Any]]:
    """The silhouette, bool [size, size], and `geometry_maps`, of the same rays.

    The silhouette is where the middle of a pixel meets the model; a picture's mask is where its samples meet it at least half of
    the time. They differ in pixels on the outline alone.
    """
    eye = camera(view, size)
    top, bottom, left, right = frame_of(tracer, eye)
    x, y = (
        axis.reshape(-1)
        for axis in np.meshgrid(
            np.arange(left, right, dtype=np.float32) + 0.5, np.arange(top, bottom, dtype=np.float32) + 0.5
        )
    )
    directions = eye.directions(x, y)
    hits = tracer.first(np.broadcast_to(eye.position, directions.shape), directions)
    place: Ints = (hits.ray // (right - left) + top) * size + hits.ray % (right - left) + left
    mask = np.zeros(size * size, bool)
    mask[place] = True
    found: dict[MapKind, Any] = {}
    if "depth" in kinds:
        depth = np.full(size * size, np.inf, np.float32)
        depth[place] = hits.distance * (directions.take(hits.ray, 0) @ eye.ahead)
        found["depth"] = depth.reshape(size, size)
    if "normal" in kinds:
        normal = np.zeros((size * size, 3), np.float32)
        normal[place] = normals(tracer, hits, directions) @ np.stack([eye.right, eye.up, -eye.ahead], axis=1)
        found["normal"] = normal.reshape(size, size, 3)
    return mask.reshape(size, size), found


def frame_of(tracer: Tracer, eye: Camera) -> tuple[int, int, int, int]:
    """Rows and columns outside of which no ray meets the model: first row, last row + 1, first column, last column + 1."""
    seen: Floats = tracer.vertices - eye.position
    ahead = seen @ eye.ahead
    if ahead.min() < _NEAREST:  # the camera is within the model's reach
        return 0, eye.size, 0, eye.size
    column = eye.size / 2 + seen @ eye.right / ahead / eye.pixel_angle
    row = eye.size / 2 - seen @ eye.up / ahead / eye.pixel_angle
    low, high = (np.array([edge(row), edge(column)]) for edge in (np.min, np.max))
    first = np.clip(np.floor(low - 1), 0, eye.size).astype(int)
    last = np.clip(np.ceil(high + 1), 0, eye.size).astype(int)
    last = np.maximum(first, last)
    return int(first[0]), int(last[0]), int(first[1]), int(last[1])
