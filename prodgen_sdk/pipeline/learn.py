"""Event log -> what the ranker and the variant policy know.

The policy learns from impressions whose attribution window is over, each told once: the store keeps the mark up to which it
was told, and a flag while it is being told. Answers that come in after their impression was told are counted, and once they are
1 in 100 of all, the policy learns anew from the whole log: often in a small log, and in a large one at hardly any cost. A process that is killed in between leaves the flag, and then the policy learns
anew from the whole log. Machines that share a database keep what is learnt in folders of their own, so that each has a mark of
its own, by the name of its folder (`place`); a folder without a mark learns anew as well. So the marks of machines that have not
learnt for long need not be kept: one that comes back learns anew.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
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
_LATE_SHARE = 0.01


@dataclass(frozen=True)
class _Progress:
    """How far a policy was told.

    Args:
        told: sequence of the last impression.
        seen: of the last event of the log when it was read.
        answered: how many of the impressions were.
        late: answers that came in later.
    """

    told: int = 0
    seen: int = 0
    answered: int = 0
    late: int = 0

    def after(self, sequence: int, part: list[Feedback]) -> _Progress:
        answered = self.answered + sum(item.reward > 0 for item in part)
        return _Progress(sequence, self.seen, answered, self.late)


def teach_policy(store: Store, policy: BoundPolicy, config: RecommendConfig, *, now: datetime, place: str = "") -> int:
    """Tells the policy the feedback that is new; returns how many impressions that were."""
    invalid = is_invalid(store, policy, place)
    # Before the mark is read: whoever erases from now on finds this place, whatever its mark.
    store.states.put(_COMPONENT, _busy(policy, place), b"1")
    mark = None if invalid else _up_to_now(store, policy, config, place)
    if mark is None:
        return _teach_anew(store, policy, config, now, place)
    told = 0
    for sequence, part in _parts(store, config, now, after=mark.told):
        store.states.put(_COMPONENT, _busy(policy, place), b"1")
        policy.update(part)
        mark = mark.after(sequence, part)
        _done(store, policy, place, mark)
        told += len(part)
    _done(store, policy, place, mark)
    return told


def _up_to_now(store: Store, policy: BoundPolicy, config: RecommendConfig, place: str) -> _Progress | None:
    """The mark with what came in late since; None if there is none, or if that is too much."""
    kept = store.states.get(_COMPONENT, _mark(policy, place))
    if kept is None:
        return None
    found = json.loads(kept)
    # A number is what older versions wrote.
    mark = _Progress(**found) if isinstance(found, dict) else _Progress(told=found, seen=found)
    seen, window = store.events.last_sequence(), timedelta(minutes=config.attribution_minutes)
    late = mark.late + store.events.late_answers(mark.seen, mark.told, window=window)
    return None if late > _LATE_SHARE * mark.answered else _Progress(mark.told, seen, mark.answered, late)


def _teach_anew(store: Store, policy: BoundPolicy, config: RecommendConfig, now: datetime, place: str) -> int:
    told, mark = 0, _Progress(seen=store.events.last_sequence())
    _drop_gone(store, policy)

    def parts() -> Iterator[list[Feedback]]:
        nonlocal told, mark
        for sequence, part in _parts(store, config, now, after=0):
            yield part
            told += len(part)
            mark = mark.after(sequence, part)

    # Before the log is read: what another machine erases meanwhile leaves the flag again.
    store.states.delete(_COMPONENT, _invalid(policy, place))
    policy.relearn(parts())
    _done(store, policy, place, mark)
    return told


def _done(store: Store, policy: BoundPolicy, place: str, mark: _Progress) -> None:
    store.states.put(_COMPONENT, _mark(policy, place), json.dumps(asdict(mark)).encode())
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
