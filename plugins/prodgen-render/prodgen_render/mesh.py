"""`render/mesh`: pictures of a product from its 3D file (GLB, or OBJ with MTL and textures).

Files are untrusted: their size, triangle count and texture sizes are checked before they are read in full, and a file that
names another one outside its own folder is refused.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from prodgen_render.config import Axis, Config
from prodgen_render.environment import digest_of, light_of
from prodgen_render.mesh_files import check_glb, check_obj, check_pixels, check_size, check_triangles
from prodgen_render.model import Floats, Material, Model3D, Part, Texture, to_linear
from prodgen_render.rendering import render
from prodgen_render.triangles import smooth_normals
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError, ProdgenError
from prodgen_sdk.interfaces import Generator
from prodgen_sdk.types import Generated, GenerationRequest

_GLTF_TO_WORLD = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], np.float64)


def load_model(path: Path, config: Config | None = None) -> Model3D:
    """Reads a mesh file into a model that stands Z-up with its front towards -Y.

    GLB follows the glTF convention, (x, y, z) becomes (x, -z, y). OBJ files say nothing of their axes: `config.up` and
    `config.front` do. Base colour (factor, texture, vertex colours), metalness, roughness and emission are used; other
    maps, transparency and animation are not.

    Raises:
        InputError: no such file, another format, damaged, empty, over a limit, or naming files outside its folder.
    """
    config = config or Config()
    path = Path(path)
    if not path.is_file():
        raise InputError(f"There is no mesh file {path}.", hint="Give the path of a GLB or OBJ file.")
    kind = path.suffix.lower()
    if kind not in (".glb", ".obj"):
        raise InputError(
            f"{path.name} is not a mesh that can be read.",
            hint="Convert it to GLB, or to OBJ with its MTL file beside it.",
        )
    check_size(path, config)
    files = check_glb(path, config) if kind == ".glb" else check_obj(path, config)
    for file in files:
        check_size(file, config)
    parts, textured = _read(path, config)
    return Model3D(
        tuple(parts),
        {
            "family": "mesh",
            "file": path.name,
            "triangles": sum(len(part.faces) for part in parts),
            "textured": textured,
        },
    )


def _read(path: Path, config: Config) -> tuple[list[Part], bool]:
    import trimesh
    from trimesh.resolvers import FilePathResolver

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            scene = trimesh.load_scene(path, resolver=FilePathResolver(str(path.resolve())), process=False)
            nodes = [(scene.graph[name]) for name in scene.graph.nodes_geometry]
            meshes = [
                (matrix, scene.geometry[geometry])
                for matrix, geometry in nodes
                if isinstance(scene.geometry[geometry], trimesh.Trimesh)
            ]
            check_triangles(path.name, sum(len(mesh.faces) for _, mesh in meshes), config)
            turn = _GLTF_TO_WORLD if path.suffix.lower() == ".glb" else axes(config.up, config.front)
            converted = [
                part
                for matrix, mesh in meshes
                for part in _parts(mesh, turn @ np.asarray(matrix)[:3, :3], turn @ np.asarray(matrix)[:3, 3], config)
            ]
    except ProdgenError:
        raise
    except Exception as error:
        raise InputError(
            f"{path.name} cannot be read ({type(error).__name__}: {error}).", hint="Export it again."
        ) from error
    if not converted:
        raise InputError(f"{path.name} holds no triangles.", hint="Export the surface as a triangle mesh.")
    return converted, any(part.material.texture is not None for part in converted)


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


def _parts(mesh: Any, turn: Floats, shift: Floats, config: Config) -> Iterator[Part]:
    vertices: Floats = np.asarray(mesh.vertices, np.float64) @ turn.T + shift
    faces = np.asarray(mesh.faces, np.int64)
    if len(faces) == 0:
        return
    if faces.min() < 0 or faces.max() >= len(vertices) or not np.isfinite(vertices).all():
        raise InputError(
            "The mesh has faces without vertices, or coordinates that are no numbers.", hint="Export it again."
        )
    if np.linalg.det(turn) < 0:
        faces = faces[:, ::-1]
    vertices, faces = vertices.astype(np.float32), np.ascontiguousarray(faces, np.int32)
    normals: Floats | None = None
    # trimesh does not say whether a file had normals, except that they are in its cache.
    if "vertex_normals" in mesh._cache.cache:
        normals = np.asarray(mesh.vertex_normals, np.float64) @ np.linalg.inv(turn)
        length = np.linalg.norm(normals, axis=1, keepdims=True)
        normals = (normals / np.maximum(length, 1e-12)).astype(np.float32) if (length > 1e-6).all() else None
    if normals is None:
        # Sharp edges stay sharp: faces meet smoothly only where vertices are shared and the angle is small.
        vertices, faces, normals, corner = _creased(vertices, faces)
    else:
        corner = np.arange(len(vertices))
    uv = getattr(mesh.visual, "uv", None)
    uv = (
        np.zeros((len(corner), 2), np.float32)
        if uv is None or len(uv) != len(mesh.vertices)
        else np.nan_to_num(np.asarray(uv, np.float32))[corner]
    )
    colours = _vertex_colours(mesh)
    yield Part(
        vertices, faces, normals, uv, _material(mesh, config), colours=None if colours is None else colours[corner]
    )


def _creased(vertices: Floats, faces: Any, degrees: float = 40.0) -> tuple[Floats, Any, Floats, Any]:
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


def _vertex_colours(mesh: Any) -> Floats | None:
    if getattr(mesh.visual, "kind", None) == "vertex":
        found = mesh.visual.vertex_colors
    else:
        found = getattr(mesh.visual, "vertex_attributes", {}).get("color")
    if found is None or len(found) != len(mesh.vertices):
        return None
    found = np.asarray(found)
    value = found[:, :3].astype(np.float32) / (255 if found.dtype.kind in "ui" else 1)
    # trimesh keeps what the file has: linear in glTF, and taken so in OBJ, which does not say.
    return np.asarray(np.clip(value, 0, 1), np.float32)


def _factor(value: Any, default: Sequence[float]) -> Floats:
    if value is None:
        return np.asarray(default, np.float32)
    array = np.asarray(value, np.float64).reshape(-1)
    if np.asarray(value).dtype.kind in "ui":
        array = array / 255
    return np.clip(array[: len(default)], 0, 1).astype(np.float32)


def _material(mesh: Any, config: Config) -> Material:
    material = getattr(mesh.visual, "material", None)
    if material is None:
        return Material("mesh", (1, 1, 1) if _vertex_colours(mesh) is not None else (0.7, 0.7, 0.7), 0.6)
    if hasattr(material, "baseColorFactor"):
        colour, picture = _factor(material.baseColorFactor, (1, 1, 1)), material.baseColorTexture
        metallic = (
            1.0
            if material.metallicFactor is None and material.metallicRoughnessTexture is not None
            else material.metallicFactor
        )
        roughness = material.roughnessFactor
        if material.metallicRoughnessTexture is not None:
            mean = _pixels(material.metallicRoughnessTexture, config).mean((0, 1)) / 255
            metallic = float(1 if metallic is None else metallic) * mean[2]
            roughness = float(1 if roughness is None else roughness) * mean[1]
        glow = _factor(material.emissiveFactor, (0, 0, 0)) if material.emissiveTexture is None else np.zeros(3)
        return _made(
            colour,
            picture,
            0.0 if metallic is None else float(metallic),
            0.6 if roughness is None else float(roughness),
            glow,
            config,
        )
    colour, picture = _factor(material.diffuse, (1, 1, 1)), material.image
    gloss = float(np.clip(np.nan_to_num(material.glossiness), 0, 1000)) if material.glossiness is not None else 0.0
    # Blinn-Phong exponent to roughness (Walter et al. 2007); exporters write small exponents for "unknown".
    roughness = 0.6 if gloss <= 10 else float(np.clip((2 / (gloss + 2)) ** 0.25, 0.15, 0.9))
    return _made(
        np.ones(3, np.float32) if picture is not None else to_linear(colour),
        picture,
        0.0,
        roughness,
        np.zeros(3),
        config,
    )


def _made(colour: Floats, picture: Any, metallic: float, roughness: float, glow: Floats, config: Config) -> Material:
    r, g, b = (float(c) for c in colour)
    glow_r, glow_g, glow_b = (float(c) for c in glow)
    texture = None if picture is None else Texture(to_linear(_pixels(picture, config).astype(np.float32) / 255))
    return Material(
        "mesh",
        (r, g, b),
        float(np.clip(roughness, 0.1, 1)),
        float(np.clip(metallic, 0, 1)),
        emission=(glow_r, glow_g, glow_b),
        texture=texture,
    )


def _pixels(picture: Any, config: Config) -> Any:
    check_pixels("in the file", picture.size, config)
    return np.asarray(picture.convert("RGB"))


class MeshGenerator(Generator):
    """Draws the mesh file of each request."""

    def __init__(self, config: Any = None, ctx: Context | None = None) -> None:
        del ctx
        self.config = config if isinstance(config, Config) else Config()

    @property
    def digest(self) -> str:
        """What pictures depend on besides the configuration."""
        return digest_of(self.config)

    def generate(self, batch: Sequence[GenerationRequest], ctx: Context) -> Sequence[Sequence[Generated]]:
        """One list of pictures a request.

        Raises:
            InputError: a request without a mesh, or a mesh that cannot be used.
        """
        out, light = [], light_of(self.config)
        for number, request in enumerate(batch):
            if request.mesh is None:
                raise InputError(f"{request.product.sku} has no mesh file.", hint="Give one, or use render/parametric.")
            ctx.progress(number, len(batch), "meshes")
            model = load_model(request.mesh, self.config)
            out.append(
                render(
                    model, request.views, request.scene, request.size, request.seed,
                    maps=request.maps, maps_only=request.maps_only, background=request.references.get("background"), before_each=lambda _: ctx.check(), light=light,
                )
            )  # fmt: skip
        ctx.progress(len(batch), len(batch), "meshes")
        return out
