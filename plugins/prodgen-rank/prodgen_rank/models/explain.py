"""Why a model likes a product: what its score would be without one of the things that were done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.models.base import PreferenceModel
from prodgen_rank.models.interactions import History

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


def without(history: History, places: NDArray[Any]) -> History:
    """The history less the things at some places."""
    left = np.delete(np.arange(len(history)), places)
    return History(history.items[left], history.weights[left], history.times[left])


def without_each(model: PreferenceModel, history: History, items: NDArray[Any], now: float) -> Floats:
    """float32 [len(history), len(items)], the scores of some products if one thing in the history had not been.

    By asking the model again, or by its own method `without_each` where it has a quicker one.
    """
    own = getattr(model, "without_each", None)
    if own is not None:
        return np.asarray(own(history, items, now), np.float32)
    if not len(history):
        return np.zeros((0, len(items)), np.float32)
    shortened = [without(history, np.asarray([place])) for place in range(len(history))]
    return np.asarray(model.scores(shortened, now)[:, items], np.float32)
