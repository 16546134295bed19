"""The looks of variants, kept ready as rows of one matrix: what a request needs of them is then one numpy call."""

from __future__ import annotations

import threading
import time
import zlib
from collections.abc import Iterable, Sequence
from itertools import chain, repeat
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.policies.features import FIRST_PLACE, LOOKS, PLACES, SKETCH, look_rows, projection
from prodgen_sdk.context import Context
from prodgen_sdk.errors import MissingDependency, NotFound
from prodgen_sdk.types import CandidateVariant

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Single = NDArray[np.float32]
    Hashes = NDArray[np.int64]
    Places = NDArray[np.intp]

_ROWS = 200_000
_SECONDS = 600.0
"""For how long a variant's vector is taken as unchanged."""
_DESCRIBED = tuple(map(attrgetter, ("view", "background", "light", "style", "quality")))
"""What a row is made of, besides the vector."""
_ID = attrgetter("id")


class Lookbook:
    """Rows by variant id; a variant that is described otherwise than before gets another row. Safe among threads."""

    def __init__(self, metrics: Sequence[str], seed: int) -> None:
        self._metrics, self._seed = metrics, seed
        self._lock = threading.Lock()
        self._pages = _Pages()
        self._projections: dict[tuple[int, int], Single] = {}

    def sketch(self, vector: Single | None) -> Single | None:
        """A user's vector, projected [SKETCH]; None for a cold start.

        Random projections keep distances: groups of users stay groups (Boutsidis et al., Random Projections for k-means, 2010).
        """
        if vector is None:
            return None
        sketch: Single = np.asarray(vector, np.float32) @ self._projection(len(vector), SKETCH)
        return sketch.astype(np.float16).astype(np.float32)

    def looks(self, variants: Sequence[CandidateVariant], ctx: Context) -> tuple[Single, Hashes]:
        """The looks of some variants without likeness, float32 [n, P], and hashes of their ids [n], in new arrays."""
        pages = self._pages
        if len(pages.known) > _ROWS or time.monotonic() > pages.until:
            pages = self._pages = _Pages()
        ids, described = list(map(_ID, variants)), _columns(variants)
        places = pages.places(ids)
        # Lists are compared by identity first, so that equal ones cost little.
        if (places < 0).any() or pages.described[:, places].tolist() != described:
            self._describe(pages, variants, ctx)
            places = pages.places(ids)
        return pages.matrix[places], pages.hashes[places]

    def _describe(self, pages: _Pages, variants: Sequence[CandidateVariant], ctx: Context) -> None:
        with self._lock:
            places = pages.places(list(map(_ID, variants)))
            before = zip(*pages.described[:, places].tolist(), strict=True)
            rows = zip(variants, places.tolist(), before, zip(*_columns(variants), strict=True), strict=True)
            new = [variant for variant, place, known, given in rows if place < 0 or known != given]
            if not new:
                return
            looks = look_rows(new, self._metrics)
            looks[:, FIRST_PLACE : FIRST_PLACE + PLACES] = self._places(list(map(_ID, new)), ctx)
            pages.add(new, looks)

    def _places(self, ids: Sequence[str], ctx: Context) -> Single:
        """float32 [n, PLACES], zeros where no vector is known."""
        places = np.zeros((len(ids), PLACES), np.float32)
        try:
            vectors = ctx.lookup("index").vectors(ids)
        except (NotFound, MissingDependency):
            return places
        if vectors:
            stacked = np.concatenate([*vectors.values()]).reshape(len(vectors), -1)
            rows = dict(zip(ids, range(len(ids)), strict=True))
            places[list(map(rows.__getitem__, vectors))] = stacked @ self._projection(stacked.shape[1], PLACES)
        return places

    def _projection(self, dimension: int, to: int) -> Single:
        found = self._projections.get((dimension, to))
        if found is None:
            found = self._projections[dimension, to] = projection(dimension, to, self._seed)
        return found


class _Pages:
    """Rows and the way to them; a row, once there, is never changed, so that readers need no lock.

    Columns and not an object per variant: the garbage collector would look at hundreds of thousands, and requests would wait.
    """

    def __init__(self) -> None:
        self.known: dict[str, int] = {}
        """By id the place of its row."""
        self.hashes = np.zeros(1024, np.int64)
        self.matrix = np.zeros((1024, len(LOOKS)), np.float32)
        self.described = np.empty((len(_DESCRIBED), 1024), object)
        """How each variant was described when its row was made."""
        self.until = time.monotonic() + _SECONDS
        self._used = 0

    def places(self, ids: Iterable[str]) -> Places:
        """The place of each variant's row, -1 where there is none."""
        return np.array(list(map(self.known.get, ids, repeat(-1))), np.intp)

    def add(self, variants: Sequence[CandidateVariant], rows: Single) -> None:
        first, used = self._used, self._used + len(rows)
        if used > len(self.matrix):
            room = max(used, len(self.matrix))
            self.hashes = np.concatenate([self.hashes, np.zeros(room, np.int64)])
            self.matrix = np.concatenate([self.matrix, np.zeros((room, len(LOOKS)), np.float32)])
            self.described = np.concatenate([self.described, np.empty((len(_DESCRIBED), room), object)], axis=1)
        ids = list(map(_ID, variants))
        self.hashes[first:used] = list(map(zlib.crc32, map(str.encode, ids)))
        self.matrix[first:used] = rows
        # Not assigned from lists: numpy would ask each view whether it is an array.
        columns = np.fromiter(chain.from_iterable(_columns(variants)), object, len(_DESCRIBED) * len(rows))
        self.described[:, first:used] = columns.reshape(len(_DESCRIBED), len(rows))
        self._used = used
        # Last of all: from here on readers find them.
        self.known.update(zip(ids, range(first, used), strict=True))


def _columns(variants: Sequence[CandidateVariant]) -> list[list[Any]]:
    """How some variants are described, field by field."""
    return [list(map(field, variants)) for field in _DESCRIBED]
