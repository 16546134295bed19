"""Catalogue -> products in the store, with their photos and GLB files as assets.

An OBJ file needs the materials and textures beside it, so it is referred to where it lies (`file:` and its absolute path).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from prodgen_sdk import images
from prodgen_sdk.catalogue import Rejection, Summary, read_catalogue
from prodgen_sdk.errors import InputError, InvalidCatalogue
from prodgen_sdk.files import inside
from prodgen_sdk.types import Media, Product

if TYPE_CHECKING:
    from prodgen_sdk.store import Store

_CHUNK = 200
_MAX_MESH_BYTES = 256 * 2**20


def ingest(source: str | Path | Iterable[Product], store: Store, *, root: Path | None = None) -> Summary:
    """Adds or updates products; what cannot be added is named with its line and field, and the rest is kept.

    Args:
        source: a JSON Lines, CSV or Parquet file, or products.
        root: the folder that media paths are relative to and must stay in; by default that of the file.
    """
    changes: dict[str, str] = {}
    rejected: list[Rejection] = []
    chunk: list[Product] = []
    for line, item in _items(source):
        if isinstance(item, InvalidCatalogue):
            rejected.append(Rejection.of(item))
            continue
        try:
            folder = root if root is not None else Path(source).parent if isinstance(source, str | Path) else Path()
            chunk.append(
                item.model_copy(
                    update={"media": tuple(_stored(media, n, folder, store) for n, media in enumerate(item.media))}
                )
            )
        except InvalidCatalogue as error:
            rejected.append(Rejection(line=line, field=error.field, reason=f"Line {line}: {error.field}: {error}"))
            continue
        if len(chunk) >= _CHUNK:
            changes |= store.products.put(chunk)
            chunk = []
    changes |= store.products.put(chunk)
    counts = {kind: sum(change == kind for change in changes.values()) for kind in ("added", "updated", "unchanged")}
    return Summary(**counts, rejected=tuple(rejected))


def local_mesh(media: Media, store: Store) -> Path:
    """The path of a stored mesh."""
    if media.uri.startswith("file:"):
        return Path(media.uri.removeprefix("file:"))
    path = store.assets.local_path(media.uri.removeprefix("asset:"))
    if path is None:
        raise InputError(f"The mesh {media.uri} lies in an object store.", hint="Use a local assets folder for meshes.")
    return path


def _items(source: str | Path | Iterable[Product]) -> Iterator[tuple[int, Product | InvalidCatalogue]]:
    if isinstance(source, str | Path):
        for row in read_catalogue(Path(source)):
            found = row.product if row.product is not None else row.error
            assert found is not None
            yield row.line, found
    else:
        yield from enumerate(source, 1)


def _stored(media: Media, number: int, root: Path, store: Store) -> Media:
    """The medium with its file in the asset store; raises InvalidCatalogue naming the field."""
    if media.uri.startswith("asset:"):
        if not store.assets.has(media.uri.removeprefix("asset:")):
            raise InvalidCatalogue(f"there is no {media.uri} in this workspace", field=f"media[{number}].uri")
        return media
    try:
        path = inside(root, media.uri)
        if media.role != "mesh":
            images.load(path)
            return media.model_copy(update={"uri": f"asset:{store.assets.put(path.read_bytes(), path.suffix.lower())}"})
        if path.suffix.lower() not in (".glb", ".obj"):
            raise InputError(f"{media.uri} is no mesh that can be read: it must end in .glb or .obj.")
        if not path.is_file():
            raise InputError(f"There is no file {path}.")
        if path.suffix.lower() == ".obj":
            return media.model_copy(update={"uri": f"file:{path}"})
        if path.stat().st_size > _MAX_MESH_BYTES:
            raise InputError(f"{media.uri} has more than {_MAX_MESH_BYTES // 2**20} MiB.")
        return media.model_copy(update={"uri": f"asset:{store.assets.put(path.read_bytes(), '.glb')}"})
    except InputError as error:
        raise InvalidCatalogue(error.message, field=f"media[{number}].uri") from None
