"""The columns of an index: which variant and product each row is, and the facets that filters look at.

Rows are only ever appended, so a reader may use rows below the count that it was given while a writer adds others. A writer that
changes facets does so in columns of its own.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from decimal import MAX_EMAX, MIN_EMIN, ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from functools import lru_cache
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from prodgen_rank.index.exact import spans
from prodgen_sdk.errors import InputError
from prodgen_sdk.types import Facets, Filter

Mask = NDArray[np.bool_]
RowNumbers = NDArray[np.int64]
T = TypeVar("T", bound=Hashable)
Pause = Callable[[], None]

ROW = np.dtype([("sku", "<i4"), ("category", "<i4"), ("tag_set", "<i4"), ("price", "<i8"), ("on_sale", "?")])
_FACETS = ("category", "tag_set", "price", "on_sale")
NO_PRICE = np.iinfo(np.int64).min
_PRICE_DIGITS = 14
_PART = 128


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

    def copy(self) -> Rows:
        """The same rows, to be changed apart."""
        made = Rows(0)
        for name in ROW.names or ():
            setattr(made, name, getattr(self, name).copy())
        made.count, made.variants, made.row_of = self.count, list(self.variants), dict(self.row_of)
        made.skus, made.categories = Vocabulary(self.skus.values), Vocabulary(self.categories.values)
        made.tag_sets, made._starts = Vocabulary(self.tag_sets.values), self._starts
        made._added = {code: list(rows) for code, rows in self._added.items()}
        return made

    def with_own_facets(self) -> Rows:
        """The same rows, to be appended to instead of these; facets may be changed there."""
        made = copy.copy(self)
        for name in _FACETS:
            setattr(made, name, getattr(self, name).copy())
        return made

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
        self.set_facets(row, facets)
        self.variants.append(variant)
        self._added.setdefault(code, []).append(row)
        self.row_of[variant] = row
        self.count = row + 1
        return row

    def set_facets(self, row: int, facets: Facets) -> None:
        """Changes what filters look at; see `with_own_facets` for a row that readers know."""
        self.category[row] = self.categories.add(facets.category)
        self.tag_set[row] = self.tag_sets.add(tuple(sorted(set(facets.tags))))
        self.price[row] = NO_PRICE if facets.price is None else price_code(facets.price)
        self.on_sale[row] = facets.on_sale

    def reserve(self, capacity: int) -> None:
        """Makes room for `capacity` rows in all; readers keep what they hold."""
        for name in ROW.names or ():
            old = getattr(self, name)
            if capacity > len(old):
                grown = np.zeros(capacity, old.dtype)
                grown[: self.count] = old[: self.count]
                setattr(self, name, grown)

    def taken(self, order: RowNumbers, room: int, pause: Pause) -> Rows:
        """Some of the rows in a new order, as a base of their own, with the words that they use.

        Args:
            order: rows such that those of a product stand together, in the order of the codes of the products.
            pause: called between small pieces of work, so that other threads get their turn.
        """
        made = Rows(len(order) + room)
        made.count = len(order)
        words = {"sku": (self.skus, made.skus), "category": (self.categories, made.categories)}
        for name, (old, new) in {**words, "tag_set": (self.tag_sets, made.tag_sets)}.items():
            used, codes = np.unique(getattr(self, name)[order], return_inverse=True)
            getattr(made, name)[: len(order)] = codes
            for part in parts(used, pause):
                for code in part.tolist():
                    new.add(old.values[code])  # type: ignore[attr-defined]
        for name in ("price", "on_sale"):
            getattr(made, name)[: len(order)] = getattr(self, name)[order]
        for part in parts(order, pause):
            names = [self.variants[row] for row in part.tolist()]
            made.row_of.update(zip(names, range(len(made.variants), len(made.variants) + len(names)), strict=True))
            made.variants += names
        made.seal()
        return made

    def seal(self) -> None:
        """Declares the rows so far, which must stand in the order of their products, to be the base."""
        self._starts = np.searchsorted(self.sku[: self.count], np.arange(len(self.skus) + 1))
        self._added = {}

    @property
    def starts(self) -> RowNumbers:
        """Where the base's rows of each product begin, and where the last end; int64 [products of the base + 1]."""
        return self._starts

    def of_products(self, codes: NDArray[np.int32]) -> RowNumbers:
        """All rows of these products, product by product, those that were added just now as well."""
        if not self._added:
            return spans(self._starts[codes], self._starts[codes + 1])[0]
        rows: list[int] = []
        for code in codes.tolist():
            if code < len(self._starts) - 1:
                rows.extend(range(self._starts[code], self._starts[code + 1]))
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

    def allowed(self, eligible: Filter, rows: slice) -> Mask:
        """Which of some rows may be shown by their own facets; agrees with `Filter.allows` but for the lists of skus."""
        mask: Mask = self.on_sale[rows].copy()
        if eligible.categories:
            mask &= _table(eligible.allows_category(c) for c in self.categories.values)[self.category[rows]]
        if eligible.tags:
            wanted = set(eligible.tags)
            mask &= _table(not wanted.isdisjoint(tags) for tags in self.tag_sets.values)[self.tag_set[rows]]
        if eligible.price_min is not None:
            mask &= self.price[rows] >= max(_ten_thousandths(eligible.price_min, ROUND_CEILING), NO_PRICE + 1)
        if eligible.price_max is not None:
            price = self.price[rows]
            mask &= (price <= _ten_thousandths(eligible.price_max, ROUND_FLOOR)) & (price != NO_PRICE)
        return mask

    def codes_of(self, skus: Sequence[str]) -> NDArray[np.int32]:
        """The codes of the known ones among some skus, each once."""
        found = {code for code in map(self.skus.find, skus) if code is not None}
        return np.asarray(sorted(found), np.int32)


@lru_cache(4096)
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


def parts(numbers: RowNumbers, pause: Pause) -> Iterator[RowNumbers]:
    """A piece after the other, short enough that working on one keeps the interpreter for well under a millisecond."""
    for start in range(0, len(numbers), _PART):
        yield numbers[start : start + _PART]
        pause()


def _table(values: Iterable[bool]) -> Mask:
    return np.fromiter(values, np.bool_)
