"""The vectors of what a user did, and where they point together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from prodgen_sdk.types import Event

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = Mapping[str, NDArray[np.float32]]
    Floats = NDArray[np.float64]


class Pulls(NamedTuple):
    """The vectors of what a user did.

    Args:
        known: bool [things], whether the vector of each thing is known.
        vectors: float64 [those that are, dimension].
    """

    known: NDArray[np.bool_]
    vectors: Floats

    @staticmethod
    def of(found: Sequence[NDArray[np.float32] | None]) -> Pulls:
        import numpy as np

        known = np.asarray([vector is not None for vector in found], np.bool_)
        vectors = [vector for vector in found if vector is not None]
        if not vectors:
            return Pulls(known, np.zeros((0, 0)))
        # Several times as fast as `array` of a list of arrays.
        return Pulls(known, np.concatenate(vectors, dtype=np.float64).reshape(len(vectors), -1))


def direction(codes: NDArray[np.int64], shares: Floats, pulls: Pulls) -> NDArray[np.float32] | None:
    """The sum of the things' vectors, weighted with their shares, of length 1.

    None where nothing known pulls, or the sum is nothing.
    """
    import numpy as np

    if not (pulls.known[codes] & (shares > 0)).any():
        return None
    pull = np.bincount(codes, shares, len(pulls.known))[pulls.known]
    return _unit(np.einsum("i,ij->j", pull, pulls.vectors))


def vectors_of(things: Sequence[Event], vectors: Vectors, query_vectors: Vectors) -> list[NDArray[np.float32] | None]:
    return [_vector_of(thing, vectors, query_vectors) for thing in things]


def _vector_of(event: Event, vectors: Vectors, query_vectors: Vectors) -> NDArray[np.float32] | None:
    if event.sku is None and event.variant is None:
        return query_vectors.get(event.query) if event.query else None
    found = vectors.get(event.variant) if event.variant else None
    return found if found is not None or event.sku is None else vectors.get(event.sku)


def _unit(vector: Floats) -> NDArray[np.float32] | None:
    import numpy as np

    length = float(np.sqrt(vector @ vector))
    return (vector / length).astype(np.float32) if length > 1e-9 else None


def blend(
    lasting: NDArray[np.float32] | None, current: NDArray[np.float32] | None, share: float
) -> tuple[NDArray[np.float32] | None, float]:
    """The user's vector, and what the session's vector is multiplied by in it."""
    import numpy as np

    if current is None or not share:
        return lasting, 0.0
    if lasting is None:
        return current, 1.0
    total = (1 - share) * lasting.astype(np.float64) + share * current
    length = float(np.sqrt(total @ total))
    return ((total / length).astype(np.float32), share / length) if length > 1e-9 else (lasting, 0.0)
