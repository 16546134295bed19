"""What the scores of ranked products are made of and why they are shown, made for those that somebody looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from prodgen_rank.config import RankerConfig
from prodgen_rank.rankers.collaborative import HistoryScores
from prodgen_rank.rankers.reasons import SENTENCES, Reasons, companions, nearest
from prodgen_rank.rankers.trending import Trends
from prodgen_sdk.types import Candidate, RecommendationContext, UserProfile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Vectors = NDArray[np.float32]
    Codes = NDArray[np.int64]

_SKU = attrgetter("sku")


@dataclass(eq=False)
class Explained:
    """Explains a page of `context.k` products at once, as they are shown.

    Args:
        candidates: as they were ranked [n].
        order: the place of each in it, best first [n].
        shares: by name, what the score of each is made of, float64 [n].
        vectors: float32 [n, dimension] of the candidates, or None.
        others: what a model of preference says of the user, or None.
        codes: of the candidates in that model, int64 [n].
    """

    candidates: Sequence[Candidate]
    order: Sequence[int]
    shares: Mapping[str, Floats]
    user: UserProfile
    vectors: Vectors | None
    others: HistoryScores | None
    codes: Codes
    trends: Trends
    context: RecommendationContext
    config: RankerConfig
    _pages: dict[int, list[tuple[dict[str, float], tuple[str, ...]]]] = field(default_factory=dict, init=False)

    def of(self, place: int) -> tuple[dict[str, float], tuple[str, ...]]:
        """Contributions and reasons of the product at a place of the order, from 0."""
        number, row = divmod(place, self.context.k)
        page = self._pages.get(number)
        if page is None:
            page = self._pages[number] = self._page(slice(number * self.context.k, (number + 1) * self.context.k))
        return page[row]

    def _page(self, part: slice) -> list[tuple[dict[str, float], tuple[str, ...]]]:
        user, config, places = self.user, self.config, self.order[part]
        shown = [self.candidates[place] for place in places]
        columns = [column[places].tolist() for column in self.shares.values()]
        rows = zip(*columns, strict=True) if columns else [()] * len(shown)
        parts = [{name: value for name, value in zip(self.shares, row, strict=True) if value} for row in rows]
        causes = nearest(user, self.vectors[places] if self.vectors is not None else None, shown, config)
        behind = companions(self.others, self.codes[places], config.like_others)
        crowds = self.trends.crowds(map(_SKU, shown), self.context.at)
        reasons = Reasons(user, SENTENCES[self.context.locale], config)
        return [
            (share, reasons.of(candidate, share, cause, companion, crowd >= config.popular_users))
            for candidate, share, cause, companion, crowd in zip(shown, parts, causes, behind, crowds, strict=True)
        ]
