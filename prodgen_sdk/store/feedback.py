"""Which impression earned what reward."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, exists, func, or_, select

from prodgen_sdk.store.database import CHUNK, Database
from prodgen_sdk.store.schema import events, from_micros, to_micros
from prodgen_sdk.types import EventType, Feedback

ATTRIBUTION_WINDOW = timedelta(days=1)
REWARDS: Mapping[EventType, float] = {"click": 1.0, "add_to_cart": 1.0, "purchase": 1.0}


def feedback(
    database: Database,
    after_sequence: int,
    *,
    window: timedelta,
    rewards: Mapping[EventType, float],
    until: datetime | None,
) -> Iterator[tuple[int, Feedback]]:
    """Impressions of a variant above `after_sequence`, in the order of arrival, each with its sequence and its reward.

    An answer (an event of a type in `rewards`) counts for one impression of the same user and variant, or of the same
    product if it names no variant: the one of the request that it names, otherwise the last one before it.

    Args:
        window: how far apart impression and answer may be.
        rewards: by event type, 0 to 1; of several answers to one impression the largest counts.
        until: the time it is now. The iteration ends before the first impression whose window is still open then, so
            that the last sequence is a mark to go on from and each impression is told once. None takes all windows as
            closed.
    """
    micros = window // timedelta(microseconds=1)
    while True:
        with database.read() as connection:
            page = select(events).where(_is_shown(events), events.c.sequence > after_sequence)
            impressions = connection.execute(page.order_by(events.c.sequence).limit(CHUNK)).all()
            if not impressions:
                return
            rivals = _rivals(after_sequence, impressions[-1].sequence, micros, list(rewards))
            earned = credit(connection.execute(rivals).all(), rewards)
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
                    offered=offered_of(row.offered),
                    memo=row.memo or "",
                    at=from_micros(row.at),
                ),
            )
        after_sequence = impressions[-1].sequence


def answered(
    database: Database, since: datetime, until: datetime, types: Collection[EventType]
) -> dict[str, tuple[int, int]]:
    """Impressions by policy version and how many of them were answered, for watching; `feedback` is what policies learn from.

    Args:
        since, until: of the impressions; answers may come later.
        types: an event of one of these that names request and product of an impression answers it.
    """
    shown, answer = events.alias("shown"), events.alias("answer")
    is_answered = exists().where(
        answer.c.user == shown.c.user,
        answer.c.type.in_(sorted(types)),
        answer.c.at >= to_micros(since),
        answer.c.request_id == shown.c.request_id,
        answer.c.sku == shown.c.sku,
    )
    at = shown.c.at
    query = (
        select(shown.c.policy, func.count(), func.count(case((is_answered, 1))))
        .where(_is_shown(shown), shown.c.policy.is_not(None), at >= to_micros(since), at < to_micros(until))
        .group_by(shown.c.policy)
    )
    with database.read() as connection:
        return {policy: (number, hits) for policy, number, hits in connection.execute(query)}


def offered_of(text: str | None) -> tuple[str, ...]:
    """The ids of variants in the column `offered`."""
    return tuple(json.loads(text)) if text else ()


def credit(pairs: Iterable[Any], rewards: Mapping[EventType, float]) -> dict[int, float]:
    """The reward of each answered impression, by its sequence.

    Args:
        pairs: for each answer all impressions that it may be for: the rows of `_rivals`.
    """
    earned: dict[int, float] = {}
    for _, group in groupby(pairs, key=lambda pair: pair.answer):
        rows = list(group)
        # Of one request the clocks of client and server may disagree about which came first; without, order decides.
        asked = [row for row in rows if row.asked is not None and row.asked == row.request_id]
        candidates = asked or [row for row in rows if row.at <= row.answered_at]
        if candidates:
            best = max(candidates, key=lambda row: (row.at, row.sequence))
            earned[best.sequence] = max(earned.get(best.sequence, 0.0), rewards[best.type])
    return earned


def _rivals(after: int, last: int, window: int, types: Sequence[str]) -> Select[Any]:
    """Answers to the impressions with a sequence in (after, last], each with all impressions it may be for."""
    shown, answer, rival = events.alias("shown"), events.alias("answer"), events.alias("rival")
    answers = (
        select(answer)
        .distinct()
        .join(shown, _may_be_for(answer, shown, window))
        .where(_is_shown(shown), shown.c.sequence > after, shown.c.sequence <= last, answer.c.type.in_(types))
        .subquery()
    )
    return (
        select(
            answers.c.sequence.label("answer"), answers.c.type, answers.c.request_id.label("asked"), answers.c.at.label("answered_at"),
            rival.c.sequence, rival.c.request_id, rival.c.at,
        )
        .join(rival, and_(_is_shown(rival), _may_be_for(answers, rival, window)))
        .order_by(answers.c.sequence)
    )  # fmt: skip


def _may_be_for(answer: FromClause, shown: FromClause, window: int) -> ColumnElement[bool]:
    a, s = answer.c, shown.c
    same = or_(a.variant == s.variant, and_(a.variant.is_(None), a.sku == s.sku))
    return and_(
        a.user == s.user,
        a.at >= s.at - window,
        a.at <= s.at + window,
        s.at >= a.at - window,
        s.at <= a.at + window,
        same,
    )


def _is_shown(impression: FromClause) -> ColumnElement[bool]:
    i = impression.c
    return and_(i.type == "impression", i.variant.is_not(None), i.sku.is_not(None))
