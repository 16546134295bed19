"""Exact inner products with chosen rows, and the best of each product."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    RowNumbers = NDArray[np.int64]


def exact_scores(vectors: Floats, rows: RowNumbers, query: Floats) -> Floats:
    """Inner products of a query with some rows of a C-contiguous float32 array, float32 [len(rows)].

    Equal rows give bit-equal scores wherever they stand, which BLAS does not promise; rows are read in place, not gathered.
    """
    import faiss

    scores = np.empty(len(rows), np.float32)
    if len(rows):
        # OpenMP keeps its thread count a thread: without this, each serving thread would start a team of its own.
        faiss.omp_set_num_threads(1)
        pointers = [faiss.swig_ptr(array) for array in (scores, query, vectors, rows)]
        # Made by SWIG, unknown to its stubs.
        faiss.fvec_inner_products_by_idx(*pointers, vectors.shape[1], 1, len(rows))  # type: ignore[attr-defined]
    return scores


def best_of_each(codes: NDArray[np.int32], scores: Floats) -> tuple[NDArray[np.int32], Floats]:
    """Each run of equal codes and its highest score."""
    starts = runs(codes)
    return codes[starts], np.maximum.reduceat(scores, starts)


def runs(codes: NDArray[np.int32]) -> RowNumbers:
    """Where each run of equal codes begins.

    >>> runs(np.array([7, 7, 3, 7], np.int32)).tolist()
    [0, 2, 3]
    """
    begins = np.ones(len(codes), np.bool_)
    np.not_equal(codes[1:], codes[:-1], out=begins[1:])
    return np.flatnonzero(begins)


def kth_best(scores: Floats, k: int) -> float:
    """The k-th highest score, or minus infinity where there are fewer."""
    return float(np.partition(scores, len(scores) - k)[len(scores) - k]) if len(scores) >= k else -np.inf


def spans(starts: NDArray[Any], ends: NDArray[Any]) -> tuple[RowNumbers, RowNumbers]:
    """`starts[i], ..., ends[i] - 1` of each i, one after another, and where those of each i begin.

    >>> numbers, begins = spans(np.array([5, 0]), np.array([7, 3]))
    >>> numbers.tolist(), begins.tolist()
    ([5, 6, 0, 1, 2], [0, 2])
    """
    lengths = ends - starts
    begins = lengths.cumsum() - lengths
    numbers: RowNumbers = (starts - begins).repeat(lengths)
    numbers += np.arange(len(numbers))
    return numbers, begins
