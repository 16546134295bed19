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
    """Ranks the products by codes, the first of these by their means and the rows of the first of those; None where that does not pay.

    Approximate at the recall that the base was calibrated for. Where a filter, dead rows or exclusions leave fewer than k of the
    products that were looked at, it looks further, and in the end leaves it to a scan of all rows.
    """
    stage = base.stage
    plan = stage.plan(k) if stage is not None else None
    if stage is None or plan is None or base.means is None or scope.only is not None:
        return None
    allowed = None
    if scope.of_base is not None:
        if not stage.filters:
            return None
        allowed = scope.of_base.products
    look, keep = plan.look if allowed is None else plan.look_filtered, plan.keep
    excluded = 0 if scope.dropped is None else len(scope.dropped)
    while look + excluded < stage.index.ntotal:
        found, _ = stage.nearest(query[None], look + excluded, plan.effort, allowed)
        codes = found[0][found[0] >= 0]
        if scope.dropped is not None:
            codes = codes[~scope.drops(codes)][:look]
        # Where the nearest are excluded, what is left is judged by its rows: no plan was made for that.
        if len(codes) > keep >= excluded:
            seemed = exact_scores(base.means, codes, query)
            codes = codes[np.argpartition(-seemed, keep - 1)[:keep]]
        products = of_products(base, scope, query, codes)
        if len(products.codes) >= k:
            return products
        look, keep = 4 * look, 4 * keep
    return None


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
