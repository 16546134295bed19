"""Rows of Parquet files, and what a file is that is no text: what catalogues and events share."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from prodgen_sdk.errors import InputError, MissingDependency

_FOREIGN = {
    b"\xff\xfe": "UTF-16 text", b"\xfe\xff": "UTF-16 text", b"\x1f\x8b": "gzip", b"PK\x03\x04": "a zip or Excel file",
    b"\xd0\xcf\x11\xe0": "an Excel file", b"PAR1": "Parquet",
}  # fmt: skip


def foreign(start: bytes) -> str:
    """What a file is that begins with these bytes, where that is no UTF-8 text; empty if it may be text.

    >>> foreign(b"PAR1..."), foreign(b"{}")
    ('Parquet', '')
    """
    return next((what for sign, what in _FOREIGN.items() if start.startswith(sign)), "")


def read_rows(path: Path, *, fault: type[InputError] = InputError) -> Iterator[dict[str, Any]]:
    """The rows of a file as JSON has them: nulls left out, pairs of a map as an object, 9.5000 as 9.5; read as they are asked for.

    Raises:
        fault: the file cannot be read, or is damaged.
        MissingDependency: without pyarrow.
    """
    parquet = import_parquet()
    try:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=1000):
                yield from map(_plain, batch.to_pylist())
    except OSError as error:
        raise fault(f"{path} cannot be read: {' '.join(str(error).split())}.") from None
    except Exception as error:  # pyarrow's errors of damaged files share no base but this
        if not (type(error).__module__.startswith("pyarrow") or isinstance(error, UnicodeDecodeError)):
            raise
        raise fault(f"{path} is no Parquet file, or a damaged one.", hint="Export it again.") from None


def import_parquet() -> Any:
    """The module pyarrow.parquet."""
    try:
        import pyarrow.parquet
    except ImportError:
        raise MissingDependency(
            "Parquet files need the package pyarrow.", hint='Run: pip install "prodgen-sdk[parquet]"'
        ) from None
    return pyarrow.parquet


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal) and value.is_finite():
        text = f"{value:f}"
        return Decimal(text.rstrip("0").rstrip(".")) if "." in text else value
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        if value and all(isinstance(item, tuple) for item in value):
            return {key: _plain(item) for key, item in value if item is not None}
        return [_plain(item) for item in value]
    return value
