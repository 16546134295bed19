"""Reads rendered data sets: `manifest.jsonl` with shards of pictures, as `prodgen render dataset` writes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodgen_sdk import images
from prodgen_sdk.errors import InputError
from prodgen_sdk.files import inside, read_lines
from prodgen_sdk.types import Image, Mask, Product, View

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ATTRIBUTES = ("family", "colour", "material", "pattern")


@dataclass(frozen=True)
class Shot:
    """One view of a product, with where its pixels lie."""

    product: str
    split: str
    view: View
    labels: dict[str, str]
    line: dict[str, Any]
    folder: Path


@dataclass(frozen=True)
class RenderedProduct:
    """A product with its true renders: `pictures` [views] HWC uint8, `masks` bool HxW, in the order of `views`."""

    product: Product
    labels: dict[str, str]
    views: tuple[View, ...]
    pictures: tuple[Image, ...]
    masks: tuple[Mask, ...]


def read_shots(data: Path) -> list[Shot]:
    """Every view of the data sets in a folder, or in its subfolders.

    Products of several data sets may have one sku, so each is known by folder and sku.

    Raises:
        InputError: there is no data set, or a line of its manifest is not understood.
    """
    manifests = (
        [data / "manifest.jsonl"] if (data / "manifest.jsonl").is_file() else sorted(data.glob("*/manifest.jsonl"))
    )
    if not manifests:
        raise InputError(
            f"{data} holds no rendered data set.", hint="Make one: prodgen render dataset --products 200 --out DIR"
        )
    shots = []
    for manifest in manifests:
        for number, text in enumerate(read_lines(manifest), 1):
            try:
                line = json.loads(text)
                shot = Shot(
                    f"{manifest.parent.name}/{line['sku']}",
                    str(line["split"]),
                    View(azimuth=line["azimuth"], elevation=line["elevation"], distance=line["distance"]),
                    {name: str(line[name]) for name in ATTRIBUTES},
                    line,
                    manifest.parent,
                )
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(f"{manifest}, line {number}: {type(error).__name__}: {error}.") from None
            shots.append(shot)
    return shots


def read_pixels(shots: Sequence[Shot]) -> Iterator[tuple[Shot, Image, Mask]]:
    """The picture and mask of each view, a shard at a time; in order where the shots are in the order of their shards.

    Raises:
        InputError: a file is missing or damaged.
    """
    import numpy as np

    opened: tuple[Path, NDArray[np.uint8], NDArray[np.bool_]] | None = None
    for shot in shots:
        path = inside(shot.folder, str(shot.line["file"]))
        if path.suffix != ".npz":
            yield shot, images.load(path), images.load(path.with_suffix(".mask.png"))[..., 0] > 127
            continue
        if opened is None or opened[0] != path:
            try:
                with np.load(path, allow_pickle=False) as arrays:
                    opened = (path, arrays["images"], arrays["masks"])
            except (OSError, ValueError, KeyError) as error:
                raise InputError(f"{path} cannot be read: {error}.", hint="Render the data set again.") from None
        row = int(shot.line["row"])
        yield shot, images.check(opened[1][row]), np.asarray(opened[2][row], bool)


def read_products(shots: Sequence[Shot]) -> list[RenderedProduct]:
    """The products of some views, in order of appearance, with the attributes that their renders show as their own."""
    found: dict[str, list[tuple[Shot, Image, Mask]]] = {}
    for shot, picture, mask in read_pixels(shots):
        found.setdefault(shot.product, []).append((shot, picture, mask))
    return [_product(rows) for rows in found.values()]


def _product(rows: Sequence[tuple[Shot, Image, Mask]]) -> RenderedProduct:
    first = rows[0][0]
    attributes = {name: first.labels[name] for name in ATTRIBUTES if name != "family"}
    product = Product(
        sku=first.line["sku"],
        title=first.line["title"],
        category=first.line["category"],
        attributes=attributes,
        locale=first.line["locale"],
    )
    return RenderedProduct(
        product,
        first.labels,
        tuple(shot.view for shot, _, _ in rows),
        tuple(picture for _, picture, _ in rows),
        tuple(mask for _, _, mask in rows),
    )
