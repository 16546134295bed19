"""What is popular, whoever asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from prodgen_rank.models.base import PreferenceModel
from prodgen_rank.models.interactions import History, Interactions
from prodgen_rank.models.recency import DAY
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError

if TYPE_CHECKING:
    from prodgen_rank.models.base import Arrays, Scores


class Popularity(PreferenceModel):
    """Users who had a product, each counted once, at their last time, and less the longer that is ago.

    Args:
        half_life_days: after which a user counts half; None counts all the same.
        weighted: whether the weights of the interactions count.
    """

    name: ClassVar[str] = "popular"

    def __init__(self, half_life_days: float | None = None, weighted: bool = False) -> None:
        if half_life_days is not None and not half_life_days > 0:
            raise ConfigError(f"half_life_days is {half_life_days}; it must be above 0.")
        self.half_life_days, self.weighted = half_life_days, weighted
        self.totals = np.zeros(0, np.float32)

    def fit(self, data: Interactions, ctx: Context) -> Self:
        # Sorted by user and time: of each pair the last row stands for it.
        pairs = data.users.astype(np.int64) * max(data.n_items, 1) + data.items
        last = len(data) - 1 - np.unique(pairs[::-1], return_index=True)[1]
        counts = np.asarray(data.weights[last] if self.weighted else np.ones(len(last)), np.float64)
        if self.half_life_days is not None and len(last):
            # Some clocks are ahead: what lies beyond the newest hundredth has no age, and does not make the rest old.
            newest = np.quantile(data.times, 0.99, method="higher")
            age = np.maximum(newest - data.times[last], 0) / DAY
            counts = counts * 2.0 ** (-age / self.half_life_days)
        self.totals = np.bincount(data.items[last], counts, data.n_items).astype(np.float32)
        return self

    def scores(self, histories: Sequence[History], now: float) -> Scores:
        return np.tile(np.log1p(self.totals), (len(histories), 1))

    def arrays(self) -> Arrays:
        return {"totals": self.totals}

    def restore(self, arrays: Arrays) -> Self:
        self.totals = np.asarray(arrays["totals"], np.float32)
        return self
