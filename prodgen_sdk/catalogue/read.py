"""A catalogue file -> products, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from prodgen_sdk.catalogue.check import reject, to_product
from prodgen_sdk.catalogue.formats import Line, read_csv, read_json, read_jsonl, read_parquet
from prodgen_sdk.catalogue.media import resolve_media
from prodgen_sdk.errors import InvalidCatalogue, OutsideWorkspace
from prodgen_sdk.types import Product

_READERS = {
    ".json": read_json,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".csv": read_csv,
    ".tsv": read_csv,
    ".parquet": read_parquet,
}


@dataclass(frozen=True)
class Row:
    """One line: its product, or why there is none."""

    line: int
    product: Product | None = None
    error: InvalidCatalogue | None = None


def read_catalogue(path: str | Path, *, root: Path | None = None) -> Iterator[Row]:
    """Reads a file while it goes, holding one line at a time.

    Of a sku that occurs twice the first line is taken.

    Args:
        path: a `.jsonl`, `.json`, `.csv` or `.parquet` file.
        root: where the paths of media begin; if given, a product whose media are not there is rejected.

    Raises:
        InvalidCatalogue: the file as a whole cannot be read.
        MissingDependency: Parquet without pyarrow.

    >>> lines = '{"sku": "mug-1", "title": "Mug", "category": "home/mug"}\\n{"sku": "mug-2", "category": "home/mug"}\\n'
    >>> _ = Path("products.jsonl").write_text(lines)
    >>> for row in read_catalogue("products.jsonl"):
    ...     print(row.line, row.product.sku if row.product else row.error)
    1 mug-1
    2 Line 2: title is missing.
    """
    path = Path(path)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise InvalidCatalogue(f"{path} is of no known kind.", hint=f"Give a file that ends in {', '.join(_READERS)}.")
    return _rows(reader(path), root)


def _rows(lines: Iterator[Line], root: Path | None) -> Iterator[Row]:
    taken: dict[str, int] = {}
    for line, values in lines:
        try:
            if isinstance(values, InvalidCatalogue):
                raise values
            product = to_product(values, line)
            if product.sku in taken:
                raise reject(
                    line, "sku", f"{product.sku} was given in line {taken[product.sku]} already, which is the one taken"
                )
            if root is not None:
                _check_media(product, root, line)
        except InvalidCatalogue as error:
            yield Row(line, error=error)
        else:
            taken[product.sku] = line
            yield Row(line, product)


def _check_media(product: Product, root: Path, line: int) -> None:
    try:
        resolve_media(product, root)
    except (InvalidCatalogue, OutsideWorkspace) as error:
        field = getattr(error, "field", "") or "media"
        raise InvalidCatalogue(f"Line {line}: {error.message}", line=line, field=field, hint=error.hint) from None
