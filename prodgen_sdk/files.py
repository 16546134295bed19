"""Writing files whole or not at all, and keeping paths where they belong."""

from __future__ import annotations

import hashlib
import os
import uuid
from pathlib import Path

from prodgen_sdk.errors import OutsideWorkspace, StoreError


def write_atomically(path: Path, data: bytes, *, mode: int = 0o666) -> Path:
    """Writes a temporary file beside `path`, flushes it to the disk and renames it.

    Args:
        mode: rights of the file, less the process's umask; 0o600 for what is private.

    Raises:
        StoreError: the disk is full or not writable; nothing is left behind.
    """
    temporary = path.with_name(f".{path.name[:100]}.{uuid.uuid4().hex}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), mode)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        return path
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise StoreError(
            f"{path} could not be written: {error.strerror or error}.", hint="Free some space or choose another folder."
        ) from error


def inside(root: Path, relative: str | Path) -> Path:
    """The real path of `relative` under `root`.

    Raises:
        OutsideWorkspace: it leaves `root`, by `..`, as an absolute path or through a link.
    """
    base = root.resolve()
    path = (base / relative).resolve()
    if not path.is_relative_to(base):
        raise OutsideWorkspace(
            f"{relative} lies outside {base}.", hint="Move the file into that folder and name it relative to it."
        )
    return path


def file_digest(path: Path) -> str:
    """sha256 of a file's bytes, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
