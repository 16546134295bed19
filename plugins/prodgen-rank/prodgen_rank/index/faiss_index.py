"""`index/faiss`: exact, filtered, durable search for products by the vectors of their variants."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.config import Config, IndexConfig
from prodgen_rank.index import delta_log
from prodgen_rank.index.generations import Generations
from prodgen_rank.index.rows import Rows, price_code
from prodgen_rank.index.scan import quantise
from prodgen_rank.index.snapshot import Snapshot
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError, StoreError
from prodgen_sdk.interfaces import VectorIndex
from prodgen_sdk.types import Candidate, Filter, IndexChange, Remove, Upsert

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


@dataclass(frozen=True)
class _State:
    """All that a search needs, swapped as one; `log_end` is where the next record goes."""

    number: int
    sequence: int
    log_end: int
    snapshot: Snapshot

    @property
    def dimension(self) -> int:
        return int(self.snapshot.base.shape[1])


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
        self._lock = threading.RLock()
        self._state: _State | None = None
        self._mark: tuple[int, int, int] | None = None

    @property
    def sequence(self) -> int:
        return self._current().sequence

    def apply(self, changes: Sequence[IndexChange], sequence: int, ctx: Context) -> None:
        """Applies changes in order, durably together with `sequence`; a sequence that was reached before changes nothing.

        Sequence 0 fills an index that is at 0 still, so that one that is being built stays behind until the last part.

        Raises:
            InputError: a vector of another dimension or of length 0, a price that cannot be kept, a negative sequence.
            StoreError: the files are damaged or cannot be written; what is served stays as it was.
        """
        if sequence < 0:
            raise InputError(f"The sequence of a change must not be negative, as {sequence} is.")
        with self._writing():
            state = self._refreshed()
            if 0 < state.sequence >= sequence:
                return
            _check(changes, state.dimension)
            if self._fits(changes, state):
                self._swap(self._logged(changes, sequence, state))
            else:
                self._swap(self._compacted(changes, sequence, state))

    def search(self, queries: Floats, k_products: int, eligible: Filter, ctx: Context) -> list[list[Candidate]]:
        """Exact under any filter; ties go to the lower sku, and to the lower variant id within a product.

        Raises:
            InputError: queries that are no finite float32 array [n, dimension], or a negative k.
        """
        state = self._current()
        queries = _check_queries(queries, state.dimension)
        if k_products < 0:
            raise InputError(f"The number of products must not be negative, as {k_products} is.")
        if k_products == 0 or not state.snapshot.live.any():
            return [[] for _ in queries]
        return [state.snapshot.search(query, k_products, eligible) for query in queries]

    def vectors(self, variants: Sequence[str], ctx: Context) -> dict[str, Floats]:
        snapshot = self._current().snapshot
        rows = ((variant, snapshot.rows.row_of.get(variant)) for variant in variants)
        return {variant: snapshot.vector(row).copy() for variant, row in rows if row is not None}

    def reset(self, ctx: Context) -> None:
        """Forgets everything, damaged files as well."""
        with self._writing():
            empty = _empty_state()
            if self._files:
                rows = empty.snapshot.rows
                number = self._files.publish(0, empty.snapshot.base, rows.columns, rows.names)
                empty = _State(number, 0, 0, empty.snapshot)
            self._swap(empty)

    def stats(self, ctx: Context) -> dict[str, Any]:
        state = self._current()
        snapshot, n = state.snapshot, len(state.snapshot.live)
        return {
            "variants": int(snapshot.live.sum()),
            "products": len(np.unique(snapshot.rows.sku[:n][snapshot.live])),
            "dimension": state.dimension,
            "sequence": state.sequence,
            "bytes": self._files.bytes_used() if self._files else n * state.dimension * 4,
            "generation": state.number,
            "base": len(snapshot.base),
            "delta": n - len(snapshot.base),
            "dead": n - int(snapshot.live.sum()),
            "scan": "exact" if snapshot.scan is None else "8-bit codes, then exact",
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

    def _current(self) -> _State:
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

    def _refreshed(self) -> _State:
        """The state as it is on disk now; the lock of this process must be held."""
        state = self._state
        if self._files is None:
            state = state or _empty_state()
        else:
            mark = self._files.mark(state.number) if state else None
            if state and mark == self._mark:
                return state
            named = self._files.current()
            if state is None or (named[0] if named else 0) != state.number:
                state = self._load()
                mark = self._files.mark(state.number)
            for record in delta_log.read(self._files.log(state.number), state.log_end):
                state = self._extended(record.changes, record.sequence, record.end, state)
            self._mark = mark
        self._state = state
        return state

    def _load(self) -> _State:
        saved = self._files.open() if self._files else None
        if saved is None:
            return _empty_state()
        rows = Rows.restore(saved.columns, saved.names, self._delta_limit(len(saved.vectors)))
        return _State(saved.number, saved.sequence, 0, self._snapshot(rows, saved.vectors))

    def _swap(self, state: _State) -> None:
        self._state = state
        if self._files:
            self._mark = self._files.mark(state.number)

    def _snapshot(self, rows: Rows, base: Floats) -> Snapshot:
        scan = quantise(base) if len(base) >= self._config.quantise_from else None
        delta = np.empty((rows.room, base.shape[1]), np.float32)
        return Snapshot(rows, base, delta, scan, np.ones(len(base), np.bool_))

    def _delta_limit(self, base: int) -> int:
        return self._config.delta_limit or max(2048, base // 32)

    def _fits(self, changes: Sequence[IndexChange], state: _State) -> bool:
        snapshot = state.snapshot
        added = sum(isinstance(change, Upsert) for change in changes)
        dead = len(snapshot.live) - int(snapshot.live.sum())
        known = state.dimension > 0 or added == 0
        return (
            known
            and state.number > 0
            and added <= snapshot.rows.room
            and dead + len(changes) <= self._delta_limit(len(snapshot.base))
        )

    def _logged(self, changes: Sequence[IndexChange], sequence: int, state: _State) -> _State:
        end = state.log_end
        if self._files:
            end = delta_log.append(self._files.log(state.number), delta_log.encode(changes, sequence), end)
        return self._extended(changes, sequence, end, state)

    def _extended(self, changes: Sequence[IndexChange], sequence: int, log_end: int, state: _State) -> _State:
        """The state with changes in the delta; rows and vectors are written where no reader looks yet."""
        old = state.snapshot
        rows, split = old.rows, len(old.base)
        live = np.concatenate([old.live, np.ones(sum(isinstance(c, Upsert) for c in changes), np.bool_)])
        for change in changes:
            row = (
                rows.row_of.pop(change.variant, None) if isinstance(change, Remove) else rows.row_of.get(change.variant)
            )
            if row is not None:
                live[row] = False
            if isinstance(change, Upsert):
                old.delta[rows.count - split] = change.vector
                rows.append(change.variant, change.sku, change.facets)
        return _State(state.number, sequence, log_end, Snapshot(rows, old.base, old.delta, old.scan, live))

    def _compacted(self, changes: Sequence[IndexChange], sequence: int, state: _State) -> _State:
        """A new generation of all that is alive, with the changes, in the order of sku and variant."""
        old = state.snapshot
        last: dict[str, IndexChange] = {change.variant: change for change in changes}
        kept = [(v, row) for v, row in old.rows.row_of.items() if v not in last]
        upserts = [change for change in last.values() if isinstance(change, Upsert)]
        old_skus, codes = old.rows.skus.values, old.rows.sku
        order: list[tuple[str, str, int | Upsert]] = [(old_skus[codes[row]], v, row) for v, row in kept]
        order += [(change.sku, change.variant, change) for change in upserts]
        order.sort(key=lambda item: item[:2])
        dimension = len(upserts[0].vector) if upserts else state.dimension
        base = np.empty((len(order), dimension), np.float32)
        rows = Rows(len(order) + self._delta_limit(len(order)))
        for number, (sku, variant, source) in enumerate(order):
            if isinstance(source, Upsert):
                base[number] = source.vector
                rows.append(variant, sku, source.facets)
            else:
                base[number] = old.vector(source)
                rows.append(variant, sku, old.rows.facets(source))
        rows.seal()
        generation = self._files.publish(sequence, base, rows.columns, rows.names) if self._files else state.number + 1
        return _State(generation, sequence, 0, self._snapshot(rows, base))


def _empty_state() -> _State:
    nothing = np.empty((0, 0), np.float32)
    return _State(0, 0, 0, Snapshot(Rows(0), nothing, nothing, None, np.empty(0, np.bool_)))


def _check(changes: Sequence[IndexChange], dimension: int) -> None:
    for change in changes:
        if isinstance(change, Upsert):
            dimension = dimension or len(change.vector)
            if len(change.vector) != dimension:
                raise InputError(
                    f"Variant {change.variant} has a vector of dimension {len(change.vector)}; the index has {dimension}.",
                    hint="After a change of encoder, reset and rebuild the index.",
                )
            if not change.vector.any():
                raise InputError(f"Variant {change.variant} has a vector of length 0.", hint="Encode it again.")
            if change.facets.price is not None:
                price_code(change.facets.price)


def _check_queries(queries: Floats, dimension: int) -> Floats:
    queries = np.ascontiguousarray(queries, np.float32)
    if queries.ndim != 2 or (dimension and queries.shape[1] != dimension):
        raise InputError(f"Queries must have the shape (n, {dimension or 'dimension'}), not {queries.shape}.")
    if not np.isfinite(queries).all():
        raise InputError("A query holds a number that is not finite.")
    return queries
