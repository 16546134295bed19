"""Which impression earned what reward."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import groupby, takewhile
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
)

from prodgen_sdk.store.database import CHUNK, Database
from prodgen_sdk.store.schema import events, from_micros, to_micros, variants
from prodgen_sdk.types import EventType, Feedback, View, trusted

ATTRIBUTION_WINDOW = timedelta(days=1)
_FIELDS = set(Feedback.model_fields)


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
    newest = math.inf if until is None else to_micros(until) - micros
    while True:
        with database.read() as connection:
            impressions = connection.execute(_PAGE, {"after": after_sequence}).all()
            if not impressions:
                return
            bounds = {"after": after_sequence, "last": impressions[-1].sequence, "window": micros}
            rivals = connection.execute(_RIVALS, {**bounds, "types": list(rewards)})
            earned = credit(rivals.all(), rewards)
            views = _views(connection, {row.variant for row in impressions})
        closed = [*takewhile(lambda row: row.at <= newest, impressions)]
        values = [_values_of(row, views.get(row.variant), earned.get(row.sequence, 0.0)) for row in closed]
        yield from zip((row.sequence for row in closed), trusted(Feedback, values, _FIELDS), strict=True)
        if len(closed) < len(impressions):
            return
        after_sequence = impressions[-1].sequence


def late_answers(
    database: Database, after_sequence: int, told: int, *, window: timedelta, rewards: Collection[EventType]
) -> int:
    """How many answers above `after_sequence` may be for an impression up to the sequence `told`: they came too late for it."""
    bounds = {"after": after_sequence, "last": told, "window": window // timedelta(microseconds=1)}
    with database.read() as connection:
        return int(connection.execute(_LATE, {**bounds, "types": list(rewards)}).scalar_one())


def _values_of(row: Any, view: View | None, reward: float) -> dict[str, Any]:
    return {
        "user": row.user,
        "sku": row.sku,
        "variant": row.variant,
        "view": view,
        "propensity": row.propensity,
        "reward": reward,
        "offered": offered_of(row.offered),
        "memo": row.memo or "",
        "at": from_micros(row.at),
    }


def _views(connection: Connection, ids: Collection[str]) -> dict[str, View]:
    """The view of each variant that is known. Most variants share one of a few views, and so do these."""
    known: dict[str, View] = {}
    found = {}
    for id, document in connection.execute(_VIEWS, {"ids": list(ids)}):
        view = json.loads(document)["view"]
        found[id] = known.setdefault(repr(view), View.model_validate(view))
    return found


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
        pairs: for each answer all impressions that it may be for: the rows of `_RIVALS`.
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


def _may_be_for(answer: FromClause, shown: FromClause) -> ColumnElement[bool]:
    a, s, window = answer.c, shown.c, _number("window")
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


def _number(name: str) -> BindParameter[int]:
    return bindparam(name, type_=BigInteger())


def _rivals() -> Select[Any]:
    """Answers to the impressions with a sequence in (after, last], each with all impressions it may be for."""
    shown, answer, rival = events.alias("shown"), events.alias("answer"), events.alias("rival")
    answers = (
        select(answer)
        .distinct()
        .join(shown, _may_be_for(answer, shown))
        .where(_is_shown(shown), shown.c.sequence > _number("after"), shown.c.sequence <= _number("last"))
        .where(answer.c.type.in_(bindparam("types", expanding=True)))
        .subquery()
    )
    return (
        select(
            answers.c.sequence.label("answer"), answers.c.type, answers.c.request_id.label("asked"), answers.c.at.label("answered_at"),
            rival.c.sequence, rival.c.request_id, rival.c.at,
        )
        .join(rival, and_(_is_shown(rival), _may_be_for(answers, rival)))
        .order_by(answers.c.sequence)
    )  # fmt: skip


def _late() -> Select[Any]:
    shown, answer = events.alias("shown"), events.alias("answer")
    return (
        select(func.count(answer.c.sequence.distinct()))
        .join(shown, _may_be_for(answer, shown))
        .where(answer.c.sequence > _number("after"), answer.c.type.in_(bindparam("types", expanding=True)))
        .where(_is_shown(shown), shown.c.sequence <= _number("last"))
    )


# Built once: a page of the log is read thousands of times, and a query is a thousand objects in cycles.
_PAGE = (
    select(events)
    .where(_is_shown(events), events.c.sequence > _number("after"))
    .order_by(events.c.sequence)
    .limit(CHUNK)
)
_RIVALS = _rivals()
_LATE = _late()
_VIEWS = select(variants.c.id, variants.c.document).where(variants.c.id.in_(bindparam("ids", expanding=True)))
