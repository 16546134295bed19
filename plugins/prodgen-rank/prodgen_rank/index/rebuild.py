"""A new base that a thread builds beside what is served."""

from __future__ import annotations

import atexit
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from prodgen_rank.config import IndexConfig
from prodgen_rank.index.build import compacted
from prodgen_rank.index.generations import Generations
from prodgen_rank.index.snapshot import Snapshot
from prodgen_rank.index.state import State
from prodgen_sdk.errors import Cancelled
from prodgen_sdk.types import IndexChange

_BREATH = 2e-4  # seconds for which the builder lets go of the interpreter, between pieces of about a millisecond
_FEW = 8


class Rebuild:
    """One new base, from a state on; `later` takes the changes that come meanwhile, in order, under the lock of the index."""

    def __init__(self, start_from: State, run: Callable[[Rebuild], None]) -> None:
        self.start_from = start_from
        self.later: list[Sequence[IndexChange]] = []
        self.stopped = False
        self._made: Snapshot | None = None
        self._files: Generations | None = None
        self._folder: Path | None = None
        self._taken = 0
        self._carried = start_from.log_end
        self._thread = threading.Thread(target=run, args=(self,), name="prodgen-rank-index", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self) -> None:
        self._thread.join()

    def stop(self) -> None:
        """Ends the work at the next pause."""
        self.stopped = True

    def pause(self) -> None:
        """Gives other threads their turn; raises Cancelled once stopped."""
        if self.stopped:
            raise Cancelled("The new base was given up.")
        time.sleep(_BREATH)

    def build(self, config: IndexConfig, files: Generations | None, folder: Path | None) -> None:
        """Makes and seals the base; what came meanwhile is not in it yet."""
        start = self.start_from
        self._files, self._folder = files, folder
        self._made = compacted(start.snapshot, config, folder, start.sequence, self.pause)

    def is_behind(self) -> bool:
        """Whether much came meanwhile that was not taken yet."""
        return len(self.later) - self._taken > _FEW

    def catch_up(self, state: State | None) -> None:
        """Takes what came meanwhile, up to `state` in the log."""
        assert self._made is not None
        while self._taken < len(self.later):
            self._made = self._made.extended(self.later[self._taken])
            self._taken += 1
            self.pause()
        if self._files and self._folder and state and state.number == self.start_from.number:
            self._files.carry(state.number, self._carried, state.log_end, self._folder)
            self._carried = state.log_end

    def published(self, state: State) -> State:
        """The state with the new base, after it has caught up with `state`; the writer's lock must be held."""
        assert self._made is not None
        if self._files is None or self._folder is None:
            return State(state.number + 1, state.sequence, 0, self._made)
        number = self._files.publish(self._folder)
        return State(number, state.sequence, self._carried - self.start_from.log_end, self._made)


class _Closes(Protocol):
    def close(self) -> None: ...


_open: weakref.WeakSet[_Closes] = weakref.WeakSet()


def stop_at_exit(index: _Closes) -> None:
    """Closes the index before the interpreter ends, as a thread that is inside a library then could bring it down."""
    if not len(_open):
        atexit.register(_stop_all)
    _open.add(index)


def _stop_all() -> None:
    for index in list(_open):
        index.close()


def no_pause() -> None:
    """For work that nothing waits for."""
