"""Scans of a base: candidates for a query with approximate scores, and a bound on how far those are off.

`quantise` keeps each dimension in 8 bits with a scale of its own, `x = scale * code + e`; a query is rounded alike,
`q * scale = step * rounded + f`. Inner products of codes are whole numbers, and by Cauchy-Schwarz a score is off by at most
`|q| |e| + |f| |code|`. So whoever asks can prove which rows cannot be among the best, and needs exact scores of the others
only. At 100,000 x 512 this reads 51 MB instead of 205.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.index.rows import Mask, RowNumbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_CHUNK = 8192
_ROUNDING = 1e-5  # of float32 sums over a thousand or so products, relative to the lengths of the factors


@dataclass(frozen=True)
class QuantisedScan:
    """8-bit codes of a base of vectors [n, dimension].

    Args:
        codes: a `faiss.IndexScalarQuantizer` over the signed codes.
        scale: float32 [dimension].
        error: the largest `|e|` of any row, with rounding.
        longest: the largest `|code|` of any row.
    """

    codes: Any
    scale: Floats
    error: float
    longest: float

    def best(self, query: Floats, n: int, mask: Mask | None) -> tuple[RowNumbers, Floats, float]:
        """Up to `n` rows with the highest approximate scores, best first, of those in `mask` (of all, if None).

        Returns:
            rows; their scores; the bound on how far any row's score is off, of those that were not returned as well.
        """
        import faiss

        # OpenMP keeps its thread count a thread: without this, each serving thread would start a team of its own.
        faiss.omp_set_num_threads(1)
        # Faiss adds these keyword arguments at run time, unknown to its stubs; `bits` must outlive the search.
        bits = None if mask is None else np.packbits(mask, bitorder="little")
        selector = None if bits is None else faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg,arg-type]
        parameters = selector and faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        scaled = query * self.scale
        step = float(np.abs(scaled).max()) / 127 or 1.0
        rounded = np.rint(scaled / step)
        off = float(np.linalg.norm(query)) * self.error + float(np.linalg.norm(scaled - step * rounded)) * self.longest
        scores, rows = self.codes.search(rounded[None], min(n, self.codes.ntotal), params=parameters)
        found = int(np.count_nonzero(rows[0] >= 0))
        return rows[0][:found], scores[0][:found] * np.float32(step), off


def quantise(vectors: Floats) -> QuantisedScan:
    """Codes of all rows of a float32 array [n, dimension] with n > 0."""
    import faiss

    highest = np.zeros(vectors.shape[1], np.float32)
    for start in range(0, len(vectors), _CHUNK):
        np.maximum(highest, np.abs(vectors[start : start + _CHUNK]).max(axis=0), out=highest)
    scale = np.where(highest > 0, highest / 127, 1).astype(np.float32)
    faiss.omp_set_num_threads(1)
    codes = faiss.IndexScalarQuantizer(
        vectors.shape[1], faiss.ScalarQuantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT
    )
    error = longest = length = 0.0
    for start in range(0, len(vectors), _CHUNK):
        chunk = vectors[start : start + _CHUNK]
        rounded = np.rint(chunk / scale)
        codes.add(rounded)
        error = max(error, float(np.linalg.norm(chunk - rounded * scale, axis=1).max()))
        longest = max(longest, float(np.linalg.norm(rounded, axis=1).max()))
        length = max(length, float(np.linalg.norm(chunk, axis=1).max()))
    return QuantisedScan(codes, scale, error + _ROUNDING * length, longest)
