"""Files in a local folder or an object store, written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from prodgen_sdk.errors import ConfigError, MissingDependency, StoreError
from prodgen_sdk.files import write_atomically
from prodgen_sdk.store.masking import mask

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem


class Blobs:
    """A tree of files below one root.

    Args:
        url: a folder, or an fsspec URL such as `s3://bucket/assets` or `memory://assets`.
        private: files that only this user of the machine may read.

    Raises:
        ConfigError: an unknown kind of URL.
        MissingDependency: the driver of that kind is not installed.
    """

    def __init__(self, url: str | Path, *, private: bool = False) -> None:
        self._mode = 0o600 if private else 0o666
        self._shown = mask(url)
        self.folder = _local_folder(str(url))
        """The local folder, or None."""
        if self.folder is not None:
            self.root = self.folder.as_posix().rstrip("/")
            return
        try:
            self._fs, root = _open(str(url))
        except ImportError as error:
            raise MissingDependency(
                f"{self._shown} cannot be opened: {mask(error)}.", hint="Install the named package with pip."
            ) from None
        except ValueError as error:
            raise ConfigError(
                f"{self._shown} is no place for files: {mask(error)}.",
                hint="Give a folder, or a URL such as s3://bucket/folder.",
            ) from None
        self.root = root.rstrip("/")

    @cached_property
    def _fs(self) -> AbstractFileSystem:
        """The local file system, on first use: importing fsspec takes a fifth of a second, and many commands touch no file."""
        from fsspec.implementations.local import LocalFileSystem

        return LocalFileSystem()

    def write(self, name: str, data: bytes) -> None:
        """Writes `data`; a reader sees all of it or nothing. On a local disk it is flushed before this returns.

        Raises:
            StoreError: the disk is full or the place refuses; nothing is left behind.
        """
        if self.folder is not None:
            path = self.folder / name
            fresh = not path.parent.exists()
            write_atomically(path, data, mode=self._mode)
            _flush_folders(path.parent, self.folder if fresh else path.parent)
            return
        file = None
        try:
            file = self._fs.open(self._path(name), "wb", autocommit=False)
            file.write(data)
            file.close()
            file.commit()
        except Exception as error:  # drivers raise errors of their own
            if file is not None:
                file.discard()
            raise StoreError(
                f"{self._shown}/{name} could not be written: {mask(error)}.",
                hint="Check the address, the rights and the space left.",
            ) from error

    def read(self, name: str) -> bytes | None:
        """The bytes, or None if there is no such file."""
        try:
            data: bytes = self._fs.cat_file(self._path(name))
            return data
        except FileNotFoundError:
            return None
        except Exception as error:
            raise StoreError(f"{self._shown}/{name} could not be read: {mask(error)}.") from error

    def size(self, name: str) -> int:
        return int(self._fs.size(self._path(name)))

    def touch(self, name: str) -> None:
        """Marks a local file as just used."""
        if self.folder is not None:
            os.utime(self.folder / name)

    def modified(self, name: str) -> datetime:
        at: datetime = self._fs.modified(self._path(name))
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at

    def delete(self, name: str) -> bool:
        """Whether there was such a file."""
        try:
            self._fs.rm_file(self._path(name))
            return True
        except FileNotFoundError:
            return False
        except Exception as error:
            raise StoreError(f"{self._shown}/{name} could not be deleted: {mask(error)}.") from error

    def delete_folder(self, name: str) -> int:
        """Deletes the files directly in a folder, unfinished ones included, and the folder; how many files that was."""
        deleted = sum(self.delete(file) for file in self.names(name))
        if self.folder is not None:
            with suppress(OSError):
                (self.folder / name).rmdir()
        return deleted

    def names(self, prefix: str) -> list[str]:
        """Names of the files directly in the folder `prefix`, sorted."""
        try:
            if self.folder is not None:
                with os.scandir(self.folder / prefix) as found:
                    return sorted(f"{prefix}/{entry.name}" for entry in found if entry.is_file())
            entries = self._fs.ls(self._path(prefix), detail=True)
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(self._name(entry["name"]) for entry in entries if entry["type"] == "file")

    def walk(self) -> Iterator[str]:
        """Names of all files, folder by folder."""
        for _, _, files in self._fs.walk(self.root, detail=True):
            for entry in files.values():
                yield self._name(entry["name"])

    def contains(self, other: Blobs) -> bool:
        """Whether the files of `other` lie below this root, or at it."""
        if self.folder is not None or other.folder is not None:
            same = self.folder is not None and other.folder is not None
        else:
            same = type(self._fs) is type(other._fs) and self._fs.storage_options == other._fs.storage_options
        return same and f"{other.root}/".startswith(f"{self.root}/")

    def _path(self, name: str) -> str:
        return f"{self.root}/{name}"

    def _name(self, path: str) -> str:
        return path[path.index(self.root) + len(self.root) + 1 :] if self.root else path.lstrip("/")


def _local_folder(url: str) -> Path | None:
    """The folder that is meant; None for a URL of another kind."""
    if "://" in url and not url.startswith("file://"):
        return None
    # fsspec would take the name of a folder for a chain of file systems where it holds two colons.
    return Path(url.removeprefix("file://")).expanduser().absolute()


def _open(url: str) -> tuple[AbstractFileSystem, str]:
    import fsspec

    opened: tuple[AbstractFileSystem, str] = fsspec.core.url_to_fs(url, use_listings_cache=False)
    return opened


def _flush_folders(first: Path, last: Path) -> None:
    """Makes new entries of folders durable, from `first` up to `last`."""
    if os.name == "nt":
        return
    for folder in (first, *first.parents):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        if folder == last:
            return
