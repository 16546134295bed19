"""Products -> a catalogue file."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from prodgen_sdk.catalogue.formats import FORMULA, JSON_COLUMNS
from prodgen_sdk.errors import InputError
from prodgen_sdk.files import replacing
from prodgen_sdk.parquet import import_parquet
from prodgen_sdk.types import Product

COLUMNS = tuple(Product.model_fields)


def write_catalogue(products: Iterable[Product], path: str | Path) -> int:
    """Writes a `.jsonl`, `.csv` or `.parquet` file that `read_catalogue` reads back, whole or not at all.

    Returns:
        how many products were written.

    Raises:
        InputError: another ending.
        MissingDependency: Parquet without pyarrow.
        StoreError: the disk is full or not writable.

    >>> write_catalogue([Product(sku="mug", title="Mug", category="home/mug")], "products.csv")
    1
    """
    path = Path(path)
    writers: dict[str, Callable[[Iterable[Product], Path], int]] = {
        ".jsonl": _write_jsonl, ".ndjson": _write_jsonl, ".csv": _write_csv, ".parquet": _write_parquet,
    }  # fmt: skip
    if path.suffix.lower() not in writers:
        raise InputError(f"{path} is of no known kind.", hint=f"Give a name that ends in {', '.join(writers)}.")
    try:
        with replacing(path) as temporary:
            return writers[path.suffix.lower()](products, temporary)
    except (ValueError, OverflowError) as error:
        raise InputError(
            f"{path} could not be written: {error}.", hint="A number is infinite or too large for the format."
        ) from None


def _write_jsonl(products: Iterable[Product], path: Path) -> int:
    written = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for product in products:
            file.write(_json(_fields(product)) + "\n")
            written += 1
    return written


def _write_csv(products: Iterable[Product], path: Path) -> int:
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for product in products:
            fields = _fields(product)
            cells = [_cell(name, fields.get(name)) for name in COLUMNS]
            writer.writerow([f"'{cell}" if FORMULA.match(cell) else cell for cell in cells])
            written += 1
    return written


def _write_parquet(products: Iterable[Product], path: Path) -> int:
    parquet = import_parquet()
    import pyarrow as pa

    types = {"price": pa.decimal128(14, 4), "tags": pa.list_(pa.string()), "stock": pa.int64(), "withdrawn": pa.bool_()}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in COLUMNS])
    written = 0
    with parquet.ParquetWriter(path, schema) as writer:
        for rows in _batched(products):
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
            written += len(rows)
    return written


def _batched(products: Iterable[Product]) -> Iterator[list[dict[str, Any]]]:
    iterator = iter(products)
    while chunk := list(islice(iterator, 1000)):
        yield [_parquet_row(product) for product in chunk]


def _parquet_row(product: Product) -> dict[str, Any]:
    fields = _fields(product) | {"price": product.price, "stock": product.stock, "withdrawn": product.withdrawn}
    return {name: _json(value) if name in JSON_COLUMNS else value for name, value in fields.items()}


def _fields(product: Product) -> dict[str, Any]:
    return product.model_dump(mode="json", exclude_defaults=True)


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if (
        name == "tags"
        and all(tag == tag.strip() and tag and "|" not in tag for tag in value)
        and not value[0].startswith("[")
    ):
        return "|".join(value)
    return value if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
