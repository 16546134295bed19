"""Images and other files, named by the sha256 of their bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prodgen_sdk.errors import InputError, StoreError
from prodgen_sdk.store.blobs import Blobs

_DIGEST = re.compile(r"[0-9a-f]{64}")
_SUFFIX = re.compile(r"(\.[A-Za-z0-9]{1,10})?")
_SIGNATURES = {b"\x89PNG\r\n\x1a\n": ".png", b"\xff\xd8\xff": ".jpg", b"glTF": ".glb"}


class AssetStore:
    """Content-addressed files in a local folder or, by an fsspec URL, in an object store.

    A file lies at `ab/cd/abcd....png`. It is never changed once written, and is verified whenever it is read.

    >>> assets = AssetStore("memory://doctest")
    >>> assets.get(assets.put(b"hello", ".txt"))
    b'hello'
    """

    def __init__(self, url: str | Path) -> None:
        self._blobs = Blobs(url)

    @property
    def folder(self) -> Path | None:
        """The local folder, or None for an object store."""
        return self._blobs.folder

    def put(self, data: bytes, suffix: str = "") -> str:
        """Stores `data` and returns its digest; what is stored already is not written again.

        Args:
            suffix: ending of the file name, such as `.obj`; PNG, JPEG and GLB files are recognised without.

        Raises:
            StoreError: it could not be written; nothing is left behind.
        """
        suffix = suffix or next((end for start, end in _SIGNATURES.items() if data.startswith(start)), "")
        if not _SUFFIX.fullmatch(suffix):
            raise InputError(f"{suffix!r} is no ending of a file name.", hint="Write it like .png.")
        digest = hashlib.sha256(data).hexdigest()
        name = self._find(digest)
        if name is None or self._blobs.size(name) != len(data):
            self._blobs.write(name or f"{_shard(digest)}/{digest}{suffix.lower()}", data)
        else:
            self._blobs.touch(name)  # so that a collection of garbage that runs right now leaves it alone
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes, verified.

        Raises:
            StoreError: the asset is missing or damaged.
        """
        name = self._find(digest)
        data = None if name is None else self._blobs.read(name)
        if data is None:
            raise StoreError(
                f"The asset {digest} is missing.", hint="Restore it from a backup, or generate the image again."
            )
        if hashlib.sha256(data).hexdigest() != digest:
            raise StoreError(
                f"The asset {digest} is damaged: its bytes do not match its digest.",
                hint=f"Restore it from a backup; or delete {self.local_path(digest) or name} and generate the image again.",
            )
        return data

    def has(self, digest: str) -> bool:
        return self._find(digest) is not None

    def delete(self, digest: str) -> bool:
        """Whether there was such an asset."""
        name = self._find(digest)
        return name is not None and self._blobs.delete(name)

    def local_path(self, digest: str) -> Path | None:
        """Where the file lies, for programs that need a path; None in an object store or if it is missing. Not verified."""
        name = self._find(digest)
        return None if name is None or self.folder is None else self.folder / name

    def holds(self, files: Blobs) -> bool:
        """Whether `files` lie among the assets."""
        return self._blobs.contains(files)

    def __iter__(self) -> Iterator[str]:
        """All digests."""
        return (digest for digest, _ in self._files())

    def orphans(self, referenced: Container[str], *, older_than: timedelta = timedelta(hours=1)) -> Iterator[str]:
        """Digests that are not in `referenced` and were not used for a while.

        The age protects an asset that was written a moment ago and whose row is about to be.
        """
        limit = datetime.now(UTC) - older_than
        for digest, name in self._files():
            if digest not in referenced and self._blobs.modified(name) <= limit:
                yield digest

    def collect(self, referenced: Container[str], *, older_than: timedelta = timedelta(hours=1)) -> int:
        """Deletes `orphans`, and what writers that were killed left behind; how many files that was."""
        deleted = sum(self.delete(digest) for digest in list(self.orphans(referenced, older_than=older_than)))
        limit = datetime.now(UTC) - older_than
        unfinished = [name for name in self._blobs.walk() if name.endswith(".tmp")]
        return deleted + sum(self._blobs.delete(name) for name in unfinished if self._blobs.modified(name) <= limit)

    def _files(self) -> Iterator[tuple[str, str]]:
        for name in self._blobs.walk():
            digest = Path(name).name.partition(".")[0]
            if _DIGEST.fullmatch(digest):
                yield digest, name

    def _find(self, digest: str) -> str | None:
        if not _DIGEST.fullmatch(digest):
            raise InputError(f"{digest!r} is no digest.", hint="A digest is 64 hexadecimal digits.")
        # The suffix is not part of the digest: a shard holds so few files that listing it is one cheap step.
        for name in self._blobs.names(_shard(digest)):
            if Path(name).name.partition(".")[0] == digest:
                return name
        return None


def _shard(digest: str) -> str:
    return f"{digest[:2]}/{digest[2:4]}"
