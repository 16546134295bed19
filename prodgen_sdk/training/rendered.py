"""Reads rendered data sets: `manifest.jsonl` with shards of images and masks, as `prodgen render dataset` writes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from prodgen_sdk.errors import InputError
from prodgen_sdk.files import UNREADABLE, inside, read_lines
from prodgen_sdk.types import Image, Mask, View

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ATTRIBUTES = ("family", "colour", "material", "pattern")


@dataclass(frozen=True)
class Shot:
    """One view of a product.

    Args:
        product: folder and sku, as products of several data sets may have one sku.
        split: `train`, `val` or `test`.
        labels: by the names of `ATTRIBUTES`.
        line: all that the manifest says of it.
        folder: of the data set.
    """

    product: str
    split: str
    view: View
    labels: Mapping[str, str]
    line: Mapping[str, Any]
    folder: Path


def read_shots(data: Path) -> list[Shot]:
    """Every view of a data set, or of all data sets that lie in a folder.

    Raises:
        InputError: there is none, one is not finished, or a line of its manifest is not understood.
    """
    folders = [data] if _is_data_set(data) else sorted(path for path in data.glob("*") if _is_data_set(path))
    shots = [shot for folder in folders for shot in _shots(folder)]
    if not shots:
        raise InputError(
            f"{data} holds no rendered data set.", hint="Make one: prodgen render dataset --products 200 --out DIR"
        )
    return shots


def read_pixels(shots: Sequence[Shot]) -> Iterator[tuple[Shot, Image, Mask]]:
    """The image and mask of each view, a shard at a time; in order where the shots are in the order of their shards.

    Raises:
        InputError: a file is missing or damaged.
    """
    import numpy as np

    from prodgen_sdk import images

    opened: tuple[Path, NDArray[np.uint8], NDArray[np.bool_]] | None = None
    for shot in shots:
        path = inside(shot.folder, str(shot.line["file"]))
        try:
            if path.suffix != ".npz":
                picture, mask = images.load(path), images.load(path.with_suffix(".mask.png"))[..., 0] > 127
            else:
                if opened is None or opened[0] != path:
                    with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                        opened = (path, arrays["images"], arrays["masks"])
                row = int(shot.line["row"])
                picture, mask = images.check(opened[1][row]), np.asarray(opened[2][row], bool)
        except (*UNREADABLE, BadZipFile, ValueError, KeyError, IndexError) as error:
            raise InputError(f"{path} cannot be read: {error}.", hint="Render the data set again.") from None
        yield shot, picture, mask


def _is_data_set(folder: Path) -> bool:
    return (folder / "manifest.jsonl").is_file() or (folder / "dataset.json").is_file()


def _shots(folder: Path) -> Iterator[Shot]:
    manifest = folder / "manifest.jsonl"
    if not manifest.is_file():
        raise InputError(
            f"The data set {folder} is not finished.",
            hint="Run the same prodgen render dataset again; it goes on where it stopped.",
        )
    for number, text in enumerate(read_lines(manifest), 1):
        try:
            line = json.loads(text)
            view = View(azimuth=line["azimuth"], elevation=line["elevation"], distance=line["distance"])
            labels = {name: str(line[name]) for name in ATTRIBUTES}
            yield Shot(f"{folder.name}/{line['sku']}", str(line["split"]), view, labels, line, folder)
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{manifest}, line {number}: {type(error).__name__}: {error}.") from None
