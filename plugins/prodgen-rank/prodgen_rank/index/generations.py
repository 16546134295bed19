"""Numbered folders of an index on disk, of which one pointer names the current one.

```
CURRENT                  "<number> <sha256 of the manifest>"
writer.lock              held by the one process that writes
generation-00000007/     never changed once CURRENT names it, but for its log
    manifest.json        sequence, dimension, counts, bytes and sha256 of each file
    vectors.npy          float32 [rows, dimension], mapped by readers
    columns.npy          sku, category, tag set, price and stock of each row
    names.json           the words behind the codes
    changes.log          what came after, see delta_log
```
A generation is written beside the others, flushed and renamed before CURRENT is replaced, so that a kill leaves the old
state or the new one. The generation before the current one is kept for readers that are just opening it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from prodgen_sdk.errors import Busy, StoreError
from prodgen_sdk.files import write_atomically

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = 1
REBUILD = "Rebuild the index: prodgen index build"
_LOCK_SECONDS = 60.0


class Saved(NamedTuple):
    """A generation as it lies on disk; `vectors` is mapped read-only."""

    number: int
    sequence: int
    vectors: NDArray[np.float32]
    columns: NDArray[Any]
    names: dict[str, list[Any]]


class Generations:
    """The folder of one index."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the lock of the one writer among all processes; the system releases it when a process dies."""
        from filelock import FileLock, Timeout

        self.root.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.root / "writer.lock", timeout=_LOCK_SECONDS, thread_local=False):
                yield
        except Timeout as error:
            raise Busy(
                f"Another process has been writing to {self.root} for a minute.", hint="Try again later."
            ) from error

    def folder(self, number: int) -> Path:
        return self.root / f"generation-{number:08d}"

    def log(self, number: int) -> Path:
        return self.folder(number) / "changes.log"

    def current(self) -> tuple[int, str] | None:
        """Number and manifest digest that CURRENT names, or None in an empty folder; raises StoreError if it is damaged."""
        try:
            text = (self.root / "CURRENT").read_text("ascii", errors="replace")
        except FileNotFoundError:
            if self._numbers():
                raise StoreError(f"{self.root} holds an index but no CURRENT.", hint=REBUILD) from None
            return None
        match = re.fullmatch(r"(\d{1,12}) ([0-9a-f]{64})\n", text)
        if match is None:
            raise StoreError(f"{self.root / 'CURRENT'} is damaged.", hint=REBUILD)
        return int(match[1]), match[2]

    def mark(self, number: int) -> tuple[int, int, int]:
        """Changes when another process wrote; two looks at the file system."""
        try:
            pointer = (self.root / "CURRENT").stat()
        except FileNotFoundError:
            return 0, 0, 0
        try:
            size = self.log(number).stat().st_size
        except FileNotFoundError:
            size = 0
        return pointer.st_ino, pointer.st_mtime_ns, size

    def open(self) -> Saved | None:
        """The current generation, every file of it verified; None where nothing was written yet.

        Raises:
            StoreError: a file is missing, or does not match its checksum.
        """
        for _ in range(10):
            named = self.current()
            if named is None:
                return None
            try:
                return self._load(*named)
            except StoreError:
                # A writer may have replaced and cleaned away what CURRENT named a moment ago.
                if self.current() == named:
                    raise
        raise StoreError(f"{self.root} changes faster than it can be read.", hint="Try again.")

    def publish(
        self, sequence: int, vectors: NDArray[np.float32], columns: NDArray[Any], names: Mapping[str, list[Any]]
    ) -> int:
        """Writes a new generation and makes it the current one; returns its number. The lock must be held.

        Raises:
            StoreError: the disk is full or not writable; the old generation stays current.
        """
        number = max(self._numbers(), default=0) + 1
        temporary = None
        try:
            temporary = Path(tempfile.mkdtemp(prefix=".writing-", dir=self.root))
            np.save(temporary / "vectors.npy", vectors, allow_pickle=False)
            np.save(temporary / "columns.npy", columns, allow_pickle=False)
            (temporary / "names.json").write_text(json.dumps(names, separators=(",", ":")), "utf-8")
            files = {path.name: describe(path) for path in sorted(temporary.iterdir())}
            manifest = {
                "format": FORMAT,
                "sequence": sequence,
                "dimension": int(vectors.shape[1]),
                "variants": len(vectors),
                "products": len(names["skus"]),
                "files": files,
            }
            encoded = json.dumps(manifest, indent=1).encode()
            (temporary / "manifest.json").write_bytes(encoded)
            for path in temporary.iterdir():
                _flush(path)
            _flush(temporary)
            temporary.rename(self.folder(number))
            _flush(self.root)
            write_atomically(self.root / "CURRENT", f"{number} {hashlib.sha256(encoded).hexdigest()}\n".encode())
            _flush(self.root)
        except OSError as error:
            if temporary is not None:
                shutil.rmtree(temporary, ignore_errors=True)
            raise StoreError(
                f"{self.root} could not be written: {error.strerror or error}.", hint="Free some space."
            ) from error
        self._clean(keep=number)
        return number

    def bytes_used(self) -> int:
        return sum(path.stat().st_size for path in self.root.rglob("*") if path.is_file()) if self.root.exists() else 0

    def problems(self) -> list[str]:
        """What is wrong with the pointer, manifest and files of the current generation, one sentence each."""
        try:
            named = self.current()
            if named is None:
                return []
            files = self._manifest(*named)["files"]
        except StoreError as error:
            return [error.message]
        folder = self.folder(named[0])
        return [
            f"{folder / name} does not match its checksum."
            if (folder / name).exists()
            else f"{folder / name} is missing."
            for name, expected in files.items()
            if not (folder / name).exists() or describe(folder / name) != expected
        ]

    def _load(self, number: int, digest: str) -> Saved:
        folder, manifest = self.folder(number), self._manifest(number, digest)
        for name, expected in manifest["files"].items():
            try:
                found = describe(folder / name)
            except OSError:
                raise StoreError(f"{folder / name} is missing.", hint=REBUILD) from None
            if found != expected:
                raise StoreError(f"{folder / name} does not match its checksum.", hint=REBUILD)
        # An array without rows cannot be mapped; a plain view of the map is faster to index than numpy's memmap.
        vectors = np.load(folder / "vectors.npy", mmap_mode="r" if manifest["variants"] else None, allow_pickle=False)
        return Saved(
            number,
            manifest["sequence"],
            np.asarray(vectors),
            np.load(folder / "columns.npy", allow_pickle=False),
            json.loads((folder / "names.json").read_text("utf-8")),
        )

    def _manifest(self, number: int, digest: str) -> dict[str, Any]:
        path = self.folder(number) / "manifest.json"
        try:
            encoded = path.read_bytes()
        except OSError:
            raise StoreError(f"{path} is missing.", hint=REBUILD) from None
        if hashlib.sha256(encoded).hexdigest() != digest:
            raise StoreError(f"{path} does not match its checksum.", hint=REBUILD)
        manifest: dict[str, Any] = json.loads(encoded)
        if manifest["format"] != FORMAT:
            raise StoreError(f"{path} has format {manifest['format']}, not {FORMAT}.", hint=REBUILD)
        return manifest

    def _numbers(self) -> list[int]:
        return [int(path.name.removeprefix("generation-")) for path in self.root.glob("generation-*")]

    def _clean(self, keep: int) -> None:
        older = sorted(number for number in self._numbers() if number < keep)
        for path in [*self.root.glob(".writing-*"), *map(self.folder, older[:-1])]:
            # Where an open map keeps a file from being removed, the next writer tries again.
            shutil.rmtree(path, ignore_errors=True)


def describe(path: Path) -> dict[str, Any]:
    """Size and sha256 of a file."""
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _flush(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows cannot flush a folder
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
