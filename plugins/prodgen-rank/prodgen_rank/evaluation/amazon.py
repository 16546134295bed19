"""Reviews of Amazon's published data sets (McAuley et al., 2014, 2018 and 2023) as interactions."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any

from prodgen_rank.evaluation.lines import finite, first_lines, text
from prodgen_sdk.parquet import read_rows

_NAMES = {
    "user": ("user_id", "reviewerID"),
    "item": ("parent_asin", "asin", "item_id"),
    "time": ("timestamp", "unixReviewTime"),
}
_ITEMS = {"parent_asin", "asin"}
_ASIN = re.compile(r"B[0-9A-Z]{9}|\d{9}[\dX]")
_MILLISECONDS = 1e11  # More seconds than that are in the year 5138.


def is_amazon(path: Path) -> bool:
    """Whether a file names columns as these data sets do, or has products with Amazon's numbers."""
    if path.suffix.lower() == ".parquet":
        return not _ITEMS.isdisjoint(next(read_rows(path), {}))
    lines = first_lines(path, 2)
    if lines and lines[0].startswith("{"):
        with suppress(ValueError):
            return not _ITEMS.isdisjoint(json.loads(lines[0]))
        return False
    fields = [_fields(line) for line in lines]
    named = any(not _ITEMS.isdisjoint(_plain(row)) for row in fields[:1])
    return named or any(len(row) > 2 and any(map(_ASIN.fullmatch, row[:2])) for row in fields)


def amazon(path: Path) -> Iterator[tuple[str, str, float, float]]:
    """Who reviewed what and when, from JSON Lines, Parquet, or CSV or TSV with a header or without one.

    Every review counts the same, however many stars it gives, as in the figures that are published on these sets. Without a
    header, the columns are user, product, stars and time (2014), or product, user, stars and time (2018).
    """
    for number, row in _rows(path):
        user, item, time = (
            next((row[name] for name in names if row.get(name) not in (None, "")), None) for names in _NAMES.values()
        )
        if user is None or item is None or time is None:
            missing = [kind for kind, value in zip(_NAMES, (user, item, time), strict=True) if value is None]
            raise ValueError(f"line {number} has no {' and no '.join(' or '.join(_NAMES[kind]) for kind in missing)}")
        at = finite(time, number)
        yield str(user), str(item), 1.0, at / 1000 if at > _MILLISECONDS else at


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    if path.suffix.lower() == ".parquet":
        yield from enumerate(read_rows(path), 1)
        return
    with text(path) as file:
        lines: Iterator[tuple[int, str]] = ((number, line) for number, line in enumerate(file, 1) if line.strip())
        first = next(lines, (0, ""))
        if first[1].startswith("{"):
            for number, line in chain([first], lines):
                row = json.loads(line)
                if not isinstance(row, dict):
                    raise ValueError(f"line {number} is no JSON object")
                yield number, row
            return
        names = _plain(_fields(first[1]))
        if set(names).isdisjoint(chain.from_iterable(_NAMES.values())):
            swapped = bool(names) and _ASIN.fullmatch(names[0])
            names = ["asin" if swapped else "user_id", "user_id" if swapped else "asin", "rating", "timestamp"]
            lines = chain([first], lines)
        for number, line in lines:
            yield number, dict(zip(names, _fields(line), strict=False))


def _fields(line: str) -> list[str]:
    return next(csv.reader([line], delimiter="\t" if "\t" in line else ","), [])


def _plain(header: Sequence[str]) -> list[str]:
    """Without the types that RecBole's files give after a colon."""
    return [name.partition(":")[0].strip() for name in header]
