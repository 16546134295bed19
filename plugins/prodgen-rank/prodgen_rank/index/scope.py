"""Which rows of a state may be shown to one request."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.index.base import Base, Eligible
from prodgen_rank.index.rows import Mask, RowNumbers, Rows
from prodgen_sdk.types import Filter

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Scope:
    """A filter on a snapshot. What depends on the rows' facets is kept with the base; lists of skus are looked up here.

    Args:
        live: which of the first `len(live)` rows are alive; later ones belong to later snapshots.
        whole: whether all of these are.
    """

    def __init__(self, rows: Rows, base: Base, live: Mask, eligible: Filter, *, whole: bool) -> None:
        self._rows, self._base, self._live, self._filter = rows, base, live, eligible
        self._whole = whole
        self.only = rows.codes_of(eligible.skus) if eligible.skus else None
        self.dropped = rows.codes_of(eligible.exclude_skus) if eligible.exclude_skus else None

    @cached_property
    def of_base(self) -> Eligible | None:
        """The rows of the base that the facets leave; None where that is all."""
        return self._base.eligible(self._rows, self._filter) if len(self._base) else None

    @cached_property
    def is_all(self) -> bool:
        """Whether all rows of the base may be shown, but for `only`."""
        return self._whole and self.dropped is None and self.of_base is None

    @cached_property
    def count(self) -> int:
        """About how many rows of the base are left."""
        if self.only is not None:
            return len(self.base_rows())
        return len(self._base) if self.of_base is None else self.of_base.count

    def excluded(self, *, of_rows: bool) -> int:
        """How many products of the base are excluded by name, or how many rows of it."""
        if self.dropped is None:
            return 0
        if not of_rows:
            return len(self.dropped)
        old = self.dropped[self.dropped < len(self._base.starts) - 1]
        return int((self._base.starts[old + 1] - self._base.starts[old]).sum())

    def products(self, rows: RowNumbers) -> NDArray[np.int32]:
        """The code of each row's product."""
        return self._rows.sku[rows]

    def drops(self, codes: NDArray[Any]) -> Mask:
        """Which of some products are excluded by name."""
        if self.dropped is None or not len(self.dropped):
            return np.zeros(len(codes), np.bool_)
        at = np.minimum(np.searchsorted(self.dropped, codes), len(self.dropped) - 1)
        excluded: Mask = self.dropped[at] == codes
        return excluded

    def keeps(self, rows: RowNumbers) -> Mask:
        """Which of some rows may be shown, but for `only`."""
        kept: Mask = rows < len(self._live)
        if not kept.all():
            rows = np.where(kept, rows, 0)
        kept &= self._live[rows]
        split = len(self._base)
        old = rows < split
        if self.of_base is not None:
            kept[old] &= self.of_base.rows[rows[old]]
        if not old.all():
            kept[~old] &= self._delta_allowed[rows[~old] - split]
        if self.dropped is not None:
            kept &= ~self.drops(self._rows.sku[rows])
        return kept

    def base_rows(self) -> RowNumbers:
        """All rows of the base that may be shown, rising."""
        if self.only is not None:
            old = self.only[self.only < len(self._base.starts) - 1]
            rows, _ = self._base.rows_of(old)
        elif self.of_base is not None:
            rows = np.flatnonzero(self.of_base.rows & self._live[: len(self._base)])
        else:
            rows = np.flatnonzero(self._live[: len(self._base)])
        return rows[self.keeps(rows)]

    def delta_rows(self) -> RowNumbers:
        """All rows of the delta that may be shown, rising."""
        split = len(self._base)
        allowed = self._delta_allowed & self._live[split:]
        rows = split + np.flatnonzero(allowed)
        codes = self._rows.sku[rows]
        if self.only is not None:
            rows, codes = rows[np.isin(codes, self.only)], codes[np.isin(codes, self.only)]
        return rows[~self.drops(codes)] if self.dropped is not None else rows

    @cached_property
    def _delta_allowed(self) -> Mask:
        return self._rows.allowed(self._filter, slice(len(self._base), len(self._live)))
