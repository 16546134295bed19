"""A catalogue with all its files -> a folder that `prodgen catalog add` reads again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodgen_sdk.cli.generation import folder_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from prodgen_sdk.store import Store
    from prodgen_sdk.types import Media, Product, ReviewState

PRODUCTS = "products.jsonl"
MEDIA = "media"
PICTURES = "pictures.jsonl"
_PICTURE = re.compile(r"_?[A-Za-z0-9][A-Za-z0-9._-]*/[a-z0-9._-]+-[0-9a-f]{8}\.png")
"""The places that images are exported to; none is outside the folder."""
_SIGNATURES = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg", b"glTF": ".glb", b"PK": ".zip"}


def export_products(store: Store, folder: Path) -> dict[str, str]:
    """Writes the products, and their photos and meshes below `media`, to which the products then refer by relative paths.

    Returns:
        by sku, why a file of it could not be exported; the product is then written without that file.
    """
    from prodgen_sdk.catalogue import write_catalogue

    missing: dict[str, str] = {}
    write_catalogue(_with_files(store, folder, missing), folder / PRODUCTS)
    return missing


def export_pictures(
    store: Store, folder: Path, review: ReviewState | None, tell: Callable[[int, int, str], None]
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Writes published images as `<sku>/<view>-<id>.png`, and which is which as `pictures.jsonl`.

    What an export before wrote there and this one leaves out, such as an image that was rejected since, is deleted.

    Returns:
        what was written, and by id what could not be and why.
    """
    from prodgen_sdk.errors import StoreError
    from prodgen_sdk.files import write_atomically

    written = []
    missing: dict[str, str] = {}
    stale = _exported_before(folder)
    total = store.variants.count(review=review)
    for done, variant in enumerate(store.variants.iterate(review=review), 1):
        place = f"{folder_of(variant.sku, PRODUCTS, MEDIA, PICTURES)}/{variant.view.slug}-{variant.id[:8]}.png"
        stale.discard(place)
        try:
            data = store.assets.get(variant.image.digest)
        except StoreError as error:
            missing[variant.id] = str(error)
        else:
            write_atomically(folder / place, data)
            row = {"sku": variant.sku, "variant": variant.id, "view": variant.view.slug, "generator": variant.generator}
            written.append({**row, "review": variant.review, "file": place})
        tell(done, total, "images")
    for place in stale:
        (folder / place).unlink(missing_ok=True)
    write_atomically(folder / PICTURES, "".join(f"{json.dumps(row)}\n" for row in written).encode())
    return written, missing


def _exported_before(folder: Path) -> set[str]:
    """The files that the folder's `pictures.jsonl` names: images below a sku's folder, and nothing that it may not name."""
    from prodgen_sdk.catalogue.formats import read_jsonl
    from prodgen_sdk.errors import InputError

    if not (folder / PICTURES).exists():
        return set()
    try:
        named = {str(row.get("file", "")) for _, row in read_jsonl(folder / PICTURES) if isinstance(row, dict)}
    except InputError:  # somebody else's file of that name
        return set()
    return {place for place in named if _PICTURE.fullmatch(place)}


def _with_files(store: Store, folder: Path, missing: dict[str, str]) -> Iterator[Product]:
    from prodgen_sdk.errors import StoreError

    for product in store.products.iterate():
        media = []
        for medium in product.media:
            try:
                media.append(_with_file(medium, store, folder))
            except StoreError as error:
                missing[product.sku] = str(error)
        yield product.model_copy(update={"media": tuple(media)})


def _with_file(medium: Media, store: Store, folder: Path) -> Media:
    from prodgen_sdk.files import write_atomically
    from prodgen_sdk.pipeline.mesh_bundle import unpack

    digest = medium.uri.removeprefix("asset:")
    data = store.assets.get(digest)
    suffix = _suffix(data, store.assets.local_path(digest))
    if medium.role == "mesh" and suffix == ".zip":
        place = unpack(data, folder / MEDIA / digest)
    else:
        place = folder / MEDIA / f"{digest}{suffix}"
        if not place.exists():  # shared with another product, or exported before
            write_atomically(place, data)
    return medium.model_copy(update={"uri": place.relative_to(folder).as_posix()})


def _suffix(data: bytes, stored: Path | None) -> str:
    known = next((suffix for start, suffix in _SIGNATURES.items() if data.startswith(start)), "")
    return known or (stored.suffix if stored is not None else "")
