"""A new base of all that is alive in a state: rows in the order of their products, and what finds them quickly."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from prodgen_rank.config import IndexConfig
from prodgen_rank.index import contents
from prodgen_rank.index.base import Base
from prodgen_rank.index.calibrate import calibrated, rows_pay
from prodgen_rank.index.exact import spans
from prodgen_rank.index.first_stage import FirstStage, factory_for, filled, half_will_do, representatives, train
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
        means: of the products that its stage has codes of; None where it has them of rows.
        same: for each product of the new base its number in `means`; -1 for one of which a row has changed.
        changed: how many rows have.
    """

    stage: FirstStage
    means: Floats | None
    same: RowNumbers
    changed: int


def former(old: Snapshot, order: RowNumbers, starts: RowNumbers) -> Former | None:
    """What a base of the rows of `old` in `order` need not do again; None where there was no first stage."""
    stage, split = old.base.stage, len(old.base)
    if stage is None:
        return None
    codes = old.rows.sku[: len(old.live)]
    touched = np.zeros(len(old.rows.skus), np.bool_)
    touched[codes[split:]] = True
    touched[codes[:split][~old.live[:split]]] = True
    same = codes[order[starts[:-1]]].astype(np.int64)
    return Former(stage, old.base.means, np.where(touched[same], -1, same), old.changed)


def prepared(vectors: Floats, rows: Rows, config: IndexConfig, pause: Pause, known: Former | None) -> Base:
    """A base with what its configuration asks for, or with nothing where it is too small for that; the training of a known first stage serves again if it still fits."""
    starts, (n, dimension), asked = rows.starts, vectors.shape, config.factory
    if asked == "Flat" or not n or (asked == "auto" and (n < config.exact_below or dimension < 4)):
        return Base(vectors, starts)
    if asked == "SQ8":
        return Base(vectors, starts, scan=quantise(vectors))
    means: Floats | None
    if known is not None and _fits(known, vectors, starts, asked):
        means = None if known.means is None else _brought_up(known.means, known.same, vectors, starts, pause)
        trained, changed = known.stage, known.changed
    else:
        means = representatives(vectors, starts, pause)
        if rows_pay(vectors, starts, means, pause):
            means = None
        units = vectors if means is None else means
        # Of rows, which lie closer together, so short codes leave too many in question.
        halved = means is not None and half_will_do(means)
        factory = factory_for(len(units), dimension, asked, halved=halved)
        made = train(factory, units, of_rows=means is None)
        if made is None:
            return Base(vectors, starts)
        trained, changed = made, 0
    stage = filled(trained, vectors if means is None else means, changed, pause)
    return Base(vectors, starts, stage=calibrated(stage, vectors, starts, means, config.recall, pause), means=means)


def _fits(known: Former, vectors: Floats, starts: RowNumbers, asked: str) -> bool:
    """Whether the training of a stage is good enough for what there is now."""
    stage, (rows, dimension) = known.stage, vectors.shape
    units = rows if stage.of_rows else len(starts) - 1
    fitting = [factory_for(units, dimension, asked, halved=halved) for halved in (False, True)]
    same = stage.factory in fitting and stage.index.d - dimension in (0, 1)
    return same and 1 / _RETRAIN < units / stage.trained_on < _RETRAIN


def _brought_up(old: Floats, same: RowNumbers, vectors: Floats, starts: RowNumbers, pause: Pause) -> Floats:
    """The means: those of products that are the same are taken over."""
    means = np.empty((len(starts) - 1, vectors.shape[1]), np.float32)
    for part in parts(np.flatnonzero(same >= 0), pause):
        means[part] = old[same[part]]
    for part in parts(np.flatnonzero(same < 0), pause):
        rows, begins = spans(starts[part], starts[part + 1])
        means[part] = representatives(vectors[rows], np.append(begins, len(rows)))
    return means


def started(rows: Rows, base: Base) -> Snapshot:
    """A state of a base alone."""
    return Snapshot(rows, base, np.empty((rows.room, base.dimension), np.float32), np.ones(len(base), np.bool_))


def _order(snapshot: Snapshot) -> RowNumbers:
    alive = np.flatnonzero(snapshot.live)
    return alive[np.argsort(snapshot.rows.sku[alive], kind="stable")]
