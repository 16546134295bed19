"""Catalogue -> products in the store, with their photos and meshes as assets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodgen_sdk import images
from prodgen_sdk.catalogue import Rejection, Summary, read_catalogue, resolve_media
from prodgen_sdk.catalogue.check import reject, to_product
from prodgen_sdk.context import Progress, no_progress
from prodgen_sdk.errors import InputError, InvalidCatalogue, OutsideWorkspace
from prodgen_sdk.files import write_atomically
from prodgen_sdk.pipeline.mesh_bundle import bundle, unpack
from prodgen_sdk.types import Media, Product

if TYPE_CHECKING:
    from prodgen_sdk.store import Store

_CHUNK = 200
_WRITERS = 4
"""How many files are stored at once: most of the time goes into waiting until the disk has one."""


def ingest(
    source: str | Path | Iterable[Product | Mapping[str, Any]],
    store: Store,
    *,
    root: Path | None = None,
    progress: Progress = no_progress,
) -> Summary:
    """Adds or updates products; what cannot be added is named with its line and field, and the rest is kept.

    Args:
        source: a JSON Lines, JSON, CSV or Parquet file, or products.
        root: the folder that media paths are relative to and must stay in; by default that of the file.
        progress: told how many lines are done, of 0: how many there are is not known.

    Raises:
        InputError: `source` is neither.
    """
    if isinstance(source, Product | Mapping | bytes) or not isinstance(source, str | Path | Iterable):
        raise InputError(f"Products come as a file or a list, not as a {type(source).__name__}.")
    if root is None:
        root = Path(source).parent if isinstance(source, str | Path) else Path()
    changes: dict[str, str] = {}
    rejected: list[Rejection] = []
    lines, done = _items(source), 0
    with ThreadPoolExecutor(_WRITERS, thread_name_prefix="prodgen-ingest") as writers:
        while chunk := list(islice(lines, _CHUNK)):
            # New prices and stock come without files, one by one and often: no thread is started for them.
            files = any(isinstance(item, Product) and item.media for _, item in chunk)
            at_once = writers.map if files else map
            found = list(at_once(lambda item: _stored(item[0], item[1], root, store), chunk))
            changes |= store.products.put([item for item in found if isinstance(item, Product)])
            rejected += [item for item in found if isinstance(item, Rejection)]
            done += len(chunk)
            progress(done, 0, "lines")
    counts = {kind: sum(change == kind for change in changes.values()) for kind in ("added", "updated", "unchanged")}
    return Summary(**counts, rejected=tuple(rejected))


def local_mesh(media: Media, store: Store, folder: Path) -> Path:
    """The path of a stored mesh; a bundle is unpacked below `folder` on first use."""
    digest = media.uri.removeprefix("asset:")
    path = store.assets.local_path(digest)
    if path is not None and path.suffix == ".glb":
        return path
    data = store.assets.get(digest)
    if data.startswith(b"PK"):
        return unpack(data, folder / digest)
    target = folder / f"{digest}.glb"
    return target if target.exists() else write_atomically(target, data)


def _items(source: str | Path | Iterable[Any]) -> Iterator[tuple[int, Product | InvalidCatalogue]]:
    if isinstance(source, str | Path):
        for row in read_catalogue(Path(source)):
            found = row.product if row.product is not None else row.error
            assert found is not None
            yield row.line, found
    else:
        for line, item in enumerate(source, 1):
            if isinstance(item, Product):
                yield line, item
            elif not isinstance(item, Mapping):
                yield line, reject(line, "", f"is a {type(item).__name__}; each must be a product or its fields")
            else:
                try:
                    yield line, to_product(item, line)
                except InvalidCatalogue as error:
                    yield line, error


def _stored(line: int, item: Product | InvalidCatalogue, root: Path, store: Store) -> Product | Rejection:
    """The product with its files in the asset store, or why it is not taken."""
    if isinstance(item, InvalidCatalogue):
        return Rejection.of(item)
    try:
        return _with_assets(item, root, store)
    except (InvalidCatalogue, OutsideWorkspace) as error:
        field = getattr(error, "field", "") or "media"
        return Rejection(line=line, field=field, reason=f"Line {line}: {field}: {error}")


def _with_assets(product: Product, root: Path, store: Store) -> Product:
    """The product with its files in the asset store; raises InvalidCatalogue naming the field."""
    media = []
    for number, (medium, path) in enumerate(resolve_media(product, root)):
        try:
            media.append(_store_file(medium, path, store))
        except (InputError, OSError) as error:
            raise InvalidCatalogue(str(error), field=f"media[{number}].uri") from None
    return product.model_copy(update={"media": tuple(media)})


def _store_file(medium: Media, path: Path | None, store: Store) -> Media:
    if path is None:
        if not store.assets.has(medium.uri.removeprefix("asset:")):
            raise InputError(f"There is no {medium.uri} in this workspace.")
        return medium
    if medium.role == "mesh":
        data, suffix = bundle(path)
    else:
        images.load(path)
        data, suffix = path.read_bytes(), path.suffix.lower()
    return medium.model_copy(update={"uri": f"asset:{store.assets.put(data, suffix)}"})
