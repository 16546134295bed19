"""`index/faiss`: filtered, durable search for products by the vectors of their variants, exact or at a measured recall."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.config import Config, IndexConfig
from prodgen_rank.index import delta_log
from prodgen_rank.index.base import Base
from prodgen_rank.index.build import compacted, limit_for
from prodgen_rank.index.checks import check_changes, check_queries
from prodgen_rank.index.generations import Generations
from prodgen_rank.index.opening import empty, opened
from prodgen_rank.index.rebuild import Rebuild, no_pause, stop_at_exit
from prodgen_rank.index.snapshot import Snapshot
from prodgen_rank.index.state import State
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError, StoreError
from prodgen_sdk.interfaces import VectorIndex
from prodgen_sdk.types import Candidate, Filter, IndexChange, Upsert

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_OVERFULL = 4  # times the limit of changes at which `apply` waits for the new base


class FaissIndex(VectorIndex):
    """Searches run without a lock and from any thread, on a state that writers replace as a whole.

    Scores are inner products of the vectors as they were given. The state lives in `ctx.state` (in memory only without
    one) and is loaded and verified at first use; changes of other processes are seen at the next call.

    Example:
        >>> from prodgen_sdk.types import Facets
        >>> index, ctx = FaissIndex(None, Context()), Context()
        >>> front = Upsert(variant="v1", sku="mug", vector=np.eye(4, dtype=np.float32)[0], facets=Facets(category="home/mug"))
        >>> index.apply([front], 1, ctx)
        >>> index.search(np.eye(4, dtype=np.float32)[:1], 3, Filter(), ctx)[0][0].sku
        'mug'
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self._config = config.index if config else IndexConfig()
        self._files = Generations(ctx.state) if ctx.state else None
        self._logger: logging.Logger = ctx.logger
        self._lock = threading.RLock()
        self._state: State | None = None
        self._mark: tuple[int, int, int] | None = None
        self._rebuild: Rebuild | None = None
        self._failed: tuple[int, str] | None = None

    @property
    def sequence(self) -> int:
        return self._current().sequence

    def apply(self, changes: Sequence[IndexChange], sequence: int, ctx: Context) -> None:
        """Applies changes in order, durably together with `sequence`; a sequence that was reached before changes nothing.

        Sequence 0 fills an index that is at 0 still, so that one that is being built stays behind until the last part, which
        makes it ready for searching. Later, a new base is built beside what is served when many rows have changed.

        Raises:
            InputError: a vector of another dimension or of length 0, a price that cannot be kept, a negative sequence.
            ConfigError: faiss does not know the configured factory string.
            StoreError: the files are damaged or cannot be written; what is served stays as it was.
        """
        if sequence < 0:
            raise InputError(f"The sequence of a change must not be negative, as {sequence} is.")
        with self._writing():
            state = self._refreshed()
            if 0 < state.sequence >= sequence:
                return
            check_changes(changes, state.dimension)
            if self._fits(changes, sequence, state):
                state = self._logged(changes, sequence, state)
                self._swap(state)
                self._maintain(state)
                overfull = state.snapshot.changed > _OVERFULL * self._limit(state)
            else:
                self._swap(self._written(changes, sequence, state))
                overfull = False
        if overfull and sequence > 0:
            self._catch_up()

    def search(self, queries: Floats, k_products: int, eligible: Filter, ctx: Context) -> list[list[Candidate]]:
        """Ties go to the lower sku, and to the lower variant id within a product. Scores are exact.

        Which products are found is exact too under `factory` "Flat" and "SQ8", in a small index, and where a filter leaves few
        rows; elsewhere each of the k best is found with the probability that `stats` states as the recall.

        Raises:
            InputError: queries that are no finite float32 array [n, dimension], or a negative k.
        """
        state = self._current()
        queries = check_queries(queries, state.dimension)
        if k_products < 0:
            raise InputError(f"The number of products must not be negative, as {k_products} is.")
        if k_products == 0 or state.snapshot.is_empty:
            return [[] for _ in queries]
        return [state.snapshot.search(query, k_products, eligible) for query in queries]

    def vectors(self, variants: Sequence[str], ctx: Context) -> dict[str, Floats]:
        snapshot = self._current().snapshot
        rows = _known(snapshot, variants)
        if max(rows.values(), default=0) >= len(snapshot.live):
            with self._lock:  # one of them is just being replaced: see it before or after
                snapshot = self._refreshed().snapshot
                rows = _known(snapshot, variants)
        return dict(zip(rows, snapshot.vectors(np.fromiter(rows.values(), np.int64, len(rows))), strict=True))

    def reset(self, ctx: Context) -> None:
        """Forgets everything, damaged files as well."""
        with self._writing():
            nothing = empty()
            number = 0
            if self._files:
                with self._files.draft() as folder:
                    compacted(nothing.snapshot, self._config, folder, 0, no_pause)
                    number = self._files.publish(folder)
            self._swap(replace(empty(), number=number))

    @property
    def snapshot(self) -> Snapshot:
        """What searches read now."""
        return self._current().snapshot

    def settle(self) -> None:
        """Waits until no new base is being built."""
        while (rebuild := self._rebuild) is not None:
            rebuild.join()

    def close(self) -> None:
        """Gives up a base that is being built; what was applied stays."""
        if (rebuild := self._rebuild) is not None:
            rebuild.stop()
            rebuild.join()

    def stats(self, ctx: Context) -> dict[str, Any]:
        state = self._current()
        snapshot, n = state.snapshot, len(state.snapshot.live)
        base = snapshot.base
        stage = base.stage
        return {
            "variants": int(snapshot.live.sum()),
            "products": len(np.unique(snapshot.rows.sku[:n][snapshot.live])),
            "dimension": state.dimension,
            "sequence": state.sequence,
            "bytes": self._files.bytes_used() if self._files else n * state.dimension * 4,
            "generation": state.number,
            "base": len(base),
            "delta": n - len(base),
            "dead": n - int(snapshot.live.sum()),
            "factory": stage.factory if stage else "SQ8" if base.scan else "Flat",
            "codes_of": ("rows" if stage.of_rows else "products") if stage else "none",
            "plans": [asdict(plan) for plan in stage.plans] if stage else [],
            "rebuild": "running" if self._rebuild else f"failed: {self._failed[1]}" if self._failed else "none",
        }

    def verify(self, ctx: Context) -> list[str]:
        """What is wrong with the files, one sentence each; reads all of them."""
        if self._files is None:
            return []
        with self._writing():
            problems = self._files.problems()
            if not problems and (named := self._files.current()):
                try:
                    for _ in delta_log.read(self._files.log(named[0])):
                        pass
                except StoreError as error:
                    problems.append(error.message)
            return problems

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock:
            if self._files is None:
                yield
            else:
                with self._files.writing():
                    yield

    def _current(self) -> State:
        """The state to read from; takes up what another process wrote, unless another thread is doing so already."""
        state = self._state
        if state is None:
            with self._lock:
                return self._refreshed()
        if self._files and self._files.mark(state.number) != self._mark and self._lock.acquire(blocking=False):
            try:
                return self._refreshed()
            finally:
                self._lock.release()
        return state

    def _refreshed(self) -> State:
        """The state as it is on disk now; the lock of this process must be held."""
        state = self._state
        if self._files is None:
            state = state or empty()
        else:
            mark = self._files.mark(state.number) if state else None
            if state and mark == self._mark:
                return state
            named = self._files.current()
            if state is None or (named[0] if named else 0) != state.number:
                state = opened(self._files, self._config)
                mark = self._files.mark(state.number)
            for record in delta_log.together(delta_log.read(self._files.log(state.number), state.log_end)):
                state = self._extended(record.changes, record.sequence, record.end, state)
            self._mark = mark
        self._state = state
        return state

    def _swap(self, state: State) -> None:
        self._state = state
        if self._files:
            self._mark = self._files.mark(state.number)

    def _limit(self, state: State) -> int:
        return limit_for(self._config, len(state.snapshot.base))

    def _fits(self, changes: Sequence[IndexChange], sequence: int, state: State) -> bool:
        """Whether changes go to the log and the delta, rather than into a base at once."""
        snapshot = state.snapshot
        known = state.dimension > 0 or not any(isinstance(change, Upsert) for change in changes)
        if state.number == 0 or not known:
            return False
        if sequence == 0:
            # An index that is being filled doubles its base each time, so that filling it takes time in proportion to its size.
            return snapshot.changed + len(changes) <= max(self._limit(state), len(snapshot.base))
        filled = state.sequence == 0 and len(snapshot.live) > 0
        return not filled and len(changes) <= self._limit(state)

    def _logged(self, changes: Sequence[IndexChange], sequence: int, state: State) -> State:
        end = state.log_end
        if self._files:
            end = delta_log.append(self._files.log(state.number), delta_log.encode(changes, sequence), end)
        return self._extended(changes, sequence, end, state)

    def _extended(self, changes: Sequence[IndexChange], sequence: int, log_end: int, state: State) -> State:
        if self._rebuild is not None and self._rebuild.start_from.number == state.number:
            self._rebuild.later.append(changes)
        return State(state.number, sequence, log_end, state.snapshot.extended(changes))

    def _written(self, changes: Sequence[IndexChange], sequence: int, state: State) -> State:
        """A new generation of all that is alive, with the changes, before anything goes on."""
        old = state.snapshot
        if state.dimension == 0 and (vectors := [c.vector for c in changes if isinstance(c, Upsert)]):
            delta = np.empty((0, len(vectors[0])), np.float32)
            old = Snapshot(old.rows, Base(delta, old.base.starts), delta, old.live)
        private = Snapshot(old.rows.copy(), old.base, old.delta, old.live).extended(changes)
        with self._files.draft() if self._files else nullcontext() as folder:
            made = compacted(private, self._config, folder, sequence, no_pause, searchable=sequence > 0)
            number = self._files.publish(folder) if self._files and folder else state.number + 1
        self._failed = None
        return State(number, sequence, 0, made)

    def _maintain(self, state: State) -> None:
        """Starts to build a new base if it is time; the lock must be held."""
        changed = state.snapshot.changed
        tried = self._failed[0] if self._failed else 0
        if state.sequence > 0 and self._rebuild is None and changed > tried + self._limit(state):
            stop_at_exit(self)
            self._rebuild = Rebuild(state, self._build)
            self._rebuild.start()

    def _catch_up(self) -> None:
        """Waits for the base that is being built; builds it here if that did not help."""
        self.settle()
        with self._writing():
            state = self._refreshed()
            if state.snapshot.changed > _OVERFULL * self._limit(state):
                self._swap(self._written((), state.sequence, state))

    def _build(self, rebuild: Rebuild) -> None:
        """Runs on the thread of `rebuild`."""
        try:
            with self._files.building() if self._files else nullcontext(True) as free:
                if free:
                    with self._files.draft(beside=True) if self._files else nullcontext() as folder:
                        rebuild.build(self._config, self._files, folder)
                        self._replace(rebuild)
        except Exception as error:
            if not rebuild.stopped:
                self._failed = (rebuild.start_from.snapshot.changed, str(error))
                self._logger.warning("no new base could be built: %s", error)
        finally:
            with self._lock:
                # Once this base is served, the next one may have been begun: it is told of changes as long as it stands here.
                if self._rebuild is rebuild:
                    self._rebuild = None

    def _replace(self, rebuild: Rebuild) -> None:
        """Serves a base that was built, with what came meanwhile, unless another process was faster."""
        while rebuild.is_behind():
            rebuild.catch_up(self._state)
        with self._writing():
            state = self._refreshed()
            if state.number == rebuild.start_from.number:
                rebuild.catch_up(state)
                self._swap(rebuild.published(state))
                self._failed = None
            # Under the same lock: what comes from here on is in the new base's own delta.
            self._rebuild = None


def _known(snapshot: Snapshot, variants: Sequence[str]) -> dict[str, int]:
    """The rows of those variants that there are."""
    rows = dict(zip(variants, map(snapshot.row, variants), strict=True))
    return {variant: row for variant, row in rows.items() if row is not None}
