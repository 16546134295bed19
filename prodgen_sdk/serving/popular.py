"""What is popular with everybody and within each category, counted as the log grows."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from prodgen_sdk.types import EventType

if TYPE_CHECKING:
    from prodgen_sdk.store import Store

WEIGHTS: Mapping[EventType, float] = {"click": 1.0, "view": 1.0, "add_to_cart": 3.0, "purchase": 5.0}
_OF_ALL = 200
_OF_CATEGORY = 100


class Charts(NamedTuple):
    """Skus, most popular first.

    Args:
        overall: of the whole catalogue.
        by_category: of each category and each part above it, such as `home`.
        weights: of each of them, relative to the first one overall: 0 to 1.
    """

    overall: tuple[str, ...] = ()
    by_category: Mapping[str, tuple[str, ...]] = {}
    weights: Mapping[str, float] = {}


class Popular:
    """Counts events by sku: a click or view 1, the cart 3, a purchase 5. Each look reads only what is new."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._totals: dict[str, float] = {}
        self._categories: dict[str, str] = {}
        self._last = 0
        self._mark: object = None
        self.charts = Charts()

    def look(self, mark: object) -> Charts:
        """Brings the charts up to date; one thread at a time.

        Args:
            mark: changes when events may have been erased; then all are counted anew.
        """
        if mark != self._mark:
            self._totals, self._categories, self._last = {}, {}, 0
        last = self._last
        for sequence, sku, kind, number in self._store.events.counts(self._last):
            self._totals[sku] = self._totals.get(sku, 0.0) + WEIGHTS.get(kind, 0.0) * number
            last = max(last, sequence)
        if last != self._last or mark != self._mark:
            self.charts = self._ranked()
        self._last, self._mark = last, mark
        return self.charts

    def _ranked(self) -> Charts:
        totals = {sku: total for sku, total in self._totals.items() if total > 0}
        groups: dict[str, list[str]] = {}
        self._categories |= self._store.products.categories(sku for sku in totals if sku not in self._categories)
        for sku in totals:
            category = self._categories.get(sku)
            if category is None:
                continue
            parts = category.split("/")
            for depth in range(1, len(parts) + 1):
                groups.setdefault("/".join(parts[:depth]), []).append(sku)
        overall = _top(totals, totals, _OF_ALL)
        highest = totals[overall[0]] if overall else 1.0
        by_category = {category: _top(skus, totals, _OF_CATEGORY) for category, skus in groups.items()}
        kept = {*overall, *(sku for skus in by_category.values() for sku in skus)}
        return Charts(overall, by_category, {sku: totals[sku] / highest for sku in kept})


def _top(skus: Iterable[str], totals: Mapping[str, float], n: int) -> tuple[str, ...]:
    return tuple(heapq.nsmallest(n, skus, key=lambda sku: (-totals[sku], sku)))


def segment_of(charts: Charts, categories: Sequence[str]) -> tuple[str, ...]:
    """What is popular in the first of these categories that has anything, or else in what lies above it."""
    for category in categories:
        parts = category.split("/")
        for depth in range(len(parts), 0, -1):
            found = charts.by_category.get("/".join(parts[:depth]))
            if found:
                return found
    return ()
