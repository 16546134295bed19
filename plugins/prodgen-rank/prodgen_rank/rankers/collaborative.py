"""What a fitted model of preference says for a user, and which product of the history says it.

A model that is a sum over the history is read row by row, in a tenth of the time that asking it takes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import islice, repeat
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from prodgen_rank.models.linear import LinearModel
from prodgen_rank.models.preference import Preference
from prodgen_sdk.types import UserProfile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]


_SMALL = 5_000


class Summands(NamedTuple):
    """What each product of a history says for each other one, without the zeros.

    Args:
        owner: int [m], places in the history.
        columns: int [m], places in `HistoryScores.known`.
        values: float64 [m].
    """

    owner: Codes
    columns: NDArray[Any]
    values: Floats


class HistoryScores(NamedTuple):
    """What a model says for a user about the whole catalogue.

    Args:
        preference: the model with its catalogue.
        now: when it was asked, in seconds since 1970.
        skus: of the history, oldest first.
        known: int [u], the codes of the products that the model says anything about, rising; all others have 0.
        heights: float64 [u], what it says.
        mean, length: in the scale of `Preference.scores` the average product has 0, the best has 1.
        summands: None where the model is no sum over the history.
    """

    preference: Preference
    now: float
    skus: tuple[str, ...]
    known: Codes
    heights: Floats
    mean: float
    length: float
    summands: Summands | None

    @property
    def lasts(self) -> bool:
        """Whether it is right at any time, and small: a sum over the history changes in scale alone, which is taken out."""
        return self.summands is not None and len(self.summands.values) <= _SMALL

    def codes(self, skus: Sequence[str]) -> Codes:
        """int64 [len(skus)], -1 for a product that the model does not know."""
        known = self.preference.codes
        return np.array(list(map(known.get, skus, repeat(-1))), np.int64)

    def scores(self, codes: Codes) -> Floats:
        """float64 [len(codes)], as `Preference.scores`: 0 for a product that the model does not know."""
        place, hit = self._places(codes)
        raw = np.where(hit, self.heights[place], 0.0) if len(self.heights) else np.zeros(len(codes))
        return np.where(codes >= 0, (raw - self.mean) / self.length, 0.0)

    def parts(self, codes: Codes) -> Floats | None:
        """float64 [len(self.skus), len(codes)], what each product of the history adds to each score.

        They sum to the scores less a constant, the average product's. None where the model is no sum over the history.
        """
        if self.summands is None:
            return None
        owner, columns, values = self.summands
        place, known = self._places(codes)
        wanted = np.full(len(self.heights), -1, np.int64)
        wanted[place[known]] = np.flatnonzero(known)
        column = wanted[columns]
        hit = np.flatnonzero(column >= 0)
        size = len(self.skus) * len(codes)
        parts = np.bincount(owner[hit] * len(codes) + column[hit], values[hit], size)
        return parts.reshape(len(self.skus), len(codes)) / self.length

    def _places(self, codes: Codes) -> tuple[Codes, NDArray[np.bool_]]:
        """Where each code is in `known`, and whether it is."""
        place = np.searchsorted(self.known, codes)
        place[place == len(self.known)] = 0
        hit = self.known[place] == codes if len(self.known) else np.zeros(len(codes), np.bool_)
        return place, hit

    def best(self, n: int, without: Collection[str] = ()) -> list[str]:
        """The skus of the n highest products, less some; those of equal height in the order of the catalogue."""
        skus = self.preference.skus
        n, enough = min(n, len(skus)), min(n, len(skus)) + len(without)
        if n <= 0:
            return []
        above = np.flatnonzero(self.heights > 0)
        if len(above) >= enough:
            codes, height = self.known[above], self.heights[above]
        else:
            codes, height = np.arange(len(skus)), np.zeros(len(skus))
            height[self.known] = self.heights
        if len(height) > 4 * enough:
            high = np.flatnonzero(height >= np.partition(height, len(height) - enough)[len(height) - enough])
            codes, height = codes[high], height[high]
        # The codes rise, so that a stable sort leaves those of equal height in order.
        order = codes[np.argsort(-height, kind="stable")][:enough]
        return list(islice((sku for code in order.tolist() if (sku := skus[code]) not in without), n))


def score_history(preference: Preference, user: UserProfile, now: float) -> HistoryScores | None:
    """None where nothing that the user did is known to the model."""
    history = preference.history(user)
    if not len(history):
        return None
    model, summands = preference.model, None
    if isinstance(model, LinearModel):
        shares = np.zeros(len(history))
        counted = model.recency.shares(history, now)
        shares[len(history) - len(counted) :] = counted
        known, summands = _summands(model.matrix, history.items, shares)
        heights = np.asarray(np.bincount(summands.columns, summands.values, len(known)), np.float64)
    else:
        heights = np.nan_to_num(model.scores([history], now)[0]).astype(np.float64)
        known = np.arange(len(heights))
    n = len(preference.skus)
    mean = float(heights.sum()) / n
    # All that are not known have 0.
    length = float(heights.max(initial=-np.inf if len(known) == n else 0.0)) - mean
    names = tuple([preference.skus[item] for item in history.items.tolist()])
    return HistoryScores(preference, now, names, known, heights, mean, length if length > 1e-12 else 1.0, summands)


def _summands(matrix: Any, items: NDArray[np.int32], shares: Floats) -> tuple[Codes, Summands]:
    """The codes of the products of which anything is said, rising, and what is."""
    if isinstance(matrix, np.ndarray):
        rows = matrix[items] * shares[:, None]
        owner, columns = np.divmod(np.arange(rows.size), matrix.shape[1])
        return np.arange(matrix.shape[1]), Summands(owner, columns, rows.ravel().astype(np.float64))
    starts = matrix.indptr[items].astype(np.int64)
    lengths = matrix.indptr[items + 1] - starts
    owner = np.repeat(np.arange(len(items)), lengths)
    first = np.cumsum(lengths) - lengths
    place = np.arange(len(owner)) + (starts - first)[owner]
    named = matrix.indices[place]
    # As `np.unique`, which sorts.
    said = np.zeros(matrix.shape[1], np.bool_)
    said[named] = True
    known = np.flatnonzero(said)
    at = np.empty(len(said), np.int64)
    at[known] = np.arange(len(known))
    return known, Summands(owner, at[named], matrix.data[place] * shares[owner])
