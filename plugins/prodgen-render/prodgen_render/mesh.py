"""`render/mesh`: pictures of a product from its 3D file (GLB, or OBJ with MTL and textures).

Files are untrusted: their size, triangle count and texture sizes are checked before they are read in full, and a file that
names another one outside its own folder is refused.
"""

from __future__ import annotations

import json
import struct
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from prodgen_render.config import Axis, Config
from prodgen_render.geometry import smooth_normals
from prodgen_render.model import Floats, Material, Model3D, Part, Texture, to_linear
from prodgen_render.rendering import render
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError, ProdgenError
from prodgen_sdk.files import inside
from prodgen_sdk.interfaces import Generator
from prodgen_sdk.types import Generated, GenerationRequest

_GLTF_TO_WORLD = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], np.float64)
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
    _check_size(path, config)
    files = _check_glb(path, config) if kind == ".glb" else _check_obj(path, config)
    for file in files:
        _check_size(file, config)
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


def _check_size(path: Path, config: Config) -> None:
    size = path.stat().st_size
    if size > config.max_file_mb * 2**20:
        raise InputError(
            f"{path.name} has {size / 2**20:.0f} MiB; the limit is {config.max_file_mb}.",
            hint="Simplify it, or raise plugins.render.max_file_mb.",
        )
    if size == 0:
        raise InputError(f"{path.name} is empty (0 bytes).", hint="Export it again.")


def _check_triangles(name: str, count: int, config: Config) -> None:
    if count > config.max_triangles:
        raise InputError(
            f"{name} has {count:,} triangles; the limit is {config.max_triangles:,}.",
            hint="Decimate it, or raise plugins.render.max_triangles.",
        )


def _check_glb(path: Path, config: Config) -> list[Path]:
    """Reads only the header and the JSON chunk of a GLB."""
    try:
        with path.open("rb") as file:
            magic, version, _, length, chunk = struct.unpack("<4sIII4s", file.read(20))
            if magic != b"glTF" or chunk != b"JSON" or version != 2:
                raise ValueError("no glTF 2.0 binary header")
            tree = json.loads(file.read(length))
        outside = [
            item["uri"]
            for kind in ("buffers", "images")
            for item in tree.get(kind, ())
            if not str(item.get("uri", "data:")).startswith("data:")
        ]
        accessors = tree.get("accessors", [])
        triangles = sum(
            accessors[primitive.get("indices", primitive["attributes"]["POSITION"])]["count"] // 3
            for mesh in tree.get("meshes", ()) for primitive in mesh.get("primitives", ())
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, struct.error, RecursionError) as error:
        raise InputError(
            f"{path.name} is not a valid GLB file ({error}).", hint="Export it again as binary glTF 2.0."
        ) from None
    if outside:
        raise InputError(
            f"{path.name} refers to other files ({outside[0]!r}).",
            hint="Export one self-contained GLB with its textures embedded.",
        )
    _check_triangles(path.name, int(triangles), config)
    return []


def _check_obj(path: Path, config: Config) -> list[Path]:
    """The files that an OBJ names, all of them inside its folder; counts its triangles without parsing them."""
    text = path.read_bytes()
    lines = text.split(b"\n")
    corners = (line.count(b" ") for line in lines if line.startswith(b"f "))
    _check_triangles(path.name, sum(max(1, spaces - 2) for spaces in corners), config)
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
        _check_size(file, config)
        named.append(file)
        for line in file.read_text("utf-8", "replace").splitlines():
            words = line.split(maxsplit=1)
            if len(words) == 2 and words[0].lower() in _MAPS:
                picture = _beside(path, words[1].split()[-1] if words[1].startswith("-") else words[1].strip())
                if picture.is_file():
                    _check_picture(picture, config)
                    named.append(picture)
    return named


def _beside(path: Path, name: str) -> Path:
    """A file that a mesh names; OutsideWorkspace (an InputError) where it leaves the mesh's folder."""
    return inside(path.parent, name.replace("\\", "/"))


def _check_picture(path: Path, config: Config) -> None:
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path) as picture:
                _check_pixels(path.name, picture.size, config)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError) as error:
        raise InputError(
            f"The texture {path.name} cannot be read ({error}).", hint="Save it again as PNG or JPEG."
        ) from None


def _check_pixels(name: str, size: tuple[int, int], config: Config) -> None:
    if size[0] * size[1] > config.max_texture_pixels:
        raise InputError(
            f"The texture {name} has {size[0]} x {size[1]} pixels; the limit is {config.max_texture_pixels:,}.",
            hint="Scale it down first.",
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
            _check_triangles(path.name, sum(len(mesh.faces) for _, mesh in meshes), config)
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
    # Rows: what becomes x, y and z. The viewer's right is front x up turned to -Y x Z = -X, hence up x (-front).
    return np.stack([np.cross(-vectors["front"], vectors["up"]), -vectors["front"], vectors["up"]])


def _parts(mesh: Any, turn: Floats, shift: Floats, config: Config) -> Iterator[Part]:
    vertices = np.asarray(mesh.vertices, np.float64) @ turn.T + shift
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
    _check_pixels("in the file", picture.size, config)
    return np.asarray(picture.convert("RGB"))


class MeshGenerator(Generator):
    """Draws the mesh file of each request."""

    def __init__(self, config: Any = None, ctx: Context | None = None) -> None:
        del ctx
        self.config = config if isinstance(config, Config) else Config()

    def generate(self, batch: Sequence[GenerationRequest], ctx: Context) -> Sequence[Sequence[Generated]]:
        """One list of pictures a request.

        Raises:
            InputError: a request without a mesh, or a mesh that cannot be used.
        """
        out = []
        for number, request in enumerate(batch):
            if request.mesh is None:
                raise InputError(f"{request.product.sku} has no mesh file.", hint="Give one, or use render/parametric.")
            ctx.progress(number, len(batch), "meshes")
            model = load_model(request.mesh, self.config)
            out.append(
                render(
                    model, request.views, request.scene, request.size, request.seed,
                    background=request.references.get("background"), before_each=lambda _: ctx.check(),
                )
            )  # fmt: skip
        ctx.progress(len(batch), len(batch), "meshes")
        return out
