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
    whole = len(pool) == n
    marginal, near = relevance[pool], unit if whole else unit[pool]
    likeness, penalised = np.zeros(len(pool)), np.empty(len(pool))
    places: list[int] = []
    towards: list[float] = []
    for _ in range(k):
        np.multiply(likeness, -weight, out=penalised)
        penalised += marginal
        best = int(penalised.argmax())
        places.append(best)
        # What was placed keeps the likeness to what lay before it.
        towards.append(float(likeness[best]))
        np.maximum(likeness, near @ near[best], out=likeness)
        marginal[best] = -np.inf
    order = pool[places]
    nearest = likeness if whole else np.maximum((unit @ unit[order].T).max(axis=1), 0).astype(np.float64)
    nearest[order] = towards
    left = np.ones(n, np.bool_)
    left[order] = False
    rest = np.flatnonzero(left)
    rest = rest[np.argsort((weight * nearest - relevance)[rest], kind="stable")]
    return [*order.tolist(), *rest.tolist()], weight * nearest
