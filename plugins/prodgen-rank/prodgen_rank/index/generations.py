"""Numbered folders of an index on disk, of which one pointer names the current one.

```
CURRENT                  "<number> <sha256 of the manifest>"
writer.lock              held by the one process that writes
builder.lock             held by the one process that builds a generation beside what is served
.writing-xxxxxxxx/       a generation that is being written by the holder of the writer's lock, or that was left by a kill
.building-xxxxxxxx/      the same of the builder
generation-00000007/     never changed once CURRENT names it, but for its log
    manifest.json ...    see contents
    changes.log          what came after, see delta_log
```
A generation is written beside the others, flushed and renamed before CURRENT is replaced, so that a kill leaves the old
state or the new one. The generation before the current one is kept for readers that are just opening it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from prodgen_rank.index import contents
from prodgen_rank.index.contents import REBUILD, disk, flush
from prodgen_sdk.errors import StoreError
from prodgen_sdk.files import locked, write_atomically

_LOCK_SECONDS = 60.0
_WRITING, _BUILDING = ".writing-", ".building-"


class Generations:
    """The folder of one index."""

    def __init__(self, root: Path) -> None:
        self.root = root
        # Looked at several times a request, where making a Path costs more than the look.
        self._pointer = os.fspath(root / "CURRENT")
        self._log = 0, os.fspath(self.log(0))

    def writing(self) -> AbstractContextManager[None]:
        """Holds the lock of the one writer among all processes; the system releases it when a process dies."""
        return locked(self.root / "writer.lock", seconds=_LOCK_SECONDS, work=f"writing to {self.root}")

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

    def open(self) -> contents.Saved | None:
        """The current generation, every file of it verified; None where nothing was written yet.

        Raises:
            StoreError: a file is missing, or does not match its checksum.
        """
        for _ in range(10):
            named = self.current()
            if named is None:
                return None
            try:
                return contents.load(self.folder(named[0]), *named)
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
        with disk(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(prefix=_BUILDING if beside else _WRITING, dir=self.root))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def publish(self, folder: Path) -> int:
        """Makes a sealed folder the current generation; returns its number. The writer's lock must be held.

        Raises:
            StoreError: the disk is full or not writable; the old generation stays current.
        """
        number = max(self._numbers(), default=0) + 1
        with disk(self.root):
            digest = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
            folder.rename(self.folder(number))
            flush(self.root)
            write_atomically(self.root / "CURRENT", f"{number} {digest}\n".encode())
            flush(self.root)
        for older in sorted(other for other in self._numbers() if other < number)[:-1]:
            # Where an open map keeps a file from being removed, the next writer tries again.
            shutil.rmtree(self.folder(older), ignore_errors=True)
        self._sweep(_WRITING)
        return number

    def carry(self, number: int, start: int, end: int, folder: Path) -> None:
        """Appends bytes of a generation's log to the log of one that is being built, and flushes them."""
        if end > start:
            with disk(self.root), self.log(number).open("rb") as log, (folder / "changes.log").open("ab") as file:
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
            folder, files = self.folder(named[0]), contents.manifest(self.folder(named[0]), named[1])["files"]
        except StoreError as error:
            return [error.message]
        return [problem for name, expected in files.items() if (problem := contents.problem(folder / name, expected))]

    def _sweep(self, prefix: str) -> None:
        for path in self.root.glob(f"{prefix}*"):
            shutil.rmtree(path, ignore_errors=True)

    def _numbers(self) -> list[int]:
        return [int(path.name.removeprefix("generation-")) for path in self.root.glob("generation-*")]
