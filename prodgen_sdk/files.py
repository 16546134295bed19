"""Writing files whole or not at all, and keeping paths where they belong."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from prodgen_sdk.errors import OutsideWorkspace, StoreError


def write_atomically(path: Path, data: bytes) -> Path:
    """Writes a temporary file beside `path`, flushes it to the disk and renames it.

    Raises:
        StoreError: the disk is full or not writable; nothing is left behind.
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
        return path
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
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
