"""What is refused before it reaches the index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from prodgen_rank.index.rows import price_code
from prodgen_sdk.errors import InputError
from prodgen_sdk.types import IndexChange, Upsert

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


def check_changes(changes: Sequence[IndexChange], dimension: int) -> None:
    """Raises InputError unless all vectors have one dimension (that of the index, if not 0), are finite and not zero."""
    for change in changes:
        if isinstance(change, Upsert):
            dimension = dimension or len(change.vector)
            if len(change.vector) != dimension:
                raise InputError(
                    f"Variant {change.variant} has a vector of dimension {len(change.vector)}; the index has {dimension}.",
                    hint="After a change of encoder, reset and rebuild the index.",
                )
            if not np.isfinite(change.vector).all():
                raise InputError(f"Variant {change.variant} has a vector that is not finite.", hint="Encode it again.")
            if not change.vector.any():
                raise InputError(f"Variant {change.variant} has a vector of length 0.", hint="Encode it again.")
            if change.facets.price is not None:
                price_code(change.facets.price)


def check_queries(queries: Floats, dimension: int) -> Floats:
    """The queries as a C-contiguous float32 array; raises InputError unless it is finite and [n, dimension]."""
    queries = np.ascontiguousarray(queries, np.float32)
    if queries.ndim != 2 or (dimension and queries.shape[1] != dimension):
        raise InputError(f"Queries must have the shape (n, {dimension or 'dimension'}), not {queries.shape}.")
    if not np.isfinite(queries).all():
        raise InputError("A query holds a number that is not finite.")
    return queries
