"""A mesh and the files that it needs, as one asset.

A GLB file is whole by itself. An OBJ file names material files, and they name textures: all of them, from its own folder alone,
go into one zip archive whose bytes depend on nothing but theirs.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from prodgen_sdk.errors import InputError, OutsideWorkspace
from prodgen_sdk.files import inside, is_file, write_atomically

MAX_BYTES = 256 * 2**20
_NAME = "mesh.obj"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def bundle(path: Path) -> tuple[bytes, str]:
    """The bytes of a GLB file, or of an archive of an OBJ file with its materials and textures; and the asset's suffix.

    Raises:
        InputError: no .glb or .obj, or damaged, too large, or a file that it names lies outside its folder.
    """
    suffix = path.suffix.lower()
    if suffix not in (".glb", ".obj"):
        raise InputError(f"{path.name} is no mesh that can be read.", hint="Give a .glb or an .obj file.")
    files = {_NAME: path} if suffix == ".obj" else {path.name: path}
    if suffix == ".obj":
        files |= {name: inside(path.parent, name) for name in _needed(path)}
    total = sum(file.stat().st_size for file in files.values())
    if total > MAX_BYTES:
        raise InputError(f"{path.name} and what it needs have {total // 2**20} MiB; the limit is {MAX_BYTES // 2**20}.")
    if suffix == ".glb":
        data = path.read_bytes()
        if not data.startswith(b"glTF"):
            raise InputError(f"{path.name} is no GLB file.", hint="Export it again.")
        return data, suffix
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), file.read_bytes(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue(), ".zip"


def unpack(archive: bytes, folder: Path) -> Path:
    """Writes the files of a bundle into a folder, unless they are there, and returns the path of the OBJ file."""
    with zipfile.ZipFile(io.BytesIO(archive)) as bundled:
        for name in bundled.namelist():
            target = inside(folder, name)
            if not target.exists():
                write_atomically(target, bundled.read(name))
    return folder / _NAME


def _needed(path: Path) -> Iterator[str]:
    for library in _named(path, ("mtllib",)):
        material = _existing(path.parent, library)
        if material is not None:
            yield library
            maps = ("map_kd", "map_ka", "map_ks", "map_ke", "map_d", "map_pr", "map_pm", "norm", "bump", "map_bump")
            for texture in _named(material, maps):
                if _existing(path.parent, texture) is not None:
                    yield texture


def _existing(folder: Path, name: str) -> Path | None:
    try:
        file = inside(folder, name)
    except OutsideWorkspace:
        raise InputError(
            f"The mesh names {name}, which lies outside its folder.", hint="Put its files beside it."
        ) from None
    return file if is_file(file) else None


def _named(path: Path, keywords: tuple[str, ...]) -> Iterator[str]:
    """The file that each line with one of these keywords names: the rest of the line, without options such as `-s 1 1 1`."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            keyword, _, rest = line.strip().partition(" ")
            if keyword.lower() in keywords and rest.strip():
                yield rest.strip() if not rest.strip().startswith("-") else rest.split()[-1]
