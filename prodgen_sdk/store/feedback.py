"""Which impression earned what reward."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from prodgen_sdk.store.database import CHUNK, Database
from prodgen_sdk.store.schema import events, from_micros, to_micros
from prodgen_sdk.types import EventType, Feedback

ATTRIBUTION_WINDOW = timedelta(days=1)
REWARDS: Mapping[EventType, float] = {"click": 1.0, "add_to_cart": 1.0, "purchase": 1.0}
_COLUMNS = (
    events.c.sequence, events.c.user, events.c.type, events.c.sku, events.c.variant, events.c.request_id,
    events.c.propensity, events.c.at,
)  # fmt: skip


def feedback(
    database: Database,
    after_sequence: int,
    *,
    window: timedelta,
    rewards: Mapping[EventType, float],
    until: datetime | None,
) -> Iterator[tuple[int, Feedback]]:
    """Impressions of a variant above `after_sequence`, in the order of arrival, each with its reward and its sequence.

    Args:
        window: how long after an impression an answer still counts for it.
        rewards: by event type, 0 to 1; of several answers the largest counts.
        until: the time it is now. The iteration ends before the first impression whose window is still open then, so
            that the last sequence is a mark to go on from and each impression is told once. None takes all windows as
            closed.
    """
    micros = window // timedelta(microseconds=1)
    shown = select(*_COLUMNS).where(
        events.c.type == "impression", events.c.variant.is_not(None), events.c.sku.is_not(None)
    )
    while True:
        with database.read() as connection:
            page = shown.where(events.c.sequence > after_sequence).order_by(events.c.sequence).limit(CHUNK)
            impressions = connection.execute(page).all()
            if not impressions:
                return
            first, last = min(row.at for row in impressions), max(row.at for row in impressions)
            around = select(*_COLUMNS).where(
                events.c.user.in_({row.user for row in impressions}),
                or_(events.c.type == "impression", events.c.type.in_(list(rewards))),
                events.c.at.between(first - micros, last + micros),
            )
            earned = credit(connection.execute(around).all(), micros, rewards)
        for row in impressions:
            if until is not None and row.at + micros > to_micros(until):
                return
            yield (
                row.sequence,
                Feedback(
                    user=row.user,
                    sku=row.sku,
                    variant=row.variant,
                    propensity=row.propensity,
                    reward=earned.get(row.sequence, 0.0),
                    at=from_micros(row.at),
                ),
            )
        after_sequence = impressions[-1].sequence


def credit(rows: Iterable[Any], window: int, rewards: Mapping[EventType, float]) -> dict[int, float]:
    """The reward of each impression that was answered, by its sequence. `rows` are impressions and answers in any order.

    An answer counts for one impression of the same user and the same variant (of the same product, if the answer names
    no variant): the one of the request that it names, otherwise the last one before it. Both lie within `window`
    microseconds; for the same request the clocks of client and server may disagree about which came first.
    """
    rows = list(rows)
    impressions: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in rows:
        if row.type == "impression":
            for name in {f"variant {row.variant}", f"sku {row.sku}"}:
                impressions[row.user, name].append(row)
    earned: dict[int, float] = {}
    for answer in rows:
        if answer.type == "impression":
            continue
        name = f"sku {answer.sku}" if answer.variant is None else f"variant {answer.variant}"
        near = [row for row in impressions[answer.user, name] if abs(answer.at - row.at) <= window]
        asked = [row for row in near if answer.request_id is not None and row.request_id == answer.request_id]
        candidates = asked or [row for row in near if row.at <= answer.at]
        if candidates:
            best = max(candidates, key=lambda row: (row.at, row.sequence))
            earned[best.sequence] = max(earned.get(best.sequence, 0.0), rewards[answer.type])
    return earned
