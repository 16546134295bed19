"""The looks of variants, kept ready as rows of one matrix: what a request needs of them is then one numpy call."""

from __future__ import annotations

import threading
import time
import zlib
from collections.abc import Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.policies.features import FIRST_PLACE, LOOKS, PLACES, SKETCH, look_row, projection
from prodgen_sdk.context import Context
from prodgen_sdk.errors import MissingDependency, NotFound
from prodgen_sdk.types import CandidateVariant

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Single = NDArray[np.float32]
    Hashes = NDArray[np.int64]

_ROWS = 200_000
_SECONDS = 600.0
"""For how long a variant's vector is taken as unchanged."""
_described = attrgetter("view", "background", "light", "style", "quality")
"""What a row is made of, besides the vector. Tuples are compared by identity first, so that equal ones cost little."""


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
        known, slots = pages.known, []
        for variant, described in zip(variants, map(_described, variants), strict=True):
            entry = known.get(variant.id)
            if entry is None or entry[1] != described:
                self._describe(pages, variants, ctx)
                slots = [known[variant.id][0] for variant in variants]
                break
            slots.append(entry[0])
        places = np.array(slots)
        return pages.matrix[places], pages.hashes[places]

    def _describe(self, pages: _Pages, variants: Sequence[CandidateVariant], ctx: Context) -> None:
        with self._lock:
            new = [v for v in variants if v.id not in pages.known or pages.known[v.id][1] != _described(v)]
            places = self._places([v.id for v in new], ctx)
            for variant in new:
                row = look_row(variant, self._metrics)
                if variant.id in places:
                    row[FIRST_PLACE : FIRST_PLACE + PLACES] = places[variant.id]
                pages.add(variant, row)

    def _places(self, ids: Sequence[str], ctx: Context) -> dict[str, Single]:
        try:
            vectors = ctx.lookup("index").vectors(ids)
        except (NotFound, MissingDependency):
            return {}
        if not vectors:
            return {}
        stacked = np.concatenate([*vectors.values()]).reshape(len(vectors), -1)
        return dict(zip(vectors, stacked @ self._projection(stacked.shape[1], PLACES), strict=True))

    def _projection(self, dimension: int, to: int) -> Single:
        found = self._projections.get((dimension, to))
        if found is None:
            found = self._projections[dimension, to] = projection(dimension, to, self._seed)
        return found


class _Pages:
    """Rows and the way to them; a row, once there, is never changed, so that readers need no lock."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[int, Any]] = {}
        """By id the place of its row, and how the variant was described when that was made."""
        self.hashes = np.zeros(1024, np.int64)
        self.matrix = np.zeros((1024, len(LOOKS)), np.float32)
        self.until = time.monotonic() + _SECONDS
        self._used = 0

    def add(self, variant: CandidateVariant, row: Single) -> None:
        if self._used == len(self.matrix):
            self.hashes = np.concatenate([self.hashes, np.zeros_like(self.hashes)])
            self.matrix = np.concatenate([self.matrix, np.zeros_like(self.matrix)])
        self.hashes[self._used] = zlib.crc32(variant.id.encode())
        self.matrix[self._used] = row
        self.known[variant.id] = (self._used, _described(variant))
        self._used += 1
