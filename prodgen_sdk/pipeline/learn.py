"""Event log -> what the ranker and the variant policy know.

The policy learns from impressions whose attribution window is over, each told once: the store keeps the mark up to which it
was told, and a flag while it is being told. A process that is killed in between leaves the flag, and the next one replays the
whole log.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from prodgen_sdk.bound import BoundPolicy, BoundRanker
from prodgen_sdk.config import RecommendConfig
from prodgen_sdk.types import Feedback, View

if TYPE_CHECKING:
    from prodgen_sdk.store import Store

_COMPONENT = "core/learn"
# A policy keeps and models what it knows after each part: with small parts that is most of the work.
_CHUNK = 10_000


def teach_policy(store: Store, policy: BoundPolicy, config: RecommendConfig, *, now: datetime) -> int:
    """Tells the policy the feedback that is new; returns how many impressions that were."""
    mark_key, busy_key = f"{policy.id}/mark", f"{policy.id}/busy"
    if store.states.get(_COMPONENT, busy_key) is not None:
        policy.reset()
        store.states.put(_COMPONENT, mark_key, b"0")
        store.states.delete(_COMPONENT, busy_key)
    mark = int(store.states.get(_COMPONENT, mark_key) or b"0")
    window = timedelta(minutes=config.attribution_minutes)
    feedback = store.events.feedback(mark, window=window, until=now)
    told = 0
    while part := list(islice(feedback, _CHUNK)):
        store.states.put(_COMPONENT, busy_key, b"1")
        policy.update(_with_views(store, [item for _, item in part]))
        store.states.put(_COMPONENT, mark_key, str(part[-1][0]).encode())
        store.states.delete(_COMPONENT, busy_key)
        told += len(part)
    return told


def _with_views(store: Store, feedback: list[Feedback]) -> list[Feedback]:
    documents = store.variants.documents({item.variant for item in feedback})
    views = {id: View.model_validate(document["view"]) for id, document in documents.items()}
    return [item.model_copy(update={"view": views.get(item.variant)}) for item in feedback]


def begin_retelling(store: Store, policy: BoundPolicy) -> None:
    """Marks the policy as one that must forget everything and be told anew; `teach_policy` then does so."""
    store.states.put(_COMPONENT, f"{policy.id}/busy", b"1")


def is_retelling(store: Store, policy: BoundPolicy) -> bool:
    """Whether a policy was marked, or a process was killed while it was told."""
    return store.states.get(_COMPONENT, f"{policy.id}/busy") is not None


def teach_ranker(store: Store, ranker: BoundRanker) -> None:
    """Fits the ranker to the whole log, and notes that for other processes."""
    last = store.events.last_sequence()
    fit_ranker(store, ranker)
    store.states.put(_COMPONENT, f"{ranker.id}/fit", f"{last} {uuid.uuid4().hex}".encode())


def fit_ranker(store: Store, ranker: BoundRanker) -> None:
    """Fits the ranker to the whole log: as it was in another process, where it does not follow by itself."""
    ranker.fit(store.events.log_by_time())


def last_fit(store: Store, ranker: BoundRanker) -> bytes | None:
    """A mark that changes with every fit by any process; None if there was none."""
    return store.states.get(_COMPONENT, f"{ranker.id}/fit")
