"""Pictures with captions, split by product."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from prodgen_sdk.errors import InputError, ProdgenError
from prodgen_sdk.files import file_digest, inside, is_file, read_lines
from prodgen_sdk.runtime import canonical_digest
from prodgen_sdk.training import examples

FILE_NAME = "metadata.jsonl"
_FORMS = (".parquet", ".tar", ".arrow")
_RENDERED = "manifest.jsonl"


@dataclass(frozen=True)
class Example:
    """A picture, what it shows in words, the product that it is of, from where it is seen, in degrees, where that is known, and its
    name within the data.
    """

    picture: Path | bytes
    caption: str
    product: str
    azimuth: float | None = None
    key: str = ""

    @property
    def data(self) -> bytes:
        """The picture's file; empty where there is none."""
        return self.picture if isinstance(self.picture, bytes) else self.picture.read_bytes()

    @cached_property
    def digest(self) -> str:
        """sha256 of the picture's file."""
        return (
            hashlib.sha256(self.picture).hexdigest() if isinstance(self.picture, bytes) else file_digest(self.picture)
        )


def read_examples(data: Path) -> list[Example]:
    """The pictures of a data set.

    `data` is a JSON Lines file, or a folder that holds `metadata.jsonl`. A line has `file_name` (relative to the file's
    folder), `text`, where one product has several pictures `sku` (without it each picture is a product of its own), and where it is
    known the view's `azimuth`. Or it is
    Parquet, a WebDataset tar, a folder of such files, of `datasets.save_to_disk`, or of `prodgen render dataset`; see
    `prodgen_sdk.training.examples`.

    Raises:
        InputError: there are no data, or something does not hold what it should; the message says where.
    """
    path = data / FILE_NAME if data.is_dir() else data
    if path.suffix != ".jsonl" or not path.is_file():
        return [_captioned(example) for example in _others(data)]
    found = []
    try:
        lines = read_lines(path)
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8 text.", hint="Write JSON Lines in UTF-8.") from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            found.append(_example(line, path.parent, f"{path}:{number}"))
    if not found:
        raise InputError(f"{path} names no images.", hint="Write one line per image.")
    return found


def _others(data: Path) -> list[examples.Example]:
    held = [data] if data.is_file() else [*data.rglob("*")] if data.is_dir() else []
    if not any(path.suffix in _FORMS or path.name == _RENDERED for path in held):
        raise InputError(
            f"There is no {FILE_NAME} in {data}, no Parquet file, tar or saved data set.",
            hint='Write one line per image: {"file_name": "mug-1.png", "text": "a blue mug", "sku": "mug-1"}.',
        )
    return list(examples.read_examples(data))


def _captioned(example: examples.Example) -> Example:
    return Example(example.data, example.caption.strip(), example.product, example.azimuth, example.key)


def _example(line: str, folder: Path, where: str) -> Example:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise InputError(f"{where} is not JSON ({error}).") from None
    if not isinstance(record, dict):
        raise InputError(f"{where} is no JSON object.")
    name = record.get("file_name")
    caption = next((record[word] for word in ("text", "caption") if record.get(word) is not None), "")
    if not isinstance(name, str) or not isinstance(caption, str):
        raise InputError(f"{where} needs `file_name` and `text`, each a string.")
    try:
        picture = inside(folder, name)
    except ProdgenError as error:
        raise InputError(f"{where}: {error}") from None
    azimuth = record.get("azimuth")
    if azimuth is not None and (isinstance(azimuth, bool) or not isinstance(azimuth, int | float)):
        raise InputError(f"{where}: the azimuth is no number.", hint="Give degrees, such as 0 for the front.")
    return Example(picture if is_file(picture) else b"", caption.strip(), str(record.get("sku") or name), azimuth, name)


def split(data: Sequence[Example], share: float, seed: int) -> tuple[list[Example], list[Example]]:
    """Training and held-out examples; all pictures of a product are in the same one.

    A product is held out by the hash of its name, so that more data do not move those that are there. At least one product
    is trained on and, with a share above 0 and two products, one is held out.

    Raises:
        InputError: there is only one product to split.
    """
    products = sorted({example.product for example in data})
    order = sorted(products, key=lambda name: hashlib.sha256(f"{seed}|{name}".encode()).hexdigest())
    held = set(order[: min(len(order) - 1, max(1, round(share * len(order))))] if share > 0 else [])
    if share > 0 and not held:
        raise InputError("The data show a single product, of which none can be held out.", hint="Set validation = 0.")
    return [e for e in data if e.product not in held], [e for e in data if e.product in held]


def data_digest(data: Sequence[Example]) -> str:
    """What the data are: captions, products, azimuths and the bytes of the pictures."""
    return canonical_digest([[e.digest, e.caption, e.product, e.azimuth] for e in data])
