"""The files of one generation of an index, written once and verified before they are read.

```
manifest.json        sequence, dimension, counts, plans of the first stage, bytes and sha256 of each file
vectors.npy          float32 [rows, dimension], mapped by readers
columns.npy          sku, category, tag set, price and stock of each row
names.jsonl          the words behind the codes, some thousand a line
stage.faiss          the first stage, if there is one
```
"""

from __future__ import annotations

import errno
import hashlib
import json
import mmap
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from prodgen_rank.index.first_stage import FirstStage, restored
from prodgen_rank.index.rows import Rows
from prodgen_sdk.errors import StoreError

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = 5
REBUILD = "Rebuild the index: prodgen index build"
_NAMES = 2048


class Saved(NamedTuple):
    """A generation as it lies on disk; `vectors` is mapped read-only."""

    number: int
    sequence: int
    vectors: NDArray[np.float32]
    columns: NDArray[Any]
    names: dict[str, list[Any]]
    stage: FirstStage | None


def write_vectors(folder: Path, parts: Iterable[NDArray[np.float32]], shape: tuple[int, int]) -> NDArray[np.float32]:
    """Writes parts of an array one after another, and maps it."""
    header = {"descr": "<f4", "fortran_order": False, "shape": shape}
    with disk(folder.parent):
        with (folder / "vectors.npy").open("wb") as file:
            np.lib.format.write_array_header_1_0(file, header)
            for part in parts:
                part.astype("<f4", copy=False).tofile(file)
        return _mapped(folder, shape[0])


def seal(folder: Path, sequence: int, rows: Rows, dimension: int, stage: FirstStage | None) -> None:
    """Writes all but the vectors, then the manifest, and flushes everything to the disk."""
    with disk(folder.parent):
        np.save(folder / "columns.npy", rows.columns, allow_pickle=False)
        with (folder / "names.jsonl").open("w", encoding="utf-8") as file:
            for name, values in rows.names.items():
                for start in range(0, max(len(values), 1), _NAMES):
                    line = json.dumps([name, values[start : start + _NAMES]], separators=(",", ":"))
                    file.write(f"{line}\n")
        if stage is not None:
            import faiss

            faiss.write_index(stage.index, str(folder / "stage.faiss"))
        files = {path.name: describe(path) for path in sorted(folder.iterdir()) if path.name != "changes.log"}
        facts = {
            "format": FORMAT,
            "sequence": sequence,
            "dimension": dimension,
            "variants": rows.count,
            "products": len(rows.skus),
            "stage": None if stage is None else stage.described(),
            "files": files,
        }
        (folder / "manifest.json").write_text(json.dumps(facts, indent=1), "utf-8")
        for path in folder.iterdir():
            flush(path)
        flush(folder)


def load(folder: Path, number: int, digest: str) -> Saved:
    """The generation in a folder, every file of it verified.

    Args:
        digest: of its manifest, as CURRENT has it.

    Raises:
        StoreError: a file is missing, or does not match its checksum.
    """
    facts = manifest(folder, digest)
    for name, expected in facts["files"].items():
        if wrong := problem(folder / name, expected):
            raise StoreError(wrong, hint=REBUILD)
    names: dict[str, list[Any]] = {}
    with (folder / "names.jsonl").open(encoding="utf-8") as lines:
        for name, values in map(json.loads, lines):
            names.setdefault(name, []).extend(values)
    return Saved(
        number,
        facts["sequence"],
        _mapped(folder, facts["variants"]),
        np.load(folder / "columns.npy", allow_pickle=False),
        names,
        restored(facts["stage"], folder / "stage.faiss"),
    )


def manifest(folder: Path, digest: str) -> dict[str, Any]:
    """What a generation says of itself.

    Raises:
        StoreError: it is missing, damaged, or of another format.
    """
    path = folder / "manifest.json"
    try:
        encoded = path.read_bytes()
    except OSError:
        raise StoreError(f"{path} is missing.", hint=REBUILD) from None
    if hashlib.sha256(encoded).hexdigest() != digest:
        raise StoreError(f"{path} does not match its checksum in CURRENT.", hint=REBUILD)
    facts: dict[str, Any] = json.loads(encoded)
    if facts["format"] != FORMAT:
        raise StoreError(f"{path} has format {facts['format']}, not {FORMAT}.", hint=REBUILD)
    return facts


def problem(path: Path, expected: dict[str, Any]) -> str | None:
    """What is wrong with a file of which the manifest says this, or None."""
    try:
        found = describe(path)
    except FileNotFoundError:
        return f"{path} is missing."
    except OSError as error:
        return f"{path} cannot be read: {error.strerror or error}."
    return None if found == expected else f"{path} does not match its checksum."


def describe(path: Path) -> dict[str, Any]:
    """Size and sha256 of a file."""
    size = path.stat().st_size
    digest = hashlib.sha256()
    if size:
        # In one call, which leaves the interpreter to others; a loop over blocks would ask for it a thousand times.
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            digest.update(content)
    return {"bytes": size, "sha256": digest.hexdigest()}


@contextmanager
def disk(root: Path) -> Iterator[None]:
    """What the disk refuses, as an error of ours."""
    try:
        yield
    except OSError as error:
        raise unwritable(root, error) from error


def unwritable(root: Path, error: OSError) -> StoreError:
    hint = "Free some space." if error.errno == errno.ENOSPC else "Check the permissions of the folder."
    return StoreError(f"{root} could not be written: {error.strerror or error}.", hint=hint)


def _mapped(folder: Path, variants: int) -> NDArray[np.float32]:
    # An array without rows cannot be mapped; a plain view of the map is faster to index than numpy's memmap.
    return np.asarray(np.load(folder / "vectors.npy", mmap_mode="r" if variants else None, allow_pickle=False))


def flush(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows cannot flush a folder
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
