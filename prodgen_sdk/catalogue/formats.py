"""Files of the three formats -> the values of their lines. A fault of the whole file is raised, that of a line handed on."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO, get_args

from prodgen_sdk.catalogue.check import column_for, reject, shortened
from prodgen_sdk.errors import InvalidCatalogue
from prodgen_sdk.parquet import foreign, read_rows
from prodgen_sdk.types import MediaRole, Product

MAX_LINE = 2**20
"""Characters of the longest line that is read."""

JSON_COLUMNS = ("attributes", "media", "translations")
FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""How a cell begins that a spreadsheet would run, such as `=HYPERLINK(...)` in a supplier's title: an apostrophe is put before it."""
_FILES = {f"media.{role}": role for role in get_args(MediaRole)}
"""The columns that name files, and the role of what they name."""
Line = tuple[int, dict[str, Any] | InvalidCatalogue]


def read_jsonl(path: Path) -> Iterator[Line]:
    """One JSON object a line; blank lines are skipped."""
    with _open(path) as file:
        for number, text in _lines(file):
            if text is None:
                yield number, _too_long(number)
            elif text.strip():
                yield number, _parse_object(text, number)


def read_json(path: Path) -> Iterator[Line]:
    """One JSON object, or a list of them; the line of an object is its place in the list, from 1."""
    with _open(path) as file:
        text = file.read(MAX_LINE + 1)
    if len(text) > MAX_LINE:
        raise InvalidCatalogue(f"{path} is too long for a JSON file.", hint="Write one product per line, as .jsonl.")
    try:
        values = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise InvalidCatalogue(f"{path} is not JSON ({error}).") from None
    for number, item in enumerate(values if isinstance(values, list) else [values], 1):
        yield number, item if isinstance(item, dict) else reject(number, "", "is no JSON object")


def read_csv(path: Path) -> Iterator[Line]:
    """A header, then one product a record; `line` is where the record begins.

    Tags are separated by `|`. Attributes are columns `attributes.<name>` of text, media columns `media.<role>` of files
    separated by `|`; or either is one column of JSON, as translations are. An empty cell is a value not given. An apostrophe
    before what a spreadsheet would take for a formula is left out.
    """
    with _open(path) as file:
        overlong: set[int] = set()
        reader = csv.reader(_csv_lines(file, overlong), delimiter=_delimiter(file))
        header = _header(reader, path)
        while True:
            begin = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield begin, reject(begin, "", f"is no CSV ({error}); a quote may be left open")
                continue
            if overlong.intersection(range(begin, reader.line_num + 1)):
                yield begin, _too_long(begin)
            elif len(cells) not in (0, len(header)):
                yield begin, reject(begin, "", f"has {len(cells)} cells where the header has {len(header)}")
            elif any(cells):
                values = [cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell for cell in cells]
                yield begin, _from_cells(dict(zip(header, values, strict=True)), begin)


def read_parquet(path: Path) -> Iterator[Line]:
    """Columns as in CSV, or nested; `line` counts rows from 1. A null is a value not given."""
    for number, values in enumerate(read_rows(path, fault=InvalidCatalogue), 1):
        yield number, _from_cells(values, number)


@contextmanager
def _open(path: Path) -> Iterator[TextIO]:
    try:
        with path.open("rb") as raw:
            start = raw.read(4)
        if what := foreign(start):
            raise InvalidCatalogue(f"{path} is {what}, not {path.suffix} as UTF-8 text.", hint="Export it as UTF-8.")
        # Bytes that are no UTF-8 become surrogates, which fail in their own line alone.
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            yield file
    except FileNotFoundError:
        raise InvalidCatalogue(f"There is no file {path}.") from None
    except OSError as error:
        raise InvalidCatalogue(f"{path} cannot be read: {error.strerror}.") from None


def _lines(file: TextIO) -> Iterator[tuple[int, str | None]]:
    """Numbered lines; None for one that is too long, which is skipped without holding it."""
    number = 0
    while text := file.readline(MAX_LINE + 1):
        number += 1
        overlong = len(text) > MAX_LINE
        while len(text) > MAX_LINE and not text.endswith("\n"):
            text = file.readline(MAX_LINE + 1)
        yield number, None if overlong else text


