"""GLB files to parts: the nodes of a scene, each with its triangles and materials."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

from prodgen_render.config import Config
from prodgen_render.files.creases import part_of
from prodgen_render.files.gltf.container import DamagedGlb, Glb, item
from prodgen_render.files.gltf.materials import Mapping, Materials
from prodgen_render.files.gltf.primitives import Triangles, count, read
from prodgen_render.files.gltf.schema import Document, Node
from prodgen_render.files.limits import check_triangles
from prodgen_render.model import Floats, Part
from prodgen_sdk.errors import InputError

_TO_WORLD = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], np.float64)
"""glTF is Y-up and faces +Z: (x, y, z) becomes (x, -z, y)."""

_FURTHEST = 1e12
"""Metres; what is scaled further overflows in determinants before `part_of` can measure it."""


def read_glb(path: Path, config: Config) -> list[Part]:
    """The parts of a file's scene, Z-up with the front towards -Y.

    Raises:
        InputError: damaged, not self-contained, over a limit, or in need of an extension that is not supported.
    """
    try:
        glb = Glb(path)
        placed = list(_placed(glb.document))
        total = sum(count(glb, primitive) for mesh, _ in placed for primitive in glb.document.meshes[mesh].primitives)
        check_triangles(path.name, total, config)
        return list(_parts(glb, placed, config))
    except DamagedGlb as error:
        raise InputError(
            f"{path.name} is not a valid GLB file ({error}).", hint="Export it again as binary glTF 2.0."
        ) from None


def _parts(glb: Glb, placed: list[tuple[int, Floats]], config: Config) -> Iterator[Part]:
    materials = Materials(glb, config)

    @cache
    def triangles(mesh: int, number: int) -> Triangles | None:
        return read(glb, glb.document.meshes[mesh].primitives[number], config.max_triangles)

    for mesh, matrix in placed:
        turn, shift = _TO_WORLD @ matrix[:3, :3], _TO_WORLD @ matrix[:3, 3]
        if np.linalg.det(turn) == 0:  # scaled to nothing, as scenes hide things
            continue
        for number, primitive in enumerate(glb.document.meshes[mesh].primitives):
            found = triangles(mesh, number)
            if found is None:
                continue
            material, mapping = materials.of(primitive.material)
            yield part_of(
                found.vertices, found.faces, found.normals, _mapped(found, mapping), found.colours, material, turn, shift
            )  # fmt: skip


def _mapped(found: Triangles, mapping: Mapping) -> Floats | None:
    """Texture coordinates with v up, as a material wants them (KHR_texture_transform: scaled, turned, moved)."""
    number, transform = mapping
    if number not in found.uv:
        return None
    u, v = (found.uv[number] * np.asarray(transform.scale, np.float32)).T
    c, s = np.cos(transform.rotation), np.sin(transform.rotation)
    u, v = c * u + s * v + transform.offset[0], c * v - s * u + transform.offset[1]
    return np.stack([u, 1 - v], -1).astype(np.float32)


def _placed(document: Document) -> Iterator[tuple[int, Floats]]:
    """The meshes of the scene, each with the matrix [4, 4] that puts it where it is."""
    if document.scenes:
        roots = item(document.scenes, document.scene, "scene").nodes
    else:
        inner = {child for node in document.nodes for child in node.children}
        roots = tuple(number for number in range(len(document.nodes)) if number not in inner)
    waiting = [(root, np.eye(4)) for root in reversed(roots)]
    seen: set[int] = set()
    while waiting:
        number, outer = waiting.pop()
        node = item(document.nodes, number, "node")
        if number in seen:
            raise DamagedGlb(f"node {number} is in the scene twice")
        seen.add(number)
        matrix = outer @ _matrix(node)
        if not np.abs(matrix).max() < _FURTHEST:
            raise DamagedGlb(f"node {number} is placed or scaled beyond {_FURTHEST:.0e} m")
        if node.mesh is not None:
            item(document.meshes, node.mesh, "mesh")
            yield node.mesh, matrix
        waiting += [(child, matrix) for child in reversed(node.children)]


def _matrix(node: Node) -> Floats:
    if node.matrix is not None:
        return np.asarray(node.matrix, np.float64).reshape(4, 4).T
    x, y, z, w = np.asarray(node.rotation, np.float64) / max(float(np.linalg.norm(node.rotation)), 1e-12)
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    out = np.eye(4)
    out[:3, :3] = turn * np.asarray(node.scale)
    out[:3, 3] = node.translation
    return out
