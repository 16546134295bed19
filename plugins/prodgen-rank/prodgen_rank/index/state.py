"""All that a search needs, swapped as one."""

from __future__ import annotations

from dataclasses import dataclass

from prodgen_rank.index.snapshot import Snapshot


@dataclass(frozen=True)
class State:
    """A generation and what came after it; `log_end` is where the next record goes."""

    number: int
    sequence: int
    log_end: int
    snapshot: Snapshot

    @property
    def dimension(self) -> int:
        return self.snapshot.dimension
