"""What is popular, as the ranker keeps it: totals that fade, and when users last touched a product in the last days."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_sdk.config import EVENT_WEIGHTS
from prodgen_sdk.profile import popularity
from prodgen_sdk.types import Event

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WEEK = timedelta(days=7)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Trends:
    """Popularity at the time of the last event.

    Args:
        at: that time.
        totals: decayed weight of all events by sku.
        touched: by sku, in seconds since 1970, when each user of the last seven days last touched it; no user is named.
    """

    at: datetime = _EPOCH
    totals: Mapping[str, float] = field(default_factory=dict)
    touched: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, log: Iterable[Event], half_life_days: float) -> Trends:
        events = [event for event in log if event.sku is not None]
        at = max((event.at for event in events), default=_EPOCH)
        last: dict[tuple[str, str], datetime] = {}
        for event in events:
            if event.sku and EVENT_WEIGHTS[event.type] > 0 and event.at > at - WEEK:
                key = (event.sku, event.user)
                last[key] = max(event.at, last.get(key, event.at))
        touched: dict[str, list[float]] = {}
        for (sku, _), when in last.items():
            touched.setdefault(sku, []).append(when.timestamp())
        return cls(at, popularity(events, at, half_life_days), {sku: tuple(sorted(t)) for sku, t in touched.items()})

    def popular(self, skus: Iterable[str], now: datetime, half_life_days: float, prior: float = 0.0) -> Floats:
        """0 to 1 for each sku: `log(1 + total) / log(1 + highest total) * total / (total + prior)`, totals decayed to `now`.

        The last factor shrinks what only a few events say; `prior` is the total at which it is a half.
        """
        fade = 2.0 ** (-max(0.0, (now - self.at) / timedelta(days=1)) / half_life_days)
        totals = fade * np.array(list(map(self.totals.get, skus, repeat(0.0))))
        highest = math.log1p(fade * self._highest)
        known = totals > 0
        if not highest or not known.any():
            return np.zeros(len(totals))
        heights = np.array(list(map(math.log1p, totals.tolist())))
        shrunk: Floats = heights / highest * totals / np.where(known, totals + prior, 1.0)
        return shrunk

    @cached_property
    def _highest(self) -> float:
        return max(self.totals.values(), default=0.0)

    def crowds(self, skus: Iterable[str], now: datetime) -> list[int]:
        """How many users touched each product in the seven days before `now`."""
        since = (now - WEEK).timestamp()
        return [len(times) - bisect_right(times, since) for times in map(self.touched.get, skus, repeat(()))]

    def encoded(self) -> dict[str, Any]:
        """JSON-ready; `decoded` reads it back."""
        return {"at": self.at.isoformat(), "totals": dict(self.totals), "touched": dict(self.touched)}

    @classmethod
    def decoded(cls, data: dict[str, Any]) -> Trends:
        touched = {sku: tuple(times) for sku, times in data["touched"].items()}
        return cls(datetime.fromisoformat(data["at"]), data["totals"], touched)
