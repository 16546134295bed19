"""What a fitted model of preference says for a user, and which product of the history says it.

A model that is a sum over the history is read row by row, in a tenth of the time that asking it takes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from prodgen_rank.models.linear import LinearModel
from prodgen_rank.models.preference import Preference
from prodgen_sdk.types import UserProfile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]


class Summands(NamedTuple):
    """What each product of a history says for each other one, without the zeros.

    Args:
        owner: int64 [m], places in the history.
        columns: int [m], codes of products.
        values: float64 [m].
    """

    owner: Codes
    columns: NDArray[Any]
    values: Floats


class Told(NamedTuple):
    """What a model says for a user about the whole catalogue.

    Args:
        preference: the model with its catalogue.
        now: when it was asked, in seconds since 1970.
        skus: of the history, oldest first.
        everything: float64 [n_items], as the model gives it.
        mean, length: in the scale of `Preference.scores` the average product has 0, the best has 1.
        summands: None where the model is no sum over the history.
    """

    preference: Preference
    now: float
    skus: tuple[str, ...]
    everything: Floats
    mean: float
    length: float
    summands: Summands | None

    def codes(self, skus: Sequence[str]) -> Codes:
        """int64 [len(skus)], -1 for a product that the model does not know."""
        known = self.preference.codes
        return np.asarray([known.get(sku, -1) for sku in skus], np.int64)

    def scores(self, codes: Codes) -> Floats:
        """float64 [len(codes)], as `Preference.scores`: 0 for a product that the model does not know."""
        return np.where(codes >= 0, (self.everything[codes] - self.mean) / self.length, 0.0)

    def parts(self, codes: Codes) -> Floats | None:
        """float64 [len(self.skus), len(codes)], what each product of the history adds to each score.

        They sum to the scores less a constant, the average product's. None where the model is no sum over the history.
        """
        if self.summands is None:
            return None
        owner, columns, values = self.summands
        place = np.full(len(self.everything), -1, np.int64)
        known = np.flatnonzero(codes >= 0)
        place[codes[known]] = known
        column = place[columns]
        hit = np.flatnonzero(column >= 0)
        parts = np.zeros((len(self.skus), len(codes)))
        np.add.at(parts, (owner[hit], column[hit]), values[hit])
        return parts / self.length

    def best(self, n: int, without: Collection[str] = ()) -> list[str]:
        """The skus of the n highest products, less some; those of equal height in the order of the catalogue."""
        n = min(n, len(self.everything))
        if n <= 0:
            return []
        height = self.everything.copy()
        gone = [code for sku in without if (code := self.preference.codes.get(sku)) is not None]
        height[gone] = -np.inf
        floor = np.partition(height, len(height) - n)[len(height) - n]
        high = np.flatnonzero((height >= floor) & (height > -np.inf))
        order = high[np.lexsort((high, -height[high]))][:n]
        return [self.preference.skus[code] for code in order.tolist()]


def told(preference: Preference, user: UserProfile, now: float) -> Told | None:
    """None where nothing that the user did is known to the model."""
    history = preference.history(user)
    if not len(history):
        return None
    model, summands = preference.model, None
    if isinstance(model, LinearModel):
        shares = np.zeros(len(history))
        counted = model.recency.shares(history, now)
        shares[len(history) - len(counted) :] = counted
        summands = _summands(model.matrix, history.items, shares)
        everything = np.asarray(np.bincount(summands.columns, summands.values, len(preference.skus)), np.float64)
    else:
        everything = np.nan_to_num(model.scores([history], now)[0]).astype(np.float64)
    mean = float(everything.mean())
    length = float(everything.max()) - mean
    names = tuple([preference.skus[item] for item in history.items.tolist()])
    return Told(preference, now, names, everything, mean, length if length > 1e-12 else 1.0, summands)


def _summands(matrix: Any, items: NDArray[np.int32], shares: Floats) -> Summands:
    if isinstance(matrix, np.ndarray):
        rows = matrix[items] * shares[:, None]
        owner, columns = np.divmod(np.arange(rows.size), matrix.shape[1])
        return Summands(owner, columns, rows.ravel().astype(np.float64))
    starts = matrix.indptr[items].astype(np.int64)
    lengths = matrix.indptr[items + 1] - starts
    owner = np.repeat(np.arange(len(items)), lengths)
    first = np.cumsum(lengths) - lengths
    place = np.arange(len(owner)) + (starts - first)[owner]
    return Summands(owner, matrix.indices[place], matrix.data[place] * shares[owner])
