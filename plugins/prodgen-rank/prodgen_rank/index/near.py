"""Three ways to the products of a base that are nearest to a query.

Each gives products with all their eligible rows, among them the k best, or fewer where fewer are eligible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from prodgen_rank.index.base import Base
from prodgen_rank.index.exact import best_of_each, exact_scores, kth_best, runs
from prodgen_rank.index.rows import RowNumbers
from prodgen_rank.index.scope import Scope

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

# Above a quarter, testing every row in the scan costs more than dropping afterwards what may not be shown.
_SELECT_BELOW = 0.25
_FIRST_LOOK = 1024


class Found(NamedTuple):
    """Products, each once, with all rows of them that may be shown, at least one of each.

    Args:
        codes: of the products, int [p].
        best: the highest score of each, float32 [p].
        starts: where the rows of each begin, int64 [p].
        rows: their rows, one product after another, int64 [n].
        scores: of each row, exact, float32 [n].
    """

    codes: NDArray[Any]
    best: Floats
    starts: RowNumbers
    rows: RowNumbers
    scores: Floats

    @staticmethod
    def of(codes: NDArray[Any], starts: RowNumbers, rows: RowNumbers, scores: Floats) -> Found:
        return Found(codes, np.maximum.reduceat(scores, starts), starts, rows, scores)

    @staticmethod
    def grouped(rows: RowNumbers, scores: Floats, products: NDArray[Any]) -> Found:
        """Rows of which those of a product stand together.

        Args:
            products: the code of each row's product.
        """
        starts = runs(products)
        return Found.of(products[starts], starts, rows, scores)


def by_rows(base: Base, scope: Scope, query: Floats) -> Found:
    """Scores every eligible row."""
    rows = scope.base_rows()
    return Found.grouped(rows, exact_scores(base.vectors, rows, query), scope.products(rows))


def of_products(base: Base, scope: Scope, query: Floats, codes: NDArray[Any]) -> Found:
    """Scores the eligible rows of some products of the base."""
    rows, starts = base.rows_of(codes)
    if scope.is_all:
        return Found.of(codes, starts, rows, exact_scores(base.vectors, rows, query))
    rows = rows[scope.keeps(rows)]
    return Found.grouped(rows, exact_scores(base.vectors, rows, query), scope.products(rows))


def by_stage(base: Base, scope: Scope, query: Floats, k: int) -> Found | None:
    """Ranks rows, or products by their means, by codes, and scores the first of them; None where that does not pay.

    Approximate at the recall that the base was calibrated for. Where a filter, dead rows or exclusions leave too few of what was
    looked at, it looks further, and in the end leaves it to a scan of all rows.
    """
    stage = base.stage
    plan = stage.plan(k) if stage is not None else None
    if stage is None or plan is None or scope.only is not None:
        return None
    look, effort, keep, only = plan.look, plan.effort, plan.keep, None
    if scope.of_base is not None:
        if (only := scope.of_base.only) is None:
            return None
        look, effort = plan.look_filtered, plan.effort_filtered
    excluded = scope.excluded(of_rows=stage.of_rows)
    while look + excluded < stage.index.ntotal:
        units = stage.nearest(query, look + excluded, effort, only)
        if stage.of_rows:
            found = _of_rows(base, scope, query, units, k, most_dropped=excluded + look // 5)
        else:
            units = units[~scope.drops(units)][:look]
            # Where the nearest are excluded, what is left is judged by its rows: no plan was made for that.
            found = _of_means(base, scope, query, units, keep if keep >= excluded else len(units))
        if found is not None and len(found.codes) >= k:
            return found
        look, effort, keep = 4 * look, 4 * effort, 4 * keep
    return None


def _of_rows(base: Base, scope: Scope, query: Floats, rows: RowNumbers, k: int, *, most_dropped: int) -> Found | None:
    """The best products by some rows; None where more of these may not be shown, or they are of fewer than k products."""
    kept = np.sort(rows[scope.keeps(rows)])
    if len(rows) - len(kept) > most_dropped or not len(kept):
        return None
    codes, best = best_of_each(scope.products(kept), exact_scores(base.vectors, kept, query))
    return of_products(base, scope, query, codes[best >= kth_best(best, k)]) if len(codes) >= k else None


def _of_means(base: Base, scope: Scope, query: Floats, codes: NDArray[Any], keep: int) -> Found:
    """The best `keep` of some products by their means."""
    if len(codes) > keep:
        assert base.means is not None
        codes = codes[np.argpartition(-exact_scores(base.means, codes, query), keep - 1)[:keep]]
    return of_products(base, scope, query, codes)


def by_codes(base: Base, scope: Scope, query: Floats, k: int) -> Found | None:
    """Scans 8-bit codes, and scores the rows that the codes' error leaves in question; exact. None where that settles nothing."""
    if base.scan is None or scope.only is not None:
        return None
    mask = None if scope.of_base is None else scope.of_base.rows
    share = scope.count / len(base)
    select = mask if share < _SELECT_BELOW else None
    look = int(max(_FIRST_LOOK, 32 * k) / (share if select is None else 1))
    while look < len(base):
        found, approximate, off = base.scan.best(query, look, select)
        # What was not returned scores at most the last one returned, plus what that may be off.
        unseen = approximate[-1] + off if len(found) == look else -np.inf
        kept = scope.keeps(found)
        found, approximate = found[kept], approximate[kept]
        order = np.argsort(found)
        _, seemed = best_of_each(scope.products(found[order]), approximate[order])
        least = kth_best(seemed, k) - 2 * off
        if least > unseen - off or unseen == -np.inf:
            near = np.sort(found[approximate >= least])
            codes, best = best_of_each(scope.products(near), exact_scores(base.vectors, near, query))
            return of_products(base, scope, query, codes[best >= kth_best(best, k)])
        look *= 8
    return None
