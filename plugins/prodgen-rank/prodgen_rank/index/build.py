"""A new base of all that is alive in a state: rows in the order of their products, and what finds them quickly."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from prodgen_rank.config import IndexConfig
from prodgen_rank.index import contents
from prodgen_rank.index.base import Base
from prodgen_rank.index.calibrate import calibrated
from prodgen_rank.index.exact import spans
from prodgen_rank.index.first_stage import FirstStage, factory_for, filled, representatives, train
from prodgen_rank.index.rows import Pause, RowNumbers, Rows, parts
from prodgen_rank.index.scan import quantise
from prodgen_rank.index.snapshot import Snapshot

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_RETRAIN = 1.5  # growth or shrinkage after which a first stage is trained anew


def limit_for(config: IndexConfig, base: int) -> int:
    """Changed rows after which a new base is built."""
    return config.delta_limit or min(max(2048, base // 32), 8192)


def compacted(
    old: Snapshot, config: IndexConfig, folder: Path | None, sequence: int, pause: Pause, *,
    searchable: bool = True,
) -> Snapshot:  # fmt: skip
    """The rows of `old` that are alive as a base, with an empty delta.

    Args:
        folder: where the generation is written and sealed, at `sequence`; None keeps it in memory only.
        pause: called between small pieces of work, so that other threads get their turn.
        searchable: false leaves out what makes searching fast, for a base that will be replaced soon.
    """
    order = _order(old)
    rows = old.rows.taken(order, limit_for(config, len(order)), pause)
    shape = (len(order), old.delta.shape[1])
    if folder:
        vectors = contents.write_vectors(folder, map(old.vectors, parts(order, pause)), shape)
    else:
        vectors = np.concatenate([np.empty((0, shape[1]), np.float32), *map(old.vectors, parts(order, pause))])
    if searchable:
        base = prepared(vectors, rows, config, pause, former(old, order, rows.starts))
    else:
        base = Base(vectors, rows.starts)
    if folder:
        contents.seal(folder, sequence, rows, shape[1], base.stage)
    return started(rows, base)


class Former(NamedTuple):
    """What an earlier state spares a new base.

    Args:
        means: what its stage represents its products by.
        same: for each product of the new base its number in `means`; -1 for one of which a row has changed.
        changed: how many rows have.
    """

    stage: FirstStage
    means: Floats
    same: RowNumbers
    changed: int


def former(old: Snapshot, order: RowNumbers, starts: RowNumbers) -> Former | None:
    """What a base of the rows of `old` in `order` need not do again; None where there was no first stage."""
    stage, means, split = old.base.stage, old.base.means, len(old.base)
    if stage is None or means is None:
        return None
    codes = old.rows.sku[: len(old.live)]
    touched = np.zeros(len(old.rows.skus), np.bool_)
    touched[codes[split:]] = True
    touched[codes[:split][~old.live[:split]]] = True
    same = codes[order[starts[:-1]]].astype(np.int64)
    return Former(stage, means, np.where(touched[same], -1, same), old.changed)


def prepared(vectors: Floats, rows: Rows, config: IndexConfig, pause: Pause, known: Former | None) -> Base:
    """A base with what its configuration asks for, or with nothing where it is too small for that; the training of a known first stage serves again if it still fits."""
    starts = rows.starts
    factory = factory_for(len(vectors), len(starts) - 1, vectors.shape[1], config.factory, config.exact_below)
    if factory == "Flat" or not len(vectors):
        return Base(vectors, starts)
    if factory == "SQ8":
        return Base(vectors, starts, scan=quantise(vectors))
    means = representatives(vectors, starts, pause) if known is None else _brought_up(known, vectors, starts, pause)
    stage = known.stage if known is not None and _fits(known.stage, factory, means) else train(factory, means)
    if stage is None:
        return Base(vectors, starts)
    stage = filled(stage, means, 0 if known is None else known.changed, pause)
    return Base(vectors, starts, stage=calibrated(stage, vectors, starts, means, config.recall, pause), means=means)


def _fits(stage: FirstStage, factory: str, means: Floats) -> bool:
    """Whether the training of a stage is good enough for these representatives."""
    grown = len(means) / stage.trained_on
    return stage.factory == factory and stage.index.d - means.shape[1] in (0, 1) and 1 / _RETRAIN < grown < _RETRAIN


def _brought_up(known: Former, vectors: Floats, starts: RowNumbers, pause: Pause) -> Floats:
    """The representatives: those of products that are the same are taken over."""
    means = np.empty((len(starts) - 1, vectors.shape[1]), np.float32)
    for part in parts(np.flatnonzero(known.same >= 0), pause):
        means[part] = known.means[known.same[part]]
    for part in parts(np.flatnonzero(known.same < 0), pause):
        rows, begins = spans(starts[part], starts[part + 1])
        means[part] = representatives(vectors[rows], np.append(begins, len(rows)))
    return means


def started(rows: Rows, base: Base) -> Snapshot:
    """A state of a base alone."""
    return Snapshot(rows, base, np.empty((rows.room, base.dimension), np.float32), np.ones(len(base), np.bool_))


def _order(snapshot: Snapshot) -> RowNumbers:
    alive = np.flatnonzero(snapshot.live)
    return alive[np.argsort(snapshot.rows.sku[alive], kind="stable")]
