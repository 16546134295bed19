"""A user's events and products as columns, so that what they count is added up at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import compress
from typing import TYPE_CHECKING, Any, NamedTuple

from prodgen_sdk.profile.counting import SECONDS_A_DAY
from prodgen_sdk.types import Event, EventType, Locale, Product

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MICROSECOND = timedelta(microseconds=1)


class Log(NamedTuple):
    """Events that count for something, by time; many events are about few things, so shares are added up by thing.

    Args:
        things: by code, the last event about it: a product, a variant or a search.
        codes: int [n], the thing of each event.
        plain: float64 [n], the weight of each event's type.
        behind: int64 [n], microseconds from each event to the last one.
    """

    events: list[Event]
    things: list[Event]
    codes: NDArray[np.int64]
    plain: Floats
    behind: NDArray[np.int64]

    def decayed(self, since: int, half_life_days: float) -> Floats:
        """float64 [n], the weight of each event `since` microseconds after the last one."""
        import numpy as np

        ages = np.maximum((self.behind + since) / 1e6, 0.0)
        decayed: Floats = self.plain * np.exp2(-(ages / (SECONDS_A_DAY * half_life_days)))
        return decayed

    def by_thing(self, since: int, half_life_days: float) -> Floats:
        """float64 [things], the same for each thing."""
        import numpy as np

        return np.asarray(np.bincount(self.codes, self.decayed(since, half_life_days), len(self.things)), np.float64)


def log_of(ordered: Sequence[Event], weights: Mapping[EventType, float]) -> Log:
    import numpy as np

    known = [event for event in ordered if weights.get(event.type)]
    places: dict[Any, int] = {}
    codes = [
        places.setdefault((e.sku, e.variant) if e.sku is not None or e.variant is not None else e.query, len(places))
        for e in known
    ]
    last = dict(zip(codes, known, strict=True))
    plain = np.array([weights[event.type] for event in known], np.float64)
    behind = np.array([(known[-1].at - event.at) // MICROSECOND for event in known], np.int64)
    return Log(known, [last[code] for code in range(len(places))], np.array(codes, np.int64), plain, behind)


class Products(NamedTuple):
    """The products that a user did something with.

    Args:
        rows: the interest in each, all but its weight.
        rank: int64 [rows], the place of each by its sku.
        things: int64 [m], the things of a `Log` that are about one of them.
        codes: int64 [m], which one.
    """

    rows: list[dict[str, Any]]
    rank: NDArray[np.int64]
    things: NDArray[np.int64]
    codes: NDArray[np.int64]

    @staticmethod
    def of(log: Log, known: Mapping[str, Product], locale: Locale) -> Products:
        import numpy as np

        about = [(place, thing.sku) for place, thing in enumerate(log.things) if thing.sku is not None]
        last = {event.sku: event for event in log.events if event.sku is not None}
        bought = {event.sku: event.at for event in log.events if event.type == "purchase"}
        rows: list[dict[str, Any]] = [
            {
                "sku": sku,
                "weight": 0.0,
                "last_type": event.type,
                "last_at": event.at,
                "bought_at": bought.get(sku),
                "title": _title(product, locale) if (product := known.get(sku)) else "",
                "category": product.category if product else "",
            }
            for sku, event in last.items()
        ]
        codes = {sku: code for code, sku in enumerate(last)}
        rank = {sku: place for place, sku in enumerate(sorted(last))}
        return Products(
            rows,
            np.array([rank[sku] for sku in last], np.int64),
            np.array([place for place, _ in about], np.int64),
            np.array([codes[sku] for _, sku in about], np.int64),
        )

    def strongest(self, weights: Floats, n: int) -> tuple[list[dict[str, Any]], list[float]]:
        """The interests in n products and their weights, strongest first, then by sku; and all that were hidden or bought.

        Args:
            weights: float64, of each thing of the log.
        """
        import numpy as np

        totals = np.bincount(self.codes, weights[self.things], len(self.rows))
        order = np.lexsort((self.rank, -totals))
        rows, totals_of = [self.rows[row] for row in order.tolist()], totals[order].tolist()
        kept = [
            place < n or weight < 0 or row["last_type"] == "hide" or row["bought_at"] is not None
            for place, (row, weight) in enumerate(zip(rows, totals_of, strict=True))
        ]
        return list(compress(rows, kept)), list(compress(totals_of, kept))


def _title(product: Product, locale: Locale) -> str:
    translated = product.translations.get(locale)
    return translated.title if translated else product.title
