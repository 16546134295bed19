"""Event log -> what the ranker and the variant policy know.

The policy learns from impressions whose attribution window is over, each told once: the store keeps the mark up to which it
was told, and a flag while it is being told. A process that is killed in between leaves the flag, and then the policy learns
anew from the whole log. Machines that share a database keep what is learnt in folders of their own, so that each has a mark of
its own, by the name of its folder (`place`); a folder without a mark learns anew as well. So the marks of machines that have not
learnt for long need not be kept: one that comes back learns anew.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from prodgen_sdk.bound import BoundPolicy, BoundRanker
from prodgen_sdk.config import RecommendConfig
from prodgen_sdk.types import Feedback

if TYPE_CHECKING:
    from prodgen_sdk.store import Store

_COMPONENT = "core/learn"
# A policy keeps and models what it knows after each part: with small parts that is most of the work.
_CHUNK = 10_000
_KEPT = timedelta(days=30)


def teach_policy(store: Store, policy: BoundPolicy, config: RecommendConfig, *, now: datetime, place: str = "") -> int:
    """Tells the policy the feedback that is new; returns how many impressions that were."""
    invalid = is_invalid(store, policy, place)
    # Before the mark is read: whoever erases from now on finds this place, whatever its mark.
    store.states.put(_COMPONENT, _busy(policy, place), b"1")
    mark = store.states.get(_COMPONENT, _mark(policy, place))
    if mark is None or invalid:
        return _teach_anew(store, policy, config, now, place)
    told, last = 0, int(mark)
    for sequence, part in _parts(store, config, now, after=last):
        store.states.put(_COMPONENT, _busy(policy, place), b"1")
        policy.update(part)
        _done(store, policy, place, sequence)
        told, last = told + len(part), sequence
    _done(store, policy, place, last)
    return told


def _teach_anew(store: Store, policy: BoundPolicy, config: RecommendConfig, now: datetime, place: str) -> int:
    told = mark = 0
    _drop_gone(store, policy)

    def parts() -> Iterator[list[Feedback]]:
        nonlocal told, mark
        for sequence, part in _parts(store, config, now, after=0):
            yield part
            told += len(part)
            mark = sequence

    # Before the log is read: what another machine erases meanwhile leaves the flag again.
    store.states.delete(_COMPONENT, _invalid(policy, place))
    policy.relearn(parts())
    _done(store, policy, place, mark)
    return told


def _done(store: Store, policy: BoundPolicy, place: str, sequence: int) -> None:
    store.states.put(_COMPONENT, _mark(policy, place), str(sequence).encode())
    store.states.put(_COMPONENT, _when(policy, place), datetime.now(UTC).isoformat().encode())
    store.states.delete(_COMPONENT, _busy(policy, place))


def _parts(store: Store, config: RecommendConfig, now: datetime, *, after: int) -> Iterator[tuple[int, list[Feedback]]]:
    """The feedback after a sequence, a chunk at a time, each with the sequence of its last impression."""
    window = timedelta(minutes=config.attribution_minutes)
    part: list[Feedback] = []
    for sequence, item in store.events.feedback(after, window=window, until=now):
        part.append(item)
        if len(part) == _CHUNK:
            yield sequence, part
            part = []
    if part:
        yield sequence, part


def invalidate(store: Store, policy: BoundPolicy, place: str = "") -> None:
    """Marks what the policy knows, here and at every other place, as wrong; `teach_policy` then has it learn anew."""
    _drop_gone(store, policy)
    for each in {place, *_places(store, _mark(policy, "")), *_places(store, _busy(policy, ""))}:
        store.states.put(_COMPONENT, _invalid(policy, each), b"1")


def is_invalid(store: Store, policy: BoundPolicy, place: str = "") -> bool:
    """Whether a policy was marked, or a process was killed while it was told."""
    flags = (_busy(policy, place), _invalid(policy, place))
    return any(store.states.get(_COMPONENT, flag) is not None for flag in flags)


def _drop_gone(store: Store, policy: BoundPolicy) -> None:
    """Deletes what is kept of places that have not learnt for long."""
    before = datetime.now(UTC) - _KEPT
    for place in _places(store, _when(policy, "")):
        learnt = store.states.get(_COMPONENT, _when(policy, place))
        is_busy = store.states.get(_COMPONENT, _busy(policy, place)) is not None
        if learnt is not None and datetime.fromisoformat(learnt.decode()) < before and not is_busy:
            for key in (_mark, _when, _invalid):
                store.states.delete(_COMPONENT, key(policy, place))


def _places(store: Store, start: str) -> list[str]:
    return [key.removeprefix(start) for key in store.states.keys(_COMPONENT) if key.startswith(start)]


def _busy(policy: BoundPolicy, place: str) -> str:
    return f"{policy.id}/busy/{place}"


def _invalid(policy: BoundPolicy, place: str) -> str:
    return f"{policy.id}/invalid/{place}"


def _when(policy: BoundPolicy, place: str) -> str:
    return f"{policy.id}/learnt/{place}"


def _mark(policy: BoundPolicy, place: str) -> str:
    return f"{policy.id}/mark/{place}"


def teach_ranker(store: Store, ranker: BoundRanker) -> None:
    """Fits the ranker to the whole log, and notes that for other processes."""
    last = store.events.last_sequence()
    fit_ranker(store, ranker)
    store.states.put(_COMPONENT, f"{ranker.id}/fit", f"{last} {uuid.uuid4().hex}".encode())


def fit_ranker(store: Store, ranker: BoundRanker) -> None:
    """Fits the ranker to the whole log: as it was in another process, where it does not follow by itself."""
    ranker.fit(store.events.log_by_time(ranker.learns_from))


def last_fit(store: Store, ranker: BoundRanker) -> bytes | None:
    """A mark that changes with every fit by any process; None if there was none."""
    return store.states.get(_COMPONENT, f"{ranker.id}/fit")
