"""What a fitted model of preference says of candidates, and which product of the history says it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from prodgen_rank.models.linear import LinearModel
from prodgen_rank.models.preference import Preference
from prodgen_sdk.types import UserProfile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Told(NamedTuple):
    """Scores of some products, in the scale of `Preference.scores`, and the parts that they are made of.

    Args:
        scores: float64 [n]; 0 for a product that the model does not know.
        skus: of the history, oldest first.
        parts: float64 [len(skus), n], what each product of the history says for each product; None where the model is no
            sum over the history. A column sums to `scores` less a constant, the model's average product.
    """

    scores: Floats
    skus: tuple[str, ...]
    parts: Floats | None


def told(preference: Preference, user: UserProfile, skus: Sequence[str], now: float) -> Told | None:
    """None where nothing that the user did is known to the model.

    A model that is a sum over the history is read row by row, which takes a tenth of the time of asking it.
    """
    history = preference.history(user)
    if not len(history):
        return None
    names = tuple(preference.skus[item] for item in history.items)
    model = preference.model
    if not isinstance(model, LinearModel):
        return Told(np.asarray(preference.scores(history, skus, now), np.float64), names, None)
    codes = np.asarray([preference.codes.get(sku, -1) for sku in skus], np.int64)
    shares = np.zeros(len(history))
    counted = model.recency.shares(history, now)
    shares[len(history) - len(counted) :] = counted
    everything, parts = _summed(model.matrix, history.items, shares, codes, len(preference.skus))
    mean = float(everything.mean())
    length = float(everything.max()) - mean
    length = length if length > 1e-12 else 1.0
    scores = np.where(codes >= 0, (everything[codes] - mean) / length, 0.0)
    return Told(scores, names, parts / length)


def _summed(
    matrix: Any, items: NDArray[np.int32], shares: Floats, codes: NDArray[np.int64], n_items: int
) -> tuple[Floats, Floats]:
    """The scores of all products, float64 [n_items], and the parts of some, float64 [len(items), len(codes)]."""
    if isinstance(matrix, np.ndarray):
        rows = matrix[items]
        parts = np.where(codes >= 0, rows[:, codes], 0.0) * shares[:, None]
        return np.asarray(shares @ rows, np.float64), parts
    starts, ends = matrix.indptr[items], matrix.indptr[items + 1]
    lengths = ends - starts
    owner = np.repeat(np.arange(len(items)), lengths)
    place = np.arange(len(owner)) + np.repeat(starts - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
    columns = matrix.indices[place]
    values = matrix.data[place] * shares[owner]
    everything = np.asarray(np.bincount(columns, values, n_items), np.float64)
    wanted = np.full(n_items, -1, np.int64)
    known = np.flatnonzero(codes >= 0)
    wanted[codes[known]] = known
    column = wanted[columns]
    hit = column >= 0
    parts = np.zeros((len(items), len(codes)))
    np.add.at(parts, (owner[hit], column[hit]), values[hit])
    return everything, parts
