"""What deleted rows leave in the unused space of an SQLite file.

SQLite overwrites what is deleted (`secure_delete`), but where rows move to another page, as when a full page is split in two, their
old copies stay in the unused space of the first page until new rows come to lie there. A later delete does not reach them. For the
layout of a page see https://sqlite.org/fileformat2.html#b_tree_pages
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from struct import unpack_from
from typing import BinaryIO

_HEADERS = {2: 12, 5: 12, 10: 8, 13: 8}
"""Bytes of the header of each kind of B-tree page; all other pages are full of what is stored, or free."""
_PAGES = 4096

logger = logging.getLogger(__name__)


def left(file: Path, words: Sequence[str]) -> list[str]:
    """The words that unused space still holds; all of them where nobody can tell.

    A program of its own reads the file: to close a file lets go of all locks that this process has on it, those of SQLite too, and
    threads that answer requests go on.

    Args:
        file: one whose write-ahead log is empty. Others may write meanwhile: what a page's unused space holds stays in that page.
    """
    command = [sys.executable, "-I", "-S", __file__, os.fspath(file)]
    try:
        done = subprocess.run(command, input=json.dumps(words).encode(), capture_output=True, check=True)  # noqa: S603 - this very file
        return list(json.loads(done.stdout))
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        logger.debug("%s could not be searched: %s", file, error)
        return list(words)


def _unused(file: Path) -> Iterator[bytes]:
    """The bytes beside the cells of all pages, and those of free pages, some thousand pages at a time."""
    with file.open("rb") as pages:
        head = pages.read(100)
        size = unpack_from(">H", head, 16)[0]
        size = 65536 if size == 1 else size
        free = set(_free(pages, size, *unpack_from(">I", head, 32)))
        pages.seek(0)
        number = 1
        while block := pages.read(size * _PAGES):
            found = []
            for at in range(0, len(block), size):
                page = block[at : at + size]
                found.append(page.strip(b"\0") if number in free else _gaps(page, 100 if number == 1 else 0))
                number += 1
            yield b"\n".join(found)


def _free(pages: BinaryIO, size: int, trunk: int) -> Iterator[int]:
    """The numbers of the pages that are in use for nothing."""
    while trunk:
        yield trunk
        pages.seek((trunk - 1) * size)
        page = pages.read(size)
        trunk, count = unpack_from(">II", page)
        yield from unpack_from(f">{count}I", page, 8)


def _gaps(page: bytes, start: int) -> bytes:
    """What is in none of a page's cells."""
    kind = page[start]
    if kind not in _HEADERS:
        return b""
    block, cells, top = unpack_from(">HHH", page, start + 1)
    found = [page[start + _HEADERS[kind] + 2 * cells : top or 65536].strip(b"\0")]
    while block:
        following, size = unpack_from(">HH", page, block)
        found.append(page[block + 4 : block + size].strip(b"\0"))
        block = following
    return b"\n".join(found)


def _main() -> None:
    sought = {word: word.encode() for word in json.load(sys.stdin)}
    found: set[str] = set()
    for part in _unused(Path(sys.argv[1])):
        found.update(word for word, text in sought.items() if text in part)
    json.dump(sorted(found), sys.stdout)


if __name__ == "__main__":
    _main()
