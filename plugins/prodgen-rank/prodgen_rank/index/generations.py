"""Numbered folders of an index on disk, of which one pointer names the current one.

```
CURRENT                  "<number> <sha256 of the manifest>"
writer.lock              held by the one process that writes
builder.lock             held by the one process that builds a generation beside what is served
.writing-xxxxxxxx/       a generation that is being written by the holder of the writer's lock, or that was left by a kill
.building-xxxxxxxx/      the same of the builder
generation-00000007/     never changed once CURRENT names it, but for its log
    manifest.json        sequence, dimension, counts, plans of the first stage, bytes and sha256 of each file
    vectors.npy          float32 [rows, dimension], mapped by readers
    columns.npy          sku, category, tag set, price and stock of each row
    names.jsonl          the words behind the codes, some thousand a line
    stage.faiss          the first stage, if there is one
    changes.log          what came after, see delta_log
```
A generation is written beside the others, flushed and renamed before CURRENT is replaced, so that a kill leaves the old
state or the new one. The generation before the current one is kept for readers that are just opening it.
"""

from __future__ import annotations

import errno
import hashlib
import json
import mmap
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from prodgen_rank.index.first_stage import FirstStage, restored
from prodgen_rank.index.rows import Rows
from prodgen_sdk.errors import Busy, StoreError
from prodgen_sdk.files import write_atomically

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = 4
REBUILD = "Rebuild the index: prodgen index build"
_LOCK_SECONDS = 60.0
_NAMES = 2048
_WRITING, _BUILDING = ".writing-", ".building-"


class Saved(NamedTuple):
    """A generation as it lies on disk; `vectors` is mapped read-only."""

    number: int
    sequence: int
    vectors: NDArray[np.float32]
    columns: NDArray[Any]
    names: dict[str, list[Any]]
    stage: FirstStage | None


class Generations:
    """The folder of one index."""

    def __init__(self, root: Path) -> None:
        self.root = root
        # Looked at several times a request, where making a Path costs more than the look.
        self._pointer = os.fspath(root / "CURRENT")
        self._log = 0, os.fspath(self.log(0))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the lock of the one writer among all processes; the system releases it when a process dies."""
        from filelock import FileLock, Timeout

        lock = FileLock(self.root / "writer.lock", timeout=_LOCK_SECONDS, thread_local=False)
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout as error:
            raise Busy(
                f"Another process has been writing to {self.root} for a minute.", hint="Try again later."
            ) from error
        except OSError as error:
            raise _unwritable(self.root, error) from error
        try:
            yield
        finally:
            lock.release()

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
            pointer = os.stat(self._pointer)  # noqa: PTH116
        except FileNotFoundError:
            return 0, 0, 0
        known, log = self._log
        if known != number:
            log = os.fspath(self.log(number))
            self._log = number, log
        try:
            size = os.stat(log).st_size  # noqa: PTH116
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

    @contextmanager
    def building(self) -> Iterator[bool]:
        """Whether the one builder's lock was free; if so, it is held meanwhile, and what dead builders left is removed."""
        from filelock import FileLock, Timeout

        self.root.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.root / "builder.lock", thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            yield False
            return
        try:
            self._sweep(_BUILDING)
            yield True
        finally:
            lock.release()

    @contextmanager
    def draft(self, *, beside: bool = False) -> Iterator[Path]:
        """A folder for a generation to come, removed afterwards if it was not published.

        Args:
            beside: for the holder of the builder's lock; the writer's must be held otherwise.
        """
        with _disk(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(prefix=_BUILDING if beside else _WRITING, dir=self.root))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def write_vectors(
        self, folder: Path, parts: Iterable[NDArray[np.float32]], shape: tuple[int, int]
    ) -> NDArray[np.float32]:
        """Writes parts of an array one after another, and maps it."""
        header = {"descr": "<f4", "fortran_order": False, "shape": shape}
        with _disk(self.root):
            with (folder / "vectors.npy").open("wb") as file:
                np.lib.format.write_array_header_1_0(file, header)
                for part in parts:
                    part.astype("<f4", copy=False).tofile(file)
            return _mapped(folder, shape[0])

    def seal(self, folder: Path, sequence: int, rows: Rows, dimension: int, stage: FirstStage | None) -> None:
        """Writes all but the vectors, then the manifest, and flushes everything to the disk."""
        with _disk(self.root):
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
            manifest = {
                "format": FORMAT,
                "sequence": sequence,
                "dimension": dimension,
                "variants": rows.count,
                "products": len(rows.skus),
                "stage": None if stage is None else stage.described(),
                "files": files,
            }
            (folder / "manifest.json").write_text(json.dumps(manifest, indent=1), "utf-8")
            for path in folder.iterdir():
                _flush(path)
            _flush(folder)

    def publish(self, folder: Path) -> int:
        """Makes a sealed folder the current generation; returns its number. The writer's lock must be held.

        Raises:
            StoreError: the disk is full or not writable; the old generation stays current.
        """
        number = max(self._numbers(), default=0) + 1
        with _disk(self.root):
            digest = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
            folder.rename(self.folder(number))
            _flush(self.root)
            write_atomically(self.root / "CURRENT", f"{number} {digest}\n".encode())
            _flush(self.root)
        for older in sorted(other for other in self._numbers() if other < number)[:-1]:
            # Where an open map keeps a file from being removed, the next writer tries again.
            shutil.rmtree(self.folder(older), ignore_errors=True)
        self._sweep(_WRITING)
        return number

    def carry(self, number: int, start: int, end: int, folder: Path) -> None:
        """Appends bytes of a generation's log to the log of one that is being built, and flushes them."""
        if end > start:
            with _disk(self.root), self.log(number).open("rb") as log, (folder / "changes.log").open("ab") as file:
                log.seek(start)
                file.write(log.read(end - start))
                file.flush()
                os.fsync(file.fileno())

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
        names: dict[str, list[Any]] = {}
        with (folder / "names.jsonl").open(encoding="utf-8") as lines:
            for name, values in map(json.loads, lines):
                names.setdefault(name, []).extend(values)
        return Saved(
            number,
            manifest["sequence"],
            _mapped(folder, manifest["variants"]),
            np.load(folder / "columns.npy", allow_pickle=False),
            names,
            restored(manifest["stage"], folder / "stage.faiss"),
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

    def _sweep(self, prefix: str) -> None:
        for path in self.root.glob(f"{prefix}*"):
            shutil.rmtree(path, ignore_errors=True)

    def _numbers(self) -> list[int]:
        return [int(path.name.removeprefix("generation-")) for path in self.root.glob("generation-*")]


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
def _disk(root: Path) -> Iterator[None]:
    """What the disk refuses, as an error of ours."""
    try:
        yield
    except OSError as error:
        raise _unwritable(root, error) from error


def _unwritable(root: Path, error: OSError) -> StoreError:
    hint = "Free some space." if error.errno == errno.ENOSPC else "Check the permissions of the folder."
    return StoreError(f"{root} could not be written: {error.strerror or error}.", hint=hint)


def _mapped(folder: Path, variants: int) -> NDArray[np.float32]:
    # An array without rows cannot be mapped; a plain view of the map is faster to index than numpy's memmap.
    return np.asarray(np.load(folder / "vectors.npy", mmap_mode="r" if variants else None, allow_pickle=False))


def _flush(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows cannot flush a folder
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
