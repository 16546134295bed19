"""Lines of text files, which may be packed by gzip."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from prodgen_sdk.files import unpacked


@contextmanager
def text(path: Path) -> Iterator[io.TextIOWrapper]:
    """A file opened as UTF-8 text."""
    with unpacked(path) as file, io.TextIOWrapper(file, encoding="utf-8-sig") as lines:
        yield lines


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
