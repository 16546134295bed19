"""What a mesh file may be, checked before it is read in full: its size, its triangles, and the files that it names."""

from __future__ import annotations

import json
import struct
import warnings
from pathlib import Path

from prodgen_render.config import Config
from prodgen_sdk.errors import InputError
from prodgen_sdk.files import inside

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


def check_size(path: Path, config: Config) -> None:
    """Raises InputError where a file is empty or larger than `config.max_file_mb`."""
    size = path.stat().st_size
    if size > config.max_file_mb * 2**20:
        raise InputError(
            f"{path.name} has {size / 2**20:.0f} MiB; the limit is {config.max_file_mb}.",
            hint="Simplify it, or raise plugins.render.max_file_mb.",
        )
    if size == 0:
        raise InputError(f"{path.name} is empty (0 bytes).", hint="Export it again.")


def check_triangles(name: str, count: int, config: Config) -> None:
    """Raises InputError where there are more triangles than `config.max_triangles`."""
    if count > config.max_triangles:
        raise InputError(
            f"{name} has {count:,} triangles; the limit is {config.max_triangles:,}.",
            hint="Decimate it, or raise plugins.render.max_triangles.",
        )


def check_glb(path: Path, config: Config) -> list[Path]:
    """Checks the header and the JSON chunk of a GLB; it may name no other file, so the list is empty.

    Raises:
        InputError: not a GLB, not self-contained, or over a limit.
    """
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
            int(accessors[primitive.get("indices", primitive["attributes"]["POSITION"])]["count"]) // 3
            for mesh in tree.get("meshes", ()) for primitive in mesh.get("primitives", ())
        )  # fmt: skip
    except (ArithmeticError, ValueError, LookupError, TypeError, AttributeError, struct.error, RecursionError) as error:
        raise InputError(
            f"{path.name} is not a valid GLB file ({error}).", hint="Export it again as binary glTF 2.0."
        ) from None
    if outside:
        raise InputError(
            f"{path.name} refers to other files ({outside[0]!r}).",
            hint="Export one self-contained GLB with its textures embedded.",
        )
    check_triangles(path.name, triangles, config)
    return []


def check_obj(path: Path, config: Config) -> list[Path]:
    """The files that an OBJ names; counts its triangles without parsing them.

    Raises:
        OutsideWorkspace: it names a file outside its own folder.
        InputError: it, or a texture, is over a limit or cannot be read.
    """
    text = path.read_bytes()
    lines = text.split(b"\n")
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
                check_pixels(path.name, picture.size, config)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError) as error:
        raise InputError(
            f"The texture {path.name} cannot be read ({error}).", hint="Save it again as PNG or JPEG."
        ) from None


def check_pixels(name: str, size: tuple[int, int], config: Config) -> None:
    """Raises InputError where a texture of this width and height is over `config.max_texture_pixels`."""
    if size[0] * size[1] > config.max_texture_pixels:
        raise InputError(
            f"The texture {name} has {size[0]} x {size[1]} pixels; the limit is {config.max_texture_pixels:,}.",
            hint="Scale it down first.",
        )
