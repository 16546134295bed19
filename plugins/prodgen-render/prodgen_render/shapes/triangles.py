"""Triangles of a mesh: grids of them, those without an area, and the normals that they give their corners."""

from __future__ import annotations

import numpy as np

from prodgen_render.model import Floats, Ints
from prodgen_render.vectors import cross


def grid_faces(rows: int, columns: int) -> Ints:
    """Two triangles for each cell of a vertex grid [rows, columns], row-major."""
    index = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    return np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)]).astype(
        np.int32
    )


def smooth_normals(vertices: Floats, faces: Ints, weld: float | None = None) -> Floats:
    """Area-weighted vertex normals; vertices at the same place share one when `weld` is the tolerance in metres."""
    a, b, c = (vertices.take(faces[:, i], 0) for i in range(3))
    face_normals = cross(b - a, c - a)
    key: Ints = np.arange(len(vertices))
    if weld is not None:
        key = _same_places(np.round(vertices / weld).astype(np.int64))
    meets, count = key[faces.T].reshape(-1), int(key.max()) + 1
    total = [np.bincount(meets, np.tile(face_normals[:, axis], 3), count) for axis in range(3)]
    length = np.sqrt(np.maximum(total[0] ** 2 + total[1] ** 2 + total[2] ** 2, 1e-40))
    return np.stack([(axis / length).astype(np.float32)[key] for axis in total], -1)


def _same_places(cells: Ints) -> Ints:
    """A number for each row of [n, 3], equal where rows are equal; in the order of the rows."""
    low = cells.min(0)
    spans = [int(n) for n in cells.max(0) - low + 1]
    if spans[0] * spans[1] * spans[2] < 2**62:
        # One number per row sorts much faster than rows do.
        x, y, z = (cells - low).T
        _, key = np.unique((x * spans[1] + y) * spans[2] + z, return_inverse=True)
    else:
        _, key = np.unique(cells, axis=0, return_inverse=True)
    return np.asarray(key.reshape(-1))


def drop_degenerate(vertices: Floats, faces: Ints) -> Ints:
    a, b, c = (vertices.take(faces[:, i], 0) for i in range(3))
    across = cross(b - a, c - a)
    return np.ascontiguousarray(faces[(across * across).sum(1) > 1e-24])
