"""Lines of text files, which may be compressed by gzip."""

from __future__ import annotations

import gzip
import math
from itertools import islice
from pathlib import Path
from typing import IO, Any


def text(path: Path) -> IO[str]:
    """A file opened as UTF-8 text; gzip is told by its first bytes, whatever the name says."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rt", encoding="utf-8-sig") if packed else path.open(encoding="utf-8-sig")


def first_lines(path: Path, n: int) -> list[str]:
    """The first lines that are not blank, without spaces around them."""
    with text(path) as file:
        return list(islice((line.strip() for line in file if line.strip()), n))


def finite(value: Any, number: int) -> float:
    """The number that stands in a line.

    Raises:
        ValueError: it is none, or not a finite one.
    """
    found = float(value)
    if not math.isfinite(found):
        raise ValueError(f"line {number} holds {value}, which is no finite number")
    return found
