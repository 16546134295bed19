"""Maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def diversify(
    relevance: NDArray[np.float64], vectors: NDArray[np.float32], weight: float, k: int
) -> tuple[list[int], NDArray[np.float64]]:
    """Orders items by relevance less `weight` times the cosine to the nearest item placed before.

    The first k places are filled greedily; what is left follows by its relevance less its penalty towards those k.
    Ties go to the lower position. A likeness below 0 is no bonus.

    Args:
        relevance: float64 [n].
        vectors: float32 [n, dimension]; a row of zeros is like nothing.
        weight: 0 or more; MMR's (1 - lambda) / lambda.

    Returns:
        The order, and the penalty of each item (0 or more, by its position in `relevance`).
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(lengths > 0, lengths, 1)
    nearest = np.zeros(len(relevance))
    free = np.ones(len(relevance), np.bool_)
    order: list[int] = []
    while len(order) < min(k, len(relevance)):
        best = int(np.argmax(np.where(free, relevance - weight * nearest, -np.inf)))
        order.append(best)
        free[best] = False
        nearest[free] = np.maximum(nearest, unit @ unit[best])[free]
    left = np.flatnonzero(free)
    order += left[np.argsort(-(relevance - weight * nearest)[left], kind="stable")].tolist()
    return order, weight * nearest
