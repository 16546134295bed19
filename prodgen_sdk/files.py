"""Writing files whole or not at all, one writer at a time, and keeping paths where they belong."""

from __future__ import annotations

import gzip
import hashlib
import io
import logging
import os
import shutil
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from prodgen_sdk.errors import Busy, InputError, OutsideWorkspace, StoreError

_QUIETLY = 2.0
"""Seconds to wait for a lock before the log tells of it."""
logger = logging.getLogger(__name__)


@contextmanager
def replacing(path: Path, *, ending: str = ".tmp") -> Iterator[Path]:
    """A file or folder that does not exist yet, beside `path`: what is written there takes the place of `path`, whole or not at all.

    Args:
        ending: of its name, for writers that go by it.

    Raises:
        StoreError: the disk is full or not writable; nothing is left behind.

    >>> with replacing(Path("notes/b.txt")) as unfinished:
    ...     _ = unfinished.write_text("whole")
    >>> Path("notes/b.txt").read_text()
    'whole'
    """
    temporary = path.with_name(f".{uuid.uuid4().hex}{ending}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        if temporary.is_file():
            with temporary.open("r+b") as file:
                os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise StoreError(
            f"{path} could not be written: {error.strerror or error}.", hint="Free some space or choose another folder."
        ) from error
    finally:
        if temporary.is_dir():
            shutil.rmtree(temporary, ignore_errors=True)
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_atomically(path: Path, data: bytes, *, mode: int = 0o666) -> Path:
    """Writes a temporary file beside `path`, flushes it to the disk and renames it.

    Args:
        mode: rights of the file, less the process's umask; 0o600 for what is private.

    Raises:
        StoreError: the disk is full or not writable; nothing is left behind.

    >>> write_atomically(Path("notes/a.txt"), b"whole").read_bytes()
    b'whole'
    """
    with replacing(path) as temporary:
        handle = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), mode)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
    return path


@contextmanager
def locked(path: Path, *, seconds: float, work: str) -> Iterator[None]:
    """Holds the lock that a file stands for among all threads and processes; the system releases it when a process dies.

    Args:
        seconds: to wait for it.
        work: what its holder does, for the error, such as `"writing to the index"`.

    Raises:
        Busy: another one held it all that time.
        StoreError: the file cannot be written.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(path, thread_local=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=min(seconds, _QUIETLY))
        except Timeout:
            if seconds > _QUIETLY:
                logger.warning("another process is %s; waiting for it, %g seconds at most", work, seconds)
            lock.acquire(timeout=max(0.0, seconds - _QUIETLY))
    except Timeout as error:
        raise Busy(f"Another process has been {work} for {seconds:g} seconds.", hint="Try again later.") from error
    except OSError as error:
        raise StoreError(
            f"{path.parent} could not be written: {error.strerror or error}.",
            hint="Check the permissions of the folder.",
        ) from error
    try:
        yield
    finally:
        lock.release()


UNREADABLE = (OSError, EOFError, zlib.error)
"""What reading a file of `unpacked` may raise."""


@contextmanager
def unpacked(path: Path) -> Iterator[io.BufferedReader | gzip.GzipFile]:
    """A file or pipe opened for reading, without the gzip around it; its first bytes tell whether there is any, not its name.

    >>> _ = Path("log.gz").write_bytes(gzip.compress(b"a line"))
    >>> with unpacked(Path("log.gz")) as file:
    ...     file.read()
    b'a line'
    """
    with path.open("rb") as file:
        if file.peek(2)[:2] == b"\x1f\x8b":
            with gzip.GzipFile(fileobj=file) as inner:
                yield inner
        else:
            yield file


def is_file(path: str | Path) -> bool:
    """Whether there is such a file; for a name that the system cannot look up, such as one too long, `Path.is_file` raises OSError.

    >>> is_file("x" * 5000)
    False
    """
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: str | Path) -> bool:
    """The same for a folder."""
    return os.path.isdir(path)  # noqa: PTH112


def check_writable(folder: str | Path) -> Path:
    """The folder, which need not exist yet, if files can be written into it. Nothing is made.

    Raises:
        InputError: it, or what is above it, is a file, or may not be written to.
    """
    folder = Path(folder)
    there = next(path for path in (folder, *folder.absolute().parents) if os.path.lexists(path))
    if not there.is_dir():
        raise InputError(f"{there} is a file, not a folder.", hint="Name another folder.")
    if not os.access(there, os.W_OK | os.X_OK):
        raise InputError(f"{there} may not be written to.", hint="Name another folder.")
    return folder


def inside(root: Path, relative: str | Path) -> Path:
    """The real path of `relative` under `root`.

    Raises:
        OutsideWorkspace: it leaves `root`, by `..`, as an absolute path or through a link, or is no path at all.

    >>> inside(Path("/shop"), "photos/mug.jpg").as_posix()
    '/shop/photos/mug.jpg'
    """
    base = root.resolve()
    try:
        path = (base / relative).resolve()
    except (OSError, ValueError, RuntimeError):  # a NUL, half a surrogate pair, a loop of links
        raise OutsideWorkspace(f"{str(relative)!r:.100} is no path below {base}.") from None
    if not path.is_relative_to(base):
        raise OutsideWorkspace(
            f"{relative} lies outside {base}.", hint="Move the file into that folder and name it relative to it."
        )
    return path


def read_lines(path: Path) -> list[str]:
    r"""The lines of a UTF-8 file, without their ends.

    `str.splitlines` is not for JSON Lines: it also splits at characters that a text in JSON may hold, such as U+2028.

    >>> _ = Path("titles.jsonl").write_text('"Mug\u2028Jug"\n{}\n', "utf-8")
    >>> len(read_lines(Path("titles.jsonl")))
    2
    """
    with path.open(encoding="utf-8") as file:
        return [line.rstrip("\n") for line in file]


def file_digest(path: Path) -> str:
    """sha256 of a file's bytes, read in pieces.

    >>> _ = Path("empty").write_bytes(b"")
    >>> file_digest(Path("empty"))[:8]
    'e3b0c442'
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
