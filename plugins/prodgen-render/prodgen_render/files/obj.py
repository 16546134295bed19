"""OBJ files with the materials and textures that they name, to parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from prodgen_render.config import Axis, Config
from prodgen_render.files.creases import part_of
from prodgen_render.files.limits import check_picture, check_pixels, check_size, check_triangles
from prodgen_render.model import Floats, Material, Part, Texture
from prodgen_sdk.errors import InputError, ProdgenError
from prodgen_sdk.files import inside
from prodgen_sdk.images.colour import to_linear
from prodgen_sdk.unwarned import unwarned

_MAPS = (
    "map_kd",
    "map_ka",
    "map_ks",
    "map_ke",
    "map_ns",
    "map_d",
    "map_bump",
    "bump",
    "disp",
    "decal",
    "refl",
    "norm",
    "map_pr",
    "map_pm",
)


def read_obj(path: Path, config: Config) -> list[Part]:
    """The parts of a file, turned from the axes of the configuration.

    Raises:
        OutsideWorkspace: it names a file outside its own folder.
        InputError: damaged, or over a limit.
    """
    import trimesh
    from trimesh.resolvers import FilePathResolver

    for file in _named(path, config):
        check_size(file, config)
    turn = axes(config.up, config.front)
    try:
        with unwarned():
            scene = trimesh.load_scene(path, resolver=FilePathResolver(str(path.resolve())), process=False)
            meshes = [mesh for mesh in scene.geometry.values() if isinstance(mesh, trimesh.Trimesh)]
            check_triangles(path.name, sum(len(mesh.faces) for mesh in meshes), config)
            return [part for mesh in meshes for part in _parts(mesh, turn, config)]
    except ProdgenError:
        raise
    except Exception as error:
        raise InputError(
            f"{path.name} cannot be read ({type(error).__name__}: {error}).", hint="Export it again."
        ) from error


def axes(up: Axis, front: Axis) -> Floats:
    """The rotation [3, 3] that turns a file's axes so that `up` becomes +Z and `front` -Y.

    Raises:
        InputError: both name the same axis.
    """
    vectors = {}
    for name, text in (("up", up), ("front", front)):
        vector = np.zeros(3)
        vector["xyz".index(text[1])] = 1 if text[0] == "+" else -1
        vectors[name] = vector
    if abs(vectors["up"] @ vectors["front"]) > 0.5:
        raise InputError(
            f"up={up!r} and front={front!r} lie on one axis.", hint="Name two different axes in plugins.render."
        )
    back = -vectors["front"]
    return np.stack([np.cross(back, vectors["up"]), back, vectors["up"]])


def _parts(mesh: Any, turn: Floats, config: Config) -> Iterator[Part]:
    vertices, faces = np.asarray(mesh.vertices, np.float64), np.asarray(mesh.faces, np.int64)
    if len(faces) == 0:
        return
    if faces.min() < 0 or faces.max() >= len(vertices):
        raise InputError("The mesh has faces without vertices.", hint="Export it again.")
    # trimesh does not say whether a file had normals, except that they are in its cache.
    normals = np.asarray(mesh.vertex_normals, np.float64) if "vertex_normals" in mesh._cache.cache else None
    uv = getattr(mesh.visual, "uv", None)
    yield part_of(
        vertices,
        faces,
        normals,
        None if uv is None or len(uv) != len(vertices) else uv,
        _vertex_colours(mesh),
        _material(mesh, config),
        turn,
        np.zeros(3),
    )


def _vertex_colours(mesh: Any) -> Floats | None:
    if getattr(mesh.visual, "kind", None) != "vertex" or len(mesh.visual.vertex_colors) != len(mesh.vertices):
        return None
    found = np.asarray(mesh.visual.vertex_colors)
    # An OBJ file does not say what its colours are: they are taken for linear ones.
    return np.asarray(np.clip(found[:, :3] / (255 if found.dtype.kind in "ui" else 1), 0, 1), np.float32)


def _material(mesh: Any, config: Config) -> Material | None:
    material = getattr(mesh.visual, "material", None)
    if material is None:
        return None
    gloss = float(np.clip(np.nan_to_num(material.glossiness), 0, 1000)) if material.glossiness is not None else 0.0
    # Blinn-Phong exponent to roughness (Walter et al. 2007); exporters write small exponents for "unknown".
    roughness = 0.6 if gloss <= 10 else float(np.clip((2 / (gloss + 2)) ** 0.25, 0.15, 0.9))
    if material.image is not None:
        check_pixels("in the file", material.image.size, config)
        pixels = np.asarray(material.image.convert("RGB"))
        return Material("mesh", (1, 1, 1), roughness, texture=Texture(to_linear(pixels.astype(np.float32) / 255)))
    r, g, b = (float(c) for c in to_linear(_factor(material.diffuse, (1, 1, 1))))
    return Material("mesh", (r, g, b), roughness)


def _factor(value: Any, default: Sequence[float]) -> Floats:
    if value is None:
        return np.asarray(default, np.float32)
    array = np.asarray(value, np.float64).reshape(-1)
    if np.asarray(value).dtype.kind in "ui":
        array = array / 255
    return np.clip(array[: len(default)], 0, 1).astype(np.float32)


def _named(path: Path, config: Config) -> list[Path]:
    """The files that an OBJ names; counts its triangles without parsing them.

    Raises:
        OutsideWorkspace: it names a file outside its own folder.
        InputError: it, or a texture, is over a limit or cannot be read.
    """
    lines = path.read_bytes().split(b"\n")
    corners = (line.count(b" ") for line in lines if line.startswith(b"f "))
    check_triangles(path.name, sum(max(1, spaces - 2) for spaces in corners), config)
    materials = [
        line[6:].decode("utf-8", "replace").strip()
        for line in (raw.strip() for raw in lines)
        if line.startswith((b"mtllib ", b"mtllib\t"))
    ]
    named = []
    for name in materials:
        file = _beside(path, name)
        if not file.is_file():
            continue
        check_size(file, config)
        named.append(file)
        for line in file.read_text("utf-8", "replace").splitlines():
            words = line.split(maxsplit=1)
            if len(words) == 2 and words[0].lower() in _MAPS:
                picture = _beside(path, words[1].split()[-1] if words[1].startswith("-") else words[1].strip())
                if picture.is_file():
                    check_picture(picture, config)
                    named.append(picture)
    return named


def _beside(path: Path, name: str) -> Path:
    """A file that a mesh names; OutsideWorkspace (an InputError) where it leaves the mesh's folder."""
    return inside(path.parent, name.replace("\\", "/"))
