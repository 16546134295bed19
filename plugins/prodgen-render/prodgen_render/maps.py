"""Depth and normal maps of a model, for models that paint over its geometry (see `Generated.maps`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from prodgen_render.camera import camera
from prodgen_render.surface import locate
from prodgen_render.tracer import Tracer
from prodgen_sdk.types import MapKind, View


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
    if not kinds:
        return {}
    eye = camera(view, size)
    middles = np.arange(size, dtype=np.float32) + 0.5
    x, y = (axis.reshape(-1) for axis in np.meshgrid(middles, middles))
    directions = eye.directions(x, y)
    hits = tracer.first(np.broadcast_to(eye.position, directions.shape), directions)
    points = locate(tracer, hits, eye.position, directions)
    found: dict[MapKind, Any] = {}
    if "depth" in kinds:
        depth = np.full(size * size, np.inf, np.float32)
        depth[points.ray] = (points.position - eye.position) @ eye.ahead
        found["depth"] = depth.reshape(size, size)
    if "normal" in kinds:
        normal = np.zeros((size * size, 3), np.float32)
        normal[points.ray] = points.normal @ np.stack([eye.right, eye.up, -eye.ahead], axis=1)
        found["normal"] = normal.reshape(size, size, 3)
    return found
