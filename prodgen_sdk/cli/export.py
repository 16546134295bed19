"""A catalogue with all its files -> a folder that `prodgen catalog add` reads again."""

from __future__ import annotations

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
    """Writes published pictures as `<sku>/<view>-<id>.png`; what was written, and by id what could not be and why."""
    from prodgen_sdk.errors import StoreError
    from prodgen_sdk.files import write_atomically

    written = []
    missing: dict[str, str] = {}
    total = store.variants.count(review=review)
    for done, variant in enumerate(store.variants.iterate(review=review), 1):
        place = f"{folder_of(variant.sku, PRODUCTS, MEDIA)}/{variant.view.slug}-{variant.id[:8]}.png"
        try:
            data = store.assets.get(variant.image.digest)
        except StoreError as error:
            missing[variant.id] = str(error)
        else:
            write_atomically(folder / place, data)
            written.append({"sku": variant.sku, "variant": variant.id, "review": variant.review, "file": place})
        tell(done, total, "pictures")
    return written, missing


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
