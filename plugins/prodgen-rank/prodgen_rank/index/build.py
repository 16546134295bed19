"""A new base of all that is alive in a state: rows in the order of their products, and what finds them quickly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from prodgen_rank.config import IndexConfig
from prodgen_rank.index.base import Base
from prodgen_rank.index.calibrate import calibrated
from prodgen_rank.index.first_stage import FirstStage, factory_for, filled, representatives, train
from prodgen_rank.index.generations import Generations
from prodgen_rank.index.rows import Pause, RowNumbers, Rows
from prodgen_rank.index.scan import quantise
from prodgen_rank.index.snapshot import Snapshot

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_PART = 1024
_RETRAIN = 1.5  # growth or shrinkage after which a first stage is trained anew


def limit_for(config: IndexConfig, base: int) -> int:
    """Changed rows after which a new base is built."""
    return config.delta_limit or min(max(2048, base // 32), 8192)


def compacted(
    old: Snapshot, config: IndexConfig, files: Generations | None, folder: Path | None, sequence: int, pause: Pause, *,
    searchable: bool = True,
) -> Snapshot:  # fmt: skip
    """The rows of `old` that are alive as a base, with an empty delta.

    Args:
        files, folder: where the generation is written and sealed, at `sequence`; None keeps it in memory only.
        pause: called between small pieces of work, so that other threads get their turn.
        searchable: false leaves out what makes searching fast, for a base that will be replaced soon.
    """
    order = _order(old)
    rows = old.rows.taken(order, limit_for(config, len(order)), pause)
    shape = (len(order), old.delta.shape[1])
    if files and folder:
        vectors = files.write_vectors(folder, _parts(old, order, pause), shape)
    else:
        vectors = np.concatenate([np.empty((0, shape[1]), np.float32), *_parts(old, order, pause)])
    base = prepared(vectors, rows, config, pause, old.base.stage) if searchable else Base(vectors, rows.starts)
    if files and folder:
        files.seal(folder, sequence, rows, shape[1], base.stage)
    return started(rows, base)


def prepared(vectors: Floats, rows: Rows, config: IndexConfig, pause: Pause, known: FirstStage | None) -> Base:
    """A base with what its configuration asks for, or with nothing where it is too small for that; the training of a known first stage serves again if it still fits."""
    starts = rows.starts
    factory = factory_for(len(vectors), len(starts) - 1, vectors.shape[1], config.factory, config.exact_below)
    if factory == "Flat" or not len(vectors):
        return Base(vectors, starts)
    if factory == "SQ8":
        return Base(vectors, starts, scan=quantise(vectors))
    means = representatives(vectors, starts, pause)
    fits = known is not None and known.factory == factory and known.index.d - vectors.shape[1] in (0, 1)
    if known is None or not fits or not 1 / _RETRAIN < len(means) / known.trained_on < _RETRAIN:
        known = train(factory, means)
    if known is None:
        return Base(vectors, starts)
    stage = filled(known, means, pause)
    return Base(vectors, starts, stage=calibrated(stage, vectors, starts, means, config.recall, pause), means=means)


def started(rows: Rows, base: Base) -> Snapshot:
    """A state of a base alone."""
    return Snapshot(rows, base, np.empty((rows.room, base.dimension), np.float32), np.ones(len(base), np.bool_))


def _order(snapshot: Snapshot) -> RowNumbers:
    alive = np.flatnonzero(snapshot.live)
    return alive[np.argsort(snapshot.rows.sku[alive], kind="stable")]


def _parts(snapshot: Snapshot, order: RowNumbers, pause: Pause) -> Iterator[Floats]:
    for start in range(0, len(order), _PART):
        yield snapshot.vectors(order[start : start + _PART])
        pause()
