"""The columns of an index: which variant and product each row is, and the facets that filters look at.

Rows are only ever appended, so a reader may use rows below the count that it was given while a writer adds others.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from decimal import MAX_EMAX, MIN_EMIN, ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.errors import InputError
from prodgen_sdk.types import Facets, Filter

Mask = NDArray[np.bool_]
RowNumbers = NDArray[np.int64]
T = TypeVar("T", bound=Hashable)

ROW = np.dtype([("sku", "<i4"), ("category", "<i4"), ("tag_set", "<i4"), ("price", "<i8"), ("on_sale", "?")])
NO_PRICE = np.iinfo(np.int64).min
_PRICE_DIGITS = 14


class Vocabulary(Generic[T]):
    """Values and their codes, in order of appearance."""

    def __init__(self, values: Iterable[T] = ()) -> None:
        self.values: list[T] = list(values)
        self._codes: dict[T, int] = {value: code for code, value in enumerate(self.values)}

    def __len__(self) -> int:
        return len(self.values)

    def add(self, value: T) -> int:
        code = self._codes.get(value)
        if code is None:
            code = len(self.values)
            self.values.append(value)
            self._codes[value] = code
        return code

    def find(self, value: T) -> int | None:
        return self._codes.get(value)


class Rows:
    """Append-only columns with room for `capacity` rows."""

    def __init__(self, capacity: int) -> None:
        self.count = 0
        self.variants: list[str] = []
        self.skus: Vocabulary[str] = Vocabulary()
        self.categories: Vocabulary[str] = Vocabulary()
        self.tag_sets: Vocabulary[tuple[str, ...]] = Vocabulary()
        self.sku = np.zeros(capacity, np.int32)
        self.category = np.zeros(capacity, np.int32)
        self.tag_set = np.zeros(capacity, np.int32)
        self.price = np.zeros(capacity, np.int64)
        self.on_sale = np.zeros(capacity, np.bool_)
        self.row_of: dict[str, int] = {}
        self._starts = np.zeros(1, np.int64)
        self._added: dict[int, list[int]] = {}

    @classmethod
    def restore(cls, columns: NDArray[Any], names: dict[str, list[Any]], room: int) -> Rows:
        """The rows of a saved generation (what `columns` and `names` gave), with room for some more."""
        rows = cls(len(columns) + room)
        rows.count = len(columns)
        for name in ROW.names or ():
            getattr(rows, name)[: rows.count] = columns[name]
        rows.variants = list(names["variants"])
        rows.skus = Vocabulary(names["skus"])
        rows.categories = Vocabulary(names["categories"])
        rows.tag_sets = Vocabulary(tuple(tags) for tags in names["tag_sets"])
        rows.row_of = {variant: row for row, variant in enumerate(rows.variants)}
        rows.seal()
        return rows

    @property
    def room(self) -> int:
        return len(self.sku) - self.count

    @property
    def columns(self) -> NDArray[Any]:
        """All rows as one structured array, ready to be saved."""
        columns = np.zeros(self.count, ROW)
        for name in ROW.names or ():
            columns[name] = getattr(self, name)[: self.count]
        return columns

    @property
    def names(self) -> dict[str, list[Any]]:
        """The words behind the codes, JSON-ready."""
        return {
            "variants": self.variants,
            "skus": self.skus.values,
            "categories": self.categories.values,
            "tag_sets": [list(tags) for tags in self.tag_sets.values],
        }

    def append(self, variant: str, sku: str, facets: Facets) -> int:
        """Adds a row and returns its number; the caller lets readers see it."""
        row, code = self.count, self.skus.add(sku)
        self.sku[row] = code
        self.category[row] = self.categories.add(facets.category)
        self.tag_set[row] = self.tag_sets.add(tuple(sorted(set(facets.tags))))
        self.price[row] = NO_PRICE if facets.price is None else price_code(facets.price)
        self.on_sale[row] = facets.on_sale
        self.variants.append(variant)
        self._added.setdefault(code, []).append(row)
        self.row_of[variant] = row
        self.count = row + 1
        return row

    def seal(self) -> None:
        """Declares the rows so far, which must stand in the order of their products, to be the base."""
        self._starts = np.searchsorted(self.sku[: self.count], np.arange(len(self.skus) + 1))
        self._added = {}

    def of_products(self, codes: Iterable[int]) -> RowNumbers:
        """All rows of these products, those that were added just now as well."""
        starts, n = self._starts, len(self._starts) - 1
        rows: list[int] = []
        for code in codes:
            if code < n:
                rows.extend(range(starts[code], starts[code + 1]))
            rows.extend(self._added.get(code, ()))
        return np.asarray(rows, np.int64)

    def facets(self, row: int) -> Facets:
        """The facets that a row was appended with (its tags sorted)."""
        price = int(self.price[row])
        return Facets(
            category=self.categories.values[self.category[row]],
            price=None if price == NO_PRICE else Decimal(price).scaleb(-4),
            tags=self.tag_sets.values[self.tag_set[row]],
            on_sale=bool(self.on_sale[row]),
        )

    def allowed(self, eligible: Filter, live: Mask) -> Mask:
        """Which of the first `len(live)` rows are alive and may be shown; agrees with `Filter.allows`."""
        n = len(live)
        mask: Mask = live & self.on_sale[:n]
        if eligible.categories:
            mask &= _table(eligible.allows_category(c) for c in self.categories.values)[self.category[:n]]
        if eligible.tags:
            wanted = set(eligible.tags)
            mask &= _table(not wanted.isdisjoint(tags) for tags in self.tag_sets.values)[self.tag_set[:n]]
        if eligible.price_min is not None:
            mask &= self.price[:n] >= max(_ten_thousandths(eligible.price_min, ROUND_CEILING), NO_PRICE + 1)
        if eligible.price_max is not None:
            mask &= (self.price[:n] <= _ten_thousandths(eligible.price_max, ROUND_FLOOR)) & (self.price[:n] != NO_PRICE)
        if eligible.skus:
            mask &= self._among(eligible.skus)[self.sku[:n]]
        if eligible.exclude_skus:
            mask &= ~self._among(eligible.exclude_skus)[self.sku[:n]]
        return mask

    def _among(self, skus: Sequence[str]) -> Mask:
        found = np.zeros(len(self.skus), np.bool_)
        found[[code for code in map(self.skus.find, skus) if code is not None and code < len(found)]] = True
        return found


def price_code(price: Decimal) -> int:
    """A price in ten-thousandths; raises InputError for one with more than 4 decimals or 14 digits before them."""
    code = _ten_thousandths(price, ROUND_FLOOR)
    if price.adjusted() >= _PRICE_DIGITS or Decimal(code).scaleb(-4) != price:
        raise InputError(
            f"The price {price} cannot be indexed.", hint="Use at most 4 decimals and 14 digits before them."
        )
    return code


def _ten_thousandths(value: Decimal, rounding: str) -> int:
    if value and value.adjusted() >= _PRICE_DIGITS:
        return int(math.copysign(2**62, value))
    exact = Context(prec=len(value.as_tuple().digits) + 8, Emax=MAX_EMAX, Emin=MIN_EMIN)
    return int(exact.scaleb(value, 4).to_integral_value(rounding))


def _table(values: Iterable[bool]) -> Mask:
    return np.fromiter(values, np.bool_)
