"""Triangles of a file as a part: turned into the world's axes, with normals where it has none."""

from __future__ import annotations

import numpy as np

from prodgen_render.model import Floats, Ints, Material, Part
from prodgen_render.shapes.triangles import smooth_normals
from prodgen_sdk.errors import InputError

_GREY = (0.7, 0.7, 0.7)
_LARGEST = 1e9
"""Metres: beyond that, and below its inverse, single precision has no shape left."""


def part_of(
    vertices: Floats,
    faces: Ints,
    normals: Floats | None,
    uv: Floats | None,
    colours: Floats | None,
    material: Material | None,
    turn: Floats,
    shift: Floats,
) -> Part:
    """A part in the world's axes.

    Without normals, sharp edges stay sharp: faces meet smoothly only where vertices are shared and the angle is small.

    Args:
        vertices: [n, 3] in the file's axes.
        faces: [m, 3].
        normals: [n, 3], or None.
        uv: [n, 2] with v up, or None.
        colours: linear [n, 3] in [0, 1], or None.
        material: None for a plain one.
        turn: [3, 3], from the file's axes to the world's.
        shift: [3], added after it.

    Raises:
        InputError: coordinates that are no numbers, or far too large.
    """
    placed = vertices @ turn.T + shift
    if not np.isfinite(placed).all() or np.abs(placed).max() > _LARGEST:
        raise InputError(
            f"The mesh has coordinates beyond {_LARGEST:.0e} m, or none that are numbers.",
            hint="Export it again, in metres.",
        )
    if np.linalg.det(turn) < 0:
        faces = faces[:, ::-1]
    at, faces = placed.astype(np.float32), np.ascontiguousarray(faces, np.int32)
    corner: Ints = np.arange(len(at))
    facing = None if normals is None else _turned(normals, turn)
    if facing is None:
        at, faces, facing, corner = _creased(at, faces)
    if material is None:
        material = Material("mesh", (1, 1, 1) if colours is not None else _GREY, 0.6)
    return Part(
        at, faces, facing,
        np.zeros((len(corner), 2), np.float32) if uv is None else np.nan_to_num(np.asarray(uv, np.float32))[corner],
        material,
        colours=None if colours is None else colours[corner],
    )  # fmt: skip


def _turned(normals: Floats, turn: Floats) -> Floats | None:
    """Normals [n, 3] in the world's axes; None where one of them points nowhere."""
    turned = normals @ np.linalg.inv(turn)
    length = np.linalg.norm(turned, axis=1, keepdims=True)
    if not (np.isfinite(length) & (length > 1e-6 * max(float(np.nanmax(length)), 1e-30))).all():
        return None
    return np.asarray(turned / length, np.float32)


def _creased(vertices: Floats, faces: Ints, degrees: float = 40.0) -> tuple[Floats, Ints, Floats, Ints]:
    """Splits corners whose face leans away from the smooth normal: vertices, faces, normals, and each corner's old vertex."""
    smooth = smooth_normals(vertices, faces, weld=max(float(np.ptp(vertices, axis=0).max()) * 1e-6, 1e-12))
    a, b, c = (vertices[faces[:, k]].astype(np.float64) for k in range(3))
    flat = np.cross(b - a, c - a)
    flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-20)
    own = np.repeat(flat, 3, 0)
    corner = faces.reshape(-1)
    sharp = (smooth[corner] * own).sum(1) < np.cos(np.radians(degrees))
    normals = np.where(sharp[:, None], own, smooth[corner]).astype(np.float32)
    return vertices[corner], np.arange(len(corner), dtype=np.int32).reshape(-1, 3), normals, corner
