"""Primitives of a glTF document as triangles with their attributes, in the file's own axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from prodgen_render.files.gltf.container import DamagedGlb, Glb, item, normalised
from prodgen_render.files.gltf.schema import Draco, Primitive
from prodgen_render.model import Floats, Ints
from prodgen_sdk.errors import InputError

_TRIANGLES, _STRIP, _FAN = 4, 5, 6


@dataclass(frozen=True, eq=False)
class Triangles:
    """What a primitive holds.

    Args:
        vertices: float64 [n, 3].
        faces: int32 [m, 3].
        normals: float64 [n, 3], or None.
        uv: by set, float32 [n, 2] with v down, as glTF has it.
        colours: float32 [n, 3], or None.
    """

    vertices: Floats
    faces: Ints
    normals: Floats | None
    uv: dict[int, Floats]
    colours: Floats | None


def count(glb: Glb, primitive: Primitive) -> int:
    """How many triangles a primitive announces."""
    corners = primitive.attributes.get("POSITION") if primitive.indices is None else primitive.indices
    if corners is None or primitive.mode < _TRIANGLES:
        return 0
    number = item(glb.document.accessors, corners, "accessor").count
    return number // 3 if primitive.mode == _TRIANGLES else max(0, number - 2)


def read(glb: Glb, primitive: Primitive, most: int) -> Triangles | None:
    """The triangles of a primitive, or None where it has none (points and lines).

    Args:
        most: triangles, of which each may have three vertices of its own.

    Raises:
        DamagedGlb: faces without vertices, coordinates that are no numbers, attributes of another length.
        InputError: it is compressed, and what decompresses it is not installed.
    """
    if primitive.mode < _TRIANGLES or "POSITION" not in primitive.attributes:
        return None
    packed = None if primitive.extensions.draco is None else _unpacked(glb, primitive.extensions.draco)

    def attribute(name: str, *columns: int) -> Floats | None:
        if name not in primitive.attributes:
            return None
        if packed is not None and name in packed:
            found = packed[name].reshape(len(packed[name]), -1)
            integers = item(glb.document.accessors, primitive.attributes[name], "accessor").normalized
            return normalised(found) if integers else np.asarray(found)
        return glb.numbers(primitive.attributes[name], most=3 * most, columns=columns)

    vertices = np.asarray(attribute("POSITION", 3), np.float64)
    if packed is not None and "faces" in packed:
        corners = packed["faces"].reshape(-1)
    elif primitive.indices is None:
        corners = np.arange(len(vertices))
    else:
        corners = glb.numbers(primitive.indices, most=3 * most, columns=(1,))[:, 0]
    faces = _faces(corners, primitive.mode if packed is None else _TRIANGLES)
    if len(faces) == 0:
        return None
    _check(vertices, faces, most)
    normals, colours = attribute("NORMAL", 3), attribute("COLOR_0", 3, 4)
    uv = {number: attribute(f"TEXCOORD_{number}", 2) for number in range(2)}
    if any(one is not None and len(one) != len(vertices) for one in (normals, colours, *uv.values())):
        raise DamagedGlb("a primitive's attributes have not one length")
    return Triangles(
        vertices,
        faces,
        None if normals is None else np.asarray(normals, np.float64),
        {number: np.nan_to_num(normalised(one)) for number, one in uv.items() if one is not None},
        None if colours is None else np.clip(np.nan_to_num(normalised(colours[:, :3])), 0, 1),
    )


def _check(vertices: Floats, faces: Ints, most: int) -> None:
    if len(faces) > most:
        raise DamagedGlb(f"{len(faces):,} triangles are more than it announces")
    if faces.min() < 0 or faces.max() >= len(vertices):
        raise DamagedGlb("a face has a vertex that is not there")
    if not np.isfinite(vertices).all():
        raise DamagedGlb("a coordinate is no number")


def _faces(corners: Any, mode: int) -> Ints:
    corners = corners.astype(np.int64)
    if mode == _TRIANGLES:
        faces = corners[: len(corners) // 3 * 3].reshape(-1, 3)
    elif mode == _STRIP:
        faces = np.stack([corners[:-2], corners[1:-1], corners[2:]], -1)
        faces[1::2] = faces[1::2, ::-1]
    else:
        faces = np.stack([np.full(max(0, len(corners) - 2), corners[0]), corners[1:-1], corners[2:]], -1)
    return np.ascontiguousarray(faces, np.int32)


def _unpacked(glb: Glb, draco: Draco) -> dict[str, Any]:
    """Attributes by name, and `faces`, of a primitive compressed with Draco."""
    try:
        import DracoPy
    except ImportError:
        raise InputError(
            f"{glb.name} is compressed with Draco, and what decompresses it is not installed.",
            hint="Run: pip install 'prodgen-render[draco]', or export it without compression.",
        ) from None
    try:
        mesh = DracoPy.decode(bytes(glb.bytes_of(draco.buffer_view)))
    except (DracoPy.FileTypeException, ValueError, RuntimeError) as error:
        raise DamagedGlb(f"its Draco data are damaged: {error}") from None
    by_id = {one["unique_id"]: one["data"] for one in mesh.attributes}
    found = {name: by_id[number] for name, number in draco.attributes.items() if number in by_id}
    faces = getattr(mesh, "faces", None)
    return found if faces is None else {**found, "faces": np.asarray(faces)}
