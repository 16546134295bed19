"""What names the weights of a checkpoint, and whether they are the stated ones."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from prodgen_sdk.checkpoints.safety import files
from prodgen_sdk.checkpoints.sources import Checkpoint, Source, WeightsFile, local_path
from prodgen_sdk.errors import ConfigError
from prodgen_sdk.files import file_digest, write_atomically
from prodgen_sdk.threads import cores

_AT_ONCE = 8  # files that are read at the same time


def folder_digest(folder: Path, digest: Callable[[Path], str] = file_digest) -> str:
    """sha256 of the lines "<sha256 of the file>  <its path>" of all files that are not hidden, by path, separated by "/".

    In a shell: `find . -type f -not -path '*/.*' | sed 's|^./||' | LC_ALL=C sort | xargs -d '\\n' sha256sum | sha256sum`
    """
    lines = sorted((path.relative_to(folder).as_posix(), path) for path in files(folder))
    with ThreadPoolExecutor(min(_AT_ONCE, cores())) as pool:  # hashing lets other threads run
        digests = pool.map(digest, [path for _, path in lines])
        text = "".join(f"{found}  {name}\n" for found, (name, _) in zip(digests, lines, strict=True))
    return hashlib.sha256(text.encode()).hexdigest()


def check_digest(path: Path, wanted: str | None) -> None:
    """Compares a file or folder with the digest that the configuration states, if it states one.

    Raises:
        ConfigError: it is another one; the message has both.
    """
    if wanted is None:
        return
    found = folder_digest(path) if path.is_dir() else file_digest(path)
    if found != wanted:
        raise ConfigError(
            f"{path} is not what the configuration names: its digest is {found}, not {wanted}.",
            hint="Fetch it again, or state its digest if the change was meant.",
        )


def identity(source: Source, path: Path, state: Path | None = None) -> str:
    """What names the weights: the stated digest, the pinned revision, or the digest of what lies at `path`.

    Args:
        state: a folder in which digests of files are remembered for as long as their size and time stay the same.
    """
    if source.digest is not None:
        return source.digest
    if local_path(source.model) is None:
        which = source.variant if isinstance(source, Checkpoint) else ""
        which = source.file if isinstance(source, WeightsFile) else which
        where = f"/{source.subfolder}" if isinstance(source, Checkpoint) and source.subfolder else ""
        return hashlib.sha256(f"{source.model}{where}@{source.revision} {which}".encode()).hexdigest()
    digest = _remembered(state)
    return folder_digest(path, digest) if path.is_dir() else digest(path)


def _remembered(state: Path | None) -> Callable[[Path], str]:
    memory = state / "digests.json" if state is not None and state.is_dir() else None
    known: dict[str, str] = {}
    if memory is not None and memory.is_file():
        with suppress(ValueError):
            known = json.loads(memory.read_text("utf-8"))
    one_at_a_time = threading.Lock()

    def digest(path: Path) -> str:
        facts = path.stat()
        key = f"{path.resolve()} {facts.st_size} {facts.st_mtime_ns}"
        if key not in known:
            found = file_digest(path)
            with one_at_a_time:
                known[key] = found
                if memory is not None:
                    write_atomically(memory, json.dumps(known).encode())
        return known[key]

    return digest
