"""The state that an index begins with: nothing, or the generation that is current on disk."""

from __future__ import annotations

import numpy as np

from prodgen_rank.config import IndexConfig
from prodgen_rank.index.base import Base
from prodgen_rank.index.build import limit_for, prepared, started
from prodgen_rank.index.first_stage import representatives
from prodgen_rank.index.generations import Generations
from prodgen_rank.index.rebuild import no_pause
from prodgen_rank.index.rows import Rows
from prodgen_rank.index.snapshot import Snapshot
from prodgen_rank.index.state import State


def empty() -> State:
    """What there is before anything was applied."""
    nothing = np.empty((0, 0), np.float32)
    rows = Rows(0)
    return State(0, 0, 0, Snapshot(rows, Base(nothing, rows.starts), nothing, np.empty(0, np.bool_)))


def opened(files: Generations, config: IndexConfig) -> State:
    """The generation that is current on disk, without what its log of changes adds.

    Raises:
        StoreError: the files are damaged.
    """
    saved = files.open()
    if saved is None:
        return empty()
    rows = Rows.restore(saved.columns, saved.names, limit_for(config, len(saved.vectors)))
    if saved.stage is not None:
        means = None if saved.stage.of_rows else representatives(saved.vectors, rows.starts)
        base = Base(saved.vectors, rows.starts, stage=saved.stage, means=means)
    elif saved.sequence == 0 or config.factory != "SQ8":
        base = Base(saved.vectors, rows.starts)
    else:
        base = prepared(saved.vectors, rows, config, no_pause, None)
    return State(saved.number, saved.sequence, 0, started(rows, base))
