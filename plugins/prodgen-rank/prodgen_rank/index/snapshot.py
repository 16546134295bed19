"""What a reader of the index sees: an immutable base, a flat delta, and which rows are alive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.index.base import Base
from prodgen_rank.index.candidates import candidates
from prodgen_rank.index.exact import best_of_each, exact_scores, kth_best
from prodgen_rank.index.near import Found, by_codes, by_rows, by_stage, of_products
from prodgen_rank.index.rows import Mask, RowNumbers, Rows
from prodgen_rank.index.scope import Scope
from prodgen_sdk.types import Candidate, Filter, IndexChange, Upsert

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

# Rows that are scored one and all rather than searched, or that share of all. Chosen by measurement at 512 dimensions.
_GATHER_BELOW = 2048
_GATHER_SHARE = 1 / 64
_TOUCHED_A_ROW = 8


@dataclass(frozen=True)
class Snapshot:
    """One consistent state.

    Args:
        rows: columns of base and delta; only the first `len(live)` rows belong to this snapshot.
        delta: float32 [at least len(live) - len(base), dimension], the vectors of the rows behind the base.
        live: which rows were not replaced or removed.
        touched: how often other facets came for a row since the base was built.
    """

    rows: Rows
    base: Base
    delta: Floats
    live: Mask
    touched: int = 0

    @property
    def dimension(self) -> int:
        return int(self.delta.shape[1])

    @property
    def changed(self) -> int:
        """Rows that were added since the base was built, or rows of the base that were replaced or removed, if more.

        Facets cost no search anything, but a log that grows.
        """
        split = len(self.base)
        replaced = split - int(np.count_nonzero(self.live[:split]))
        return max(len(self.live) - split, replaced, self.touched // _TOUCHED_A_ROW)

    @cached_property
    def is_empty(self) -> bool:
        return not self.live.any()

    @cached_property
    def is_whole(self) -> bool:
        """Whether no row was replaced or removed."""
        return bool(self.live.all())

    def extended(self, changes: Sequence[IndexChange]) -> Snapshot:
        """The state after some changes in order.

        Rows and vectors are written where no reader of this one looks; so a state may be extended only once.
        """
        rows, split, n, touched = self.rows, len(self.base), len(self.live), 0
        upserts = sum(isinstance(change, Upsert) for change in changes)
        needed, delta = n + upserts, self.delta
        if rows.room < upserts:
            rows.reserve(2 * needed)
        if needed - split > len(delta):
            delta = np.empty((2 * (needed - split), self.dimension), np.float32)
            delta[: n - split] = self.delta[: n - split]
        live = np.concatenate([self.live, np.ones(upserts, np.bool_)])

        def is_known(change: Upsert, row: int) -> bool:
            vector = self.base.vectors[row] if row < split else delta[row - split]
            return rows.skus.values[rows.sku[row]] == change.sku and bool((vector == change.vector).all())

        for change in changes:
            row = rows.row_of.get(change.variant)
            if isinstance(change, Upsert) and row is not None and is_known(change, row):
                # A new price, or sold out: most changes of a shop are of this kind, and need no new row.
                if not touched:
                    rows = rows.with_own_facets()
                rows.set_facets(row, change.facets)
                touched += 1
                continue
            if row is not None:
                live[row] = False
            if isinstance(change, Upsert):
                delta[rows.count - split] = change.vector
                rows.append(change.variant, change.sku, change.facets)
            elif row is not None:
                del rows.row_of[change.variant]
        base = replace(self.base, _known={}) if touched else self.base
        return Snapshot(rows, base, delta, live[: rows.count], self.touched + touched)

    def search(self, query: Floats, k: int, eligible: Filter) -> list[Candidate]:
        """Up to k products by their best eligible variant, then by sku."""
        scope = Scope(self.rows, self.base, self.live, eligible, whole=self.is_whole)
        grown = len(self.live) > len(self.base)
        if scope.only is None:
            found = self._in_base(query, k, scope)
            if grown:
                found = self._wherever(query, scope, self._with_delta(found, query, k, scope))
        elif grown:
            found = self._wherever(query, scope, scope.only)
        else:
            # Words that a later snapshot has added are no products of this one.
            found = of_products(self.base, scope, query, scope.only[scope.only < len(self.base.starts) - 1])
        return candidates(self.rows, found, k, self.vectors)

    def _with_delta(self, found: Found, query: Floats, k: int, scope: Scope) -> NDArray[Any]:
        """The codes of the k best products, and of those that tie, of what was found in the base and of the delta."""
        added = scope.delta_rows()
        codes = np.concatenate([found.codes, self.rows.sku[added]])
        scores = np.concatenate([found.best, self.scores(added, query)])
        order = np.argsort(codes, kind="stable")
        codes, best = best_of_each(codes[order], scores[order])
        return codes[best >= kth_best(best, k)]

    def _wherever(self, query: Floats, scope: Scope, codes: NDArray[Any]) -> Found:
        """The eligible rows of some products, in base and delta."""
        rows = self.rows.of_products(codes)
        rows = rows[scope.keeps(rows)]
        return Found.grouped(rows, self.scores(rows, query), scope.products(rows))

    def scores(self, rows: RowNumbers, query: Floats) -> Floats:
        """Exact scores of any rows."""
        split = len(self.base)
        old = rows < split
        if old.all():
            return exact_scores(self.base.vectors, rows, query)
        scores = np.empty(len(rows), np.float32)
        scores[old] = exact_scores(self.base.vectors, rows[old], query)
        scores[~old] = exact_scores(self.delta, rows[~old] - split, query)
        return scores

    def row(self, variant: str) -> int | None:
        """The row of a variant, or None where there is none; beyond `live` if a writer is just replacing it."""
        return self.rows.row_of.get(variant)

    def vector(self, row: int) -> Floats:
        split = len(self.base)
        stored: Floats = self.base.vectors[row] if row < split else self.delta[row - split]
        return stored

    def vectors(self, rows: RowNumbers) -> Floats:
        """float32 [len(rows), dimension]."""
        split = len(self.base)
        old = rows < split
        if old.all():
            return self.base.vectors[rows]
        gathered = np.empty((len(rows), self.dimension), np.float32)
        gathered[old] = self.base.vectors[rows[old]]
        gathered[~old] = self.delta[rows[~old] - split]
        return gathered

    def _in_base(self, query: Floats, k: int, scope: Scope) -> Found:
        if scope.count > max(_GATHER_BELOW, _GATHER_SHARE * len(self.base)):
            found = by_stage(self.base, scope, query, k) or by_codes(self.base, scope, query, k)
            if found is not None:
                return found
        return by_rows(self.base, scope, query)
