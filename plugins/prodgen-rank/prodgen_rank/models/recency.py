"""How much each thing in a history counts when a question is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.models.interactions import History
from prodgen_sdk.errors import ConfigError

if TYPE_CHECKING:
    from numpy.typing import NDArray

DAY = 86_400.0


@dataclass(frozen=True)
class Recency:
    """What came last counts most.

    Args:
        step: factor for each thing done since, in (0, 1]; 1 leaves the order out.
        half_life_days: after which a thing counts half, by `History.times`; None leaves time out.
        weighted: whether the weights of the history count (a purchase more than a view, a high rating more than a low one).
        last: how many of the newest are looked at.
    """

    step: float = 1.0
    half_life_days: float | None = None
    weighted: bool = False
    last: int = 1000

    def __post_init__(self) -> None:
        if not (0 < self.step <= 1 and (self.half_life_days is None or self.half_life_days > 0) and self.last > 0):
            raise ConfigError(
                f"Recency has no step {self.step}, half_life_days {self.half_life_days} or last {self.last}.",
                hint="A step lies in (0, 1], the others above 0.",
            )

    def shares(self, history: History, now: float) -> NDArray[np.float32]:
        """float32 [min(len(history), last)], for the newest things of a history, oldest first; 0 and more."""
        history = history.last(self.last)
        n = len(history)
        shares = np.asarray(history.weights if self.weighted else np.ones(n), np.float64)
        if self.step < 1:
            shares = shares * self.step ** np.arange(n - 1, -1, -1.0)
        if self.half_life_days is not None:
            age = np.clip(now - history.times, 0, None) / DAY
            # From the newest: only ratios matter within a history, and an old one does not fade to nothing.
            shares = shares * 2.0 ** -((age - age.min(initial=np.inf) if n else age) / self.half_life_days)
        return shares.astype(np.float32)

    def matrix(self, histories: Sequence[History], now: float, n_items: int) -> Any:
        """Scipy CSR float32 [len(histories), n_items] of the shares, summed where a product comes more than once."""
        from scipy.sparse import csr_matrix

        starts = np.cumsum([0, *(min(len(history), self.last) for history in histories)])
        columns = np.concatenate([history.last(self.last).items for history in histories] or [np.zeros(0, np.int32)])
        values = np.concatenate([self.shares(history, now) for history in histories] or [np.zeros(0, np.float32)])
        matrix = csr_matrix((values, columns, starts), (len(histories), n_items), dtype=np.float32)
        matrix.sum_duplicates()
        return matrix
