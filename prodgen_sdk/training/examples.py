"""Reads labelled or unlabelled images from JSON Lines with a folder, Parquet, WebDataset and Hugging Face datasets on disk.

Each form gives the same examples: a key, the image's bytes, and what is said of it. Nothing is downloaded.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prodgen_sdk.errors import InputError, OutsideWorkspace
from prodgen_sdk.files import inside, is_file, read_lines
from prodgen_sdk.parquet import import_parquet

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp"}
_PICTURE = ("image", "file", "file_name", "path", "jpg", "jpeg", "png", "webp")
_PRODUCT = ("sku", "product", "product_id", "group")
_CAPTION = ("caption", "text", "title", "txt")


def split_of(product: str) -> str:
    """`train` (90 %), `val` (5 %) or `test` (5 %), by the name of a product alone, so that all its images share one.

    >>> split_of("made-000000") == split_of("made-000000")
    True
    """
    share = int.from_bytes(hashlib.sha256(product.encode()).digest()[:4], "big") / 2**32
    return "train" if share < 0.9 else "val" if share < 0.95 else "test"


@dataclass(frozen=True)
class Example:
    """One image before it is decoded.

    Args:
        key: names it within its source.
        data: the image's file; empty where there is none, which cleaning tells.
        product: what it shows; images of one product stay on one side of a split.
        caption: words, may be empty.
        azimuth: degrees, where the view is known.
        facts: all else that is said of it.
    """

    key: str
    data: bytes
    product: str
    caption: str = ""
    azimuth: float | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def read_examples(source: Path) -> Iterator[Example]:
    """All examples of a source, in its own order.

    `source` may be a JSON Lines file (its images lie in the same folder), a Parquet file, a WebDataset tar, a folder of such files,
    a folder that `datasets.save_to_disk` wrote, a rendered data set (`dataset.json` with shards), or a folder of images.

    Raises:
        InputError: there is nothing of that kind.
        OutsideWorkspace: a line names an image outside its folder.
    """
    if not source.exists():
        raise InputError(f"There are no data at {source}.", hint="Give a file or a folder that exists.")
    files = [source] if source.is_file() else sorted(path for path in source.rglob("*") if path.is_file())
    manifest = source / "manifest.jsonl"
    if manifest.is_file():
        yield from _readable(source, _rendered(source, manifest))
        return
    readers = {".jsonl": _json_lines, ".parquet": _parquet, ".tar": _web_dataset, ".arrow": _arrow}
    held = [path for path in files if path.suffix in readers]
    if held:
        for path in held:
            yield from _readable(path, readers[path.suffix](path))
        return
    pictures = [path for path in files if path.suffix.lower() in SUFFIXES]
    if not pictures:
        raise InputError(
            f"{source} holds no images that can be read.",
            hint="Give JSON Lines, Parquet, a tar, or a folder of images.",
        )
    for path in pictures:
        yield Example(path.name, path.read_bytes(), path.parent.name if path.parent != source else path.stem)


def _readable(path: Path, examples: Iterator[Example]) -> Iterator[Example]:
    """The examples of a file or folder; whatever a library says of a damaged one, in our words."""
    try:
        yield from examples
    except (OSError, EOFError, ValueError, KeyError, tarfile.TarError, zipfile.BadZipFile) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise InputError(
            f"{path} is damaged, cut off or not what its name says: {reason}.", hint="Copy or write it again."
        ) from None


def _of(facts: Mapping[str, Any], key: str, data: bytes) -> Example:
    product = next((str(facts[name]) for name in _PRODUCT if facts.get(name) not in (None, "")), key)
    caption = next((str(facts[name]) for name in _CAPTION if isinstance(facts.get(name), str)), "")
    azimuth = facts.get("azimuth")
    known = {name: value for name, value in facts.items() if not isinstance(value, bytes | bytearray | dict)}
    return Example(key, data, product, caption, float(azimuth) if isinstance(azimuth, int | float) else None, known)


def _json_lines(path: Path) -> Iterator[Example]:
    for number, line in enumerate(read_lines(path), 1):
        if not line.strip():
            continue
        try:
            facts = json.loads(line)
            name = next(str(facts[key]) for key in _PICTURE if isinstance(facts.get(key), str))
        except (ValueError, AttributeError, StopIteration):
            raise InputError(
                f"{path.name}, line {number} names no image.", hint='Write {"image": "folder/file.png", "sku": ...}.'
            ) from None
        try:
            where = inside(path.parent, name)
        except OutsideWorkspace as error:
            raise OutsideWorkspace(f"{path.name}, line {number}: {error}") from None
        yield _of(facts, name, where.read_bytes() if is_file(where) else b"")


def _columns(rows: Iterator[Mapping[str, Any]], path: Path) -> Iterator[Example]:
    for number, row in enumerate(rows):
        named = [name for name in _PICTURE if name in row]
        if not named:
            raise InputError(f"{path.name} has no column of images.", hint=f"Name it one of {', '.join(_PICTURE[:4])}.")
        cell = next((row[name] for name in named if row[name] is not None), None)
        data = (cell.get("bytes") or cell.get("path")) if isinstance(cell, dict) else cell
        if isinstance(data, str):
            raise InputError(
                f"{path.name} holds paths, not images.",
                hint="Store the bytes of the files, as save_to_disk of datasets does; its to_parquet leaves them where they are.",
            )
        yield _of(row, f"{path.name}:{number}", bytes(data or b""))


def _parquet(path: Path) -> Iterator[Example]:
    parquet = import_parquet()

    def rows() -> Iterator[Mapping[str, Any]]:
        for batch in parquet.ParquetFile(path).iter_batches(256):
            yield from batch.to_pylist()

    yield from _columns(rows(), path)


def _arrow(path: Path) -> Iterator[Example]:
    import_parquet()
    import pyarrow as arrow

    def rows() -> Iterator[Mapping[str, Any]]:
        with arrow.memory_map(str(path)) as file:
            for batch in arrow.ipc.open_stream(file):
                yield from batch.to_pylist()

    yield from _columns(rows(), path)


def _web_dataset(path: Path) -> Iterator[Example]:
    """Members that share a name up to its first dot are one example, and stand one after the other."""
    key, parts = "", dict[str, bytes]()
    with tarfile.open(path) as archive:
        for member in archive:
            if not member.isfile():
                continue
            folder, _, name = member.name.rpartition("/")
            stem, _, kind = name.partition(".")
            whole = f"{folder}/{stem}" if folder else stem
            if whole != key and parts:
                yield from _web_example(key, parts)
                parts = {}
            content = archive.extractfile(member)
            key, parts[kind.lower()] = whole, content.read() if content else b""
    if parts:
        yield from _web_example(key, parts)


def _web_example(key: str, parts: Mapping[str, bytes]) -> Iterator[Example]:
    data = next((parts[kind] for kind in parts if f".{kind}" in SUFFIXES), None)
    if data is None and not parts.keys() & {"json", "txt"}:
        return
    facts: dict[str, Any] = {}
    if "json" in parts:
        try:
            facts = json.loads(parts["json"])
        except ValueError:
            facts = {}
    if "txt" in parts:
        facts.setdefault("caption", parts["txt"].decode("utf-8", "replace"))
    yield _of(facts, key, data or b"")


def _rendered(folder: Path, manifest: Path) -> Iterator[Example]:
    import numpy as np
    from PIL import Image

    opened, arrays = "", None
    for line in read_lines(manifest):
        facts = json.loads(line)
        path = inside(folder, facts["file"])
        if path.suffix != ".npz":
            yield _of(facts, facts["file"], path.read_bytes() if is_file(path) else b"")
            continue
        if facts["file"] != opened:
            with path.open("rb") as shard, np.load(shard) as file:
                opened, arrays = facts["file"], file["images"]
        assert arrays is not None
        buffer = io.BytesIO()
        Image.fromarray(arrays[facts["row"]]).save(buffer, "PNG", compress_level=1)
        yield _of(facts, f"{facts['file']}:{facts['row']}", buffer.getvalue())
