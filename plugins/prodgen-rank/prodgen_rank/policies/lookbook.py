"""The looks of variants, kept ready as rows of one matrix: what a request needs of them is then one numpy call."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.policies.features import FIRST_PLACE, LOOKS, PLACES, SKETCH, look_row, projection
from prodgen_sdk.context import Context
from prodgen_sdk.errors import MissingDependency, NotFound
from prodgen_sdk.types import CandidateVariant

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Single = NDArray[np.float32]

_ROWS = 200_000
_SECONDS = 600.0
"""For how long a variant's vector is taken as unchanged."""


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

    def looks(self, variants: Sequence[CandidateVariant], ctx: Context) -> Single:
        """The looks of some variants without likeness, float32 [n, P], in a new array."""
        pages = self._pages
        if len(pages.known) > _ROWS or time.monotonic() > pages.until:
            pages = self._pages = _Pages()
        known, slots = pages.known, []
        for variant in variants:
            entry = known.get(variant.id)
            if entry is None or not entry.describes(variant):
                self._describe(pages, variants, ctx)
                return self._taken(pages, [known[variant.id].slot for variant in variants])
            slots.append(entry.slot)
        return self._taken(pages, slots)

    def _taken(self, pages: _Pages, slots: list[int]) -> Single:
        taken: Single = pages.matrix[slots]
        return taken

    def _describe(self, pages: _Pages, variants: Sequence[CandidateVariant], ctx: Context) -> None:
        with self._lock:
            new = [v for v in variants if v.id not in pages.known or not pages.known[v.id].describes(v)]
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
        return {id: vector @ self._projection(len(vector), PLACES) for id, vector in vectors.items()}

    def _projection(self, dimension: int, to: int) -> Single:
        found = self._projections.get((dimension, to))
        if found is None:
            found = self._projections[dimension, to] = projection(dimension, to, self._seed)
        return found


class _Entry:
    """How a variant was described when its row was made."""

    __slots__ = ("background", "light", "quality", "slot", "style", "view")

    def __init__(self, variant: CandidateVariant, slot: int) -> None:
        self.slot = slot
        self.view, self.background, self.quality = variant.view, variant.background, variant.quality
        self.light, self.style = variant.light, variant.style

    def describes(self, variant: CandidateVariant) -> bool:
        return (
            (variant.view is self.view or variant.view == self.view)
            and variant.background == self.background
            and variant.light == self.light
            and variant.style == self.style
            and variant.quality == self.quality
        )


class _Pages:
    """Rows and the way to them; a row, once there, is never changed, so that readers need no lock."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}
        self.matrix = np.zeros((1024, len(LOOKS)), np.float32)
        self.until = time.monotonic() + _SECONDS
        self._used = 0

    def add(self, variant: CandidateVariant, row: Single) -> None:
        if self._used == len(self.matrix):
            self.matrix = np.concatenate([self.matrix, np.zeros_like(self.matrix)])
        self.matrix[self._used] = row
        self.known[variant.id] = _Entry(variant, self._used)
        self._used += 1
