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
    n, k = len(relevance), min(k, len(relevance))
    if not k or not weight:
        return np.argsort(-relevance, kind="stable").tolist(), np.zeros(n)
    squares = np.einsum("ij,ij->i", vectors, vectors)
    usual = np.abs(squares - 1) < 1e-6
    unit = vectors
    if not (usual | (squares == 0)).all():
        unit = vectors / np.sqrt(np.where(squares > 0, squares, 1)).astype(np.float32)[:, None]
    # No penalty exceeds the weight: whoever lies farther below the k-th cannot reach one of the k places.
    floor = np.partition(relevance, n - k)[n - k] - weight
    pool = np.flatnonzero(relevance >= floor - 1e-9)
    marginal, near = relevance[pool], unit[pool]
    likeness = np.zeros(len(pool))
    places: list[int] = []
    for _ in range(k):
        best = int((marginal - weight * likeness).argmax())
        places.append(best)
        nearer = np.maximum(likeness, near @ near[best])
        nearer[places] = likeness[places]
        likeness = nearer
        marginal[best] = -np.inf
    order = pool[places]
    nearest = np.maximum((unit @ unit[order].T).max(axis=1), 0).astype(np.float64)
    nearest[order] = likeness[places]
    taken = np.zeros(n, np.bool_)
    taken[order] = True
    left = np.flatnonzero(~taken)
    rest = left[np.argsort(-(relevance - weight * nearest)[left], kind="stable")]
    return [*order.tolist(), *rest.tolist()], weight * nearest