def _csv_lines(file: TextIO, overlong: set[int]) -> Iterator[str]:
    for number, text in _lines(file):
        if text is None:
            overlong.add(number)
        yield text or "\n"


def _too_long(line: int) -> InvalidCatalogue:
    return reject(line, "", f"is longer than {MAX_LINE:,} characters")


def _parse_object(text: str, line: int) -> dict[str, Any] | InvalidCatalogue:
    try:
        value = json.loads(text, object_pairs_hook=_unique)
    except _Twice as error:
        return reject(line, error.args[0], "is given twice")
    except RecursionError:
        return reject(line, "", "is nested too deeply")
    except json.JSONDecodeError as error:
        return reject(line, "", f"is not JSON ({error.msg}, column {error.colno})")
    except ValueError as error:
        return reject(line, "", f"is not JSON ({error})")
    if not isinstance(value, dict):
        found = "an array" if isinstance(value, list) else "a single value"
        return reject(line, "", f"is {found}; each line must be one JSON object")
    return value


class _Twice(ValueError):
    """A name that occurs twice in one JSON object."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name in values:
            raise _Twice(name)
        values[name] = value
    return values


def _delimiter(file: TextIO) -> str:
    header = file.readline(MAX_LINE)
    file.seek(0)
    return max(",;\t", key=header.count)


def _header(reader: Any, path: Path) -> list[str]:
    header = [name.strip() for name in next(reader, [])]
    known = {*Product.model_fields, *_FILES}
    if unknown := [name for name in header if name not in known and not name.startswith("attributes.")]:
        raise _unknown_columns(unknown, path)
    for name in header:
        if header.count(name) > 1:
            raise InvalidCatalogue(f"{path} has two columns {shortened(name)}.", line=1, field=name)
    for name in ("sku", "title", "category"):
        if name not in header:
            raise InvalidCatalogue(
                f"{path} has no column {name!r}.", line=1, field=name, hint="The first line must name the columns."
            )
    return header


def _unknown_columns(names: list[str], path: Path) -> InvalidCatalogue:
    """All of them at once, so that a header is mended in one go."""
    some, more = names[:10], ", ..." if len(names) > 10 else ""
    readable = all(name.isprintable() and len(name) <= 60 for name in names)
    called = ", ".join(f"{name} to {column_for(name)}" for name in some)
    return InvalidCatalogue(
        f"{path} has columns that are no fields of a product: {', '.join(map(shortened, some))}{more}.",
        line=1, field=names[0],
        hint=f"Rename {called}{more}, or remove what is not needed." if readable else "A quote may be left open.",
    )  # fmt: skip


def _from_cells(cells: dict[str, Any], line: int) -> dict[str, Any] | InvalidCatalogue:
    values: dict[str, Any] = {}
    attributes: dict[str, Any] = {}
    media: list[dict[str, str]] = []
    for name, cell in cells.items():
        if cell in ("", []):  # an empty map of Parquet arrives as a list
            continue
        if name.startswith("attributes."):
            attributes[name.removeprefix("attributes.")] = cell
        elif name in _FILES and isinstance(cell, str):
            media += [{"role": _FILES[name], "uri": uri} for uri in _parts(cell)]
        elif isinstance(cell, str) and (name in JSON_COLUMNS or (name == "tags" and cell.startswith("["))):
            try:
                values[name] = json.loads(cell, object_pairs_hook=_unique)
            except (ValueError, RecursionError):
                advice = "; name files in columns such as media.front" if name == "media" else ""
                return reject(line, name, f"is not JSON{advice}")
        elif name == "tags" and isinstance(cell, str):
            values[name] = _parts(cell)
        else:
            values[name] = cell
    if attributes:
        given = values.setdefault("attributes", {})
        if not isinstance(given, dict) or not given.keys().isdisjoint(attributes):
            return reject(line, "attributes", "is given both as JSON and as columns")
        given |= attributes
    if media:
        if "media" in values:
            return reject(line, "media", "is given both as JSON and as columns")
        values["media"] = media
    return values


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("|") if part.strip()]
