"""What single users did and were shown lately, followed: each look reads only what is new."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select

from prodgen_sdk.store.database import Database
from prodgen_sdk.store.events import ACTIONS, COLUMNS, NEWEST, events_of
from prodgen_sdk.store.schema import events
from prodgen_sdk.types import Event

_SHOWN_LIMIT = 200
_NEWS_LIMIT = 2000
_LAST_OF = itemgetter(2)
_USER = events.c.user == bindparam("user")
_LAST = select(func.max(events.c.sequence)).where(_USER)
_NEWS = (
    select(*COLUMNS)
    .where(_USER, events.c.sequence >= bindparam("mark"))
    .order_by(events.c.sequence)
    .limit(bindparam("limit"))
)
_SHOWN = (
    select(events.c.at, events.c.sequence, events.c.sku)
    .where(_USER, events.c.type == "impression", events.c.sku.is_not(None))
    .order_by(*NEWEST)
    .limit(bindparam("limit"))
)


class Recent(NamedTuple):
    """The last events of a user by their own time, without impressions, and what the last impressions showed.

    Args:
        mark: the last sequence that is part of it; 0 for a user of whom nothing is known.
        limit: how many events it may hold.
        done: (time, sequence, event), oldest first.
        shown: (time, sequence, sku), newest first.
    """

    mark: int
    limit: int
    done: tuple[tuple[int, int, Event], ...]
    shown: tuple[tuple[int, int, str], ...]

    @property
    def events(self) -> tuple[Event, ...]:
        return tuple(map(_LAST_OF, self.done))

    @property
    def skus_shown(self) -> frozenset[str]:
        return frozenset(map(_LAST_OF, self.shown))


def read(database: Database, user: str, limit: int) -> Recent:
    """What is known of a user, read anew."""
    # The mark first: what arrives meanwhile is read twice, not left out.
    mark = database.rows(_LAST, user=user)[0][0] or 0
    rows = database.rows(ACTIONS, user=user, limit=limit)
    shown = database.rows(_SHOWN, user=user, limit=_SHOWN_LIMIT)
    return Recent(mark, limit, tuple(_done(rows[::-1])), tuple((at, seq, sku) for at, seq, sku in shown))


def follow(database: Database, user: str, known: Recent) -> Recent:
    """`known` with what has arrived since; the same object where nothing did, read anew where something was erased."""
    rows = database.rows(_NEWS, user=user, mark=known.mark, limit=_NEWS_LIMIT)
    if (known.mark and not (rows and rows[0][-1] == known.mark)) or len(rows) == _NEWS_LIMIT:
        return read(database, user, known.limit)
    news = [row for row in rows if row[-1] > known.mark]
    if not news:
        return known
    shown = [(row[_AT], row[-1], row[_SKU]) for row in news if row[_TYPE] == "impression" and row[_SKU] is not None]
    done = _done([row for row in news if row[_TYPE] != "impression"])
    return Recent(
        news[-1][-1],
        known.limit,
        _newest(known.done[::-1], done, known.limit)[::-1] if done else known.done,
        _newest(known.shown, shown, _SHOWN_LIMIT) if shown else known.shown,
    )


_NAMES = [column.name for column in COLUMNS]
_AT, _SKU, _TYPE = (_NAMES.index(name) for name in ("at", "sku", "type"))


def _done(rows: Sequence[Sequence[Any]]) -> list[tuple[int, int, Event]]:
    return [(row[_AT], row[-1], event) for row, event in zip(rows, events_of(rows), strict=True)]


def _newest(known: Sequence[tuple[int, int, Any]], new: Iterable[tuple[int, int, Any]], limit: int) -> tuple[Any, ...]:
    """The newest by time, then sequence, newest first; each sequence once. `known` is newest first."""
    ordered = sorted(new, reverse=True)
    if not known or ordered[-1] > known[0]:
        return (*ordered, *known)[:limit]
    # No two have one sequence, so that the rest is never compared; two runs that are in order are merged in one go.
    by_sequence = {item[1]: item for item in (*known, *ordered)}
    return tuple(sorted(by_sequence.values(), reverse=True)[:limit])
