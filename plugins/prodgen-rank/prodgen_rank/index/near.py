"""Three ways to the products of a base that are nearest to a query. Each gives codes of products, each once, and exact scores of
the best eligible row of each: among them the k best, or fewer where fewer are eligible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from prodgen_rank.index.base import Base
from prodgen_rank.index.exact import best_of_each, exact_scores, kth_best
from prodgen_rank.index.scope import Scope

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Found: TypeAlias = tuple[NDArray[np.int32] | NDArray[np.int64], Floats]
else:
    Found = tuple

# Above a quarter, testing every row in the scan costs more than dropping afterwards what may not be shown.
_SELECT_BELOW = 0.25
_FIRST_LOOK = 1024


def by_rows(base: Base, scope: Scope, query: Floats) -> Found:
    """Scores every eligible row."""
    rows = scope.base_rows()
    return best_of_each(scope.products(rows), exact_scores(base.vectors, rows, query))


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
        scores = _best_scores(base, scope, query, codes)
        alive = np.isfinite(scores)
        if np.count_nonzero(alive) >= k:
            return codes[alive], scores[alive]
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
            return best_of_each(scope.products(near), exact_scores(base.vectors, near, query))
        look *= 8
    return None


def _best_scores(base: Base, scope: Scope, query: Floats, products: NDArray[np.int64]) -> Floats:
    """The score of the best eligible row of each product, minus infinity where none is."""
    if not len(products):
        return np.empty(0, np.float32)
    rows = base.rows_of(products)
    scores = exact_scores(base.vectors, rows, query)
    scores[~scope.keeps(rows)] = -np.inf
    lengths = base.starts[products + 1] - base.starts[products]
    best: Floats = np.maximum.reduceat(scores, np.cumsum(lengths) - lengths)
    return best
