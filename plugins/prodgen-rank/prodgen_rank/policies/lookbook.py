"""The looks of variants, kept ready as rows of one matrix: what a request needs of them is then one numpy call."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterable, Sequence
from itertools import chain, repeat
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from prodgen_rank.policies.features import FIRST_PLACE, LOOKS, PLACES, SKETCH, look_rows, projection
from prodgen_sdk.context import Context
from prodgen_sdk.errors import MissingDependency, NotFound
from prodgen_sdk.types import Candidate, OwnFacts, VariantFacts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Single = NDArray[np.float32]
    Hashes = NDArray[np.int64]
    Places = NDArray[np.intp]
    Facts = VariantFacts | OwnFacts

_ROWS = 200_000
_FACTS = attrgetter("facts")


class Lookbook:
    """Rows by variant id; a variant whose facts are other ones than before gets another row. Safe among threads."""

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

    def looks(self, ids: Sequence[str], candidates: Sequence[Candidate], ctx: Context) -> tuple[Single, Hashes]:
        """The looks of the candidates' variants without likeness, float32 [n, P], and hashes of their ids [n], in new arrays.

        Args:
            ids: of the variants [n].
        """
        pages = self._pages
        if pages.used > _ROWS:
            pages = self._pages = _Pages()
        facts = list(chain.from_iterable(map(_FACTS, candidates)))
        places = pages.places(ids)
        if (places < 0).any() or pages.facts[places].tolist() != facts:
            self._describe(pages, ids, facts, ctx)
            places = pages.places(ids)
        return pages.matrix[places], pages.hashes[places]

    def _describe(self, pages: _Pages, ids: Sequence[str], facts: Sequence[Facts], ctx: Context) -> None:
        with self._lock:
            places = pages.places(ids)
            known = pages.facts[places].tolist()
            new = [row for row, place in enumerate(places.tolist()) if place < 0 or known[row] != facts[row]]
            if not new:
                return
            ids, facts = [ids[row] for row in new], [facts[row] for row in new]
            looks = look_rows(facts, self._metrics)
            looks[:, FIRST_PLACE : FIRST_PLACE + PLACES] = self._places(ids, ctx)
            pages.add(ids, facts, looks)

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
        self.facts = np.empty(1024, object)
        """How each variant was described when its row was made."""
        self.used = 0

    def places(self, ids: Iterable[str]) -> Places:
        """The place of each variant's row, -1 where there is none."""
        return np.array(list(map(self.known.get, ids, repeat(-1))), np.intp)

    def add(self, ids: Sequence[str], facts: Sequence[Facts], rows: Single) -> None:
        first, used = self.used, self.used + len(rows)
        if used > len(self.matrix):
            room = max(used, len(self.matrix))
            self.hashes = np.concatenate([self.hashes, np.zeros(room, np.int64)])
            self.matrix = np.concatenate([self.matrix, np.zeros((room, len(LOOKS)), np.float32)])
            self.facts = np.concatenate([self.facts, np.empty(room, object)])
        self.hashes[first:used] = list(map(zlib.crc32, map(str.encode, ids)))
        self.matrix[first:used] = rows
        # Not assigned from a list: numpy would ask each whether it is an array.
        self.facts[first:used] = np.fromiter(facts, object, len(rows))
        self.used = used
        # Last of all: from here on readers find them.
        self.known.update(zip(ids, range(first, used), strict=True))
