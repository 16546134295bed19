"""The immutable part of a state: vectors, what finds them quickly, and which of them filters leave."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.index.exact import spans
from prodgen_rank.index.first_stage import FirstStage, Only
from prodgen_rank.index.rows import Mask, RowNumbers, Rows
from prodgen_rank.index.scan import QuantisedScan
from prodgen_sdk.types import Filter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_FILTERS = 32


@dataclass(frozen=True)
class Eligible:
    """What a filter leaves of a base.

    Args:
        rows: bool [rows of the base].
        count: how many rows that is.
        only: the units of the first stage with at least one such row; None without a stage that filters.
    """

    rows: Mask
    count: int
    only: Only | None


@dataclass(frozen=True)
class Base:
    """Vectors float32 [n, dimension] in the order of their products, with at most one of two ways to find the near ones.

    Args:
        starts: int64 [products + 1], where the rows of each product begin, and where the last end.
        scan: 8-bit codes of all rows, for exact answers.
        stage: short codes of rows or of products' means, for approximate ones.
        means: float32 [products, dimension]; None without a stage of products.
    """

    vectors: Floats
    starts: RowNumbers
    scan: QuantisedScan | None = None
    stage: FirstStage | None = None
    means: Floats | None = None
    _known: dict[Any, Eligible | None] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def dimension(self) -> int:
        return int(self.vectors.shape[1])

    def eligible(self, rows: Rows, asked: Filter) -> Eligible | None:
        """What a filter leaves but for its lists of skus, or None where that is all; kept for the next time."""
        key = (asked.categories, asked.tags, asked.price_min, asked.price_max)
        try:
            return self._known[key]
        except KeyError:
            pass
        mask = rows.allowed(asked, slice(len(self)))
        count = int(np.count_nonzero(mask))
        found = None
        if count < len(self):
            only = None
            if self.stage is not None:
                of_rows = self.stage.of_rows
                only = self.stage.only(mask if of_rows else np.logical_or.reduceat(mask, self.starts[:-1]))
            found = Eligible(mask, count, only)
        if len(self._known) >= _FILTERS:
            self._known.clear()
        self._known[key] = found
        return found

    def rows_of(self, products: NDArray[Any]) -> tuple[RowNumbers, RowNumbers]:
        """All rows of some products of the base, one product after another, and where those of each begin."""
        return spans(self.starts[products], self.starts[products + 1])
